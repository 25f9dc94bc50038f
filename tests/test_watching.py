"""``--watch`` checks at each save until Ctrl-C, as spreadsheet programs save: real processes and files."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from khelang_opendata.cli.watching import stamp_of
from tests.conftest import PLAN, VALID
from tests.workbooks import edited, run, workbook_of

_LONG = 60.0
_BRIEF = 2.5
SUMMARY = "ตารางสรุป"
_PROGRAM = """
from khelang_opendata.cli import main, watching
watching._PATIENCE = 2.0
main()
"""
"""The command, which waits less long for a file that is gone."""


class Watched:
    """A watching process: the lines that it prints, as they come."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: queue.Queue[str] = queue.Queue()
        for stream in (process.stdout, process.stderr):
            threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream: Iterator[str]) -> None:
        for line in stream:
            self._lines.put(line)

    def until(self, words: str) -> list[str]:
        """The lines up to one that has these words."""
        lines: list[str] = []
        end = time.monotonic() + _LONG
        while not lines or words not in lines[-1]:
            lines.append(self._lines.get(timeout=max(end - time.monotonic(), 0.1)))
        return lines

    def is_silent(self) -> bool:
        """Whether nothing more is printed for a while."""
        time.sleep(_BRIEF)
        return self._lines.empty()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(_LONG)


@contextmanager
def watched(path: Path, *options: str) -> Iterator[Watched]:
    command = [sys.executable, "-c", _PROGRAM, "validate", str(path), "--watch", "--lang", "en", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            yield Watched(process)
        finally:
            process.kill()


def save_as_excel(path: Path, data: bytes) -> None:
    """Write a temporary file, take the old one away, and put the new one in its place."""
    temporary = path.with_name("5C2A1000.tmp")
    temporary.write_bytes(data)
    path.unlink()
    time.sleep(1)
    temporary.rename(path)


@pytest.mark.system
def test_workbook_is_checked_at_each_save_until_ctrl_c(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(workbook_of(VALID))
    spoilt = edited(workbook_of(VALID), lambda book: book[SUMMARY].__setitem__("C9", "?"))
    with watched(path) as process:
        process.until("Valid")
        (tmp_path / "~$plan.xlsx").write_bytes(b"owner")
        (tmp_path / ".~lock.plan.xlsx#").write_bytes(b"owner")
        save_as_excel(path, spoilt)
        lines = process.until("Not valid")
        assert any(f"{SUMMARY}!C9" in line for line in lines)
        assert not any("\x1b" in line or "There is no" in line for line in lines)
        os.utime(path)
        assert process.is_silent()
        path.write_bytes(spoilt[: len(spoilt) // 2])
        time.sleep(1)
        path.write_bytes(workbook_of(VALID))
        lines = process.until("Valid")
        assert not any("damaged" in line for line in lines)
        assert process.stop() == 0


@pytest.mark.system
def test_file_that_stays_damaged_or_away_is_said_once_and_watching_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"PK\x03\x04 half")
    with watched(path) as process:
        process.until("damaged")
        process.until("Fix: ")
        path.unlink()
        process.until("There is no file")
        process.until("Fix: ")
        assert process.is_silent()
        path.write_bytes(workbook_of(VALID))
        process.until("Valid")
        assert process.stop() == 0


@pytest.mark.system
def test_package_is_checked_when_one_of_its_files_changes(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    shutil.copytree(VALID, folder)
    with watched(folder, "--output", str(tmp_path / "report.txt")) as process:
        process.until("Checking")
        until_written(tmp_path / "report.txt", "khelang", is_in=False)
        (folder / "data/~$units.csv").write_bytes(b"x")
        assert process.is_silent()
        table = folder / "data/units.csv"
        table.write_bytes(table.read_bytes() + b"x,y\n")
        until_written(tmp_path / "report.txt", "Not valid")
        assert process.stop() == 0


def until_written(path: Path, words: str, *, is_in: bool = True) -> None:
    end = time.monotonic() + _LONG
    while not path.exists() or (words in path.read_text(encoding="utf-8")) != is_in:
        assert time.monotonic() < end, path.read_text(encoding="utf-8") if path.exists() else "nothing"
        time.sleep(0.2)


def test_stamp_leaves_out_what_programs_leave(tmp_path: Path) -> None:
    shutil.copytree(VALID, tmp_path / "package")
    before = stamp_of(tmp_path / "package")
    for name in ("~$a.csv", ".~lock.a.csv#", "A1B2.tmp", "Thumbs.db", ".a.csv.0f"):
        (tmp_path / "package/data" / name).write_bytes(b"x")
    assert stamp_of(tmp_path / "package") == before
    assert stamp_of(tmp_path / "nowhere") == ()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([PLAN, PLAN], "one package or workbook"),
        ([PLAN, "--out", "reports"], "one package or workbook"),
        (["nowhere.xlsx"], "There is no nowhere.xlsx to check"),
    ],
)
def test_what_cannot_be_watched_is_refused(args: list[object], said: str) -> None:
    done = run("validate", *args, "--watch")
    assert done.exit_code == 2
    assert said in done.output
