"""The locks in requirements/ hold what is asked for, without known holes, with hashes, and name no registry."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS: dict[str, list[str]] = PYPROJECT["project"]["optional-dependencies"]

# Which extras a lock holds, beside what the program always needs.
HOLDS = {
    "dev": ["dev"],
    "oldest": ["test"],
    "runtime": [],
    "runtime-all": ["extract", "intake", "large", "national", "portal", "s3", "sign", "site"],
}

# The first release without the hole, by the advisory that names it. Those that others of our dependencies ask for have
# no floor in pyproject.toml: only the locks can keep them above.
WITHOUT_HOLES = {
    "click": ("8.3.3", "CVE-2026-7246"),
    "cryptography": ("50.0.2", "CVE-2026-69247, and OpenSSL 4.0.3"),
    "datasette": ("0.65.2", "CVE-2025-64481"),
    "filelock": ("4.2.1", "CVE-2026-112941"),
    "fonttools": ("4.60.2", "CVE-2025-66034"),
    "frictionless": ("5.19.1", "CVE-2026-93349"),
    "jinja2": ("3.1.6", "CVE-2025-27516"),
    "playwright": ("1.55.1", "CVE-2025-59288"),
    "pytest": ("9.0.3", "CVE-2025-71176"),
    "requests": ("2.33.0", "CVE-2026-25645"),
    "setuptools": ("83.0.0", "CVE-2026-59890"),
    "urllib3": ("2.8.0", "CVE-2026-97689"),
}
WITHOUT_HOLES_BELOW = {
    "idna": ("3.15", "CVE-2026-45409"),
    "simpleeval": ("1.0.5", "CVE-2026-32640"),
}


def entries(lock: Path) -> list[tuple[Requirement, list[str]]]:
    """What is locked, each with its options."""
    lines = re.sub(r"\\\n", " ", lock.read_text(encoding="utf-8")).splitlines()
    kept = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    found = [re.split(r"\s+(?=--)", line.strip()) for line in kept]
    return [(Requirement(requirement), options) for requirement, *options in found]


def versions(name: str) -> dict[str, Version]:
    """The locked version of each package."""
    pins = [requirement for requirement, _ in entries(ROOT / f"requirements/{name}.txt")]
    return {canonicalize_name(pin.name): Version(next(iter(pin.specifier)).version) for pin in pins}


def asked(extras: list[str]) -> Iterator[Requirement]:
    """What the program and these extras ask for, with the extras that they name themselves."""
    lines = [*PYPROJECT["project"]["dependencies"], *(line for extra in extras for line in EXTRAS[extra])]
    for requirement in map(Requirement, lines):
        if requirement.name == PYPROJECT["project"]["name"]:
            yield from asked(sorted(requirement.extras))
        else:
            yield requirement


def floor_of(requirement: Requirement) -> Version | None:
    return next((Version(part.version) for part in requirement.specifier if part.operator == ">="), None)


@pytest.mark.parametrize("name", HOLDS)
def test_lock_holds_what_is_asked_for(name: str) -> None:
    locked = versions(name)
    for requirement in asked(HOLDS[name]):
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in {name}.txt; `make lock` puts it there"
        assert requirement.specifier.contains(version), f"{name}.txt has {requirement.name} {version}"


@pytest.mark.parametrize("name", ["runtime", "runtime-all", "build"])
def test_users_get_the_versions_that_the_tests_run_with(name: str) -> None:
    assert versions(name).items() <= versions("dev").items()


def test_the_oldest_versions_are_the_floors() -> None:
    locked = versions("oldest")
    for requirement in asked(HOLDS["oldest"]):
        assert locked[canonicalize_name(requirement.name)] == floor_of(requirement), requirement


def test_no_floor_is_below_a_release_without_known_holes() -> None:
    build = [Requirement(line) for line in _lines(ROOT / "requirements/build.in")]
    floors = {canonicalize_name(r.name): floor_of(r) for r in [*asked(list(EXTRAS)), *build]}
    for name, (first, advisory) in WITHOUT_HOLES.items():
        floor = floors[canonicalize_name(name)]
        assert floor is not None and floor >= Version(first), f"{name}: {advisory}"


@pytest.mark.parametrize("name", [*HOLDS, "build"])
def test_no_locked_version_has_a_known_hole(name: str) -> None:
    locked = versions(name)
    for package, (first, advisory) in {**WITHOUT_HOLES, **WITHOUT_HOLES_BELOW}.items():
        assert locked.get(canonicalize_name(package), Version(first)) >= Version(first), f"{package}: {advisory}"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_entry_is_one_version_with_hashes(lock: Path) -> None:
    for requirement, options in entries(lock):
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert requirement.url is None
        assert options, f"{requirement} has no hash"
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", option) for option in options), requirement


@pytest.mark.parametrize("file", [*LOCKS, *(ROOT / "requirements").glob("*.in")], ids=lambda file: file.name)
def test_no_registry_and_no_place_is_named(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    named = re.findall(
        r"\w+://\S*|^-.*|\s@\s.*|(?<=\s)/\w\S*|\w\.(?:com|internal|io|local|net|org)\b", text, re.MULTILINE
    )
    assert not named


def test_locks_are_for_every_system() -> None:
    markers = {r.name: str(r.marker) for r, _ in entries(ROOT / "requirements/runtime-all.txt")}
    assert "win32" in markers["colorama"], "click needs it on Windows"
    assert "win32" in markers["pywin32-ctypes"], "keyring needs it on Windows"
    assert "linux" in markers["secretstorage"], "keyring needs it on Linux"


def test_the_tool_that_locks_is_pinned() -> None:
    (tool,) = map(Requirement, _lines(ROOT / "requirements/lock.in"))
    assert [part.operator for part in tool.specifier] == ["=="]
    assert tool.specifier.contains(versions("lock")[canonicalize_name(tool.name)])


def test_nothing_is_installed_that_is_not_locked() -> None:
    commands = [line for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines() if line.startswith("\t")]
    installs = [line for line in commands if "$(PIP_INSTALL)" in line or "pip install" in line]
    assert installs
    assert all("--require-hashes" in line or "--no-deps --no-build-isolation" in line for line in installs), installs


def test_what_builds_the_program_is_locked() -> None:
    assert set(PYPROJECT["build-system"]["requires"]) <= set(_lines(ROOT / "requirements/build.in"))


def test_source_distribution_carries_the_locks(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (built,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        carried = {Path(name).name for name in archive.getnames() if "/requirements/" in name}
    assert carried >= {path.name for path in (ROOT / "requirements").iterdir()}


def _lines(file: Path) -> list[str]:
    """The requirements of a file, without its comments."""
    lines = (line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]
