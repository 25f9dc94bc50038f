"""The files that one plan is in: a workbook, tables of text of a sheet each, or several of both."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import NamedTuple

from khelang_opendata.intake.plan_sheets import sheet_texts
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.snapshot import LISTS, SNAPSHOT, read_snapshot
from khelang_opendata.intake.spreadsheet_forms import SheetsForm, form_of
from khelang_opendata.intake.workbook_reading import ReadSheet, read_sheets
from khelang_opendata.model.failures import UsageError

_COPY = re.compile(r"(?:\(\d{1,3}\)|- Copy|- สำเนา)$")
"""What systems put behind the name of a copy."""


class PlanFile(NamedTuple):
    """A file of a plan: its path as the user names it, and its content."""

    path: Path
    data: bytes


def read_plan_files(files: Sequence[PlanFile]) -> list[ReadSheet]:
    """The sheets of all files, in their order.

    A sheet of one of several workbooks is named as spreadsheets name one of another file: ``[plan.xlsx]หน่วยงาน``.

    Args:
        files: the files.

    Raises:
        DataError: one cannot be read, or not safely.
        UsageError: they are of several plans.
        ExtraMissing: the library that reads a workbook is not installed.
    """
    stems, names = Counter(file.path.stem for file in files), Counter(file.path.name for file in files)
    sheets: list[ReadSheet] = []
    plans: dict[str, str] = {}
    for file in files:
        read = read_sheets(file.data, file.path.name)
        if len(files) > 1:  # the id sheet of a single workbook is read by import, which can go on without it
            snapshots = (read_snapshot(sheet.cells) for sheet in read if sheet.name == SNAPSHOT)
            plans |= {row["plan_id"]: str(file.path) for found in snapshots for row in found.tables.get("plans", ())}
        if form_of(file.data, file.path.name) is SheetsForm.TEXT:
            is_alone = stems[file.path.stem] == 1
            sheets += [_renamed(s, s.name if is_alone else str(file.path), _title(file.path)) for s in read]
        elif len(files) > 1:
            name = file.path.name if names[file.path.name] == 1 else file.path
            sheets += [_renamed(s, f"[{name}]{s.name}", s.name) for s in read]
        else:
            sheets += read
    if len(plans) > 1:
        raise UsageError("several_plans", paths=", ".join(plans.values()), plans=", ".join(plans))
    return sheets


def _renamed(sheet: ReadSheet, name: str, title: str) -> ReadSheet:
    return replace(sheet, check=replace(sheet.check, name=name), title=title)


def _title(path: PurePath) -> str:
    """The sheet that a table of text is named after: the longest name of one that ends its file's name."""
    name = _COPY.sub("", path.stem).strip()
    texts = sheet_texts()
    known = [SNAPSHOT, LISTS, *texts["plan"], *texts["guide"], *texts["sheets"]]
    known += [title for titles in texts["sheets"].values() for title in titles]
    fitting = [title for title in known if name.endswith(title) or comparable(name).endswith(comparable(title))]
    return max(fitting, key=len, default=name)
