"""From an official's answers and workbook to a package: new packages, the workbook of a plan, and its import."""

from khelang_opendata.model.wording import Notices

notice = Notices(__file__)
"""The sentences of this room."""
