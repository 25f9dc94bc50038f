"""The large engine finds what the standard one finds: on plans, on tables of every fault, on generated cases."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from khelang_opendata import tableschema, validate
from khelang_opendata.model.failures import DescriptorError
from khelang_opendata.package.datapackage import Package
from khelang_opendata.tableschema import Engine, Finding, FindingType, TableCheck, TableSource, check_tables
from khelang_opendata.tableschema.dialect import TableUnreadable
from khelang_opendata.tableschema.findings import OF_HEADING
from khelang_opendata.validation import structure
from tests.conftest import EXAMPLES, PLAN, ROOT, VALID, fails
from tests.differential import case_of

pl = pytest.importorskip("polars", reason="polars (extra large) is not installed")
pytest.importorskip("numpy", reason="numpy (extra large) is not installed")

from khelang_opendata.tableschema import detectors, large, records  # noqa: E402 (import polars)
from khelang_opendata.tableschema.accept import accepted  # noqa: E402 (as above)

CASES = 400

Found = dict[str, list[Finding]]


def check(sources: Sequence[TableSource], engine: Engine) -> tuple[dict[str, Engine], Found]:
    engines, found = {}, {}
    for table in check_tables(sources, engine):
        engines[table.name] = table.engine
        found[table.name] = list(table.findings)
    return engines, found


def sources_of(package: Path) -> list[TableSource]:
    resources = [r for r in Package.load(package).resources if r.data is not None]
    return [TableSource(r.name, r.descriptor["schema"], r.data or b"", r.descriptor.get("dialect")) for r in resources]


def outcome(sources: Sequence[TableSource], engine: Engine) -> object:
    try:
        return check(sources, engine)[1]
    except TableUnreadable as error:
        return error.code, error.location, error.params


@pytest.fixture(params=["whole", "piecemeal"])
def pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are read as a whole, or so that every limit of size is met but that no record is longer than a block."""
    if request.param == "piecemeal":
        monkeypatch.setattr(records, "BLOCK", 4000)
        monkeypatch.setattr(large, "BLOCK", 0)
        monkeypatch.setattr(large, "_PART", 3000)
        monkeypatch.setattr(large, "CHUNK", 7)
        monkeypatch.setattr(detectors, "_FEW", 2)


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("package", [PLAN, VALID], ids=["real plan", "valid example"])
def test_sound_package(package: Path) -> None:
    sources = sources_of(package)
    engines, found = check(sources, Engine.LARGE)
    assert {*engines.values()} == {Engine.LARGE}
    assert found == check(sources, Engine.STANDARD)[1]


def sources_in_validation(package: Path, monkeypatch: pytest.MonkeyPatch) -> list[TableSource]:
    """The tables as the validation of a plan gives them to be checked."""
    given: list[TableSource] = []

    def take(sources: Sequence[TableSource], _: Engine | None) -> Iterator[TableCheck]:
        given.extend(sources)
        return iter(())

    monkeypatch.setattr(structure, "check_tables", take)
    with suppress(DescriptorError):
        validate(package)
    return given


@pytest.mark.parametrize("package", sorted((EXAMPLES / "invalid").iterdir()), ids=lambda path: path.name)
def test_invalid_example(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = sources_in_validation(package, monkeypatch)
    engines, found = check(sources, Engine.LARGE)
    assert {*engines.values()} <= {Engine.LARGE}
    assert found == check(sources, Engine.STANDARD)[1]


TEXTS = [
    "",
    "-",
    "ก",
    "น้ำใจ",
    "a-1",
    "a-1\n",
    "A",
    'say "ก"',
    "two\nlines",
    "two\r\nlines",
    "a,b",
    " a-1",
    "\ufeff",
    "x" * 30,
]
NUMBERS = [
    "1",
    "01",
    "1.0",
    " 1",
    "1 ",
    "2",
    "-3",
    "",
    "-",
    "NaN",
    "Infinity",
    "1e2",
    "๕",
    "1_0",
    "0",
    "0.00",
    "-0",
    "9" * 20,
]

SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "id", "type": "string", "constraints": {"required": True, "pattern": "^[a-z]+-[0-9]{1,}$"}},
        {"name": "number", "type": "integer", "constraints": {"minimum": 0, "maximum": 100}},
        {"name": "amount", "type": "number", "constraints": {"minimum": 0, "unique": True}},
        {"name": "code", "type": "string", "constraints": {"enum": ["a-1", "ก"], "required": True}},
        {"name": "parent", "type": "string", "constraints": {"maxLength": 10, "minLength": 1}},
        {"name": "year", "type": "year"},
        {"name": "other", "type": "integer"},
        {"name": "text", "type": "string", "constraints": {"required": True}},
    ],
    "missingValues": ["", "-"],
    "primaryKey": ["id", "number"],
    "uniqueKeys": [["code", "year"], ["parent"]],
    "foreignKeys": [
        {"fields": ["parent"], "reference": {"resource": "", "fields": ["id"]}},
        {"fields": ["other"], "reference": {"resource": "other", "fields": ["number"]}},
        {"fields": ["id", "number"], "reference": {"resource": "other", "fields": ["id", "number"]}},
    ],
}


