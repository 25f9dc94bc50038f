"""Which sheet of a file is which sheet of the plan, where its heading is, and which rows below it hold data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from khelang_opendata.intake.above_headings import remarks_above
from khelang_opendata.intake.heading_rows import KnownColumns, TableHeading, far_start, heading_at, headings_of
from khelang_opendata.intake.plan_sheets import PlanColumn, PlanSheet, text_pair
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.row_kinds import RowKinds, TotalRow, amounts_in, no_name, wrong_totals
from khelang_opendata.intake.sheet_layouts import SheetLayout
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.model.places import address

_LEAST_KNOWN = 2
_MOST = 0.8
"""The share of its usual headings with which a sheet is certainly the one of its name."""
_ALIKE, _LEAD = 0.8, 0.1
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class DataRow:
    """A row of data: its place, and the text and the place of each column of the plan's sheet."""

    sheet: str
    row: int
    texts: Mapping[str, str]
    columns: Mapping[str, int]
    errors: Mapping[str, str]
    """The errors of cells that have no value; an empty one for a formula without a value."""
    filled: frozenset[str] = frozenset()
    """The columns in which a merge fills in the value of another cell."""

    def text(self, name: str) -> str:
        """A cell as text; empty where the sheet lacks the column."""
        return self.texts.get(name, "")

    @property
    def any_text(self) -> str:
        """The first of its texts."""
        return next((text for text in self.texts.values() if text), "")

    def remark(self, kind: RemarkKind, code: str, name: str | None = None, **params: str) -> Remark:
        """A remark on one cell of the row, or on the row."""
        return Remark(kind, code, self.sheet, self.row, self.columns.get(name) if name else None, params)


@dataclass(frozen=True)
class FoundSheet:
    """A sheet of the file as one of the plan's: its heading, and the columns by their places."""

    plan: PlanSheet
    read: ReadSheet
    top: TableHeading
    columns: Mapping[int, PlanColumn]

    @property
    def heading(self) -> int:
        """The last row of the heading."""
        return self.top.last

    @property
    def labels(self) -> dict[str, str]:
        """What the headings say, by the names of their columns."""
        return {column.name: self.top.labels[at] for at, column in self.columns.items()}

    def column(self, name: str) -> PlanColumn:
        """A column of the plan's sheet, whether or not the file's has it."""
        return next(column for column in self.plan.columns if column.name == name)


@dataclass(frozen=True)
class FoundSheets:
    """The plan's sheets in a file by their tables, those that cannot be read, and remarks."""

    found: dict[str, FoundSheet]
    remarks: list[Remark]
    headless: frozenset[str] = frozenset()
    """The tables whose sheet is there by its name, but empty or without the headings that it needs."""

    @property
    def is_any(self) -> bool:
        """Whether there is a sheet of the plan, also one that cannot be read."""
        return bool(self.found) or any(remark.code == "headings_missing" for remark in self.remarks)


def find_sheets(read: Sequence[ReadSheet], plans: Mapping[str, PlanSheet]) -> FoundSheets:
    """The plan's sheets in a file.

    A sheet is known by the layout that a person gave it, else by its name where its headings agree, else by its
    headings. Hidden ones come last: they count where there is no other.

    Args:
        read: the sheets of the file.
        plans: the plan's sheets.
    """
    found: dict[str, FoundSheet] = {}
    remarks: list[Remark] = []
    headless: dict[str, Remark] = {}
    for sheet in sorted(read, key=lambda sheet: (sheet.layout is None, sheet.check.is_hidden)):
        if sheet.layout is not None:
            one, of_layout = _laid_out(sheet, sheet.layout, plans[sheet.layout.table])
            found[sheet.layout.table] = one
            remarks += of_layout
            continue
        named = _named(sheet, plans)
        if not any(any(line) for line in sheet.cells):
            if named is not None:
                headless.setdefault(named.table, Remark(RemarkKind.IGNORED, "sheet_emptied", sheet.name))
            continue
        tops = headings_of(sheet, plans.values())
        plan = _plan_of(sheet, plans, named, tops)
        if plan is None and (start := far_start(sheet, plans.values())) is not None:
            tops = headings_of(sheet, plans.values(), start)
            plan = _plan_of(sheet, plans, named, tops)
        if plan is None:
            if named is not None:
                headless[named.table] = _without_headings(sheet, named)
            else:
                remarks.append(Remark(RemarkKind.IGNORED, "sheet_unread", sheet.name))
        elif plan.table in found and found[plan.table].read.layout is not None:
            remarks.append(Remark(RemarkKind.IGNORED, "sheet_unread", sheet.name))
        elif plan.table in found:
            kind, code = (
                (RemarkKind.IGNORED, "sheet_hidden_unread")
                if sheet.check.is_hidden
                else (RemarkKind.REFUSED, "sheet_twice")
            )
            remarks.append(Remark(kind, code, sheet.name, params={"other": found[plan.table].read.name}))
        else:
            top = tops[plan.table]
            columns, of_columns = _columns(sheet, plan, top)
            found[plan.table] = FoundSheet(plan, sheet, top, columns)
            remarks += _of_sheet(sheet, plan, named) + of_columns + [*remarks_above(sheet, plan, top, columns)]
    left = {table: remark for table, remark in headless.items() if table not in found}
    return FoundSheets(found, [*remarks, *left.values()], frozenset(left))


