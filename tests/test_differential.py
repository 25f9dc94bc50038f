"""Our Table Schema engine finds what frictionless finds, but for a few things in which frictionless is wrong.

The generator is ``tests/differential.py``; ``make fuzz`` judges 20,000 of its cases. ``docs/en/table-schema.md`` lists
what differs; where frictionless is mended, a test here fails and the list becomes shorter.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from frictionless import FrictionlessException

from khelang_opendata.tableschema import Engine, Finding, FindingType, SchemaInvalid, TableSource, check_tables
from khelang_opendata.tableschema.dialect import TableUnreadable
from khelang_opendata.tableschema.findings import OF_HEADING
from tests.differential import Case, Tally, case_of, counted, findings_of_frictionless, judge, ours

STANDARD, FRICTIONLESS = Engine.STANDARD, Engine.FRICTIONLESS
TYPE, CONSTRAINT = str(FindingType.TYPE), str(FindingType.CONSTRAINT)


def source(data: str, dialect: dict[str, Any] | None = None, **field: Any) -> TableSource:
    """A table of one field."""
    return TableSource("t", {"fields": [{"name": "a"} | field]}, data.encode(), dialect)


def check(table: TableSource, engine: Engine | None = None) -> tuple[Engine, list[Finding]]:
    (found,) = check_tables([table], engine)
    return found.engine, list(found.findings)


def found_by_us(table: TableSource) -> list[tuple[str, int, str | None, str | None]]:
    engine, findings = check(table)
    assert engine is STANDARD
    return [(str(f.type), f.row, f.field, f.cell) for f in findings]


def found_by_frictionless(table: TableSource) -> list[tuple[str, int, str | None, str | None]]:
    return [found[1:] for found in findings_of_frictionless([table], as_meant=False)]


# Generated cases


@pytest.mark.parametrize("first", range(1, 401, 50))
def test_generated_cases_give_what_frictionless_gives(first: int) -> None:
    tally = Tally(0, Counter(), Counter())
    for seed in range(first, first + 50):
        difference = judge(seed, tally, STANDARD)
        assert not difference, str(difference)
    assert tally.tables.keys() == {STANDARD}
    assert tally.findings.keys() == {*map(str, {*FindingType} - OF_HEADING - {FindingType.UNIQUE_KEY})}


@pytest.mark.parametrize("first", range(401, 441, 10))
def test_our_use_of_frictionless_gives_what_it_gives_on_files(first: int) -> None:
    for case in map(case_of, range(first, first + 10)):
        schemas = deepcopy([table.schema for table in case.sources])
        by_us, by_frictionless = ours(case), ours(case, FRICTIONLESS)
        assert counted(by_frictionless) == findings_of_frictionless(case.sources), case.seed
        for name, (engine, findings) in by_us.items():
            assert engine is STANDARD
            same = [f for f in by_frictionless[name][1] if f.type in (FindingType.PRIMARY_KEY, FindingType.UNIQUE)]
            assert [f for f in findings if f.type in (FindingType.PRIMARY_KEY, FindingType.UNIQUE)] == same
            assert Counter(findings) == Counter(by_frictionless[name][1]), (
                "constraints, keys and doubles are named alike"
            )
        assert [table.schema for table in case.sources] == schemas, "a check leaves the schema as it was"


def with_rows(table: TableSource) -> TableSource:
    """A table whose file has been read already."""
    form = table.dialect or {}
    records = csv.reader(
        io.StringIO(table.data.decode("utf-8-sig"), newline=""),
        delimiter=form.get("delimiter", ","),
        quotechar=form.get("quoteChar", '"'),
        doublequote=form.get("doubleQuote", True) or "escapeChar" not in form,
        escapechar=form.get("escapeChar"),
        skipinitialspace=form.get("skipInitialSpace", False),
    )
    return replace(table, rows=list(records)[1:])


def test_rows_that_were_read_before_give_the_same() -> None:
    for case in map(case_of, range(441, 501)):
        if all((table.dialect or {}).get("header", True) for table in case.sources):
            read = Case(case.seed, tuple(map(with_rows, case.sources)), case.chunk, case.remembered)
            assert counted(ours(read)) == counted(ours(case)), case.seed
            assert counted(ours(read, FRICTIONLESS)) == counted(ours(case)), case.seed


def test_a_case_is_its_seed() -> None:
    assert case_of(7) == case_of(7) != case_of(8)


# Where frictionless is wrong


@pytest.mark.parametrize(
    ("cells", "pattern", "wrong", "wrong_to_frictionless"),
    [
        ("x\nxzz\nyyz\nyy\n", "x|yy", ["xzz", "yyz"], ["yyz"]),
        ('"A1\n"\n', "A1", ["A1\n"], []),
    ],
    ids=["alternatives are of the whole text", "a line end at the end is text, too"],
)
def test_a_pattern_is_of_the_whole_cell(
    cells: str, pattern: str, wrong: list[str], wrong_to_frictionless: list[str]
) -> None:
    table = source(f"a\n{cells}", type="string", constraints={"pattern": pattern})
    assert [cell for *_, cell in found_by_us(table)] == wrong
    assert [cell for *_, cell in found_by_frictionless(table)] == wrong_to_frictionless
    assert [finding.cell for finding in check(table, FRICTIONLESS)[1]] == wrong, (
        "because our descriptor says what is meant"
    )


@pytest.mark.parametrize(
    ("table", "found"),
    [
        (
            source(
                "a\n2024-01-31T12:30:00\n2024-01-31T12:30:00Z\n",
                type="datetime",
                constraints={"minimum": "2024-01-01T00:00:00"},
            ),
            [(CONSTRAINT, 3, "a", "2024-01-31T12:30:00Z")],
        ),
        (
            source("a\n12:30:00Z\n12:30:00\n", type="time", constraints={"maximum": "23:00:00+07:00"}),
            [(CONSTRAINT, 3, "a", "12:30:00")],
        ),
        (
            source("a\nsNaN\n1\n", type="number", constraints={"unique": True}),
            [(TYPE, 2, "a", "sNaN")],
        ),
        (source("a\n1\n", type="number", constraints={"minimum": "NaN"}), [(CONSTRAINT, 2, "a", "1")]),
        (
            source('a\n"1,2"\n"1, 2"\n', type="list", itemType="integer", constraints={"unique": True}),
            [("unique-error", 3, "a", "1, 2")],
        ),
        (source("a\nx\n", type="string", constraints={"pattern": "(?i)X"}), []),
        (source("a\n'x'\n", {"quoteChar": ""}, type="string", constraints={"pattern": "'x'"}), []),
        (source("", {"header": False}, type="integer"), []),
    ],
    ids=[
        "a moment with a zone against a bound without",
        "a time without a zone against a bound with",
        "sNaN",
        "a bound of NaN",
        "unique lists",
        "a pattern with flags",
        "nothing is quoted",
        "an empty file without a heading",
    ],
)
def test_where_frictionless_fails_we_find(
    table: TableSource, found: list[tuple[str, int, str | None, str | None]]
) -> None:
    assert found_by_us(table) == found
    with pytest.raises(SchemaInvalid):
        check(table, FRICTIONLESS)


def test_lists_are_keys_as_other_values_are() -> None:
    listed = {"type": "list", "itemType": "integer"}
    key = {"fields": "b", "reference": {"resource": "", "fields": "a"}}
    schema = {"fields": [{"name": "a", **listed}, {"name": "b", **listed}], "primaryKey": "a", "foreignKeys": [key]}
    table = TableSource("t", schema, b'a,b\n"1,2",\n"1,3","01,2"\n"1, 2","2,1"\n')
    engine, findings = check(table)
    assert (engine, [(str(f.type), f.row) for f in findings]) == (STANDARD, [("primary-key", 4), ("foreign-key", 4)])
    with pytest.raises(SchemaInvalid):
        check(table, FRICTIONLESS)


def test_snan_is_no_number() -> None:
    table = source("a\nsNaN\n", type="number")
    assert found_by_us(table) == [(TYPE, 2, "a", "sNaN")]
    assert found_by_frictionless(table) == []


@pytest.mark.parametrize(
    ("type_", "cell"),
    [
        ("date", "2024-1-5"),
        ("date", "2024-01-5"),
        ("date", "๒๕๖๗-01-05"),
        ("datetime", "2024-W05-3T10:00:00"),
        ("datetime", "2024-01-31X12:30:00"),
        ("datetime", "2024-01-31 12:30:00"),
        ("datetime", '"2024-01-31T12:30:00,5"'),
        ("datetime", "2024-01-31T12:30:00+0000"),
        ("datetime", "2024-01-31T05:30:00-07"),
        ("datetime", "2024-01-31T12:30:00+14:01"),
        ("time", '"12:30:00,25"'),
        ("time", "12:30:00+0000"),
        ("time", "05:30:00-07"),
    ],
)
def test_moments_have_the_form_of_xml_schema(type_: str, cell: str) -> None:
    """And days that of ISO 8601, whichever engine is asked."""
    table = source(f"a\n{cell}\n", type=type_)
    assert found_by_us(table) == [(TYPE, 2, "a", cell.strip('"'))]
    assert found_by_frictionless(table) == []
    assert check(table)[1] == check(table, FRICTIONLESS)[1]


def test_a_day_in_another_form_has_one_finding() -> None:
    """frictionless compares what it took for a day."""
    table = source("a\n2024-1-5\n2024-01-06\nsoon\n", type="date", constraints={"maximum": "2023-12-31"})
    found = [(str(f.type), f.row, f.cell) for f in check(table, FRICTIONLESS)[1]]
    assert found == [(TYPE, 2, "2024-1-5"), (CONSTRAINT, 3, "2024-01-06"), (TYPE, 4, "soon")]
    assert Counter(check(table)[1]) == Counter(check(table, FRICTIONLESS)[1])


@pytest.mark.parametrize("cell", ["2018-3-31", "2018-03-1", "2024-1-5", "๒๕๖๗-01-01"])
@pytest.mark.parametrize("field", [{"type": "date"}, {"type": "list", "itemType": "date"}], ids=["date", "list"])
def test_a_date_has_four_two_and_two_digits(field: dict[str, Any], cell: str) -> None:
    table = source(f"a\n{cell}\n", **field)
    assert found_by_us(table) == [(TYPE, 2, "a", cell)]
    assert found_by_frictionless(table) == []


@pytest.mark.parametrize(
    ("type_", "cell"),
    [
        *(("year", text) for text in ("๒๕๖๗", "0000", "+566", " 566", "1_00")),
        *(("yearmonth", text) for text in ("2024-1", "๒๕๖๗-๐๑", "+1-+2", "0-1", " 2024 - 1 ")),
        *(("duration", text) for text in ("P1W", "+P1D", "P1.5D")),
    ],
)
def test_years_months_and_durations_have_the_form_of_xml_schema(type_: str, cell: str) -> None:
    table = source(f"a\n{cell}\n", type=type_)
    assert found_by_us(table) == [(TYPE, 2, "a", cell)]
    assert found_by_frictionless(table) == []


@pytest.mark.parametrize(
    ("type_", "cell"), [("year", "10000"), ("year", "-0044"), ("year", "2024Z"), ("yearmonth", "-0044-03")]
)
def test_years_are_not_only_those_of_four_digits(type_: str, cell: str) -> None:
    table = source(f"a\n{cell}\n", type=type_)
    assert found_by_us(table) == []
    assert found_by_frictionless(table) == [(TYPE, 2, "a", cell)]


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        ({"fields": [{"name": "a"}, {"name": "b"}], "uniqueKeys": [["a", "b"]]}, "a,b\n1,2\n1,2\n"),
        ({"fields": [{"name": "a", "type": "string", "categories": ["x"]}, {"name": "b"}]}, "a,b\nz,1\n"),
        ({"fields": [{"name": "a"}, {"name": "b"}], "primaryKey": ["a", "b"]}, "a,b\n1,\n"),
        ({"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "a.b"}}]}, 'a\n"a\rb"\n'),
        ({"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "\\w"}}]}, "a\n_\n"),
    ],
    ids=["unique keys", "categories", "parts of a primary key", "a dot", "a word"],
)
def test_what_frictionless_lets_pass(schema: dict[str, Any], data: str) -> None:
    table = TableSource("t", schema, data.encode())
    assert found_by_us(table)
    assert found_by_frictionless(table) == []


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ({"type": "integer", "groupChar": ","}, "1,000"),
        ({"type": "list", "constraints": {"enum": ["a,b"]}}, "a,b"),
        ({"type": "duration", "constraints": {"minimum": "P1D"}}, "P2D"),
        ({"type": "object", "constraints": {"jsonSchema": {"type": "object"}}}, '{"a": 1}'),
        ({"type": "string", "constraints": {"pattern": "\\p{L}+"}}, "abc"),
        ({"type": "string", "constraints": {"pattern": "[a-z-[aeiou]]+"}}, "bcd"),
        ({"type": "string", "constraints": {"pattern": "\\w+"}}, "น้ำ"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_what_frictionless_refuses_though_it_is_right(field: dict[str, Any], cell: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b"], [cell, "1"]])
    table = TableSource("t", {"fields": [{"name": "a", **field}, {"name": "b"}]}, text.getvalue().encode())
    assert found_by_us(table) == []
    with pytest.raises((AssertionError, FrictionlessException, TypeError, re.error)):
        assert found_by_frictionless(table) == []


def test_the_last_moment_has_no_next_day() -> None:
    table = source("a\n9999-12-31T24:00:00\n", type="datetime")
    assert found_by_us(table) == found_by_frictionless(table) == [(TYPE, 2, "a", "9999-12-31T24:00:00")]


def test_a_cell_that_is_there_twice_is_shown_as_it_stands_in_the_file() -> None:
    table = source("a\n31/01/2024\n31/1/2024\n", type="date", format="%d/%m/%Y", constraints={"unique": True})
    assert found_by_us(table) == [("unique-error", 3, "a", "31/1/2024")]
    for engine in (STANDARD, FRICTIONLESS):
        assert [(f.cell, f.same_as) for f in check(table, engine)[1]] == [("31/1/2024", 2)]


@pytest.mark.parametrize("cells", ['"x"y\n', '"never closed\n', f"{'x' * 140_000}\n"])
def test_a_malformed_file_is_refused(cells: str) -> None:
    table = source(f"a\n{cells}", type="string")
    with pytest.raises(TableUnreadable):
        check(table)
    assert check(table, FRICTIONLESS) == (FRICTIONLESS, [])


def test_a_dialect_is_not_guessed() -> None:
    table = source("a;b\n" + "x;y\n" * 5, name="a;b", type="string")
    assert check(table) == (STANDARD, [])
    assert check(table, FRICTIONLESS) == (FRICTIONLESS, [])


def test_a_heading_is_the_first_record_however_wide_the_others_are() -> None:
    table = source("a\n" + "1,2,3,4,5\n" * 5, type="integer")
    assert Counter(check(table)[1]) == Counter(check(table, FRICTIONLESS)[1])
    assert len(check(table)[1]) == 20


# What few tables have


@pytest.mark.parametrize(
    ("field", "good", "wrong"),
    [
        ({"type": "object"}, '{"a": 1}', "[1]"),
        ({"type": "array", "constraints": {"minLength": 2}}, "[1, 2]", "[1]"),
        ({"type": "geopoint"}, "99.5, 18.3", "99.5, 183"),
        ({"type": "geojson"}, '{"type": "Point", "coordinates": [99.5, 18.3]}', '{"type": "Spot"}'),
        ({"type": "duration"}, "P1Y", "a year"),
        ({"type": "string", "format": "email"}, "clerk@example.org", "clerk"),
        ({"type": "string", "format": "uri"}, "https://example.org", "example"),
        ({"type": "string", "format": "uuid"}, "1b671a64-40d5-491e-99b0-da01ff1f3341", "1b671a64"),
        ({"type": "string", "format": "binary"}, "YQ==", "a"),
        ({"type": "date", "format": "any"}, "31 January 2024", "some day"),
        ({"type": "datetime", "format": "any"}, "31 January 2024 12:30", "some day"),
        ({"type": "time", "format": "any"}, "12:30", "noon o'clock"),
        ({"type": "integer", "groupChar": ","}, "1000", "x"),
    ],
    ids=lambda value: " ".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_types_and_formats_that_few_tables_have(field: dict[str, Any], good: str, wrong: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b"], [good, "1"], [wrong, "x"]])
    schema = {"fields": [{"name": "a", **field}, {"name": "b", "type": "integer"}]}
    table = TableSource("t", schema, text.getvalue().encode())
    (found,) = check_tables([table])
    assert (found.engine, found.reason) == (STANDARD, None)
    findings = list(found.findings)
    assert {(finding.row, finding.field) for finding in findings} == {(3, "a"), (3, "b")}
    assert Counter(("t", str(f.type), f.row, f.field, f.cell) for f in findings) == findings_of_frictionless([table])


# What falls back


@pytest.mark.parametrize(
    ("dialect", "data", "reason", "rows"),
    [
        ({"skipBlankRows": True}, "a\n1\n\nx\n", "dialect: skipBlankRows", [4]),
        ({"delimiter": " "}, "a\n1\nx\n", "dialect: delimiter", [3]),
        ({"csv": {"delimiter": ";"}}, "a\n1\nx\n", "dialect: csv", [3]),
    ],
)
def test_dialects_that_frictionless_reads(dialect: dict[str, Any], data: str, reason: str, rows: list[int]) -> None:
    (found,) = check_tables([source(data, dialect, type="integer")])
    assert (found.engine, found.reason) == (FRICTIONLESS, reason)
    assert [finding.row for finding in found.findings] == rows


def test_what_frictionless_does_not_check_is_refused_where_only_frictionless_reads() -> None:
    """Categories, unique keys and JSON Schemas are not left unchecked without a word."""
    table = source("a\n1\n\n1\n", {"skipBlankRows": True}, type="string", categories=["x"])
    for schema in (table.schema, {"fields": [{"name": "a"}], "uniqueKeys": [["a"]]}):
        with pytest.raises(SchemaInvalid, match="skipBlankRows"):
            check(replace(table, schema=schema))


def test_a_table_beside_one_that_frictionless_reads_is_still_ours() -> None:
    key = {"fields": "a", "reference": {"resource": "t", "fields": "a"}}
    schema = {"fields": [{"name": "a", "type": "integer"}], "foreignKeys": [key]}
    sources = [
        TableSource("t", {"fields": [{"name": "a", "type": "integer"}]}, b"a\n1\nx\n"),
        TableSource("places", schema, b"a\n\n1\n", {"skipBlankRows": True}),
    ]
    found = {check.name: (check.engine, [f.row for f in check.findings]) for check in check_tables(sources)}
    assert found == {"t": (STANDARD, [3]), "places": (FRICTIONLESS, [])}


def test_a_table_that_refers_to_one_which_frictionless_reads_is_checked_by_it() -> None:
    places = source("a\n\n1\n", {"skipBlankRows": True}, type="integer")
    key = {"fields": "a", "reference": {"resource": "t", "fields": "a"}}
    schema = {"fields": [{"name": "a", "type": "integer"}], "foreignKeys": [key]}
    found = check_tables([places, TableSource("works", schema, b"a\n1\n2\n")])
    checks = {check.name: (check.engine, [(str(f.type), f.row) for f in check.findings]) for check in found}
    assert checks == {"t": (FRICTIONLESS, []), "works": (FRICTIONLESS, [("foreign-key", 3)])}


def test_a_table_is_checked_whatever_is_wrong_with_others() -> None:
    table = source("a\nP1Y\nx\n", type="duration")
    other = TableSource("other", {"fields": [{"name": "a", "type": "word"}]}, b"a\n1\n")
    found = next(check_tables([table, other]))
    assert [(finding.row, finding.cell) for finding in found.findings] == [(3, "x")]


def test_a_reference_that_names_no_table_is_to_its_own() -> None:
    key = {"fields": "b", "reference": {"fields": "a"}}
    schema = {"fields": [{"name": "a"}, {"name": "b"}], "foreignKeys": [key]}
    table = TableSource("t", schema, b"a,b\n1,\n2,1\n3,4\n")
    for engine in (STANDARD, FRICTIONLESS):
        assert [(f.row, f.key) for f in check(table, engine)[1]] == [(4, ("b",))]


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"fields": [{"type": "string"}]},
        {"fields": [{"name": "a", "type": "word"}]},
        {"fields": [{"name": "a"}, {"name": "a"}]},
        {"fields": [{"name": "a", "type": "integer", "constraints": {"pattern": "1"}}]},
        {"fields": [{"name": "a", "type": "integer", "constraints": {"minimum": "one"}}]},
        {"fields": [{"name": "a", "type": "integer", "constraints": {"minimum": 0.5}}]},
        {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "("}}]},
        {"fields": [{"name": "a", "type": "list", "itemType": "list"}]},
        {"fields": [{"name": "a", "type": "list", "delimiter": ""}]},
        {"fields": [{"name": "a"}], "primaryKey": "b"},
        {"fields": [{"name": "a"}], "foreignKeys": [{"fields": "a", "reference": {"resource": "u", "fields": "a"}}]},
        {"fields": [{"name": "a"}], "foreignKeys": [{"fields": ["a"], "reference": {"resource": "", "fields": []}}]},
    ],
    ids=str,
)
def test_an_invalid_schema_is_refused_not_guessed(schema: dict[str, Any]) -> None:
    table = TableSource("t", schema, b"a\n1\n")
    with pytest.raises(SchemaInvalid):
        check(table)


# What the generator found


def test_a_table_may_have_a_heading_and_no_rows() -> None:
    table = source("a\n", type="integer", constraints={"required": True})
    assert check(table) == (STANDARD, [])


@pytest.mark.parametrize("limit", [1.5, "1,5"])
def test_numbers_of_a_constraint_are_numbers_however_the_file_writes_them(limit: object) -> None:
    table = source('a\n"1,5"\n1.000\n', type="number", groupChar=".", decimalChar=",", constraints={"enum": [limit]})
    assert found_by_us(table) == [(CONSTRAINT, 3, "a", "1.000")] == found_by_frictionless(table)


def test_a_date_format_that_is_none_reads_no_date() -> None:
    table = source("a\n1 1\n", type="date", format="%d %d")
    assert found_by_us(table) == [(TYPE, 2, "a", "1 1")] == found_by_frictionless(table)
