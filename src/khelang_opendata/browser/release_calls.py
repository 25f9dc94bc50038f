"""The calls on releases: release a draft, verify a release, compare two, make the site of all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from khelang_opendata.browser.asked import DRAFT, NEW, OLD, RELEASE, RELEASES, Asked, as_package, inside
from khelang_opendata.browser.drafts import FolderDraft
from khelang_opendata.browser.remedies import page_sentence
from khelang_opendata.intake.opening import package_folder
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.limits import DEFAULT
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import DESCRIPTOR, Package


def diff_call(asked: Asked) -> dict[str, Any]:
    """Compare two packages, releases or folders of releases; without a new one, the draft is it."""
    from khelang_opendata.diff import diff_packages  # noqa: PLC0415 (only this call)
    from khelang_opendata.render.changes import ChangesFormat, render_changes  # noqa: PLC0415 (as above)

    with _compared(asked, OLD) as old, _compared(asked, NEW if asked.has(NEW) else DRAFT) as new:
        changes = diff_packages(Package.load(old, DEFAULT), Package.load(new, DEFAULT))
    texts = {form: render_changes(changes, form, asked.language) for form in ChangesFormat}
    asked.write({"changes.md": texts[ChangesFormat.MARKDOWN].encode()})
    return {"changes": json.loads(texts[ChangesFormat.JSON]), "text": texts[ChangesFormat.TEXT]}


@contextmanager
def _compared(asked: Asked, place: str) -> Iterator[Path]:
    """The folder of what is compared: the draft as a package, or a package, or the newest of a folder of releases."""
    if place == DRAFT:
        with as_package(asked) as folder:
            yield (asked.folder / DRAFT / folder).resolve()
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


def verify_call(asked: Asked) -> dict[str, Any]:
    """Verify a release against its manifest and its signature."""
    from khelang_opendata.published.verification import verify  # noqa: PLC0415 (only this call)
    from khelang_opendata.published.verification_text import (  # noqa: PLC0415 (as above)
        origin_text,
        problem_text,
        signature_text,
        verdict_text,
    )

    with inside(asked.folder / RELEASE):
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
        signature = page_sentence(f"signature_{result.signature}", language)
        content[f"signature_{language}"] = signature or signature_text(result, language)
        origin = origin_text(result, language)
        content[f"origin_{language}"] = origin and page_sentence("verify_origin", language)
    return content


def _one_of(place: Path) -> Path:
    """The one file of a place, or its one folder, or the place itself."""
    entries = [*place.iterdir()]
    return entries[0] if len(entries) == 1 else place


def release_call(asked: Asked) -> dict[str, Any]:
    """Release the draft, after the releases that the page gives."""
    from khelang_opendata.diff import Bump  # noqa: PLC0415 (only this call)
    from khelang_opendata.formats.parquet import is_available  # noqa: PLC0415 (loads the edition)
    from khelang_opendata.release import ReleaseOptions, release_package  # noqa: PLC0415 (loads jinja2, filelock)
    from khelang_opendata.release.release_day import release_day  # noqa: PLC0415 (as above)

    facts = asked.facts
    raised = facts.get("at_least")
    texts = (facts.get(name) for name in ("allow_warnings", "approved_by", "commit"))
    day = release_day(str(facts["on"]))
    options = ReleaseOptions(day, facts.get("note"), Bump[raised] if raised else Bump.NONE, *texts)
    with as_package(asked) as folder:
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


def _store(asked: Asked) -> Path:
    """The folder of earlier releases, made of their archives where the page was given only those."""
    from khelang_opendata.published.history import is_store  # noqa: PLC0415 (only for releases)

    place = asked.folder / RELEASES
    if not place.is_dir():
        return place
    for folder in (place, *sorted(path for path in place.rglob("*") if path.is_dir())):
        if is_store(folder):
            return folder
    from khelang_opendata.release import restore_store  # noqa: PLC0415 (as above)

    store = asked.folder / "restored"
    restore_store(store, sorted(place.rglob("*.zip")))
    return store


def site_call(asked: Asked) -> dict[str, Any]:
    """Write the site of the releases."""
    from khelang_opendata.site.plan_site import SiteOptions, plan_pages  # noqa: PLC0415 (loads jinja2)
    from khelang_opendata.site.site_source import read_plan_releases  # noqa: PLC0415 (as above)

    store = _store(asked)
    asked.progress("read")
    releases = read_plan_releases(store)
    asked.progress("build")
    asked.write(plan_pages(releases, SiteOptions(None, has_charts=False)))
    return {"index": "index.html"}