def _laid_out(sheet: ReadSheet, layout: SheetLayout, plan: PlanSheet) -> tuple[FoundSheet, list[Remark]]:
    """A sheet with the columns that its layout names, and remarks on the others."""
    top, known = heading_at(sheet, layout.first, layout.last), KnownColumns(plan.columns)
    columns: dict[int, PlanColumn] = {}
    remarks: list[Remark] = [Remark(RemarkKind.TAKEN, "sheet_hidden", sheet.name)] if sheet.check.is_hidden else []
    for at, label in enumerate(top.labels):
        title = layout.columns.get(at, "")
        column = known.exact(title) or known.of_year(title)
        params = {"label": label[:_LONGEST_SHOWN]}
        if column is not None:
            columns[at] = column
        elif title:
            kind, code = RemarkKind.REFUSED, "year_not_of_plan"
            remarks.append(Remark(kind, code, sheet.name, top.rows[at], at, {**params, "text": title}))
        elif label or any(len(line) > at and line[at] for line in sheet.cells[top.last + 1 :]):
            remarks.append(Remark(RemarkKind.IGNORED, "column_unread", sheet.name, top.rows[at], at, params))
    return FoundSheet(plan, sheet, top, columns), [*remarks, *remarks_above(sheet, plan, top, columns)]


def recognised(sheet: ReadSheet, plan: PlanSheet) -> FoundSheet:
    """A sheet as one of the plan, whichever it is, as far as its headings are known.

    Args:
        sheet: the sheet, with any cell that is not empty.
        plan: the plan's sheet.
    """
    start = far_start(sheet, [plan]) or 0
    tops = [headings_of(sheet, [plan], at)[plan.table] for at in {0, start}]
    top = max(tops, key=KnownColumns(plan.columns).count)
    if not KnownColumns(plan.columns).count(top):
        rows = (at for at, line in enumerate(sheet.cells) if len({*filter(None, line)}) > _LEAST_KNOWN)
        row = next(rows, top.last)
        top = heading_at(sheet, row, row)
    return FoundSheet(plan, sheet, top, _columns(sheet, plan, top)[0])


def _of_sheet(sheet: ReadSheet, plan: PlanSheet, named: PlanSheet | None) -> list[Remark]:
    """Remarks on a sheet that has another's name, or is hidden."""
    params = {"title": plan.titles[0], "title_en": plan.titles[1]}
    has_name_of_facts = comparable(sheet.known_as) in map(comparable, text_pair("plan"))
    is_other = has_name_of_facts or (named is not None and named is not plan)
    remarks = [Remark(RemarkKind.TAKEN, "sheet_by_headings", sheet.name, params=params)] if is_other else []
    return [*remarks, *([Remark(RemarkKind.TAKEN, "sheet_hidden", sheet.name)] if sheet.check.is_hidden else [])]


def _without_headings(sheet: ReadSheet, plan: PlanSheet) -> Remark:
    """The remark on a sheet of the plan that lacks the headings it needs, with all that are usually in sight."""
    needed = [column for column in plan.columns if column.name in plan.needed]
    shown = [*needed, *(column for column in _in_sight(plan) if column not in needed)]
    params = {
        name: ", ".join(f"{thai} ({english})" for thai, english in (column.titles for column in columns))
        for name, columns in (("needed", needed), ("shown", shown))
    }
    return Remark(RemarkKind.REFUSED, "headings_missing", sheet.name, params=params)


def _named(sheet: ReadSheet, plans: Mapping[str, PlanSheet]) -> PlanSheet | None:
    """The plan's sheet of this name."""
    name = comparable(sheet.known_as)
    return next((plan for plan in plans.values() if name in (*map(comparable, plan.titles), plan.table)), None)


