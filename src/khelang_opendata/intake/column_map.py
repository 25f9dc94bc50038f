"""The columns of a table that is no workbook of this program, by the names that its own headings have.

A small YAML file says which sheet is which of the plan's, where its heading is, which heading is which column, and what
0, a dash, an empty cell and a tick of a year mean. It is written with what is recognised, completed by a person, and
used with every later state of the table. A failure names its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import yaml

from khelang_opendata.intake import notice
from khelang_opendata.intake.cell_meanings import choices, titles_of, year_meaning
from khelang_opendata.intake.document_wordings import meaning_of_beginning
from khelang_opendata.intake.heading_rows import KnownColumns, TableHeading, best_heading, heading_at
from khelang_opendata.intake.plan_document import squeezed
from khelang_opendata.intake.plan_sheets import PlanColumn, PlanSheet, plan_sheets
from khelang_opendata.intake.record_labels import comparable, shortened
from khelang_opendata.intake.sheet_headings import FoundSheet, recognised
from khelang_opendata.intake.sheet_layouts import SheetLayout
from khelang_opendata.intake.summary_rows import BLANK, BUDGETED, DASH, NOT_RUN, TICK, WHOLE, ZERO
from khelang_opendata.intake.text_tables import decoded
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.model.failures import DataError, UsageError, system_errors_as
from khelang_opendata.model.places import letters
from khelang_opendata.model.thai import FISCAL_YEARS, ascii_text
from khelang_opendata.model.wording import Language
from khelang_opendata.standard.codelists import Code
from khelang_opendata.standard.family import SchemaFamily

_SIGNS = {"zero": ZERO, "dash": DASH, "blank": BLANK, "tick": TICK}
_AS_IN_DOCUMENTS = {
    "number": "sequence_no",
    "title": "title_th",
    "unit": "lead_unit_id",
    "dimension": "dimension_id",
    "mission": "mission_id",
    "note": "note_th",
}
"""Columns of the summary table by what plan documents call them; amounts are left to the person, for some are sums."""
_KEYS = ("sheet", "heading_row", "as", *_SIGNS, "columns")
_MOST_BYTES = 200_000
_MOST_DEPTH = 3
"""A list of maps, each with a map of columns."""
_ROWS_SCANNED = 500
_LONGEST_SHOWN = 80
_MOST_SHOWN = 1000
_SUMMARY = "projects"

_COMMON = {"tab": re.compile("\t"), "anchor": re.compile("[:-] ?[&*]")}
"""The faults of a line that people make most, by their variants."""

_Said = tuple[str, int]
"""A text of the file, and its line."""


@dataclass
class ColumnMap:
    """What a file says of one sheet; texts with the line that says them."""

    path: str
    line: int
    plan: PlanSheet
    sheet: _Said | None = None
    heading_row: tuple[int, int] | None = None
    columns: dict[str, _Said] = field(default_factory=dict)
    """Its headings by ours."""
    names: dict[str, str] = field(default_factory=dict)
    """The names of our columns by our headings."""
    signs: dict[str, str] = field(default_factory=dict)

    def refused(
        self, variant: str, said: _Said, *, known: str = "", row: str = "", other: str = "", places: str = ""
    ) -> DataError:
        """The failure of a line."""
        return DataError(
            "columns_refused",
            variant,
            path=self.path,
            line=said[1],
            name=said[0][:_LONGEST_SHOWN],
            known=shortened(known, _MOST_SHOWN),
            row=row,
            other=other,
            places=places,
        )


def read_column_maps(path: Path, family: SchemaFamily) -> list[ColumnMap]:
    """The maps of a file.

    Args:
        path: the file: YAML in UTF-8, UTF-16 or Windows-874; one map, or a list of them.
        family: the schemas of the plan.

    Raises:
        UsageError: there is no such file.
        DataError: it is too large or no YAML, or names a key, a sheet, a column or a meaning that there is not, or one
            twice.
    """
    if not path.is_file():
        raise UsageError("columns_missing", path=str(path))
    with system_errors_as("workbook_unreadable", path):
        if path.stat().st_size > _MOST_BYTES:
            raise DataError("columns_refused", "large", path=str(path))
        data = path.read_bytes()
    root = _composed(data, str(path))
    if isinstance(root, yaml.SequenceNode):
        maps = [_map(node, str(path), family) for node in root.value]
    else:
        maps = [_map(root, str(path), family)]
    seen: set[str] = set()
    for one in maps:
        if one.plan.table in seen:
            raise one.refused("table_twice", (one.plan.titles[0], one.line))
        seen.add(one.plan.table)
    return maps


def _composed(data: bytes, path: str) -> yaml.Node:
    """The nodes of a file of YAML that has no anchor, no alias and no depth."""
    try:
        text, _ = decoded(data, path)
    except DataError as error:
        raise DataError("columns_refused", "letters", path=path) from error
    try:
        depth = 0
        for event in yaml.parse(text, yaml.SafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise DataError("columns_refused", "anchor", path=path, line=line)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _MOST_DEPTH:
                raise DataError("columns_refused", "syntax", path=path, line=line)
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        line = text[: int(error.position)].count("\n") + 1
        raise DataError("columns_refused", "syntax", path=path, line=line) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        shown = text.splitlines()[line - 1 : line]
        variant = next((name for name, sign in _COMMON.items() if shown and sign.search(shown[0])), "syntax")
        raise DataError("columns_refused", variant, path=path, line=line) from error
    if root is None or (isinstance(root, yaml.CollectionNode) and not root.value):
        raise DataError("columns_refused", "empty", path=path)
    return root


def _map(node: yaml.Node, path: str, family: SchemaFamily) -> ColumnMap:
    plans = plan_sheets(family, None)
    made = ColumnMap(path, node.start_mark.line + 1, plans[_SUMMARY])
    entries = list(_entries(node, made))
    for key, value, line in entries:
        if key == "as":
            made.plan = _plan(_scalar(value, made), plans, made, line)
    for key, value, line in entries:
        if key not in _KEYS:
            raise made.refused("key_unknown", (key, line), known=", ".join(_KEYS))
        if key == "sheet":
            made.sheet = (_scalar(value, made), line) if _scalar(value, made) else None
        elif key == "heading_row":
            made.heading_row = _row(_scalar(value, made), made, line)
        elif key in _SIGNS and (text := _scalar(value, made)):
            statuses = family.tables["budgets"].field_by_name["budget_status"].meanings
            unfit = (BUDGETED, NOT_RUN) if key == "tick" else (BUDGETED,)
            made.signs[_SIGNS[key]] = _status(text, statuses, unfit, made, line)
        elif key == "columns" and not _is_null(value):
            for own, heading, at in _entries(value, made):
                _add(made, own, _scalar(heading, made), at)
    needed = [column for column in made.plan.columns if column.name in made.plan.needed]
    for column in needed:
        if column.name not in made.names.values():
            raise made.refused("column_needed", (" / ".join(column.titles), made.line))
    return made


def _add(made: ColumnMap, own: str, heading: str, line: int) -> None:
    name = _name(own, made.plan)
    if name is None:
        known = ", ".join(column.titles[0] for column in made.plan.columns if not column.is_folded)
        raise made.refused("column_unknown", (own, line), known=known)
    if name in made.names.values():
        raise made.refused("name_twice", (own, line))
    if heading:
        made.columns[own], made.names[own] = (heading, line), name


def _name(own: str, plan: PlanSheet) -> str | None:
    """The name of our column of a heading: also of a year, whichever the plan's are."""
    column = KnownColumns(plan.columns).exact(own)
    if column is None and plan.table == _SUMMARY:
        column = KnownColumns([PlanColumn(str(year), ("", "")) for year in FISCAL_YEARS]).of_year(own)
    return column.name if column else None


