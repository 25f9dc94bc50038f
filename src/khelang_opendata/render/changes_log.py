"""What all releases changed: a dated change log in Markdown, and an Atom feed (RFC 4287) to subscribe to new ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.etree import ElementTree

from khelang_opendata.diff.release_note import ReleaseNote
from khelang_opendata.model.characters import encodable, visible
from khelang_opendata.model.wording import Language
from khelang_opendata.render.changes_words import Words
from khelang_opendata.render.dates import written_date
from khelang_opendata.render.markdown import inline
from khelang_opendata.standard.family import version_numbers


def changelog_markdown(entries: Iterable[ReleaseNote], language: Language) -> str:
    """All releases, the newest first: day, note, withdrawal, and what changed in numbers."""
    words = Words(language, 0)
    return encodable("\n".join(_log(_newest_first(entries), words)) + "\n")


def atom_feed(
    entries: Iterable[ReleaseNote], plan_id: str, title: str, author: str, language: Language, url: str | None = None
) -> bytes:
    """A feed of all releases, the newest first; the same releases give the same bytes.

    Args:
        entries: the releases in any order, at least one.
        plan_id: the plan, from which the ids of the feed and of its entries derive.
        title: what the feed is called.
        author: who publishes.
        language: Thai or English.
        url: the address of the folder of all releases; None for links relative to the feed, which lies in it.
    """
    words, releases = Words(language, 0), _newest_first(entries)
    feed = ElementTree.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": language.value})
    id_ = uuid5(NAMESPACE_URL, f"khelang-opendata:{plan_id}")
    _add(feed, "id", id_.urn)
    _add(feed, "title", title)
    _add(feed, "updated", _instant(max(map(_updated, releases))))
    _add(ElementTree.SubElement(feed, "author"), "name", author)
    base = f"{url.rstrip('/')}/" if url else ""
    ElementTree.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{base}feed.atom"})
    if base:
        ElementTree.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": base})
    for release in releases:
        _add_entry(feed, release, id_, f"{base}v{release.version}/", words)
        archive = quote(f"{plan_id}-v{release.version}.zip")
        link = {"rel": "enclosure", "type": "application/zip", "href": f"{base}{archive}"}
        ElementTree.SubElement(feed[-1], "link", link)
    ElementTree.indent(feed)
    document: bytes = ElementTree.tostring(feed, "utf-8", xml_declaration=True)
    return document + b"\n"


def _newest_first(entries: Iterable[ReleaseNote]) -> list[ReleaseNote]:
    return sorted(entries, key=lambda entry: version_numbers(entry.version), reverse=True)


def _log(releases: Sequence[ReleaseNote], words: Words) -> Iterator[str]:
    yield f"# {words.say('changes_log')}"
    for release in releases:
        day = written_date(release.released_on, words.language)
        yield from ("", f"## {inline(release.version)} · {day}")
        if withdrawn := _withdrawn(release, words):
            yield from ("", f"**{inline(withdrawn)}**")
        if release.note:
            yield from ("", f"{words.say('changes_note')}: {inline(release.note)}")
        yield from ("", *(f"- {inline(line)}" for line in _what(release, words)))


def _add_entry(feed: ElementTree.Element, release: ReleaseNote, id_: UUID, address: str, words: Words) -> None:
    entry = ElementTree.SubElement(feed, "entry")
    withdrawn = _withdrawn(release, words)
    name = "changes_feed_withdrawn" if withdrawn else "changes_feed_release"
    _add(entry, "id", uuid5(id_, release.version).urn)
    _add(entry, "title", words.say(name, version=release.version))
    _add(entry, "published", _instant(release.released_on))
    _add(entry, "updated", _instant(_updated(release)))
    ElementTree.SubElement(entry, "link", {"rel": "alternate", "href": address})
    lines = [withdrawn, release.note or "", *_what(release, words)]
    _add(entry, "content", "\n".join(_one_line(line) for line in lines if line)).set("type", "text")


def _withdrawn(release: ReleaseNote, words: Words) -> str:
    if release.withdrawn is None:
        return ""
    day = written_date(release.withdrawn.on, words.language)
    return words.say("changes_withdrawn", day=day, reason=release.withdrawn.reason)


def _what(release: ReleaseNote, words: Words) -> list[str]:
    """The changes of a release, one line for each table."""
    if release.summary is None:
        return [words.say("changes_first")]
    return [f"{label}: {line}" for label, line in words.summary(release.summary)] or [words.say("changes_none")]


def _updated(release: ReleaseNote) -> date:
    return max(release.released_on, release.withdrawn.on) if release.withdrawn else release.released_on


def _instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _one_line(text: str) -> str:
    return encodable(visible(" ".join(text.split())))


def _add(parent: ElementTree.Element, tag: str, text: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, tag)
    element.text = _one_line(text) if tag != "content" else text
    return element
