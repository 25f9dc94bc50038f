"""References to other tables, which are ids that rows share, and the ids that are free for new rows.

A spreadsheet spoils references by the column, as a drag of the mouse counts ids up. So the rows of a column are looked
at together, and the right id is named where it is certain.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import pairwise

from khelang_opendata.model.look_alikes import as_meant
from khelang_opendata.model.places import from_the_end
from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.standard.tables import Field, JsonObject
from khelang_opendata.tableschema import Finding
from khelang_opendata.tableschema.compiled import FIRST_ROW
from khelang_opendata.validation.headings import HeadedTable
from khelang_opendata.validation.layout import LONGEST_LABEL, fits, is_next, plain

VALUE_MISSING = Rule("value_missing", Severity.ERROR, __file__)
REFERENCE_MISSING = Rule("reference_missing", Severity.ERROR, __file__)

_EXAMPLES = {
    "integer": "12",
    "number": "12.5",
    "boolean": "true",
    "date": "2026-10-01",
    "datetime": "2026-10-01T09:30:00",
}
"""Values of types, where the schema gives no example."""

_SEARCHED = 100
"""Rows in which the id of the plan, and the id that an empty one follows, are looked for."""

_Fields = tuple[str, ...]
_Reference = tuple[_Fields, _Fields]
"""The fields of a foreign key, and their values."""

_Counted = tuple[_Fields, str]
"""What ids are counted within: the other parts of their key, and what is before their number."""


def example_of(field: Field) -> str:
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


def example_in(table: HeadedTable, field: Field) -> str:
    """A value that a column holds, with the id of the table's own plan where the standard's example has another's."""
    example, first = example_of(field), table.schema.fields[0]
    of_plan = example_of(first)
    if table.schema.is_foreign or first.name != "plan_id" or not example.startswith(of_plan):
        return example
    position = table.position(first.name)
    rows = table.table.rows[:_SEARCHED] if position is not None else []
    cells = (row[position] for row in rows if position is not None and position < len(row))
    return next((cell for cell in cells if cell and fits(first, cell)), of_plan) + example.removeprefix(of_plan)


def target_of(key: JsonObject, table: HeadedTable, tables: Mapping[str, HeadedTable]) -> HeadedTable | None:
    """The table that a foreign key refers to; None where the package has none that can be read."""
    return tables.get(key["reference"]["resource"] or table.schema.name)


