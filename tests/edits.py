"""What the tests of the rules share: small edits of packages, the issues that they make, and the issues' texts."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from shutil import copyfile, copytree
from typing import Any

from khelang_opendata import Issue, rules
from khelang_opendata.files.serialize import csv_text
from khelang_opendata.model.report import Location
from khelang_opendata.model.wording import Language
from khelang_opendata.render.messages import issue_texts
from khelang_opendata.standard.family import CURRENT
from tests.conftest import edit_descriptor, issues_of

Edit = Callable[[Path], None]
"""It changes the package in a folder."""

Found = tuple[str, str | None, int | None, str | None]
"""An issue: its code, and the table, row and field of its place."""

KHELANG = "khelang-nakhon-2566-2570"
MAE_THUNG = "mae-thung-2561-2564"


def edit_table(table: str, change: Callable[[list[list[str]]], object]) -> Edit:
    """The rows of a table, the heading first."""

    def edit(folder: Path) -> None:
        path = folder / f"data/{table}.csv"
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        change(rows)
        path.write_text(csv_text(rows), encoding="utf-8", newline="")

    return edit


def edit_bytes(table: str, change: Callable[[bytes], bytes]) -> Edit:
    """The file of a table."""

    def edit(folder: Path) -> None:
        path = folder / f"data/{table}.csv"
        path.write_bytes(change(path.read_bytes()))

    return edit


def insert(table: str, row: int, *cells: str) -> Edit:
    """A new row, which gets this number; cells that are not given are empty."""

    def change(rows: list[list[str]]) -> None:
        rows.insert(row - 1, [*cells, *[""] * (len(rows[0]) - len(cells))])

    return edit_table(table, change)


def moved(path: str, to: str) -> Edit:
    """A file of the package has another name or folder."""

    def edit(folder: Path) -> None:
        (folder / to).parent.mkdir(exist_ok=True)
        (folder / path).rename(folder / to)

    return edit


def copied(path: str, to: str) -> Edit:
    """A file of the package is there again, or in the place of another."""

    def edit(folder: Path) -> None:
        copyfile(folder / path, folder / to)

    return edit


def cell(table: str, row: int, **values: str) -> Edit:
    """Cells of one row, which is numbered as a spreadsheet does."""

    def change(rows: list[list[str]]) -> None:
        for field, value in values.items():
            rows[row - 1][rows[0].index(field)] = value

    return edit_table(table, change)


def add(table: str, *cells: str) -> Edit:
    """A new last row."""
    return edit_table(table, lambda rows: rows.append([*cells]))


def copy(table: str, row: int, **values: str) -> Edit:
    """A new last row, like another but for some cells."""

    def change(rows: list[list[str]]) -> None:
        rows.append([values.get(field, value) for field, value in zip(rows[0], rows[row - 1], strict=True)])

    return edit_table(table, change)


def drop(table: str, first: int, last: int) -> Edit:
    """The rows from one to another are lost."""

    def change(rows: list[list[str]]) -> None:
        del rows[first - 1 : last]

    return edit_table(table, change)


def drop_where(table: str, **values: str) -> Edit:
    """The rows that have these values are lost."""

    def change(rows: list[list[str]]) -> None:
        places = {rows[0].index(field): value for field, value in values.items()}
        kept = [row for row in rows[1:] if any(row[place] != value for place, value in places.items())]
        assert len(kept) < len(rows) - 1, f"no row of {table} has {values}"
        rows[1:] = kept

    return edit_table(table, change)


def without_errata(record: str) -> Edit:
    """The errata about a record are lost: some adopt values that an edit changes, or name rows that it drops."""

    def is_about(name: str) -> bool:
        return name.partition("/")[0] == record

    def edit(folder: Path) -> None:
        gone: set[str] = set()

        def drop_errata(rows: list[list[str]]) -> None:
            id_, named = rows[0].index("erratum_id"), rows[0].index("record_id")
            gone.update(row[id_] for row in rows[1:] if is_about(row[named]))
            rows[1:] = [row for row in rows[1:] if row[id_] not in gone]

        def drop_records(rows: list[list[str]]) -> None:
            id_, named = rows[0].index("erratum_id"), rows[0].index("record_id")
            rows[1:] = [row for row in rows[1:] if row[id_] not in gone and not is_about(row[named])]

        edit_table("errata", drop_errata)(folder)
        edit_table("errata_records", drop_records)(folder)

    return edit


def together(*edits: Edit) -> Edit:
    """Several edits, one after the other."""

    def edit(folder: Path) -> None:
        for one in edits:
            one(folder)

    return edit


def without_rows(path: Path) -> None:
    """Only the heading of a table is left."""
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])


def unplace_two_projects(example: Path) -> None:
    """In the small example, project P07 has one amount for the whole period, and P08 names no dimension and no unit."""
    drop("budgets", 28, 30)(example)
    whole = {"fiscal_year_be": "", "amount_basis": "whole_period", "amount_thb": "20000"}
    cell("budgets", 27, **whole)(example)
    cell("projects", 9, dimension_id="", mission_id="", lead_unit_id="")(example)


def descriptor(change: Callable[[dict[str, Any]], object]) -> Edit:
    return lambda folder: edit_descriptor(folder, change)


def spoilt(source: Path, target: Path, *edits: Edit) -> Path:
    """An edited copy of a package."""
    package = Path(copytree(source, target))
    for edit in edits:
        edit(package)
    return package


def found(folder: Path) -> Counter[Found]:
    """The issues of a package."""
    return Counter((i.code, i.location.resource, i.location.row, i.location.field) for i in issues_of(folder))


@cache
def _found_before(source: Path) -> Counter[Found]:
    return found(source)


def new_after(edit: Edit, source: Path, target: Path) -> list[Found]:
    """The issues of an edited copy that its source does not have."""
    return sorted((found(spoilt(source, target, edit)) - _found_before(source)).elements(), key=str)


def code_of(value: object) -> str:
    """Name a test by the code of the issue that it expects."""
    return value[0] if isinstance(value, tuple) else ""


def assert_texts_are_filled(code: str, given: set[str]) -> None:
    """The texts of a rule name nothing but what it gives: a record, a year, and these parameters."""
    known = dict.fromkeys({"record", "year", *given}, "X")
    rule = rules()[code]
    for variant in [*rule.entry.variants] or [""]:
        issue = Issue(code, rule.severity, Location("plans", 2, 2, "district_th", "X"), {**known, "variant": variant})
        for language in Language:
            texts = issue_texts(issue, language, CURRENT)
            assert " - " not in texts.message + texts.fix
