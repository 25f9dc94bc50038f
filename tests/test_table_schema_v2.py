"""What Table Schema 2.0 asks and frictionless does not do, or does otherwise (docs/en/table-schema.md)."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from khelang_opendata import Language, issue_texts, table_issues
from khelang_opendata.tableschema import Engine, Finding, SchemaInvalid, TableSource, check_tables
from khelang_opendata.tableschema.dialect import TableUnreadable

JsonObject = dict[str, Any]
Found = tuple[str, int, str | None, str | None]


def written(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()


def check(source: TableSource, engine: Engine | None = None) -> list[Finding]:
    (found,) = check_tables([source], engine)
    return list(found.findings)


def refused(source: TableSource) -> str:
    with pytest.raises(SchemaInvalid) as caught:
        check(source)
    return str(caught.value)


def cells(field: JsonObject, texts: list[str]) -> list[tuple[str, str | None]]:
    """The texts of a column that are wrong, by type or constraint; every engine that can be had says the same."""
    table = TableSource(
        "t", {"fields": [{"name": "a", **field}, {"name": "b"}]}, written([["a", "b"], *([t, "1"] for t in texts)])
    )
    found = [(f.constraint or str(f.type), f.cell) for f in check(table, Engine.STANDARD)]
    assert found == [(f.constraint or str(f.type), f.cell) for f in check(table, Engine.LARGE)]
    return found


# Keys


def test_unique_keys_leave_out_rows_with_an_empty_part() -> None:
    data = b"a,b,c\n1,x,\n1,x,\n1,,1\n1,,1\n01,x,2\n"
    fields = [{"name": "a", "type": "integer"}, {"name": "b"}, {"name": "c"}]
    for engine in Engine:
        table = TableSource("t", {"fields": fields, "uniqueKeys": [["a", "b"], ["c"]]}, data)
        found = [(str(f.type), f.row, f.key, f.same_as) for f in check(table, engine)]
        assert found == [
            ("unique-key", 3, ("a", "b"), 2),
            ("unique-key", 5, ("c",), 4),
            ("unique-key", 6, ("a", "b"), 3),
        ], engine


def test_every_part_of_a_primary_key_must_have_a_value() -> None:
    table = TableSource(
        "t", {"fields": [{"name": "a"}, {"name": "b"}], "primaryKey": ["a", "b"]}, b"a,b\n1,\n,2\n3,4\n"
    )
    for engine in Engine:
        found = [(f.constraint, f.row, f.field) for f in check(table, engine)]
        assert found == [("required", 2, "b"), ("required", 3, "a")], engine


@pytest.mark.parametrize("resource", [{}, {"resource": ""}, {"resource": "t"}])
@pytest.mark.parametrize("names", ["text", "list"])
def test_a_foreign_key_in_the_forms_of_both_versions(resource: JsonObject, names: str) -> None:
    here, there = ("b", "a") if names == "text" else (["b"], ["a"])
    schema = {
        "fields": [{"name": "a"}, {"name": "b"}],
        "foreignKeys": [{"fields": here, "reference": {**resource, "fields": there}}],
    }
    for engine in Engine:
        assert [(f.row, f.key) for f in check(TableSource("t", schema, b"a,b\n1,\n2,1\n3,4\n"), engine)] == [
            (4, ("b",))
        ]


def test_a_foreign_key_to_what_is_not_there_is_refused() -> None:
    for reference in ({"resource": "u", "fields": ["a"]}, {"fields": ["x"]}):
        schema = {"fields": [{"name": "a"}], "foreignKeys": [{"fields": ["a"], "reference": reference}]}
        assert "foreign key" in refused(TableSource("t", schema, b"a\n1\n"))


@pytest.mark.parametrize(
    ("type_", "first", "again", "other"),
    [
        ("object", '{"a": 1, "b": [2]}', '{"b": [2.0], "a": 1}', '{"a": true, "b": [2]}'),
        ("array", "[1, 2]", "[1.0, 2]", "[2, 1]"),
        ("geopoint", "99.5, 18.3", "99.50,18.30", "18.3, 18"),
        ("duration", "P1Y", "P12M", "P365D"),
        ("list", "a,b", "a,b", "b,a"),
        (
            "geojson",
            '{"type": "Point", "coordinates": [1, 2]}',
            '{"coordinates": [1, 2], "type": "Point"}',
            '{"type": "Point", "coordinates": [2, 1]}',
        ),
    ],
)
def test_values_of_every_type_are_unique_as_values(type_: str, first: str, again: str, other: str) -> None:
    assert cells({"type": type_, "constraints": {"unique": True}}, [first, other, again]) == [("unique-error", again)]


# Values and constraints


@pytest.mark.parametrize(
    ("field", "good", "wrong"),
    [
        ({"type": "string", "categories": ["x", "y"]}, ["x", "y", ""], ["z", "X"]),
        ({"type": "string", "categories": [{"value": "x", "label": "z"}], "categoriesOrdered": True}, ["x"], ["z"]),
        ({"type": "integer", "categories": [1, 2]}, ["1", "02", ""], ["3"]),
        ({"type": "integer", "categories": [{"value": 0, "label": "no"}, {"value": 1}]}, ["0", "1"], ["2"]),
    ],
)
def test_categories_are_all_the_values_there_are(field: JsonObject, good: list[str], wrong: list[str]) -> None:
    assert cells(field, [*good, *wrong]) == [("categories", text) for text in wrong]


@pytest.mark.parametrize(
    ("field", "good", "wrong"),
    [
        ({"type": "list", "constraints": {"enum": ["a,b", "c"]}}, ["a,b", "c"], ["b,a", "a"]),
        ({"type": "list", "itemType": "integer", "constraints": {"enum": [[1, 2], [3]]}}, ["01,2", "3"], ["2,1"]),
        ({"type": "list", "delimiter": ";", "constraints": {"enum": ["a;b"]}}, ["a;b"], ["a,b"]),
        ({"type": "array", "constraints": {"enum": [[1, 2]]}}, ["[1.0, 2]"], ["[2, 1]", "[true, 2]"]),
        ({"type": "object", "constraints": {"enum": ['{"a": 1}', '{"b": 2}']}}, ['{"a":1}'], ["{}"]),
        ({"type": "geopoint", "constraints": {"enum": ["1, 2"]}}, ["1,2"], ["2,1"]),
        ({"type": "duration", "constraints": {"enum": ["P1Y"]}}, ["P12M"], ["P1D"]),
        ({"type": "boolean", "constraints": {"enum": [True]}}, ["true", "1"], ["0"]),
        ({"type": "year", "constraints": {"enum": [2566, -44]}}, ["2566", "-0044"], ["2567"]),
        ({"type": "any", "constraints": {"enum": ["1", 2, None]}}, ["1"], ["2"]),
    ],
)
def test_an_enum_holds_texts_or_values(field: JsonObject, good: list[str], wrong: list[str]) -> None:
    assert cells(field, [*good, *wrong]) == [("enum", text) for text in wrong]


@pytest.mark.parametrize(
    ("field", "good", "wrong"),
    [
        ({"type": "integer", "groupChar": ","}, ["1,000", "1000", "-1,000,000"], ["1.0", "a", ","]),
        ({"type": "integer", "groupChar": " "}, ["1 000"], ["1,000"]),
        ({"type": "integer", "groupChar": ",", "bareNumber": False}, ["฿1,000", "1,000 บาท"], ["บาท"]),
        ({"type": "duration"}, ["P1Y2M3DT4H5M6.7S", "PT0S", "-P1D", "P0D", "PT36H", "P2M", "P400D"], []),
        (
            {"type": "duration"},
            [],
            ["P", "PT", "P1DT", "P1W", "1D", "P1M2Y", "P-1D", "+P1D", "P1.5D", "P1S", "p1d", "P1D ", "PT1.S"],
        ),
        ({"type": "year"}, ["2566", "0001", "10000", "-0044", "2024Z", "2024+07:00", "9999"], []),
        ({"type": "year"}, [], ["0000", "-0000", "566", "02566", "+2566", " 2566", "๒๕๖๖", "1_00", "2024 Z", "20.4"]),
        ({"type": "yearmonth"}, ["2024-01", "12024-12", "-0044-03", "2024-01Z"], []),
        (
            {"type": "yearmonth"},
            [],
            ["2024-1", "2024-13", "2024-00", "0000-01", "24-01", "๒๕๖๗-๐๑", " 2024-01", "2024-01-01"],
        ),
        ({"type": "date"}, ["2024-02-29", "0001-01-01", "9999-12-31"], []),
        ({"type": "date"}, [], ["2024-2-29", "10000-01-01", "-0044-03-15", "0000-01-01", "20240101", "2024-01-01Z"]),
        ({"type": "object"}, ["{}", '{"a": [1]}'], ["[]", "1", "{a: 1}", '{"a": NaN}', "null", "{"]),
        ({"type": "array"}, ["[]", '["a"]'], ["{}", "[1,]", "[" * 5000]),
        ({"type": "geopoint"}, ["90.50, 45.50", "-180,90", " 1 , 2 "], ["1", "1,2,3", "181,1", "1,91", "a,b", "NaN,1"]),
        (
            {"type": "geopoint", "format": "array"},
            ["[90.5, 45]"],
            ["[1]", '["1", "2"]', "[true, 1]", "1,2", "[181, 0]"],
        ),
        (
            {"type": "geopoint", "format": "object"},
            ['{"lon": 1, "lat": 2}'],
            ['{"lon": 1}', '{"lon": 1, "lat": 2, "x": 3}', "[1, 2]"],
        ),
        ({"type": "geojson"}, ['{"type": "Point", "coordinates": [1, 2]}'], ['{"type": "Spot"}', "[]", "x"]),
        (
            {"type": "geojson", "format": "topojson"},
            ['{"type": "Topology", "objects": {}, "arcs": []}'],
            ['{"type": "Point"}'],
        ),
        ({"type": "string", "format": "email"}, ["clerk@example.org"], ["clerk"]),
        ({"type": "string", "format": "uri"}, ["https://example.org"], ["example"]),
        ({"type": "string", "format": "uuid"}, ["1b671a64-40d5-491e-99b0-da01ff1f3341"], ["1b671a64"]),
        ({"type": "string", "format": "binary"}, ["YQ=="], ["a"]),
        ({"type": "date", "format": "any"}, ["31 January 2024"], ["some day"]),
        ({"type": "datetime", "format": "any"}, ["31 January 2024 12:30"], ["some day"]),
        ({"type": "time", "format": "any"}, ["12:30"], ["noon o'clock"]),
        ({"type": "date", "format": "fmt:%d/%m/%Y"}, ["31/01/2024"], ["2024-01-31"]),
        ({"type": "boolean", "trueValues": ["ใช่"], "falseValues": ["ไม่"]}, ["ใช่", "ไม่"], ["true", "0"]),
        ({"type": "number", "decimalChar": ",", "groupChar": "."}, ["1.000,5", "2"], ["1,0,0"]),
        ({"type": "number", "bareNumber": False}, ["$1.5", "95%"], ["%"]),
    ],
)
def test_what_is_a_value_of_a_type(field: JsonObject, good: list[str], wrong: list[str]) -> None:
    assert cells(field, [*good, *wrong]) == [("type-error", text) for text in wrong]


@pytest.mark.parametrize(
    ("type_", "constraints", "good", "wrong"),
    [
        ("integer", {"exclusiveMinimum": 0}, ["1"], ["0", "-1"]),
        ("number", {"exclusiveMaximum": "1.5"}, ["1.49"], ["1.5", "NaN"]),
        ("date", {"exclusiveMinimum": "2024-01-31"}, ["2024-02-01"], ["2024-01-31"]),
        ("duration", {"minimum": "P1M"}, ["P1M", "P2M", "P32D"], ["P30D", "P27D", "P31D"]),
        ("duration", {"exclusiveMaximum": "PT1H"}, ["PT59M", "-P1D"], ["PT60M", "P1D"]),
        ("duration", {"maximum": "P1Y"}, ["P12M", "P364D"], ["P365D", "P366D", "P13M"]),
        ("year", {"minimum": -44, "exclusiveMaximum": "12000"}, ["-0044", "11999"], ["-0045", "12000"]),
        ("yearmonth", {"exclusiveMinimum": "2024-01"}, ["2024-02"], ["2024-01"]),
        ("time", {"exclusiveMaximum": "12:00:00"}, ["11:59:59"], ["12:00:00"]),
    ],
)
def test_bounds(type_: str, constraints: JsonObject, good: list[str], wrong: list[str]) -> None:
    found = cells({"type": type_, "constraints": constraints}, [*good, *wrong])
    assert [cell for _, cell in found] == wrong
    assert {name for name, _ in found} <= constraints.keys()


def test_a_json_schema_judges_objects_and_arrays() -> None:
    schema = {"type": "object", "properties": {"v": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "integer"}}}
    found = cells({"type": "object", "constraints": {"jsonSchema": schema}}, ['{"v": 1}', '{"v": "bad"}', "[]"])
    assert found == [("jsonSchema", '{"v": "bad"}'), ("type-error", "[]")]
    unique = {"uniqueItems": True, "items": {"pattern": "^a"}}
    found = cells({"type": "array", "constraints": {"jsonSchema": unique}}, ['["a", "ab"]', '["a", "a"]', '["b"]'])
    assert found == [("jsonSchema", '["a", "a"]'), ("jsonSchema", '["b"]')]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "word"}, "no JSON Schema"),
        ({"$schema": 5}, "no JSON Schema"),
        ({"$schema": "http://json-schema.org/draft-04/schema#", "$ref": 5}, "no JSON Schema|cannot be used"),
        ({"$schema": "http://json-schema.org/draft-03/schema#", "disallow": "x"}, "cannot be used"),
        ({"pattern": "((((a{100}){100}){100}){100}){100}"}, "cannot be used"),
        ({"$ref": "https://example.org/schema.json"}, "another schema"),
        ({"$ref": "#/$defs/none"}, "another schema"),
        ({"$ref": "#"}, "cannot be used"),
        ({"pattern": "("}, "no JSON Schema|cannot be used"),
    ],
)
def test_a_json_schema_that_cannot_be_used_is_refused(schema: JsonObject, said: str) -> None:
    field = {"name": "a", "type": "array", "constraints": {"jsonSchema": {**schema, "items": schema}}}
    with pytest.raises(SchemaInvalid, match=said):
        check(TableSource("t", {"fields": [field]}, b'a\n"[""x""]"\n'))


@pytest.mark.parametrize(
    "schema",
    [
        {"items": {"pattern": "(a|aa)+$"}},
        {
            "$defs": {f"d{k}": {"allOf": [{"$ref": f"#/$defs/d{k + 1}"}] * 3} for k in range(30)} | {"d30": True},
            "$ref": "#/$defs/d0",
        },
        {"patternProperties": {"(a|aa)+$": True}},
    ],
    ids=["pattern", "references", "properties"],
)
def test_a_json_schema_from_elsewhere_takes_no_longer_than_it_may(schema: JsonObject) -> None:
    field = {"name": "a", "type": "array", "constraints": {"jsonSchema": schema}}
    table = TableSource("t", {"fields": [field], "patternSeconds": 0.2}, f'a\n"[""{"a" * 60}!""]"\n'.encode())
    assert "jsonSchema of a" in refused(table)


# Patterns


@pytest.mark.parametrize(
    ("pattern", "good", "wrong"),
    [
        (r"\p{L}+", ["abc", "กขค"], ["a1", "น้ำ"]),
        (r"\P{L}+", ["12"], ["a1"]),
        (r"\p{Lu}\p{Ll}*", ["Aa"], ["aA"]),
        (r"\p{IsThai}+", ["น้ำ", "๒๕๖๖"], ["abc", "ก a"]),
        (r"[\p{IsThai}0-9]+", ["ก1"], ["a"]),
        (r"[^\p{IsThai}]+", ["a1"], ["ก"]),
        (r"[a-z-[aeiou]]+", ["bcd"], ["abc", "b-", "b]"]),
        (r"[\w-[\d]]+", ["ab"], ["a1"]),
        (r"[a-z-[b-y-[m]]]+", ["amz"], ["b"]),
        (r"[^a-z-[0-9]]+", ["A#"], ["a", "1"]),
        (r"\i\c*", ["a:b-c.1", "_x", "ก1"], ["1a", "-a", "a b"]),
        (r"\I\C", ["1 "], ["a ", "1a"]),
        (r"[\i-[:]][\c-[:]]*", ["ab"], ["a:b"]),
        (r"\w+", ["น้ำ", "abc1"], ["a_b", "a b", "a.b"]),
        (r"\W", ["_", " "], ["a"]),
        (r"\S+", ["a\u00a0b"], ["a b"]),
        ("a.b", ["a\u2028b", "a b"], ["a\rb", "a\nb"]),
        ("^a.*$", ["apple"], ["orange", "an\n"]),
        ("x|yy", ["x", "yy"], ["xzz"]),
        ("[+--]", ["+", "-", ","], ["a"]),
        ("[a[]", ["a", "["], ["b"]),
        (r"[\[\]\\&|~-]+", ["[]&", "|~-\\"], ["a"]),
        ("[&&]", ["&"], ["a"]),
        (r"\d{2,3}(ab?|c)+", ["12abac", "123c"], ["1a"]),
    ],
)
def test_patterns_are_those_of_xml_schema(pattern: str, good: list[str], wrong: list[str]) -> None:
    field = {"name": "a", "type": "string", "constraints": {"pattern": pattern}}
    data = written([["a"], *([text] for text in (*good, *wrong))])
    for seconds in ({}, {"patternSeconds": 5}):
        for engine in Engine:
            found = check(TableSource("t", {"fields": [field], **seconds}, data), engine)
            assert [(f.constraint, f.cell) for f in found] == [("pattern", text) for text in wrong], (engine, seconds)


@pytest.mark.parametrize(
    "pattern", ["(", "[a", "a{2,1}", r"\p{Nothing}", r"\p{IsNowhere}", r"\pL", "[a-[b]", "*", "\\", "a\\"]
)
def test_a_pattern_that_is_none_is_refused(pattern: str) -> None:
    for seconds in ({}, {"patternSeconds": 5}):
        schema = {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": pattern}}], **seconds}
        assert "pattern of a" in refused(TableSource("t", schema, b"a\nx\n"))


def test_a_pattern_from_elsewhere_takes_no_memory_that_it_repeats() -> None:
    for pattern in ("(((a{100}){100}){100}){100}", "([a-z]{1,999}b){2,999}", "(a{9,}){99999999}", "a{1000000000000}"):
        field = {"name": "a", "type": "string", "constraints": {"pattern": pattern}}
        assert "repeats too much" in refused(TableSource("t", {"fields": [field], "patternSeconds": 5}, b"a\nx\n"))


# Missing values


def test_missing_values_of_a_field_replace_those_of_the_schema() -> None:
    schema = {
        "fields": [
            {"name": "a", "type": "integer", "constraints": {"required": True}},
            {"name": "b", "type": "integer", "missingValues": [{"value": "-", "label": "none"}]},
            {"name": "c", "type": "integer", "missingValues": []},
        ],
        "missingValues": [{"value": "", "label": "omitted"}, {"value": "NA"}],
    }
    data = b"a,b,c\n1,-,1\nNA,2,1\n1,NA,1\n1,2,\n"
    found = [(f.constraint or str(f.type), f.row, f.field) for f in check(TableSource("t", schema, data))]
    assert found == [("required", 3, "a"), ("type-error", 4, "b"), ("type-error", 5, "c")]


# Dialects


@pytest.mark.parametrize(
    ("dialect", "data", "rows"),
    [
        ({"lineTerminator": ";"}, b"id,name;1,apple;x,orange", [3]),
        ({"lineTerminator": ";"}, b'id,name;1,"a;b";x,"two\nlines";', [3]),
        ({"lineTerminator": ";"}, b"id,name;1,two\nlines;x,two\r\nlines\n", [3]),
        ({"lineTerminator": "\n"}, b"id,name\n1,a\nx,b\n", [3]),
        ({"lineTerminator": "<br>", "quoteChar": "'"}, b"id,name<br>1,'a<br>b'<br>x,'it''s'<br>", [3]),
        ({"headerRows": [2]}, b"about\nid,name\n1,a\nx,b\n", [4]),
        ({"headerRows": [1, 2]}, b"id,name\n,\n1,a\nx,b\n", [4]),
        ({"headerRows": []}, b"1,a\nx,b\n", [2]),
        ({"header": False}, b"x,a\n1,b\n", [1]),
        ({"commentChar": "#"}, b"# about\nid,name\n1,a\n#x,y\nx,b\n", [5]),
        ({"commentChar": "//"}, b"id,name\n//x,y\nx,b\n", [3]),
        ({"commentRows": [1, 4]}, b"about\nid,name\n1,a\nx,y\nx,b\n", [5]),
        ({"commentRows": [1], "headerRows": [2]}, b"about\nid,name\n1,a\nx,b\n", [4]),
        ({"nullSequence": "x"}, b"id,name\n1,a\nx,b\ny,b\n", [4]),
        ({"skipInitialSpace": True}, b'id, name\n1, "a"\nx, b\n', [3]),
        ({"escapeChar": "|", "quoteChar": ""}, b"id,name\n1,a|,b\nx,c\n", [3]),
    ],
)
def test_dialects_of_the_standard(dialect: JsonObject, data: bytes, rows: list[int]) -> None:
    schema = {"fields": [{"name": "id", "type": "integer"}, {"name": "name"}]}
    for engine in (None, Engine.LARGE):
        (found,) = check_tables([TableSource("t", schema, data, dialect)], engine)
        assert found.engine is not Engine.FRICTIONLESS
        assert [(str(f.type), f.row) for f in found.findings] == [("type-error", row) for row in rows]


def test_the_rows_of_a_heading_are_joined_and_a_merged_cell_is_of_all_its_columns() -> None:
    """The standard's own example."""
    schema = {"fields": [{"name": "fruit id", "type": "integer"}, {"name": "fruit name"}, {"name": "price"}]}
    table = TableSource("t", schema, b"fruit\nid,name\n1,apple\n", {"headerRows": [1, 2]})
    assert [(str(f.type), f.field) for f in check(table)] == [("missing-label", "price")]
    schema = {"fields": [{"name": "fruit-id", "type": "integer"}, {"name": "fruit-name"}, {"name": "price-baht"}]}
    data = b"fruit,,price\nid,name,baht\nx,apple,1\n"
    (found,) = check(TableSource("t", schema, data, {"headerRows": [1, 2], "headerJoin": "-"}))
    assert (found.row, found.field) == (3, "fruit-id")


