"""The list of a release's files with their hashes, in the format that ``sha256sum --check`` reads."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from khelang_opendata.package import MANIFEST

__all__ = ["MANIFEST", "SIGNATURE", "manifest_of"]

SIGNATURE = f"{MANIFEST}.sig"


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """The manifest of some files by path."""
    return "".join(f"{sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files)).encode()
