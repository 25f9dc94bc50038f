"""Releases: built in memory as a pure function of package, history and day, then written whole or not at all."""

from khelang_opendata.release.build import (
    Draft,
    Previous,
    Release,
    ReleaseOptions,
    Signer,
    build_release,
    draft_release,
)
from khelang_opendata.release.store import Outcome, release_package, withdraw

__all__ = [
    "Draft",
    "Outcome",
    "Previous",
    "Release",
    "ReleaseOptions",
    "Signer",
    "build_release",
    "draft_release",
    "release_package",
    "withdraw",
]
