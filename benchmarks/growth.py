"""Packages that grow in one direction each: whatever an input has ten times of must not take a hundred times as long.

A direction is a way to write a package of the size ``n`` on top of the standard's valid example, and what is done with
it. Most of what is written is wrong: finding, placing and reporting the faults takes the time.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.generate import EXAMPLE, family
from khelang_opendata.files.serialize import json_bytes
from khelang_opendata.package.datapackage import DESCRIPTOR
from khelang_opendata.standard.tables import JsonObject

MOST = 12.0
"""How many times as long ten times the input may take."""
FACTOR = 10

_LONGEST_CELL = 131_000
"""A little less than the reader takes."""


@dataclass
class Grown:
    """A package in memory, which a direction makes larger: its tables with their headings, and its descriptor."""

    tables: dict[str, list[list[str]]]
    descriptor: JsonObject
    plan: str
    files: dict[str, bytes] = field(default_factory=dict)

    def add(self, table: str, rows: Iterable[Mapping[str, object]], *, like: int = -1) -> None:
        """Append rows that are like one of the table's but for some columns."""
        heading, sample = self.tables[table][0], self.tables[table][like]
        for row in rows:
            self.tables[table].append([str(row.get(c, s)) for c, s in zip(heading, sample, strict=True)])

    def fill(self, table: str, name: str, text: str) -> None:
        """Put a text into a column of the last row."""
        self.tables[table][-1][self.tables[table][0].index(name)] = text

    def id(self, letter: str, number: object) -> str:
        """An id of this plan."""
        return f"{self.plan}-{letter}{number}"


Edit = Callable[[Grown, int], object]


@dataclass(frozen=True, slots=True)
class Direction:
    """One way to grow; ``table_texts.json`` says in words what grows.

    Attributes:
        edit: makes a package larger by ``n`` of it.
        n: how many there are at first; then ten times as many. Enough that what is always done does not hide them,
            and so few that ten times as many do not outgrow the processor's caches, which is no growth of ours.
        work: the kind of work of :mod:`benchmarks.work` that is measured.
    """

    edit: Edit
    n: int
    work: str = "growth-validate"


def write_growth(folder: Path, name: str, n: int) -> list[Path]:
    """Write the packages of a direction at a size.

    Args:
        folder: where they are written.
        name: the direction.
        n: the size.

    Returns:
        The package as it was before, and as it has grown.
    """
    source = family().folder / EXAMPLE
    paths = [folder / "before", folder / "after"]
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(source, path)
    before, after = read_grown(paths[0]), read_grown(paths[1])
    DIRECTIONS[name].edit(after, n)
    if name in _BOTH_GROW:
        DIRECTIONS[name].edit(before, n)
        _BOTH_GROW[name](after, n)
        _write(paths[0], before)
    _write(paths[1], after)
    return paths


