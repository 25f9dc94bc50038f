"""Our Table Schema engines against frictionless: generated packages, judged by both, compared finding by finding.

``python -m tests.differential --cases 20000 --seed 1`` judges the cases 1 to 20,000, and ``--cases 1 --seed 77`` case
77 again: a case is its seed. What is not generated, or put to frictionless in other words, is where it is wrong
(``docs/en/table-schema.md``); each such place says so, and ``test_differential.py`` has the test.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from khelang_opendata.tableschema import Engine, Finding, TableSource, check_tables, columns, compiled, dialect
from khelang_opendata.tableschema.official_profile import comparable
from khelang_opendata.tableschema.xsd_patterns import translated
from tests.seeds import again, arguments, repeatable

JsonObject = dict[str, Any]
Found = tuple[str, str, int, str | None, str | None]
"""A finding as it is compared: table, type, row, field, cell."""

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
ENOUGH = 10
"""Differing cases after which a run stops, to show the smallest."""


@dataclass(frozen=True)
class Case:
    """A package, and how finely we read it: nothing may depend on where a chunk ends or on what is remembered."""

    seed: int
    sources: tuple[TableSource, ...]
    chunk: int
    remembered: int

    @property
    def size(self) -> int:
        """How much there is to look at for one who seeks a difference."""
        return len(json.dumps(package_descriptor(self.sources))) + sum(len(source.data) for source in self.sources)


@dataclass
class Column:
    """A field and the texts that its cells take."""

    field: JsonObject
    texts: list[str]
    is_key: bool = True
    """Whether frictionless can use it as a key; it fails over lists."""


# What cells hold, by type. The texts of GARBAGE are of no type but string and any.
GARBAGE = ["-", "n/a", "None", " ", "ไม่ระบุ", "x", "=1+1", "\u00a0", "#REF!", "\ufeff"]
STRINGS = [
    *("A1", "A2", "a1", "B12", "ก", "น้ำ", "น้ํา", "เก็บน้ำ", "x", "xzz", "yy", "ab", "abba", "๑๒", "12", "1", "01"),
    *("two\nlines", "two\r\nlines", "lone\rCR", 'a "quoted" word', '"', '""', "it's", "''", "a,b;c|d\te", "a\\b", "\\"),
    *("a\u2028b", "a\u2029b", "a\x85b", "a\x0bb", "\x1c", "🙂", "e\u0301", "\u200b", "é", " lead", "trail ", "0.0"),
]
INTEGERS = ["0", "1", "01", "+1", "-1", "2", "3", "5", " 5 ", "1_000", "1000", "๑", "๒๕๖๗", "１２", "-0", "9" * 30, "٣"]
NO_INTEGERS = ["1.0", "1e3", "--1", "5x6", "1 000", "1,000", "²", "0x10", "1__0", "_1", "", "9" * 5000, "½", "五"]
DRESSED = ["฿5", "5%", "$ 12", "5 บาท", "-5%", "(7)", "5-", "x", "%", "€-3"]
NUMBERS = [
    *(*INTEGERS, "1.0", "1.00", "1.50", "0.1", ".5", "5.", "1e3", "1E+3", "-1e-999999999", "1e999999", "1_0.0", "١.٥"),
    *("Infinity", "-inf", "INF", "NaN", "-nan", "NaN12", "1e-5", "00.50"),
]
# Not sNaN, over which frictionless fails as soon as it is compared; we take it for no number.
NO_NUMBERS = ["1,5", "1.000,50", "1,000.50", "1 000", "1.2.3", "1e", "e5", "1__0", "--1", "1e9999999999999999999", "½"]
GROUPED = ["1,000", "1,000.5", "1.000,5", "1 000", "1,0,0", "1.5", "1,5", "1000", "1'000", ",", "."]
# The standard has no date of fewer digits, or of other digits (2024-1-5, ๒๕๖๗-01-01), which frictionless reads.
DATES = ["2024-01-31", "2566-09-27", "2024-02-29", "0001-01-01", "9999-12-31", "2024-01-05", "2023-12-01"]
NO_DATES = [
    *(
        "๒๕๖๗-๐๑-๐๑",
        "2024-02-30",
        "2567-02-29",
        "0000-01-01",
        "10000-01-01",
        " 2024-01-01",
        "20240101",
        "2024-W01-1",
        "2024-01",
    ),
    *("2024-01-01T00:00:00", "31/01/2024", "2024/01/31", "2024-00-10", "2024-13-01", "2024-01-31 ", ""),
]
SLASHED = ["31/01/2567", "1/2/2024", "29/02/2024", "31/1/2024", "31/01/๒๕๖๗", "๓๑/๐๑/๒๕๖๗", "01/01/0001"]
# XML Schema leaves out further forms of ISO 8601 (2024-W05-3T10:00:00, 12:30:00+0000), which frictionless reads.
MOMENTS = [
    *("2024-01-31T12:30:00", "2024-01-31T12:30:01", "2566-09-27T00:00:00", "2024-01-31T24:00:00"),
    *("2024-01-31T12:30:00.123456789", "2024-01-31T12:30:00.5", "2024-01-31T24:00:00.0", "9999-12-31T23:59:59"),
]
ZONED_MOMENTS = [
    *("2024-01-31T12:30:00Z", "2024-01-31T19:30:00+07:00", "2024-01-31T12:30:00+00:00", "2024-01-31T05:30:00-07:00"),
    *("2024-01-31T12:30:00.5Z", "2024-01-31T12:30:00-00:00", "2566-09-27T00:00:00+14:00", "2024-01-31T24:00:00-13:59"),
]
NO_MOMENTS = [
    *(
        "2024-01-31T12:30",
        "2024-01-31T12:30:60",
        "2024-01-31",
        "2024-01-31T25:00:00",
        "2024-02-30T12:30:00",
        "12:30:00",
    ),
    *(
        "2024-01-31T24:00:01",
        "2024-01-31T12:30:00+25:00",
        "2024-01-31T12:30:00 ICT",
        "๒๐๒๔-๐๑-๓๑T๑๒:๓๐:๐๐",
        "20240131T123000",
    ),
    *("2024-01-31T12:30:0", "2024-01-31TT12:30:00", "2024-01-31T12:30:00 ", ""),
]
TIMES = ["12:30:00", "12:30:01", "00:00:00", "24:00:00", "23:59:59", "12:30:00.5", "12:30:00.1234567"]
ZONED_TIMES = ["12:30:00Z", "19:30:00+07:00", "12:30:00+00:00", "05:30:00-07:00"]
NO_TIMES = [
    "12:30",
    "12:30:60",
    "1:30:00",
    "25:00:00",
    "24:00:01",
    "๑๒:๓๐:๐๐",
    "123000",
    "12:30:00 ",
    "12.30.00",
    "T12:30:00",
]
# XML Schema has more years (10000, -0044), and other months, and less digits and signs (๒๕๖๗, +566, 0000, 2024-1).
YEARS = ["2024", "2566", "2567", "9999", "0566", "0001"]
NO_YEARS = ["-566", "566", "20.4", "20 4", "256x", "1__0", " 2566", "2566 ", "", "_256"]
MONTHS = ["2024-01", "2566-09", "0001-01", "20240-01", "2024-12"]
NO_MONTHS = ["2024-13", "2024-00", "2024-01-01", "2024", "2024/01", "2024-x", "-", "2024-", "", "ม.ค.-2567"]
TRUTHS = ["true", "false", "True", "FALSE", "1", "0", "TRUE", "False"]
NO_TRUTHS = ["yes", "no", "tRUE", " true", "2", "ใช่", "ไม่ใช่", "Y", "", "true "]
ITEMS: dict[str, list[str]] = {
    "string": ["a", "ก", "", " b", "A1"],
    "integer": ["1", "02", " 3", "๔", "x", "1.5", ""],
    "number": ["1.5", "2", "1e3", "NaN", "x", ""],
    "boolean": ["true", "0", "FALSE", "yes", ""],
    "date": ["2024-01-31", "2566-02-28", "2024-02-30", ""],
    "datetime": ["2024-01-31T12:30:00", "2024-01-31T12:30:00Z", "2024-01-31", ""],
    "time": ["12:30:00", "24:00:00", "12:30", ""],
}
MISSING: list[list[Any]] = [
    *([""], ["", "-"], ["-"], [], ["None", ""], ["n/a", "-", ""], ["0", ""], ["1"], [" "], ["x", "NaN"]),
    *([{"value": "-", "label": "not given"}, {"value": ""}], [{"value": "None"}]),
]
PATTERNS = [
    "[A-Z][0-9]+",
    "x|yy",
    "[ก-๛]+",
    ".{2,5}",
    "(a|b)*",
    r"\d+",
    "^A.",
    "A1$",
    ".*",
    "น้ำ|A",
    r"[^\s]+",
    "(?:x)(zz)?",
]
BOUNDS = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]


def case_of(seed: int) -> Case:
    """The case that a seed means."""
    rng = Random(seed)  # noqa: S311 (no secret)
    tables = {name: _table(rng) for name in ("plans", "units", "works")[: rng.choice((1, 1, 2, 3))]}
    schemas = {name: _schema(rng, fields) for name, fields in tables.items()}
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        name, target = rng.choice([*tables]), rng.choice([*tables])
        if key := _foreign_key(rng, tables[name], tables[target], rng.choice(("", name)) if name == target else target):
            schemas[name].setdefault("foreignKeys", []).append(key)
    sources = []
    for name, fields in tables.items():
        schemas[name]["fields"] = [column.field for column in fields]
        form = _dialect(rng)
        sources.append(TableSource(name, schemas[name], _file(rng, fields, form or {}), form))
    return Case(seed, tuple(sources), rng.choice((3, dialect.CHUNK)), rng.choice((2, 1024, 1024)))


def _table(rng: Random) -> list[Column]:
    return [_column(rng, f"field{number}") for number in range(1, rng.randint(1, 6) + 1)]


def _column(rng: Random, name: str) -> Column:
    type_ = rng.choice([*_TYPES, "string", "integer", "number"])
    options, good, wrong, limits = _TYPES[type_](rng)
    field: JsonObject = {"name": name, "type": type_, **options}
    if type_ == "any" and rng.random() < 0.3:
        del field["type"]
        limits = STRINGS
    if constraints := _constraints(rng, type_, limits):
        field["constraints"] = constraints
    if rng.random() < 0.15:
        field["missingValues"] = rng.choice(MISSING)
    return Column(field, _pool(rng, good, wrong), type_ != "list")


def _pool(rng: Random, good: Sequence[str], wrong: Sequence[str]) -> list[str]:
    """A few texts, so that they are there twice; mostly good ones, or mostly others."""
    spoilt = rng.choice((0, 0, 1, 1, 2, 5))
    pool = rng.sample(good, min(len(good), rng.randint(1, 8))) + rng.choices([*wrong, *GARBAGE], k=spoilt)
    return [*pool, ""] if rng.random() < 0.5 else pool


def _constraints(rng: Random, type_: str, limits: Sequence[Any]) -> JsonObject:
    found: JsonObject = {}
    if rng.random() < 0.3:
        found["required"] = rng.random() < 0.8
    if type_ != "list" and rng.random() < 0.2:  # frictionless fails over unique lists
        found["unique"] = rng.random() < 0.9
    if type_ in ("string", "list"):
        found |= {name: rng.randint(0, 4) for name in ("minLength", "maxLength") if rng.random() < 0.2}
    if type_ == "string" and rng.random() < 0.3:
        found["pattern"] = rng.choice(PATTERNS)
    if type_ != "list" and rng.random() < 0.15:
        found["enum"] = _alike(rng.choices(limits, k=rng.randint(1, 4)), is_any=type_ == "any")
    if type_ not in ("string", "any", "boolean", "list"):
        found |= {name: rng.choice(limits) for name in BOUNDS if rng.random() < 0.15}
    # Nothing lies within a bound of NaN; frictionless fails over one.
    return {name: limit for name, limit in found.items() if name not in BOUNDS or "nan" not in str(limit).lower()}


def _alike(values: list[Any], *, is_any: bool) -> list[Any]:
    """Different values of one kind, texts or others, as the standard's profile has it of all types but one."""
    kept = values if is_any else [value for value in values if isinstance(value, str) == isinstance(values[0], str)]
    return [value for place, value in enumerate(kept) if comparable(value) not in map(comparable, kept[:place])]


