"""Import: the sheets of a workbook and the package as it is become the package as it will be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from khelang_opendata.intake.answers import suggested_plan_id
from khelang_opendata.intake.cell_origins import Origins
from khelang_opendata.intake.eplan_results import is_eplan_table, take_eplan
from khelang_opendata.intake.merging import Merge
from khelang_opendata.intake.plan_sheets import (
    OWN_IDS,
    Row,
    plan_columns,
    plan_sheets,
    sheet_texts,
    text_pair,
    years_of_plan,
)
from khelang_opendata.intake.record_labels import Labels, comparable
from khelang_opendata.intake.released_workbook import is_released, released_plan_id, take_released
from khelang_opendata.intake.remarks import Remark, RemarkKind, is_remarks_sheet
from khelang_opendata.intake.round_sheets import RESULTS, with_rounds
from khelang_opendata.intake.sheet_headings import DataRow, error_remark, find_sheets
from khelang_opendata.intake.snapshot import FILLED, LISTS, SNAPSHOT, Snapshot, is_snapshot, read_snapshot
from khelang_opendata.intake.taking_details import take_details
from khelang_opendata.intake.taking_records import take_records
from khelang_opendata.intake.taking_summary import take_summary
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.model.failures import DataError
from khelang_opendata.package.datapackage import is_plan_name
from khelang_opendata.standard.codelists import own_codes_of
from khelang_opendata.standard.family import SchemaFamily

_ORDER = ("codes", "units", "dimensions", "missions", "projects", "risks", "errata")
"""The sheets that others refer to, first."""

_LEAST_FACTS = 5
"""Facts of a plan below each other by which a sheet is known that has another name."""
_FACT_COLUMNS = 3
"""The columns of a fact: its name, its value, what it means."""
_FIRST_ROWS = 25
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Imported:
    """The tables of the package as the workbook has them, and what there is to say of its cells."""

    tables: Mapping[str, list[Row]]
    remarks: Sequence[Remark]
    origins: Origins = field(default_factory=Origins)
    """The cells that the rows of the tables came from."""
    sheets: Mapping[str, str] = field(default_factory=dict)
    """The names of the sheets by the tables, as the workbook has them."""
    headings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The headings of each table's sheet by the names of columns, as the workbook has them."""
    places: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """The names of the columns of each table's sheet by their places."""

    def sheet_of(self, table: str) -> str:
        """The sheet of a table, found or not; the table's name where the workbook has no sheet for it."""
        name = {"budgets": "projects"}.get(table, table)
        titles = {"plans": text_pair("plan"), **sheet_texts()["sheets"]}
        return self.sheets.get(name) or titles.get(name, [table])[0]

    def of_kind(self, kind: RemarkKind) -> list[Remark]:
        return [remark for remark in self.remarks if remark.kind is kind]

    def stopped_by(self, *, allow_deletions: bool) -> RemarkKind | None:
        """The kind of remark that stops the import; None where nothing does."""
        stopping = [RemarkKind.REFUSED, *([] if allow_deletions else [RemarkKind.DELETED])]
        return next((kind for kind in stopping if self.of_kind(kind)), None)


def snapshot_of(sheets: Sequence[ReadSheet]) -> Snapshot | None:
    """The package that a workbook was made of; None where it was made of none, or by another program.

    Raises:
        DataError: the hidden sheet that holds it is damaged.
    """
    sheet = _snapshot_sheet(sheets)
    return read_snapshot(sheet.cells) if sheet else None


def plan_id_in(sheets: Sequence[ReadSheet], snapshot: Snapshot | None, family: SchemaFamily) -> str | None:
    """The id of the plan that sheets were made of; None where they do not say it.

    Args:
        sheets: the sheets.
        snapshot: the package that their workbook carries.
        family: the schemas of its tables.
    """
    if snapshot is None:
        return released_plan_id(sheets, family)
    return next((row["plan_id"] for row in snapshot.tables.get("plans", ())), "")


def _snapshot_sheet(sheets: Sequence[ReadSheet]) -> ReadSheet | None:
    """The hidden sheet of the package, by its name or, where that was changed, by what it begins with."""
    named = (sheet for sheet in sheets if sheet.known_as == SNAPSHOT)
    return next(named, next((sheet for sheet in sheets if is_snapshot(sheet.cells)), None))


