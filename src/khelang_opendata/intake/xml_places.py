"""Places of elements in the bytes of an XML part, so that a change leaves every other byte as it was.

A tree that is parsed and written again loses the prefixes of namespaces that only attribute values name
(``mc:Ignorable``), and Excel then refuses the file. So expat gives the offsets, and the new text is put between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

_TAG = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class XmlPlace:
    """An element: its name without the prefix, its attributes, and the offsets of its tags in the part.

    ``start`` and ``inside`` are the ends of its first tag, ``outside`` and ``end`` those of its last one; a tag that
    closes itself has ``inside == outside == end``.
    """

    name: str
    prefix: str
    attributes: Mapping[str, str]
    depth: int
    start: int
    inside: int
    outside: int = -1
    end: int = -1

    @property
    def is_closed(self) -> bool:
        """Whether the tag closes itself."""
        return self.inside == self.end


class Splice(NamedTuple):
    """New bytes in place of those between two offsets."""

    start: int
    end: int
    data: bytes


class PlaceReader:
    """Reads the places of those elements of a part that :meth:`wants` returns true for."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.found: list[XmlPlace] = []
        """The elements in the order of their first tags."""
        self._open: list[XmlPlace | None] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        self._parser.StartDoctypeDeclHandler = _refuse

    def read(self) -> list[XmlPlace]:
        """Read the part, as :func:`plain_xml` gives it.

        Raises:
            ValueError: it is no XML, or has a document type, which no part of a workbook has.
        """
        try:
            self._parser.Parse(self.data, True)
        except expat.ExpatError as error:
            raise ValueError(str(error)) from error
        return self.found

    def wants(self, name: str, depth: int, attributes: Mapping[str, str], at: int) -> bool:
        """Whether to keep an element.

        Args:
            name: its name without the prefix.
            depth: 0 for the root.
            attributes: its attributes.
            at: where its first tag begins.
        """
        return True

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        prefix, colon, local = name.rpartition(":")
        at = self._parser.CurrentByteIndex
        if not self.wants(local, len(self._open), attributes, at):
            self._open.append(None)
            return
        tag = _TAG.match(self.data, at)
        assert tag  # the parser has read it
        self.found.append(XmlPlace(local, prefix + colon, attributes, len(self._open), at, tag.end()))
        self._open.append(self.found[-1])

    def _end(self, _name: str) -> None:
        place = self._open.pop()
        if place is None:
            return
        is_closed = self.data[place.inside - 2 : place.inside] == b"/>"
        place.outside = place.inside if is_closed else self._parser.CurrentByteIndex
        place.end = place.inside if is_closed else self.data.index(b">", place.outside) + 1


class _Chosen(PlaceReader):
    def __init__(self, data: bytes, keep: Callable[[str, int], bool]) -> None:
        super().__init__(data)
        self._keep = keep

    def wants(self, name: str, depth: int, _attributes: Mapping[str, str], _at: int) -> bool:
        return self._keep(name, depth)


def places(data: bytes, keep: Callable[[str, int], bool] | None = None) -> list[XmlPlace]:
    """The elements of a part in the order of their first tags.

    Args:
        data: the part, as :func:`plain_xml` gives it.
        keep: whether to return an element, by its name without the prefix and its depth (0 for the root); None for all.

    Raises:
        ValueError: it is no XML, or has a document type.
    """
    return (_Chosen(data, keep) if keep else PlaceReader(data)).read()


def _refuse(*_about: object) -> None:
    raise ValueError("a document type, which no workbook has")


def plain_xml(data: bytes) -> bytes:
    """A part in an encoding whose tags are ASCII; one in UTF-16, which the standard also allows, is made UTF-8."""
    if not data.startswith(_UTF_16):
        return data
    text = data.decode("utf-16")
    return (text.partition("?>")[2] if text.startswith("<?xml") else text).encode()


def changed(data: bytes, changes: Iterable[Splice]) -> bytes:
    """Bytes after changes that do not overlap; those at one place come in their order."""
    pieces, at = [], 0
    for change in sorted(changes, key=lambda change: (change.start, change.end)):
        pieces += [data[at : change.start], change.data]
        at = change.end
    return b"".join([*pieces, data[at:]])


def ascii_xml(text: str) -> bytes:
    """New XML for a part of any encoding: characters beyond ASCII by their numbers."""
    return text.encode("ascii", "xmlcharrefreplace")


def with_attributes(tag: bytes, attributes: Mapping[str, str | None]) -> bytes:
    """The first tag of an element with other attributes.

    Args:
        tag: bytes that begin with the tag.
        attributes: the new values; None takes the attribute away.
    """
    for name, value in attributes.items():
        new = b"" if value is None else ascii_xml(f" {name}={quoteattr(value)}")
        end = _end_of_tag(tag)
        old = next((m for m in _ATTRIBUTE.finditer(tag, 0, end) if m[1] == name.encode()), None)
        start, end = (old.start(), old.end()) if old else (end, end)
        tag = tag[:start] + new + tag[end:]
    return tag


_ATTRIBUTE = re.compile(rb"\s([^\s=<>/\"']+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def _end_of_tag(tag: bytes) -> int:
    """Where a further attribute goes in."""
    found = _TAG.match(tag)
    assert found  # an element begins with its tag
    at = found.end() - 1
    return at - 1 if tag[at - 1 : at] == b"/" else at


def filled(data: bytes, place: XmlPlace, content: bytes) -> Splice:
    """The change that puts content at the end of an element, which may close itself."""
    if not place.is_closed:
        return Splice(place.outside, place.outside, content)
    opened = data[place.start : place.end].removesuffix(b"/>").rstrip()
    return Splice(place.start, place.end, opened + b">" + content + f"</{place.prefix}{place.name}>".encode())