def _plan_of(
    sheet: ReadSheet, plans: Mapping[str, PlanSheet], named: PlanSheet | None, tops: Mapping[str, TableHeading]
) -> PlanSheet | None:
    """The plan's sheet that a sheet is: the one of its name, unless it has more headings of another."""
    counts = {table: KnownColumns(plan.columns).count(tops[table]) for table, plan in plans.items()}
    shares = {table: count / len(_in_sight(plans[table])) for table, count in counts.items()}
    has_named = named is not None and counts[named.table] > 0 and _has_needed(sheet, named, tops)
    if named is not None and has_named and shares[named.table] >= _MOST:
        return named
    best = max(shares, key=lambda name: shares[name])
    is_enough = counts[best] > _LEAST_KNOWN and shares[best] >= 1 / 2
    if named is not None and has_named and not (is_enough and counts[best] > counts[named.table]):
        return named
    return plans[best] if is_enough and _has_needed(sheet, plans[best], tops) else None


def _has_needed(sheet: ReadSheet, plan: PlanSheet, tops: Mapping[str, TableHeading]) -> bool:
    names = {column.name for column in _columns(sheet, plan, tops[plan.table])[0].values()}
    return names.issuperset(plan.needed)


def _in_sight(plan: PlanSheet) -> list[PlanColumn]:
    return [column for column in plan.columns if not column.is_folded]


def _columns(sheet: ReadSheet, plan: PlanSheet, top: TableHeading) -> tuple[dict[int, PlanColumn], list[Remark]]:
    labels = dict(enumerate(top.labels))
    found: dict[int, PlanColumn] = {}
    remarks: list[Remark] = []
    known = KnownColumns(plan.columns)
    for at, label in labels.items():
        column = known.exact(label)
        if column is not None and column.name not in {c.name for c in found.values()}:
            found[at] = column
    for at, label in labels.items():
        if at in found:
            continue
        free = [column for column in plan.columns if column.name not in {c.name for c in found.values()}]
        column = KnownColumns(free).of_year(label, top.groups[at])
        column = column or _similar(label, [column for column in free if not column.name.isdigit()])
        place = (top.rows[at], at)
        if place in sheet.check.unvalued:
            remarks.append(Remark(RemarkKind.REFUSED, "formula_without_value", sheet.name, *place))
        elif place in sheet.check.errors:
            params = {"text": sheet.check.errors[place]}
            remarks.append(Remark(RemarkKind.REFUSED, "cell_error", sheet.name, *place, params))
        elif (twin := _twin(top, at, found)) is not None and _differs(sheet, top.last, at, twin):
            params = {"label": label[:_LONGEST_SHOWN], "other": address(sheet.name, top.rows[twin], twin)}
            remarks.append(Remark(RemarkKind.REFUSED, "heading_twice", sheet.name, *place, params))
        elif column is not None:
            found[at] = column
            params = {"label": label, **column.named}
            remarks.append(Remark(RemarkKind.TAKEN, "heading_taken", sheet.name, *place, params))
        elif label or any(len(line) > at and line[at] for line in sheet.cells[top.last + 1 :]):
            params = {"label": label[:_LONGEST_SHOWN]}
            remarks.append(Remark(RemarkKind.IGNORED, "column_unread", sheet.name, *place, params))
    named = {column.name for column in found.values()}
    for column in _in_sight(plan):
        if column.name not in named and not any(r.kind is RemarkKind.REFUSED for r in remarks):
            remarks.append(Remark(RemarkKind.IGNORED, "column_missing", sheet.name, top.last, params=column.named))
    return dict(sorted(found.items())), remarks


def _twin(top: TableHeading, at: int, found: Mapping[int, PlanColumn]) -> int | None:
    """The place of a column that has this heading already."""
    known = KnownColumns(tuple(found.values()))
    column = known.exact(top.labels[at]) or known.of_year(top.labels[at], top.groups[at])
    return next((at for at, other in found.items() if other is column), None)


def _differs(sheet: ReadSheet, heading: int, at: int, other: int) -> bool:
    """Whether a column has something below its heading that another has not."""
    lines = (line for line in sheet.cells[heading + 1 :] if len(line) > at and line[at])
    return any(len(line) <= other or line[at] != line[other] for line in lines)


def _similar(label: str, free: Sequence[PlanColumn]) -> PlanColumn | None:
    """The column whose title is like a heading, and more so than any other's."""
    sought = comparable(label)
    scores = sorted(
        ((max(SequenceMatcher(None, sought, comparable(t)).ratio() for t in c.titles), c.name) for c in free),
        reverse=True,
    )
    if not sought or not scores or scores[0][0] < _ALIKE:
        return None
    if len(scores) > 1 and scores[0][0] - scores[1][0] < _LEAD:
        return None
    return next(column for column in free if column.name == scores[0][1])


