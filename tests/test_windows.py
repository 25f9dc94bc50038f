"""The official's way on Windows: a real CPython for Windows under Wine, in Thai (code page 874).

The folder has Thai letters and spaces in its name. The program is the wheel that users install, with the libraries that
requirements/runtime.txt locks, as Windows gets them. Python and the libraries are kept in build/windows/<key>.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from packaging.requirements import Requirement

from khelang_opendata.files.serialize import json_bytes
from tests.conftest import PLAN, ROOT

WINE = Path("/usr/lib/wine/wine64")
LOCALE = "th_TH.UTF-8"
"""Wine takes the code page from it: 874."""

WINDOWS = {
    **{"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
    **{"python_version": "3.13", "python_full_version": "3.13.2", "implementation_name": "cpython"},
}
KEPT = ROOT / "build/windows"
REQUIREMENTS = [ROOT / "requirements/windows.txt", ROOT / "requirements/runtime.txt"]

Khelang = Callable[..., str]

pytestmark = pytest.mark.skipif(
    not WINE.exists() and not os.environ.get("KHELANG_REQUIRE_READERS"), reason="wine64 is not installed"
)


@pytest.fixture(scope="module")
def windows() -> Path:
    """A folder with Python for Windows (``cp313``) and the libraries (``site``)."""
    KEPT.mkdir(parents=True, exist_ok=True)
    content = [path.read_bytes() for path in (*REQUIREMENTS, Path(__file__))]
    wanted = KEPT / hashlib.sha256(b"".join(content)).hexdigest()[:16]
    with FileLock(KEPT / "lock"):
        if not wanted.exists():
            with tempfile.TemporaryDirectory(prefix="new-", dir=KEPT) as beside:
                _install(Path(beside) / "windows")
                (Path(beside) / "windows").rename(wanted)
    return wanted


def _install(folder: Path) -> None:
    folder.mkdir()
    _pip("download", "--no-deps", "--require-hashes", "-r", str(REQUIREMENTS[0]), "-d", str(folder))
    (source,) = folder.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        (data,) = (member for member in archive if member.name.endswith("/data.zip"))
        stream = archive.extractfile(data)
        assert stream
        with zipfile.ZipFile(stream) as python:
            for name in python.namelist():
                if name.startswith("cp313/"):
                    python.extract(name, folder)
    source.unlink()
    (folder / "runtime.txt").write_text("\n".join(_for_windows(REQUIREMENTS[1].read_text(encoding="utf-8"))))
    target = ["--platform", "win_amd64", "--python-version", "3.13", "--implementation", "cp"]
    options = [*target, "--only-binary", ":all:", "--no-deps", "--require-hashes", "--target", str(folder / "site")]
    _pip("install", *options, "-r", str(folder / "runtime.txt"))
    subprocess.run(["localedef", "-i", "th_TH", "-f", "UTF-8", str(folder / LOCALE)], check=True)


def _for_windows(lock: str) -> Iterator[str]:
    """The lines of a lock that Windows needs, without their markers, which pip judges by the system that it runs on."""
    for line in lock.replace("\\\n", " ").splitlines():
        specifier, *hashes = line.partition(" #")[0].split(" --hash=")
        if specifier.strip() and not specifier.startswith("#"):
            requirement = Requirement(specifier)
            if requirement.marker is None or requirement.marker.evaluate(WINDOWS):
                yield " --hash=".join([f"{requirement.name}{requirement.specifier}", *map(str.strip, hashes)])


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"], check=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The official's folder, with the plan."""
    folder = tmp_path_factory.mktemp("windows") / "งาน แผน ป.ป.ช. 2569"
    shutil.copytree(PLAN, folder / "datapackage")
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as its wheel installs it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            archive.extract(name, folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def run(windows: Path, site: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Khelang:
    """Runs Python for Windows in the official's folder, and gives what it prints."""
    env = {
        **{"PATH": os.environ["PATH"], "HOME": str(tmp_path_factory.mktemp("home")), "WINEDEBUG": "-all"},
        **{"WINEPREFIX": str(tmp_path_factory.mktemp("wine")), "WINEDLLOVERRIDES": "mscoree,mshtml="},
        **{"LC_ALL": LOCALE, "LOCPATH": str(windows), "PYTHONDONTWRITEBYTECODE": "1"},
        "PYTHONPATH": ";".join(f"Z:{path}".replace("/", "\\") for path in (site, windows / "site")),
    }

    def run(*arguments: str, returncode: int = 0) -> str:
        command = [str(WINE), str(windows / "cp313/python.exe"), *arguments]
        done = subprocess.run(command, cwd=folder, env=env, input=b"", capture_output=True, check=False)
        assert done.returncode == returncode, done.stderr.decode("utf-8", "replace")
        return done.stdout.decode("utf-8")

    return run


def test_the_official_s_way(run: Khelang, folder: Path, site: Path) -> None:
    python = "import locale, sys; print(sys.platform, locale.getpreferredencoding(False))"
    assert run("-c", python).split() == ["win32", "cp874"]

    assert "ผ่านและพร้อมออกรุ่น" in run("-m", "khelang_opendata", "validate", "datapackage")
    assert "ออกรุ่น 1.0.0 แล้ว" in run("-m", "khelang_opendata", "release", "datapackage", "--out", "releases")
    assert "จึงไม่ออกรุ่นใหม่" in run("-m", "khelang_opendata", "release", "datapackage", "--out", "releases")
    assert "ข้อมูลเหมือนกัน" in run("-m", "khelang_opendata", "diff", "releases/latest", "datapackage")
    assert "ตรงกัน" in run("-m", "khelang_opendata", "verify", "releases/latest")
    run("-m", "khelang_opendata", "publish", "releases", "--to", "folder", "public")
    assert (folder / "public/index.html").is_file()
    table = folder / "datapackage/data/budgets.csv"
    table.write_bytes(table.read_bytes().decode("utf-8-sig").replace(",900000,", ",9 แสน,").encode("cp874", "replace"))
    report = run("-m", "khelang_opendata", "validate", "datapackage", returncode=1)
    assert "encoding_not_utf8" in report

    assert _files(folder / "releases/v1.0.0") == _files(_released_here(folder, site))


def _released_here(folder: Path, site: Path) -> Path:
    """The same release made on this system, without the library for Parquet, which Windows here has not."""
    script = "import sys; sys.modules['polars'] = None; from khelang_opendata.cli import main; main()"
    command = [sys.executable, "-c", script, "release", str(PLAN), "--out", str(folder / "here")]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True, check=True)
    return folder / "here/v1.0.0"


def _files(folder: Path) -> dict[str, bytes]:
    """The files of a release, but for the version of polars, which is installed here, and the hash that it changes."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    provenance = json.loads(files["metadata/provenance.json"])
    provenance["libraries"].pop("polars", None)
    manifest = [
        line for line in files["manifest-sha256.txt"].splitlines() if not line.endswith(b"metadata/provenance.json")
    ]
    return {**files, "metadata/provenance.json": json_bytes(provenance), "manifest-sha256.txt": b"\n".join(manifest)}