def _of_snapshot(sheets: Sequence[ReadSheet], old: Mapping[str, list[Row]]) -> Iterator[Remark]:
    """The remark on a hidden sheet that is damaged or gone, where ids come from elsewhere."""
    try:
        snapshot = snapshot_of(sheets)
    except DataError:
        yield Remark(RemarkKind.TAKEN, "snapshot_damaged", SNAPSHOT)
        return
    lists = next((sheet for sheet in sheets if sheet.known_as == LISTS), None)
    was_filled = lists is not None and bool(lists.cells) and FILLED in lists.cells[0]
    if snapshot is None and was_filled and not old:
        yield Remark(RemarkKind.TAKEN, "snapshot_missing", SNAPSHOT)


def import_sheets(
    sheets: Sequence[ReadSheet], old: Mapping[str, list[Row]], family: SchemaFamily, plan_id: str | None = None
) -> Imported:
    """The tables of a package after the import of a workbook.

    Args:
        sheets: the sheets of the workbook.
        old: the tables of the package as it is; none for a new one.
        family: its schemas.
        plan_id: the plan's id, where the package is new and the id is not to be made from its name.

    Raises:
        DataError: the workbook has no sheet of the plan, or an id cannot be made.
    """
    hidden = _snapshot_sheet(sheets)
    if hidden is None and not any(sheet.layout for sheet in sheets) and is_released(sheets, family):
        return _import_released(sheets, old, family)
    seen = [sheet for sheet in sheets if sheet is not hidden and sheet.known_as not in (SNAPSHOT, LISTS)]
    seen = [sheet for sheet in seen if not is_remarks_sheet(sheet.cells)]
    if any(map(is_eplan_table, seen)) and not is_of_plan([s for s in seen if not is_eplan_table(s)], family):
        return _import_eplan(seen, old, family)
    guides = [*map(comparable, text_pair("guide"))]
    merge = Merge(family, plan_id or "", old, Labels.of(old))
    merge.labels = merge.older
    all_facts = sorted(_sheets_of_facts(seen, family), key=lambda sheet: sheet.check.is_hidden)
    facts = next(iter(all_facts), None)
    others = [sheet for sheet in seen if sheet not in all_facts]
    merge.remarks += (
        Remark(RemarkKind.TAKEN, "encoding_taken", s.name, params={"encoding": s.check.encoding})
        for s in seen
        if s.check.encoding
    )
    others, of_rounds = with_rounds(others, plan_sheets(family, None)["progress"], years_of_plan(old))
    is_part = facts is None and _is_part(others, seen, old, family)
    merge.remarks += [*_of_snapshot(sheets, old), *_of_facts(all_facts), *of_rounds]
    if facts is None and old.get("plans") and not is_part:
        name = text_pair("plan")[0]
        code = (
            "sheet_emptied"
            if any(comparable(sheet.known_as) == comparable(name) for sheet in seen)
            else "sheet_missing"
        )
        merge.remarks.append(Remark(RemarkKind.IGNORED, code, name))
    years = _take_plan(merge, facts)
    plans = plan_sheets(family, years)
    read = find_sheets(others, plans)
    found = read.found
    taken = {sheet.read.name for sheet in found.values()}
    is_guide = {sheet.name for sheet in others if comparable(sheet.known_as) in guides}
    merge.remarks += [r for r in read.remarks if not (r.code == "sheet_unread" and r.sheet in is_guide)]
    merge.remarks += (r for sheet in others if sheet.name in is_guide - taken for r in _of_guide(sheet))
    for table in (*_ORDER, *(name for name in plans if name not in _ORDER)):
        if table not in found:
            if old.get(table) and table not in read.headless and not is_part:
                merge.remarks.append(Remark(RemarkKind.IGNORED, "sheet_missing", plans[table].titles[0]))
            _keep(merge, table)
        elif table == "projects":
            take_summary(merge, found[table], found.keys())
            if years is None and merge.new["projects"]:
                sheet = facts.name if facts else text_pair("plan")[0]
                merge.remarks.append(Remark(RemarkKind.REFUSED, "years_unknown", sheet))
        elif table in OWN_IDS:
            take_records(merge, found[table])
        else:
            take_details(merge, found[table], is_part=is_part)
        if table == "codes":
            merge.family = merge.family.with_codes(own_codes_of(merge.new.get("codes", ())))
    kept = {name: rows for name, rows in merge.new.items() if rows or name in old}
    names = {table: sheet.read.name for table, sheet in found.items()}
    names |= {"plans": facts.name} if facts else {}
    tables = {name: kept[name] for name in family.tables if name in kept}
    headings = {table: sheet.labels for table, sheet in found.items()}
    places = {table: {at: c.name for at, c in sheet.columns.items()} for table, sheet in found.items()}
    return Imported(tables, merge.remarks, merge.origins, names, headings, places)


