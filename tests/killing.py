"""What the storms of kills share: processes to kill, the folders that they write, and a report of what was left."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

Files = Mapping[str, bytes]


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


def report_storm(storm: Callable[[int, int, Path], Mapping[str, object]], description: str | None) -> None:
    """Kill as often as the command line asks, and print what was left."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("kills", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        reported = storm(arguments.kills, arguments.seed, Path(folder))
    sys.stdout.write(json.dumps(dict(sorted(reported.items())), ensure_ascii=False, indent=2) + "\n")
