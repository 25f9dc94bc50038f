"""Documents for the NACC: the OIT evidence of the ITA, and reports to its system E-PlanNACC."""

from khelang_opendata.model.wording import Notices

notice = Notices(__file__)
"""The sentences of this room."""
