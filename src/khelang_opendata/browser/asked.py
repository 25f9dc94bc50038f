"""A call of the page as its answer needs it: the parameters, the files by their places, and the draft in them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from khelang_opendata.browser.drafts import FolderDraft, WorkbookDraft, opened
from khelang_opendata.files.place import write_files
from khelang_opendata.intake.corrections import Correction
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.wording import Language

Facts = Mapping[str, Any]
Progress = Callable[[str], object]

DRAFT, RELEASES, RELEASE, OLD, NEW, PACKAGE = "draft", "releases", "release", "old", "new", "package"
"""The folders of the files that a call is given."""
_OUT = "out"
"""The folder of the files that a call makes."""


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder, for failures to name the files as the person does."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@dataclass(frozen=True)
class Asked:
    """A call: its folder, its parameters, and whom to report steps to."""

    folder: Path
    facts: Facts
    progress: Progress

    @property
    def language(self) -> Language:
        return Language(self.facts.get("lang", Language.TH))

    @contextmanager
    def draft(self, place: str = DRAFT) -> Iterator[WorkbookDraft | FolderDraft]:
        """What the person opened, with the corrections."""
        corrections = [Correction.of(one) for one in self.facts.get("corrections", ())] if place == DRAFT else []
        self.progress("read")
        (self.folder / place).mkdir(exist_ok=True)
        with inside(self.folder / place), opened(Path(), corrections) as draft:
            yield draft

    def has(self, place: str) -> bool:
        """Whether the page gave files of a place."""
        return (self.folder / place).is_dir()

    def write(self, files: Mapping[str, bytes]) -> None:
        """Give the page files."""
        write_files(self.folder / _OUT, files)


@contextmanager
def as_package(asked: Asked) -> Iterator[Path]:
    """The folder of the package that the draft is, or that import makes of it.

    Raises:
        DataError: cells of a workbook were not understood.
    """
    from khelang_opendata.intake.receiving import Receiver  # noqa: PLC0415 (only for workbooks)

    with asked.draft() as draft:
        if isinstance(draft, FolderDraft):
            yield draft.path
            return
        receiver = Receiver.new(draft.sheets)
        imported = receiver.take(draft.sheets, asked.facts.get("plan_id"))
        unread = imported.stopped_by(allow_deletions=True)
        if unread:
            first = imported.of_kind(unread)[0]
            raise UsageError("draft_refused", "unread", count=len(imported.of_kind(unread)), place=first.place)
        folder = asked.folder / "imported"
        write_files(folder, receiver.files(imported.tables))
        yield folder
