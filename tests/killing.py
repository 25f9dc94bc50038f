"""What the storms of kills share: processes to kill, when they are killed, the folders that they write, and a report.

An odd seed kills before a step that writes, which is the same step whenever the seed is used. An even seed kills at a
moment: the share of time is the same, but what the process has done by then is not, so that a storm asserts of a kill
only what holds at every moment.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.seeds import arguments

Files = Mapping[str, bytes]

_STEPS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod"}
"""Audit events that Python raises before it asks the system."""


@dataclass(frozen=True)
class Kill:
    """Before which step a process is killed; or after which share of the time from when a stage is seen."""

    step: int | None = None
    stage: str = ""
    share: float = 0.0


def chosen(seed: int, steps: Sequence[Sequence[int]], stages: Sequence[str]) -> Kill:
    """The kill that a seed means.

    Args:
        seed: odd for a step, even for a moment.
        steps: kinds of steps by their numbers, each kind as likely as another.
        stages: files whose appearance begins a stage; the empty name is the beginning of all.
    """
    chance = Random(seed)  # noqa: S311 (no secret)
    if seed % 2:
        return Kill(chance.choice(chance.choice(steps)))
    return Kill(None, chance.choice(stages), chance.random())


def forked(act: Callable[[], object]) -> int:
    """Do something in a process of its own, which ends with 9 where that fails."""
    if pid := os.fork():
        return pid
    try:
        act()
    except BaseException as error:
        sys.stderr.write(f"{error!r}\n")
        os._exit(9)
    os._exit(0)


def end_of(pid: int) -> int:
    """Wait for a process, and give its exit code, or its signal as a negative number."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def laid_out(files: Files, out: Path) -> Path:
    """Make a folder that holds these files and no others."""
    shutil.rmtree(out, ignore_errors=True)
    for name, data in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(data)
    return out


def steps_of(act: Callable[[Path], object], out: Path, log: Path) -> list[list[int]]:
    """The steps of an undisturbed run by their numbers: all, and those that put something into its place."""

    def counted() -> None:
        seen = _watch(out, lambda _number: None)
        act(out)
        log.write_text(" ".join(seen))

    assert end_of(forked(counted)) == 0
    steps = log.read_text().split()
    placing = {at + beside for at, step in enumerate(steps) if step == "os.rename" for beside in (0, 1)}
    return [[*range(len(steps))], sorted(placing & {*range(len(steps))})]


def spans_of(act: Callable[[], object], out: Path, stages: Sequence[str]) -> dict[str, float]:
    """Seconds from each stage to the end of an undisturbed run; the stage of the empty name is the beginning."""
    start, pid, seen = time.perf_counter(), forked(act), {"": 0.0}
    while (ended := os.waitpid(pid, os.WNOHANG)) == (0, 0):
        for stage in stages:
            if stage not in seen and os.path.lexists(out / stage):
                seen[stage] = time.perf_counter() - start
        time.sleep(0.0002)
    assert ended[1] == 0
    end = time.perf_counter() - start
    return {stage: end - seen.get(stage, end) for stage in ("", *stages)}


def kill(act: Callable[[Path], object], out: Path, when: Kill, seconds: float) -> bool:
    """Do something in a process of its own, and kill that.

    Args:
        act: writes the folder.
        out: the folder.
        when: the process is killed.
        seconds: the time from the stage to the end, of which the kill names a share.

    Returns:
        Whether the process was still there to be killed.
    """
    if when.step is not None:

        def watched() -> None:
            _watch(out, lambda number: os.kill(os.getpid(), signal.SIGKILL) if number == when.step else None)
            act(out)

        assert end_of(forked(watched)) == -signal.SIGKILL, "the step does not come"
        return True
    pid = forked(lambda: act(out))
    while when.stage and not os.path.lexists(out / when.stage):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            break
        time.sleep(0.0001)
    time.sleep(when.share * seconds)
    os.kill(pid, signal.SIGKILL)
    end = end_of(pid)
    assert end in (0, -signal.SIGKILL)
    return end != 0


def _watch(out: Path, reported: Callable[[int], None]) -> list[str]:
    """Report the number of each step that writes below a folder, before Python takes it."""
    seen: list[str] = []

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event in _STEPS and str(args[0]).startswith(str(out)) and not (event == "open" and args[1] == "rb"):
            reported(len(seen))
            seen.append(event)

    sys.addaudithook(hook)
    return seen


def report_storm(storm: Callable[[int, int, Path], Mapping[str, int]], description: str | None) -> None:
    """Kill as often as the command line asks, and print what was left."""
    asked = arguments(description, 100).parse_args()
    sys.stderr.write(f"seed {asked.seed}, {asked.cases} kills\n")
    with tempfile.TemporaryDirectory() as folder:
        left = storm(asked.cases, asked.seed, Path(folder))
    summary = {"cases": asked.cases, "seed": asked.seed, "left": dict(sorted(left.items()))}
    sys.stdout.write(json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
