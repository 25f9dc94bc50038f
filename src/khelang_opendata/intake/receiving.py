"""What takes a workbook: the package of the plan as it is, or a new one of what the workbook carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from khelang_opendata.intake.importing import Imported, import_sheets, plan_id_in, snapshot_of
from khelang_opendata.intake.opening import check_same_plan, readable_package
from khelang_opendata.intake.package_update import changed_files, new_files
from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.intake.snapshot import Snapshot, carried
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.model.failures import DataError
from khelang_opendata.model.limits import Limits
from khelang_opendata.package.datapackage import Package
from khelang_opendata.standard.family import SchemaFamily


@dataclass(frozen=True)
class Receiver:
    """A package before an import, with the ids of its records; ``package`` is None where it is to be made."""

    package: Package | None
    snapshot: Snapshot | None
    family: SchemaFamily
    old: Mapping[str, list[Row]]

    @classmethod
    def new(cls, sheets: Sequence[ReadSheet]) -> Receiver:
        """A package to be made; its ids are those that the workbook carries.

        Raises:
            DataError: the workbook's hidden sheet is damaged.
        """
        snapshot = snapshot_of(sheets)
        return cls(None, snapshot, *carried(snapshot))

    @classmethod
    def existing(cls, folder: Path, sheets: Sequence[ReadSheet], files: Sequence[Path], limits: Limits) -> Receiver:
        """The package in a folder; a damaged hidden sheet of the workbook is no hindrance, for the ids are here.

        Args:
            folder: of the package.
            sheets: of the workbook.
            files: the workbook's files, which failures name.
            limits: how much is read.

        Raises:
            UsageError: the workbook is of another plan.
            DataError: the package cannot be read.
        """
        try:
            snapshot = snapshot_of(sheets)
        except DataError:  # of which the import has a remark
            snapshot = None
        package, family, old = readable_package(folder, limits)
        check_same_plan(plan_id_in(sheets, snapshot, family), old, files, folder)
        return cls(package, snapshot, family, old)

    def take(self, sheets: Sequence[ReadSheet], plan_id: str | None = None) -> Imported:
        """The tables after the import of the workbook; ``plan_id`` is for a new package.

        Raises:
            DataError: the workbook has no sheet of the plan, or an id cannot be made.
        """
        return import_sheets(sheets, self.old, self.family, plan_id)

    def files(self, tables: Mapping[str, Sequence[Row]]) -> dict[str, bytes]:
        """The files that the import makes or changes, by their paths."""
        if self.package:
            return changed_files(self.package, tables, self.old, self.family)
        return new_files(tables, self.snapshot, self.family)