Kind = tuple[JsonObject, Sequence[str], Sequence[str], Sequence[Any]]
"""Options of a field, texts of its type, texts that are not, and values for constraints."""


def _string(_: Random) -> Kind:
    return {}, STRINGS, INTEGERS, STRINGS


def _any(_: Random) -> Kind:
    return {}, STRINGS + INTEGERS, DATES, [*STRINGS, *INTEGERS, 1, 1.5, True, ["a"]]


def _integer(rng: Random) -> Kind:
    if rng.random() < 0.3:
        return {"bareNumber": False}, INTEGERS + DRESSED, NO_INTEGERS, [1, 2, 5, 5.0, -3, "5", "$5", "12%"]
    return rng.choice(({}, {"bareNumber": True})), INTEGERS, NO_INTEGERS, [0, 1, 3, 5.0, -3, 10**20, "1", " 5 ", "๓"]


def _number(rng: Random) -> Kind:
    good, wrong, limits = NUMBERS, NO_NUMBERS, [0, 1, 1.5, 0.1, -3, 1e3, "1.5", "-Infinity", "1e3", "NaN"]
    match rng.randint(1, 6):
        case 1:
            return {"bareNumber": False}, NUMBERS + DRESSED, wrong, [1, 1.5, "$1", "5%"]
        case 2:
            return {"groupChar": ","}, NUMBERS + GROUPED, wrong, [1, 1.5, 1000, "1,000", "1,000.5"]
        case 3:
            return {"decimalChar": ","}, INTEGERS + GROUPED, wrong, [1, 1.5, 1e3, "1,5", "1000"]
        case 4:
            return {"groupChar": ".", "decimalChar": ","}, INTEGERS + GROUPED, wrong, [1, 1.5, "1.000,5", "1,5"]
    return {}, good, wrong, limits


