"""Whether a release is what was published: every file there, none altered, none added, and signed by whom."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from khelang_opendata.errors import PackageNotFound
from khelang_opendata.files import is_safe_path
from khelang_opendata.package import DESCRIPTOR
from khelang_opendata.release.archive import read_folder, read_zip, zip_bytes
from khelang_opendata.release.manifest import MANIFEST, SIGNATURE

_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<path>.+)")


class ProblemKind(StrEnum):
    """How a file is not as the manifest says."""

    MISSING = "missing"
    ALTERED = "altered"
    EXTRA = "extra"
    MALFORMED = "malformed"
    REPACKED = "repacked"
    """The files are right, but the archive around them is not byte for byte the one that was published."""


class SignatureState(StrEnum):
    """What is known of a release's signature."""

    NONE = "none"
    VALID = "valid"
    INVALID = "invalid"
    KEY_UNKNOWN = "key_unknown"
    """Made with the key that it names, but nobody said whose key that is."""
    UNCHECKED = "unchecked"
    """There is one, and the library that checks it (extra ``sign``) is not installed."""


class Problem(NamedTuple):
    """One file that is not as it was published."""

    kind: ProblemKind
    path: str


@dataclass(frozen=True)
class Verification:
    """The result of verifying a release: what is wrong, and who signed it.

    ``key`` is the public key that the signature names, as a line; None without signature.
    """

    files: int
    problems: tuple[Problem, ...]
    signature: SignatureState
    key: str | None

    @property
    def is_whole(self) -> bool:
        """Whether every file is as it was published, and nothing speaks against the signature."""
        return not self.problems and self.signature is not SignatureState.INVALID


def verify_release(path: Path, public_key: str | None = None) -> Verification:
    """Compare a release with its manifest, and its manifest with its signature.

    Args:
        path: the release's folder or ZIP archive; it may be anybody's.
        public_key: whose signature is expected, as a line of a ``.pub`` file; a release without one is then a problem.

    Raises:
        PackageNotFound: there is neither folder nor file.
        ArchiveRefused: it is not safe to read, or no archive at all.
    """
    if not path.exists():
        raise PackageNotFound(path=str(path))
    files = read_folder(path) if path.is_dir() else read_zip(path)
    manifest = files.get(MANIFEST)
    if manifest is None:
        return Verification(len(files), (Problem(ProblemKind.MISSING, MANIFEST),), SignatureState.NONE, None)
    problems = sorted(_problems(manifest, {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}))
    if path.is_file() and not problems and archive_of(files) != path.read_bytes():
        problems.append(Problem(ProblemKind.REPACKED, path.name))
    state, key = _signature(manifest, files.get(SIGNATURE), public_key)
    return Verification(len(files), tuple(problems), state, key)


def archive_of(files: Mapping[str, bytes]) -> bytes | None:
    """The ZIP archive of a release's files, the same bytes for the same files; None where they are no release."""
    try:
        descriptor = json.loads(files[DESCRIPTOR])
        folder = f"{descriptor['name']}-v{descriptor['version']}"
        return zip_bytes(files, folder, date.fromisoformat(descriptor["created"][:10]))
    except (KeyError, TypeError, ValueError):
        return None


def _problems(manifest: bytes, digests: Mapping[str, str]) -> Iterator[Problem]:
    expected: dict[str, str] = {}
    for line in manifest.decode("utf-8", "replace").split("\n")[:-1]:
        match = _LINE.fullmatch(line)
        if match is None or not is_safe_path(match["path"]) or match["path"] in expected:
            yield Problem(ProblemKind.MALFORMED, MANIFEST)
            return
        expected[match["path"]] = match["digest"]
    if not manifest.endswith(b"\n"):
        yield Problem(ProblemKind.MALFORMED, MANIFEST)
    for path, digest in expected.items():
        if path not in digests:
            yield Problem(ProblemKind.MISSING, path)
        elif digests[path] != digest:
            yield Problem(ProblemKind.ALTERED, path)
    for path in digests.keys() - expected.keys() - {MANIFEST, SIGNATURE}:
        yield Problem(ProblemKind.EXTRA, path)


def _signature(manifest: bytes, signature: bytes | None, public_key: str | None) -> tuple[SignatureState, str | None]:
    if signature is None:
        return (SignatureState.INVALID if public_key else SignatureState.NONE), None
    try:
        from khelang_opendata.release.signature import is_valid, public_key_of  # noqa: PLC0415 (extra)

        key = public_key_of(signature)
        if key is None or not is_valid(manifest, signature, public_key or key):
            return SignatureState.INVALID, key
    except ImportError:
        return SignatureState.UNCHECKED, None
    return (SignatureState.VALID if public_key else SignatureState.KEY_UNKNOWN), key