def _is_part(
    others: Sequence[ReadSheet], seen: Sequence[ReadSheet], old: Mapping[str, list[Row]], family: SchemaFamily
) -> bool:
    """Whether sheets without the facts of a plan hold results only, which change nothing else of the package.

    Raises:
        DataError: there is no sheet of a plan, or no package that the results are of.
    """
    read = find_sheets(others, plan_sheets(family, None))
    if not read.is_any:
        raise DataError("workbook_refused", "no_sheet", path=seen[0].name if seen else "–")
    is_part = bool(read.found) and {*read.found} <= {*RESULTS} and not read.headless
    if is_part and not old.get("projects"):
        raise DataError("workbook_refused", "results_alone", path=next(iter(read.found.values())).read.name)
    return is_part


def _import_released(sheets: Sequence[ReadSheet], old: Mapping[str, list[Row]], family: SchemaFamily) -> Imported:
    """The tables of a package after the import of a release's workbook."""
    merge = Merge(family, released_plan_id(sheets, family) or "", old, Labels.of(old))
    merge.labels = merge.older
    found = take_released(merge, [sheet for sheet in sheets if not is_remarks_sheet(sheet.cells)])
    tables = {name: merge.new[name] for name in family.tables if name in merge.new}
    names = {table: sheet.read.name for table, sheet in found.items()}
    return Imported(tables, merge.remarks, merge.origins, names, {t: sheet.labels for t, sheet in found.items()})


def _import_eplan(sheets: Sequence[ReadSheet], old: Mapping[str, list[Row]], family: SchemaFamily) -> Imported:
    """The tables of a package after the import of E-Plan workbooks.

    Raises:
        DataError: there is no package whose projects the results are of.
    """
    if not old.get("projects"):
        raise DataError("workbook_refused", "results_alone", path=sheets[0].name)
    merge = Merge(family, old["plans"][0]["plan_id"], old, Labels.of(old))
    take_eplan(merge, sheets)
    tables = {name: merge.new[name] for name in family.tables if name in merge.new}
    names = {"progress": next(sheet.name for sheet in sheets if is_eplan_table(sheet))}
    return Imported(tables, merge.remarks, merge.origins, names)


def is_of_plan(sheets: Sequence[ReadSheet], family: SchemaFamily) -> bool:
    """Whether any sheet is one of a plan's workbook, and none is a table of the standard, which has the plan's id."""
    if any("plan_id" in line for sheet in sheets for line in sheet.cells[:_FIRST_ROWS]):
        return False
    return bool(_sheets_of_facts(sheets, family)) or bool(find_sheets(sheets, plan_sheets(family, None)).found)


def _keep(merge: Merge, table: str) -> None:
    """Keep a table without a sheet as it was."""
    if table in merge.old:
        merge.new[table] = merge.old[table]
    if table in OWN_IDS:
        merge.new.setdefault(table, [])
        merge.relabel(table)
    if table == "projects":
        merge.new["budgets"] = merge.rows("budgets")


def _sheets_of_facts(sheets: Sequence[ReadSheet], family: SchemaFamily) -> list[ReadSheet]:
    """The sheets with the facts of a plan: by their first column, else the one of that name."""
    labels = {comparable(title) for column in plan_columns(family) for title in column.titles}
    found = [
        sheet
        for sheet in sheets
        if sum(comparable(cells[0]) in labels for cells in sheet.cells if cells) >= _LEAST_FACTS
    ]
    named = [sheet for sheet in sheets if comparable(sheet.known_as) in map(comparable, text_pair("plan"))]
    is_filled = any(any(cells) for sheet in named for cells in sheet.cells)
    return found or (
        [sheet for sheet in named if not find_sheets([sheet], plan_sheets(family, None)).found] if is_filled else []
    )