def _boolean(rng: Random) -> Kind:
    if rng.random() < 0.3:
        options = {"trueValues": ["ใช่", "yes", "1"], "falseValues": ["ไม่ใช่", "no", "1" if rng.random() < 0.2 else "0"]}
        return options, ["ใช่", "yes", "1", "no", "0", "ไม่ใช่"], TRUTHS, [True, False, "yes"]
    return {}, TRUTHS, NO_TRUTHS, [True, False, "true", "0"]


def _date(rng: Random) -> Kind:
    if rng.random() < 0.3:
        prefix = rng.choice(("", "fmt:"))
        return {"format": f"{prefix}%d/%m/%Y"}, SLASHED, DATES + NO_DATES, ["31/01/2567", "1/2/2024"]
    return rng.choice(({}, {"format": "default"})), DATES, NO_DATES, DATES


def _datetime(rng: Random) -> Kind:
    # With a zone or without, not both: frictionless fails over comparing them.
    if rng.random() < 0.2:
        good = ["31/01/2567 12:30", "1/2/2024 0:05", "31/1/2024 23:59"]
        return {"format": "%d/%m/%Y %H:%M"}, good, NO_MOMENTS + MOMENTS, good
    if rng.random() < 0.5:
        return {}, MOMENTS, NO_MOMENTS, MOMENTS
    return {}, ZONED_MOMENTS, NO_MOMENTS, ZONED_MOMENTS


