"""A server that speaks S3 (moto's), in a virtual environment of its own, kept between test runs in build/s3/<key>."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from tests.conftest import ROOT

_REQUIREMENTS = ROOT / "requirements/s3.txt"
_KEPT = ROOT / "build/s3"
_SERVE = """
from moto.server import ThreadedMotoServer
import boto3, sys
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
server.start()
host, port = server.get_host_and_port()
boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}").create_bucket(Bucket="plans")
print(f"at port {port}", flush=True)
sys.stdin.read()
"""


def _python() -> Path:
    """The interpreter of the environment, which is installed if it is not there."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    inputs = (_REQUIREMENTS.read_bytes(), sys.version.encode())
    wanted = _KEPT / hashlib.sha256(b"\0".join(inputs)).hexdigest()[:16]
    with FileLock(_KEPT / "lock"):
        if not wanted.exists():
            with tempfile.TemporaryDirectory(prefix="new-", dir=_KEPT) as beside:
                new = Path(beside) / "venv"
                subprocess.run([sys.executable, "-m", "venv", new], check=True)
                install = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(_REQUIREMENTS)]
                pip = [str(new / "bin/python"), *install]
                subprocess.run(pip, check=True, env={**os.environ, "PYTHONPATH": ""})
                new.rename(wanted)
    return wanted / "bin/python"


@contextmanager
def s3_server() -> Iterator[dict[str, str]]:
    """Run the server with an empty bucket ``plans``; gives the environment in which a client reaches it."""
    access = {"AWS_ACCESS_KEY_ID": "harvester", "AWS_SECRET_ACCESS_KEY": "kept-secret", "AWS_REGION": "us-east-1"}
    environment = {**os.environ, **access, "AWS_DEFAULT_REGION": "us-east-1", "PYTHONPATH": ""}
    with subprocess.Popen(
        [_python(), "-c", _SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        port = next(line.split()[-1] for line in server.stdout if line.startswith("at port"))
        try:
            yield {**access, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
        finally:
            server.stdin.close()
