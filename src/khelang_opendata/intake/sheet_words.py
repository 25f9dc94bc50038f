"""What a person sees in a workbook in place of the names of tables, columns and records: sheets, headings, labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from khelang_opendata.intake.importing import Imported
from khelang_opendata.intake.plan_sheets import OWN_IDS, Row, plan_columns, plan_sheets, years_of_plan
from khelang_opendata.intake.record_labels import labels_of, shortened
from khelang_opendata.model.report import Issue, SheetWords
from khelang_opendata.model.wording import Language, Text
from khelang_opendata.standard.family import SchemaFamily

_LONGEST = 60
"""Characters of a record's label within a sentence."""
_OF_DESCRIPTOR = ("descriptor_invalid", "profile_invalid")
"""Rules on the descriptor, whose texts name what that file has."""


class WordsOfSheets:
    """The words for the issues of one workbook."""

    def __init__(self, imported: Imported, family: SchemaFamily, old: Mapping[str, Sequence[Row]]) -> None:
        """Find the words.

        Args:
            imported: the workbook.
            family: the schemas of its tables.
            old: the tables that the workbook was made of, for records that it has no more.
        """
        self._imported, self._family = imported, family
        self._sheets = {table: imported.sheet_of(table) for table in family.tables}
        columns = {name: sheet.columns for name, sheet in plan_sheets(family, years_of_plan(imported.tables)).items()}
        self._titles = {
            table: {column.name: column.titles for column in found}
            for table, found in {**columns, "plans": plan_columns(family)}.items()
        }
        self._records = {
            record: _same(shortened(label, _LONGEST))
            for tables in (old, imported.tables)
            for table in ("plans", *(table for table in OWN_IDS if table != "errata"))
            for record, label in labels_of(table, tables.get(table, ())).items()
        }
        self._by_table: dict[str, SheetWords] = {}

    def of(self, issue: Issue) -> SheetWords | None:
        """The words for an issue; None where it is about the descriptor.

        A column that several tables have is that of the issue's table.
        """
        table = issue.location.resource
        if table is None or issue.code in _OF_DESCRIPTOR:
            return None
        if table not in self._by_table:
            self._by_table[table] = self._words(table)
        return self._by_table[table]

    def _words(self, table: str) -> SheetWords:
        names: dict[str, Text] = {}
        for other in sorted(self._family.tables, key=lambda name: name == table):  # the issue's table prevails
            for field in self._family.tables[other].fields:
                if "_" in field.name:  # others are words of a sentence, too
                    heading = self._heading(other, field.name, (field.title, field.title_en))
                    for title in ("", f" ({field.title})", f" ({field.title_en})"):
                        names[field.name + title] = heading
        return SheetWords(self._sheets, {**names, **self._records})

    def _heading(self, table: str, column: str, titles: tuple[str, str]) -> Text:
        """What the sheet says above a column, else what the workbook calls it, else its title."""
        sheet = "projects" if table == "budgets" else table
        if label := self._imported.headings.get(sheet, {}).get(column):
            return _same(" ".join(label.split()))
        thai, english = self._titles.get(sheet, {}).get(column, titles)
        return {Language.TH: thai, Language.EN: english}


def _same(text: str) -> Text:
    return dict.fromkeys(Language, text)