def _entries(node: yaml.Node, made: ColumnMap) -> Iterator[tuple[str, yaml.Node, int]]:
    """The keys of a mapping with their values and lines."""
    if not isinstance(node, yaml.MappingNode):
        raise DataError("columns_refused", "syntax", path=made.path, line=node.start_mark.line + 1)
    seen: set[str] = set()
    for key, value in node.value:
        name, line = _scalar(key, made), key.start_mark.line + 1
        if name in seen:
            raise made.refused("name_twice", (name, line))
        seen.add(name)
        yield name, value, line


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _scalar(node: yaml.Node, made: ColumnMap) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise DataError("columns_refused", "syntax", path=made.path, line=node.start_mark.line + 1)
    return "" if _is_null(node) else str(node.value).strip()


def _row(text: str, made: ColumnMap, line: int) -> tuple[int, int] | None:
    if not text:
        return None
    digits = ascii_text(text)
    if not (digits.isdecimal() and digits.isascii() and int(digits[:9]) > 0):
        raise made.refused("row_unknown", (text, line))
    return int(digits[:9]), line


def _plan(text: str, plans: Mapping[str, PlanSheet], made: ColumnMap, line: int) -> PlanSheet:
    for plan in plans.values():
        if not text or comparable(text) in (*map(comparable, plan.titles), plan.table):
            return plan
    raise made.refused("key_unknown", (text, line), known=", ".join(plan.titles[0] for plan in plans.values()))


