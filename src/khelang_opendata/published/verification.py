"""Verify a release: all files of its manifest, none altered, none added, and the key that signed it.

Anyone can write a manifest for other files. Only a signature that is checked with the publisher's key proves whose
release it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from khelang_opendata.files import StrPath
from khelang_opendata.files.paths import is_safe_path
from khelang_opendata.files.strict_json import JsonRefused, read_day, read_json
from khelang_opendata.model.failures import ExtraMissing, ReleaseDamaged, system_errors_as
from khelang_opendata.package.datapackage import DESCRIPTOR, kind_of_file
from khelang_opendata.published.archive import YEARS, leftovers_in, read_release
from khelang_opendata.published.manifest import MANIFEST, SIGNATURE, digests_in
from khelang_opendata.published.no_release import no_release
from khelang_opendata.published.signature import is_valid, public_key_of, raw_public_key, require_library
from khelang_opendata.published.zip_form import is_zip_of, zip_bytes

MAX_DESCRIPTOR = 8 * 1024**2
"""The largest descriptor that is read to build an archive again; parsed, JSON takes up to 35 times its size."""

_MAX_FOLDER = 255
"""The longest name of a folder that file systems take, in bytes."""


class ProblemKind(StrEnum):
    """How a file differs from the manifest."""

    MISSING = "missing"
    ALTERED = "altered"
    EXTRA = "extra"
    MALFORMED = "malformed"
    REPACKED = "repacked"
    """The files are right, but the archive around them is not of the one form that a release has."""


class SignatureState(StrEnum):
    """The state of a release's signature."""

    NONE = "none"
    """No signature, and no key was given."""
    MISSING = "missing"
    """No signature, although a key was given."""
    VALID = "valid"
    """Made with the key that was given."""
    INVALID = "invalid"
    KEY_UNKNOWN = "key_unknown"
    """Made with the key that it names, but no key was given to compare that with."""
    UNCHECKED = "unchecked"
    """A signature exists, no key was given, and the library that checks it (extra ``sign``) is not installed."""


class Problem(NamedTuple):
    """One file that differs from the manifest."""

    kind: ProblemKind
    path: str


@dataclass(frozen=True)
class Verification:
    """The result of verifying a release: problems, and signature.

    ``key`` is the public key that the signature names, as a line; None without signature. ``leftovers`` are the paths
    of what systems and office programs left in the folder: they are no part of the release, and no problem.
    """

    files: int
    problems: tuple[Problem, ...]
    signature: SignatureState
    key: str | None
    leftovers: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every file matches the manifest, and the signature is neither invalid nor missing.

        With a key given, only a valid signature is accepted. Without, this does not prove who made the
        release; ``signature`` is :attr:`SignatureState.VALID` only where a key was given and fits.
        """
        return not self.problems and self.signature not in (SignatureState.INVALID, SignatureState.MISSING)


def verify(path: StrPath, public_key: str | None = None) -> Verification:
    """Compare a release with its manifest, and its manifest with its signature.

    Args:
        path: the release's folder or ZIP archive; from any publisher.
        public_key: whose signature is expected, as a line of a ``.pub`` file; a release without one is then a problem.
            None to accept unsigned releases; an empty text is refused.

    Raises:
        UsageError: ``path`` does not exist or is a workbook or a table, or ``public_key`` is not an Ed25519 key.
        ExtraMissing: a key was given, and the library that checks signatures (extra ``sign``) is not installed.
        EnvironmentFailure: the system refuses to read it.
        DataError: it is not safe to read, or not an archive.

    Example:
        >>> from khelang_opendata import verify
        >>> verify("releases/v1.0.0").is_whole
        True
    """
    path = Path(path)
    with system_errors_as("file_unreadable", path):
        if path.is_file() and kind_of_file(path) in ("workbook", "table"):
            raise no_release(path)
    if public_key is not None:
        raw_public_key(public_key, "public_key")
        require_library()
    files = read_release(path)
    state, key = _signature(files.get(MANIFEST), files.get(SIGNATURE), public_key)
    problems = sorted(_problems(files))
    if not problems and path.is_file() and not is_archive_of(path, files):
        problems.append(Problem(ProblemKind.REPACKED, path.name))
    with system_errors_as("file_unreadable", path):
        leftovers = leftovers_in(path) if path.is_dir() else []
    return Verification(len(files), tuple(problems), state, key, tuple(leftovers))


def damage_of(folder: Path, verification: Verification) -> ReleaseDamaged:
    """The failure of a release that is not whole: of its problems the worst, else its signature."""
    extra = [problem for problem in verification.problems if problem.kind is ProblemKind.EXTRA]
    worse = [problem for problem in verification.problems if problem.kind is not ProblemKind.EXTRA]
    if extra and not worse:
        return ReleaseDamaged(str(folder / extra[0].path), "extra")
    return ReleaseDamaged(str(folder / (worse[0].path if worse else MANIFEST)))


def archive_of(files: Mapping[str, bytes], *, compressed: bool = True) -> bytes | None:
    """The ZIP archive of a release's files; None if they are not a release.

    Args:
        files: the release's files by path.
        compressed: as of :func:`~khelang_opendata.published.zip_form.zip_bytes`.

    Returns:
        The same bytes for the same files and version of zlib.
    """
    root = _root_of(files)
    return zip_bytes(files, *root, compressed=compressed) if root else None


def is_archive_of(path: Path, files: Mapping[str, bytes]) -> bool:
    """Whether an archive that holds a release's files is one that :func:`archive_of` makes with any version of zlib."""
    root = _root_of(files)
    return root is not None and is_zip_of(path, files, *root)


