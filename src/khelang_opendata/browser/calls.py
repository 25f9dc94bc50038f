"""The calls of the page: JSON and a folder of files in, JSON and files out. No call keeps anything for the next."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from khelang_opendata.browser.cells import cell_places, choices_of, place_in, rules_named, sheet_rows, tables_in
from khelang_opendata.browser.drafts import FolderDraft, WorkbookDraft, files_of, opened
from khelang_opendata.browser.remedies import page_remedy
from khelang_opendata.files.place import write_files
from khelang_opendata.intake.corrections import Correction
from khelang_opendata.intake.opening import package_folder
from khelang_opendata.model.failures import InternalError, KhelangError, PackageRefused, UsageError
from khelang_opendata.model.limits import DEFAULT
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import DESCRIPTOR, Package
from khelang_opendata.render.messages import explanation, failure_text
from khelang_opendata.render.report_json import report_object
from khelang_opendata.render.reports import ReportFormat, render_report
from khelang_opendata.standard.family import CURRENT, load_family
from khelang_opendata.version import __version__

Facts = Mapping[str, Any]
Progress = Callable[[str], object]

_DRAFT, _RELEASES, _RELEASE, _OLD, _NEW, _PACKAGE = "draft", "releases", "release", "old", "new", "package"
"""The folders of the files that a call is given."""
_OUT = "out"
"""The folder of the files that a call makes."""
_ENDINGS = {ReportFormat.TEXT: "txt"}


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
        with _inside(Path(folder)):
            content = {"answer": _CALLS[call](_Asked(Path.cwd(), json.loads(facts), progress))}
    except KhelangError as error:
        content = {"failure": _failure(error)}
    except Exception as error:  # the boundary: a person gets a sentence, whatever happens
        content = {"failure": _failure(InternalError.of(error))}
    return json.dumps(content, ensure_ascii=False)


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in a folder, for failures to name the files as the person does."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _failure(error: KhelangError) -> dict[str, Any]:
    texts = {language: failure_text(error, language) for language in Language}
    content: dict[str, Any] = {"code": error.code, "exit_code": error.exit_code}
    content |= {f"message_{language}": text.message for language, text in texts.items()}
    content |= {f"fix_{language}": page_remedy(error, language) or text.fix for language, text in texts.items()}
    if isinstance(error, PackageRefused):
        content["report"] = report_object(error.report)
    return content


@dataclass(frozen=True)
class _Asked:
    """A call: its folder, its parameters, and whom to report steps to."""

    folder: Path
    facts: Facts
    progress: Progress

    @property
    def language(self) -> Language:
        return Language(self.facts.get("lang", Language.TH))

    @contextmanager
    def draft(self, place: str = _DRAFT) -> Iterator[WorkbookDraft | FolderDraft]:
        """What the person opened, with the corrections."""
        corrections = [Correction.of(one) for one in self.facts.get("corrections", ())] if place == _DRAFT else []
        self.progress("read")
        (self.folder / place).mkdir(exist_ok=True)
        with _inside(self.folder / place), opened(Path(), corrections) as draft:
            yield draft

    def write(self, files: Mapping[str, bytes]) -> None:
        """Give the page files."""
        write_files(self.folder / _OUT, files)


def _about(_: _Asked) -> dict[str, Any]:
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


def _check(asked: _Asked) -> dict[str, Any]:
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


def _rows(asked: _Asked) -> dict[str, Any]:
    with asked.draft() as draft:
        facts = asked.facts
        return sheet_rows(draft, str(facts["where"]), int(facts["row"]), int(facts.get("count", 10)))


def _report(asked: _Asked) -> dict[str, Any]:
    form = ReportFormat(asked.facts["format"])
    with asked.draft() as draft:
        asked.progress("judge")
        report, package = draft.judged()
        text = render_report(report, package, form, asked.language)
    path = f"report.{_ENDINGS.get(form, form.value)}"
    asked.write({path: text.encode()})
    return {"path": path}


def _import(asked: _Asked) -> dict[str, Any]:
    from khelang_opendata.intake.receiving import Receiver  # noqa: PLC0415 (only for workbooks)

    with asked.draft() as draft, asked.draft(_PACKAGE) if _has(asked, _PACKAGE) else _nothing() as target:
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


def _has(asked: _Asked, place: str) -> bool:
    return (asked.folder / place).is_dir()


@contextmanager
def _nothing() -> Iterator[None]:
    yield None


def _template(asked: _Asked) -> dict[str, Any]:
    from khelang_opendata.intake.opening import readable_package  # noqa: PLC0415 (only for workbooks)
    from khelang_opendata.intake.plan_workbook import plan_workbook  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.snapshot import Snapshot, kept_descriptor  # noqa: PLC0415 (as above)

    family, snapshot, name = load_family(), None, "plan"
    if _has(asked, _DRAFT):
        with _as_package(asked) as folder:
            package, family, tables = readable_package(folder, DEFAULT)
        snapshot = Snapshot(tables, kept_descriptor(package.descriptor, list(tables)))
        name = str(package.descriptor.get("name", name))
    asked.progress("build")
    path = f"{name}.xlsx"
    asked.write({path: plan_workbook(family, snapshot, asked.language)})
    return {"path": path}


def _package(asked: _Asked) -> dict[str, Any]:
    with _as_package(asked) as folder:
        files = files_of(folder)
    asked.write(files)
    return {"changed": sorted(files)}


@contextmanager
def _as_package(asked: _Asked) -> Iterator[Path]:
    """The folder of the package that the draft is, or that import makes of it.

    Raises:
        DataError: cells of a workbook were not understood.
    """
    from khelang_opendata.intake.receiving import Receiver  # noqa: PLC0415 (only for workbooks)

    with asked.draft() as draft:
        if isinstance(draft, FolderDraft):
            yield draft.path
            return
        receiver = Receiver.new(draft.sheets)
        imported = receiver.take(draft.sheets, asked.facts.get("plan_id"))
        unread = imported.stopped_by(allow_deletions=True)
        if unread:
            first = imported.of_kind(unread)[0]
            raise UsageError("draft_refused", "unread", count=len(imported.of_kind(unread)), place=first.place)
        folder = asked.folder / "imported"
        write_files(folder, receiver.files(imported.tables))
        yield folder


def _diff(asked: _Asked) -> dict[str, Any]:
    from khelang_opendata.diff import diff_packages  # noqa: PLC0415 (only this call)
    from khelang_opendata.render.changes import ChangesFormat, render_changes  # noqa: PLC0415 (as above)

    with _compared(asked, _OLD) as old, _compared(asked, _NEW if _has(asked, _NEW) else _DRAFT) as new:
        changes = diff_packages(Package.load(old, DEFAULT), Package.load(new, DEFAULT))
    texts = {form: render_changes(changes, form, asked.language) for form in ChangesFormat}
    asked.write({"changes.md": texts[ChangesFormat.MARKDOWN].encode()})
    return {"changes": json.loads(texts[ChangesFormat.JSON]), "text": texts[ChangesFormat.TEXT]}


@contextmanager
def _compared(asked: _Asked, place: str) -> Iterator[Path]:
    """The folder of what is compared: the draft as a package, or a package, or the newest of a folder of releases."""
    if place == _DRAFT:
        with _as_package(asked) as folder:
            yield (asked.folder / _DRAFT / folder).resolve()
        return
    newest = _newest_release(asked.folder / place)
    if newest is None:
        with asked.draft(place) as one:
            if not isinstance(one, FolderDraft):
                raise UsageError("draft_refused", "no_package")
            yield (asked.folder / place / one.path).resolve()
        return
    with package_folder(newest) as folder:
        yield folder


def _newest_release(place: Path) -> Path | None:
    """The newest release that an ``index.json`` lists, as a folder or a ZIP file; None where there is no such list.

    Raises:
        UsageError: the release is not among the files.
        ReleaseDamaged: the list or the release is not as it was published.
    """
    from khelang_opendata.published.history import INDEX, newest_listed  # noqa: PLC0415 (only for comparisons)
    from khelang_opendata.published.verification import damage_of, verify  # noqa: PLC0415 (as above)

    lists = sorted(place.rglob(INDEX), key=lambda path: len(path.parts))
    stores = [path.parent for path in lists if not (path.parent / DESCRIPTOR).exists()]
    version = newest_listed(stores[0]) if stores else None
    if version is None:
        return None
    found = [*stores[0].glob(f"v{version}/"), *sorted(place.rglob(f"*-v{version}.zip"))]
    if not found:
        raise UsageError("draft_refused", "newest_missing", version=version)
    result = verify(found[0])
    if not result.is_whole:
        raise damage_of(found[0].relative_to(place), result)
    return found[0]


_MOST_CHANGES = 500
"""Changes of form that the page lists; it counts them all."""


def _fmt(asked: _Asked) -> dict[str, Any]:
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


def _questions(_: _Asked) -> dict[str, Any]:
    from khelang_opendata.standard.provinces import provinces  # noqa: PLC0415 (only this call)

    types = load_family().tables["plans"].field_by_name["lao_type"]
    return {
        "types": [*choices_of(types, is_workbook=False)],
        "provinces": [{"code": one.code, "title_th": one.name_th, "title_en": one.name_en} for one in provinces()],
    }


def _init(asked: _Asked) -> dict[str, Any]:
    from khelang_opendata.intake.answers import answers_of, type_disagrees  # noqa: PLC0415 (only this call)
    from khelang_opendata.intake.new_package import new_package  # noqa: PLC0415 (as above)

    answers = answers_of({name: str(text) for name, text in asked.facts.items()})
    asked.write(new_package(answers))
    return {"plan_id": answers.plan_id, "type_differs": type_disagrees(answers)}


@contextmanager
def _released(asked: _Asked) -> Iterator[Package]:
    """The package of the release that the call is given, verified."""
    from khelang_opendata.nacc.source import released_package  # noqa: PLC0415 (only for reports to the NACC)

    with asked.draft(_RELEASE) as draft:
        if not isinstance(draft, FolderDraft) or not draft.is_release:
            raise UsageError("draft_refused", "no_release")
        asked.progress("judge")
        folder = draft.path.resolve()
        with _inside(folder.parent):
            yield released_package(Path(folder.name), DEFAULT)


def _export(asked: _Asked) -> dict[str, Any]:
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


def _items(_: _Asked) -> dict[str, Any]:
    from khelang_opendata.nacc.ita import known_years, newest_items  # noqa: PLC0415 (reads YAML)

    items = [{"key": i.key, "code": i.code, "title_th": i.title_th, "title_en": i.title_en} for i in newest_items()]
    return {"items": items, "years": known_years()}


def _evidence(asked: _Asked) -> dict[str, Any]:
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


def _verify(asked: _Asked) -> dict[str, Any]:
    from khelang_opendata.published.verification import verify  # noqa: PLC0415 (only this call)
    from khelang_opendata.published.verification_text import (  # noqa: PLC0415 (as above)
        origin_text,
        problem_text,
        signature_text,
        verdict_text,
    )

    with _inside(asked.folder / _RELEASE):
        result = verify(_one_of(Path()))
    content: dict[str, Any] = {
        "is_whole": result.is_whole,
        "files": result.files,
        "signature": result.signature.value,
        "key": result.key,
    }
    content["problems"] = [
        {"kind": p.kind.value, "path": p.path, **{f"text_{lang}": problem_text(p, lang) for lang in Language}}
        for p in result.problems
    ]
    for language in Language:
        content[f"summary_{language}"] = verdict_text(result, language)
        content[f"signature_{language}"] = signature_text(result, language)
        content[f"origin_{language}"] = origin_text(result, language)
    return content


def _one_of(place: Path) -> Path:
    """The one file of a place, or its one folder, or the place itself."""
    entries = [*place.iterdir()]
    return entries[0] if len(entries) == 1 else place


def _release(asked: _Asked) -> dict[str, Any]:
    from khelang_opendata.diff import Bump  # noqa: PLC0415 (only this call)
    from khelang_opendata.formats.parquet import is_available  # noqa: PLC0415 (loads the edition)
    from khelang_opendata.release import ReleaseOptions, release_package  # noqa: PLC0415 (loads jinja2, filelock)
    from khelang_opendata.release.release_day import release_day  # noqa: PLC0415 (as above)

    facts = asked.facts
    raised = facts.get("at_least")
    texts = (facts.get(name) for name in ("allow_warnings", "approved_by", "commit"))
    day = release_day(str(facts["on"]))
    options = ReleaseOptions(day, facts.get("note"), Bump[raised] if raised else Bump.NONE, *texts)
    with _as_package(asked) as folder:
        package = Package.load(folder, DEFAULT)
        out = _store(asked)
        asked.progress("build")
        outcome = release_package(package, out, options, dry_run=bool(facts.get("dry_run")))
        asked.progress("pack")
        archive = f"{package.descriptor.get('name')}-v{outcome.version}.zip"
        if not facts.get("dry_run"):
            beside = [path for path in out.iterdir() if path.is_file() and not path.name.startswith(".")]
            kept = [path for path in beside if path.suffix != ".zip" or path.name == archive]
            asked.write({path.name: path.read_bytes() for path in kept})
    return {
        "version": outcome.version,
        "written": outcome.written,
        "count": outcome.files,
        "parquet": is_available(),
        "archive": archive,
    }


def _store(asked: _Asked) -> Path:
    """The folder of earlier releases, made of their archives where the page was given only those."""
    from khelang_opendata.published.history import is_store  # noqa: PLC0415 (only for releases)

    place = asked.folder / _RELEASES
    if not place.is_dir():
        return place
    for folder in (place, *sorted(path for path in place.rglob("*") if path.is_dir())):
        if is_store(folder):
            return folder
    from khelang_opendata.release import restore_store  # noqa: PLC0415 (as above)

    store = asked.folder / "restored"
    restore_store(store, sorted(place.rglob("*.zip")))
    return store


def _site(asked: _Asked) -> dict[str, Any]:
    from khelang_opendata.site.plan_site import SiteOptions, plan_pages  # noqa: PLC0415 (loads jinja2)
    from khelang_opendata.site.site_source import read_plan_releases  # noqa: PLC0415 (as above)

    store = _store(asked)
    asked.progress("read")
    releases = read_plan_releases(store)
    asked.progress("build")
    asked.write(plan_pages(releases, SiteOptions(None, has_charts=False)))
    return {"index": "index.html"}


def _explain(asked: _Asked) -> dict[str, Any]:
    return {f"text_{language}": explanation(str(asked.facts["code"]), language) for language in Language}


_CALLS: Mapping[str, Callable[[_Asked], dict[str, Any]]] = {
    "about": _about,
    "check": _check,
    "rows": _rows,
    "report": _report,
    "questions": _questions,
    "init": _init,
    "fmt": _fmt,
    "import": _import,
    "template": _template,
    "package": _package,
    "diff": _diff,
    "verify": _verify,
    "release": _release,
    "site": _site,
    "export": _export,
    "items": _items,
    "evidence": _evidence,
    "explain": _explain,
}
