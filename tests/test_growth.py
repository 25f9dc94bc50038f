"""Ten times the input is not a hundred times the work.

What is counted is work, lines of Python that are run and comparisons of texts, so that no clock is asked; the benchmark
``growth`` measures time. What makes work less must not change what is found: it is compared with the plainest way.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, ClassVar

import pytest

from benchmarks.growth import DIRECTIONS, FACTOR, MOST, write_growth
from benchmarks.work import KINDS
from khelang_opendata import Issue, Package, Severity, load_family, validate
from khelang_opendata.diff.compare import _changed
from khelang_opendata.diff.keyed_tables import KeyedTable, _check_shape
from khelang_opendata.formats.joins import Joins
from khelang_opendata.model import thai
from khelang_opendata.model.report import Location
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Resource, Table
from khelang_opendata.package.edition import Edition, ReleasedTable
from khelang_opendata.render.excerpt import Sheets, excerpt_of
from khelang_opendata.render.reports import ReportFormat, render_report
from khelang_opendata.standard.family import CURRENT
from khelang_opendata.tableschema import Engine, TableSource, check_tables, compiled
from khelang_opendata.validation import codes
from khelang_opendata.validation.catalogue import rule, rules
from khelang_opendata.validation.errata import Errata
from khelang_opendata.validation.headings import HeadedTable, check_headings
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules import arithmetic
from khelang_opendata.validation.rules.arithmetic import printed_subtotal_differs
from khelang_opendata.validation.rules.logic import unit_differs
from khelang_opendata.validation.rules.trees import lineage, parents_of
from tests.conftest import VALID, fails, issues_of
from tests.releases import DAY

SMALL = 30
A_FEW_LINES = 4000
"""Lines that one run may take more than another for no reason of growth."""

COUNTED = [
    *("columns-unknown", "columns-repeated", "columns-near", "columns-and-short-rows", "columns-and-blank-rows"),
    *("rows-of-wrong-type", "rows-unknown-code", "rows-broken-reference", "rows-same-key", "rows-quoted"),
    *("errata-unmatched", "errata-matching", "errata-open", "errata-of-values"),
    *("units-deep", "units-deep-said-otherwise", "units-deepest", "units-ring", "units-star"),
    *("missions-deep", "missions-ring", "projects-ring", "totals", "progress"),
    *("resources-wrong", "resources-derived", "keywords-mixed", "keywords-objects", "roles-mixed", "contributors"),
    *("e-mail-labels", "name", "cell-id", "cells-of-money", "cells-of-words"),
    *("report-resources", "report-rows", "diff-cells", "diff-rows-changed"),
]


def lines_run(call: Callable[[], object]) -> int:
    """How many lines of Python a call runs, ours and those of the libraries."""
    count = 0

    def trace(_: object, event: str, __: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def work_of(name: str, n: int, folder: Path) -> int:
    paths = [str(path) for path in write_growth(folder / str(n), name, n)]
    for remembered in (
        codes._nearest,
        arithmetic._wrong_words,
        thai.printed_amounts,
        thai.in_words,
        compiled._compiled,
    ):
        remembered.cache_clear()
    return lines_run(lambda: KINDS[DIRECTIONS[name].work](paths))


@pytest.mark.parametrize("name", COUNTED)
def test_ten_times_the_input_is_not_much_more_than_ten_times_the_work(name: str, tmp_path: Path) -> None:
    for size in (1, SMALL):  # what is imported and compiled once is no part of it
        work_of(name, size, tmp_path / "before")
    nothing, some, more = (work_of(name, size, tmp_path) for size in (1, SMALL, FACTOR * SMALL))
    assert more - nothing <= MOST * max(some - nothing, A_FEW_LINES), (nothing, some, more)


def table_of(n: int, **schema: object) -> TableSource:
    names = [f"c{k}" for k in range(n)]
    data = "\n".join([",".join(names), *[",".join("1" for _ in names)] * 2, ""]).encode()
    return TableSource("t", {"fields": [{"name": name} for name in names], **schema}, data)


def unique_columns(n: int) -> list[TableSource]:
    table = table_of(n)
    fields = [{**field, "constraints": {"unique": True}} for field in table.schema["fields"]]
    return [replace(table, schema={"fields": fields})]


def references(n: int) -> list[TableSource]:
    """As many foreign keys as columns, each to another column."""
    keys = [{"fields": [f"c{k}"], "reference": {"fields": [f"c{(k + 1) % n}"]}} for k in range(n)]
    return [table_of(n, foreignKeys=keys)]


def references_to_one(n: int) -> list[TableSource]:
    key = {"fields": ["c0"], "reference": {"resource": "u", "fields": ["c0"]}}
    return [table_of(1, foreignKeys=[key] * n), replace(table_of(1), name="u")]


def tables_in_a_ring(n: int) -> list[TableSource]:
    keys = ({"fields": ["c0"], "reference": {"resource": f"t{(k + 1) % n}", "fields": ["c0"]}} for k in range(n))
    return [replace(table_of(1, foreignKeys=[key]), name=f"t{k}") for k, key in enumerate(keys)]


TABLES: dict[str, Callable[[int], list[TableSource]]] = {
    "unique columns": unique_columns,
    "unique keys": lambda n: [table_of(n, uniqueKeys=[[f"c{k}"] for k in range(n)])],
    "a key of many columns": lambda n: [table_of(n, primaryKey=[f"c{k}" for k in range(n)])],
    "references": references,
    "references to one": references_to_one,
    "tables": tables_in_a_ring,
    "categories": lambda n: [
        TableSource("t", {"fields": [{"name": "a", "type": "integer", "categories": [*range(n)]}]}, b"a\n" + b"1\n" * n)
    ],
    "columns in another order": lambda n: [
        replace(t := table_of(n), schema={"fields": t.schema["fields"][::-1], "fieldsMatch": "equal"})
    ],
    "labels that are none": lambda n: [replace(table_of(n), schema={"fields": [{"name": f"d{k}"} for k in range(n)]})],
}


@pytest.mark.parametrize("engine", [None, Engine.LARGE], ids=["fastest", "large"])
@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_ten_times_as_many_is_not_much_more_than_ten_times_the_work(
    name: str, engine: Engine | None
) -> None:
    def work(n: int) -> int:
        sources = TABLES[name](n)
        compiled._compiled.cache_clear()
        return lines_run(lambda: [list(check.findings) for check in check_tables(sources, engine)])

    work(SMALL)
    some, more = work(SMALL), work(FACTOR * SMALL)
    assert more <= MOST * max(some, A_FEW_LINES), (some, more)


@pytest.mark.parametrize("name", ["unique columns", "references", "unique keys"])
def test_thousands_of_columns_take_seconds_in_every_engine(name: str) -> None:
    """polars looks through all columns for each, which no line of Python shows."""
    for engine in (None, Engine.LARGE):
        start = perf_counter()
        for check in check_tables(TABLES[name](9074), engine):
            list(check.findings)
        assert perf_counter() - start < 20


class Label(str):
    """A text that counts how often any is compared with another."""

    __slots__ = ()
    compared: ClassVar[int] = 0

    def __eq__(self, other: object) -> bool:
        Label.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


@pytest.fixture
def labels(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(Label, "compared", 0)
    return [Label(f"extra_{k}") for k in range(1000)]


def known(table: str) -> list[str]:
    return [*load_family().tables[table].field_by_name]


@pytest.mark.parametrize("kind", ["different", "doubled"])
def test_a_label_is_not_compared_with_all_before_it(labels: list[str], kind: str) -> None:
    again = [Label(f"extra_{k}") for k in range(1000)] if kind == "doubled" else []
    header = [*known("risk_factors"), *labels, *again]
    _, issues = check_headings({"risk_factors": Table(header, [], b"", None)}, load_family())
    assert len(issues) == len(labels) + len(again)
    assert Label.compared < 10 * len(header)


def test_columns_of_two_tables_are_not_each_compared_with_all(labels: list[str]) -> None:
    old, new = [*known("targets"), *labels], [*known("targets"), *labels[::-1][:-1], Label("other")]
    for header in (old, new):
        _check_shape(Table(header, [], b"", None), ("project_id", "target_no"), {"package": "", "table": "targets"})
    rows = [["1"] * len(old)]
    changes = _changed(
        "targets", ("project_id",), known("targets"), *(KeyedTable(h, rows, {("1",): 0}) for h in (old, new))
    )
    assert changes and (changes.columns_added, changes.columns_removed) == (("other",), ("extra_0",))
    assert Label.compared < 20 * len(old)


def test_an_excerpt_does_not_look_through_the_heading_for_each_issue(labels: list[str]) -> None:
    package = Package.load(VALID)
    (resource,) = (r for r in package.resources if r.name == "targets")
    rows = [["x"] * (len(labels) + 8)] * len(labels)
    vars(resource)["table"] = Table([*known("targets"), *labels], rows, b"", None)
    sheets = Sheets(package)
    for row in range(2, len(labels) + 2):
        found = rule("type_wrong").issue(Location("targets", row, row, f"extra_{row - 2}", "x"), variant="integer")
        made = excerpt_of(sheets, found, CURRENT)
        assert made is not None and [c.label for c in made.columns if c.marked] == [f"extra_{row - 2}"]
    assert Label.compared < 20 * len(labels)


class Resources(tuple[Resource, ...]):
    """Resources that count how often they are gone through."""

    __slots__ = ()
    gone_through: ClassVar[int] = 0

    def __iter__(self) -> Iterator[Resource]:
        Resources.gone_through += 1
        return super().__iter__()


@pytest.mark.parametrize("name", ["resources-wrong", "resources-unknown"])
def test_resources_are_not_gone_through_for_each_problem(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Resources, "gone_through", 0)
    package = Package.load(write_growth(tmp_path, name, 50)[1])
    package = replace(package, resources=Resources(package.resources))
    report = validate(package)
    assert report.errors >= 50
    for form in ReportFormat:
        render_report(report, package, form, Language.EN)
    assert Resources.gone_through < 20


def headed(name: str, rows: Iterable[Mapping[str, str]]) -> HeadedTable:
    schema = load_family().tables[name]
    header = [*schema.field_by_name]
    cells = [[row.get(column, "") for column in header] for row in rows]
    return HeadedTable(schema, Table(header, cells, b"", None), tuple(schema.fields))


def plan_of(**tables: Iterable[Mapping[str, str]]) -> Plan:
    made = {name: headed(name, rows) for name, rows in tables.items()}
    return Plan(Package.load(VALID), load_family(), made)


def plainly_differs(plan: Plan, printed: str, lead: str) -> bool:
    """Whether no name of the lead unit, or of those above it below the root, has the printed word."""
    first = re.search(r"[^\s()\[\]*]+", printed)
    word = first[0].removesuffix("ฯ") if first else ""
    parents = parents_of(plan, "units", "parent_unit_id")
    line = list(lineage(lead, parents))
    if not word or not line or line[-1] in parents:
        return False
    found = [record for id_ in line[:-1] or line if (record := plan.find("units", id_))]
    names = ["".join((record.text("name_th") or "").split()) for record in found]
    return bool(names) and not any(word in name for name in names)


@pytest.mark.parametrize("seed", range(60))
def test_units_are_compared_as_the_plainest_way_does(seed: int) -> None:
    """On trees, rings and leads that are no units; with few words and with many."""
    rng = Random(seed)  # noqa: S311 (a test)
    ids = [f"U{k}" for k in range(rng.randint(1, 9))]
    parts = ["กอง", "คลัง", "ช่าง", "งาน", "ก", " "]
    units = [
        {
            "unit_id": id_,
            "name_th": "".join(rng.choices(parts, k=rng.randint(0, 3))),
            "parent_unit_id": rng.choice([*ids, "", "", ""]) if seed % 2 else rng.choice(["", *ids[:place]]),
        }
        for place, id_ in enumerate(ids)
    ]
    count = rng.choice([3, 300])
    printed = [
        "".join(rng.choices([*parts[:-1], "ฯ"], k=rng.randint(0, 5))) + rng.choice(["", " (x)"]) for _ in range(count)
    ]
    projects = [
        {"project_id": f"P{k}", "summary_unit_printed": text, "lead_unit_id": rng.choice([*ids, "no", ""])}
        for k, text in enumerate(printed)
    ]
    plan = plan_of(units=units, projects=projects)
    expected = [
        k for k, p in enumerate(projects, 2) if plainly_differs(plan, p["summary_unit_printed"], p["lead_unit_id"])
    ]
    assert [found.location.row for found in unit_differs(plan)] == expected


@pytest.mark.parametrize("seed", range(40))
def test_missions_are_added_up_as_the_plainest_way_does(seed: int) -> None:
    rng = Random(seed)  # noqa: S311 (a test)
    ids = [f"M{k}" for k in range(rng.randint(1, 8))]
    missions = [{"mission_id": id_, "parent_mission_id": rng.choice([*ids, "", ""])} for id_ in ids]
    projects = [{"project_id": f"P{k}", "mission_id": rng.choice([*ids, ""])} for k in range(12)]
    amounts = {p["project_id"]: rng.choice([0, 1, 10, 100]) for p in projects}
    budgets = [
        {"project_id": id_, "fiscal_year_be": "2562", "amount_thb": str(amount), "budget_status": "budgeted"}
        for id_, amount in amounts.items()
    ]
    totals = [{"scope": "mission", "scope_id": id_, "fiscal_year_be": "2562", "amount_thb": "-1"} for id_ in ids]
    plans = [{"plan_id": "p", "start_fiscal_year_be": "2561", "end_fiscal_year_be": "2564"}]
    plan = plan_of(
        plans=plans, dimensions=[], missions=missions, projects=projects, budgets=budgets, printed_totals=totals
    )
    parents = parents_of(plan, "missions", "parent_mission_id")
    sums = {
        id_: sum(amounts[p["project_id"]] for p in projects if id_ in lineage(p["mission_id"], parents)) for id_ in ids
    }
    found = [found.params["items"] for found in printed_subtotal_differs(plan)]
    assert found == [f"{sums[id_]:,}" for id_ in ids]


def plainly_acknowledged(found: Issue, errata: list[dict[str, str]]) -> str | None:
    place = found.location
    said = (place.resource, found.params.get("record"), place.field, found.params.get("year"))
    for erratum in errata:
        year = int(erratum["fiscal_year_be"]) if erratum["fiscal_year_be"] else None
        named = (erratum["resource"] or None, erratum["record_id"] or None, erratum["field"] or None, year)
        if (erratum["rule"], named) == (found.code, said):
            return erratum["erratum_id"]
    return None


@pytest.mark.parametrize("seed", range(20))
def test_errata_explain_what_they_explain_one_by_one(seed: int) -> None:
    """All choices of parts, in any order, with doubles and with an id twice."""
    rng = Random(seed)  # noqa: S311 (a test)
    choices = list(
        product(("title_differs", "unit_differs"), ("projects", ""), ("P1", "P2", ""), ("title_th", ""), ("2562", ""))
    )
    names = ("rule", "resource", "record_id", "field", "fiscal_year_be")
    errata = [
        {"erratum_id": f"E{rng.randint(1, 30)}", **dict(zip(names, rng.choice(choices), strict=True))}
        for _ in range(25)
    ]
    places = product(
        ("title_differs", "unit_differs"), ("projects", "budgets"), ("title_th", None), ("P1", "P3"), (2562, None)
    )
    warnings = [
        rule(code).issue(Location(resource, 2, 2, field), record=record, **({"year": year} if year else {}))
        for code, resource, field, record, year in places
    ]
    assert {found.severity for found in warnings} == {Severity.WARNING}
    judged = Errata(plan_of(errata=errata), rules())
    reported = [found.acknowledged_by for found in judged.acknowledge(warnings)]
    assert reported == [plainly_acknowledged(found, errata) for found in warnings]
    whole = [e for e in errata if e["resource"]]  # an empty one is value_missing
    unmatched = [e["erratum_id"] for e in whole if not any(plainly_acknowledged(found, [e]) for found in warnings)]
    assert [found.params["record"] for found in judged.unmatched({"title_differs", "unit_differs"})] == unmatched


def test_short_and_blank_rows_below_a_wide_heading(example: Path) -> None:
    """The short one is reported for itself, the blank one together with a row that repeats another."""
    path = example / "data/risk_factors.csv"
    heading, *rows = path.read_text(encoding="utf-8").splitlines()
    extra = [f"extra_{k}" for k in range(50)]
    lines = [heading + "," + ",".join(extra), *(row + "," * 50 for row in rows), "x", "", rows[0] + "," * 50]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    last = len(lines)
    found = [(i.code, i.location.row, i.location.field) for i in issues_of(example) if i.location.row != 1]
    assert found == [("row_not_data", last - 1, None), ("cell_missing", last - 2, "risk_id")]


def test_items_are_unique_as_json_has_it() -> None:
    """1 is 1.0 and no true; the order of an object's members says nothing."""
    from khelang_opendata.validation.exact import PackageValidator  # noqa: PLC0415 (needs jsonschema)

    judge = PackageValidator({"uniqueItems": True}).is_valid
    unique: list[list[Any]] = [
        [1, True, "1", [1], {"a": 1}, None],
        [[1, 2], [2, 1]],
        [[True], [1]],
        [0, False],
        [{}, []],
    ]
    repeated: list[list[Any]] = [[1, 1.0], [{"a": 1, "b": [2]}, {"b": [2.0], "a": 1}], [[], []], [None, "x", None]]
    assert all(map(judge, unique))
    assert not any(map(judge, repeated))


@pytest.mark.parametrize(("above", "is_shown"), [(100, True), (101, False)])
def test_a_chain_of_units_that_no_file_can_show_is_refused(example: Path, above: int, is_shown: bool) -> None:
    package = Package.load(example)
    units = [{"unit_id": f"U{k}", "parent_unit_id": f"U{k - 1}" if k else ""} for k in range(above + 1)]
    schema = load_family().tables["units"]
    rows = tuple(tuple(unit.get(field.name, "") for field in schema.fields) for unit in units)
    edition = Edition(load_family(), {"units": ReleasedTable(schema, rows)}, package.descriptor, DAY)
    if is_shown:
        assert [unit["unit_id"] for unit in Joins(edition).unit_path(f"U{above}")] == [u["unit_id"] for u in units]
        return
    with fails("form_refused") as refused:
        Joins(edition).unit_path(f"U{above}")
    assert refused.value.params == {
        **{"variant": "depth", "table": "units", "id": "U101", "field": "parent_unit_id", "limit": 100}
    }
