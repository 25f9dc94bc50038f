"""What the storms of kills and of spoilt inputs share: a case follows from its seed, and a failure says how it repeats.

``python -m tests.<storm> --cases 20 --seed 5`` makes the cases 5 to 24, and ``--cases 1 --seed 7`` case 7 again.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager


def arguments(description: str | None, cases: int) -> argparse.ArgumentParser:
    """The options of a storm; ``cases`` are made unless the command line asks for others."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=cases, help="how many cases are made")
    parser.add_argument("--seed", type=int, default=1, help="the first case; the others follow")
    return parser


def again(storm: str, seed: int) -> str:
    """The command that makes one case again."""
    return f"case {seed}, made again by: python -m tests.{storm} --cases 1 --seed {seed}"


@contextmanager
def repeatable(storm: str, seed: int) -> Iterator[None]:
    """Add to whatever fails in a case how that is made again."""
    try:
        yield
    except Exception as error:
        error.add_note(again(storm, seed))
        raise
