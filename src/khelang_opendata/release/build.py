"""What a release contains: every file as bytes, the same for the same package and date on every machine."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from khelang_opendata.catalogue import Language
from khelang_opendata.errors import PackageInvalid, Report, WarningsUnacknowledged
from khelang_opendata.files import json_bytes
from khelang_opendata.package import DESCRIPTOR, Package, Resource
from khelang_opendata.release.readme import readme
from khelang_opendata.render.json import report_json
from khelang_opendata.schema import JsonObject, SchemaFamily, TableSchema
from khelang_opendata.validation import family_of, validate
from khelang_opendata.validation.files import file_hash

MANIFEST = "manifest-sha256.txt"
_BOM = b"\xef\xbb\xbf"  # without it Excel reads Thai as the Windows code page


@dataclass(frozen=True)
class Release:
    """A release in memory: its version, its files by path, and a hash of what was released (not when)."""

    name: str
    title: str
    version: str
    schema: str
    released_on: date
    files: Mapping[str, bytes]
    content: str
    report: Report

    @property
    def folder(self) -> str:
        """The name of the release's folder."""
        return f"v{self.version}"


def build_release(package: Package, released_on: date, *, allow_warnings: str | None = None) -> Release:
    """Build the release of a valid package.

    Args:
        package: the package; its descriptor's ``version`` is the release's.
        released_on: the day of publication, which the release carries.
        allow_warnings: why the package is released with warnings that no erratum explains; the release records it.

    Raises:
        PackageInvalid: the package has errors; the exception carries the report.
        WarningsUnacknowledged: it has warnings that neither an erratum nor ``allow_warnings`` explains.
    """
    report = validate(package)
    if not report.valid:
        raise PackageInvalid(report)
    if report.warnings and not allow_warnings:
        raise WarningsUnacknowledged(report)
    family = family_of(package)
    files = {r.path: _table_bytes(r, family.tables[r.name]) for r in package.resources}
    descriptor = _released_descriptor(package, family, files, released_on)
    if report.warnings:
        descriptor["allowedWarnings"] = {"count": report.warnings, "reason": allow_warnings}
    files[DESCRIPTOR] = json_bytes(descriptor)
    files |= _schema_files(family)
    files["validation-report.json"] = report_json(report).encode()
    for language in Language:
        files[f"README.{language}.md"] = readme(package, family, descriptor, released_on, language).encode()
    files[MANIFEST] = _manifest(files)
    ordered = {path: files[path] for path in sorted(files)}
    name, title, version = (str(descriptor[key]) for key in ("name", "title", "version"))
    return Release(name, title, version, family.id, released_on, ordered, content_hash(ordered), report)


def content_hash(files: Mapping[str, bytes]) -> str:
    """A hash over a release's data, schemas and metadata; two releases with the same one tell the same.

    The day of release, the reason for allowed warnings, and the texts made from the rest do not count.
    """
    digest = hashlib.sha256()
    for path in sorted(files):
        if path == DESCRIPTOR:
            descriptor = json.loads(files[path])
            descriptor.pop("created", None)
            descriptor.pop("allowedWarnings", None)
            digest.update(f"{path} {file_hash(json_bytes(descriptor))}\n".encode())
        elif path.startswith(("data/", "schemas/")):
            digest.update(f"{path} {file_hash(files[path])}\n".encode())
    return f"sha256:{digest.hexdigest()}"


def _table_bytes(resource: Resource, schema: TableSchema) -> bytes:
    """A table as the release has it: UTF-8 with BOM, LF, the columns in the schema's order, cells as they stand."""
    positions = [resource.table.header.index(field.name) for field in schema.fields]
    rows = ([row[position] for position in positions] for row in resource.table.rows)
    return _csv_bytes([[field.name for field in schema.fields], *rows])


def _csv_bytes(rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return _BOM + text.getvalue().encode()


def _released_descriptor(
    package: Package, family: SchemaFamily, files: Mapping[str, bytes], released_on: date
) -> JsonObject:
    resources = [
        {**r.descriptor, "bytes": len(files[r.path]), "hash": file_hash(files[r.path])} for r in package.resources
    ]
    descriptor = family.compile_into({**package.descriptor, "resources": resources})
    return {**descriptor, "created": f"{released_on.isoformat()}T00:00:00Z"}


def _schema_files(family: SchemaFamily) -> dict[str, bytes]:
    """The standard that the release conforms to, so that it explains itself; codelists with BOM, as all CSV."""
    sources = [
        *(family.folder / f"tables/{name}.json" for name in family.tables),
        *sorted(family.folder.glob("codelists/*.csv")),
        family.folder / "package.schema.json",
        family.folder / "plan.schema.json",
    ]
    return {f"schemas/{family.id}/{p.relative_to(family.folder).as_posix()}": _schema_bytes(p) for p in sources}


def _schema_bytes(path: Path) -> bytes:
    data = path.read_bytes()
    return _BOM + data if path.suffix == ".csv" else data


def _manifest(files: Mapping[str, bytes]) -> bytes:
    """The files' hashes in the format that ``sha256sum --check`` reads."""
    lines = (f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    return "".join(lines).encode()
