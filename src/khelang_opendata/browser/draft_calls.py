"""The calls on a draft: judge it, show its rows, change its form, import it, start a new one."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from khelang_opendata.browser.asked import DRAFT, PACKAGE, Asked, as_package
from khelang_opendata.browser.cells import cell_places, choices_of, place_in, rules_named, sheet_rows, tables_in
from khelang_opendata.browser.drafts import FolderDraft, WorkbookDraft, files_of
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.limits import DEFAULT
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package
from khelang_opendata.render.report_json import report_object
from khelang_opendata.render.reports import ReportFormat, render_report
from khelang_opendata.standard.family import load_family

_ENDINGS = {ReportFormat.TEXT: "txt"}


def check_call(asked: Asked) -> dict[str, Any]:
    """Judge the draft: its report, the place of each issue on the screen, and its tables."""
    with asked.draft() as draft:
        asked.progress("judge")
        report, package = draft.judged()
        content = report_object(report)
        described = package.descriptor if package else {}
        return {
            "kind": "workbook" if isinstance(draft, WorkbookDraft) else "package",
            "is_release": isinstance(draft, FolderDraft) and draft.is_release,
            **{name: str(described.get(name, "")) for name in ("name",)},
            "title_th": str(described.get("title", "")),
            "title_en": str(described.get("title_en", "")),
            "report": content,
            "places": cell_places(report.issues, package),
            "unread_places": [place_in(cell.address) for cell in report.unread],
            "rules": rules_named(report),
            "tables": tables_in(draft, package),
        }


def rows_call(asked: Asked) -> dict[str, Any]:
    """The rows of a table or sheet around one row, as cells to correct."""
    with asked.draft() as draft:
        facts = asked.facts
        return sheet_rows(draft, str(facts["where"]), int(facts["row"]), int(facts.get("count", 10)))


def report_call(asked: Asked) -> dict[str, Any]:
    """Write the report of the draft as a file."""
    form = ReportFormat(asked.facts["format"])
    with asked.draft() as draft:
        asked.progress("judge")
        report, package = draft.judged()
        text = render_report(report, package, form, asked.language)
    path = f"report.{_ENDINGS.get(form, form.value)}"
    asked.write({path: text.encode()})
    return {"path": path}


def import_call(asked: Asked) -> dict[str, Any]:
    """Import a workbook into a package that the page gives, or into a new one, unless a remark stops it."""
    from khelang_opendata.intake.receiving import Receiver  # noqa: PLC0415 (only for workbooks)

    with asked.draft() as draft, asked.draft(PACKAGE) if asked.has(PACKAGE) else nullcontext() as target:
        if not isinstance(draft, WorkbookDraft):
            raise UsageError("draft_refused", "no_workbook")
        asked.progress("judge")
        kept = dict[str, bytes]()
        if isinstance(target, FolderDraft):
            receiver = Receiver.existing(target.path, draft.sheets, [draft.path], DEFAULT)
            kept = files_of(target.path)
        else:
            receiver = Receiver.new(draft.sheets)
        imported = receiver.take(draft.sheets, asked.facts.get("plan_id"))
        stopped_by = imported.stopped_by(allow_deletions=bool(asked.facts.get("allow_deletions")))
        changed = dict[str, bytes]()
        if not stopped_by:
            changed = receiver.files(imported.tables)
            asked.write({**kept, **changed})
    remarks = [
        {
            "kind": remark.kind.value,
            "code": remark.code,
            "place": remark.place,
            "where": remark.sheet,
            "row": None if remark.row is None else remark.row + 1,
            "column": remark.column,
            **{f"text_{language}": remark.text(language) for language in Language},
        }
        for remark in imported.remarks
    ]
    return {"remarks": remarks, "stopped": stopped_by and stopped_by.value, "changed": sorted(changed)}


def template_call(asked: Asked) -> dict[str, Any]:
    """Write the workbook to fill, empty or filled from the draft."""
    from khelang_opendata.intake.opening import readable_package  # noqa: PLC0415 (only for workbooks)
    from khelang_opendata.intake.plan_workbook import plan_workbook  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.snapshot import Snapshot, kept_descriptor  # noqa: PLC0415 (as above)

    family, snapshot, name = load_family(), None, "plan"
    if asked.has(DRAFT):
        with as_package(asked) as folder:
            package, family, tables = readable_package(folder, DEFAULT)
        snapshot = Snapshot(tables, kept_descriptor(package.descriptor, list(tables)))
        name = str(package.descriptor.get("name", name))
    asked.progress("build")
    path = f"{name}.xlsx"
    asked.write({path: plan_workbook(family, snapshot, asked.language)})
    return {"path": path}


def package_call(asked: Asked) -> dict[str, Any]:
    """Write the draft as a package, with its corrections."""
    with as_package(asked) as folder:
        files = files_of(folder)
    asked.write(files)
    return {"changed": sorted(files)}


_MOST_CHANGES = 500
"""Changes of form that the page lists; it counts them all."""


def fmt_call(asked: Asked) -> dict[str, Any]:
    """What the correction ``{"fmt": true}`` would change in the draft."""
    from khelang_opendata.intake.canonical_form import canonical_form  # noqa: PLC0415 (only this call)
    from khelang_opendata.validation import family_of  # noqa: PLC0415 (as for the command)

    with asked.draft() as draft:
        if not isinstance(draft, FolderDraft):
            raise UsageError("correction_refused", "workbook_form")
        asked.progress("judge")
        package = Package.load(draft.path, DEFAULT)
        form = canonical_form(package, family_of(package))
    listed = [
        {"path": one.path, "row": one.row, **{f"text_{lang}": one.text(lang) for lang in Language}}
        for one in form.changes[:_MOST_CHANGES]
    ]
    return {"changes": listed, "count": len(form.changes), "files": sorted(form.files)}


def questions_call(_: Asked) -> dict[str, Any]:
    """What a new plan asks: the types of local government and the provinces."""
    from khelang_opendata.standard.provinces import provinces  # noqa: PLC0415 (only this call)

    types = load_family().tables["plans"].field_by_name["lao_type"]
    return {
        "types": [*choices_of(types, is_workbook=False)],
        "provinces": [{"code": one.code, "title_th": one.name_th, "title_en": one.name_en} for one in provinces()],
    }


def init_call(asked: Asked) -> dict[str, Any]:
    """Write the package of a new plan, from the answers."""
    from khelang_opendata.intake.answers import answers_of, type_disagrees  # noqa: PLC0415 (only this call)
    from khelang_opendata.intake.new_package import new_package  # noqa: PLC0415 (as above)

    answers = answers_of({name: str(text) for name, text in asked.facts.items()})
    asked.write(new_package(answers))
    return {"plan_id": answers.plan_id, "type_differs": type_disagrees(answers)}
