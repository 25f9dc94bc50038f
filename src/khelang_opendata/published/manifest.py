"""The list of a release's files with their hashes, in the format that ``sha256sum --check`` reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from khelang_opendata.files.paths import MAX_PATH, is_safe_path
from khelang_opendata.package.datapackage import MANIFEST
from khelang_opendata.published import archive

__all__ = ["MANIFEST", "SIGNATURE", "digests_in", "manifest_of"]

SIGNATURE = f"{MANIFEST}.sig"

_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<path>.+)")
_DIGEST_AND_SPACES = 66


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """The manifest of some files by path."""
    return "".join(f"{sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files)).encode()


def digests_in(manifest: bytes) -> dict[str, str] | None:
    """The hashes that a manifest, which is not trusted, gives by path.

    None if it is malformed: a line of another form or without its LF, a path that a release cannot have or that comes
    twice, the manifest or its signature among the files, or more lines than a release has files.
    """
    if len(manifest) > archive.MAX_FILES * (_DIGEST_AND_SPACES + MAX_PATH + 1):
        return None
    try:
        *lines, rest = manifest.decode().split("\n")
    except UnicodeDecodeError:
        return None
    digests: dict[str, str] = {}
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None or match["path"] in digests or not is_safe_path(match["path"]):
            return None
        digests[match["path"]] = match["digest"]
    is_list = not rest and len(lines) <= archive.MAX_FILES and not {MANIFEST, SIGNATURE} & digests.keys()
    return digests if is_list else None
