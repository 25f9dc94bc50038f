"""The command ``khelang``, also as ``python -m khelang_opendata``: what the command line needs of its process."""

import atexit
import gc
import os
import sys
from io import TextIOWrapper


def run() -> None:
    """Run the command line with the garbage collector out of the way, which takes a tenth off a short command.

    Loading modules makes no rubbish, so it is looked for seldom; and not at the end, when all of it goes anyway.
    """
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a program without a console has none
            _make_writable(stream)
    from khelang_opendata.cli import main  # noqa: PLC0415 (loading it is what the above is for)

    main(prog_name=program_name(sys.argv[0], os.name))


def program_name(program: str, system: str) -> str:
    """What a person types to start the program: ``py -m khelang_opendata`` on Windows, where it was started so.

    Args:
        program: the path that Python was started with.
        system: the system, as :data:`os.name` has it.
    """
    return "py -m khelang_opendata" if system == "nt" and program.endswith("__main__.py") else "khelang"


def _make_writable(stream: TextIOWrapper) -> None:
    """Let a stream take every character: files and pipes in UTF-8, as reports are; a terminal shows escapes."""
    if stream.isatty():
        stream.reconfigure(errors="backslashreplace")
    else:
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")


if __name__ == "__main__":
    run()