def faulty_table(seed: int, line_end: str = "\n", *, bom: bool = False, delimiter: str = ",") -> bytes:
    """Some 300 rows, of which about every second has a fault."""
    rng = Random(seed)  # noqa: S311 (no secret)
    names = [field["name"] for field in SCHEMA["fields"]]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=line_end, delimiter=delimiter)
    writer.writerow(names)
    for number in range(300):
        row = [f"a-{number}", str(number % 90), f"{number}.5", "ก", f"a-{rng.randint(0, 400)}", "2566", "1", "ข้อความ"]
        for _ in range(rng.choice((0, 0, 1, 3))):
            position = rng.randrange(len(row))
            row[position] = rng.choice(NUMBERS if names[position] in ("number", "amount", "other") else TEXTS)
        writer.writerow(_shaped(row, rng))
        if rng.random() < 0.05:
            text.write(line_end)
    return (b"\xef\xbb\xbf" if bom else b"") + text.getvalue().encode()


def _shaped(row: list[str], rng: Random) -> list[str]:
    if rng.random() < 0.05:
        return row[: rng.randrange(1, len(row))]
    if rng.random() < 0.05:
        return [*row, "เกินมา", ""]
    return [""] * len(row) if rng.random() < 0.02 else row


def two_tables(seed: int, dialect: Mapping[str, Any] | None = None, **form: Any) -> list[TableSource]:
    other = {**SCHEMA, "foreignKeys": [{"fields": ["id"], "reference": {"resource": "one", "fields": ["id"]}}]}
    given = dict(dialect) if dialect else None
    return [
        TableSource("one", SCHEMA, faulty_table(seed, **form), given),
        TableSource("other", other, faulty_table(seed + 1, **form), given),
    ]


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize(
    "form", [{}, {"line_end": "\r\n"}, {"bom": True}, {"delimiter": "\t"}], ids=["plain", "CRLF", "BOM", "tab"]
)
@pytest.mark.parametrize("seed", range(3))
def test_every_kind_of_fault(seed: int, form: dict[str, Any]) -> None:
    sources = two_tables(seed, {"delimiter": form.get("delimiter", ",")}, **form)
    engines, found = check(sources, Engine.LARGE)
    assert {*engines.values()} == {Engine.LARGE}
    assert found == check(sources, Engine.STANDARD)[1]
    assert {finding.type for finding in found["one"]} == {*FindingType} - OF_HEADING


