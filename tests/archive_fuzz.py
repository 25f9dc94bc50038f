"""Spoilt releases, as folders and archives: ``python -m tests.archive_fuzz --cases N --seed S``.

A small real release is mutated: its bytes, the structure of the archive, names, the manifest and the descriptor. Each
is verified and read; nothing but our own failures may come out, and what passes must be the release itself. A case is
its seed: ``--cases 1 --seed 77`` judges case 77 again.
"""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import socket
import stat
import struct
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from khelang_opendata import KhelangError, Package, ReleaseOptions, release_package, verify
from khelang_opendata.nacc.source import released_package
from khelang_opendata.portals.publication import read_publication
from khelang_opendata.published.archive import read_folder, read_zip
from khelang_opendata.published.manifest import MANIFEST, SIGNATURE
from khelang_opendata.published.verification import archive_of
from tests.conftest import VALID, examples_count_as_plans
from tests.memory import peak_rss_mb
from tests.seeds import again, arguments

ROOT = "mae-thung-2561-2564-v1.0.0"

NAMES = [
    "", ".", "..", "/", "../x", "/etc/passwd", "a/../../x", "a//b", "a/", "C:/x", "C:x", "\\\\host\\x", "a\\b", "a:b",
    "con", "NUL", "aux.txt", "COM1", "lpt9.csv", "COM¹", "CONIN$", "data./x", "data /x", "x.", "x ", " ", "a\nb",
    "a\rb", "a\x1b[31mb", "a\x7f", "a\x85b", "a\u2028b", "a\u202eb", "a\u200bb", "\ufeffa", "\ud800", "a\0b",
    "DATA/units.csv", "data/UNITS.csv", "Data", "data/units.csv/x", "00-README.th.md/x", "data",
    "é", "e\u0301", "ß", "SS", "ﬁ", "x" * 300,
    "x" * 70_000, "ก" * 400, "/".join("d" * 40), "/".join("d" * 400), MANIFEST, MANIFEST.upper(), SIGNATURE, "*", "?",
    "<x>", "|", '"', "~", "-rf", "$HOME", "%s", "{path}", "=1+1", "ข้อมูล.csv",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, 0, -1, 1.5, 10**400, [], {}, [[]], "", " ", "x" * 70_000, "../x", "a/b", "con", "a\0b", "\ud800",
    "9999", "9999-12-31T00:00:00Z", "0001-01-01T00:00:00Z", "1979-12-31T23:59:59Z", "2108-01-01T00:00:00Z",
    "2026-02-30T0", "20261122T000000Z", "2026-W48-4T00", "๒๕๖๙-๑๑-๒๒T00:00:00Z", "2569-11-22T00:00:00Z",
    "1.0.0", "v1", "1" * 5000,
]  # fmt: skip
TEXTS = [
    b"", b"\xff\xfe", b"\xef\xbb\xbf{}", b"null", b"[]", b"{}", b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5000, b"NaN",
    b'{"name": ' + b"9" * 5000 + b"}", b'{"name": "a", "version": 1e999, "created": "2026"}',
    b'"' + b"\\ud800" * 9 + b'"',
    b'{"name": "\\ud800", "version": "1.0.0", "created": "2026-11-22T00:00:00Z"}', "{}".encode("utf-16"), b"\0" * 1000,
]  # fmt: skip

Files = dict[str, bytes]


def small_release(folder: Path) -> tuple[Path, Path]:
    """The release of the valid example, as a folder and as an archive."""
    out = folder / "releases"
    with examples_count_as_plans():
        release_package(Package.load(VALID), out, ReleaseOptions(date(2026, 11, 22)))
    return out / "v1.0.0", out / f"{ROOT}.zip"


def whole(files: Files) -> Files:
    """Files with a manifest that fits them, which anybody can write."""
    return {**files, MANIFEST: manifest(files)}


def manifest(files: Files, end: str = "\n") -> bytes:
    lines = (f"{sha256(data).hexdigest()}  {path}{end}" for path, data in sorted(files.items()) if path != MANIFEST)
    return "".join(lines).encode("utf-8", "surrogatepass")