def _root_of(files: Mapping[str, bytes]) -> tuple[str, date] | None:
    """The folder in a release's archive, and the day of its files.

    The descriptor is not trusted: without a name, version and day that fit an archive, the result is None.
    """
    data = files.get(DESCRIPTOR)
    if data is None or len(data) > MAX_DESCRIPTOR:
        return None
    try:
        descriptor = read_json(data)
        name, version, created = descriptor["name"], descriptor["version"], descriptor["created"]
    except (JsonRefused, KeyError, TypeError):
        return None
    del descriptor
    if not all(isinstance(text, str) and text for text in (name, version, created)):
        return None
    folder, day = f"{name}-v{version}", _day_of(created)
    is_folder = is_safe_path(folder) and "/" not in folder and len(folder.encode()) <= _MAX_FOLDER
    return (folder, day) if is_folder and day else None


def _day_of(created: str) -> date | None:
    try:
        day = read_day(created[:10])
    except ValueError:
        return None
    return day if day.year in YEARS and not created[10:11].isdigit() else None


def _problems(files: Mapping[str, bytes]) -> Iterator[Problem]:
    if MANIFEST not in files:
        yield Problem(ProblemKind.MISSING, MANIFEST)
        return
    expected = digests_in(files[MANIFEST])
    if expected is None:
        yield Problem(ProblemKind.MALFORMED, MANIFEST)
        return
    for path, digest in expected.items():
        if path not in files:
            yield Problem(ProblemKind.MISSING, path)
        elif hashlib.sha256(files[path]).hexdigest() != digest:
            yield Problem(ProblemKind.ALTERED, path)
    for path in files.keys() - expected.keys() - {MANIFEST, SIGNATURE}:
        yield Problem(ProblemKind.EXTRA, path)


def _signature(
    manifest: bytes | None, signature: bytes | None, public_key: str | None
) -> tuple[SignatureState, str | None]:
    if signature is None:
        return (SignatureState.NONE if public_key is None else SignatureState.MISSING), None
    key = public_key_of(signature)
    if key is None or manifest is None:
        return SignatureState.INVALID, key
    try:
        if not is_valid(manifest, signature, key if public_key is None else public_key):
            return SignatureState.INVALID, key
    except ExtraMissing:
        if public_key is not None:
            raise
        return SignatureState.UNCHECKED, key
    return (SignatureState.KEY_UNKNOWN if public_key is None else SignatureState.VALID), key
