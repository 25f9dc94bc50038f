"""What systems and office programs leave in a release does no harm; anything else there is to be deleted."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from khelang_opendata import Language, verify, withdraw
from khelang_opendata.nacc.source import released_package
from khelang_opendata.portals.folder import publish_folder
from khelang_opendata.published.manifest import MANIFEST, manifest_of
from khelang_opendata.published.verification import Problem, ProblemKind
from tests.conftest import Khelang, fails
from tests.releases import contents, copied, correct_a_cell, publish, versions_of

LEFT = ("Thumbs.db", "data/.DS_Store", "desktop.ini", "~$plan.xlsx", ".~lock.plan.xlsx#", "data/._budgets.csv")


def leave(folder: Path) -> None:
    for name in LEFT:
        (folder / name).write_bytes(b"x")


def test_what_systems_leave_is_told_apart_from_what_was_altered(out: Path) -> None:
    leave(out / "v1.0.0")
    found = verify(out / "v1.0.0")
    assert (found.is_whole, found.problems) == (True, ())
    assert found.leftovers == tuple(sorted(LEFT))
    (out / "v1.0.0/note.txt").write_text("x")
    (out / "v1.0.0/data/units.csv").write_text("x")
    assert verify(out / "v1.0.0").problems == (
        Problem(ProblemKind.ALTERED, "data/units.csv"),
        Problem(ProblemKind.EXTRA, "note.txt"),
    )


def test_command_names_what_it_ignores_and_what_to_delete(khelang: Khelang, out: Path) -> None:
    leave(out / "v1.0.0")
    done = khelang("verify", out / "v1.0.0", "--lang", "en")
    assert done.returncode == 0
    assert "ignored: Thumbs.db (left by the system" in done.stdout.decode()
    (out / "v1.0.0/note.txt").write_text("x")
    done = khelang("verify", out / "v1.0.0", "--lang", "th")
    assert done.returncode == 1
    assert "ไม่อยู่ในรายการไฟล์: note.txt (ลบ หรือย้ายออก" in done.stdout.decode()


def test_releasing_publishing_withdrawing_and_evidence_go_on(plan: Path, out: Path, tmp_path: Path) -> None:
    before = contents(out / "v1.0.0")
    for folder in ("v1.0.0", "latest", ""):
        (out / folder / "data").mkdir(exist_ok=True)
        leave(out / folder)
    correct_a_cell(plan)
    assert publish(plan, out, date(2026, 11, 23)).version == "1.0.1"
    assert publish_folder(out, tmp_path / "site").version == "1.0.1"
    leave(tmp_path / "site/v1.0.0")
    assert not publish_folder(out, tmp_path / "site").written
    assert not {*contents(tmp_path / "site/latest")} & {*LEFT}
    assert released_package(out / "v1.0.0").descriptor["version"] == "1.0.0"
    withdraw(out, "1.0.0", "x", date(2026, 12, 1))
    assert versions_of(out) == ["1.0.0", "1.0.1"]
    assert {path: data for path, data in contents(out / "v1.0.0").items() if path not in LEFT} == before


def test_any_other_file_is_to_be_deleted(plan: Path, out: Path) -> None:
    (out / "v1.0.0/budgets - Copy.csv").write_text("x")
    correct_a_cell(plan)
    with fails("release_damaged") as caught:
        publish(plan, out)
    assert caught.value.params["variant"] == "extra"
    assert caught.value.texts(Language.TH).fix.startswith("ลบไฟล์นี้")
    with fails("release_damaged", match="is no file of the release"):
        released_package(out / "v1.0.0")


def test_altered_file_beside_another_is_still_damage(out: Path) -> None:
    (out / "v1.0.0/a.txt").write_text("x")
    (out / "v1.0.0/data/units.csv").unlink()
    with fails("release_damaged") as caught:
        released_package(out / "v1.0.0")
    assert caught.value.params == {"path": str(out / "v1.0.0/data/units.csv")}


def test_archive_with_a_second_folder_is_refused_in_words(out: Path, tmp_path: Path, khelang: Khelang) -> None:
    """The original table in a second folder does not replace the altered one in the first."""
    (archive,) = out.glob("*-v1.0.0.zip")
    shadow = tmp_path / "shadow.zip"
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(shadow, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b"300000", b"900000") if name.endswith("/data/budgets.csv") else data)
        budgets = next(name for name in source.namelist() if name.endswith("/data/budgets.csv"))
        target.writestr("zzz/data/budgets.csv", source.read(budgets))
    done = khelang("verify", shadow, "--lang", "en")
    assert (done.returncode, done.stdout) == (1, b"")
    assert "holds zzz/data/budgets.csv outside the one folder that a release is in" in done.stderr.decode()


@pytest.mark.parametrize("name", ["x.tmp", "Thumbs.db"])
def test_file_that_the_manifest_lists_is_part_of_the_release_whatever_its_name(name: str, tmp_path: Path) -> None:
    files = {name: b"x", "a.txt": b"y"}
    for path, data in {**files, MANIFEST: manifest_of(files)}.items():
        (tmp_path / path).write_bytes(data)
    assert verify(tmp_path).problems == ()
    (tmp_path / name).write_bytes(b"z")
    assert verify(tmp_path).problems == (Problem(ProblemKind.ALTERED, name),)


def test_unpacked_elsewhere_the_release_is_the_same(out: Path, tmp_path: Path) -> None:
    folder = copied(out / "v1.0.0", tmp_path / "here")
    leave(folder)
    assert verify(folder).files == verify(out / "v1.0.0").files
