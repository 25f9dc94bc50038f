"""The difference between two packages, and the version that it requires, as plain data without prose."""

from khelang_opendata.diff.compare import Change, Changes, diff_packages
from khelang_opendata.diff.release_note import ReleaseNote, Summary, Withdrawal
from khelang_opendata.diff.versioning import Bump, bump, needs_note, next_version

__all__ = [
    "Bump",
    "Change",
    "Changes",
    "ReleaseNote",
    "Summary",
    "Withdrawal",
    "bump",
    "diff_packages",
    "needs_note",
    "next_version",
]
