"""Files as they are copied, renamed, converted and saved over."""

from __future__ import annotations

import io
from pathlib import Path

from xlsxwriter import Workbook

from tests.cases import Case
from tests.conftest import PLAN
from tests.edits import Edit, Found, copied, edit_bytes, edit_table, moved, together, without_rows

_PROJECTS = "data/projects.csv"
_MISSING: tuple[Found, ...] = (("table_missing", "projects", None, None),)
_COPY: tuple[Found, ...] = (("table_unlisted", None, None, None),)
_MALFORMED: tuple[Found, ...] = (("csv_malformed", "projects", None, None),)


def _is_renamed(path: str, found: tuple[Found, ...] = _MISSING) -> Case:
    return Case(f"the table as {path}", moved(_PROJECTS, path), found)


def _is_copied(path: str, found: tuple[Found, ...] = _COPY) -> Case:
    return Case(f"beside the table {path}", copied(_PROJECTS, path), found)


def _with_marks(mark: str, first: str = "") -> Edit:
    def change(rows: list[list[str]]) -> None:
        rows[:] = [[mark.join(f'"{cell}"' if mark in cell else cell for cell in row)] for row in rows]

    def plain(folder: Path) -> None:
        path = folder / _PROJECTS
        edit_table("projects", change)(folder)
        lines = path.read_text(encoding="utf-8").split("\n")
        text = "\n".join(line[1:-1].replace('""', '"') if line.startswith('"') else line for line in lines)
        path.write_text(first + text, encoding="utf-8", newline="")

    return plain


def _encoded(encoding: str) -> Edit:
    return edit_bytes("projects", lambda data: data.decode("utf-8").encode(encoding, "replace"))


def _is_saved_over(table: str, by: str) -> Case:
    edit = copied(f"data/{by}.csv", f"data/{table}.csv")
    return Case(f"{table} saved over by {by}", edit, (("column_missing", table, 1, None),))


def _workbook(_: bytes) -> bytes:
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet("projects").write_string(0, 0, "plan_id")
    return stream.getvalue()


