"""What validation accepts, a release writes, and every reader reads it back: the same values from each form."""

from __future__ import annotations

import csv
import io
import json
import random
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khelang_opendata import Package, load_family
from khelang_opendata.files.serialize import csv_text
from khelang_opendata.package.listing import synchronised
from khelang_opendata.validation import family_of
from tests.conftest import PLAN, VALID, edit_descriptor
from tests.package_fuzz import CELLS
from tests.roundtrip import assert_released

RUNS = settings(max_examples=20)


def spoil(folder: Path, table: str, change: Callable[[list[list[str]]], object]) -> None:
    path = folder / f"data/{table}.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    change(rows)
    path.write_text(csv_text(rows), encoding="utf-8", newline="")


OWN: list[tuple[dict[str, Any], str]] = [
    ({"type": "string"}, "ก\r\nข"),
    ({"type": "string", "format": "email"}, "a@b.example"),
    ({"type": "string", "format": "uri"}, "https://a.example"),
    ({"type": "any"}, "1"),
    ({"type": "integer"}, "12"),
    ({"type": "integer", "bareNumber": False}, "12 คน"),
    ({"type": "number"}, "0.0000001"),
    ({"type": "number", "groupChar": ",", "decimalChar": "."}, "1,200.50"),
    ({"type": "number", "decimalChar": ",", "groupChar": "."}, "1.200,50"),
    ({"type": "number", "bareNumber": False}, "12.5%"),
    ({"type": "number", "floatNumber": True}, "12.5"),
    ({"type": "boolean"}, "true"),
    ({"type": "boolean", "trueValues": ["ใช่"], "falseValues": ["ไม่"]}, "ใช่"),
    ({"type": "date"}, "2022-09-27"),
    ({"type": "date"}, "1900-01-01"),
    ({"type": "date", "format": "%d/%m/%Y"}, "27/09/2022"),
    ({"type": "date", "format": "any"}, "27 September 2022"),
    ({"type": "datetime"}, "2022-09-27T09:30:00Z"),
    ({"type": "time"}, "09:30:00"),
    ({"type": "year"}, "2022"),
    ({"type": "yearmonth"}, "2022-09"),
    ({"type": "duration"}, "P1Y"),
    ({"type": "list"}, "a,b"),
    ({"type": "list", "itemType": "integer"}, "1,2"),
    ({"type": "object"}, '{"a": 1}'),
    ({"type": "array"}, "[1]"),
    ({"type": "geopoint"}, "99.5, 18.3"),
    ({"type": "geojson"}, '{"type": "Point", "coordinates": [99.5, 18.3]}'),
]