def _status(text: str, statuses: Mapping[str, Code], unfit: Sequence[str], made: ColumnMap, line: int) -> str:
    status = year_meaning(text, {}, statuses).status
    if status in ("", *unfit):
        free = {code: pair for code, pair in titles_of(statuses).items() if code not in unfit}
        raise made.refused("key_unknown", (text, line), known=choices(free)["known"])
    return status


def with_layouts(sheets: Sequence[ReadSheet], maps: Sequence[ColumnMap]) -> list[ReadSheet]:
    """The sheets of a plan's files, those that maps are of with their layouts.

    Args:
        sheets: the sheets.
        maps: the maps.

    Raises:
        DataError: the files lack a sheet, a row or a heading that a map names, or have it twice.
    """
    laid = dict[int, SheetLayout]()
    for one in maps:
        at = _sheet_of(one, sheets)
        if at in laid:
            raise one.refused("sheet_twice", one.sheet or (sheets[at].name, one.line))
        laid[at] = _layout(one, sheets[at])
    return [replace(sheet, layout=laid.get(at)) for at, sheet in enumerate(sheets)]


def _sheet_of(one: ColumnMap, sheets: Sequence[ReadSheet]) -> int:
    seen = [at for at, sheet in enumerate(sheets) if any(any(line) for line in sheet.cells)]
    if one.sheet is None and len(seen) == 1:
        return seen[0]
    said = one.sheet or ("", one.line)
    key = comparable(said[0])
    found = [at for at, s in enumerate(sheets) if said[0] and key in (comparable(s.name), comparable(s.known_as))]
    if len(found) == 1:
        return found[0]
    known = ", ".join(sheets[at].name for at in seen if not sheets[at].check.is_hidden)
    raise one.refused("sheet_several" if found else "sheet_missing", said, known=known)


def _layout(one: ColumnMap, sheet: ReadSheet) -> SheetLayout:
    sought = {comparable(heading) for heading, _ in one.columns.values()}

    def known(top: TableHeading) -> tuple[int, int]:
        found = sum(any(comparable(name) in sought for name in names) for names in top.names if names[0])
        return min(found, len(sought)), min(len(sought) - found, 0)

    size = len(sheet.cells)
    if one.heading_row and one.heading_row[0] > size:
        raise one.refused("row_unknown", (str(one.heading_row[0]), one.heading_row[1]))
    given = one.heading_row[0] - 1 if one.heading_row else None
    rows = range(min(size, _ROWS_SCANNED)) if given is None else [given]
    best = max(rows, key=lambda row: (known(heading_at(sheet, row, row)), -row), default=0)
    top = best_heading(best, size, partial(heading_at, sheet), known)
    if given is None and not known(top)[0]:
        said = next(iter(one.columns.values()))
        raise one.refused("row_needed", said)
    columns: dict[int, str] = {}
    for own, said in one.columns.items():
        place = _place(said, top, one, sheet)
        if place in columns:
            raise one.refused("heading_twice", said, other=columns[place])
        columns[place] = own
    return SheetLayout(one.plan.table, top.first, top.last, columns, one.signs)


