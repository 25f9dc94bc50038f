"""The command line at a terminal, as a person uses it: what is shown there, and answers that are typed."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

QUESTION = b": "


def at_a_terminal(
    *args: str | Path, cwd: Path, typed: Sequence[str] = (), env: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Run the command line at a pseudo-terminal.

    Args:
        args: of the command line.
        cwd: the folder in which it runs.
        typed: an answer to each question, which is typed when the question is there.
        env: what is added to the environment.

    Returns:
        The exit code, and all that was shown.
    """
    terminal, other_end = pty.openpty()
    command = [sys.executable, "-m", "khelang_opendata", *map(str, args)]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **(env or {})}
    with subprocess.Popen(
        command,
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        env=environment,
        cwd=cwd,
        start_new_session=True,  # so that the questions come to these ends, and not to the terminal of the tests
    ) as process:
        os.close(other_end)
        shown, answers = b"", iter(typed)
        while part := _part(terminal):
            shown += part
            if shown.endswith(QUESTION) and (answer := next(answers, None)) is not None:
                os.write(terminal, f"{answer}\n".encode())
        os.close(terminal)
        return process.wait(60), shown


def _part(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux reports the closed other end as an error
        return b""
