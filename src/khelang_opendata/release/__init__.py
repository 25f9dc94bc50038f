"""Releases: built in memory as a pure function of the package and the date, then written whole or not at all."""

from khelang_opendata.release.build import Release, build_release
from khelang_opendata.release.store import Outcome, publish_release

__all__ = ["Outcome", "Release", "build_release", "publish_release"]
