"""The work of a harvest that runs in parallel: plans are read, validated and turned into columns, a batch at a time.

A task is a pure function of its plans: it writes nothing but a temporary folder, so that an executor may run it again.
It returns text and bytes only, so that a worker on another computer needs no common disk for the result.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from khelang_opendata.diff.versioning import VERSION
from khelang_opendata.files.paths import below
from khelang_opendata.model.failures import (
    DataError,
    DescriptorError,
    EnvironmentFailure,
    InternalError,
    KhelangError,
)
from khelang_opendata.model.limits import DEFAULT, Limits
from khelang_opendata.model.report import Report, Severity
from khelang_opendata.model.wording import Language, Texts, failures
from khelang_opendata.national.national_columns import (
    ISSUES,
    OWN,
    PACKAGE,
    PROVINCE,
    column_types,
    frame_of,
    table_names,
)
from khelang_opendata.package.datapackage import MANIFEST, Package
from khelang_opendata.package.edition import ReleasedTable, released_tables
from khelang_opendata.published.archive import (
    MAX_BYTES,
    ArchiveRefused,
    NotRegular,
    open_regular,
    read_folder,
    read_zipped_package,
)
from khelang_opendata.published.verification import damage_of, verify
from khelang_opendata.render.messages import issue_texts, place_text
from khelang_opendata.standard.family import CURRENT, version_numbers
from khelang_opendata.validation import family_of, validate

_PIECE = 2**20

MOST_ISSUES = 1_000
"""Issues of one plan that the dataset keeps; the counts cover all."""


class PlanTask(NamedTuple):
    """A plan to judge.

    ``files`` are its files where the worker cannot read ``path``; of a ZIP file the one, under an empty name. A plan
    whose content has one of the hashes in ``known`` is not judged again.
    """

    key: str
    path: str
    known: frozenset[str] = frozenset()
    files: Mapping[str, bytes] | None = None
    public_keys: tuple[str, ...] = ()
    limits: Limits = DEFAULT


class JudgedPlan(NamedTuple):
    """What came of one plan: ``facts`` are columns of the table ``packages`` by name.

    ``content_hash`` is empty where the plan could not be read. ``is_known`` means that nothing else was looked at.
    ``reason`` is a code with its texts, and empty where the plan is taken.
    """

    key: str
    content_hash: str = ""
    is_known: bool = False
    reason: str = ""
    reason_th: str = ""
    reason_en: str = ""
    facts: Mapping[str, Any] = {}

    @property
    def is_taken(self) -> bool:
        """Whether the plan's rows enter the dataset."""
        return not self.reason


class JudgedBatch(NamedTuple):
    """The results of a task: a result for each plan, and the rows of those that are taken as Parquet by table.

    Each row has its package in a column that the dataset's table may lack: two plans may have one id.
    """

    plans: list[JudgedPlan]
    tables: dict[str, bytes]


class SourceInvalid(DataError):
    """The content of a source breaks the standard.

    Args:
        report: what the validation found, of which the texts name the first error with its place.
    """

    def __init__(self, report: Report) -> None:
        super().__init__("source_invalid", errors=report.errors, first="")
        self.report = report

    def texts(self, language: Language) -> Texts:
        errors = (issue for issue in self.report.issues if issue.severity is Severity.ERROR)
        if (first := next(errors, None)) is None:  # it comes after as many others as a report lists
            return failures()["source_invalid"].variants["unlisted"].filled(self.params, language)
        said = place_text(first, language) + issue_texts(first, language, self.report.schema).message
        return failures()["source_invalid"].wording_for({}).filled({**self.params, "first": said}, language)


def judge_batch(tasks: Iterable[PlanTask]) -> JudgedBatch:
    """Judge plans; the failure of one, of whatever kind, is its result."""
    rows: _Rows = defaultdict(list)
    plans = [_judged(task, rows) for task in tasks]
    return JudgedBatch(plans, {name: _parquet(name, found) for name, found in rows.items() if found})


_Rows = dict[str, list[dict[str, Any]]]


def _judged(task: PlanTask, rows: _Rows) -> JudgedPlan:
    content_hash, places = "", {task.path}
    try:
        with _opened(task) as (folder, content_hash):
            places.add(str(folder))
            if content_hash in task.known:
                return JudgedPlan(task.key, content_hash, is_known=True)
            signature = _signature(folder, task.public_keys)
            found = _validated(task, folder, content_hash, signature, rows)
    except KhelangError as error:
        found = refused(task.key, content_hash, error)
    except Exception as error:  # whatever it is: the other plans are judged all the same
        found = refused(task.key, content_hash, InternalError.of(error))
    thai, english = (_in_source(text, task.key, places) for text in (found.reason_th, found.reason_en))
    return found._replace(reason_th=thai, reason_en=english)


