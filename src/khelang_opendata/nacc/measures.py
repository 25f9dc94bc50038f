"""The plan's corruption risks as the ITA asks for them: the assessment, and what is done about each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
    rows = []
    for number, risk in enumerate(_risks(edition), 1):
        own = factors.get(risk["risk_id"], ()), controls.get(risk["risk_id"], ())
        rows.append((*_head(number, risk), *_assessment(joins, footnotes, year, risk, *own)))
    plan = edition.plan
    years = f"{plan['start_fiscal_year_be']}-{plan['end_fiscal_year_be']}"
    todo = _gaps(edition, ToDo("risks", {"year": year, "years": years}))
    return Sheet(_RISK_COLUMNS, (Group(tuple(rows)),), (), tuple(footnotes.texts), todo)


def measures_sheet(edition: Edition, year: int, item: Item) -> Sheet:
    """The measures against each risk, and room for what was done, which no table of the standard holds."""
    footnotes, controls = Footnotes(edition), _by_risk(edition, "risk_controls")
    rows = []
    for number, risk in enumerate(_risks(edition), 1):
        measures = listed(control["label_th"] for control in controls.get(risk["risk_id"], ()))
        level = _level(edition, footnotes, year, risk)
        unrecorded = text(say("unrecorded"))
        rows.append((*_head(number, risk), level, Cell(measures or (say("unstated"),)), unrecorded))
    todo = _gaps(edition, ToDo("measures", {"year": year}))
    return Sheet(_MEASURE_COLUMNS, (Group(tuple(rows)),), (), tuple(footnotes.texts), todo)


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
    cell = Cell((level or risk["risk_level_printed"] or say("unstated"),), tuple(details))
    return footnotes.marked(cell, "risks", risk["risk_id"], _ABOUT_LEVEL, year)


def _gaps(edition: Edition, usual: ToDo) -> tuple[ToDo, ...]:
    """The missing parts of the assessment, and the steps that are always needed."""
    risks, controls = _risks(edition), _by_risk(edition, "risk_controls")
    if not risks:
        return (ToDo("no_risks", {}),)
    bare = [str(number) for number, risk in enumerate(risks, 1) if risk["risk_id"] not in controls]
    return (usual, *([ToDo("controls", {"numbers": ", ".join(bare)})] if bare else []))


def _risks(edition: Edition) -> list[Record]:
    return list(edition.tables["risks"].records())


def _by_risk(edition: Edition, table: str) -> Mapping[str, Sequence[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in edition.tables[table].records():
        found[record["risk_id"]].append(record)
    return dict(found)
