"""Run commands in a process that notes what it does to the machine around it.

``python -m tests.watched COMMANDS`` reads a JSON list of argument lists from a file, runs each through the command
line, and prints for each its exit code, its output, and what Python's audit hooks saw (PEP 578): processes started,
sockets opened, and paths written, renamed or removed.
"""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from khelang_opendata.cli import main
from tests.conftest import examples_count_as_plans

_PROCESSES = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork", "os.forkpty"}
_SOCKETS = {
    "socket.__new__",
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "urllib.Request",
}
_PATHS = {
    **dict.fromkeys(("os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.truncate", "os.utime"), (0,)),
    **dict.fromkeys(("os.rename", "os.link", "os.symlink"), (0, 1)),
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    """What was seen since it was last asked."""

    def __init__(self) -> None:
        self.seen: dict[str, list[str]] = {"processes": [], "sockets": [], "written": []}
        self.is_on = False

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.is_on:
            return
        if event in _PROCESSES:
            self.seen["processes"].append(f"{event} {args[:1]!r}")
        elif event in _SOCKETS:
            self.seen["sockets"].append(f"{event} {args[1:]!r}")
        elif event == "open" and isinstance(args[2], int) and args[2] & _WRITING and not isinstance(args[0], int):
            self.seen["written"].append(_absolute(args[0]))
        elif event in _PATHS:
            self.seen["written"] += [_absolute(args[at]) for at in _PATHS[event]]

    def take(self) -> dict[str, list[str]]:
        """What was seen, and forget it."""
        seen, self.seen = self.seen, {name: [] for name in self.seen}
        return seen


def _absolute(path: Any) -> str:
    place = Path(os.fsdecode(path)).absolute()
    return str(place.parent.resolve() / place.name)  # a rename replaces a link, and does not follow it


def run(commands: list[list[str]]) -> list[dict[str, Any]]:
    """Run commands one after the other, watched."""
    watch, results = Watch(), []
    sys.addaudithook(watch)
    for command in commands:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        code: Any = 0
        watch.is_on = True
        try:
            with redirect_stdout(out), redirect_stderr(err), examples_count_as_plans():
                main(command)
        except SystemExit as ended:
            code = ended.code
        finally:
            watch.is_on = False
        for stream in (out, err):
            stream.flush()
        texts = [stream.buffer.getvalue().decode("utf-8", "replace") for stream in (out, err)]
        results.append({"command": command, "code": code, "stdout": texts[0], "stderr": texts[1], **watch.take()})
    return results


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
