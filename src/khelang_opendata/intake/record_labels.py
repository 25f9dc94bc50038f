"""What the workbook calls a record in place of its id: a project by number and title, a unit by its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from khelang_opendata.intake.cell_numbers import plain_cell, read_ordinal
from khelang_opendata.intake.plan_sheets import OWN_IDS, RECORD_COLUMNS, SCOPES, Row, Tables
from khelang_opendata.model.spoilt_text import as_shown, without_hidden
from khelang_opendata.model.thai import ascii_text

_TABLES = ("projects", "units", "dimensions", "missions", "risks", "plans")
_LONGEST = 120
_MISSION = 60
_NUMBER = re.compile(r"(\d+)\s*[.)]")
_BEFORE_CODE = re.compile(r"\A(?:มิติ|ภารกิจ)(?:ที่)? ?(?=\d)")


@lru_cache(maxsize=65_536)
def comparable(text: str) -> str:
    """A text without what does not show, for comparison of what a cell says."""
    meant = as_shown(without_hidden(text) or text).replace("เเ", "แ")
    kept = "".join(c for c in ascii_text(meant) if c.isalnum() or "\u0e31" <= c <= "\u0e4e")
    return kept.lower() or text.strip()


def number_of_id(record: str) -> str:
    """The number at the end of an id, without leading zeros: ``12`` of ``…-E012``."""
    match = re.search(r"-[A-Z](\d+)$", record)
    return str(int(match[1])) if match else record


def labels_of(table: str, rows: Sequence[Row]) -> dict[str, str]:
    """The labels of a table's records by id, each once.

    Args:
        table: one with ids, or ``plans``.
        rows: its rows.
    """
    key = OWN_IDS.get(table, "plan_id")
    made = {row[key]: _label(table, row) for row in rows}
    if table == "units":
        counts = Counter(made.values())
        names = dict(made)
        made = {
            id_: f"{label} ({names.get(row.get('parent_unit_id', ''), '')})" if counts[label] > 1 else label
            for (id_, label), row in zip(made.items(), rows, strict=True)
        }
    seen: Counter[str] = Counter()
    for id_, label in made.items():
        seen[label] += 1
        made[id_] = label if seen[label] == 1 else f"{label} [{seen[label]}]"
    return made


_FORMS = {
    "projects": ("{sequence_no}. {title_th}", _LONGEST),
    "missions": ("{mission_code} {name_th}", _MISSION),
    "dimensions": ("{dimension_code} {name_th}", _MISSION),
    "risks": ("{process_th}", _LONGEST),
    "plans": ("แผนของ{lao_name_th}", _LONGEST),
}
"""How labels are made of the columns of their rows, and how long they may be."""


def _label(table: str, row: Row) -> str:
    if table == "errata":
        return number_of_id(row["erratum_id"])
    form, longest = _FORMS.get(table, ("{name_th}", 0))
    text = form.format_map(row)
    return shortened(text, longest) if longest else text


def longest_label(table: str) -> int:
    """How many characters a label of a table's record has at most; 0 for any number."""
    return _FORMS.get(table, ("", 0))[1]


def shortened(text: str, longest: int) -> str:
    """The beginning of a text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


@dataclass(frozen=True)
class Labels:
    """The labels of all records, by table and id, and the ids by what labels say."""

    by_table: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, tables: Tables) -> Labels:
        names = ("plans", *OWN_IDS)
        return cls({name: labels_of(name, tables.get(name, [])) for name in names})

    def label(self, table: str, record: str) -> str:
        """The label of a record; the id itself where there is no such record."""
        return self.by_table.get(table, {}).get(record, record)

    def has(self, record: str) -> bool:
        """Whether there is a record of this id."""
        return any(record in labels for labels in self.by_table.values())

    def id_of(self, table: str, text: str) -> str | None:
        """The id of the record that a text names: its label, or its number or code alone; None for none or several.

        A project's title alone names it, too.
        """
        full, short = self._ids[table]
        found = full.get(comparable(text)) or short.get(_number_alone(table, text), [])
        return found[0] if len(found) == 1 else None

    @cached_property
    def _ids(self) -> Mapping[str, tuple[dict[str, list[str]], dict[str, list[str]]]]:
        """The ids of each table by whole labels, and by the numbers that labels begin with, both for comparison."""
        made: dict[str, tuple[dict[str, list[str]], dict[str, list[str]]]] = {}
        for table, labels in self.by_table.items():
            made[table] = ({}, {})
            for id_, label in labels.items():
                made[table][0].setdefault(comparable(label), []).append(id_)
                if short := _short(table, label):
                    made[table][1].setdefault(short, []).append(id_)
                if table == "projects" and (match := _NUMBER.match(label)):
                    made[table][0].setdefault(comparable(label[match.end() :]), []).append(id_)
        return made

    def record_label(self, row: Row, column: str, record: str) -> str:
        """The label of a record of any table, with the numbers after its id."""
        head, slash, rest = record.partition("/")
        return f"{self.label(_table_of(row, column, head), head)}{slash}{rest}"

    def any_record_id(self, text: str) -> str | None:
        """The id of the record that a label names, of whatever table."""
        return next((found for table in _TABLES if (found := self.id_of(table, text))), None)

    def record_id(self, row: Row, column: str, text: str) -> str | None:
        """The id of a record of any table by its label."""
        head, rest = _without_numbers(text.strip())
        for table in _TABLES:
            if table != _kind(row, column) and _kind(row, column) in self.by_table:
                continue
            if found := self.id_of(table, head):
                return found + rest
        return None


def _without_numbers(text: str) -> tuple[str, str]:
    """A label, and the numbers that end it, each behind a slash."""
    parts = text.split("/")
    own = next((at for at in range(len(parts), 1, -1) if not parts[at - 1].isdecimal()), 1)
    return "/".join(parts[:own]), "".join(f"/{part}" for part in parts[own:])


def _kind(row: Row, column: str) -> str:
    named = row.get(RECORD_COLUMNS[column], "")
    return SCOPES.get(named, named)


def _table_of(row: Row, column: str, record: str) -> str:
    letter = re.search(r"-([A-Z])[0-9A-Z.]+$", record)
    by_letter = {"P": "projects", "U": "units", "D": "dimensions", "M": "missions", "R": "risks"}
    return by_letter.get(letter[1], "plans") if letter else "plans"


def _short(table: str, label: str) -> str:
    """The number that a label begins with, or its code."""
    match = _NUMBER.match(label)
    if table == "projects" and match:
        return match[1]
    return _number_alone(table, label.partition(" ")[0]) if table in ("missions", "dimensions") else ""


def _number_alone(table: str, text: str) -> str:
    """A text that is a number or a code alone, in one form: of 1.1 neither 11 nor 1 is another."""
    if table == "projects":
        number = read_ordinal(text).value
        return "" if number is None else str(int(number))
    return _BEFORE_CODE.sub("", plain_cell(text), count=1).rstrip(".").upper()
