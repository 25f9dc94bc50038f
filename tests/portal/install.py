"""CKAN in a virtual environment of its own, and its empty databases, kept between test runs.

Both are in build/ckan/<key>; the key changes with requirements/ckan.txt, with this file, with Python and with
PostgreSQL. A new one is made beside its place and moved there when it is whole.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from tests.conftest import ROOT
from tests.portal.services import Command, Postgres, Redis, Solr, postgres_programs

INSIDE = Path(__file__).with_name("inside")
_REQUIREMENTS = ROOT / "requirements/ckan.txt"
_KEPT = ROOT / "build/ckan"
_CKAN = "from ckan.cli.cli import ckan; ckan()"

# What makes the plugin of this folder known to CKAN without installing it.
_DISTRIBUTION = {
    "METADATA": "Metadata-Version: 2.1\nName: khelang-portal\nVersion: 1\n",
    "entry_points.txt": "[ckan.plugins]\nkhelang_portal = khelang_portal:KhelangPortal\n",
}

_LOGGING = """
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = INFO
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = plain
[formatter_plain]
format = %(asctime)s %(levelname)s [%(name)s] %(message)s
"""


@dataclass(frozen=True)
class Installation:
    """A folder with CKAN's virtual environment and a PostgreSQL cluster that holds its databases, empty."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "venv/bin/python"

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def solr_schema(self) -> Path:
        return next(self.folder.glob("venv/lib/*/site-packages/ckan/config/solr/schema.xml"))


def installation() -> Installation:
    """Give CKAN as requirements/ckan.txt locks it; it is installed if it is not there.

    Raises:
        subprocess.CalledProcessError: It cannot be installed.
    """
    _KEPT.mkdir(parents=True, exist_ok=True)
    wanted = _KEPT / _key()
    with FileLock(_KEPT / "lock"):
        if not wanted.exists():
            with tempfile.TemporaryDirectory(prefix="new-", dir=_KEPT) as beside:
                _install(Installation(Path(beside) / "ckan"))
                (Path(beside) / "ckan").rename(wanted)
    return Installation(wanted)


@contextmanager
def workplace() -> Iterator[Path]:
    """Give a temporary folder that PostgreSQL's user may enter, with the plugin for CKAN in it."""
    with tempfile.TemporaryDirectory(prefix="ckan-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        distribution = folder / "plugin/khelang_portal-1.dist-info"
        distribution.mkdir(parents=True)
        for file, text in _DISTRIBUTION.items():
            (distribution / file).write_text(text, encoding="utf-8")
        yield folder


def environment(folder: Path) -> dict[str, str]:
    """Give the environment of CKAN's interpreter: nothing of ours but the plugin."""
    path = os.pathsep.join(map(str, (folder / "plugin", INSIDE)))
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONPATH": path}


def configuration(settings: Mapping[str, object]) -> str:
    """Give the text of CKAN's configuration file."""
    lines = [f"{name} = {value}" for name, value in settings.items()]
    return "\n".join(["[app:main]", "use = egg:ckan", *lines, _LOGGING])


def _key() -> str:
    programs = postgres_programs()
    assert programs is not None
    postgres = subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True).stdout
    inputs = [_REQUIREMENTS.read_bytes(), Path(__file__).read_bytes(), sys.version.encode(), postgres]
    return hashlib.sha256(b"\0".join(inputs)).hexdigest()[:16]


def _install(new: Installation) -> None:
    """Install CKAN and let it make its tables, which a portal then copies."""
    subprocess.run([sys.executable, "-m", "venv", new.folder / "venv"], check=True)
    pip: Command = [new.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*pip, "-r", _REQUIREMENTS], check=True, capture_output=True, env={**os.environ, "PYTHONPATH": ""})
    with workplace() as folder:
        postgres, redis, solr = Postgres(folder), Redis(folder), Solr(new.solr_schema)
        postgres.create()
        try:
            postgres.start()
            redis.start()
            _fill(new, folder, postgres, {"ckan.redis.url": redis.url(0), "solr_url": solr.url})
        finally:
            solr.stop()
            redis.stop()
            postgres.stop()
        shutil.copytree(postgres.data, new.cluster)


def _fill(new: Installation, folder: Path, postgres: Postgres, services: Mapping[str, str]) -> None:
    postgres.run("CREATE DATABASE main;")
    postgres.run("CREATE DATABASE datastore; CREATE ROLE reader LOGIN;")
    settings = {
        **services,
        **databases(postgres, "main", "datastore"),
        "SECRET_KEY": "used only while the tables are made",
        "ckan.site_url": "http://127.0.0.1",
        "ckan.plugins": "datastore",
    }
    ini = folder / "ckan.ini"
    ini.write_text(configuration(settings), encoding="utf-8")

    def ckan(*command: str) -> bytes:
        reported: Command = [new.python, "-c", _CKAN, "-c", ini, *command]
        return subprocess.run(reported, check=True, capture_output=True, env=environment(folder), cwd=folder).stdout

    ckan("db", "upgrade")
    postgres.run(ckan("datastore", "set-permissions").decode(), "datastore")


def databases(postgres: Postgres, main: str, datastore: str) -> dict[str, str]:
    """Give CKAN's settings for its two databases."""
    return {
        "sqlalchemy.url": postgres.url(main),
        "ckan.datastore.write_url": postgres.url(datastore),
        "ckan.datastore.read_url": postgres.url(datastore, "reader"),
    }