def spoil_bytes(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, put in, taken out or said twice; most often where the archive says what it holds."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 50))):
        start = max(0, made.rfind(b"PK\1\2", 0, len(made) // 2)) if chance.random() < 0.5 else 0
        start = max(start, len(made) - 3000) if chance.random() < 0.5 else start
        position = chance.randrange(start, len(made) + 1)
        piece = chance.choice((b"\0", b"\xff" * 4, b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7"))
        match chance.randrange(6):
            case 0 if position < len(made):
                made[position] ^= 1 << chance.randrange(8)
            case 1:
                made[position : position + len(piece)] = piece
            case 2:
                made[position:position] = piece * chance.choice((1, 3))
            case 3:
                del made[position : position + chance.choice((1, 4, 22, 46, 1000))]
            case 4:
                made[position:position] = made[position : position + chance.choice((22, 46, 100))]
            case _ if len(made) - position >= 4:
                struct.pack_into("<L", made, position, chance.choice((0, 1, 2**16 - 1, 2**31, 2**32 - 1)))
    return bytes(made[: chance.randrange(len(made) + 1)] if chance.random() < 0.1 else made)


def packed(files: Files, chance: random.Random, root: str = ROOT) -> bytes:
    """An archive of files, in one of the ways in which archives are odd."""
    buffer = io.BytesIO()
    root = root[:60_000].replace("\ud800", "?")  # as long as names in an archive may be
    warnings.simplefilter("ignore", UserWarning)  # of names that come twice
    if chance.random() < 0.1:
        buffer.write(b"#!/bin/sh\n" * chance.randrange(1, 50))  # before the archive
    with zipfile.ZipFile(buffer, "a", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as made:
        for path, data in files.items():
            entry = zipfile.ZipInfo(f"{root}/{path}"[:65_000].replace("\ud800", "?"))
            entry.compress_type = made.compression if chance.random() < 0.98 else zipfile.ZIP_BZIP2
            mode = chance.choice((0, stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK)) | 0o644
            entry.external_attr = mode << 16 if chance.random() < 0.02 else 0
            if chance.random() < 0.02:
                entry.extra = chance.choice((b"\1\0\x08\0" + b"\xff" * 8, b"\1\0\0\0", b"up\4\0zzzz", b"x\0\xff\xff"))
            made.writestr(entry, data)
            if chance.random() < 0.01:
                made.writestr(entry, data)
        if chance.random() < 0.1:
            beside = f"{chance.choice((root, root.upper(), 'other', '__MACOSX'))}/{chance.choice(NAMES[5:20])}"
            made.writestr(zipfile.ZipInfo(beside), b"x")  # a bare name would get the time of day
        if chance.random() < 0.1:
            made.mkdir(f"{root}/{chance.choice(('data', 'DATA', 'new', '00-README.th.md', 'x.'))}")
        if chance.random() < 0.1:
            made.comment = chance.choice((b"x", b"PK\5\6" + b"\0" * 18, b"\xff" * 65_535))
    data = buffer.getvalue()
    return spoil_bytes(data, chance) if chance.random() < 0.2 else data


def spoilt_files(files: Files, chance: random.Random) -> Files:
    """A release of which a file, a name, the manifest or the descriptor is odd; half of the time its manifest fits."""
    made = dict(files)
    match chance.choice((0, 1, 2, 2, 2, 2, 3, 4, 5, 5)):
        case 0:
            made[chance.choice(NAMES)] = b"x"
        case 1:
            name = chance.choice(list(made))
            made[chance.choice(NAMES)] = made.pop(name)
        case 2:
            made["datapackage.json"] = _odd_descriptor(made["datapackage.json"], chance)
        case 3:
            name = chance.choice(list(made))
            made[name] = chance.choice(
                (b"", made[name][:-1], spoil_bytes(made[name] + b"x", chance), chance.choice(TEXTS))
            )
        case 4:
            made[SIGNATURE] = chance.choice(
                (*TEXTS, b"-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n")
            )
        case _:
            made[MANIFEST] = _odd_manifest(made, chance)
            return made
    return whole(made) if chance.random() < 0.5 else made


def _odd_descriptor(data: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.4:
        return chance.choice(TEXTS)
    descriptor = json.loads(data)
    for _ in range(chance.choice((1, 1, 2))):
        descriptor[chance.choice(("name", "version", "created", "created", "resources", "x"))] = chance.choice(VALUES)
    if chance.random() < 0.1:
        del descriptor[chance.choice(("name", "version", "created"))]
    if descriptor.get("resources") and isinstance(descriptor["resources"], list) and chance.random() < 0.3:
        entry = descriptor["resources"][0]
        if isinstance(entry, dict):
            entry[chance.choice(("name", "path", "schema", "dialect"))] = chance.choice(VALUES)
    sys.set_int_max_str_digits(0)  # to write what our reading refuses
    try:
        return json.dumps(descriptor).encode()
    finally:
        sys.set_int_max_str_digits(sys.int_info.default_max_str_digits)


def _odd_manifest(files: Files, chance: random.Random) -> bytes:
    good = files[MANIFEST]
    digest = "0" * 64
    return chance.choice(
        (
            b"",
            b"\n",
            good[:-1],
            good + good,
            good + b"\n",
            good.replace(b"\n", b"\r\n"),
            good.replace(b"\n", "\u2028".encode()),
            good.replace(b"  ", b" *"),
            good.upper(),
            b"\xef\xbb\xbf" + good,
            good.decode().encode("utf-16"),
            good + f"{digest}  {chance.choice(NAMES)}\n".encode("utf-8", "surrogatepass"),
            good + f"{digest}  {MANIFEST}\n".encode(),
            good + f"{sha256(b'x').hexdigest()}  {SIGNATURE}\n".encode(),
            good + f"{digest}  x\n".encode() * 2,
            b"".join(f"{digest}  {number}\n".encode() for number in range(20_000)),
            b"\n" * 3_000_000,
            spoil_bytes(good, chance),
        )
    )


def write_folder(folder: Path, files: Files, chance: random.Random) -> None:
    """Write files into a folder as far as the system has such names, and sometimes what is no file beside them."""
    for path, data in files.items():
        file = folder / path.lstrip("/") if ".." not in path else folder / "climbing"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        except (OSError, ValueError):  # longer than names may be, or no name at all
            continue
    odd = folder / chance.choice(("odd", "data/odd", "odd.csv"))
    if chance.random() < 0.4 and odd.parent.is_dir():
        _make_odd(odd, chance)


def _make_odd(path: Path, chance: random.Random) -> None:
    match chance.randrange(8):
        case 0:
            os.mkfifo(path)
        case 1:
            with socket.socket(socket.AF_UNIX) as one:
                here = Path.cwd()
                os.chdir(path.parent)  # a socket's path is short
                try:
                    one.bind(path.name)
                finally:
                    os.chdir(here)
        case 2:
            path.symlink_to("/dev/zero")
        case 3:
            path.symlink_to(path.name)  # in a circle
        case 4:
            path.symlink_to("..")
        case 5:
            os.mkdir(os.fsencode(path) + b"\xff\xfe")  # noqa: PTH102 (Path has no bytes)
        case 6:
            deep = path
            for _ in range(100):
                deep /= "d"
            deep.mkdir(parents=True)
        case _:
            for number in range(300):
                (path.parent / f"{path.name}{number}").mkdir()


def spoil(files: Files, data: bytes, seed: int, place: Path) -> str:
    """Write the spoilt release of a seed, and give what was done to it.

    Args:
        files: of the release.
        data: of its archive.
        seed: the case.
        place: where it is written, as a folder or as an archive.
    """
    chance = random.Random(seed)  # noqa: S311 (no secret)
    match chance.randrange(4):
        case 0:
            place.write_bytes(spoil_bytes(data, chance))
            return "bytes"
        case 1:
            root = ROOT if chance.random() < 0.8 else chance.choice(NAMES)
            place.write_bytes(packed(files, chance, root))
            return "structure"
        case 2:
            place.write_bytes(packed(spoilt_files(files, chance), chance))
            return "archive"
        case _:
            write_folder(place, spoilt_files(files, chance), chance)
            return "folder"


def cases(folder: Path, number: int, seed: int) -> Iterator[tuple[int, str, Path]]:
    """Spoilt releases, one at a time: the seed, what was done, and where it lies."""
    release, archive = small_release(folder)
    files, data = read_folder(release), archive.read_bytes()
    for one in range(seed, seed + number):
        place = folder / f"case-{one}"
        yield one, spoil(files, data, one, place), place
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink()


READERS: dict[str, Callable[[Path], object]] = {
    "verify": verify,
    "archive_of": lambda path: archive_of(read_folder(path) if path.is_dir() else read_zip(path)),
    "released_package": released_package,
    "read_publication": read_publication,
}


def judged(number: int, seed: int) -> dict[str, Any]:
    """What came of so many cases: the failures, how many were taken, and what it cost."""
    failures: list[dict[str, str]] = []
    slowest, taken = 0.0, 0
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        for one, kind, path in cases(Path(folder), number, seed):
            for name, read in READERS.items():
                begin = time.perf_counter()
                try:
                    result = read(path)
                    taken += name == "verify" and result.is_whole  # type: ignore[attr-defined]
                except KhelangError:
                    pass
                except Exception:
                    failures.append(
                        {
                            "case": again("archive_fuzz", one),
                            "spoilt": kind,
                            "reader": name,
                            "error": traceback.format_exc(),
                        }
                    )
                slowest = max(slowest, time.perf_counter() - begin)
    peak = round(peak_rss_mb())
    return {
        "cases": number,
        "seed": seed,
        "failures": failures,
        "taken": taken,
        "slowest_seconds": round(slowest, 2),
        "peak_rss_mb": peak,
    }


def main() -> None:
    given = arguments(__doc__, 1000).parse_args()
    summary = judged(given.cases, given.seed)
    sys.stdout.write(json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
    sys.exit(bool(summary["failures"]))


if __name__ == "__main__":
    main()
