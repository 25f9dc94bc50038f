"""One process measured: how long, how much memory, and what it printed.

Only the standard library is imported here: the system never reports a peak memory of a child below that of its parent.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parents[1]

_WATCH_SECONDS = 0.05
_LAST_LINES = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run of a process took.

    ``peak_mb`` is the process's own, ``worker_mb`` the largest of its children's (None where it had none), and
    ``findings`` None where the process counts none.
    """

    seconds: float
    peak_mb: float
    worker_mb: float | None = None
    findings: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """Data to measure with: the packages' paths, the findings seeded in them, and the rows of a single large one."""

    paths: list[str]
    findings: int
    rows: int = 0


class WorkFailed(Exception):
    """A measured process failed; the text is the end of what it said."""


def run_work(kind: str, paths: Sequence[str]) -> Measured:
    """Measure a kind of work of :mod:`benchmarks.work`, which takes its own time."""
    done, output = _run([sys.executable, "-m", "benchmarks.work", kind], "\n".join(paths).encode())
    result = json.loads(output)
    return Measured(result["seconds"], done.peak_mb, done.worker_mb, result["findings"])


def run_browser(kind: str, *paths: str) -> Measured:
    """Measure a visit of :mod:`benchmarks.browsing`: its own time, and the peak of the page's process."""
    return Measured(**json.loads(_run([sys.executable, "-m", "benchmarks.browsing", kind, *paths], b"")[1]))


def run_command(command: Sequence[str]) -> Measured:
    """Measure a whole command from its start to its exit."""
    return _run(command, b"")[0]


def prepare(*arguments: str) -> Made:
    """Have data written by :mod:`benchmarks.prepare`, in a process of its own."""
    output = _run([sys.executable, "-m", "benchmarks.prepare", *arguments], b"")[1]
    return Made(**json.loads(output))


def _run(command: Sequence[str], given: bytes) -> tuple[Measured, bytes]:
    with TemporaryFile() as source, TemporaryFile() as output, TemporaryFile() as errors:
        source.write(given)
        source.seek(0)
        start = perf_counter()
        process = subprocess.Popen(command, stdin=source, stdout=output, stderr=errors, cwd=ROOT)
        with _watched(process.pid) as workers:
            _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise WorkFailed(_last_lines(_read(errors)))
        return Measured(seconds, usage.ru_maxrss / 1024, max(workers.values(), default=None)), _read(output)


def _read(file: Any) -> bytes:
    file.seek(0)
    content: bytes = file.read()
    return content


def _last_lines(errors: bytes) -> str:
    return " / ".join(errors.decode(errors="replace").strip().splitlines()[-_LAST_LINES:])


@contextmanager
def _watched(pid: int) -> Iterator[dict[int, float]]:
    """The peak memory in MB of each process below another, looked up as long as the block runs (Linux only)."""
    peaks: dict[int, float] = {}
    over = threading.Event()

    def look() -> None:
        while not over.wait(_WATCH_SECONDS):
            peaks.update((child, peak) for child in descendants(pid) if (peak := peak_of(child)))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peaks
    finally:
        over.set()
        watcher.join()


def descendants(pid: int) -> Iterator[int]:
    """The processes below another (Linux only)."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(task).split():
            yield int(child)
            yield from descendants(int(child))


def peak_of(pid: int) -> float | None:
    """The most memory that a process held, in MB; None where it has ended (Linux only)."""
    lines = (line.split() for line in _text(Path(f"/proc/{pid}/status")).splitlines())
    return next((int(line[1]) / 1024 for line in lines if line and line[0] == "VmHWM:"), None)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:  # the process has ended
        return ""
