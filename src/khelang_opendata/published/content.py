"""A published release: verified, with the structure that its readers rely on.

A release may come from anyone. A file of another shape is a
:class:`~khelang_opendata.model.failures.ReleaseDamaged`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from khelang_opendata.diff import ReleaseNote, Summary, Withdrawal
from khelang_opendata.diff.versioning import VERSION
from khelang_opendata.files.serialize import hash_of
from khelang_opendata.files.strict_json import JsonRefused, read_day, read_json
from khelang_opendata.model.failures import ReleaseDamaged
from khelang_opendata.model.thai import FISCAL_YEARS
from khelang_opendata.package.datapackage import DESCRIPTOR, is_plan_name, plan_name
from khelang_opendata.package.release_files import CHANGES, present_path, table_path
from khelang_opendata.published.archive import ArchiveRefused, read_folder, read_zip
from khelang_opendata.published.manifest import MANIFEST
from khelang_opendata.published.verification import archive_of, damage_of, is_archive_of, verify
from khelang_opendata.standard.family import SchemaFamily, known_schemas, load_family
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.validation.descriptor import satisfies_profile

_PLANS = table_path("plans")


@dataclass(frozen=True)
class PublishedRelease:
    """A complete release in its folder: its files by path, and their checked content.

    The resources of ``descriptor`` are objects with a name and the path of a file there is. ``name`` is the plan's id,
    ``note`` the entry in the change log without a withdrawal, ``plan`` the record of the table ``plans``.
    """

    folder: Path
    files: Mapping[str, bytes]
    descriptor: JsonObject
    name: str
    note: ReleaseNote
    plan: Mapping[str, str]

    @property
    def version(self) -> str:
        """Its version, without the letter v."""
        return self.note.version

    @property
    def manifest_hash(self) -> str:
        """The hash of its manifest, which covers all its files."""
        return hash_of(self.files[MANIFEST])

    @property
    def archive_name(self) -> str:
        return f"{self.name}-v{self.version}.zip"

    @cached_property
    def archive(self) -> bytes:
        """Its ZIP archive, the same bytes for the same files and version of zlib.

        ReleaseDamaged where an archive cannot hold it.
        """
        data = archive_of(self.files)
        if data is None:
            raise ReleaseDamaged(str(self.folder / DESCRIPTOR))
        return data

    def archive_with(self, hash_: str) -> bytes | None:
        """Its archive of this hash, as this or an earlier version of the program makes it; None if none has it."""
        if hash_of(self.archive) == hash_:
            return self.archive
        stored = archive_of(self.files, compressed=False)
        return stored if stored and hash_of(stored) == hash_ else None

    def is_archived_in(self, path: Path) -> bool:
        """Whether a file is its archive, with whatever version of zlib it was made."""
        try:
            return read_zip(path) == self.files and is_archive_of(path, self.files)
        except ArchiveRefused:
            return False


def read_published(folder: Path) -> PublishedRelease:
    """Read and verify the release in a folder.

    Raises:
        ReleaseDamaged: a file differs from the manifest, the signature is invalid, or a file lacks what every
            release has.
        DataError: it is not safe to read.
    """
    verification = verify(folder)
    if not verification.is_whole:
        raise damage_of(folder, verification)
    files = read_folder(folder)
    descriptor = _descriptor(folder, files)
    note = _note(folder, files)
    if note.version != descriptor["version"]:
        raise ReleaseDamaged(str(folder / present_path(files, CHANGES)))
    plan = _plan(folder, files, load_family(descriptor["conformsTo"]))
    return PublishedRelease(folder, files, descriptor, plan_name(descriptor), note, plan)


def read_withdrawal(content: Any) -> Withdrawal:
    """A withdrawal as JSON holds it, else ValueError."""
    if not (isinstance(content, dict) and isinstance(content.get("reason"), str)):
        raise ValueError(content)
    return Withdrawal(content["reason"], read_day(content.get("on")))


def _object(folder: Path, files: Mapping[str, bytes], path: str) -> JsonObject:
    try:
        content = read_json(files[path])
    except (KeyError, JsonRefused):
        content = None
    if not isinstance(content, dict):
        raise ReleaseDamaged(str(folder / path))
    return content


def _descriptor(folder: Path, files: Mapping[str, bytes]) -> JsonObject:
    """The descriptor, which satisfies the profile of the standard that it names and lists existing files."""
    descriptor = _object(folder, files, DESCRIPTOR)
    schema, version = descriptor.get("conformsTo"), descriptor.get("version")
    is_sound = (
        schema in known_schemas()
        and satisfies_profile(descriptor, load_family(schema))
        and isinstance(version, str)
        and VERSION.fullmatch(version)
        and is_plan_name(descriptor.get("name"))
        and all(resource["path"] in files for resource in descriptor["resources"])
    )
    if not is_sound:
        raise ReleaseDamaged(str(folder / DESCRIPTOR))
    return descriptor


def _note(folder: Path, files: Mapping[str, bytes]) -> ReleaseNote:
    path = present_path(files, CHANGES)
    content = _object(folder, files, path)
    try:
        summary = Summary.from_json(content["summary"]) if content["summary"] is not None else None
        note = content["note"]
        if not (note is None or isinstance(note, str)) or not isinstance(content["version"], str):
            raise ValueError(note)
        return ReleaseNote(content["version"], read_day(content["released_on"]), note, None, summary)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ReleaseDamaged(str(folder / path)) from None


def _plan(folder: Path, files: Mapping[str, bytes], family: SchemaFamily) -> dict[str, str]:
    try:
        text = io.StringIO(files[_PLANS].decode("utf-8-sig"), newline="")
        (record,) = csv.DictReader(text, strict=True)
        years = range(int(record["start_fiscal_year_be"]), int(record["end_fiscal_year_be"]) + 1)
        is_sound = record.keys() == family.tables["plans"].field_by_name.keys() and None not in record.values()
    except (KeyError, ValueError, TypeError, csv.Error):
        is_sound = False
    if not (is_sound and years and years[0] in FISCAL_YEARS and years[-1] in FISCAL_YEARS):
        raise ReleaseDamaged(str(folder / _PLANS))
    return dict(record)