BAD_ROWS: list[Any] = [1, [0], ["1"], "1", [1.5], [True], {}]


@pytest.mark.parametrize(
    "dialect",
    [
        *({"headerRows": value} for value in BAD_ROWS),
        *({"commentRows": value} for value in BAD_ROWS),
        *({name: 5} for name in ("lineTerminator", "commentChar", "nullSequence", "headerJoin", "quoteChar")),
        *({name: "yes"} for name in ("header", "doubleQuote", "skipInitialSpace")),
        {"lineTerminator": ","},
        {"lineTerminator": ";", "escapeChar": "\\"},
        *("dialect.json", "https://example.org/d.json", [], 5, True),
    ],
    ids=str,
)
def test_a_dialect_that_is_not_read_is_refused(dialect: Any) -> None:
    assert "dialect" in refused(TableSource("t", {"fields": [{"name": "a"}]}, b"a\n1\n", dialect))


# Headings


FIELDS = [{"name": "a", "type": "integer"}, {"name": "b"}, {"name": "c"}]
HEADINGS: dict[str, tuple[str, str, list[tuple[str, str | None, str | None]]]] = {
    "exact, right": ("exact", "a,b,c", []),
    "exact, swapped": ("exact", "b,a,c", [("incorrect-label", "a", "b"), ("incorrect-label", "b", "a")]),
    "exact, one missing": ("exact", "a,b", [("missing-label", "c", None)]),
    "exact, one more": ("exact", "a,b,c,d", [("extra-label", None, "d")]),
    "exact, blank": ("exact", "a,,c", [("blank-label", "b", "")]),
    "exact, twice": ("exact", "a,a,c", [("duplicate-label", "b", "a")]),
    "exact, all blank": ("exact", ",,", [("blank-header", None, None)]),
    "equal, swapped": ("equal", "c,b,a", []),
    "equal, missing": ("equal", "c,a", [("missing-label", "b", None)]),
    "equal, more": ("equal", "c,a,b,x", [("extra-label", None, "x")]),
    "equal, twice": ("equal", "c,a,b,a", [("duplicate-label", "a", "a")]),
    "equal, blank": ("equal", "c,a,b,", [("blank-label", None, "")]),
    "subset, more": ("subset", "x,c,b,a,x,", []),
    "subset, missing": ("subset", "c,a,x", [("missing-label", "b", None)]),
    "superset, fewer": ("superset", "c,a", []),
    "superset, more": ("superset", "a,x", [("extra-label", None, "x")]),
    "superset, none": (
        "superset",
        "x",
        [("extra-label", None, "x"), *(("missing-label", name, None) for name in "abc")],
    ),
    "partial": ("partial", "x,c,y", []),
    "partial, none": ("partial", "x,y", [("missing-label", name, None) for name in "abc"]),
    "partial, twice": ("partial", "a,x,a", [("duplicate-label", "a", "a")]),
}