class BrokenReferences:
    """The broken references of one table: how often each missing value is used, and its first row."""

    def __init__(self, table: HeadedTable, tables: Mapping[str, HeadedTable], merged: Set[str]) -> None:
        """Begin with none.

        Args:
            table: the table that refers to others.
            tables: all tables by name.
            merged: the names of tables whose rows lack ids; a reference to them says nothing.
        """
        self.table = table
        self.uses: Counter[_Reference] = Counter()
        self.first: dict[_Reference, int] = {}
        self.rows: dict[str, list[int]] = {}
        self._keys = {tuple(key["fields"]): key for key in table.schema.foreign_keys}
        self._tables = tables
        self._merged = merged
        self._targets: dict[_Fields, Mapping[_Fields, None]] = {}
        self._by_label: dict[str, Mapping[str, Sequence[str]]] = {}

    def add(self, finding: Finding) -> None:
        """Count one use."""
        cells = self.table.table.rows[finding.row - 2]
        positions = (self.table.position(field) for field in finding.key)
        use = (finding.key, tuple(cells[position] for position in positions if position is not None))
        self.uses[use] += 1
        self.first.setdefault(use, finding.row)
        if len(finding.key) == 1:
            self.rows.setdefault(finding.key[0], []).append(finding.row)

    def of(self, name: str) -> bool:
        """Whether a column refers to another table by itself."""
        return (name,) in self._keys

    def has(self, name: str, text: str) -> bool:
        """Whether a column may refer to a text; True where it refers to nothing that can be read."""
        target = target_of(self._keys[(name,)], self.table, self._tables) if self.of(name) else None
        return target is None or (text,) in self._ids_for((name,))

    def first_id(self, name: str) -> str | None:
        """The first id that a column may refer to; None where it refers to nothing that can be read."""
        return next((id_ for (id_,) in self._ids_for((name,))), None) if self.of(name) else None

    def named(self, name: str, text: str) -> Sequence[str]:
        """The ids of the rows that a column may refer to and that a text is the title or the name of."""
        if not self.of(name) or len(text) > LONGEST_LABEL:
            return ()
        if name not in self._by_label:
            self._by_label[name] = self._labelled(name)
        return self._by_label[name].get(plain(text), ())

    def _labelled(self, name: str) -> Mapping[str, Sequence[str]]:
        target = target_of(self._keys[(name,)], self.table, self._tables)
        label = target.schema.label_column if target and not target.schema.is_foreign else None
        if target is None or label is None or target.position(label) is None:
            return {}
        found: dict[str, list[str]] = {}
        for row, text in enumerate(target.cells(label), FIRST_ROW):
            if text and len(text) <= LONGEST_LABEL and (id_ := target.id_of(row)):
                found.setdefault(plain(text), []).append(id_)
        return found

    def issues(self) -> Iterator[Issue]:
        """An issue for each column whose right value is certain, else for each missing value, on its first row."""
        is_foreign = self.table.schema.is_foreign
        right = {} if is_foreign else {name: self._right(name, rows) for name, rows in self.rows.items()}
        yield from (self._column_issue(name, id_) for name, id_ in right.items() if id_ is not None)
        for (fields, values), row in self.first.items():
            reference = self._keys[fields]["reference"]
            target, uses = reference["resource"] or self.table.schema.name, self.uses[fields, values]
            if (len(fields) == 1 and right.get(fields[0]) is not None) or target in self._merged:
                continue
            alike = [] if is_foreign else self._alike(fields, values)
            if any(not self._is_sound(fields, ids) for ids in alike):  # the row is there, and its id has its own issue
                continue
            place = self.table.place(row, fields[0], ", ".join(values))
            if not is_foreign and self._is_one_for_all(fields):
                ((plan,),) = self._ids_for(fields)
                yield REFERENCE_MISSING.issue(place, variant="plan", plan=plan, target_field=fields[0])
            elif len(alike) == len(fields) == 1:
                yield REFERENCE_MISSING.issue(place, variant="near", target=target, uses=uses, corrected=alike[0][0])
            else:
                named = " + ".join(reference["fields"])
                yield REFERENCE_MISSING.issue(place, target=target, target_field=named, uses=uses)

    def _column_issue(self, name: str, right: str) -> Issue:
        rows, cells = self.rows[name], self.table.cells(name)
        spans = from_the_end(map(self.table.table.number, rows))
        variant = "counts_up" if _count_up([(row, cells[row - 2]) for row in rows]) else "only"
        place = self.table.place(rows[0], name, cells[rows[0] - 2])
        return REFERENCE_MISSING.issue(place, variant=variant, rows=spans, corrected=right)

    def _right(self, name: str, rows: Sequence[int]) -> str | None:
        """The value that all broken references of a column should have; None where it is not certain.

        It is the plan's, of which a package has one, or that of the row above, from which a drag of the mouse counted
        up. Where no row has the plan's id, it may be the plan's own that is wrong.
        """
        targets, cells, first = self._ids_for((name,)), self.table.cells(name), rows[0] - 2
        is_of_plan = self._keys[(name,)]["reference"]["resource"] == "plans"
        if is_of_plan and len(targets) == 1 and len(rows) < len(cells):
            return next(iter(targets))[0]
        if first < 1 or not _count_up([(row, cells[row - 2]) for row in rows]):
            return None
        above = cells[first - 1]
        if not is_next(above, cells[first]) or (above,) not in targets:
            return None
        begins_there = first == 1 or not is_next(cells[first - 2], above)
        return above if begins_there or self._have_own_keys(name, rows, above) else None

    def _is_one_for_all(self, fields: _Fields) -> bool:
        """Whether all rows agree on a plan's id that is not the plan's own."""
        is_of_plan = self._keys[fields]["reference"]["resource"] == "plans"
        all_rows = len(self.rows.get(fields[0], ())) == len(self.table.table.rows)
        return is_of_plan and all_rows and self._values[fields] == len(self._ids_for(fields)) == 1

    @cached_property
    def _values(self) -> Mapping[_Fields, int]:
        """How many missing values the columns of each key have."""
        return Counter(fields for fields, _ in self.first)

    def _have_own_keys(self, name: str, rows: Sequence[int], id_: str) -> bool:
        """Whether a column is a part of the key, and every row has a key of its own with this id in some rows."""
        key = self.table.schema.primary_key
        if name not in key or len(key) == 1:
            return False
        columns = [
            [id_ if part == name and row in rows else cell for row, cell in enumerate(self.table.cells(part), 2)]
            for part in key
        ]
        keys = [*zip(*columns, strict=True)]
        return len({*keys}) == len(keys)

    def _ids_for(self, fields: _Fields) -> Mapping[_Fields, None]:
        """The values that columns may refer to."""
        if fields not in self._targets:
            key = self._keys[fields]
            target = target_of(key, self.table, self._tables)
            places = [target.position(name) for name in key["reference"]["fields"]] if target else []
            rows = target.table.rows if target and None not in places else []
            ids = (tuple(row[p] if p is not None and p < len(row) else "" for p in places) for row in rows)
            self._targets[fields] = dict.fromkeys(filter(any, ids))
        return self._targets[fields]

    @cached_property
    def _by_bare(self) -> Mapping[_Fields, Mapping[_Fields, Sequence[_Fields]]]:
        """The values that columns may refer to, by how people compare them."""
        found: dict[_Fields, dict[_Fields, list[_Fields]]] = {}
        for fields in {fields for fields, _ in self.first}:
            for ids in self._ids_for(fields):
                found.setdefault(fields, {}).setdefault(tuple(map(_bare, ids)), []).append(ids)
        return found

    def _alike(self, fields: _Fields, values: _Fields) -> Sequence[_Fields]:
        """The ids of which some may be a misspelling: in other letters, with other signs, or with zeros lost."""
        return self._by_bare.get(fields, {}).get(tuple(map(_bare, values)), [])

    def _is_sound(self, fields: _Fields, ids: _Fields) -> bool:
        target = target_of(self._keys[fields], self.table, self._tables)
        names = self._keys[fields]["reference"]["fields"]
        return target is None or all(
            fits(target.schema.field_by_name[name], id_) for name, id_ in zip(names, ids, strict=True)
        )


