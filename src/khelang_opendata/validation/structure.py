"""Rows, cells, keys and references: what the Table Schema engine finds becomes issues of our catalogue.

The engine sees only records that were already read and headed: never the descriptor or a path.
One cause gives one issue: a shifted row is not also a row of wrong types, and an id that is missing from its
table is reported where it is first used, with how often, not once a row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from khelang_opendata.model.places import from_the_end, letters
from khelang_opendata.model.report import Issue, Location, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.package.datapackage import Table
from khelang_opendata.standard.tables import Field, JsonObject, TableSchema
from khelang_opendata.tableschema import (
    Engine,
    Finding,
    FindingType,
    SchemaInvalid,
    TableCheck,
    TableSource,
    check_tables,
)
from khelang_opendata.tableschema.columns import values_of
from khelang_opendata.tableschema.compiled import FIELD_PROPERTIES, FIRST_ROW, PATTERN_SECONDS
from khelang_opendata.tableschema.dialect import Dialect, DialectUnsupported
from khelang_opendata.validation.descriptor import DESCRIPTOR_INVALID
from khelang_opendata.validation.empty_cells import EmptyCells
from khelang_opendata.validation.headings import (
    COLUMN_DUPLICATE,
    COLUMN_MISSING,
    COLUMN_NAME_INVALID,
    COLUMN_UNEXPECTED,
    HeadedTable,
)
from khelang_opendata.validation.ids import (
    REFERENCE_MISSING,
    VALUE_MISSING,
    BrokenReferences,
    Examples,
    FreeIds,
    LostIds,
    target_of,
)
from khelang_opendata.validation.layout import ROW_BLANK
from khelang_opendata.validation.plan import Record
from khelang_opendata.validation.rules.cell_values import value_error
from khelang_opendata.validation.rules.shared_faults import SharedFaults
from khelang_opendata.validation.rules.typed_values import NOTHING, TYPE_WRONG

CELL_EXTRA = Rule("cell_extra", Severity.ERROR, __file__)
CELL_MISSING = Rule("cell_missing", Severity.ERROR, __file__)
PATTERN_MISMATCH = Rule("pattern_mismatch", Severity.ERROR, __file__)
VALUE_NOT_ALLOWED = Rule("value_not_allowed", Severity.ERROR, __file__)
VALUE_OUT_OF_RANGE = Rule("value_out_of_range", Severity.ERROR, __file__)
LENGTH_WRONG = Rule("length_wrong", Severity.ERROR, __file__)
KEY_DUPLICATE = Rule("key_duplicate", Severity.ERROR, __file__)

_BY_CONSTRAINT = {
    "required": VALUE_MISSING,
    "pattern": PATTERN_MISMATCH,
    "enum": VALUE_NOT_ALLOWED,
    "categories": VALUE_NOT_ALLOWED,
    "minimum": VALUE_OUT_OF_RANGE,
    "maximum": VALUE_OUT_OF_RANGE,
    "exclusiveMinimum": VALUE_OUT_OF_RANGE,
    "exclusiveMaximum": VALUE_OUT_OF_RANGE,
    "minLength": LENGTH_WRONG,
    "maxLength": LENGTH_WRONG,
    "jsonSchema": PATTERN_MISMATCH,
}
_BY_WEIGHT = [
    rule.code
    for rule in (VALUE_MISSING, TYPE_WRONG, VALUE_NOT_ALLOWED, PATTERN_MISMATCH, LENGTH_WRONG, VALUE_OUT_OF_RANGE)
]
"""If a cell has several faults, the first in this order is reported."""

_PATTERN_SECONDS = 5
_LONGEST_REASON = 300
_LONGEST_LIMIT = 2000
_MOST_VALUES = 100

_YIELD_TO_CELL_VALUES = {rule.code for rule in (TYPE_WRONG, PATTERN_MISMATCH, VALUE_NOT_ALLOWED, VALUE_OUT_OF_RANGE)}
"""Faults that a rule of cell values names more precisely, where one does."""


def check_structure(
    tables: Mapping[str, HeadedTable], engine: Engine | None = None
) -> Iterator[tuple[TableCheck, Iterator[Issue]]]:
    """Check every row of the tables whose heading is known, and the references between them.

    Args:
        tables: the tables by name.
        engine: what checks them; None takes the fastest.

    Returns:
        Table by table who checks it, and the issues, which are made as they are asked for; exhaust them before the
        next table.
    """
    sources = [_source(table, tables) for table in tables.values()]
    merged: set[str] = set()
    for check in check_tables(sources, engine):
        schema, issues = tables[check.name].schema, _issues(tables[check.name], tables, check.findings, merged)
        yield check, _or_unusable(check.name, issues) if schema.is_foreign or schema.own_fields else issues


def table_issues(check: TableCheck, sources: Sequence[TableSource]) -> Iterator[Issue]:
    """The findings of a check as issues, whose texts ``issue_texts(issue, language, "none")`` gives in both languages.

    Args:
        check: what ``check_tables`` gives; its findings are used up.
        sources: all tables that were given to it.

    Raises:
        DialectUnsupported: the table has no heading, so that its rows cannot be named as a spreadsheet shows them.
        TableUnreadable: the file is no table.

    Example:
        >>> from khelang_opendata import Language, TableSource, check_tables, issue_texts, table_issues
        >>> schema = {"fields": [{"name": "year", "type": "integer"}]}
        >>> sources = [TableSource("projects", schema, b"year\\n2566\\nsoon\\n")]
        >>> (check,) = check_tables(sources)
        >>> [issue_texts(issue, Language.EN, "none").message for issue in table_issues(check, sources)]
        ['The value “soon” in year, row 3, is not a whole number']
    """
    tables = {source.name: _headed(source, with_rows=source.name == check.name) for source in sources}
    return _or_unusable(check.name, _issues(tables[check.name], tables, check.findings, set()))


def _headed(source: TableSource, *, with_rows: bool) -> HeadedTable:
    if odd := Dialect.of(source.dialect).odd_property:
        raise DialectUnsupported(odd)
    schema = TableSchema.of_any(source.name, source.schema)
    rows = [row for _, chunk in source.chunks() for row in chunk] if with_rows else []
    header = source.heading() or [field.name for field in schema.fields]
    columns = tuple(map(schema.field_by_name.get, header))
    return HeadedTable(schema, Table(header, rows, source.data, source.dialect), columns)


def _or_unusable(name: str, issues: Iterator[Issue]) -> Iterator[Issue]:
    """The issues of a table, and the reason where its schema ends the check."""
    try:
        yield from issues
    except SchemaInvalid as error:
        yield DESCRIPTOR_INVALID.issue(Location(name), variant="schema_unusable", reason=str(error)[:_LONGEST_REASON])


def _source(table: HeadedTable, tables: Mapping[str, HeadedTable]) -> TableSource:
    """A table with the schema of the columns that it has, in their order, and the keys that can be followed."""
    schema: JsonObject = {
        "fields": [_field(column, position) for position, column in enumerate(table.columns)],
        "missingValues": table.schema.descriptor["missingValues"],
    }
    if followed := [key for key in table.schema.foreign_keys if _can_be_followed(key, table, tables)]:
        schema["foreignKeys"] = followed
    if unique := [key for key in table.schema.unique_keys if _has_all(table, key)]:
        schema["uniqueKeys"] = unique
    if table.schema.is_foreign or table.schema.own_fields:  # patterns that others wrote
        schema[PATTERN_SECONDS] = _PATTERN_SECONDS
    if table.schema.primary_key and _has_all(table, table.schema.primary_key):
        schema["primaryKey"] = list(table.schema.primary_key)
    file = table.table
    return TableSource(table.schema.name, schema, file.data, file.dialect, file.rows, brief=True)


def _field(column: Field | None, position: int) -> JsonObject:
    if column is None:
        return {"name": f"column {position + 1}", "type": "any"}
    return {key: column.descriptor[key] for key in FIELD_PROPERTIES if key in column.descriptor}


def _can_be_followed(key: JsonObject, table: HeadedTable, tables: Mapping[str, HeadedTable]) -> bool:
    target = target_of(key, table, tables)
    if target is None or _is_emptied(target) or len(target.table.rows) < target.schema.min_rows:
        return False  # lost rows are an issue of their own
    return _has_all(table, key["fields"]) and _has_all(target, key["reference"]["fields"])


def _is_emptied(table: HeadedTable) -> bool:
    """Whether a table of the standard has no rows, so that no reference to it says anything."""
    return not table.table.rows and not table.schema.is_foreign


def _has_all(table: HeadedTable, names: Iterable[str]) -> bool:
    return all(table.position(name) is not None for name in names)


def _heading_issue(table: HeadedTable, finding: Finding) -> Issue:
    name, header = table.schema.name, table.table.header
    due, label = finding.field, finding.cell or ""
    place = Location(name, 1, 1, due or label, finding.cell)
    if finding.type is FindingType.BLANK_HEADER:
        return COLUMN_MISSING.issue(Location(name, 1, 1, None, label), variant="not_the_table")
    if finding.type is FindingType.MISSING_LABEL:
        return COLUMN_MISSING.issue(place, name=str(due))
    names = [field.name for field in table.schema.fields]
    at = names.index(due) if due and label else header.index(label) if not due else 0
    if finding.type is FindingType.INCORRECT_LABEL:
        return COLUMN_UNEXPECTED.issue(place, variant="misplaced", name=label, position=at + 1, due=str(due))
    letter, corrected = letters(at), table.own_name(at)
    if finding.type is FindingType.BLANK_LABEL:
        place = Location(name, 1, 1)
        return COLUMN_NAME_INVALID.issue(place, variant="blank", position=at + 1, letter=letter, corrected=corrected)
    rule = COLUMN_DUPLICATE if finding.type is FindingType.DUPLICATE_LABEL else COLUMN_UNEXPECTED
    return rule.issue(place, name=label, letter=letter, corrected=corrected)


def _issues(
    table: HeadedTable, tables: Mapping[str, HeadedTable], findings: Iterator[Finding], merged: set[str]
) -> Iterator[Issue]:
    """The issues of a table; ``merged`` collects the tables that lost ids, to which references lead nowhere."""
    whole = _WholeTable(table, tables, merged)
    for row, found in groupby(findings, key=attrgetter("row")):
        if row < FIRST_ROW:
            yield from (_heading_issue(table, finding) for finding in found)
        else:
            yield from _row_issues(table, row, list(found), whole)
    yield from whole.issues()
    if _is_emptied(table) and not table.schema.min_rows and (referring := _referring(table, tables)):
        variant, named = "emptied", ", ".join(referring)
        yield REFERENCE_MISSING.issue(Location(table.schema.name), variant=variant, tables=named)


def _referring(table: HeadedTable, tables: Mapping[str, HeadedTable]) -> list[str]:
    """The tables that refer to one."""
    found = []
    for other in tables.values():
        keys = (key for key in other.schema.foreign_keys if target_of(key, other, tables) is table)
        names = {name for key in keys for name in key["fields"]} - {"plan_id"}
        places = [place for name in names if (place := other.position(name)) is not None]
        if any(place < len(cells) and cells[place] for cells in other.table.rows for place in places):
            found.append(other.schema.name)
    return found


class _WholeTable:
    """What is reported once for a table, when all of its rows are known."""

    def __init__(self, table: HeadedTable, tables: Mapping[str, HeadedTable], merged: set[str]) -> None:
        self.table = table
        self.merged = merged
        self.references = BrokenReferences(table, tables, merged)
        self.free_ids = FreeIds(table)
        self.lost_ids = LostIds(table, tables)
        self.examples = Examples(table, self.references, self.free_ids)
        self.empty = EmptyCells(table, self.examples)
        self.shared = SharedFaults()
        self.blank: list[int] = []
        self.copies: list[int] = []

    def issues(self) -> Iterator[Issue]:
        """The blank rows, the rows that repeat others, empty cells, faults that cells share, and broken references."""
        place, number = self.table.place, self.table.table.number
        if self.blank:
            yield ROW_BLANK.issue(place(self.blank[0]), rows=from_the_end(map(number, self.blank)))
        if self.copies:
            rows, named = from_the_end(map(number, self.copies)), " + ".join(self.table.schema.primary_key)
            yield KEY_DUPLICATE.issue(place(self.copies[0]), variant="copies", rows=rows, key=named)
        if self.empty.lack_ids or self.lost_ids.explain_references:
            self.merged.add(self.table.schema.name)
        yield from self.empty.issues()
        yield from self.shared.issues()
        yield from self.references.issues()


def _row_issues(table: HeadedTable, row: int, findings: list[Finding], whole: _WholeTable) -> Iterator[Issue]:
    types = Counter(finding.type for finding in findings)
    expected, found = len(table.columns), len(table.table.rows[row - 2])
    if FindingType.BLANK_ROW in types:
        whole.blank.append(row)
    elif FindingType.EXTRA_CELL in types:
        extra = next(f for f in findings if f.type is FindingType.EXTRA_CELL)
        yield CELL_EXTRA.issue(table.place(row, None, extra.cell), expected=expected, found=found)
    elif FindingType.MISSING_CELL in types:
        first = next(f for f in findings if f.type is FindingType.MISSING_CELL)
        yield CELL_MISSING.issue(table.place(row, first.field), expected=expected, found=found)
    else:
        yield from _sound_row_issues(table, row, findings, whole)


def _sound_row_issues(table: HeadedTable, row: int, findings: list[Finding], whole: _WholeTable) -> Iterator[Issue]:
    cells: dict[str, Issue] = {}
    for finding in findings:
        if finding.type in (FindingType.TYPE, FindingType.CONSTRAINT) and finding.field:
            whole.lost_ids.add(finding.field)
            found = _cell_issue(table, row, finding.field, finding, whole)
            known = cells.get(finding.field)
            if known is None or _BY_WEIGHT.index(found.code) < _BY_WEIGHT.index(known.code):
                cells[finding.field] = found
    for name, found in cells.items():
        precise = _precise(table, row, found)
        if precise is None and not (found.code == VALUE_MISSING.code and whole.empty.takes(name, row)):
            yield found
        elif precise is not None and table.schema.is_foreign:  # elsewhere the rules of cell values report it themselves
            yield from whole.shared.held_back([precise])
    for finding in findings:
        if finding.type is FindingType.UNIQUE and finding.field not in cells:
            yield _repeated(table, row, (str(finding.field),), finding)
        elif finding.type in (FindingType.PRIMARY_KEY, FindingType.UNIQUE_KEY) and cells.keys().isdisjoint(finding.key):
            if finding.type is FindingType.PRIMARY_KEY and _is_copy(table, finding):
                whole.copies.append(row)
            else:
                free = whole.free_ids.next(row) if finding.type is FindingType.PRIMARY_KEY else None
                yield _repeated(table, row, finding.key, finding, free)
        elif finding.type is FindingType.FOREIGN_KEY and not cells.keys() & set(finding.key):
            whole.references.add(finding)


def _is_copy(table: HeadedTable, finding: Finding) -> bool:
    """Whether a row with a repeated key is wholly like the row that has the key before it."""
    rows = table.table.rows
    return finding.same_as is not None and rows[finding.row - 2] == rows[finding.same_as - 2]


def _precise(table: HeadedTable, row: int, found: Issue) -> Issue | None:
    """The issue with which a rule of values names the fault of a cell more precisely.

    Of schemas from elsewhere only types are explained, for other rules match patterns without a time limit.
    """
    position = table.position(found.location.field or "")
    explained = {TYPE_WRONG.code} if table.schema.is_foreign else _YIELD_TO_CELL_VALUES
    if found.code not in explained or position is None:
        return None
    return value_error(table, row, position)


def _cell_issue(table: HeadedTable, row: int, name: str, finding: Finding, whole: _WholeTable) -> Issue:
    from khelang_opendata.validation.meant_values import value_meant, year_meant  # noqa: PLC0415 (few cells are wrong)

    field, cell = table.schema.field_by_name[name], finding.cell or ""
    place = table.place(row, name, finding.cell)
    if finding.constraint is None:
        return _type_issue(table, row, field, cell, whole)
    limit = {**field.descriptor, **field.descriptor.get("constraints", {})}.get(finding.constraint)
    shown, rule = _shown(limit), _BY_CONSTRAINT[finding.constraint]
    if finding.constraint == "jsonSchema":
        return rule.issue(place, variant="json_schema", allowed=shown)
    if rule is VALUE_OUT_OF_RANGE and (year := year_meant(field, cell)):
        return rule.issue(place, variant="year", corrected=year)
    if rule in (VALUE_OUT_OF_RANGE, LENGTH_WRONG):
        return rule.issue(place, variant=finding.constraint, limit=shown, length=len(cell))
    meant = None if table.schema.is_foreign else value_meant(table, field, cell, whole.references, whole.lost_ids)
    if meant is not None:
        return rule.issue(place, variant="known" if rule is VALUE_MISSING else "corrected", corrected=meant)
    return rule.issue(place, allowed=shown, example=whole.examples.of(name, row))


def _shown(limit: Any) -> str:
    """A limit in words; of thousands of values only the first, as each wrong cell names them."""
    if not isinstance(limit, list):
        return str(limit)[:_LONGEST_LIMIT]
    first = ", ".join(map(str, values_of(limit[:_MOST_VALUES])))
    return first[:_LONGEST_LIMIT] if len(limit) <= _MOST_VALUES else f"{first[:_LONGEST_LIMIT]}, …"


def _type_issue(table: HeadedTable, row: int, field: Field, cell: str, whole: _WholeTable) -> Issue:
    """A value of another type; a sign for nothing, such as a dash, is explained as what it means."""
    from khelang_opendata.validation.meant_values import printed_amount, truth_meant  # noqa: PLC0415 (as above)

    place, type_ = table.place(row, field.name, cell), str(field.descriptor.get("type", "string"))
    is_nothing = not table.schema.is_foreign and not field.is_own and re.fullmatch(NOTHING, cell.strip()) is not None
    status = table.position("budget_status") if is_nothing and field.name == "amount_thb" else None
    if status is not None and table.table.rows[row - 2][status] in ("budgeted", "no_budget"):
        if printed := printed_amount(Record(table, row)):
            return TYPE_WRONG.issue(place, variant="amount_printed", corrected=printed)
        return TYPE_WRONG.issue(place, variant="no_amount", corrected="0")
    if is_nothing and not field.descriptor.get("constraints", {}).get("required"):
        return TYPE_WRONG.issue(place, variant="nothing")
    if type_ == "boolean" and not table.schema.is_foreign and (truth := truth_meant(field, cell)):
        return TYPE_WRONG.issue(place, variant="boolean_meant", corrected=truth)
    return TYPE_WRONG.issue(place, variant=type_, example=whole.examples.of(field.name, row))


def _repeated(table: HeadedTable, row: int, key: tuple[str, ...], finding: Finding, free: str | None = None) -> Issue:
    cells = table.table.rows[row - 2]
    value = ", ".join(cells[position] for name in key if (position := table.position(name)) is not None)
    single = key[0] if len(key) == 1 else None
    place, named = table.place(row, single, value if single else None), " + ".join(key)
    assert finding.same_as is not None, "an empty part of a key is a constraint error of its cell"
    first = table.table.number(finding.same_as)
    if free is None:
        return KEY_DUPLICATE.issue(place, key=named, value=value, first_row=first)
    return KEY_DUPLICATE.issue(
        place, variant="next", key=named, value=value, first_row=first, column=key[-1], corrected=free
    )
