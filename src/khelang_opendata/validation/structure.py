"""Rows, cells, keys and references: what the Table Schema engine finds becomes issues of our catalogue.

The engine sees only records that were already read and headed: never the descriptor or a path.
One cause gives one issue: a shifted row is not also a row of wrong types, and an id that is missing from its
table is reported where it is first used, with how often, not once a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

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
from khelang_opendata.validation.headings import (
    COLUMN_DUPLICATE,
    COLUMN_MISSING,
    COLUMN_NAME_INVALID,
    COLUMN_UNEXPECTED,
    HeadedTable,
)
from khelang_opendata.validation.rules.cell_values import TYPE_WRONG, value_error

CELL_EXTRA = Rule("cell_extra", Severity.ERROR, __file__)
CELL_MISSING = Rule("cell_missing", Severity.ERROR, __file__)
ROW_BLANK = Rule("row_blank", Severity.ERROR, __file__)
VALUE_MISSING = Rule("value_missing", Severity.ERROR, __file__)
PATTERN_MISMATCH = Rule("pattern_mismatch", Severity.ERROR, __file__)
VALUE_NOT_ALLOWED = Rule("value_not_allowed", Severity.ERROR, __file__)
VALUE_OUT_OF_RANGE = Rule("value_out_of_range", Severity.ERROR, __file__)
LENGTH_WRONG = Rule("length_wrong", Severity.ERROR, __file__)
KEY_DUPLICATE = Rule("key_duplicate", Severity.ERROR, __file__)
REFERENCE_MISSING = Rule("reference_missing", Severity.ERROR, __file__)

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
_EXAMPLES = {
    "integer": "12",
    "number": "12.5",
    "boolean": "true",
    "date": "2026-10-01",
    "datetime": "2026-10-01T09:30:00",
}
"""Values of types, where the schema gives no example."""

_Reference = tuple[tuple[str, ...], tuple[str, ...]]
"""The fields of a foreign key, and their values."""

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
    for check in check_tables(sources, engine):
        schema, issues = tables[check.name].schema, _issues(tables[check.name], tables, check.findings)
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
    return _or_unusable(check.name, _issues(tables[check.name], tables, check.findings))


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
    target = _target(key, table, tables)
    return target is not None and _has_all(table, key["fields"]) and _has_all(target, key["reference"]["fields"])


def _target(key: JsonObject, table: HeadedTable, tables: Mapping[str, HeadedTable]) -> HeadedTable | None:
    """The table that a foreign key refers to; None where the package has none that can be read."""
    return tables.get(key["reference"]["resource"] or table.schema.name)


def _has_all(table: HeadedTable, names: Iterable[str]) -> bool:
    return all(table.position(name) is not None for name in names)


def _issues(table: HeadedTable, tables: Mapping[str, HeadedTable], findings: Iterator[Finding]) -> Iterator[Issue]:
    references = _BrokenReferences(table, tables)
    for row, found in groupby(findings, key=attrgetter("row")):
        if row < FIRST_ROW:
            yield from (_heading_issue(table, finding) for finding in found)
        else:
            yield from _row_issues(table, row, list(found), references)
    yield from references.issues()


def _heading_issue(table: HeadedTable, finding: Finding) -> Issue:
    name, due, label = table.schema.name, finding.field, finding.cell or ""
    place = Location(name, 1, 1, due or label, finding.cell)
    names = [field.name for field in table.schema.fields]
    position = (names.index(due) if due and label else table.table.header.index(label) if not due else 0) + 1
    match finding.type:
        case FindingType.BLANK_HEADER:
            return COLUMN_MISSING.issue(Location(name, 1, 1, None, label), variant="no_heading")
        case FindingType.MISSING_LABEL:
            return COLUMN_MISSING.issue(place, name=str(due))
        case FindingType.BLANK_LABEL:
            return COLUMN_NAME_INVALID.issue(Location(name, 1, 1), variant="blank", position=position)
        case FindingType.DUPLICATE_LABEL:
            return COLUMN_DUPLICATE.issue(place, name=label)
        case FindingType.INCORRECT_LABEL:
            return COLUMN_UNEXPECTED.issue(place, variant="misplaced", name=label, position=position, due=str(due))
    return COLUMN_UNEXPECTED.issue(place, name=label)


def _row_issues(
    table: HeadedTable, row: int, findings: list[Finding], references: _BrokenReferences
) -> Iterator[Issue]:
    types = Counter(finding.type for finding in findings)
    expected, found = len(table.columns), len(table.table.rows[row - 2])
    if FindingType.BLANK_ROW in types:
        yield ROW_BLANK.issue(table.place(row))
    elif FindingType.EXTRA_CELL in types:
        extra = next(f for f in findings if f.type is FindingType.EXTRA_CELL)
        yield CELL_EXTRA.issue(table.place(row, None, extra.cell), expected=expected, found=found)
    elif FindingType.MISSING_CELL in types:
        first = next(f for f in findings if f.type is FindingType.MISSING_CELL)
        yield CELL_MISSING.issue(table.place(row, first.field), expected=expected, found=found)
    else:
        yield from _sound_row_issues(table, row, findings, references)


def _sound_row_issues(
    table: HeadedTable, row: int, findings: list[Finding], references: _BrokenReferences
) -> Iterator[Issue]:
    cells: dict[str, Issue] = {}
    for finding in findings:
        if finding.type in (FindingType.TYPE, FindingType.CONSTRAINT) and finding.field:
            found = _cell_issue(table, row, finding.field, finding)
            known = cells.get(finding.field)
            if known is None or _BY_WEIGHT.index(found.code) < _BY_WEIGHT.index(known.code):
                cells[finding.field] = found
    for found in cells.values():
        precise = _precise(table, found)
        if precise is None:
            yield found
        elif table.schema.is_foreign:  # elsewhere the rules of cell values report it themselves
            yield precise
    for finding in findings:
        if finding.type is FindingType.UNIQUE and finding.field not in cells:
            yield _repeated(table, row, (str(finding.field),), finding)
        elif finding.type in (FindingType.PRIMARY_KEY, FindingType.UNIQUE_KEY) and cells.keys().isdisjoint(finding.key):
            yield _repeated(table, row, finding.key, finding)
        elif finding.type is FindingType.FOREIGN_KEY:
            references.add(finding)


def _precise(table: HeadedTable, found: Issue) -> Issue | None:
    """The issue with which a rule of values names the fault of a cell more precisely.

    Of schemas from elsewhere only types are explained, for other rules match patterns without a time limit.
    """
    position = table.position(found.location.field or "")
    row, explained = found.location.row, {TYPE_WRONG.code} if table.schema.is_foreign else _YIELD_TO_CELL_VALUES
    if found.code not in explained or row is None or position is None:
        return None
    return value_error(table, row, position)


def _cell_issue(table: HeadedTable, row: int, name: str, finding: Finding) -> Issue:
    field = table.schema.field_by_name[name]
    place = table.place(row, name, finding.cell)
    if finding.constraint is None:
        return TYPE_WRONG.issue(place, variant=str(field.descriptor.get("type", "string")), example=_example(field))
    limit = {**field.descriptor, **field.descriptor.get("constraints", {})}.get(finding.constraint)
    shown = _shown(limit)
    rule = _BY_CONSTRAINT[finding.constraint]
    if finding.constraint == "jsonSchema":
        return rule.issue(place, variant="json_schema", allowed=shown)
    if rule in (VALUE_OUT_OF_RANGE, LENGTH_WRONG):
        length = len(finding.cell or "")
        return rule.issue(place, variant=finding.constraint, limit=shown, length=length)
    return rule.issue(place, allowed=shown, example=_example(field))


def _shown(limit: Any) -> str:
    """A limit in words; of thousands of values only the first, as each wrong cell names them."""
    if not isinstance(limit, list):
        return str(limit)[:_LONGEST_LIMIT]
    first = ", ".join(map(str, values_of(limit[:_MOST_VALUES])))
    return first[:_LONGEST_LIMIT] if len(limit) <= _MOST_VALUES else f"{first[:_LONGEST_LIMIT]}, …"


def _example(field: Field) -> str:
    """A value that a column holds; of a schema without examples, its first allowed value, pattern or type."""
    constraints = field.descriptor.get("constraints", {})
    type_ = str(field.descriptor.get("type", "any"))
    found = (
        field.descriptor.get("example"),
        next(iter(constraints.get("enum", ())), None),
        constraints.get("pattern"),
        constraints.get("minimum"),
        _EXAMPLES.get(type_, type_),
    )
    return str(next(value for value in found if value is not None))


def _repeated(table: HeadedTable, row: int, key: tuple[str, ...], finding: Finding) -> Issue:
    cells = table.table.rows[row - 2]
    value = ", ".join(cells[position] for name in key if (position := table.position(name)) is not None)
    single = key[0] if len(key) == 1 else None
    place, named = table.place(row, single, value if single else None), " + ".join(key)
    assert finding.same_as is not None, "an empty part of a key is a constraint error of its cell"
    return KEY_DUPLICATE.issue(place, key=named, value=value, first_row=finding.same_as)


class _BrokenReferences:
    """The broken references of one table: how often each missing value is used, and its first row."""

    def __init__(self, table: HeadedTable, tables: Mapping[str, HeadedTable]) -> None:
        self.table = table
        self.tables = tables
        self.uses: Counter[_Reference] = Counter()
        self.first: dict[_Reference, int] = {}

    def add(self, finding: Finding) -> None:
        """Count one use."""
        cells = self.table.table.rows[finding.row - 2]
        positions = (self.table.position(field) for field in finding.key)
        use = (finding.key, tuple(cells[position] for position in positions if position is not None))
        self.uses[use] += 1
        self.first.setdefault(use, finding.row)

    def issues(self) -> Iterator[Issue]:
        """An issue a missing value, on the first row that uses it."""
        references = {tuple(key["fields"]): key["reference"] for key in self.table.schema.foreign_keys}
        for (fields, values), row in self.first.items():
            reference = references[fields]
            yield REFERENCE_MISSING.issue(
                self.table.place(row, fields[0], ", ".join(values)),
                target=reference["resource"] or self.table.schema.name,
                target_field=" + ".join(reference["fields"]),
                uses=self.uses[fields, values],
            )
