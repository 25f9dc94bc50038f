"""Issues, reports and failures in words: Thai or English text, and JSON with both."""

from khelang_opendata.render.json import report_json
from khelang_opendata.render.messages import explanation, failure_text, issue_texts
from khelang_opendata.render.text import report_text

__all__ = ["explanation", "failure_text", "issue_texts", "report_json", "report_text"]
