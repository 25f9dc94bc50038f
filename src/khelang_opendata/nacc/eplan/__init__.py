"""Reports to E-PlanNACC: the rows of a round, the score that they give, and the table as XLSX and CSV."""

from khelang_opendata.nacc.eplan.report_form import eplan_csv as eplan_csv
from khelang_opendata.nacc.eplan.round_report import RoundReport as RoundReport
from khelang_opendata.nacc.eplan.rows import EplanRow as EplanRow
from khelang_opendata.nacc.eplan.rows import eplan_rows as eplan_rows
from khelang_opendata.nacc.eplan.rows import projects_not_run as projects_not_run
from khelang_opendata.nacc.eplan.rows import year_to_report as year_to_report
from khelang_opendata.nacc.eplan.score import Score as Score
from khelang_opendata.nacc.eplan.score import Share as Share
from khelang_opendata.nacc.eplan.score import eplan_score as eplan_score
from khelang_opendata.nacc.eplan.score import rounded as rounded
from khelang_opendata.nacc.eplan.workbook import About as About
from khelang_opendata.nacc.eplan.workbook import eplan_xlsx as eplan_xlsx
