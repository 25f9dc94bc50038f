"""Joins codes with the words of the catalogue."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping

from khelang_opendata.model.characters import visible
from khelang_opendata.model.failures import KhelangError
from khelang_opendata.model.report import Issue, Report, SheetWords, Verdict
from khelang_opendata.model.wording import Language, Texts
from khelang_opendata.package.datapackage import DESCRIPTOR
from khelang_opendata.render import notice
from khelang_opendata.standard.family import CURRENT, find_family, known_schemas, load_family
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.validation.catalogue import rule

_LONGEST_CELL = 80
_STANDARD_NAME = (
    r"(?P<before>\b(?:in |rows? (?:to|of) )?[Tt]able |ตาราง ?|\b(?:in|rows? (?:to|of)) |, to |“|(?<=[\u0e00-\u0e7f]) )?"
    r"(?<![\w-])(?P<name>[a-z][a-z0-9_-]{0,99}(?:-[A-Z][0-9]{1,9})?)(?![\w-])(?P<title> \([^()]{0,200}\))?"
)
"""A word that may be the name of a table or a column, or an id, with what introduces it and the title behind it."""


def issue_texts(issue: Issue, language: Language, schema: str) -> Texts:
    """The texts of an issue: the wording of its rule, filled with its place and parameters.

    Args:
        issue: the issue.
        language: Thai or English.
        schema: the report's schema version, which knows the columns' titles.

    Example:
        >>> from khelang_opendata import Language, issue_texts, validate
        >>> report = validate("datapackage")
        >>> texts = issue_texts(report.issues[0], Language.EN, report.schema)
        >>> bool(texts.message and texts.fix)
        True
    """
    place = issue.location
    named = {"resource": place.resource, "row": place.row, "line": place.line, "field": place.field}
    known: dict[str, str | int | float] = {name: value for name, value in named.items() if value is not None}
    if place.field is not None:
        known["field"] = _field_label(place.resource, place.field, language, schema)
    if place.cell is not None:
        cell = place.cell if len(place.cell) <= _LONGEST_CELL else place.cell[: _LONGEST_CELL - 1] + "…"
        known["cell"] = f"“{cell}”"
    texts = rule(issue.code, schema).entry.wording_for(issue.params).filled({**known, **issue.params}, language)
    if issue.words is None:
        return texts
    return Texts(*(in_words_of_sheet(text, issue.words, language) for text in texts))


def in_words_of_sheet(text: str, words: SheetWords, language: Language) -> str:
    """A text that names sheets, headings and labels in place of tables, columns and ids.

    Args:
        text: a sentence of a report.
        words: what the workbook has.
        language: the text's.
    """

    def seen(found: re.Match[str]) -> str:
        before, name, title = found["before"] or "", found["name"], found["title"] or ""
        with_title = words.names.get(name + title) if title else None
        if label := with_title or words.names.get(name):
            rest = "" if with_title else title
            shown = label[language]
            return f"{before}{shown}{rest}" if before == "“" else f"{before}“{shown}”{rest}"
        is_common = language is Language.EN and not before and "_" not in name  # it may be a word of the sentence
        if name not in words.tables or is_common:
            return found[0]
        if before == "“":
            return f"“{words.tables[name]}{title}"
        kind = "sheet_named_first" if before.startswith("T") else "sheet_named"
        introduced = re.sub("[Tt]able $", "", before) if before.isascii() else ""
        return introduced + notice(kind, language, sheet=words.tables[name]) + title

    return re.sub(_STANDARD_NAME, seen, text, flags=re.ASCII)


def failure_text(error: KhelangError, language: Language) -> Texts:
    """The texts of a failure: what is wrong, and what to do.

    Example:
        >>> from khelang_opendata import KhelangError, Language, failure_text, validate
        >>> try:
        ...     validate("nowhere")
        ... except KhelangError as error:
        ...     failure_text(error, Language.TH).message
        'ไม่พบโฟลเดอร์ nowhere'
    """
    return error.texts(language)


def place_text(issue: Issue, language: Language) -> str:
    """The place of an issue, with a colon; empty for the package as a whole."""
    place = issue.location
    if place.address == DESCRIPTOR:
        return notice("place_descriptor", language, file=DESCRIPTOR) + ": "
    if place.address is not None:
        return f"{visible(place.address)}: "
    if place.resource is None:
        return ""
    if place.row is None:
        return f"{visible(place.resource)}: "
    return notice("place", language, file=visible(place.resource), row=place.row) + ": "


def sheet_line(row: Mapping[str, str]) -> str:
    """A row as spreadsheets take it from the clipboard: a tab between cells."""
    return "\t".join(visible(cell) for cell in row.values())


def offered_line(issue: Issue) -> str:
    """The row that an issue offers, as a line to paste into a sheet or a file; empty where it offers none."""
    if issue.erratum is None:
        return ""
    return sheet_line(issue.erratum) if issue.words else csv_line(issue.erratum)


def offer_text(issue: Issue, path: str, language: Language) -> str:
    """Where to paste the row that an issue offers, and what to add.

    Args:
        issue: the issue.
        path: the file of the package's errata, for an issue of a package.
        language: the language.
    """
    if issue.words:
        return notice("erratum_offer_sheet", language, sheet=issue.words.tables["errata"])
    return notice("erratum_offer", language, path=path)


def csv_line(row: Mapping[str, str]) -> str:
    """A row as a line of a CSV file, without its end."""
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="").writerow(row.values())
    return line.getvalue()


def verdict(report: Report, language: Language) -> str:
    """The report in one line: whether the package can be released, what is in the way, and how much of what.

    A package of another standard is not released; it is valid or not.
    """
    names = {Verdict.READY: "ready", Verdict.WARNINGS_OPEN: "warnings_open", Verdict.EXAMPLE: "is_example"}
    name = names[report.verdict] if report.valid and report.schema in known_schemas() else "valid"
    return notice(
        name if report.valid else "invalid",
        language,
        example=report.example or "",
        errors=report.errors,
        warnings=report.warnings,
        acknowledged=report.acknowledged,
        tables=len(report.tables),
        rows=sum(table.rows for table in report.tables),
    )


def not_judged_text(report: Report, language: Language) -> str:
    """The rules that errors kept from running, with the tables in the way; empty where all ran."""
    if not report.not_judged:
        return ""
    tables = dict.fromkeys(table for waiting in report.not_judged for table in waiting.tables)
    rules = [waiting.code for waiting in report.not_judged]
    return notice("not_judged", language, tables=", ".join(tables), rules=", ".join(rules), count=len(rules))


def example_of(code: str) -> JsonObject | None:
    """The description of the standard's invalid example of a rule (``example.json``); None where it has none."""
    path = load_family(CURRENT).folder / "examples/invalid" / code / "example.json"
    content: JsonObject | None = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    return content


def example_text(example: JsonObject, language: Language) -> str:
    """The fault of an invalid example."""
    return str(example["about" if language == Language.TH else "about_en"])


def explanation(code: str, language: Language) -> str:
    """A rule in full: title, severity, why it exists, what to do, an example, where it comes from.

    Raises:
        UsageError: the catalogue has no such code.
    """
    explained = rule(code)
    example = example_of(code)
    lines = [
        f"{code} ({notice(f'severity_{explained.severity}', language)}): {explained.title[language]}",
        "",
        f"{notice('why', language)}: {explained.explanation[language]}",
        "",
        *(f"- {w.message[language]}\n  {w.fix[language]}" for w in explained.entry.wordings),
        "",
        *([f"{notice('example', language)}: {example_text(example, language)}", ""] if example else []),
        f"{notice('source', language)}: {explained.source}",
    ]
    return "\n".join(lines)


def _field_label(resource: str | None, name: str, language: Language, schema: str) -> str:
    table = find_family(schema).tables.get(resource or "")
    field = table.field_by_name.get(name) if table else None
    title = (field.title if language == Language.TH else field.title_en) if field else name
    return name if title == name else f"{name} ({title})"
