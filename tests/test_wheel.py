"""The wheel carries everything: installed alone, without the repository, it validates and releases."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.conftest import PLAN, ROOT, STANDARD


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel, unpacked as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")  # noqa: S202 (our own)
    return folder / "site"


def test_standard_is_inside(site: Path) -> None:
    packed = site / "khelang_opendata/schemas/anticorruption-plan/1.0.0"
    here = {p.relative_to(STANDARD) for p in STANDARD.rglob("*") if p.is_file()}
    assert {p.relative_to(packed) for p in packed.rglob("*") if p.is_file()} == here
    assert (site / "khelang_opendata/py.typed").is_file()


def test_command_works_from_the_wheel_alone(site: Path, tmp_path: Path) -> None:
    script = "import khelang_opendata, khelang_opendata.cli as c; print(khelang_opendata.__file__); c.main()"
    command = [sys.executable, "-c", script, "release", str(PLAN), "--out", str(tmp_path / "out")]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().startswith(str(site))
    assert (tmp_path / "out/v1.0.0/datapackage.json").is_file()


def test_source_distribution_holds_what_its_tests_need(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (file,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(file) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.3 and older have none
        archive.extractall(tmp_path)  # noqa: S202 (the archive is our own)
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    of_the_host = (".github/", ".gitattributes", ".pre-commit-config.yaml")
    assert {name for name in listed.split("\0") if not name.startswith(of_the_host)} - packed == {""}
    root = tmp_path / file.name.removesuffix(".tar.gz")
    env = {**os.environ, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/test_thai.py",
        "tests/test_examples.py",
    ]
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