def _time(rng: Random) -> Kind:
    if rng.random() < 0.2:
        return {"format": "%H.%M"}, ["12.30", "0.05", "23.59"], NO_TIMES + TIMES, ["12.30", "0.05"]
    good = TIMES if rng.random() < 0.5 else ZONED_TIMES
    return {}, good, NO_TIMES, good


def _year(_: Random) -> Kind:
    return {}, YEARS, NO_YEARS, [2024, 2566, 99, "2566", "0566"]


def _yearmonth(_: Random) -> Kind:
    return {}, MONTHS, NO_MONTHS, MONTHS


def _list(rng: Random) -> Kind:
    type_, delimiter = rng.choice([*ITEMS]), rng.choice((",", ";", "|", "--"))
    options = {"itemType": type_} | ({"delimiter": delimiter} if delimiter != "," or rng.random() < 0.5 else {})
    texts = [delimiter.join(rng.choices(ITEMS[type_], k=rng.randint(1, 5))) for _ in range(8)]
    return options, texts, ["a,b", ";", ",", "1,2"], []


_TYPES = {
    "string": _string,
    "any": _any,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "year": _year,
    "yearmonth": _yearmonth,
    "list": _list,
}


def _schema(rng: Random, fields: Sequence[Column]) -> JsonObject:
    schema: JsonObject = {}
    if rng.random() < 0.3:
        schema["missingValues"] = rng.choice(MISSING)
    names = [column.field["name"] for column in fields if column.is_key]
    if names and rng.random() < 0.5:
        key = rng.sample(names, min(len(names), rng.choice((1, 1, 2, 3))))
        schema["primaryKey"] = key[0] if len(key) == 1 and rng.random() < 0.5 else key
    return schema