def _in_source(text: str, key: str, places: Iterable[str]) -> str:
    """A text that names the source in place of where it was read: a download or an unpacked folder is soon removed."""
    for place in sorted(places, key=len, reverse=True):
        text = text.replace(place, key)
    return text


def refused(key: str, content_hash: str, error: KhelangError, facts: Mapping[str, Any] | None = None) -> JudgedPlan:
    """The result of a plan that a failure keeps out."""
    thai, english = (error.texts(language).message for language in (Language.TH, Language.EN))
    return JudgedPlan(key, content_hash, False, error.code, thai, english, facts or {})


@contextmanager
def _opened(task: PlanTask) -> Iterator[tuple[Path, str]]:
    """The folder of a plan, and the hash of its content: of the ZIP file, or of all paths and files of the folder."""
    path = Path(task.path)
    if task.files is None and path.is_dir():
        yield path, content_hash_of(read_folder(path))
        return
    with TemporaryDirectory(prefix="khelang-") as parent:
        if task.files is not None and "" not in task.files:
            files, content_hash = task.files, content_hash_of(task.files)
        else:
            if task.files is not None:
                path = Path(parent) / "plan.zip"
                path.write_bytes(task.files[""])
            content_hash = _archive_hash(path)
            files = {} if content_hash in task.known else read_zipped_package(path)
            if MANIFEST in files and not (found := verify(path)).is_whole:
                raise damage_of(path, found)
        folder = Path(parent) / "package"
        folder.mkdir()
        for name, data in files.items():
            place = below(folder, name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        yield folder, content_hash


def carried(task: PlanTask) -> tuple[PlanTask, str]:
    """A task with the files of its plan, for a worker elsewhere, and the hash of the plan's content.

    Raises:
        KhelangError: the plan cannot be read.
    """
    path = Path(task.path)
    if path.is_dir():
        files = read_folder(path)
        return task._replace(files=files), content_hash_of(files)
    content_hash = _archive_hash(path)
    return task._replace(files={"": path.read_bytes()}), content_hash


def _archive_hash(path: Path) -> str:
    """The hash of a ZIP file that is not too large to be read."""
    try:
        with open_regular(path) as file:
            if os.fstat(file.fileno()).st_size > MAX_BYTES:
                raise ArchiveRefused("too_large", path=str(path), limit=MAX_BYTES)
            whole = hashlib.sha256()
            while piece := file.read(_PIECE):
                whole.update(piece)
            return zip_hash(whole.hexdigest())
    except NotRegular:
        raise ArchiveRefused("not_file", path=str(path)) from None
    except OSError as error:
        raise EnvironmentFailure.of("file_unreadable", path, error) from error


def zip_hash(sha256: str) -> str:
    """The hash of the content of a ZIP file, by that of the file."""
    return f"zip:{sha256}"


def content_hash_of(files: Mapping[str, bytes]) -> str:
    """The hash of the paths and contents of a folder's files."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n".encode("utf-8", "surrogateescape"))
    return f"files:{whole.hexdigest()}"


def _signature(folder: Path, public_keys: tuple[str, ...]) -> str:
    """The state of a release's signature, after its files were compared with its manifest; of a package, empty.

    Raises:
        ReleaseDamaged: a file differs from the manifest, or the signature is invalid.
    """
    if not (folder / MANIFEST).is_file():
        return ""
    found = verify(folder)
    if not found.is_whole:
        raise damage_of(folder, found)
    if found.key in public_keys:
        found = verify(folder, found.key)
        if not found.is_whole:
            raise damage_of(folder, found)
    return found.signature.value


def _validated(task: PlanTask, folder: Path, content_hash: str, signature: str, rows: _Rows) -> JudgedPlan:
    try:
        package = Package.load(folder, task.limits)
    except DescriptorError:
        report = validate(folder, limits=task.limits)
        rows[ISSUES] += _issue_rows(task.key, folder, report)
        return refused(task.key, content_hash, SourceInvalid(report), report.summary)
    if (unlifted := _unlifted(package.descriptor.get("conformsTo"))) is not None:
        return refused(task.key, content_hash, unlifted, _facts(package))
    report = validate(package)
    facts = {**_facts(package), **report.summary, "signature": signature}
    rows[ISSUES] += _issue_rows(task.key, folder, report)
    if not report.valid:
        return refused(task.key, content_hash, SourceInvalid(report), facts)
    if report.example is not None:
        return refused(task.key, content_hash, DataError("source_example", example=report.example), facts)
    family = family_of(package)
    tables = released_tables(package, family.held)
    found = {name: _table_rows(table) for name, table in tables.items() if name in table_names()}
    plan = found["plans"][0]
    for table_name, table_rows in found.items():
        rows[table_name] += ({**row, PROVINCE: plan[PROVINCE], PACKAGE: task.key} for row in table_rows)
    facts |= {
        **{name: plan[name] for name in _OF_PLAN},
        "rows": sum(map(len, found.values())),
        "projects": len(found.get("projects", ())),
        "budget_thb": sum((row["amount_thb"] or Decimal(0) for row in found.get("budgets", ())), Decimal(0)),
    }
    return JudgedPlan(task.key, content_hash, facts=facts)


def _unlifted(named: object) -> DataError | None:
    """Why rows of the named version of a standard cannot enter the dataset, whose tables are those of the newest.

    There is one version so far. A migration of a later one's predecessor belongs between the reading of a plan's tables
    (:func:`_validated`) and their rows, and this function lets through what one exists for.
    """
    if not isinstance(named, str) or named == CURRENT or not (given := _STANDARD.fullmatch(named)):
        return None  # what names no standard at all is for the validation
    name, newest = CURRENT.split("/")
    variant = "other"
    if given["name"] == name:
        variant = "newer" if version_numbers(given["version"]) > version_numbers(newest) else "older"
    return DataError("source_standard", variant, found=named, known=CURRENT)


_STANDARD = re.compile(rf"(?P<name>[a-z0-9-]{{1,60}})/(?P<version>{VERSION.pattern})")

_OF_PLAN = (
    *("plan_id", "lao_name_th", "lao_name_en", "lao_type", "dla_code", "province_code", "province_th"),
    *("start_fiscal_year_be", "end_fiscal_year_be"),
)


def _facts(package: Package) -> dict[str, Any]:
    descriptor = package.descriptor
    profile = descriptor.get("schemaProfile")
    name = profile.get("name") or profile.get("title") if isinstance(profile, dict) else None
    named = {"version": descriptor.get("version"), "schema": descriptor.get("conformsTo"), "profile": name}
    return {key: value[:200] if isinstance(value, str) else None for key, value in named.items()}


def _issue_rows(key: str, folder: Path, report: Report) -> Iterator[dict[str, Any]]:
    """The issues of a plan for the table ``issues``, the first :data:`MOST_ISSUES`."""
    for number, issue in enumerate(report.issues[:MOST_ISSUES], 1):
        texts = (issue_texts(issue, language, report.schema).message for language in (Language.TH, Language.EN))
        thai, english = (_in_source(text, key, [str(folder)]) for text in texts)
        place = issue.location
        yield {
            PACKAGE: key,
            "number": number,
            "code": issue.code,
            "severity": issue.severity.value,
            "acknowledged_by": issue.acknowledged_by,
            "table_name": place.resource,
            "row_number": place.row,
            "field": place.field,
            "message_th": thai,
            "message_en": english,
        }


def _table_rows(table: ReleasedTable) -> list[dict[str, Any]]:
    """The rows of a plan's table by the columns of the dataset; what a package or a profile adds is one JSON object.

    The dataset holds each number as it is: the rules ``number_too_long`` and ``amount_too_fine`` are errors.
    """
    standard = column_types(table.name)
    names = [field.name for field in table.schema.fields]
    own = [at for at, name in enumerate(names) if name not in standard]
    kept = [(name, at) for at, name in enumerate(names) if name in standard]
    rows = []
    for texts, values in zip(table.rows, table.values(), strict=True):
        row: dict[str, Any] = {name: values[at] for name, at in kept}
        added = {names[at]: texts[at] for at in own if texts[at]}
        row[OWN] = json.dumps(added, ensure_ascii=False, sort_keys=True) if added else None
        rows.append(row)
    return rows


def _parquet(name: str, rows: list[dict[str, Any]]) -> bytes:
    stream = io.BytesIO()
    frame_of(rows, {PACKAGE: "VARCHAR", **column_types(name)}).write_parquet(stream, compression="zstd")
    return stream.getvalue()
