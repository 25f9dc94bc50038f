"""Whatever the files hold: an issue or a clear failure, never a traceback (property tests and fuzzing)."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khelang_opendata import (
    KhelangError,
    Language,
    Report,
    issue_texts,
    load_family,
    report_json,
    report_text,
    validate,
)
from khelang_opendata.standard.tables import Field, TableSchema
from tests.conftest import PLAN, VALID

FAMILY = load_family()
FILES = sorted(p.relative_to(VALID).as_posix() for p in VALID.rglob("*") if p.suffix in (".csv", ".json"))
RUNS = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
TRICKY = st.sampled_from(
    [
        "",
        " ",
        "๑๒",
        "１２",
        "1_000",
        "1,000",
        "NaN",
        "1e999",
        "-0",
        "=1+1",
        "@x",
        "2566-09-27",
        "\u0e4d\u0e32",
        "\ufeff",
        "\x00",
    ]
)


def judged(folder: Path) -> Report:
    """A report whose every text can be written in both languages."""
    report = validate(folder)
    for issue in report.issues:
        for language in Language:
            assert issue_texts(issue, language, report.schema).message
    json.loads(report_json(report))
    assert report_text(report, Language.TH)
    return report


def in_a_copy(folder: Path, change: Callable[[Path], object]) -> Report | None:
    with tempfile.TemporaryDirectory() as name:
        copy = Path(shutil.copytree(folder, Path(name) / "package"))
        change(copy)
        try:
            return judged(copy)
        except KhelangError:
            return None


@RUNS
@given(path=st.sampled_from(FILES), data=st.binary(max_size=400))
def test_random_bytes_for_a_file(path: str, data: bytes) -> None:
    in_a_copy(VALID, lambda folder: (folder / path).write_bytes(data))


@RUNS
@given(path=st.sampled_from(FILES), draw=st.data())
def test_bytes_changed_in_a_file(path: str, draw: st.DataObject) -> None:
    def spoil(folder: Path) -> None:
        data = bytearray((folder / path).read_bytes())
        for _ in range(draw.draw(st.integers(1, 5))):
            position = draw.draw(st.integers(0, len(data) - 1))
            data[position] = draw.draw(st.integers(0, 255))
        cut = draw.draw(st.integers(0, len(data)))
        (folder / path).write_bytes(bytes(data[:cut] if draw.draw(st.booleans()) else data))

    in_a_copy(VALID, spoil)


def cell_of(field: Field) -> st.SearchStrategy[str]:
    """Mostly plausible values of a column, and some that no column should have."""
    kinds: dict[str, st.SearchStrategy[str]] = {
        "integer": st.integers(-5, 2700).map(str),
        "number": st.decimals(-1, 10**9, allow_nan=False, places=2).map(str),
        "boolean": st.sampled_from(["true", "false", "TRUE", "yes"]),
        "date": st.dates().map(str),
        "string": st.text(max_size=12),
    }
    codes = st.sampled_from(field.codes) if field.codes else st.just(str(field.descriptor["example"]))
    return st.one_of(codes, kinds[field.descriptor["type"]], TRICKY, st.just(str(field.descriptor["example"])))


def rows_of(table: TableSchema) -> st.SearchStrategy[list[list[str]]]:
    row = st.tuples(*(cell_of(field) for field in table.fields)).map(list)
    return st.lists(row, max_size=4)


@RUNS
@given(draw=st.data())
def test_any_package_of_the_schema_is_valid_or_reported(draw: st.DataObject) -> None:
    def fill(folder: Path) -> None:
        for table in FAMILY.tables.values():
            if draw.draw(st.booleans()):
                text = io.StringIO(newline="")
                header = [field.name for field in table.fields]
                csv.writer(text).writerows([header, *draw.draw(rows_of(table))])
                (folder / f"data/{table.name}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")

    report = in_a_copy(VALID, fill)
    assert report is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@RUNS
@given(draw=st.data())
def test_any_property_of_the_descriptor_replaced(draw: st.DataObject) -> None:
    def spoil(folder: Path) -> None:
        descriptor: Any = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        name = draw.draw(st.sampled_from([*descriptor, "conventions", "portal"]))
        value = draw.draw(JSON)
        if name == "resources" and draw.draw(st.booleans()):
            entry = draw.draw(st.sampled_from(descriptor["resources"]))
            entry[draw.draw(st.sampled_from([*entry, "bytes", "hash"]))] = value
        else:
            descriptor[name] = value
        (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")

    assert in_a_copy(PLAN, spoil) is not None