def _foreign_key(rng: Random, here: Sequence[Column], there: Sequence[Column], resource: str) -> JsonObject | None:
    """A key from some fields to others, most of which become alike, for otherwise they never have the same value."""
    own, other = [c for c in here if c.is_key], [c for c in there if c.is_key]
    width = min(len(own), len(other), rng.choice((1, 1, 2)))
    if not width:
        return None
    pairs = [*zip(rng.sample(own, width), rng.sample(other, width), strict=True)]
    for column, target in pairs:
        if rng.random() < 0.8:
            alike = {name: value for name, value in target.field.items() if name != "constraints"}
            column.field = {**alike, "name": column.field["name"]}
            text = rng.choice(column.texts) if rng.random() < 0.3 else ""  # not other digits, which are no year to us
            column.texts = [*target.texts, text] if text.isascii() and text else target.texts
    names, targets = [c.field["name"] for c, _ in pairs], [c.field["name"] for _, c in pairs]
    if width == 1 and rng.random() < 0.5:
        return {"fields": names[0], "reference": {"resource": resource, "fields": targets[0]}}
    return {"fields": names, "reference": {"resource": resource, "fields": targets}}


def _dialect(rng: Random) -> JsonObject | None:
    """Not an empty ``quoteChar``: frictionless, which means it to quote nothing, fails over it."""
    if rng.random() < 0.5:
        return None
    choices: JsonObject = {
        "delimiter": rng.choice((",", ";", "\t", "|")),
        "quoteChar": rng.choice(('"', "'")),
        "doubleQuote": rng.choice((True, False)),
        "escapeChar": "\\",
        "skipInitialSpace": rng.choice((True, False)),
        "lineTerminator": "\n",
        "header": rng.choice((True, False)),
    }
    return {name: value for name, value in choices.items() if rng.random() < 0.4}


