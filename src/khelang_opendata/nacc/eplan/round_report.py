"""The report of one round to E-PlanNACC, from a release to the file that an official keeps."""

from __future__ import annotations

from dataclasses import dataclass

from khelang_opendata.nacc.eplan.report_form import eplan_csv
from khelang_opendata.nacc.eplan.rows import EplanRow, eplan_rows, year_to_report
from khelang_opendata.nacc.eplan.score import Score, eplan_score
from khelang_opendata.nacc.eplan.workbook import About, eplan_xlsx
from khelang_opendata.package.datapackage import Package


@dataclass(frozen=True)
class RoundReport:
    """The rows of a round, the score that they give, and what both are about."""

    about: About
    rows: tuple[EplanRow, ...]
    score: Score

    @classmethod
    def of(cls, package: Package, year: int | None, months: int) -> RoundReport:
        """The report of a release.

        Args:
            package: the release, verified.
            year: the fiscal year (B.E.); None for the latest that was reported on, else the plan's first.
            months: the round, 6 or 12.

        Raises:
            UsageError: the plan does not run in that year.
        """
        about = About.of(package, year or year_to_report(package), months)
        rows = eplan_rows(package, about.year, about.months)
        return cls(about, rows, eplan_score(rows))

    def name(self, ending: str) -> str:
        """The name of its file, with an ending such as ``xlsx``."""
        return f"eplan-{self.about.year}-{self.about.months}.{ending}"

    def file(self, ending: str) -> bytes:
        """Its file: CSV for the ending ``csv``, else a workbook."""
        is_csv = ending == "csv"
        return eplan_csv(self.rows, self.about.months) if is_csv else eplan_xlsx(self.rows, self.score, self.about)
