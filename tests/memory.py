"""The memory that a process takes."""

from __future__ import annotations

import re
import resource
from pathlib import Path


def peak_rss_mb() -> float:
    """The most memory that this process has had, in MiB.

    ``ru_maxrss`` may be that of the process that started this one, for Linux keeps it over ``exec``.
    """
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
