"""Joins codes with the words of the catalogue."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import NamedTuple

from khelang_opendata.model.characters import visible
from khelang_opendata.model.failures import KhelangError
from khelang_opendata.model.report import Issue, Params, Report
from khelang_opendata.standard.catalogue import Language, Wording, failures, harmless_params, notice, rule
from khelang_opendata.standard.family import CURRENT, JsonObject, load_family

_LONGEST_CELL = 80


class Texts(NamedTuple):
    """An issue or a failure in one language: what is wrong, and what to do."""

    message: str
    fix: str


def issue_texts(issue: Issue, language: Language, schema: str) -> Texts:
    """What an issue says.

    Args:
        issue: the issue.
        language: Thai or English.
        schema: the report's schema version, which knows the columns' titles.
    """
    place = issue.location
    known: Params = {
        "resource": place.resource or "",
        "row": _shown(place.row),
        "line": _shown(place.line),
        "field": _field_label(issue, language, schema),
        "cell": f"“{_shorten(place.cell)}”" if place.cell is not None else "-",
    }
    return _fill(rule(issue.code).wording_for(issue.params), {**known, **issue.params}, language)


def failure_text(error: KhelangError, language: Language) -> Texts:
    """What a failure of the tool says."""
    return _fill(failures()[error.code].wording_for(error.params), error.params, language)


def place_text(issue: Issue, language: Language) -> str:
    """Where an issue stands, with a colon; empty for the package as a whole."""
    place = issue.location
    if place.resource is None:
        return ""
    if place.row is None:
        return f"{visible(place.resource)}: "
    return notice("place", language, file=visible(place.resource), row=place.row) + ": "


def verdict(report: Report, language: Language) -> str:
    """The report in one line: valid or not, and how much of what."""
    return notice(
        "valid" if report.valid else "invalid",
        language,
        errors=report.errors,
        warnings=report.warnings,
        acknowledged=report.acknowledged,
        tables=len(report.tables),
        rows=sum(table.rows for table in report.tables),
    )


def example_of(code: str) -> JsonObject | None:
    """The description of the standard's invalid example of a rule (``example.json``); None where it has none."""
    path = load_family(CURRENT).folder / "examples/invalid" / code / "example.json"
    content: JsonObject | None = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    return content


def example_text(example: JsonObject, language: Language) -> str:
    """What an invalid example does wrong."""
    return str(example["about" if language == Language.TH else "about_en"])


def explanation(code: str, language: Language) -> str:
    """A rule in full: title, severity, why it exists, what to do, an example, where it comes from.

    Raises:
        RuleUnknown: the catalogue has no such code.
    """
    entry = rule(code)
    example = example_of(code)
    lines = [
        f"{code} ({notice(f'severity_{entry.severity}', language)}): {entry.title[language]}",
        "",
        f"{notice('why', language)}: {entry.explanation[language]}",
        "",
        *(f"- {w.message[language]}\n  {w.fix[language]}" for w in entry.wordings),
        "",
        *([f"{notice('example', language)}: {example_text(example, language)}", ""] if example else []),
        f"{notice('source', language)}: {entry.source}",
    ]
    return "\n".join(lines)


def _fill(wording: Wording, params: Params, language: Language) -> Texts:
    values: defaultdict[str, object] = defaultdict(lambda: "-", harmless_params(params))
    return Texts(wording.message[language].format_map(values), wording.fix[language].format_map(values))


def _field_label(issue: Issue, language: Language, schema: str) -> str:
    place = issue.location
    table = load_family(schema).tables.get(place.resource or "")
    field = table.field_by_name.get(place.field or "") if table else None
    if field is None:
        return place.field or "-"
    title = field.title if language == Language.TH else field.descriptor["title_en"]
    return f"{field.name} ({title})"


def _shown(number: int | None) -> str:
    return "-" if number is None else str(number)


def _shorten(cell: str) -> str:
    return cell if len(cell) <= _LONGEST_CELL else cell[: _LONGEST_CELL - 1] + "…"