@pytest.mark.parametrize("name", HEADINGS)
def test_a_heading_gives_one_result_in_every_engine(name: str) -> None:
    match, heading, expected = HEADINGS[name]
    schema = {"fields": FIELDS, "fieldsMatch": match}
    data = f"{heading}\n{','.join('x' for _ in heading.split(','))}\n".encode()
    for engine in (None, *Engine):
        found = check(TableSource("t", schema, data), engine)
        if expected:
            assert [(str(f.type), f.row, f.field, f.cell) for f in found] == [(k, 1, f, c) for k, f, c in expected]
        else:
            wrong = [("type-error", 2, "a", "x")] if "a" in heading.split(",") else []
            assert [(str(f.type), f.row, f.field, f.cell) for f in found] == wrong, engine


@pytest.mark.parametrize("match", ["superset", "partial"])
def test_what_must_have_a_value_must_have_a_column(match: str) -> None:
    fields = [{"name": "a"}, {"name": "b", "constraints": {"required": True}}, {"name": "c"}]
    schema = {"fields": fields, "primaryKey": ["a"], "fieldsMatch": match, "uniqueKeys": [["a", "c"]]}
    assert [(str(f.type), f.field) for f in check(TableSource("t", schema, b"c\n1\n"))] == [
        ("missing-label", "a"),
        ("missing-label", "b"),
    ]
    assert check(TableSource("t", schema, b"b,a\n1,2\n3,4\n")) == []