class FreeIds:
    """The ids of one table that no row has, for rows that repeat the id of another."""

    def __init__(self, table: HeadedTable) -> None:
        self.table = table
        schema = table.schema
        *self._others, self.name = schema.primary_key or ("",)
        referring = {name for key in schema.foreign_keys for name in key["fields"]}
        is_coded = self.name.replace("_id", "_code") in schema.field_by_name  # the id follows from the row's code
        counts = self.name.endswith("_no") or (self.name.endswith("_id") and not self._others and not is_coded)
        self._last: dict[_Counted, int] = {}
        self._given: dict[int, str | None] = {}
        is_of_plan = self.name == "plan_id"  # a package has one plan
        self._counts = counts and not (schema.is_foreign or is_of_plan or self.name in referring)

    def next(self, row: int) -> str | None:
        """An id that follows the row above, else the highest; None where ids are not counted.

        No row has it, and it was not given out before. An empty id is counted as that of the nearest row above.
        """
        if row not in self._given:
            self._given[row] = self._next(row) if self._counts else None
        return self._given[row]

    def _next(self, row: int) -> str | None:
        found = self._counted_as(row)
        if found is None:
            return None
        key, digits = found
        above = self._numbered(row - 1) if row > FIRST_ROW else None
        taken = self._taken[key]
        number = int(above[1]) + 1 if above and above[0] == key else 0
        if not number or number in taken:
            number = (self._last[key] if key in self._last else max(taken)) + 1
            while number in taken:
                number += 1
            self._last[key] = number
        taken.add(number)
        id_ = f"{key[1]}{number:0{len(digits)}}"
        return id_ if fits(self.table.schema.field_by_name[self.name], id_) else None

    @cached_property
    def _taken(self) -> Mapping[_Counted, set[int]]:
        taken: dict[_Counted, set[int]] = {}
        for row in range(FIRST_ROW, len(self.table.table.rows) + FIRST_ROW):
            if found := self._numbered(row):
                taken.setdefault(found[0], set()).add(int(found[1]))
        return taken

    def _counted_as(self, row: int) -> tuple[_Counted, str] | None:
        *group, id_ = self._parts(row)
        if fits(self.table.schema.field_by_name[self.name], id_) and (found := self._numbered(row)):
            return found
        rows = range(row - 1, max(row - _SEARCHED, FIRST_ROW) - 1, -1)
        return next((found for found in map(self._numbered, rows) if found and found[0][0] == tuple(group)), None)

    def _parts(self, row: int) -> _Fields:
        """The cells of a row's key."""
        cells = self.table.table.rows[row - FIRST_ROW]
        positions = [self.table.position(name) for name in (*self._others, self.name)]
        return tuple(cells[p] if p is not None and p < len(cells) else "" for p in positions)

    def _numbered(self, row: int) -> tuple[_Counted, str] | None:
        """What a row's id is counted within, and its digits."""
        *group, id_ = self._parts(row)
        found = re.fullmatch(r"(.*?)(\d{1,9})", id_, re.ASCII)
        return ((tuple(group), found[1]), found[2]) if found else None


