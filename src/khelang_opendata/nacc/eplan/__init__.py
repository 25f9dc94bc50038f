"""Reports to E-PlanNACC: the rows of a round, the score that they give, and the table as XLSX and CSV."""

from khelang_opendata.nacc.eplan.report_form import eplan_csv
from khelang_opendata.nacc.eplan.rows import EplanRow, eplan_rows, projects_not_run, year_to_report
from khelang_opendata.nacc.eplan.score import Score, Share, eplan_score, rounded
from khelang_opendata.nacc.eplan.workbook import About, eplan_xlsx

__all__ = [
    "About",
    "EplanRow",
    "Score",
    "Share",
    "eplan_csv",
    "eplan_rows",
    "eplan_score",
    "eplan_xlsx",
    "projects_not_run",
    "rounded",
    "year_to_report",
]