def test_keys_follow_their_columns() -> None:
    target = TableSource("u", {"fields": [{"name": "x"}, {"name": "id"}], "fieldsMatch": "equal"}, b"id,x\n1,9\n")
    keys = [{"fields": ["b"], "reference": {"resource": "u", "fields": ["id"]}}]
    schema = {
        "fields": [{"name": "a"}, {"name": "b"}],
        "fieldsMatch": "equal",
        "primaryKey": ["a"],
        "foreignKeys": keys,
    }
    checks = check_tables([TableSource("t", schema, b"b,a\n1,1\n9,1\n"), target])
    found = [(str(f.type), f.row) for check in checks for f in check.findings]
    assert found == [("primary-key", 3), ("foreign-key", 3)]


def test_a_reference_to_a_table_whose_heading_is_wrong_is_not_judged() -> None:
    target = TableSource("u", {"fields": [{"name": "id"}]}, b"di\n1\n")
    keys = [{"fields": ["a"], "reference": {"resource": "u", "fields": ["id"]}}]
    checks = check_tables([TableSource("t", {"fields": [{"name": "a"}], "foreignKeys": keys}, b"a\n7\n"), target])
    assert [[str(f.type) for f in check.findings] for check in checks] == [[], ["incorrect-label"]]


def test_an_empty_file_has_no_heading() -> None:
    table = TableSource("t", {"fields": [{"name": "a"}]}, b"")
    for engine in (None, *Engine):
        assert [(str(f.type), f.row) for f in check(table, engine)] == [("blank-header", 1)]


