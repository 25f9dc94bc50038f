"""CSV as files have it: dialects that are read, those that are not, and where a record begins."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

import pytest

from khelang_opendata.tableschema.dialect import CHUNK, MAX_CELL, Dialect, DialectUnsupported, TableUnreadable
from tests.conftest import codes_of, edit_descriptor, only_issue

ROWS = [["a", "b"], ["1", 'say "x"'], ["2", "two\nlines"], [], ["3", "ภาษาไทย; x\ty|z'"]]


def written(dialect: Mapping[str, object]) -> bytes:
    """The rows as Python's own writer writes them in a dialect."""
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=str(dialect.get("delimiter", ",")),
        quotechar=str(dialect.get("quoteChar", '"')),
        escapechar="\\" if "escapeChar" in dialect else None,
        doublequote="doubleQuote" not in dialect,
    )
    writer.writerows(ROWS)
    return text.getvalue().encode()


def read(data: bytes, descriptor: object = None) -> list[list[str]]:
    return list(chain.from_iterable(Dialect.of(descriptor).chunks("table", data)))


@pytest.mark.parametrize(
    "dialect",
    [
        {},
        {"delimiter": ";"},
        {"delimiter": "\t"},
        {"delimiter": "|", "quoteChar": "'"},
        {"escapeChar": "\\", "doubleQuote": False},
        {"headerRows": [1], "commentRows": [], "lineTerminator": "\n", "header": True},
    ],
)
def test_what_a_dialect_writes_it_reads(dialect: dict[str, object]) -> None:
    assert read(written(dialect), dialect) == ROWS


def test_bom_and_any_line_end() -> None:
    assert read(b"\xef\xbb\xbfa,b\r1,2\r\n3,4\n") == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_spaces_after_a_delimiter() -> None:
    assert read(b'a, b\n1, "x, y"\n', {"skipInitialSpace": True}) == [["a", "b"], ["1", "x, y"]]


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        ({"delimiter": "::"}, "delimiter"),
        ({"delimiter": "\n"}, "delimiter"),
        ({"quoteChar": 5}, "quoteChar"),
        ({"header": "yes"}, "header"),
        ({"headerRows": [0]}, "headerRows"),
        ({"commentChar": 5}, "commentChar"),
        ({"skipBlankRows": True}, "skipBlankRows"),
    ],
)
def test_dialect_that_is_not_read(dialect: dict[str, object], name: str) -> None:
    with pytest.raises(DialectUnsupported) as caught:
        Dialect.of(dialect)
    assert caught.value.name == name


def test_many_chunks_and_the_line_of_each_record() -> None:
    records = [[str(i), "x\ny" if i % 1000 == 0 else "z"] for i in range(CHUNK * 2 + 5)]
    data = "".join(f'{a},"{b}"\n' for a, b in records).encode()
    assert read(data) == records
    starts = list(Dialect().line_starts(data))
    lines = data.decode().split("\n")
    assert all(lines[start - 1].startswith(f"{a},") for start, (a, _) in zip(starts, records, strict=True))


@pytest.mark.parametrize(
    ("data", "variant", "row", "line"),
    [
        (b'a,b\n1,"x\ny"\n2,"open\n', "quote", 3, 4),
        (b"a,b\n" + b"1,x\n" * (CHUNK + 3) + b'2,"y"z\n', "quote", CHUNK + 5, CHUNK + 5),
        (b'a\n"' + b"y" * (MAX_CELL + 1) + b'"\n', "field_too_long", 2, 2),
    ],
)
def test_where_a_file_stops_being_csv(data: bytes, variant: str, row: int, line: int) -> None:
    with pytest.raises(TableUnreadable) as caught:
        read(data)
    assert caught.value.params["variant"] == variant
    assert (caught.value.location.row, caught.value.location.line) == (row, line)


def test_bytes_that_are_no_utf8_after_many_that_are() -> None:
    with pytest.raises(TableUnreadable) as caught:
        read(b"a,b\n" + b"1,x\n" * 100_000 + "โครงการ\n".encode("cp874"))
    assert (caught.value.code, caught.value.location.line) == ("encoding_not_utf8", 100_002)
    assert caught.value.params["shown"] == "โครงการ"


def _rewrite(folder: Path, delimiter: str) -> None:
    path = folder / "data/units.csv"
    rows = read(path.read_bytes())
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)


def _declare(folder: Path, **properties: object) -> None:
    def change(descriptor: dict[str, list[dict[str, dict[str, object]]]]) -> None:
        unit = next(r for r in descriptor["resources"] if r["name"] == "units")  # type: ignore[comparison-overlap]
        unit["dialect"].update(properties)

    edit_descriptor(folder, change)


def test_plan_with_a_table_of_another_dialect_is_valid(plan: Path) -> None:
    _rewrite(plan, ";")
    _declare(plan, delimiter=";")
    assert codes_of(plan) == []


def test_plan_with_a_table_of_another_dialect_than_declared(plan: Path) -> None:
    _declare(plan, delimiter=";")
    issue = only_issue(plan)
    assert (issue.code, issue.params["variant"], issue.params["found"]) == ("csv_malformed", "delimiter_declared", ",")


@pytest.mark.parametrize(
    "properties",
    [
        *({"header": False}, {"commentChar": "#"}, {"delimiter": "||"}, {"headerRows": [2]}, {"commentRows": [2]}),
        *({"lineTerminator": ";"}, {"nullSequence": "-"}, {"lineTerminator": 5}, {"headerRows": "1"}),
    ],
)
def test_plan_with_a_dialect_that_no_reader_guesses(plan: Path, properties: dict[str, object]) -> None:
    _declare(plan, **properties)
    issue = only_issue(plan)
    assert (issue.code, issue.params["variant"]) == ("descriptor_invalid", "dialect")
    assert issue.params["property"] == next(iter(properties))


@pytest.mark.parametrize(
    "dialect, name",
    [
        ({"delimiter": '"'}, "quoteChar"),
        ({"delimiter": ";", "quoteChar": ";"}, "quoteChar"),
        ({"quoteChar": "\\", "escapeChar": "\\"}, "escapeChar"),
        ({"escapeChar": ","}, "escapeChar"),
    ],
)
def test_one_character_for_two_purposes_is_refused_on_every_python(dialect: dict[str, str], name: str) -> None:
    """csv raises ValueError for it from Python 3.13 on, and reads something before."""
    with pytest.raises(DialectUnsupported) as caught:
        Dialect.of(dialect)
    assert caught.value.name == name
