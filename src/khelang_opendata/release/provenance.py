"""Where a release comes from: standard, tool, source document, the package's commit, and who approved it."""

from __future__ import annotations

import os
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from khelang_opendata.release.tables import Edition
from khelang_opendata.schema import JsonObject
from khelang_opendata.version import __version__

_OF_ANOTHER_FOLDER = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What git tells its hooks, and what would lead it away from the package's folder."""

_LIBRARIES = ("XlsxWriter", "polars")
"""Libraries whose version shows in the bytes of a release."""


def provenance(edition: Edition, approved_by: str | None, commit: str | None) -> JsonObject:
    """What ``provenance.json`` says.

    Args:
        edition: what is released.
        approved_by: the role that approved the release, not a person; None where nobody is named.
        commit: the package's commit, as :func:`commit_of` gives it.
    """
    errata = edition.tables["errata"].records() if "errata" in edition.tables else iter(())
    return {
        "plan": edition.plan_id,
        "version": edition.version,
        "released_on": edition.released_on.isoformat(),
        "approved_by": approved_by,
        "schema": edition.family.id,
        "tool": {"name": "khelang-opendata", "version": __version__},
        "libraries": {name: found for name in _LIBRARIES if (found := _version(name))},
        "sources": edition.descriptor.get("sources", []),
        "commit": commit,
        "errata": [erratum["erratum_id"] for erratum in errata],
    }


def commit_of(folder: Path) -> str | None:
    """The commit that a package's folder stands at.

    None where it is in no repository, differs from its commit, or belongs to a user whom git does not trust.
    """
    changed = _git(folder, "status", "--porcelain", "--untracked-files=all", "--", ".")
    return _git(folder, "rev-parse", "HEAD") if changed == "" else None


def _git(folder: Path, *arguments: str) -> str | None:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_FOLDER}
    try:
        done = subprocess.run(  # noqa: S603 (no part of the command is foreign)
            ["git", "--no-optional-locks", "-C", str(folder), *arguments],  # noqa: S607 (whichever git is installed)
            env=environment,
            capture_output=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None