@pytest.mark.parametrize("which", ["one", "other"])
def test_references_between_engines(which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = two_tables(7)
    expected = check(sources, Engine.STANDARD)[1]
    monkeypatch.setattr(tableschema, "_is_large", lambda source, _: source.name == which)
    engines, found = check(sources, Engine.LARGE)
    assert engines[which] is Engine.LARGE
    assert len({*engines.values()}) == 2
    assert found == expected


def test_rows_that_were_read_already() -> None:
    sources = two_tables(8)
    given = [
        TableSource(s.name, s.schema, s.data, rows=[row for _, rows in s.chunks() for row in rows]) for s in sources
    ]
    engines, found = check(given, Engine.LARGE)
    assert {*engines.values()} == {Engine.LARGE}
    assert found == check(sources, Engine.STANDARD)[1]


@pytest.mark.parametrize("type_", ["integer", "number", "year", "boolean", "string", "date"])
def test_keys_written_differently(type_: str) -> None:
    texts = [
        *NUMBERS,
        "-1",
        " -1",
        "-๑",
        "2566",
        "๒๕๖๖",
        "true",
        "TRUE",
        "2018-09-27",
        "2018-9-27",
        "18446744073709551617",
    ]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b"], *itertools.product(texts, ["x", "", "y"]), *([t, "x"] for t in texts)])
    fields = [{"name": "a", "type": type_, "constraints": {"unique": True}}, {"name": "b", "type": "string"}]
    keys = [{"fields": ["a"], "reference": {"resource": "to", "fields": ["a"]}}]
    target = {"fields": fields, "primaryKey": ["a"]}
    sources = [
        TableSource("one", {"fields": fields, "primaryKey": ["a", "b"], "foreignKeys": keys}, text.getvalue().encode()),
        TableSource("to", target, "a,b\n1,\n๑,\n-1,\n2566,\nTRUE,\n2018-09-27,\nNaN,\n".encode()),
    ]
    engines, found = check(sources, Engine.LARGE)
    assert {*engines.values()} == {Engine.LARGE}
    assert found == check(sources, Engine.STANDARD)[1]


ODD: dict[str, bytes] = {
    "quotation mark in a cell": b'a\nx"y\n',
    "text behind a quotation": b'a\n"x"y\n',
    "quotation never closed": b'a\n"x\n',
    "lone carriage return": b"a\rx\r",
    "NUL": b"a\nx\0\n",
    "not UTF-8": b"a\nx\xff\n",
    "not UTF-8 in a cell too many": b"a\nx,\xff\n",
    "not UTF-8 in the heading": b"\xff\nx\n",
    "byte order mark inside": b"a\n\xef\xbb\xbfx\n",
    "long cell": b"a\n" + b"x" * 200_000 + b"\n",
    "nothing": b"",
    "heading alone": b"a\n",
    "no line end at the end": b"a\nx",
    "blank line at the end": b"a\nx\n\n",
    "blank lines alone": b"\n\n\n",
    "quotation at the end": b'a\n"x"',
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("missing", [[""], []])
def test_odd_file_is_read_as_the_standard_engine_reads_it(data: bytes, missing: list[str]) -> None:
    field = {"name": "a", "type": "string", "constraints": {"maxLength": 0}}
    sources = [TableSource("odd", {"fields": [field], "missingValues": missing}, data)]
    assert outcome(sources, Engine.LARGE) == outcome(sources, Engine.STANDARD)


def test_generated_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    engines: list[Engine] = []
    for seed in range(1, CASES + 1):
        case, rng = case_of(seed), Random(seed)  # noqa: S311 (no secret)
        monkeypatch.setattr(large, "_PART", rng.choice((1, 64, 1 << 24)))
        monkeypatch.setattr(large, "BLOCK", rng.choice((0, 1 << 24)))
        monkeypatch.setattr(records, "BLOCK", rng.choice((128, 1 << 20)))
        monkeypatch.setattr(detectors, "_FEW", rng.choice((0, 2, 512)))
        by_table, found = check(case.sources, Engine.LARGE)
        assert found == check(case.sources, Engine.STANDARD)[1], seed
        engines += by_table.values()
    assert engines.count(Engine.LARGE) > CASES / 2


@pytest.mark.parametrize(
    ("rows", "dialect"),
    [
        ([["1"]], {}),  # others than the file has
        ([["1"], ["x"]], {"commentChar": "#"}),
    ],
)
def test_rows_that_were_read_before_and_differ_from_the_file_are_for_the_standard_engine(
    rows: list[list[str]], dialect: dict[str, Any]
) -> None:
    schema = {"fields": [{"name": "a", "type": "integer"}]}
    sources = [TableSource("t", schema, b"a\n1\nx\n", dialect, rows=rows)]
    engines, found = check(sources, Engine.LARGE)
    assert engines == {"t": Engine.STANDARD}
    assert [finding.row for finding in found["t"]] == [number for number, row in enumerate(rows, 2) if row == ["x"]]


def test_large_tables_are_for_the_large_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tableschema, "LARGE", 5)
    engines = {table.name: table.engine for table in check_tables(sources_of(VALID)) if list(table.findings) == []}
    assert {*engines.values()} == {Engine.LARGE, Engine.STANDARD}
    assert {*check(sources_of(VALID), Engine.STANDARD)[0].values()} == {Engine.STANDARD}


def test_without_polars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tableschema, "find_spec", lambda name: None)
    monkeypatch.setattr(tableschema, "LARGE", 0)
    assert {table.engine for table in check_tables(sources_of(VALID)) if not list(table.findings)} == {Engine.STANDARD}
    with fails("extra_missing"):
        list(check_tables(sources_of(VALID), Engine.LARGE))


def _short_texts() -> list[str]:
    ascii_texts = [chr(i) for i in range(128)]
    signs = list("059+-._ \t\n\x1feEnaifty\xa0๕")
    pairs = map("".join, itertools.product(ascii_texts, repeat=2))
    return [*ascii_texts, *pairs, *map("".join, itertools.product(signs, repeat=3))]


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text.strip())
    except (ValueError, ArithmeticError):
        return False
    return True


@pytest.mark.parametrize(("type_", "read"), [("integer", int), ("number", Decimal)])
def test_number_that_polars_accepts_is_one(type_: str, read: Callable[[str], object]) -> None:
    good = accepted("text", {"name": "text", "type": type_}, frozenset())
    texts = pl.DataFrame({"text": _short_texts()}).filter(good)["text"].to_list()
    assert "5" in texts
    assert [text for text in texts if not _reads(read, text)] == []


@pytest.mark.parametrize(
    "pattern", [r"\d", "a++", "(?P<x>a)", "a{,2}", "[a-z&&b]", "a$b", "(?i)a", ".*", r"[a\d]", "a{2,1}"]
)
def test_pattern_that_may_mean_something_else_is_not_for_polars(pattern: str) -> None:
    field = {"name": "text", "type": "string", "constraints": {"pattern": pattern}}
    good = accepted("text", field, frozenset())
    assert good is None or not pl.DataFrame({"text": ["a", "5", ""]}).select(good.any()).item()


def test_extra_has_what_the_engine_imports() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert all(f'"{name}>=' in project.partition("\nlarge = [")[2].partition("]")[0] for name in ("numpy", "polars"))
