"""The page of a plan's releases: one HTML file, Thai first and English below, that needs nothing but itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any
from urllib.parse import quote, urljoin

from jinja2 import Environment
from markupsafe import Markup

from khelang_opendata.diff import ReleaseNote
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.characters import encodable, visible
from khelang_opendata.model.failures import ReleaseDamaged
from khelang_opendata.model.wording import Language
from khelang_opendata.portals import notice
from khelang_opendata.portals.publication import Distribution, Publication
from khelang_opendata.render.changes_words import Words
from khelang_opendata.render.dates import fiscal_year_days, written_date
from khelang_opendata.render.templating import templates_of
from khelang_opendata.standard.family import JsonObject

_DATASET = "metadata/schema-org.jsonld"
_MARK = '<meta name="generator" content="khelang_opendata">\n<meta name="dcterms.identifier" content="{}">'
_MARKED = re.compile(_MARK.format('([^"]*)').encode())
_HEAD = 4096
"""Bytes at the beginning of a page that are searched for its mark."""
_PAGES = {"codebook.html": "page_codebook", "validation-report.html": "page_report"}
"""Files that a release's descriptor does not list, and the notices that describe them."""
_KILO = 1000


@dataclass(frozen=True)
class _ListedFile:
    """A file as the page shows it: where it is, and the words for what it is."""

    file: Distribution
    href: str

    def title(self, language: Language) -> str:
        """What it is called."""
        return self._described_in("title", language) or notice(_PAGES[self.file.path], language)

    def description(self, language: Language) -> str:
        """Its description, if there is one."""
        page = _PAGES.get(self.file.path)
        return notice(f"{page}_note", language) if page else self._described_in("description", language)

    def _described_in(self, key: str, language: Language) -> str:
        return _described_in(self.file.entry or {}, key, language)


def index_html(publication: Publication, shown: Mapping[str, bytes] | None) -> bytes:
    """The page that shows a plan's releases to people and to search engines for data sets.

    The same releases give the same bytes. Links lead into the folder of the version shown, which never changes, so that
    the page is right at every moment of the next publishing.

    Args:
        publication: what is published.
        shown: the files of the version shown, None where all were withdrawn.
    """
    folder = f"v{publication.current_version}/"
    current = [one for one in publication.distributions if one.entry is not None]
    archives = [one for one in publication.distributions if one.entry is None]
    page = (
        _environment()
        .get_template("folder.html.j2")
        .render(
            package=publication.descriptor,
            plan=publication.plan,
            shown=next((note for note in publication.history if note.version == publication.current_version), None),
            folder=folder,
            groups=_groups([_ListedFile(one, quote(folder + one.path)) for one in current]),
            whole=next((one for one in archives if one.note.version == publication.current_version), None),
            releases=[(one, _changes(one.note)) for one in archives],
            period=_period(publication.plan),
            dataset=_dataset(_described(shown), folder) if shown else None,
            mark=Markup(_MARK).format(publication.descriptor["name"]),  # noqa: S704 (fills in escaped)
            languages=[*Language],
        )
    )
    return encodable(page).encode()


def plan_of_page(page: bytes) -> str | None:
    """The plan whose releases a page of ours shows, None for any other page."""
    match = _MARKED.search(page[:_HEAD])
    return match[1].decode("utf-8", "replace") if match else None


def _groups(files: list[_ListedFile]) -> list[tuple[str, list[_ListedFile]]]:
    """The files in their order: what to begin with, the tables, and the rest; with the notices that head them."""
    parts = [list(part) for _, part in groupby(files, key=lambda one: one.file.path.startswith("data/"))]
    return list(zip(("page_group_first", "page_group_tables", "page_group_more"), parts, strict=False))


def _changes(note: ReleaseNote) -> Mapping[Language, list[str]]:
    """What a release changed, a line for each table."""
    return {language: list(_lines(note, Words(language, 0))) for language in Language}


def _lines(note: ReleaseNote, words: Words) -> Iterator[str]:
    if note.summary is None:
        yield words.say("changes_first")
    else:
        yield from [f"{label}: {line}" for label, line in words.summary(note.summary)] or [words.say("changes_none")]


def _period(plan: Mapping[str, str]) -> JsonObject:
    """The plan's fiscal years, and their first and last day."""
    start, end = plan["start_fiscal_year_be"], plan["end_fiscal_year_be"]
    first, last = fiscal_year_days(int(start))[0], fiscal_year_days(int(end))[1]
    return {"start": start, "end": end, "first": first.isoformat(), "last": last.isoformat()}


def _described(files: Mapping[str, bytes]) -> JsonObject:
    """A release's schema.org description, if it lists its files with their addresses."""
    try:
        dataset = read_json(files[_DATASET])
        if all(isinstance(file["contentUrl"], str) for file in dataset["distribution"]):
            return dict(dataset)
    except (JsonRefused, KeyError, TypeError, ValueError):
        pass
    raise ReleaseDamaged(_DATASET)


def _dataset(dataset: JsonObject, folder: str) -> Markup:
    """A release's schema.org description as an HTML page can hold it, with the addresses of its files from there.

    In JSON ``<`` may be written as an escape, so that nothing in the data ends the element or begins a comment.
    """
    for file in dataset["distribution"]:
        file["contentUrl"] = urljoin(f"{folder}{_DATASET}", file["contentUrl"])
    return Markup(json.dumps(dataset, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 (escaped here)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = templates_of("khelang_opendata.portals", escape=True)
    environment.filters.update(line=_line, size=_size, described=_described_in, tongue=_tongue, linkable=_linkable)
    environment.filters.update(day=written_date, quoted=quote)
    environment.globals["notice"] = notice
    return environment


def _described_in(entry: JsonObject, key: str, language: Language) -> str:
    """A text of a descriptor in a language; in Thai if it has no English text."""
    return str((entry.get(f"{key}_en") if language is Language.EN else None) or entry.get(key, ""))


def _line(text: Any) -> str:
    """Text in one line, without anything invisible."""
    return visible(" ".join(str(text).split()))


def _tongue(text: str) -> Language:
    """The language to read a text in."""
    return Language.TH if re.search("[\u0e00-\u0e7f]", text) else Language.EN


def _size(count: int) -> str:
    """How large a file is."""
    return f"{max(1, round(count / _KILO))} kB" if count < _KILO**2 else f"{count / _KILO**2:.1f} MB"


def _linkable(address: str) -> bool:
    """Whether an address leads to a page; others (``javascript:``) are not made a link."""
    return address.startswith(("https://", "http://"))