def data_rows(found: FoundSheet, names: Callable[[str], bool] = no_name) -> tuple[list[DataRow], list[Remark]]:
    """The rows of data below a heading, and remarks on rows that are left out, hidden, or have an error in a cell.

    Args:
        found: the sheet.
        names: whether a text that is alone in a row of the summary table names what the rows below are of.
    """
    rows: list[DataRow] = []
    remarks: list[Remark] = []
    kinds = RowKinds(found.plan, dict(found.columns), found.top.labels, names)
    places = {column.name: at for at, column in found.columns.items()}
    check, totals = found.read.check, list[TotalRow]()
    unread = {**dict.fromkeys(check.unvalued, ""), **check.errors}
    bounds: list[int] = []
    for at, cells in enumerate(found.read.cells[found.heading + 1 :], found.heading + 1):
        of_row = frozenset(p for p in found.columns if (at, p) in unread)
        filled = frozenset(p for p in found.columns if (at, p) in found.read.filled)
        over = filled | {p for p in found.columns if found.read.is_over_rows(at, p)}
        kind = kinds.kind(cells, over, of_row)
        if not kind and not of_row and not any(cells[place] for place in found.columns if place < len(cells)):
            continue
        if kind:
            code, text = kind
            refused = RemarkKind.REFUSED if code == "row_unclear" else RemarkKind.IGNORED
            if code == "heading_repeated" and rows and _is_title_above(rows, at, found):
                title = rows.pop()
                remarks.append(
                    title.remark(RemarkKind.IGNORED, "band_left_out", None, text=title.any_text[:_LONGEST_SHOWN])
                )
            remarks.append(Remark(refused, code, found.read.name, at, params={"text": text}))
            bounds.append(at)
            if code == "total_left_out":
                totals.append(TotalRow(at, text, amounts_in(cells, found.columns)))
            continue
        texts = {column.name: cells[p] for p, column in found.columns.items() if p < len(cells)}
        errors = {found.columns[p].name: unread[at, p] for p in of_row}
        row = DataRow(found.read.name, at, texts, places, errors, frozenset(found.columns[p].name for p in filled))
        if rows and any(row.text(name) != rows[-1].text(name) for name in ("dimension_id", "mission_id")):
            bounds.append(at - 1)
        rows.append(row)
        remarks += _of_row(row, found)
    return rows, [*remarks, *_of_totals(found, totals, rows, sorted(bounds)), *_of_merges(found, rows)]


def _is_title_above(rows: Sequence[DataRow], at: int, found: FoundSheet) -> bool:
    """Whether the row right above a heading is one text, which is the title of the table below."""
    lines = found.read.cells[rows[-1].row + 1 : at]
    texts = {text for text in rows[-1].texts.values() if text}
    return len(texts) == 1 and not rows[-1].errors and not any(any(line) for line in lines)


def _of_totals(
    found: FoundSheet, totals: Sequence[TotalRow], rows: Sequence[DataRow], bounds: Sequence[int]
) -> Iterator[Remark]:
    """Remarks on totals that are not the sum of the rows that they total."""
    amounts = {row.row: amounts_in(found.read.cells[row.row], found.columns) for row in rows} if totals else {}
    places = {column.name: at for at, column in found.columns.items()}
    for total in totals:
        for year, (printed, computed) in wrong_totals(total, amounts, bounds).items():
            numbers = {"printed": printed, "computed": computed, "difference": abs(printed - computed)}
            params = {"text": total.text, **{name: f"{number:,f}" for name, number in numbers.items()}}
            name = found.read.name
            yield Remark(RemarkKind.REFUSED, "total_differs", name, total.row, places[year], params)


def _of_merges(found: FoundSheet, rows: Sequence[DataRow]) -> Iterator[Remark]:
    """Remarks on cells that have the value of a merge, one for the rows of a column that are below each other.

    None on the columns that say which record a row is, which people merge over its rows.
    """
    before: dict[str, int] = {}
    for row in rows:
        for name in sorted(row.filled):
            column = found.column(name)
            if name in (*found.plan.needed, "sequence_no") or not row.text(name) or column.field is None:
                continue
            if before.get(name) != row.row - 1:
                yield row.remark(RemarkKind.TAKEN, "cell_merged", name, text=row.text(name)[:_LONGEST_SHOWN])
            before[name] = row.row


def error_remark(row: DataRow, name: str) -> Remark:
    """The remark on a cell that has no value: an error, or a formula."""
    if row.errors[name]:
        return row.remark(RemarkKind.REFUSED, "cell_error", name, text=row.errors[name])
    return row.remark(RemarkKind.REFUSED, "formula_without_value", name)


def _of_row(row: DataRow, found: FoundSheet) -> Iterator[Remark]:
    yield from (error_remark(row, name) for name in row.errors)
    if row.row in found.read.check.hidden_rows:
        yield row.remark(RemarkKind.TAKEN, "row_hidden")
