"""A rule on the data: a code, a severity, and the issues that it finds; its texts are beside its module."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from khelang_opendata.model.report import Issue, Location, Severity
from khelang_opendata.model.wording import Entry, Text, read_texts


class Rule:
    """A rule on the data.

    Args:
        code: its name in reports, errata and ``khelang explain``.
        severity: an error blocks a release, a warning needs an erratum, info never blocks.
        module: ``__file__`` of the module that checks it; ``<module>.json`` beside it holds the rule's title, message,
            fix, explanation (why it exists) and source (a standard, a law or a part of the document).
    """

    def __init__(self, code: str, severity: Severity, module: str) -> None:
        self.code = code
        self.severity = severity
        self.module = module

    def issue(self, place: Location | None = None, /, **params: str | int | float) -> Issue:
        """An issue of this rule; without a place it is about the package as a whole.

        Params are the values that its message names; ``variant`` chooses the wording; ``record`` and ``year`` are what
        an erratum names it by.
        """
        return Issue(self.code, self.severity, place or Location(), params)

    @cached_property
    def entry(self) -> Entry:
        return Entry(self.code, self._content)

    @property
    def title(self) -> Text:
        """The rule in a few words."""
        return self.entry.title

    @property
    def explanation(self) -> Text:
        """Why the rule exists."""
        text: Text = self._content["explanation"]
        return text

    @property
    def source(self) -> str:
        return str(self._content["source"])

    @cached_property
    def _content(self) -> dict[str, Text]:
        content: dict[str, Text] = read_texts(Path(self.module).with_suffix(".json"))[self.code]
        return content
