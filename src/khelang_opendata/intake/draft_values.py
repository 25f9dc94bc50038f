"""The values of a drafted package: each with its places in the document, how sure it is, and why it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from khelang_opendata.intake import notice
from khelang_opendata.intake.plan_document import DocumentPlace
from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.model.wording import Language


class Confidence(StrEnum):
    """How sure a value is, the most doubtful first."""

    MISSING = "missing"
    """The document does not say it where it was looked for; a person must fill it in."""
    DOUBTFUL = "doubtful"
    """Places contradict each other, or the reading rests on order alone."""
    LIKELY = "likely"
    """One place says it, and nothing contradicts it."""
    CERTAIN = "certain"
    """Two places that were written apart say the same."""


@dataclass(frozen=True)
class DraftWhere:
    """A part of the document (``summary``, ``sheet``, ``text``, ``risks``) and the place in the file."""

    part: str
    place: DocumentPlace
    number: str = ""
    section: int = 0

    def text(self, language: Language) -> str:
        """The place as a person finds it."""
        kind = f"where_{self.part}_section" if self.section else f"where_{self.part}"
        place = self.place.text(language)
        return notice(kind, language, place=place, number=self.number, section=self.section)


@dataclass(frozen=True)
class DraftValue:
    """A value: its cell in the package, where it was read, how sure it is, and the name of the reason for a doubt."""

    table: str
    record: str
    column: str
    value: str
    confidence: Confidence
    wheres: Sequence[DraftWhere] = ()
    reason: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    year: str = ""


@dataclass
class DraftTables:
    """The rows of the tables, and the values that were read."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    values: list[DraftValue] = field(default_factory=list)

    def add(self, table: str, row: Row) -> None:
        self.tables.setdefault(table, []).append(row)

    def note(
        self,
        table: str,
        record: str,
        column: str,
        value: str,
        sure: tuple[Confidence, str],
        wheres: Sequence[DraftWhere],
        *,
        year: str = "",
        **params: str,
    ) -> str:
        """Keep a value with what there is to say of it, and return it."""
        confidence, reason = sure
        self.values.append(DraftValue(table, record, column, value, confidence, wheres, reason, params, year))
        return value