def _place(said: _Said, top: TableHeading, one: ColumnMap, sheet: ReadSheet) -> int:
    """The column that has a heading, or the letters that a heading is."""
    key = comparable(said[0])
    found = [at for at, names in enumerate(top.names) if names[0] and key in map(comparable, names)]
    if not found:
        found = [at for at in range(len(top.labels)) if letters(at) == said[0].upper()]
    if len(found) == 1:
        return found[0]
    if found:
        raise one.refused("heading_several", said, places=", ".join(map(letters, found)))
    for at, line in enumerate(sheet.cells[:_ROWS_SCANNED]):
        if one.heading_row and key in map(comparable, filter(None, line)):
            raise one.refused("row_other", said, row=str(one.heading_row[0]), other=str(at + 1))
    known = dict.fromkeys(" ".join(label.split()) for label in top.labels if label)
    raise one.refused("heading_missing", said, row=str(top.last + 1), known=", ".join(known))


def suggested_map(
    sheets: Sequence[ReadSheet], family: SchemaFamily, years: range | None, signs: Mapping[str, str], language: Language
) -> str:
    """The map of a file's summary table as YAML: what is recognised is filled in, the rest is open.

    Args:
        sheets: the sheets of the file.
        family: the schemas of the plan.
        years: the plan's fiscal years; None where they are not known.
        signs: the statuses that signs have in the plan already.
        language: the language of our columns' names and of the comments.

    Raises:
        DataError: the files have no sheet with a table.
    """
    plan = plan_sheets(family, years)[_SUMMARY]
    seen = [s for s in sheets if not s.check.is_hidden and any(any(line) for line in s.cells)]
    if not seen:
        raise DataError("workbook_refused", "no_sheet", path=sheets[0].name if sheets else "–")
    found = max(
        (_with_wordings(recognised(sheet, plan)) for sheet in seen),
        key=lambda one: (len(one.columns), len(one.top.labels)),
    )
    named = {column.name: _own_name(found.top, at) for at, column in found.columns.items()}
    meanings = family.tables["budgets"].field_by_name["budget_status"].meanings
    free = {code: pair for code, pair in titles_of(meanings).items() if code != BUDGETED}
    lines = [f"# {line}" for line in notice("columns_comment", language).splitlines()]
    lines += [f"sheet: {_quoted(found.read.name)}", f"heading_row: {found.heading + 1}"]
    lines += [f"as: {_quoted(plan.title(language))}"]
    known = ", ".join(pair[language is Language.EN] for pair in free.values())
    lines += [f"# {line}" for line in notice("columns_signs", language, known=known).splitlines()]
    for key, sign in _SIGNS.items():
        status = signs.get(sign, "")
        lines.append(f"{key}: {_quoted(free[status][language is Language.EN] if status in free else '')}".rstrip())
    lines.append("columns:")
    for column in plan.columns:
        if not column.is_folded or column.name in named or column.name == WHOLE:
            heading = _quoted(named.get(column.name, ""))
            lines.append(f"  {_quoted(column.title(language))}: {heading}".rstrip())
    left = [_own_name(found.top, at) for at, label in enumerate(found.top.labels) if label and at not in found.columns]
    if left:
        lines += [f"# {notice('columns_left', language)}", *(f"#   {name}" for name in left)]
    return "".join(f"{line}\n" for line in lines)


def _with_wordings(found: FoundSheet) -> FoundSheet:
    """A sheet also with the columns whose headings are worded as in the summary tables of plan documents."""
    columns = dict(found.columns)
    for at, label in enumerate(found.top.labels):
        meant, rest = meaning_of_beginning("columns", squeezed(label))
        is_whole = meant != "number" or rest.strip(".") in ("", "ที่")  # not ที่ตั้งโครงการ
        name = _AS_IN_DOCUMENTS.get(meant, "")
        if at not in columns and is_whole and name not in {"", *(column.name for column in columns.values())}:
            columns[at] = found.column(name)
    return replace(found, columns=columns)


def _own_name(top: TableHeading, at: int) -> str:
    """How a map names a column: by its heading, with its group where others have it, too; else by its letters."""
    for name in top.names[at]:
        others = [names for place, names in enumerate(top.names) if place != at]
        if not any(comparable(name) in map(comparable, names) for names in others):
            return " ".join(name.split())
    return letters(at)


def _quoted(text: str) -> str:
    """A text as YAML has it, in one line; nothing for an empty one."""
    plain = " ".join(text.split())
    return yaml.safe_dump(plain, allow_unicode=True, width=10**6).removesuffix("...\n").strip() if plain else ""
