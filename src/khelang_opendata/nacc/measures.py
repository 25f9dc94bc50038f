"""The plan's corruption risks as the ITA asks for them: the assessment, and what is done about each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from khelang_opendata.formats.joins import Joins, Record
from khelang_opendata.nacc.ita import Item
from khelang_opendata.nacc.sheet import Cell, Footnotes, Group, Sheet, ToDo, listed, say, text, title_of
from khelang_opendata.package.edition import Edition
from khelang_opendata.render.dates import thai_date

_RISK_COLUMNS = ("number", "process", "factors", "level", "controls", "unit")
_MEASURE_COLUMNS = ("number", "process", "level", "controls", "result")
_ABOUT_LEVEL = {"risk_level", "risk_level_printed", "risk_score", "likelihood", "impact"}


def risks_sheet(edition: Edition, year: int, item: Item) -> Sheet:
    """The plan's risk assessment: processes, factors, levels, measures, and responsible units."""
    joins, footnotes = Joins(edition), Footnotes(edition)
    factors, controls = _by_risk(edition, "risk_factors"), _by_risk(edition, "risk_controls")
    rows, risks = [], _risks(edition, year)
    for number, risk in enumerate(risks, 1):
        own = factors.get(risk["risk_id"], ()), controls.get(risk["risk_id"], ())
        rows.append((*_head(number, risk), *_assessment(joins, footnotes, year, risk, *own)))
    plan = edition.plan
    years = f"{plan['start_fiscal_year_be']}-{plan['end_fiscal_year_be']}"
    is_of_year = bool(risks) and all(risk["fiscal_year_be"] == str(year) for risk in risks)
    usual = () if is_of_year else (ToDo("risks", {"year": year, "years": years}),)
    return footnotes.sheet(_RISK_COLUMNS, [Group(tuple(rows))], todo=_gaps(year, risks, controls, usual))


def measures_sheet(edition: Edition, year: int, item: Item) -> Sheet:
    """The measures against each risk, and what came of them in the year, where ``risk_results`` has it."""
    footnotes, controls = Footnotes(edition), _by_risk(edition, "risk_controls")
    results = {(r["risk_id"], r["control_no"]): r for r in _of_year(edition.records("risk_results"), year)}
    rows, risks = [], _risks(edition, year)
    for number, risk in enumerate(risks, 1):
        own = controls.get(risk["risk_id"], ())
        measures = listed(control["label_th"] for control in own)
        level = _level(edition, footnotes, year, risk)
        done = [results.get((control["risk_id"], control["control_no"])) for control in own]
        rows.append((*_head(number, risk), level, Cell(measures or (say("unstated"),)), _result(edition, done)))
    todo = _gaps(year, risks, controls, _missing_results(year, risks, controls, results))
    return footnotes.sheet(_MEASURE_COLUMNS, [Group(tuple(rows))], todo=todo)


def _result(edition: Edition, results: Sequence[Record | None]) -> Cell:
    """What came of a risk's measures, numbered as they are, with the addresses of the evidence."""
    if not any(results):
        return text(say("unrecorded"))
    evidence = (
        say("evidence", number=number, url=result["evidence_url"])
        for number, result in enumerate(results, 1)
        if result and result["evidence_url"]
    )
    return Cell(listed(_outcome(edition, result) for result in results), tuple(evidence))


def _outcome(edition: Edition, result: Record | None) -> str:
    if result is None:
        return say("unrecorded")
    status = title_of(edition, "risk_results", "status", result["status"])
    return f"{status}: {result['result_th']}" if result["result_th"] else status


def _missing_results(
    year: int,
    risks: Sequence[Record],
    controls: Mapping[str, Sequence[Record]],
    results: Mapping[tuple[str, str], Record],
) -> tuple[ToDo, ...]:
    """The measures whose results are not recorded, by the numbers of their risks."""
    if not results:
        return (ToDo("measures", {"year": year}),)
    missing = [
        str(number)
        for number, risk in enumerate(risks, 1)
        if any((c["risk_id"], c["control_no"]) not in results for c in controls.get(risk["risk_id"], ()))
    ]
    return (ToDo("some_measures", {"year": year, "numbers": ", ".join(missing)}),) if missing else ()


def _head(number: int, risk: Record) -> tuple[Cell, Cell]:
    return text(str(number)), text(risk["process_th"])


def _assessment(
    joins: Joins, footnotes: Footnotes, year: int, risk: Record, factors: Sequence[Record], controls: Sequence[Record]
) -> tuple[Cell, ...]:
    unstated = say("unstated")
    owners = [risk["owner_unit_id"], *(control["owner_unit_id"] for control in controls)]
    units = dict.fromkeys(joins.units[owner]["name_th"] for owner in owners if owner)
    return (
        Cell(listed(factor["label_th"] for factor in factors) or (unstated,)),
        _level(joins.edition, footnotes, year, risk),
        Cell(listed(map(_control, controls)) or (unstated,)),
        Cell(tuple(units) or (unstated,)),
    )


def _control(control: Record) -> str:
    if not control["due_on"]:
        return control["label_th"]
    return f"{control['label_th']} ({say('due', day=thai_date(date.fromisoformat(control['due_on'])))})"


def _level(edition: Edition, footnotes: Footnotes, year: int, risk: Record) -> Cell:
    """The level as the document prints it, else what its code means; with the score and what it comes of."""
    level = risk["risk_level"] and title_of(edition, "risks", "risk_level", risk["risk_level"])
    details = []
    if risk["risk_score"]:
        score = risk["risk_score"]
        details.append(say("score", score=score.rstrip("0").rstrip(".") if "." in score else score))
    if risk["likelihood"] and risk["impact"]:
        details.append(say("factors", likelihood=risk["likelihood"], impact=risk["impact"]))
    if risk["residual_level"]:
        details.append(say("residual", level=title_of(edition, "risks", "residual_level", risk["residual_level"])))
    cell = Cell((level or risk["risk_level_printed"] or say("unstated"),), tuple(details))
    return footnotes.marked(cell, "risks", risk["risk_id"], _ABOUT_LEVEL, year)


def _gaps(
    year: int, risks: Sequence[Record], controls: Mapping[str, Sequence[Record]], usual: tuple[ToDo, ...]
) -> tuple[ToDo, ...]:
    """The missing parts of the assessment, and the other steps that are needed."""
    if not risks:
        return (ToDo("no_risks", {"year": year}),)
    bare = [str(number) for number, risk in enumerate(risks, 1) if risk["risk_id"] not in controls]
    return (*usual, *([ToDo("controls", {"numbers": ", ".join(bare)})] if bare else []))


def _risks(edition: Edition, year: int) -> list[Record]:
    """The risks of the latest assessment up to a year, and those whose assessment has no year."""
    risks = list(edition.records("risks"))
    assessed = {int(risk["fiscal_year_be"]) for risk in risks if risk["fiscal_year_be"]}
    latest = max((known for known in assessed if known <= year), default=0)
    return [risk for risk in risks if risk["fiscal_year_be"] in ("", str(latest))]


def _of_year(records: Iterable[Record], year: int) -> list[Record]:
    return [record for record in records if record["fiscal_year_be"] == str(year)]


def _by_risk(edition: Edition, table: str) -> Mapping[str, Sequence[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in edition.records(table):
        found[record["risk_id"]].append(record)
    return dict(found)
