"""Files that are made only if what they follow from changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PlannedFile:
    """A file to publish: its path, a hash of all that its content follows from, and what makes the content."""

    path: str
    inputs: str
    content: Callable[[], bytes]
