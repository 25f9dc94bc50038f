"""A file or folder that a command does not take is named for what it is, and the remedy works as it is written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import Result

from khelang_opendata.published.verification import verify
from tests.conftest import EXAMPLES, examples_count_as_plans
from tests.workbooks import run, workbook_of

EXAMPLE = EXAMPLES / "valid" / "mae-thung-2561-2564"
COMMAND = re.compile(r"khelang ((?:[a-z]+)(?: (?:\"[^\"]+\"|-o|[a-z-]+))*)")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the workbook of a package, and the package."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.xlsx").write_bytes(workbook_of(EXAMPLE))
    shutil.copytree(EXAMPLE, tmp_path / "package")
    return tmp_path


def _refused(*command: str) -> str:
    done = run(*command)
    assert done.exit_code == 2, done.output
    return str(done.output)


def _followed(remedy: str) -> list[Result]:
    """The commands of a remedy, run as they are written."""
    found = [[part.strip('"') for part in re.findall(r'"[^"]+"|\S+', line)] for line in COMMAND.findall(remedy)]
    with examples_count_as_plans():
        return [run(*command) for command in found]


TAKE_RELEASES = [
    ("verify",),
    ("site", "--out", "site"),
    ("evidence", "--year", "2561"),
    ("export", "--to", "eplan"),
    ("publish", "--url", "https://data.go.th", "--org", "mae-thung"),
]


@pytest.mark.parametrize("command", TAKE_RELEASES, ids=lambda command: command[0])
def test_workbook_in_place_of_a_release(work: Path, command: tuple[str, ...]) -> None:
    shown = _refused(command[0], "plan.xlsx", *command[1:])
    assert "plan.xlsx is a workbook, not a release" in shown
    assert 'khelang validate "plan.xlsx"' in shown
    assert 'khelang import "plan.xlsx" -o my-plan' in shown


@pytest.mark.parametrize(
    "command",
    [
        ("publish", "{}"),
        ("publish", "{}", "site"),
        ("publish", "{}", "site", "--to", "folder"),
        ("export", "{}"),
        ("evidence", "{}"),
        ("portal", "check", "{}"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(("path", "said"), [("plan.xlsx", "is a workbook, not a release"), ("package", "is a package")])
def test_mistaken_path_is_named_before_a_missing_option(
    work: Path, command: tuple[str, ...], path: str, said: str
) -> None:
    assert f"{path} {said}" in _refused(*(part.format(path) for part in command))
    assert "--url" in _refused("publish", "releases", "site")


def test_remedy_of_a_workbook_makes_the_release_that_it_speaks_of(work: Path) -> None:
    checked, taken, released = _followed(_refused("verify", "plan.xlsx"))
    assert "releases" not in checked.output.partition("\n")[0]
    assert (taken.exit_code, released.exit_code) == (0, 0), taken.output + released.output
    done = run("verify", "releases")
    assert (done.exit_code, "Consistent" in done.output) == (0, True), done.output


@pytest.mark.parametrize("command", TAKE_RELEASES, ids=lambda command: command[0])
def test_package_in_place_of_a_release(work: Path, command: tuple[str, ...]) -> None:
    shown = _refused(command[0], "package", *command[1:])
    assert "package is a package, and this command takes a release" in shown
    assert [done.exit_code for done in _followed(shown)] == [0]
    assert verify("releases/latest").is_whole


def test_release_without_its_manifest_is_damaged_and_no_package(work: Path) -> None:
    with examples_count_as_plans():
        assert run("release", "package").exit_code == 0
    (work / "releases/v1.0.0/manifest-sha256.txt").unlink()
    done = run("verify", "releases/v1.0.0")
    assert (done.exit_code, "missing: manifest-sha256.txt" in done.output) == (1, True), done.output


def test_folder_of_releases_in_place_of_a_package(work: Path) -> None:
    with examples_count_as_plans():
        assert run("release", "package").exit_code == 0
    done = run("validate", "releases")
    assert f"packages in the folders {Path('releases/latest')}, {Path('releases/v1.0.0')} below" in done.output
    assert run("validate", "releases/latest").exit_code == 0


def test_archive_of_a_release_is_named_with_what_the_command_takes(work: Path) -> None:
    with examples_count_as_plans():
        assert run("release", "package").exit_code == 0
    archive = next((work / "releases").glob("*.zip"))
    shutil.copy(archive, "r.zip")
    for command in TAKE_RELEASES[1:]:
        assert "a ZIP file, and this command takes the folder of releases" in _refused(
            command[0], "r.zip", *command[1:]
        )
    done = run("import", "r.zip", "-o", "new")
    assert "r.zip is a ZIP file of a package or a release" in done.output
    shutil.unpack_archive("r.zip", "unpacked")
    unpacked = next((work / "unpacked").iterdir())
    assert run("template", "-o", "again.xlsx", "--from", unpacked).exit_code == 0
    shown = _refused("site", str(unpacked), "--out", "s")
    assert "is a release outside the folder of all releases" in shown
