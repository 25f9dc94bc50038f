"""The parts of an XLSX file, their relationships and their content types (ISO/IEC 29500-2), to be read and replaced."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from khelang_opendata.intake.xml_places import XmlPlace, ascii_xml, changed, filled, places, plain_xml

WORKBOOK = "xl/workbook.xml"
_TYPES = "[Content_Types].xml"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_MADE = (1980, 1, 1, 0, 0, 0)
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Relation(NamedTuple):
    """A relationship of a part: its id, its type, and the part that it leads to."""

    id: str
    type: str
    target: str

    @property
    def kind(self) -> str:
        """The last word of the type, which does not differ between the two forms of the standard."""
        return self.type.rpartition("/")[2]


@dataclass(frozen=True)
class SheetPart:
    """A sheet of a workbook: its name, and its part."""

    name: str
    part: str


class XlsxParts:
    """The parts of one workbook; those that nothing replaces stay byte for byte."""

    def __init__(self, data: bytes) -> None:
        """Read all parts of a file that :func:`check_xlsx` found safe."""
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            self._infos = {info.filename: info for info in packed.infolist()}
            self._parts = {name: packed.read(name) for name in self._infos}

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def __getitem__(self, part: str) -> bytes:
        """A part as XML whose tags are ASCII."""
        return plain_xml(self._parts[part])

    def __setitem__(self, part: str, data: bytes) -> None:
        self._parts[part] = data

    def add(self, part: str, data: bytes, content_type: str) -> None:
        """Add or replace a part, which has this content type."""
        self[part] = data if data.startswith(b"<?xml") else _DECLARATION + data
        types = self[_TYPES]
        found = places(types)
        if any(p.attributes.get("PartName") == f"/{part}" for p in found):
            return
        ending = part.rpartition(".")[2].lower()
        known = {p.attributes.get("Extension", "").lower(): p.attributes.get("ContentType") for p in found}
        if known.get(ending) != content_type:
            entry = f"PartName={quoteattr(f'/{part}')} ContentType={quoteattr(content_type)}"
            new = ascii_xml(f"<{found[0].prefix}Override {entry}/>")
            self[_TYPES] = changed(types, [filled(types, found[0], new)])

    def content_type(self, part: str) -> str:
        """The content type of a part; empty where it has only that of its ending."""
        found = (p for p in places(self[_TYPES]) if p.attributes.get("PartName") == f"/{part}")
        return next((p.attributes.get("ContentType", "") for p in found), "")

    def relations(self, part: str) -> list[Relation]:
        """The relationships of a part to other parts."""
        name = _relations_of(part)
        if name not in self:
            return []
        around = posixpath.join("/", posixpath.dirname(part))
        return [
            Relation(a["Id"], a.get("Type", ""), posixpath.normpath(posixpath.join(around, a["Target"])).lstrip("/"))
            for a in (p.attributes for p in places(self[name]))
            if "Id" in a and "Target" in a and a.get("TargetMode") != "External"
        ]

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relationship from a part to another, and return its id.

        Args:
            part: the part.
            kind: the last word of the relationship's type.
            target: the other part.
        """
        name = _relations_of(part)
        if name not in self:
            self[name] = _DECLARATION + f'<Relationships xmlns="{_RELATIONSHIPS}"/>'.encode()
        data = self[name]
        root, *known = places(data)
        ids = {place.attributes.get("Id") for place in known}
        made = next(f"rId{n}" for n in range(1, len(ids) + 2) if f"rId{n}" not in ids)
        entry = f'Id="{made}" Type="{self.kinds()}/{kind}" Target={quoteattr(f"/{target}")}'
        self[name] = changed(data, [filled(data, root, ascii_xml(f"<{root.prefix}Relationship {entry}/>"))])
        return made

    def kinds(self) -> str:
        """What the types of this workbook's relationships begin with; it differs between the two forms of XLSX."""
        found = (r.type for r in self.relations(WORKBOOK) if r.kind == "worksheet")
        return next(found).rpartition("/")[0]

    def namespace(self) -> str:
        """The namespace of the workbook's parts, which differs between the two forms, too."""
        root = places(self[WORKBOOK], lambda _name, depth: depth == 0)[0]
        return root.attributes[f"xmlns:{root.prefix[:-1]}" if root.prefix else "xmlns"]

    def sheets(self) -> list[SheetPart]:
        """The sheets in the order of the workbook."""
        targets = {relation.id: relation.target for relation in self.relations(WORKBOOK)}
        found = places(self[WORKBOOK], lambda name, _depth: name == "sheet")
        return [SheetPart(p.attributes["name"], targets[link]) for p in found if (link := _link(p)) in targets]

    def unused(self, pattern: str) -> str:
        """The first name of a part that is free, from a pattern such as ``xl/comments{}.xml``."""
        taken = {name.lower() for name in self._parts}
        return next(p for n in range(1, len(taken) + 2) if (p := pattern.format(n)).lower() not in taken)

    def packed(self) -> bytes:
        """The file, its parts in their order; new ones are at the end."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, data in self._parts.items():
                old = self._infos.get(name)
                info = zipfile.ZipInfo(name, old.date_time if old else _MADE)
                info.compress_type = old.compress_type if old else zipfile.ZIP_DEFLATED
                info.external_attr = old.external_attr if old else 0o644 << 16
                packed.writestr(info, data)
        return stream.getvalue()

    def contents(self) -> Mapping[str, bytes]:
        """The parts as they are."""
        return self._parts


def _relations_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def _link(place: XmlPlace) -> str:
    """The id of the relationship that an element names, whatever the prefix."""
    return next((value for name, value in place.attributes.items() if name.endswith(":id")), "")