def _of_guide(sheet: ReadSheet) -> Iterator[Remark]:
    """Remarks on what people wrote into the sheet of instructions, where nothing is read."""
    own = {comparable(text) for pair in sheet_texts()["guide_lines"] for text in pair}
    for at, line in enumerate(sheet.cells):
        for place, text in enumerate(line):
            is_number = place == 0 and text == str(at)
            if text and not is_number and comparable(text) not in own:
                params = {"text": text[:_LONGEST_SHOWN]}
                yield Remark(RemarkKind.IGNORED, "guide_unread", sheet.name, at, place, params)


def _of_facts(sheets: Sequence[ReadSheet]) -> Iterator[Remark]:
    """Remarks on the sheet of facts under another's name or hidden, and on further ones."""
    thai, english = text_pair("plan")
    for sheet in sheets[:1]:
        if sheet.check.is_hidden:
            yield Remark(RemarkKind.TAKEN, "sheet_hidden", sheet.name)
        if any(comparable(sheet.known_as) in map(comparable, names) for names in sheet_texts()["sheets"].values()):
            params = {"title": thai, "title_en": english}
            yield Remark(RemarkKind.TAKEN, "sheet_by_headings", sheet.name, params=params)
    for sheet in sheets[1:]:
        is_hidden = sheet.check.is_hidden
        code = "sheet_hidden_unread" if is_hidden else "sheet_twice"
        kind = RemarkKind.IGNORED if is_hidden else RemarkKind.REFUSED
        yield Remark(kind, code, sheet.name, params={"other": sheets[0].name})


def _take_plan(merge: Merge, facts: ReadSheet | None) -> range | None:
    """Take the facts of the plan, and its id."""
    old = next(iter(merge.rows("plans")), None)
    row = dict(old) if old else merge.blank("plans")
    columns = {comparable(title): column for column in plan_columns(merge.family) for title in column.titles}
    default = [comparable(text) for text in text_pair("source_default")]
    headings = {comparable(text) for pair in sheet_texts()["plan_headings"] for text in pair}
    seen, unread = dict[str, str](), list[Remark]()
    errors_at = {**dict.fromkeys(facts.check.unvalued, ""), **facts.check.errors} if facts else {}
    for at, cells in enumerate(facts.cells if facts else ()):
        label, value = comparable(cells[0]), cells[1] if len(cells) > 1 else ""
        if facts and label in columns:
            column = columns[label]
            errors = {column.name: errors_at[at, 1]} if (at, 1) in errors_at else {}
            data = DataRow(facts.name, at, {column.name: value}, {column.name: 1}, errors)
            merge.remarks += map(partial(error_remark, data), errors)
            merge.take(column, data, row, is_new=old is None)
            if column.name in seen and comparable(value) != seen[column.name]:
                merge.remarks.append(data.remark(RemarkKind.REFUSED, "fact_twice", column.name, **column.named))
            seen[column.name] = comparable(value)
        elif label in default:
            merge.source = value
        elif facts and (value or label) and comparable(value) not in headings:
            params = {"text": cells[0][:_LONGEST_SHOWN] or value[:_LONGEST_SHOWN]}
            unread.append(Remark(RemarkKind.IGNORED, "fact_unread", facts.name, at, 1 if value else 0, params))
        unread += _beside_fact(facts, at) if facts else ()
    if facts:
        missing = [column for column in plan_columns(merge.family) if column.name not in seen]
        merge.remarks += [
            Remark(RemarkKind.REFUSED if not seen else RemarkKind.IGNORED, "fact_missing", facts.name, params=c.named)
            for c in (missing if seen else missing[:1])
        ]
        merge.remarks += unread if seen else []
    years = years_of_plan({"plans": [row]})
    merge.plan_id = row["plan_id"] = row["plan_id"] or _new_id(merge, row, years)
    merge.new["plans"] = [row]
    merge.relabel("plans")
    return years


def _beside_fact(facts: ReadSheet, at: int) -> Iterator[Remark]:
    """Remarks on texts outside the columns of the sheet of facts."""
    for place, text in enumerate(facts.cells[at][_FACT_COLUMNS:], _FACT_COLUMNS):
        if text and (at, place) not in facts.filled:
            params = {"text": text[:_LONGEST_SHOWN]}
            yield Remark(RemarkKind.IGNORED, "text_beside_fact", facts.name, at, place, params)


def _new_id(merge: Merge, row: Row, years: range | None) -> str:
    made = merge.plan_id or (suggested_plan_id(row["lao_name_en"], row["lao_type"], years) if years else "")
    if not is_plan_name(made):
        raise DataError("plan_id_unknown")
    return made