CASES = (
    *map(
        _is_renamed,
        (
            *(
                "data/projects - Copy.csv",
                "data/projects (1).csv",
                "data/projects - Copy (2).csv",
                "data/projects_copy.csv",
            ),
            *(
                "data/สำเนาของ projects.csv",
                "data/projects - สำเนา.csv",
                "data/Copy of projects.csv",
                "data/projects 2.csv",
            ),
            *("data/projects_final.csv", "data/projects_20260101.csv", "data/projects.csv.bak", "data/projects"),
            *(
                "data/projects.csv.csv",
                "data/projects.txt",
                "data/projects.csv.txt",
                "data/Projects.CSV",
                "data/projects.CSV",
            ),
            *("projects.csv", "data/projects.xlsx", "data/projects.ods", "projects.xlsx"),
        ),
    ),
    _is_renamed("data/project.csv"),
    _is_renamed("Data/projects.csv"),
    _is_renamed("data/data/projects.csv"),
    _is_renamed("data/พื้นที่.txt"),
    _is_renamed("data/list.csv", (*_MISSING, *_COPY)),
    *map(
        _is_copied,
        (
            *("data/projects - Copy.csv", "data/projects (1).csv", "data/สำเนาของ projects.csv", "data/projects.xlsx"),
            *(
                "data/projects_old.csv",
                "data/projects.csv.csv",
                "data/projects.csv.bak",
                "data/projects.txt",
                "projects.csv",
            ),
            *("data/x.csv", "data/projects-แก้ไข.csv", "data/PROJECTS (1).CSV", "data/Copy of projects.xlsx"),
        ),
    ),
    *(
        _is_copied(f"data/{name}", ())
        for name in (
            "~$projects.csv",
            ".~lock.projects.csv#",
            "._projects.csv",
            "Thumbs.db",
            ".DS_Store",
            "desktop.ini",
            "x.tmp",
        )
    ),
    _is_copied("projects.xlsx", ()),
    _is_copied("readme.csv", ()),
    _is_saved_over("projects", "budgets"),
    _is_saved_over("budgets", "projects"),
    _is_saved_over("risk_factors", "risk_controls"),
    _is_saved_over("units", "plans"),
    Case("semicolons", _with_marks(";"), (("csv_malformed", "projects", 1, None),)),
    Case("tabs", _with_marks("\t"), (("csv_malformed", "projects", 1, None),)),
    Case("bars", _with_marks("|"), (("csv_malformed", "projects", 1, None),)),
    Case("a line sep=; above semicolons", _with_marks(";", "sep=;\n"), (("csv_malformed", "projects", 1, None),)),
    Case("a title above semicolons", _with_marks(";", "ตารางโครงการ\n"), (("csv_malformed", "projects", 2, None),)),
    Case("UTF-16", _encoded("utf-16"), (("encoding_not_utf8", "projects", None, None),)),
    Case("UTF-16 without its mark", _encoded("utf-16-le"), (("encoding_not_utf8", "projects", None, None),)),
    Case("UTF-16, big end first", _encoded("utf-16-be"), (("encoding_not_utf8", "projects", None, None),)),
    Case("the Thai code page", _encoded("cp874"), (("encoding_not_utf8", "projects", None, None),)),
    Case("a workbook renamed", edit_bytes("projects", _workbook), _MALFORMED),
    Case(
        "an old workbook renamed",
        edit_bytes("projects", lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        _MALFORMED,
    ),
    Case(
        "a web page", edit_bytes("projects", lambda _: b"<!DOCTYPE html>\n<html><body>login</body></html>"), _MALFORMED
    ),
    *(
        Case(f"a file that begins with {start!r}", edit_bytes("projects", lambda data, s=start: s + data), _MALFORMED)  # type: ignore[misc]
        for start in (
            b"{\\rtf1\\ansi ",
            b'[{"plan_id": ',
            b'{"plan_id": ',
            b"\x1f\x8b\x08\0",
            b"Rar!\x1a\x07",
            b"7z\xbc\xaf",
        )
    ),
    Case(
        "a shortcut of Windows",
        edit_bytes("projects", lambda _: b"L\0\0\0\x01\x14\x02\0" + bytes(8) + b"\xc0" + bytes(60)),
        (("csv_malformed", "projects", None, None),),
    ),
    Case("zeros alone", edit_bytes("projects", lambda data: bytes(len(data))), _MALFORMED),
    Case(
        "a file cut off within a letter",
        edit_bytes("projects", lambda data: data[: data.rindex("ก".encode()) + 2]),
        _MALFORMED,
    ),
    Case(
        "a sign for the end of the file",
        edit_bytes("projects", lambda data: data + b"\x1a"),
        (("row_blank", "projects", 47, None),),
        source=PLAN,
    ),
    Case("an empty file", edit_bytes("projects", lambda _: b""), _MALFORMED),
    Case("a byte order mark alone", edit_bytes("projects", lambda _: b"\xef\xbb\xbf"), _MALFORMED),
    Case("blank lines alone", edit_bytes("projects", lambda _: b"\r\n\r\n\n"), _MALFORMED),
    Case("commas alone", edit_bytes("projects", lambda _: b",,,,\n,,,,\n"), _MALFORMED),
    Case(
        "the heading alone of a table that others refer to",
        lambda folder: without_rows(folder / "data/units.csv"),
        (("reference_missing", "units", None, None),),
    ),
    Case(
        "the heading and blank rows alone",
        edit_table("projects", lambda rows: rows.__setitem__(slice(1, None), [[""] * len(rows[0])] * 3)),
        (*_MISSING, ("row_blank", "projects", 2, None)),
    ),
    Case(
        "the only row without a heading",
        edit_table("plans", lambda rows: rows.pop(0)),
        (("column_missing", "plans", 1, None),),
    ),
    Case("the heading alone", lambda folder: without_rows(folder / _PROJECTS), _MISSING),
    Case(
        "the table twice elsewhere",
        together(copied(_PROJECTS, "projects.csv"), moved(_PROJECTS, "data/projects (1).csv")),
        (*_MISSING, *_COPY),
    ),
)
