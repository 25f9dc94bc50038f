"""Issues, reports and failures in words: Thai or English text, HTML, CSV and SARIF, and JSON with both languages."""

from khelang_opendata.model.wording import Notices

notice = Notices(__file__)
"""The sentences of this room."""
