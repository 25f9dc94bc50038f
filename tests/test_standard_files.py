"""The files of the standard that follow from its tables and rules: up to date, true, and usable in databases."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import frictionless
import pytest

from khelang_opendata import Package, load_family, rules
from khelang_opendata.formats.standard_files import SEEN_BY_FRICTIONLESS, ddl, standard_files
from khelang_opendata.package.edition import released_tables
from tests.conftest import PLAN, STANDARD, VALID, edit_descriptor, replace_in
from tests.test_examples import INVALID, lay_over_base

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


def test_page_of_conformance_has_every_rule_in_both_languages_at_its_severity() -> None:
    thai, english = (STANDARD / "conformance.md").read_text(encoding="utf-8").split("\n## English\n")
    for page in (thai, english):
        parts = page.split("\n### ")[1:]
        listed = {code: number for number, part in enumerate(parts) for code in re.findall(r"^\| `(\w+)`", part, re.M)}
        severities = ["error", "warning", "info"]
        assert listed == {rule.code: severities.index(rule.severity) for rule in rules().values()}


@pytest.mark.parametrize("fragment", INVALID, ids=lambda path: path.name)
def test_page_of_conformance_says_what_plain_frictionless_finds(fragment: Path, tmp_path: Path) -> None:
    about = json.loads((fragment / "example.json").read_text(encoding="utf-8"))
    if "generate" in about:  # more rows of the same kind take minutes and change nothing
        about["generate"]["rows"] = 200
    package = lay_over_base(fragment, about, tmp_path / "package")
    if fragment.name == "limit_exceeded":  # frictionless takes minutes and gigabytes for as many columns
        replace_in(package / "data/risk_factors.csv", "," * 16_300, "")
    if not (fragment / "datapackage.patch.json").exists():
        edit_descriptor(package, lambda descriptor: _keep_tables(descriptor, _tables_of(fragment)))
    report = frictionless.validate(str(package / "datapackage.json"))
    assert report.valid == (fragment.name not in SEEN_BY_FRICTIONLESS), report.to_summary()


def _tables_of(fragment: Path) -> set[str]:
    """The tables that an example changes, and those that they refer to: frictionless takes a second for all."""
    tables = load_family().tables
    names = {path.stem for path in fragment.glob("data/*.csv")} & tables.keys()
    while more := {key["reference"]["resource"] or name for name in names for key in tables[name].foreign_keys} - names:
        names |= more
    return names or {"plans"}


def _keep_tables(descriptor: dict[str, Any], names: set[str]) -> None:
    descriptor["resources"] = [resource for resource in descriptor["resources"] if resource["name"] in names]


def test_readme_lists_the_tables_with_their_keys() -> None:
    rows = [
        line for line in (STANDARD / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    listed = [row for row in cells if len(row) == len(["table", "title", "title in English", "key", "file"])]
    assert listed == [
        [
            f"`{name}`",
            table.descriptor["title"],
            table.descriptor["title_en"],
            " + ".join(f"`{column}`" for column in table.primary_key),
            "ไม่บังคับ / optional" if table.optional else "ต้องมี / required",
        ]
        for name, table in load_family().tables.items()
    ]


def test_readme_of_codelists_says_where_each_is_used_and_how_many_codes_it_has() -> None:
    used: dict[tuple[str, bool], list[str]] = {}
    for name, table in load_family().tables.items():
        for field in table.fields:
            if field.codelist:
                used.setdefault((field.codelist, field.is_open), []).append(f"`{name}.{field.name}`")
    expected = []
    for (codelist, is_open), columns in used.items():
        with (STANDARD / f"codelists/{codelist}.csv").open(encoding="utf-8", newline="") as lines:
            count = len(list(csv.DictReader(lines)))
        kind = "เปิด | open" if is_open else "ปิด | closed"
        expected.append(f"| `{codelist}.csv` | {kind} | {', '.join(columns)} | {count} |")
    readme = (STANDARD / "codelists/README.md").read_text(encoding="utf-8")
    assert [line for line in readme.splitlines() if line.startswith("| `")] == expected