def test_a_file_that_is_no_table_is_refused_when_its_findings_are_asked_for() -> None:
    checks = check_tables(
        [
            TableSource("t", {"fields": [{"name": "a"}]}, b"\xff\xfea\n"),
            TableSource("u", {"fields": [{"name": "a"}]}, b"a\n"),
        ]
    )
    with pytest.raises(TableUnreadable):
        list(next(checks).findings)
    assert list(next(checks).findings) == []


CODES = {
    "incorrect-label": "column_unexpected",
    "extra-label": "column_unexpected",
    "missing-label": "column_missing",
    "blank-header": "column_missing",
    "blank-label": "column_name_invalid",
    "duplicate-label": "column_duplicate",
}


@pytest.mark.parametrize("name", [name for name, (_, _, expected) in HEADINGS.items() if expected])
def test_what_is_wrong_with_a_heading_has_words(name: str) -> None:
    match, heading, expected = HEADINGS[name]
    sources = [TableSource("t", {"fields": FIELDS, "fieldsMatch": match}, f"{heading}\n1,2\n".encode())]
    (found,) = check_tables(sources)
    issues = list(table_issues(found, sources))
    assert [issue.code for issue in issues] == [CODES[kind] for kind, _, _ in expected]
    for issue in issues:
        assert issue.location.row == 1
        for language in Language:
            texts = issue_texts(issue, language, "none")
            assert " - " not in texts.message + texts.fix


def test_issues_are_of_the_columns_in_the_order_of_the_file() -> None:
    schema = {"fields": FIELDS, "fieldsMatch": "subset", "uniqueKeys": [["b", "c"]], "primaryKey": ["a"]}
    sources = [TableSource("t", schema, b"x,c,b,a\n1,C,B,1\n1,C,B,y\n1,,,1\n")]
    (found,) = check_tables(sources)
    issues = [(i.code, i.location.row, i.location.field, i.params.get("value")) for i in table_issues(found, sources)]
    assert issues == [
        ("type_wrong", 3, "a", None),
        ("key_duplicate", 3, None, "B, C"),
        ("key_duplicate", 4, "a", "1"),
    ]


def test_of_thousands_of_allowed_values_an_issue_names_the_first() -> None:
    schema = {"fields": [{"name": "a", "type": "string", "categories": [f"c{k}" for k in range(5000)]}]}
    sources = [TableSource("t", schema, b"a\nx\n")]
    (found,) = check_tables(sources)
    (issue,) = table_issues(found, sources)
    assert str(issue.params["allowed"]).startswith("c0, c1, ")
    assert len(str(issue.params["allowed"])) < 2500
