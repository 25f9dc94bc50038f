"""The files of the standard that follow from its tables: they are up to date, and databases take them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from khelang_opendata import Package, load_family
from khelang_opendata.formats.standard_files import ddl, standard_files
from khelang_opendata.package.edition import released_tables
from tests.conftest import PLAN, STANDARD, VALID

FILES = standard_files(load_family())


@pytest.mark.parametrize("path", FILES)
def test_file_is_what_the_tables_say(path: str) -> None:
    command = "python -m khelang_opendata.formats.standard_files schemas/anticorruption-plan/1.0.0"
    assert (STANDARD / path).read_bytes() == FILES[path], f"stale: run {command}"


@pytest.mark.parametrize("folder", [PLAN, VALID], ids=lambda p: p.name)
def test_sqlite_takes_every_row_with_its_keys_and_checks(folder: Path) -> None:
    family, database = load_family(), sqlite3.connect(":memory:")
    database.executescript("PRAGMA foreign_keys = ON; BEGIN; PRAGMA defer_foreign_keys = ON;\n" + ddl(family, "sqlite"))
    rows = 0
    for name, table in released_tables(Package.load(folder), family).items():
        places = ", ".join("?" for _ in table.schema.fields)
        values = [[None if value is None else str(value) for value in row] for row in table.values()]
        statement = f"INSERT INTO {name} VALUES ({places})"  # noqa: S608 (names of the standard)
        database.executemany(statement, [_as_stored(row) for row in values])
        rows += len(values)
    database.commit()
    assert rows > 100
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("UPDATE budgets SET budget_status = 'perhaps'")
    database.rollback()


def _as_stored(row: list[str | None]) -> list[str | int | None]:
    return [{"True": 1, "False": 0}.get(value or "", value) for value in row]


def test_every_table_names_itself_and_every_column_has_an_example() -> None:
    for name, table in load_family().tables.items():
        assert table.descriptor["$id"] == table.descriptor["path"]
        assert table.descriptor["$id"].endswith(f"/anticorruption-plan/1.0.0/tables/{name}.json")
        assert table.descriptor["version"] == "1.0.0"
        assert all(str(field.descriptor["example"]) for field in table.fields)