def _file(rng: Random, fields: Sequence[Column], form: JsonObject) -> bytes:
    """A well-formed file; what is not, we refuse, and frictionless reads somehow."""
    end = rng.choice(("\n", "\n", "\r\n", "\r"))
    quoting = rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    text = io.StringIO(newline="")
    if form.get("header", True):
        text.write(_record([column.field["name"] for column in fields], form, quoting) + end)
    least = 0 if text.tell() else 1  # frictionless refuses an empty file
    for _ in range(rng.randint(least, rng.choice([3, 10, 25] * 10 + [150]))):
        mixed = rng.choice(("\n", "\r\n", "\r")) if rng.random() < 0.05 else end
        text.write(_row(rng, fields, form, quoting) + mixed)
    whole = text.getvalue()
    if rng.random() < 0.2 and whole.rstrip("\r\n"):
        whole = whole.removesuffix(end)
    return ("\ufeff" * (rng.random() < 0.1) + whole).encode()


def _row(rng: Random, fields: Sequence[Column], form: JsonObject, quoting: int) -> str:
    kind = rng.random()
    if kind < 0.03:
        return rng.choice(("", "", " ", form.get("delimiter", ",") * (len(fields) - 1)))
    cells = [rng.choice(column.texts) for column in fields]
    if kind < 0.06:
        cells = cells[: rng.randint(1, len(cells))]
    elif kind < 0.09:
        cells += rng.choices(STRINGS, k=rng.randint(1, 3))
    elif kind < 0.11:
        cells = [rng.choice(("", "-", "None")) for _ in fields]
    return _record(cells, form, quoting)


def _record(cells: Iterable[str], form: JsonObject, quoting: int) -> str:
    text = io.StringIO(newline="")
    csv.writer(
        text,
        delimiter=form.get("delimiter", ","),
        quotechar=form.get("quoteChar", '"'),
        doublequote=form.get("doubleQuote", True) or "escapeChar" not in form,
        escapechar=form.get("escapeChar"),
        quoting=quoting,  # type: ignore[arg-type]
        lineterminator="\r\n",
    ).writerow(cells)
    return text.getvalue().removesuffix("\r\n")


# Judging


def ours(case: Case, engine: Engine | None = None) -> dict[str, tuple[Engine, list[Finding]]]:
    """What an engine of ours finds, and which engine it was, table by table."""
    with _limits(case):
        return {c.name: (c.engine, list(c.findings)) for c in check_tables(case.sources, engine)}


@contextmanager
def _limits(case: Case) -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(patch.object(dialect, "CHUNK", case.chunk))
        stack.enter_context(patch.object(compiled, "CHUNK", case.chunk))
        stack.enter_context(patch.object(columns, "_REMEMBERED", case.remembered))
        yield


def counted(found: dict[str, tuple[Engine, list[Finding]]]) -> Counter[Found]:
    """Findings as they are compared."""
    return Counter((t, str(f.type), f.row, f.field, f.cell) for t, (_, findings) in found.items() for f in findings)


def findings_of_frictionless(sources: Sequence[TableSource], *, as_meant: bool = True) -> Counter[Found]:
    """What frictionless finds in files, as a user runs it; ``as_meant`` gives it patterns that it does not mistake."""
    from frictionless import Package  # noqa: PLC0415 (170 ms to import)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "datapackage.json")
        path.write_text(json.dumps(package_descriptor(sources, as_meant=as_meant)), encoding="utf-8")
        for source in sources:
            Path(folder, f"{source.name}.csv").write_bytes(source.data)
        report = Package(str(path)).validate(limit_errors=10**9)
    assert not report.errors, report.errors
    return Counter((task.name, *_error(error)) for task in report.tasks for error in task.errors)


def _error(error: Any) -> tuple[str, int, str | None, str | None]:
    """An error of frictionless's, with the cell as it is in the file also where a value is there twice."""
    row, cell = getattr(error, "row_number", 0), getattr(error, "cell", None)
    if error.type == "unique-error":
        cell = error.cells[error.field_number - 1]
    return error.type, row, getattr(error, "field_name", None) or None, cell


