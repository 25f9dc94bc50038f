"""The calls of the page: JSON and a folder of files in, JSON and files out. No call keeps anything for the next."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from khelang_opendata.browser.asked import Asked, Progress, inside
from khelang_opendata.browser.cells import choices_of
from khelang_opendata.browser.draft_calls import (
    check_call,
    fmt_call,
    import_call,
    init_call,
    package_call,
    questions_call,
    report_call,
    rows_call,
    template_call,
)
from khelang_opendata.browser.nacc_calls import evidence_call, export_call, items_call
from khelang_opendata.browser.release_calls import diff_call, release_call, site_call, verify_call
from khelang_opendata.browser.remedies import page_remedy
from khelang_opendata.model.failures import InternalError, KhelangError, PackageRefused
from khelang_opendata.model.limits import DEFAULT
from khelang_opendata.model.wording import Language
from khelang_opendata.render.messages import explanation, failure_text
from khelang_opendata.render.report_json import report_object
from khelang_opendata.standard.family import CURRENT, load_family
from khelang_opendata.version import __version__


def answer(call: str, facts: str, folder: str, progress: Progress = lambda _: None) -> str:
    """Answer one call of the page.

    Args:
        call: its name, one of ``web/app/README.md``.
        facts: its parameters, a JSON object.
        folder: the folder with the files of the call, each below the folder of its place (``draft/plan.xlsx``). What
            the call makes is written below ``out``.
        progress: called with the name of each step of a long call.

    Returns:
        A JSON object: ``answer``, or ``failure`` with its texts in both languages. No exception leaves this function
        but those that end the interpreter.
    """
    content: dict[str, Any]
    try:
        with inside(Path(folder)):
            content = {"answer": _CALLS[call](Asked(Path.cwd(), json.loads(facts), progress))}
    except KhelangError as error:
        content = {"failure": _failure(error)}
    except Exception as error:  # the boundary: a person gets a sentence, whatever happens
        content = {"failure": _failure(InternalError.of(error))}
    return json.dumps(content, ensure_ascii=False)


def _failure(error: KhelangError) -> dict[str, Any]:
    texts = {language: failure_text(error, language) for language in Language}
    content: dict[str, Any] = {"code": error.code, "exit_code": error.exit_code}
    content |= {f"message_{language}": text.message for language, text in texts.items()}
    content |= {f"fix_{language}": page_remedy(error, language) or text.fix for language, text in texts.items()}
    if isinstance(error, PackageRefused):
        content["report"] = report_object(error.report)
    return content


def _about(_: Asked) -> dict[str, Any]:
    from khelang_opendata.formats.parquet import is_available  # noqa: PLC0415 (loads the edition)

    errata = load_family().tables["errata"].fields
    return {
        "version": __version__,
        "schema": CURRENT,
        "parquet": is_available(),
        "most_bytes": DEFAULT.file_bytes,
        "errata_columns": [
            {
                "name": f.name,
                "title_th": f.title,
                "title_en": f.title_en,
                "choices": [*choices_of(f, is_workbook=False)] if f.meanings else None,
            }
            for f in errata
        ],
    }


def _explain(asked: Asked) -> dict[str, Any]:
    return {f"text_{language}": explanation(str(asked.facts["code"]), language) for language in Language}


_CALLS: Mapping[str, Callable[[Asked], dict[str, Any]]] = {
    "about": _about,
    "check": check_call,
    "rows": rows_call,
    "report": report_call,
    "questions": questions_call,
    "init": init_call,
    "fmt": fmt_call,
    "import": import_call,
    "template": template_call,
    "package": package_call,
    "diff": diff_call,
    "verify": verify_call,
    "release": release_call,
    "site": site_call,
    "export": export_call,
    "items": items_call,
    "evidence": evidence_call,
    "explain": _explain,
}
