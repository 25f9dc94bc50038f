"""Render the page of a plan's releases: one HTML file without further files, Thai first and English below.

The page works from a folder on a disk, too: it has no script and loads nothing.
"""

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
from khelang_opendata.standard.tables import JsonObject

_DATASET = "metadata/schema-org.jsonld"
_MARK = '<meta name="generator" content="khelang_opendata">\n<meta name="dcterms.identifier" content="{}">'
_MARKED = re.compile(_MARK.format('([^"]*)').encode())
_HEAD = 4096
"""The number of bytes at the start of a page that are searched for its mark."""
_PAGES = {"codebook.html": "page_codebook", "validation-report.html": "page_report"}
"""Files that the descriptor does not list, and the notices with their titles and descriptions."""
_KILO = 1000


@dataclass(frozen=True)
class _ListedFile:
    """A file on the page, with its link and texts."""

    file: Distribution
    href: str

    def title(self, language: Language) -> str:
        """The title in a language."""
        return _text_in(self.file.entry or {}, "title", language) or notice(_PAGES[self.file.path], language)

    def description(self, language: Language) -> str:
        """The description in a language; may be empty."""
        page = _PAGES.get(self.file.path)
        return notice(f"{page}_note", language) if page else _text_in(self.file.entry or {}, "description", language)


def index_html(publication: Publication, files: Mapping[str, bytes] | None) -> bytes:
    """Render the page for people and for search engines for datasets (schema.org ``Dataset``).

    The same releases give the same bytes. Links lead to the folder of the current version and not to ``latest``, so
    that they stay valid while the next version is published.

    Args:
        publication: the releases.
        files: the files of the current version by path; None if all versions were withdrawn.

    Raises:
        ReleaseDamaged: the current version has no usable schema.org description.
    """
    folder = f"v{publication.current_version}/"
    current = [file for file in publication.distributions if file.entry is not None]
    archives = [file for file in publication.distributions if file.entry is None]
    page = (
        _environment()
        .get_template("folder.html.j2")
        .render(
            package=publication.descriptor,
            plan=publication.plan,
            shown=next((note for note in publication.history if note.version == publication.current_version), None),
            folder=folder,
            groups=_groups([_ListedFile(file, quote(folder + file.path)) for file in current]),
            whole=next((file for file in archives if file.note.version == publication.current_version), None),
            releases=[(file, _changes(file.note)) for file in archives],
            period=_period(publication.plan),
            dataset=_json_ld(_schema_org(files), folder) if files else None,
            mark=Markup(_MARK).format(publication.descriptor["name"]),  # noqa: S704 (fills in escaped)
            languages=[*Language],
        )
    )
    return encodable(page).encode()


def plan_of_page(page: bytes) -> str | None:
    """Return the plan that a page of this module shows; None for any other page."""
    match = _MARKED.search(page[:_HEAD])
    return match[1].decode("utf-8", "replace") if match else None


def _groups(files: list[_ListedFile]) -> list[tuple[str, list[_ListedFile]]]:
    """Group the files under headings: overviews, tables, and the rest."""
    parts = [list(part) for _, part in groupby(files, key=lambda listed: listed.file.path.startswith("data/"))]
    return list(zip(("page_group_first", "page_group_tables", "page_group_more"), parts, strict=False))


def _changes(note: ReleaseNote) -> Mapping[Language, list[str]]:
    """Return the changes of a release, one line for each table."""
    return {language: list(_lines(note, Words(language, 0))) for language in Language}


def _lines(note: ReleaseNote, words: Words) -> Iterator[str]:
    if note.summary is None:
        yield words.say("changes_first")
    else:
        yield from [f"{label}: {line}" for label, line in words.summary(note.summary)] or [words.say("changes_none")]


def _period(plan: Mapping[str, str]) -> JsonObject:
    """Return the plan's fiscal years with their first and last day."""
    start, end = plan["start_fiscal_year_be"], plan["end_fiscal_year_be"]
    first, last = fiscal_year_days(int(start))[0], fiscal_year_days(int(end))[1]
    return {"start": start, "end": end, "first": first.isoformat(), "last": last.isoformat()}


def _schema_org(files: Mapping[str, bytes]) -> JsonObject:
    """Read a release's schema.org description; without the addresses of its files it is unusable."""
    try:
        dataset = read_json(files[_DATASET])
        if all(isinstance(file["contentUrl"], str) for file in dataset["distribution"]):
            return dict(dataset)
    except (JsonRefused, KeyError, TypeError, ValueError):
        pass
    raise ReleaseDamaged(_DATASET)


def _json_ld(dataset: JsonObject, folder: str) -> Markup:
    """Return a schema.org description for a ``script`` element, with the files' addresses relative to the page.

    ``<`` becomes a JSON escape, so that no value ends the element or begins a comment.
    """
    for file in dataset["distribution"]:
        file["contentUrl"] = urljoin(f"{folder}{_DATASET}", file["contentUrl"])
    return Markup(json.dumps(dataset, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 (escaped here)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = templates_of("khelang_opendata.portals", escape=True)
    environment.filters.update(line=_line, size=_size, described=_text_in, language_of=_language_of, linkable=_linkable)
    environment.filters.update(day=written_date, quoted=quote)
    environment.globals["notice"] = notice
    return environment


def _text_in(entry: JsonObject, key: str, language: Language) -> str:
    """Return a text of a descriptor in a language; in Thai if it has no English text."""
    return str((entry.get(f"{key}_en") if language is Language.EN else None) or entry.get(key, ""))


def _line(text: Any) -> str:
    """Return a text in one line, without invisible characters."""
    return visible(" ".join(str(text).split()))


def _language_of(text: str) -> Language:
    """Return the language of a text, for the ``lang`` attribute."""
    return Language.TH if re.search("[\u0e00-\u0e7f]", text) else Language.EN


def _size(count: int) -> str:
    """Return a file size in kB or MB."""
    return f"{max(1, round(count / _KILO))} kB" if count < _KILO**2 else f"{count / _KILO**2:.1f} MB"


def _linkable(address: str) -> bool:
    """Whether an address may become a link; ``javascript:`` and other schemes may not."""
    return address.startswith(("https://", "http://"))
