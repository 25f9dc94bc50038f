"""The files of a release as a reader chooses them: by purpose, with size, and rows where they are a table."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from khelang_opendata.formats.about import Both
from khelang_opendata.package.datapackage import DESCRIPTOR
from khelang_opendata.published.manifest import MANIFEST
from khelang_opendata.site.site_source import PlanReleases
from khelang_opendata.standard.tables import JsonObject

GROUPS = ("read", "tables", "programs", "about")
_TITLE = re.compile(rb"<title>([^<]*)</title>")
_KINDS = {".xlsx": "workbook", ".zip": "zip", ".csv": "table", ".html": "page"}
_FOR_PROGRAMS = {".json", ".jsonld", ".sqlite", ".parquet"}


@dataclass(frozen=True)
class Download:
    """A file to download: its path in the site, its title, and its rows; None where it is no single table."""

    path: str
    bytes: int
    title: Both = ("", "")
    rows: int | None = None

    @property
    def name(self) -> str:
        """The file name without its folders."""
        return PurePosixPath(self.path).name

    @property
    def suffix(self) -> str:
        """The ending of the name, with its dot."""
        return PurePosixPath(self.path).suffix

    @property
    def format(self) -> str:
        """The format as people call it."""
        return self.suffix.removeprefix(".").upper() or "–"

    @property
    def kind(self) -> str:
        """What it is to a reader; empty for other files."""
        return _KINDS.get(self.suffix, "")

    @property
    def is_page(self) -> bool:
        """Whether a browser shows it rather than saves it."""
        return self.suffix in (".html", ".md", ".txt", "")


@dataclass(frozen=True)
class Downloads:
    """The downloads of a plan's current release."""

    releases: PlanReleases

    @cached_property
    def groups(self) -> Mapping[str, Sequence[Download]]:
        """The files by purpose, in the order of ``GROUPS``; the files of the standard are left out."""
        found: dict[str, list[Download]] = {name: [] for name in GROUPS}
        for path, entry in {**self._entries, **{key: {} for key in self._others}}.items():
            found[_group(path, entry)].append(self._download(path, entry))
        archive = self.releases.archives[self.releases.note.version]
        found["read"].append(Download(archive.name, archive.bytes))
        order = [*_KINDS]
        found["read"].sort(key=lambda one: order.index(one.suffix) if one.suffix in order else len(order))
        return {name: files for name, files in found.items() if files}

    @property
    def best(self) -> Sequence[Download]:
        """What most readers want: the workbook, the archive, and the flat table."""
        by_suffix = {one.suffix: one for one in reversed(self.groups["read"])}
        return [by_suffix[suffix] for suffix in (".xlsx", ".zip", ".csv") if suffix in by_suffix]

    @property
    def first(self) -> Sequence[Download]:
        """What a reader opens first."""
        return self.best[:1]

    @cached_property
    def _entries(self) -> Mapping[str, JsonObject]:
        return {entry["path"]: entry for entry in self.releases.descriptor["resources"]}

    @property
    def _others(self) -> Iterator[str]:
        """The files that the descriptor does not list, without those of the standard."""
        for path in sorted(self.releases.files):
            if path not in self._entries and not path.startswith("schemas/"):
                yield path

    def _download(self, path: str, entry: JsonObject) -> Download:
        data = self.releases.files[path]
        table = self.releases.figures.edition.tables.get(str(entry.get("name")))
        title = (str(entry.get("title", "")), str(entry.get("title_en", "")))
        if not title[0] and path.endswith(".html") and (match := _TITLE.search(data)):
            title = (html.unescape(match[1].decode("utf-8", "replace")),) * 2
        rows = len(table.rows) if table is not None else None
        return Download(self.releases.folder + path, len(data), title, rows)


def _group(path: str, entry: JsonObject) -> str:
    suffix = PurePosixPath(path).suffix
    if entry and not entry.get("derived"):
        return "tables"
    if suffix in _FOR_PROGRAMS or path in (DESCRIPTOR, MANIFEST):
        return "programs"
    return "read" if entry and suffix in (".xlsx", ".csv") else "about"