def read_grown(path: Path) -> Grown:
    """A package as a direction can make it larger."""
    tables: dict[str, list[list[str]]] = {}
    for file in sorted(path.glob("data/*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            tables[file.stem] = list(csv.reader(lines))
    descriptor = json.loads((path / DESCRIPTOR).read_text(encoding="utf-8"))
    return Grown(tables, descriptor, descriptor["name"])


def _write(path: Path, grown: Grown) -> None:
    for name, rows in grown.tables.items():
        with (path / f"data/{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    for name, data in grown.files.items():
        (path / name).write_bytes(data)
    (path / DESCRIPTOR).write_bytes(json_bytes(grown.descriptor))


# Headings.


def _columns(label: Callable[[int], str]) -> Edit:
    """Columns more in a table of few rows, which have a cell for each."""

    def edit(grown: Grown, n: int) -> None:
        heading, *rows = grown.tables["risk_factors"]
        heading.extend(map(label, range(n)))
        for row in rows:
            row.extend([""] * n)

    return edit


def _wide_and_short(grown: Grown, n: int) -> None:
    grown.tables["risk_factors"][0].extend(f"extra_{k}" for k in range(n))
    grown.tables["risk_factors"] += [["x"]] * n


def _wide_and_blank(grown: Grown, n: int) -> None:
    grown.tables["risk_factors"][0].extend(f"extra_{k}" for k in range(n))
    grown.tables["risk_factors"] += [[]] * n


# Rows.


def _rows(table: str, column: str, value: Callable[[int], object], key: str, start: int = 1000) -> Edit:
    """Rows more, each with a key of its own and something wrong in one column."""

    def edit(grown: Grown, n: int) -> None:
        grown.add(table, ({key: start + k, column: value(k)} for k in range(n)))

    return edit


def _targets(column: str, value: Callable[[int], object]) -> Edit:
    return _rows("targets", column, value, "target_no")


def _same_rows(grown: Grown, n: int) -> None:
    grown.add("targets", ({} for _ in range(n)))


def _long_rows(grown: Grown, n: int) -> None:
    grown.tables["targets"] += [[*grown.tables["targets"][-1], "more"]] * n


def _short_rows(grown: Grown, n: int) -> None:
    grown.tables["targets"] += [grown.tables["targets"][-1][:3]] * n


def _blank_rows(grown: Grown, n: int) -> None:
    grown.tables["targets"] += [[]] * n


def _quoted_lines(grown: Grown, n: int) -> None:
    grown.add("targets", ({"target_no": 1000 + k, "group_th": f'สอง\nบรรทัด  "{k}"'} for k in range(n)))


def _one_long_row(grown: Grown, n: int) -> None:
    grown.tables["targets"].append([*grown.tables["targets"][-1], *["x"] * n])


# Errata, and warnings that they may explain.


def _errata(record: Callable[[int], str], *, warnings: bool = True) -> Edit:
    def edit(grown: Grown, n: int) -> None:
        _titles(grown, n)
        named = {"rule": "duplicate_title", "resource": "projects", "field": "title_th", "fiscal_year_be": ""}
        heading, *projects = grown.tables["projects"]
        title = projects[-1][heading.index("title_th")]
        named |= {"printed_value": title, "other_value": grown.id("P", "08"), "adopted_value": title}
        ids = (grown.id("E", 1000 + k) for k in range(n))
        grown.add("errata", ({"erratum_id": id_, "record_id": record(k), **named} for k, id_ in enumerate(ids)))
        if not warnings:
            del grown.tables["projects"][-n:]

    return edit


def _alike_projects(grown: Grown, n: int) -> Iterator[dict[str, object]]:
    """Projects of one title, each from a place of its own in the document."""
    for k in range(n):
        yield {"project_id": grown.id("P", 1000 + k), "sequence_no": 1000 + k, "source_section": f"{k} ของเอกสาร"}


def _titles(grown: Grown, n: int) -> None:
    """Projects of one title."""
    grown.add("projects", _alike_projects(grown, n))


def _errata_of_values(grown: Grown, n: int) -> None:
    _targets("group_th", lambda _: "ประชาชน ")(grown, n)
    named = {"rule": "text_not_normalized", "resource": "targets", "field": "group_th", "fiscal_year_be": ""}
    rows = ({"erratum_id": grown.id("E", 1000 + k), "record_id": f"no-such-{k}", **named} for k in range(n))
    grown.add("errata", rows)


# Trees.


def _units(grown: Grown, n: int, parent: Callable[[int], str]) -> None:
    rows = ({"unit_id": grown.id("U", 1000 + k), "parent_unit_id": parent(k)} for k in range(n))
    grown.add("units", ({**row, "unit_level": "subsection", "name_th": f"งานที่{k}"} for k, row in enumerate(rows)))


def _led(grown: Grown, n: int, lead: Callable[[int], object], printed: Callable[[int], str]) -> None:
    rows = _alike_projects(grown, n)
    rows_of_units = ((row, grown.id("U", lead(k)), printed(k)) for k, row in enumerate(rows))
    grown.add(
        "projects", ({**row, "lead_unit_id": unit, "summary_unit_printed": text} for row, unit, text in rows_of_units)
    )


def _unit_chain(lead: Callable[[int, int], int], printed: Callable[[int], str]) -> Edit:
    def edit(grown: Grown, n: int) -> None:
        _units(grown, n, lambda k: grown.id("U", 999 + k if k else "01"))
        _led(grown, n, lambda k: 1000 + lead(k, n), printed)

    return edit


def _unit_ring(grown: Grown, n: int) -> None:
    _units(grown, n, lambda k: grown.id("U", 1000 + (k + 1) % n))
    _led(grown, n, lambda k: 1000 + k, lambda k: f"ไม่มี{k}")


def _unit_star(grown: Grown, n: int) -> None:
    _units(grown, n, lambda _: grown.id("U", "02"))
    _led(grown, n, lambda k: 1000 + k, lambda k: f"ไม่มี{k}")


def _mission_chain(ring: bool) -> Edit:
    def edit(grown: Grown, n: int) -> None:
        names = [grown.id("M", f"9.{k}") for k in range(n)]
        parents = [names[(k - 1) % n] if k or ring else "" for k in range(n)]
        rows = zip(names, parents, strict=True)
        grown.add("missions", ({"mission_id": name, "parent_mission_id": parent} for name, parent in rows))
        ids = (grown.id("P", 1000 + k) for k in range(n))
        grown.add("projects", ({"project_id": id_, "mission_id": names[k]} for k, id_ in enumerate(ids)))
        ids = (grown.id("P", 1000 + k) for k in range(n))
        grown.add("budgets", ({"project_id": id_} for id_ in ids))
        grown.add("printed_totals", ({"scope": "mission", "scope_id": name} for name in names))

    return edit


def _project_chain(ring: bool) -> Edit:
    def edit(grown: Grown, n: int) -> None:
        ids = [grown.id("P", 1000 + k) for k in range(n)]
        parents = [ids[(k - 1) % n] if k or ring else "" for k in range(n)]
        rows = enumerate(zip(ids, parents, strict=True))
        children = (
            {"project_id": id_, "parent_project_id": parent, "sequence_no": 1000 + k} for k, (id_, parent) in rows
        )
        grown.add("projects", children)

    return edit


# Sums.


def _plan_totals(grown: Grown, n: int) -> None:
    ids = [grown.id("P", 1000 + k) for k in range(n)]
    grown.add("projects", ({"project_id": id_} for id_ in ids))
    grown.add("budgets", ({"project_id": id_} for id_ in ids))
    grown.add("dimensions", ({"dimension_id": grown.id("D", f"X{k}")} for k in range(n)))
    grown.add("printed_totals", ({"scope": "plan", "scope_id": f"{grown.plan}-D9{k}"} for k in range(n)))


def _budget_lines(grown: Grown, n: int) -> None:
    grown.add("budgets", ({"line_no": 1000 + k, "fiscal_year_be": 2500 + k % 200} for k in range(n)))


def _progress(grown: Grown, n: int) -> None:
    ids = [grown.id("P", 1000 + k) for k in range(n)]
    grown.add("projects", ({"project_id": id_} for id_ in ids))
    for months, status in ((6, "completed"), (12, "cannot")):
        grown.add("progress", ({"project_id": id_, "round_months": months, "status": status} for id_ in ids))


def _sequence(grown: Grown, n: int) -> None:
    ids = (grown.id("P", 1000 + k) for k in range(n))
    grown.add("projects", ({"project_id": id_, "sequence_no": 7, "sequence_printed": 8} for id_ in ids))


# The descriptor.


def _resources(entry: Callable[[Grown, int], JsonObject]) -> Edit:
    def edit(grown: Grown, n: int) -> None:
        grown.descriptor["resources"] += [{**_table(grown), **entry(grown, k)} for k in range(n)]

    return edit


def _table(grown: Grown) -> JsonObject:
    """The entry of a small table."""
    entry: JsonObject = next(r for r in grown.descriptor["resources"] if r["name"] == "risk_factors")
    return {name: value for name, value in entry.items() if name not in ("schema", "bytes", "hash")}


def _with_schema(grown: Grown, k: int) -> JsonObject:
    fields = [{"name": "no_such_column", "type": "string"}]
    return {"name": f"table_{k}", "path": f"data/table_{k}.csv", "schema": {"fields": fields}}


def _derived(grown: Grown, k: int) -> JsonObject:
    return {"name": f"derived-{k}", "path": f"data/derived-{k}.bin", "derived": True}


def _known_with_schema(grown: Grown, k: int) -> JsonObject:
    return {"name": "risk_factors", "path": "https://example.org/a.csv", "schema": {"fields": []}}


def _list(name: str, item: Callable[[int], object]) -> Edit:
    def edit(grown: Grown, n: int) -> None:
        grown.descriptor[name] = [item(k) for k in range(n)]

    return edit


def _contributors(**said: Callable[[int], object]) -> Edit:
    def edit(grown: Grown, n: int) -> None:
        known = {"title": "กองคลัง", "roles": ["creator"]}
        grown.descriptor["contributors"] = [{**known, **{name: text(n) for name, text in said.items()}}]

    return edit


def _text(name: str, text: Callable[[int], str]) -> Edit:
    def edit(grown: Grown, n: int) -> None:
        grown.descriptor[name] = text(n)

    return edit


def _path(text: Callable[[int], str]) -> Edit:
    def edit(grown: Grown, n: int) -> None:
        grown.descriptor["resources"].append({**_table(grown), "name": "more", "path": text(n)})

    return edit


def _portal(grown: Grown, n: int) -> None:
    text = "a@" + "a-" * n + "@"
    grown.descriptor["portal"] = {"maintainer_email": text, "objective": [f"ไม่มี{k}" for k in range(n)]}


# One cell.


def _cell(table: str, column: str, text: Callable[[int], str]) -> Edit:
    def edit(grown: Grown, n: int) -> None:
        grown.fill(table, column, text(min(n, _LONGEST_CELL)))

    return edit


def _cells(text: Callable[[int], str], table: str = "budgets", column: str = "sheet_amount_printed") -> Edit:
    """Cells of one length, each as long as the standard allows it."""

    def edit(grown: Grown, n: int) -> None:
        rows = ({"line_no": 1000 + k, "fiscal_year_be": 2500 + k % 200, column: text(k)} for k in range(n))
        grown.add(table, rows)

    return edit


# Releases, which are made from valid packages.


def _valid_projects(grown: Grown, n: int, lead: Callable[[int], str]) -> None:
    ids = [grown.id("P", 1000 + k) for k in range(n)]
    for k, id_ in enumerate(ids):
        title = f"โครงการที่ {k}"
        row = {"project_id": id_, "sequence_no": 1000 + k, "title_th": title, "summary_title_printed": title}
        place = {"dimension_id": grown.id("D", 1), "mission_id": "", "lead_unit_id": lead(k)}
        grown.add("projects", [row | place])
    for line, year in enumerate(range(2561, 2565), 1):
        grown.add("budgets", ({"project_id": id_, "line_no": line, "fiscal_year_be": year} for id_ in ids))
    grown.add("targets", ({"project_id": id_} for id_ in ids))
    grown.add("indicators", ({"project_id": id_} for id_ in ids))


def _release_projects(grown: Grown, n: int) -> None:
    _valid_projects(grown, n, lambda _: grown.id("U", "02"))


def _release_units(grown: Grown, n: int) -> None:
    _units(grown, n, lambda _: grown.id("U", "02"))
    _valid_projects(grown, n, lambda k: grown.id("U", 1000 + k))


def _release_errata(grown: Grown, n: int) -> None:
    grown.add("errata", ({"erratum_id": grown.id("E", 1000 + k), "rule": "editorial"} for k in range(n)))


# Differences.


def _cells_changed(grown: Grown, n: int) -> None:
    for row in grown.tables["risk_factors"][1:]:
        row[-n:] = ["changed"] * n


def _columns_renamed(grown: Grown, n: int) -> None:
    heading = grown.tables["risk_factors"][0]
    heading[-n:] = [f"renamed_{label}" for label in heading[-n:]]


def _rows_changed(grown: Grown, n: int) -> None:
    for row in grown.tables["targets"][-n:]:
        row[3] = "changed"


def _keywords_changed(grown: Grown, n: int) -> None:
    grown.descriptor["keywords"] = [f"other {k}" for k in range(n)]


def _diff(edit: Edit, n: int) -> Direction:
    return Direction(edit, n, "growth-diff")


def _report(edit: Edit, n: int = 1000) -> Direction:
    return Direction(edit, n, "growth-report")


DIRECTIONS: dict[str, Direction] = {
    "columns-unknown": Direction(_columns(lambda k: f"extra_{k}"), 1000),
    "columns-repeated": Direction(_columns(lambda _: "extra"), 3000),
    "columns-doubled": Direction(_columns(lambda k: f"extra_{k // 2}"), 1000),
    "columns-known": Direction(_columns(lambda _: "label_th"), 3000),
    "columns-near": Direction(_columns(lambda k: f"label_th{k}"), 1000),
    "columns-blank": Direction(_columns(lambda _: ""), 3000),
    "columns-spaced": Direction(_columns(lambda k: " " * (k % 60)), 3000),
    "columns-badly-named": Direction(_columns(lambda k: f"Extra {k}"), 1000),
    "columns-and-short-rows": Direction(_wide_and_short, 1000),
    "columns-and-blank-rows": Direction(_wide_and_blank, 1000),
    "rows-of-wrong-type": Direction(_targets("quantity", lambda k: f"x{k}"), 3000),
    "rows-out-of-range": Direction(_targets("quantity", lambda k: -1 - k), 3000),
    "rows-without-value": Direction(_targets("group_th", lambda _: ""), 3000),
    "rows-too-long-text": Direction(_targets("group_th", lambda k: "ก" * 600), 3000),
    "rows-unknown-code": Direction(_targets("quantity_unit", lambda k: f"persons_{k}"), 1000),
    "rows-no-code": Direction(_targets("quantity_unit", lambda k: f"No {k}"), 3000),
    "rows-broken-reference": Direction(_targets("project_id", lambda k: f"mae-thung-2561-2564-P7{k}"), 3000),
    "rows-same-key": Direction(_same_rows, 3000),
    "rows-too-long": Direction(_long_rows, 3000),
    "rows-too-short": Direction(_short_rows, 3000),
    "rows-blank": Direction(_blank_rows, 5000),
    "rows-thai-digits": Direction(_targets("quantity", lambda k: "๑๒"), 3000),
    "rows-grouped": Direction(_targets("quantity", lambda k: "1,000"), 3000),
    "rows-untidy": Direction(_targets("group_th", lambda k: f"ก  {k}"), 3000),
    "rows-quoted": Direction(_quoted_lines, 3000),
    "rows-formula": Direction(_targets("group_th", lambda k: f"=1+{k}"), 3000),
    "rows-personal": Direction(_targets("group_th", lambda k: f"โทร 08{k:08}"), 3000),
    "rows-cp874": Direction(_targets("group_th", lambda k: f"¡ÒÃ{k}"), 3000),
    "row-of-many-cells": Direction(_one_long_row, 30_000),
    "projects-of-one-title": Direction(_titles, 1000),
    "projects-of-one-number": Direction(_sequence, 1000),
    "errata-unmatched": Direction(_errata(lambda k: f"no-{k}"), 1000),
    "errata-matching": Direction(_errata(lambda k: f"mae-thung-2561-2564-P{1000 + k}"), 1000),
    "errata-open": Direction(_errata(lambda _: ""), 1000),
    "errata-alone": Direction(_errata(lambda k: f"no-{k}", warnings=False), 1000),
    "errata-of-values": Direction(_errata_of_values, 1000),
    "units-deep": Direction(_unit_chain(lambda k, _: k, lambda _: "ZZZ"), 1000),
    "units-deep-said-otherwise": Direction(
        _unit_chain(lambda k, _: k, lambda k: f"ไม่มี{k}"),
        1000,
    ),
    "units-deepest": Direction(_unit_chain(lambda _, n: n - 1, lambda k: f"ไม่มี{k}"), 1000),
    "units-ring": Direction(_unit_ring, 1000),
    "units-star": Direction(_unit_star, 1000),
    "missions-deep": Direction(_mission_chain(ring=False), 500),
    "missions-ring": Direction(_mission_chain(ring=True), 500),
    "projects-deep": Direction(_project_chain(ring=False), 1000),
    "projects-ring": Direction(_project_chain(ring=True), 1000),
    "totals": Direction(_plan_totals, 500),
    "budgets": Direction(_budget_lines, 3000),
    "progress": Direction(_progress, 1000),
    "resources-unknown": Direction(
        _resources(lambda _, k: {"name": f"table_{k}", "schema": {"fields": [{"name": "a"}]}}),
        300,
    ),
    "resources-repeated": Direction(_resources(lambda _, k: {"schema": {}}), 300),
    "resources-missing": Direction(_resources(_with_schema), 300),
    "resources-derived": Direction(_resources(_derived), 300),
    "resources-wrong": Direction(_resources(_known_with_schema), 300),
    "resources-no-objects": Direction(_list("resources", lambda k: k), 1000),
    "keywords": Direction(_list("keywords", lambda k: f"คำ {k}"), 30_000),
    "keywords-mixed": Direction(_list("keywords", lambda k: k if k % 2 else str(k)), 5000),
    "keywords-objects": Direction(_list("keywords", lambda k: {"a": k}), 5000),
    "keywords-lists": Direction(_list("keywords", lambda k: [k, None]), 5000),
    "roles-mixed": Direction(_contributors(roles=lambda n: [*map(str, range(n)), *range(n)]), 5000),
    "contributors": Direction(_list("contributors", lambda k: {"title": k}), 1500),
    "sources": Direction(_list("sources", lambda k: {"date": "๑"}), 1500),
    "licenses": Direction(_list("licenses", lambda k: {"path": "x"}), 1500),
    "languages": Direction(_list("languages", lambda k: f"th-{k:08}" if k else "th"), 30_000),
    "e-mail-dots": Direction(_contributors(email=lambda n: "a@" + "." * n + "@"), 10_000),
    "e-mail-labels": Direction(_contributors(email=lambda n: "a@" + "a." * n + "@"), 10_000),
    "e-mail-ats": Direction(_contributors(email=lambda n: "@a." * n), 10_000),
    "name": Direction(_text("name", lambda n: "a-" * n + "!"), 30_000),
    "version": Direction(_text("version", lambda n: "1" * n), 30_000),
    "created": Direction(_text("created", lambda n: "2020-01-01T00:00:00." + "1" * n), 30_000),
    "homepage": Direction(_text("homepage", lambda n: "https://" + "a/" * n + " "), 30_000),
    "path": Direction(_path(lambda n: "a.csv" * n + "/x"), 30_000),
    "path-folders": Direction(_path(lambda n: "a/" * n + "x"), 3_000),
    "portal": Direction(_portal, 3000),
    "cell-number": Direction(_cell("targets", "quantity", lambda n: "1" * n), 13_000),
    "cell-groups": Direction(_cell("targets", "quantity", lambda n: "1,111" * (n // 5) + ","), 13_000),
    "cell-underscores": Direction(_cell("targets", "quantity", lambda n: "1_" * (n // 2)), 13_000),
    "cell-thai-number": Direction(_cell("targets", "quantity", lambda n: "๑" * n + "x"), 13_000),
    "cell-id": Direction(_cell("targets", "project_id", lambda n: "a-" * (n // 2) + "!"), 13_000),
    "cell-date": Direction(_cell("plans", "announced_on", lambda n: "๑" * n), 13_000),
    "cell-spaces": Direction(_cell("targets", "group_th", lambda n: " " * n + "x"), 13_000),
    "cell-digits": Direction(_cell("targets", "group_th", lambda n: "1" * n), 13_000),
    "cell-dashed-digits": Direction(_cell("targets", "group_th", lambda n: "1-" * (n // 2)), 13_000),
    "cell-e-mail": Direction(_cell("targets", "group_th", lambda n: "a.b@c.d." * (n // 8)), 13_000),
    "cell-ats": Direction(_cell("targets", "group_th", lambda n: "@" * n), 13_000),
    "cell-words": Direction(_cell("targets", "group_th", lambda n: "a" * n + "@"), 13_000),
    "cell-marks": Direction(_cell("targets", "group_th", lambda n: "ก" + "\u0e4d\u0e48" * (n // 2)), 13_000),
    "cell-formula": Direction(_cell("targets", "group_th", lambda n: "- " * (n // 2) + "x"), 13_000),
    "cell-figures": Direction(_cell("targets", "group_th", lambda n: "-" + "1,." * (n // 3) + "x"), 13_000),
    "cell-cp874": Direction(_cell("targets", "group_th", lambda n: "¡" * n), 13_000),
    "cell-utf8": Direction(
        _cell("targets", "group_th", lambda n: "à¸\u0081" * (n // 3)),
        13_000,
    ),
    "cell-code": Direction(_cell("targets", "quantity_unit", lambda n: "person" * (n // 6)), 13_000),
    "cell-title": Direction(_cell("projects", "title_th", lambda n: "' \"" * (n // 3)), 13_000),
    "cells-of-money": Direction(_cells(lambda k: ("1 " * 200 + f"{k}")[-450:]), 1000),
    "cells-of-words": Direction(_cells(lambda k: "1(" * 200 + f"{k}"), 1000),
    "report-columns": _report(_columns(lambda k: f"extra_{k}")),
    "report-rows": _report(_targets("quantity", lambda k: f"x{k}")),
    "report-quoted": _report(_quoted_lines),
    "report-errata": _report(_errata(lambda k: f"mae-thung-2561-2564-P{1000 + k}")),
    "report-resources": _report(
        _resources(lambda _, k: {"name": f"table_{k}", "schema": {"fields": [{"name": "a"}]}}),
        300,
    ),
    "report-long-row": _report(_one_long_row, 30_000),
    "report-marks": _report(_columns(lambda k: "ก" + "\u0e48" * 3000), 30),
    "release-projects": Direction(_release_projects, 200, "growth-release"),
    "release-units": Direction(_release_units, 200, "growth-release"),
    "release-errata": Direction(_release_errata, 500, "growth-release"),
    "diff-columns": _diff(_columns(lambda k: f"extra_{k}"), 1000),
    "diff-columns-repeated": _diff(_columns(lambda k: f"extra_{k // 2}"), 3000),
    "diff-columns-renamed": _diff(_columns(lambda k: f"extra_{k}"), 1000),
    "diff-cells": _diff(_columns(lambda k: f"extra_{k}"), 1000),
    "diff-rows": _diff(_targets("quantity", lambda k: k), 1000),
    "diff-rows-changed": _diff(_targets("quantity", lambda k: k), 1000),
    "diff-keywords": _diff(_list("keywords", lambda k: f"คำ {k}"), 3000),
    "diff-keywords-added": _diff(_list("keywords", lambda k: f"คำ {k}"), 3000),
}
"""All directions, by the name that ``table_texts.json`` has for each."""

_BOTH_GROW: dict[str, Edit] = {
    "diff-columns-renamed": _columns_renamed,
    "diff-cells": _cells_changed,
    "diff-rows-changed": _rows_changed,
    "diff-keywords": _keywords_changed,
}
"""Directions in which the package before is as large, and how the one after differs."""
