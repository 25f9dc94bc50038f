"""A wrong command line is answered in the user's language, and every text reaches files and pipes of any code page."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from khelang_opendata import __main__ as program
from khelang_opendata.cli import main
from khelang_opendata.files.place import write_atomically
from khelang_opendata.model.wording import Language
from khelang_opendata.published.archive import read_zipped_package
from tests.conftest import PLAN, Khelang, fails, replace_in

WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "unknown command": (("nosuch",), "ไม่มีคำสั่ง nosuch"),
    "misspelt command": (("validat",), "ไม่มีคำสั่ง validat หมายถึง validate หรือไม่"),
    "misspelt command of a group": (("schema", "snyc"), "ไม่มีคำสั่ง snyc หมายถึง sync หรือไม่"),
    "unknown option": (("validate", "--nosuch"), "ไม่มีตัวเลือก --nosuch"),
    "misspelt option": (("validate", "--frmat", "json"), "ไม่มีตัวเลือก --frmat หมายถึง --format หรือไม่"),
    "option of the program": (("--nosuch", "validate"), "ไม่มีตัวเลือก --nosuch"),
    "value that is none of them": (("validate", "--format", "jsn"), "ค่าที่ใช้ได้: text, json, html, csv, sarif"),
    "number out of range": (("validate", "--processes", "0"), "ค่า 0 ของ --processes อยู่นอกช่วง x>=1"),
    "no number": (("validate", "--processes", "สอง"), "ของ --processes ไม่ใช่จำนวนเต็ม"),
    "option without its value": (("validate", "--format"), "ตัวเลือก --format ต้องมีค่าตามหลัง"),
    "value of a switch": (("release", "--dry-run=1"), "ตัวเลือก --dry-run ไม่มีค่าตามหลัง"),
    "argument that is missing": (("withdraw",), "ไม่ได้ระบุ VERSION"),
    "option that is missing": (("withdraw", "1.0.0"), "ไม่ได้ระบุ --reason"),
    "choice that is missing": (("export", "x"), "ไม่ได้ระบุ --to ค่าที่ใช้ได้: eplan"),
    "argument too many": (("explain", "a", "b"), "ระบุเกินมา: b"),
    "value of another form": (("publish", "--set", "x"), "ค่าของ --set ใช้ไม่ได้: FIELD=VALUE"),
}


@pytest.mark.parametrize(("args", "expected"), WRONG.values(), ids=WRONG)
def test_wrong_call_is_answered_in_thai(args: tuple[str, ...], expected: str) -> None:
    done = CliRunner().invoke(main, ["--lang", "th", *args])
    assert done.exit_code == 2
    assert expected in done.stderr
    assert "Error" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(("args", "expected"), WRONG.values(), ids=WRONG)
def test_wrong_call_is_answered_in_english_by_click(args: tuple[str, ...], expected: str) -> None:
    done = CliRunner().invoke(main, ["--lang", "en", *args])
    assert done.exit_code == 2
    assert "Error: " in done.stderr
    assert expected not in done.stderr


def test_language_of_a_wrong_call_is_that_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "th_TH.UTF-8")
    assert "ไม่มีคำสั่ง nosuch" in CliRunner().invoke(main, ["nosuch"]).stderr


CODE_PAGES = {
    "Thai Windows": {"PYTHONIOENCODING": "cp874", "PYTHONUTF8": "0"},
    "Western Windows": {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
    "ASCII": {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    "the C locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@pytest.mark.parametrize("env", CODE_PAGES.values(), ids=CODE_PAGES)
@pytest.mark.parametrize("language", Language)
def test_help_and_errors_in_a_pipe_are_utf_8(khelang: Khelang, env: dict[str, str], language: Language) -> None:
    for args in (("--help",), ("validate", "--help"), ("nosuch",), ("validate", "nowhere"), ("explain",)):
        done = khelang("--lang", language, *args, env=env)
        text = (done.stdout + done.stderr).decode("utf-8")
        assert "Traceback" not in text
        assert "�" not in text
        assert "\\u" not in text
        assert any("ก" <= letter <= "ฮ" for letter in text) == (language is Language.TH), text


def test_terminal_that_cannot_show_thai_shows_escapes() -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    stream = Terminal(io.BytesIO(), encoding="cp1252")
    program._make_writable(stream)
    stream.write("ก")
    stream.flush()
    assert stream.buffer.getvalue() == b"\\u0e01"  # type: ignore[attr-defined]


def test_file_that_excel_holds_open_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(_: Path, __: Path) -> None:
        raise PermissionError(13, "Access is denied")

    report = tmp_path / "report.csv"
    report.write_bytes(b"before")
    monkeypatch.setattr(Path, "replace", refuse)
    with fails("output_unwritable") as caught:
        write_atomically(report, b"after")
    texts = caught.value.texts(Language.TH)
    assert "Excel" in texts.message
    assert texts.fix.startswith("ปิดไฟล์นี้ใน Excel")
    assert report.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]


def zipped(folder: Path, target: Path, top: str, *others: str) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, top + path.relative_to(folder).as_posix())
        for name in others:
            archive.writestr(name, b"x")
    return target


ZIPS = {
    "in a folder": ("plan/", ()),
    "at the top": ("", ()),
    "by macOS": ("plan/", ("__MACOSX/plan/._data", ".DS_Store")),
}


@pytest.mark.parametrize(("top", "others"), ZIPS.values(), ids=ZIPS)
def test_package_in_a_zip_is_validated(khelang: Khelang, tmp_path: Path, top: str, others: tuple[str, ...]) -> None:
    archive = zipped(PLAN, tmp_path / "plan.zip", top, *others)
    done = khelang("validate", archive, "--lang", "en")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith(b"Valid and ready to release")


def test_packages_in_zips_are_validated_among_others(khelang: Khelang, tmp_path: Path) -> None:
    wrong = Path(shutil.copytree(PLAN, tmp_path / "wrong"))
    replace_in(wrong / "data/units.csv", "division", "devision")
    zips = [zipped(PLAN, tmp_path / "plan.zip", "plan/"), zipped(wrong, tmp_path / "wrong.zip", "")]
    (tmp_path / "none.zip").write_bytes(b"x")
    done = khelang("validate", *zips, tmp_path / "none.zip", PLAN, "--lang", "en")
    text = done.stdout.decode()
    assert done.returncode == 1
    assert "value_not_allowed" in text
    assert text.splitlines()[-1].startswith("4 packages: 2 valid (2 ready to release), 1 not valid, 1 not readable")


@pytest.mark.parametrize(
    ("names", "variant"),
    [
        (("a/data/x.csv",), "archive_without"),
        (("a/datapackage.json", "b/datapackage.json"), "archive_several"),
    ],
)
def test_zip_without_one_package_is_told(names: tuple[str, ...], variant: str, tmp_path: Path) -> None:
    archive = tmp_path / "x.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for name in names:
            target.writestr(name, b"{}")
    with fails("package_not_found") as caught:
        read_zipped_package(archive)
    assert caught.value.params["variant"] == variant


@pytest.mark.parametrize("name", ["../datapackage.json", "/datapackage.json", "plan/../../x", "C:/x", "plan/con.csv"])
def test_zip_with_unsafe_names_is_not_unpacked(khelang: Khelang, tmp_path: Path, name: str) -> None:
    archive = zipped(PLAN, tmp_path / "plan.zip", "plan/", name)
    done = khelang("validate", archive, "--lang", "en")
    assert done.returncode == 1
    assert b"holds a name that points outside its folder" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["plan.zip"]


def test_zip_with_a_name_twice_is_not_unpacked(khelang: Khelang, tmp_path: Path) -> None:
    archive = zipped(PLAN, tmp_path / "plan.zip", "plan/", "plan/DATA/units.csv")
    assert khelang("validate", archive, "--lang", "en").returncode == 1