@pytest.mark.parametrize(("field", "cell"), OWN, ids=lambda value: json.dumps(value, ensure_ascii=True))
def test_own_columns_of_every_type_are_released(field: dict[str, Any], cell: str, example: Path) -> None:
    def add(rows: list[list[str]]) -> None:
        for row in rows:
            row.append("x_own" if row is rows[0] else cell)

    spoil(example, "goals", add)

    def describe(descriptor: dict[str, Any]) -> None:
        resource = next(r for r in descriptor["resources"] if r["name"] == "goals")
        resource["schema"]["fields"].append({"name": "x_own", **field})

    edit_descriptor(example, describe)
    loaded = Package.load(example)
    descriptor = synchronised(loaded, family_of(loaded))
    (example / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")
    assert assert_released(example)


def in_a_copy(source: Path, change: Callable[[Path], object]) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        package = Path(copytree(source, Path(folder) / "package"))
        change(package)
        return assert_released(package)


@pytest.mark.parametrize("source", [PLAN, *sorted(VALID.parent.iterdir())], ids=lambda path: path.name)
def test_valid_packages_come_back_from_every_form(source: Path) -> None:
    assert assert_released(source)


SOUND = (
    "ก\r\nข",
    "ก\nข",
    '"ก", ข',
    "'ก",
    "_x0041_",
    "_x005F_",
    "<ก>&",
    "ก" * 2000,
    "0",
    "1e5",
    "2022-09-27",
    "true",
    "\t-",
    "é",
    "😀",
)
"""Texts that no rule refuses in a column of several lines, and that a reader may take for something else."""


def test_texts_come_back_as_they_are() -> None:
    def change(folder: Path) -> None:
        def fill(rows: list[list[str]]) -> None:
            at = rows[0].index("note_th")
            for row, text in zip(rows[1:], SOUND, strict=False):
                row[at] = text

        spoil(folder, "budgets", fill)

    assert in_a_copy(VALID, change)


def _cells_of(rows: list[list[str]], values: Iterable[str], chance: random.Random) -> None:
    for value in values:
        row = chance.choice(rows[1:] or rows)
        row[chance.randrange(len(row))] = value


TABLES = sorted(path.stem for path in (PLAN / "data").glob("*.csv"))


@pytest.mark.parametrize("seed", range(12))
def test_what_people_leave_in_cells_is_refused_or_released(seed: int) -> None:
    """Among others the cells of the package fuzzer; ``python -m tests.package_fuzz`` tries more of them."""
    chance = random.Random(seed)  # noqa: S311 (no secret)

    def change(folder: Path) -> None:
        for _ in range(chance.choice((1, 2))):
            spoil(folder, chance.choice(TABLES), lambda rows: _cells_of(rows, [chance.choice(CELLS)], chance))

    in_a_copy(PLAN if seed % 3 == 0 else VALID, change)


@RUNS
@given(draw=st.data())
def test_any_sound_value_of_any_column_is_released(draw: st.DataObject) -> None:
    """Plausible values of a column's type, many of which are valid."""
    tables = {name: table for name, table in load_family().tables.items() if (VALID / f"data/{name}.csv").is_file()}
    table = draw.draw(st.sampled_from(sorted(tables)))
    field = draw.draw(st.sampled_from([f for f in tables[table].fields if not f.codes and "_id" not in f.name]))
    kinds: dict[str, st.SearchStrategy[str]] = {
        "integer": st.integers(-5, 10**16).map(str),
        "number": st.decimals(0, 10**16, allow_nan=False, places=2).map(str) | st.floats(0, 10**17).map(repr),
        "boolean": st.sampled_from(["true", "false", "TRUE", "1"]),
        "date": st.dates().map(str),
        "string": st.text(max_size=12),
    }
    value = draw.draw(kinds[str(field.descriptor["type"])])

    def fill(rows: list[list[str]]) -> None:
        if field.name in rows[0] and len(rows) > 1:
            rows[-1][rows[0].index(field.name)] = value

    in_a_copy(VALID, lambda folder: spoil(folder, table, fill))


@RUNS
@given(draw=st.data())
def test_bytes_changed_in_a_table_are_refused_or_released(draw: st.DataObject) -> None:
    name = draw.draw(st.sampled_from(sorted(path.name for path in (VALID / "data").glob("*.csv"))))

    def change(folder: Path) -> None:
        path = folder / "data" / name
        data = bytearray(path.read_bytes())
        for _ in range(draw.draw(st.integers(1, 3))):
            data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
        path.write_bytes(bytes(data))

    in_a_copy(VALID, change)


def test_csv_does_not_differ_with_the_patch_release() -> None:
    """A carriage return is quoted by 3.11.9 and refused by the readers of what 3.11.8 wrote."""
    rows: list[list[object]] = [
        ["a", "b"],
        ["x\ry", "x\ny"],
        ["x\r\ny", '"'],
        ["", " "],
        [""],
        [None, 1.5],
        ["x,y", "\r"],
    ]
    assert csv_text(rows) == ('a,b\n"x\ry","x\ny"\n"x\r\ny",""""\n, \n""\n,1.5\n"x,y","\r"\n')
    read = list(csv.reader(io.StringIO(csv_text(rows), newline="")))
    assert read == [["" if cell is None else str(cell) for cell in row] for row in rows]
