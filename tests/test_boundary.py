"""What a person reads where a library lacks or the program fails: a sentence, and exit code 3."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from khelang_opendata import __version__
from tests.conftest import PLAN, VALID


def run_without(module: str, folder: Path, *args: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command line where a module cannot be imported."""
    hide = f"import sys; sys.modules[{module!r}] = None"
    code = f"{hide}\nfrom khelang_opendata.cli import main\nmain({[*map(str, args)]})"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, cwd=folder)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A file where a key is expected; without the library nothing reads it."""
    path = tmp_path / "key.pub"
    path.write_text(
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB7b0m5xk6hB1cP9S0m1i1c2m7v2m1QeFv3dZt9oYk3a key", encoding="utf-8"
    )
    return path


def test_signing_without_its_library_names_the_extra(tmp_path: Path, key: Path, released: Path) -> None:
    for args in (
        ("keygen", "new-key"),
        ("release", PLAN, "--out", "out", "--sign", key),
        ("verify", released / "v1.0.0", "--public-key", key),
    ):
        done = run_without("cryptography", tmp_path, "--lang", "en", *args)
        assert done.returncode == 3, done.stderr
        assert b'pip install ".[sign]"' in done.stderr


@pytest.mark.parametrize("module", ["polars", "numpy"])
def test_large_engine_without_its_library_names_the_extra(tmp_path: Path, module: str) -> None:
    done = run_without(module, tmp_path, "--lang", "en", "validate", VALID, "--engine", "large")
    assert done.returncode == 3
    assert b'pip install ".[large]"' in done.stderr


def test_a_release_without_polars_says_that_it_has_no_parquet(tmp_path: Path) -> None:
    done = run_without("polars", tmp_path, "--lang", "en", "release", PLAN, "--out", "out")
    assert (done.returncode, b"no Parquet files, for the extra large" in done.stderr) == (0, True)
    assert not [*(tmp_path / "out/v1.0.0").rglob("*.parquet")]


def test_publishing_without_a_keyring_names_the_extra(tmp_path: Path, released: Path) -> None:
    address = ("--url", "https://localhost:1", "--org", "example")
    done = run_without("keyring", tmp_path, "--lang", "en", "publish", released, *address)
    assert (done.returncode, b'pip install ".[portal]"' in done.stderr) == (2, True)


@pytest.mark.parametrize("debug", [False, True])
def test_any_other_failure_names_the_version_and_what_to_report(tmp_path: Path, debug: bool) -> None:
    options = ["--debug"] if debug else []
    done = run_without("khelang_opendata.validation", tmp_path, *options, "--lang", "en", "validate", VALID)
    assert done.returncode == 3
    assert f"version {__version__}".encode() in done.stderr
    assert b"--debug" in done.stderr
    assert (b"Traceback" in done.stderr) is debug