def package_descriptor(sources: Sequence[TableSource], *, as_meant: bool = True) -> JsonObject:
    """The package's descriptor for frictionless, which guesses nothing where everything is given."""
    all_given = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False, "header": True}
    resources = [
        {
            "name": source.name,
            "type": "table",
            "path": f"{source.name}.csv",
            "encoding": "utf-8",
            "dialect": {**all_given, **(source.dialect or {})},
            "schema": _as_meant(source.schema) if as_meant else source.schema,
        }
        for source in sources
    ]
    return {"$schema": PROFILE, "name": "generated", "resources": resources}


def _as_meant(schema: JsonObject) -> JsonObject:
    """A schema that means to frictionless what it means to the standard.

    A pattern is of the whole text, whatever is alternative; the parts of a primary key are required.
    """
    meant = deepcopy(schema)
    key = meant.get("primaryKey", ())
    for field in meant["fields"]:
        constraints = field.setdefault("constraints", {})
        if "pattern" in constraints:
            constraints["pattern"] = rf"(?:{translated(constraints['pattern']).pattern})\Z"
        if field["name"] in ([key] if isinstance(key, str) else key):
            constraints["required"] = True
    return meant


@dataclass
class Difference:
    """A case on which the engines do not agree."""

    case: Case
    more: Counter[Found]
    less: Counter[Found]

    def __str__(self) -> str:
        lines = [again("differential", self.case.seed)]
        lines += [f"  chunks of {self.case.chunk}, {self.case.remembered} texts remembered"]
        lines += [f"  only we: {count} x {found}" for found, count in self.more.items()]
        lines += [f"  only frictionless: {count} x {found}" for found, count in self.less.items()]
        lines += [] if self.more or self.less else ["  our findings are not in the order of the rows"]
        lines.append(json.dumps(package_descriptor(self.case.sources), ensure_ascii=False))
        return "\n".join([*lines, *(f"{source.name}.csv = {source.data!r}" for source in self.case.sources)])


@dataclass
class Tally:
    """What a run has seen."""

    cases: int
    tables: Counter[Engine]
    findings: Counter[str]


def judge(seed: int, tally: Tally, engine: Engine | None = None) -> Difference | None:
    """Compare our findings in a case with frictionless's, and count them."""
    case = case_of(seed)
    with repeatable("differential", seed):
        found, theirs = ours(case, engine), findings_of_frictionless(case.sources)
    mine = counted(found)
    tally.cases += 1
    tally.tables.update(by for by, _ in found.values())
    tally.findings.update(type_ for _, type_, *_ in mine.elements())
    in_order = all([f.row for f in findings] == sorted(f.row for f in findings) for _, findings in found.values())
    return None if mine == theirs and in_order else Difference(case, mine - theirs, theirs - mine)


def main() -> int:
    """Judge as many cases as the arguments ask for; 1 where one differs."""
    parser = arguments("Our Table Schema engines against frictionless.", 400)
    parser.add_argument("--engine", type=Engine, choices=list(Engine), help="by default the fastest")
    args = parser.parse_args()
    tally, differences = Tally(0, Counter(), Counter()), []
    for seed in range(args.seed, args.seed + args.cases):
        if difference := judge(seed, tally, args.engine):
            differences.append(difference)
        if len(differences) == ENOUGH:
            break
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{tally.cases:,} of {args.cases:,} cases, {len(differences)} differ ")
    sys.stdout.write(f"Cases {args.seed} to {args.seed + tally.cases - 1}: {len(differences)} differ.\n")
    sys.stdout.write(f"Tables by engine: {_counts(tally.tables)}\nFindings: {_counts(tally.findings)}\n")
    if differences:
        sys.stdout.write(f"{min(differences, key=lambda difference: difference.case.size)}\n")
    return 1 if differences else 0


def _counts(counter: Counter[Any]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counter.most_common())


if __name__ == "__main__":
    sys.exit(main())
