"""The evidence as files: a page and a spreadsheet for each item, and a page that lists them.

The pages need nothing else: no network, no script. Those of a public site have their style in a file and no tasks of
the official. The spreadsheets are read by people in Excel, so a cell that looks
like a formula is made text in them; the tables of a release, which machines read, hold it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from jinja2 import Environment
from markupsafe import Markup

from khelang_opendata.files.serialize import csv_bytes
from khelang_opendata.model.characters import encodable, harmless, visible
from khelang_opendata.model.wording import Language
from khelang_opendata.nacc import notice
from khelang_opendata.nacc.exhibits import Evidence, Exhibit
from khelang_opendata.nacc.sheet import Cell, Sheet, say
from khelang_opendata.render.dates import fiscal_year_days, thai_date
from khelang_opendata.render.templating import templates_of

INDEX = "index.html"
"""The page that lists the items; it is written last."""

MARK = '<meta name="generator" content="khelang_opendata evidence">'
"""What each page holds; a page without it is not ours to overwrite."""


STYLE = "evidence.css"
"""The style of the pages of a public site."""


def evidence_files(evidence: Evidence, home: str | None = None) -> dict[str, bytes]:
    """The files of an evidence by name, the same bytes for the same release; the list of them comes last.

    Args:
        evidence: what answers the items.
        home: the first page of the public site that the pages are part of, as seen from them. They then leave out the
            tasks of the official; None for the pages that an official checks before they are published.
    """
    files: dict[str, bytes] = {STYLE: _page(STYLE)} if home else {}
    for exhibit in evidence.exhibits:
        files[f"{exhibit.name}.html"] = _page("item.html.j2", evidence=evidence, exhibit=exhibit, home=home)
        files[f"{exhibit.name}.csv"] = csv_bytes(_table(exhibit))
    files[INDEX] = _page("index.html.j2", evidence=evidence, home=home)
    return files


def _page(template: str, **names: Evidence | Exhibit | str | None) -> bytes:
    return encodable(_environment().get_template(template).render(**names)).encode()


def _table(exhibit: Exhibit) -> Iterator[list[str]]:
    """A table with its heading in the first row, without sums; details and footnotes are notes in the last column."""
    sheet = exhibit.sheet
    is_grouped = any(group.heading for group in sheet.groups)
    yield [_column(name) for name in (*(("dimension",) if is_grouped else ()), *sheet.columns, "note")]
    for group in sheet.groups:
        for row in group.rows:
            cells = [*([group.heading] if is_grouped else []), *map(_shown, row), _notes(sheet, row)]
            yield [harmless(encodable(cell)) for cell in cells]


def _shown(cell: Cell) -> str:
    return cell.figure or "\n".join(map(visible, cell.lines))


def _notes(sheet: Sheet, row: tuple[Cell, ...]) -> str:
    details = (detail for cell in row for detail in cell.details)
    footnotes = (sheet.footnotes[mark - 1] for cell in row for mark in cell.marks)
    return "\n".join(map(visible, (*details, *footnotes)))


def _column(name: str) -> str:
    """A heading in both languages, as one cell has room for."""
    return " · ".join(notice.both(f"evidence_column_{name}").values())


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = templates_of("khelang_opendata.nacc", escape=True)
    environment.filters["shown"] = visible
    environment.filters["day"] = thai_date
    environment.filters["thai"] = lambda todo: todo.text(Language.TH)
    environment.filters["zip"] = zip
    environment.globals["both"] = notice.both
    environment.globals["mark"] = Markup(MARK)  # noqa: S704 (ours)
    environment.globals["unrecorded"] = say("unrecorded")
    environment.globals["fiscal_year"] = fiscal_year_days
    return environment
