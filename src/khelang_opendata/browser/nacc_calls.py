"""The calls for the national bodies' forms: a round's report for E-Plan, and the evidence of the ITA items."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from khelang_opendata.browser.asked import RELEASE, Asked, inside
from khelang_opendata.browser.drafts import FolderDraft
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.limits import DEFAULT
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package


@contextmanager
def _released(asked: Asked) -> Iterator[Package]:
    """The package of the release that the call is given, verified."""
    from khelang_opendata.nacc.source import released_package  # noqa: PLC0415 (only for reports to the NACC)

    with asked.draft(RELEASE) as draft:
        if not isinstance(draft, FolderDraft) or not draft.is_release:
            raise UsageError("draft_refused", "no_release")
        asked.progress("judge")
        folder = draft.path.resolve()
        with inside(folder.parent):
            yield released_package(Path(folder.name), DEFAULT)


def export_call(asked: Asked) -> dict[str, Any]:
    """Write the report of a round for E-Plan."""
    from khelang_opendata.nacc.eplan import RoundReport  # noqa: PLC0415 (slow)
    from khelang_opendata.nacc.source import fiscal_year  # noqa: PLC0415 (as above)

    facts = asked.facts
    year = fiscal_year(str(facts["year"])) if facts.get("year") else None
    ending = "csv" if facts.get("format") == "csv" else "xlsx"
    with _released(asked) as package:
        report = RoundReport.of(package, year, int(facts.get("months", 12)))
        asked.progress("build")
        asked.write({report.name(ending): report.file(ending)})
    lines = {f"score_{language}": [*report.score.lines(language)] for language in Language}
    return {"path": report.name(ending), "year": report.about.year, "rows": len(report.rows), **lines}


def items_call(_: Asked) -> dict[str, Any]:
    """The ITA items that a plan is evidence for, and the years that are known."""
    from khelang_opendata.nacc.ita import known_years, newest_items  # noqa: PLC0415 (reads YAML)

    items = [{"key": i.key, "code": i.code, "title_th": i.title_th, "title_en": i.title_en} for i in newest_items()]
    return {"items": items, "years": known_years()}


def evidence_call(asked: Asked) -> dict[str, Any]:
    """Write the evidence pages of a year's ITA items."""
    from khelang_opendata.nacc.evidence_pages import INDEX, evidence_files  # noqa: PLC0415 (loads jinja2)
    from khelang_opendata.nacc.exhibits import released_evidence  # noqa: PLC0415 (as above)
    from khelang_opendata.nacc.source import fiscal_year  # noqa: PLC0415 (as above)

    year = fiscal_year(str(asked.facts.get("year", "")))
    codes = {str(key): str(code) for key, code in asked.facts.get("items", {}).items()}
    with _released(asked) as package:
        evidence = released_evidence(package, year, codes)
        asked.progress("build")
        asked.write(evidence_files(evidence))
    items = [
        {
            "code": one.item.code,
            "title_th": one.item.title_th,
            "title_en": one.item.title_en,
            "rows": one.sheet.size,
            "page": f"{one.name}.html",
            "table": f"{one.name}.csv",
            "todo": [{f"text_{language}": todo.text(language) for language in Language} for todo in one.todo],
        }
        for one in evidence.exhibits
    ]
    return {"year": year, "index": INDEX, "items": items}
