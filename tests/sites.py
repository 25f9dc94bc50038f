"""What the tests of sites share: making one, and reading its pages as a reader sees them."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from khelang_opendata import Language
from khelang_opendata.cli.site_pages import site_pages
from khelang_opendata.portals.folder import FolderOutcome, publish_folder

NATURE = ("งบที่ตั้งไว้ ยังไม่ใช่ยอดจ่าย", "Planned budget; not money spent")
_VOID = {"meta", "link", "input", "wbr", "br", "img", "hr", "rect"}
_HIDDEN = {"script", "style", "title", "desc"}


def make_site(releases: Path, target: Path, base_url: str | None = None) -> FolderOutcome:
    """The site of releases in a folder, as ``khelang site`` makes it."""
    return publish_folder(
        releases, target, pages=lambda root: site_pages(root, base_url, Language.EN), base_url=base_url
    )


@dataclass
class ReadPage(HTMLParser):
    """A page: its text, links, ids, tables by id, and what a strict policy would not allow."""

    path: str = ""
    links: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    unsafe: list[str] = field(default_factory=list)
    title: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._rows: list[list[str]] | None = None
        self._table = ""

    @classmethod
    def of(cls, site: Path, path: str) -> ReadPage:
        page = cls(path)
        page.feed((site / path).read_text(encoding="utf-8"))
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._open.append(tag)
        self.unsafe += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and not given.keys() & {"src", "type"}):
            self.unsafe.append(tag)
        self.links += [(tag, {**given, "to": given[name]}) for name in ("href", "src") if name in given]
        self.ids += [given["id"]] if "id" in given else []
        if tag != "wbr" and given.get("class") != "nb":
            self.handle_data(" ")
        if tag == "table":
            self._rows, self._table = [], given.get("id", str(len(self.tables)))
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass
        if tag == "table" and self._rows is not None:
            self.tables[self._table] = [[" ".join(cell.split()) for cell in row] for row in self._rows]
            self._rows = None

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["title"] and "svg" not in self._open:
            self.title += data
        if _HIDDEN & {*self._open}:
            return
        self.text += data
        if self._rows and self._rows[-1]:
            self._rows[-1][-1] += data

    @property
    def internal(self) -> Iterator[tuple[str, str]]:
        """The files of the site that the page refers to, each with the anchor in it."""
        for _, given in self.links:
            if not re.match("[a-z]+:", given["to"]):
                address, anchor = urldefrag(given["to"])
                yield unquote(urljoin(self.path, address)) if address else self.path, anchor


def read_pages(site: Path) -> dict[str, ReadPage]:
    """The pages that the site itself has, by path; those of the releases are not among them."""
    paths = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]
    return {path: ReadPage.of(site, path) for path in paths if not re.match(r"(latest|v\d|.+/v\d)", path)}


def table_of(releases: Path, name: str, version: str = "1.0.0") -> list[dict[str, str]]:
    """The rows of a table of a release, read by nothing of ours."""
    path = releases / f"v{version}/data/{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def edited(path: Path, change: Any) -> None:
    """Change the rows of a CSV file: a function of one row, or of all of them, which gives the new ones."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        rows, names = list(reader), list(reader.fieldnames or ())
    rows = change(rows)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def numbers_in(text: str) -> set[str]:
    """The numbers in a text, in Arabic digits, without the commas of thousands."""
    return {match.replace(",", "") for match in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text, re.ASCII)}


def copy_of(source: Path, target: Path) -> Path:
    return Path(shutil.copytree(source, target))


def by(rows: list[dict[str, str]], name: str) -> Mapping[str, list[dict[str, str]]]:
    """Rows by the value of a column."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found
