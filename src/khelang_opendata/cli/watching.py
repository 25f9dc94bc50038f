"""``khelang validate --watch``: a package or a workbook is checked again each time that it is saved."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from khelang_opendata.cli.common import failure_lines, notice, print_text
from khelang_opendata.files.leftovers import is_leftover
from khelang_opendata.model.failures import KhelangError
from khelang_opendata.model.wording import Language

_POLL = 0.3
"""Seconds between two looks."""
_QUIET = 0.6
"""Seconds without a change after which a file counts as saved; programs write in several steps."""
_PATIENCE = 5.0
"""Seconds in which a file may be gone or unreadable, as while a program saves it, before that is reported."""

Stamp = tuple[tuple[str, int, int], ...]
"""Name, size and time of each file that is looked at; empty where there is none."""


def watch(path: Path, check: Callable[[], str], show: Callable[[str], None], language: Language) -> None:
    """Check a path, and check it again each time that it changes, until the user stops it (Ctrl-C).

    Files are looked at by name, size and time, for that works on every system and on shared drives. Lock files of
    office programs do not count: they are there as long as a file is open, and say nothing about saving.

    Args:
        path: a package's folder, or a file.
        check: checks it, and returns the report.
        show: takes a report that differs from the one before.
        language: of what is said beside reports.
    """
    print_text(notice("watch_begins", language, path=str(path)) + "\n", err=True)
    try:
        _Watch(path, check, show, language).run()
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            print_text("\n", err=True)  # after the ^C that the terminal shows


class _Watch:
    def __init__(self, path: Path, check: Callable[[], str], show: Callable[[str], None], language: Language) -> None:
        self._path, self._check, self._show, self._language = path, check, show, language
        self._shown = ""

    def run(self) -> None:
        last: Stamp | None = None
        while True:
            stamp = self._settled(last)
            last = stamp if self._report(stamp) else None

    def _settled(self, last: Stamp | None) -> Stamp:
        """Wait until the files differ from the last ones, and rest."""
        before = stamp_of(self._path)
        since, gone = time.monotonic(), time.monotonic()
        while True:
            if before:
                gone = time.monotonic()
            if (
                before != last
                and time.monotonic() - since >= _QUIET
                and (before or time.monotonic() - gone > _PATIENCE)
            ):
                return before
            time.sleep(_POLL)
            now = stamp_of(self._path)
            if now != before:
                before, since = now, time.monotonic()

    def _report(self, stamp: Stamp) -> bool:
        """Check and show; whether the files stayed as they were meanwhile.

        A failure is shown only when it lasts, for a program may be in the middle of saving.
        """
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                text, failure = self._check(), ""
            except KhelangError as error:
                text, failure = "", failure_lines(error, self._language)
            if not failure or time.monotonic() > until:
                break
            time.sleep(_POLL)
            if stamp_of(self._path) != stamp:
                return False
        if stamp_of(self._path) != stamp:
            return False
        if (text or failure) == self._shown:
            if sys.stderr.isatty():
                print_text(f"{_now()} {notice('watch_same', self._language)}\n", err=True)
            return True
        self._shown = text or failure
        if failure:
            print_text(failure, err=True)
        else:
            self._show(text)
        if sys.stderr.isatty():
            print_text(f"{_now()} {notice('watch_waits', self._language)}\n", err=True)
        return True


def _now() -> str:
    return f"{datetime.now():%H:%M:%S}"


def stamp_of(path: Path) -> Stamp:
    """What shows that a package or a file was saved.

    Args:
        path: a package's folder, of which every file counts but what systems and office programs leave, or a file.
    """
    try:
        files = sorted(_files(path)) if path.is_dir() else [path]
        return tuple((str(file), stat.st_size, stat.st_mtime_ns) for file in files for stat in [file.stat()])
    except OSError:  # gone between two looks, or held by another program
        return ()


def _files(folder: Path) -> list[Path]:
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and not is_leftover(name)]
        found += [Path(place, name) for name in names if not name.startswith(".") and not is_leftover(name)]
    return found