class LostIds:
    """The rows of one table whose own id is empty or wrong, and the ids that others refer to and that no row has."""

    def __init__(self, table: HeadedTable, tables: Mapping[str, HeadedTable]) -> None:
        self.table = table
        key = table.schema.primary_key
        self.name = key[0] if len(key) == 1 and not table.schema.is_foreign else ""
        self.is_seen = False
        """Whether such a row was found; before, nothing is looked up."""
        self._tables = tables

    def add(self, name: str) -> None:
        """Take note of a fault in a column."""
        self.is_seen = self.is_seen or name == self.name

    @property
    def explain_references(self) -> bool:
        """Whether the references that lead nowhere may all be to these rows."""
        return self.is_seen and 0 < len(self._sought) <= self._count

    @property
    def id(self) -> str | None:
        """The id of the only such row, where others refer to only one that is not there."""
        return self._sought[0] if self.is_seen and len(self._sought) == self._count == 1 else None

    @cached_property
    def _count(self) -> int:
        field = self.table.schema.field_by_name[self.name]
        rows = range(FIRST_ROW, len(self.table.table.rows) + FIRST_ROW)
        return sum(not fits(field, self.table.id_of(row)) for row in rows)

    @cached_property
    def _sought(self) -> Sequence[str]:
        known, field = {*self.table.cells(self.name)}, self.table.schema.field_by_name[self.name]
        found: dict[str, None] = {}
        for other in self._tables.values():
            keys = (
                key["fields"] for key in other.schema.foreign_keys if target_of(key, other, self._tables) is self.table
            )
            for fields in keys:
                if len(fields) == 1:
                    found |= dict.fromkeys(id_ for id_ in other.cells(fields[0]) if id_ and id_ not in known)
        return [id_ for id_ in found if fits(field, id_)]


class Examples:
    """Values that may be typed into the cells of one table: they break no rule of ids and references."""

    def __init__(self, table: HeadedTable, references: BrokenReferences, free_ids: FreeIds) -> None:
        self.table = table
        self._references = references
        self._free_ids = free_ids

    def of(self, name: str, row: int) -> str:
        """A value for a cell of a column."""
        example = example_in(self.table, self.table.schema.field_by_name[name])
        if name == self._free_ids.name:
            return self._free_ids.next(row) or example
        return example if self._references.has(name, example) else self._references.first_id(name) or example


def _count_up(cells: Sequence[tuple[int, str]]) -> bool:
    """Whether neighbouring rows have ids that count up, as a drag of the mouse fills them in."""
    pairs = [*pairwise(cells)]
    return bool(pairs) and all(row + 1 == next_ and is_next(id_, after) for (row, id_), (next_, after) in pairs)


def _bare(id_: str) -> str:
    """An id as people compare them: without signs, and zeros before a number, in small Latin letters."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", re.sub(r"[\W_]", "", as_meant(id_).casefold()))
