"""Releases that anybody made: folders and archives that are no release, or no file at all, are refused in words."""

from __future__ import annotations

import io
import json
import os
import random
import socket
import stat
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata.files.paths import MAX_PATH, is_safe_path
from khelang_opendata.model.failures import KhelangError
from khelang_opendata.published import archive, verify, zip_form
from khelang_opendata.published.archive import MAX_DIRECTORY, ArchiveRefused
from khelang_opendata.published.manifest import MANIFEST, SIGNATURE, digests_in
from khelang_opendata.published.verification import MAX_DESCRIPTOR, Problem, ProblemKind, archive_of
from khelang_opendata.published.zip_form import zip_bytes
from tests.archive_fuzz import NAMES, judged, whole
from tests.conftest import Khelang, fails
from tests.test_trust import DAY, FILES

Fill = Callable[[zipfile.ZipFile], object]


def made(path: Path, fill: Fill) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as one:
        fill(one)
    return path


def holding(*names: str, data: bytes = b"x") -> Fill:
    """Files of these names, all alike."""

    def fill(one: zipfile.ZipFile) -> None:
        for name in names:
            one.writestr(name, data)

    return fill


def folder_of(path: Path, files: dict[str, bytes] = FILES) -> Path:
    for name, data in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return path


def variant_of(path: Path) -> object:
    with fails("archive_refused") as caught:
        verify(path)
    return caught.value.params["variant"]


def in_words(khelang: Khelang, path: object, code: int) -> str:
    """What the command says, in two languages and without a traceback."""
    said = [khelang("verify", str(path), "--lang", language) for language in ("th", "en")]
    for done in said:
        assert done.returncode == code, done.stderr.decode()
        assert b"Traceback" not in done.stderr
        assert b"None" not in done.stderr
        assert len(done.stderr.splitlines()) == (2 if done.stderr else 0)
    return said[1].stdout.decode() + said[1].stderr.decode("utf-8", "replace")


# Descriptors

ODD_VALUES: dict[str, list[Any]] = {
    "created": [
        "9999-12-31T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "1979-12-31T23:59:59Z",
        "2108-01-01T00:00:00Z",
        "20261122T000000Z",
        "2026-W48-4T00:00:00Z",
        "๒๕๖๙-๑๑-๒๒T00:00:00Z",
        "2026-02-30T00",
        "",
        None,
        1,
        [],
    ],
    "name": ["x" * 70_000, "ก" * 200, "", None, 1, [], {}, True, "../x", "a/b", "a\0b", "a\nb", "\ud800", "a:b"],
    "version": ["1" * 70_000, "", None, 1, 1.0, [], {}, "1/../..", "1.", "1 ", "1\x1b[31m"],
}
ODD_DESCRIPTORS: dict[str, bytes] = {
    "deep list": b"[" * 200_000,
    "deep object": b'{"name":' * 200_000,
    "number of 5,000 digits": b'{"name": "plan", "version": "1.0.0", "created": "2026-11-22", "x": '
    + b"9" * 5000
    + b"}",
    "list": b"[]",
    "null": b"null",
    "text": b'"plan"',
    "empty": b"",
    "not UTF-8": b"\xff\xff",
    "larger than a descriptor": b" " * MAX_DESCRIPTOR + FILES["datapackage.json"],
    **{
        f"{name} {str(value)[:20]!r}": json.dumps(
            {"name": "plan", "version": "1.0.0", "created": "2026-11-22T00:00:00Z", name: value}
        ).encode()
        for name, values in ODD_VALUES.items()
        for value in values
    },
}


@pytest.mark.parametrize("case", ODD_DESCRIPTORS)
def test_archive_of_a_descriptor_that_no_release_has(tmp_path: Path, case: str) -> None:
    """The files match a manifest that was written for them; the archive is still no release."""
    files = whole({**FILES, "datapackage.json": ODD_DESCRIPTORS[case]})
    assert archive_of(files) is None
    path = tmp_path / "odd.zip"
    path.write_bytes(zip_bytes(files, "plan-v1.0.0", DAY))
    assert verify(path).problems == (Problem(ProblemKind.REPACKED, "odd.zip"),)
    assert verify(folder_of(tmp_path / "folder", files)).is_whole


@pytest.mark.parametrize("case", ["deep list", "number of 5,000 digits", "created '9999-12-31T00:00:00'"])
def test_command_finds_words_for_odd_descriptors(khelang: Khelang, tmp_path: Path, case: str) -> None:
    data = next(data for name, data in ODD_DESCRIPTORS.items() if name.startswith(case.rstrip("'")))
    files = whole({**FILES, "datapackage.json": data})
    (tmp_path / "odd.zip").write_bytes(zip_bytes(files, "plan-v1.0.0", DAY))
    assert "is not the one that khelang release makes" in in_words(khelang, tmp_path / "odd.zip", 1)


@pytest.mark.parametrize(
    "created", ["1980-01-01T00:00:00Z", "2107-12-31T00:00:00Z", "2026-11-22", "2026-11-22T23:59:59Z"]
)
def test_days_that_an_archive_can_bear(tmp_path: Path, created: str) -> None:
    descriptor = json.dumps({"name": "plan", "version": "1.0.0", "created": created}).encode()
    files = whole({"datapackage.json": descriptor})
    data = archive_of(files)
    assert data == zip_bytes(files, "plan-v1.0.0", date.fromisoformat(created[:10]))
    assert data is not None
    (tmp_path / "x.zip").write_bytes(data)
    assert verify(tmp_path / "x.zip").is_whole


# Manifests


def _odd_manifests() -> dict[str, bytes]:
    good = FILES[MANIFEST]
    digest = sha256(b"x").hexdigest()
    return {
        "CR LF": good.replace(b"\n", b"\r\n"),
        "CR": good.replace(b"\n", b"\r"),
        "line separators": good.replace(b"\n", "\u2028".encode()),
        "byte order mark": b"\xef\xbb\xbf" + good,
        "UTF-16": good.decode().encode("utf-16"),
        "not UTF-8": good + f"{digest}  a".encode() + b"\xff\n",
        "blank line": good + b"\n",
        "no last line end": good[:-1],
        "NUL after": good + b"\0",
        "itself": good + f"{digest}  {MANIFEST}\n".encode(),
        "its signature": good + f"{digest}  {SIGNATURE}\n".encode(),
        "twice": good + good,
        "twice with another hash": good + f"{digest}  data/units.csv\n".encode(),
        "digest in capitals": good.upper(),
        "binary mode": good.replace(b"  ", b" *"),
        "escaped name": good + f"\\{digest}  a\\nb\n".encode(),
        "a million lines": b"".join(f"{digest}  {number}\n".encode() for number in range(archive.MAX_FILES + 1)),
        "line ends": b"\n" * 1_000_000,
        "huge": b"\0" * (archive.MAX_FILES * (MAX_PATH + 67) + 1),
        **{f"path {name[:20]!r}": good + f"{digest}  {name}\n".encode("utf-8", "surrogatepass") for name in UNSAFE},
    }


UNSAFE = sorted(set(NAMES) - {*filter(is_safe_path, NAMES)})


@pytest.mark.parametrize("case", _odd_manifests())
def test_manifest_that_is_none(tmp_path: Path, case: str) -> None:
    data = _odd_manifests()[case]
    assert digests_in(data) is None
    found = verify(folder_of(tmp_path / "folder", {**FILES, MANIFEST: data})).problems
    assert found == (Problem(ProblemKind.MALFORMED, MANIFEST),)


def test_files_that_come_with_their_signature_in_the_manifest_do_not_pass(tmp_path: Path) -> None:
    files = whole({**FILES, SIGNATURE: b"x"})
    assert not verify(folder_of(tmp_path / "folder", files)).is_whole


# Names


@pytest.mark.parametrize(
    "name", ["con", "NUL", "aux.txt", "data/Com1.csv", "LPT9", "COM¹.x", "conin$", "nul .txt", "prn/x"]
)
def test_names_of_devices_are_not_safe(name: str) -> None:
    assert not is_safe_path(name)


@pytest.mark.parametrize(
    "name", ["console", "nulls.csv", "com10", "data/auxiliary.csv", "lpt", "a.con", "com", "x.y.z"]
)
def test_names_that_only_begin_like_those_of_devices_are(name: str) -> None:
    assert is_safe_path(name)


def _can_be_in_an_archive(name: str) -> bool:
    """Whether zipfile writes it, and does not take it for a folder's."""
    return "\ud800" not in name and len(name) < 65_000 and bool(name) and not name.endswith("/")


@pytest.mark.parametrize("name", [*filter(_can_be_in_an_archive, UNSAFE)])
def test_name_that_not_every_system_can_have_is_refused(tmp_path: Path, name: str) -> None:
    path = made(tmp_path / "x.zip", lambda one: one.writestr(_named(f"plan/{name}"), "x"))
    assert variant_of(path) in ("unsafe_name", "damaged")


def _named(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("x")
    entry.filename = name  # unchanged, with its NUL
    return entry


PAIRS = [
    ("a", "A"),
    ("data/a", "DATA/b"),
    ("data/a", "Data/a"),
    ("straße", "STRASSE"),
    ("\u00e9", "e\u0301"),
    ("\u1e69", "s\u0307\u0323"),
    ("ก\u0e4d\u0e32", "ก\u0e4d\u0e32"),
    ("a", "a"),
    ("a", "a/b"),
    ("a/b", "a"),
    ("A", "a/b"),
]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_names_that_some_systems_do_not_keep_apart(tmp_path: Path, one: str, other: str) -> None:
    path = made(tmp_path / "x.zip", holding(f"plan/{one}", f"plan/{other}"))
    assert variant_of(path) == "repeated_name"


@pytest.mark.parametrize(("one", "other"), [("a", "A"), ("data/a", "Data/b"), ("\u00e9", "e\u0301")])
def test_names_in_a_folder_that_some_systems_do_not_keep_apart(tmp_path: Path, one: str, other: str) -> None:
    path = folder_of(tmp_path / "folder", {**FILES, one: b"x", other: b"y"})
    if len(read_names(path)) < len(FILES) + 2:
        pytest.skip("this system does not keep them apart")
    assert variant_of(path) == "repeated_name"


def read_names(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31mb", "a\\b", "a:b", "con", "x.", "a\u202eb", "a\u200bb"])
def test_name_in_a_folder_that_not_every_system_can_have(tmp_path: Path, name: str) -> None:
    path = folder_of(tmp_path / "folder", {**FILES, name: b"x"})
    assert variant_of(path) == "unsafe_name"


def test_name_in_a_folder_that_is_not_utf_8(khelang: Khelang, tmp_path: Path) -> None:
    folder_of(tmp_path / "folder")
    (Path(os.fsdecode(os.fsencode(tmp_path / "folder") + b"/\xff\xfe"))).write_bytes(b"x")
    assert "some systems do not accept" in in_words(khelang, tmp_path / "folder", 1)


def test_thai_names_and_hidden_files_are_names_as_others(tmp_path: Path) -> None:
    files = whole({**FILES, "ข้อมูล/ค่าใช้จ่าย น้ำ.csv": b"x", ".hidden": b"", unicodedata.normalize("NFC", "é"): b"x"})
    assert verify(folder_of(tmp_path / "folder", files)).is_whole
    (tmp_path / "x.zip").write_bytes(archive_of(files) or b"")
    assert verify(tmp_path / "x.zip").is_whole


# Archives


def _zip64(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as one, one.open("plan/a", "w", force_zip64=True) as file:
        file.write(b"x")
    data = path.read_bytes()
    start = data.index(b"PK\1\2")
    end = data.index(b"PK\5\6")
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, end - start, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    path.write_bytes(data[:end] + record + locator + data[end:])


def _local_name(path: Path) -> None:
    made(path, lambda one: one.writestr("plan/a", "x"))
    path.write_bytes(path.read_bytes().replace(b"plan/a", b"plan/b", 1))


def _encrypted(path: Path) -> None:
    made(path, lambda one: one.writestr("plan/a", "x"))
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)


def _overlapping(path: Path) -> None:
    """Two entries of the list that are the same bytes, as bombs have thousands of."""
    made(path, holding("plan/a", "plan/b", data=b"\0" * 1000))
    data = bytearray(path.read_bytes())
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 1)
    struct.pack_into("<L", data, second + 42, 0)
    local = data.index(b"plan/a")
    data[second + 46 : second + 52] = data[local : local + 6]
    path.write_bytes(data)


def _quoted(path: Path) -> None:
    """The first entry holds the second as a stored block (the quoting bomb of 2019)."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as one:
        one.writestr("plan/b", b"\0" * 1000)
    block = inner.getvalue()[: inner.getvalue().index(b"PK\1\2")]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as one:
        one.writestr("plan/a", block)
        entry = one.infolist()[0]
        second = zipfile.ZipInfo("plan/b")
        second.header_offset = 30 + len("plan/a")
        second.file_size = second.compress_size = 1000
        second.CRC = zlib.crc32(b"\0" * 1000)
        one.filelist.append(second)
        assert entry.header_offset == 0
    path.write_bytes(buffer.getvalue())


def _claims_many(path: Path) -> None:
    made(path, lambda one: one.writestr("plan/a", "x"))
    data = bytearray(path.read_bytes())
    struct.pack_into("<2H", data, len(data) - 14, 65_535, 65_535)
    path.write_bytes(data)


def _claims_few(path: Path) -> None:
    made(path, holding(*(f"plan/{number}" for number in range(20))))
    data = bytearray(path.read_bytes())
    struct.pack_into("<2H", data, len(data) - 14, 1, 1)
    path.write_bytes(data)


def _large_directory(path: Path) -> None:
    """A list of contents of hundreds of thousands of entries, though the end says that there is one."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    directory = entry * (MAX_DIRECTORY // len(entry) + 1)
    path.write_bytes(directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(directory), 0, 0))


def _size_lie(path: Path) -> None:
    made(path, lambda one: one.writestr("plan/a", b"\0" * 100_000))
    data = bytearray(path.read_bytes())
    for start in (22, data.index(b"PK\1\2") + 24):
        struct.pack_into("<L", data, start, 10)
    path.write_bytes(data)


ARCHIVES: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "empty file": (lambda path: path.write_bytes(b""), {"damaged"}),
    "text": (lambda path: path.write_text("no archive"), {"damaged"}),
    "end alone, cut": (lambda path: path.write_bytes(b"PK\5\6"), {"damaged"}),
    "end in the last bytes": (lambda path: path.write_bytes(b"x" * 100 + b"PK\5\6"), {"damaged"}),
    "Zip64": (_zip64, {"damaged"}),
    "another local name": (_local_name, {"damaged"}),
    "encrypted": (_encrypted, {"damaged"}),
    "overlapping": (_overlapping, {"damaged", "repeated_name"}),
    "quoted": (_quoted, {"damaged"}),
    "claims many": (_claims_many, {"too_many"}),
    "claims few": (_claims_few, {"too_many"}),
    "large list of contents": (_large_directory, {"damaged"}),
    "smaller than it says": (_size_lie, {"damaged"}),
    "two roots": (lambda path: made(path, holding("plan-v1.0.0/a", "other/b")), {"roots"}),
    "file beside the root": (lambda path: made(path, holding("plan/a", "b")), {"roots"}),
    "files without a root": (lambda path: made(path, lambda one: one.writestr("a", "x")), {"roots"}),
    "macOS's own folder": (lambda path: made(path, holding("plan/a", "__MACOSX/._a")), {"roots"}),
    "root in another case": (lambda path: made(path, holding("plan/a", "PLAN/b")), {"roots", "repeated_name"}),
    "BZIP2": (lambda path: made(path, _bzip2), {"damaged"}),
    "device": (lambda path: made(path, lambda one: one.writestr(_of_kind(stat.S_IFCHR), "x")), {"link"}),
    "FIFO": (lambda path: made(path, lambda one: one.writestr(_of_kind(stat.S_IFIFO), "x")), {"link"}),
    "bomb": (lambda path: made(path, lambda one: one.writestr("plan/a", b"\0" * 3_000_000)), {"too_large"}),
    "stored": (lambda path: made(path, _stored), {"too_large"}),
    "folders": (lambda path: made(path, holding(*(f"plan/{number}/" for number in range(11)), data=b"")), {"too_many"}),
    "deep": (lambda path: made(path, lambda one: one.writestr("plan/" + "d/" * 40 + "x", "x")), {"unsafe_name"}),
    "long name": (lambda path: made(path, lambda one: one.writestr("plan/" + "x" * 60_000, "x")), {"unsafe_name"}),
}


def _stored(one: zipfile.ZipFile) -> None:
    one.writestr("plan/a", random.Random(1).randbytes(20_000_000), zipfile.ZIP_STORED)  # noqa: S311 (no secret)


def _bzip2(one: zipfile.ZipFile) -> None:
    one.writestr("plan/a", "x", zipfile.ZIP_BZIP2)


def _of_kind(kind: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("plan/a")
    entry.external_attr = (kind | 0o644) << 16
    return entry


@pytest.mark.parametrize("case", ARCHIVES)
def test_archive_that_no_release_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 10)
    monkeypatch.setattr(archive, "MAX_BYTES", 2_000_000)
    make, variants = ARCHIVES[case]
    make(tmp_path / "x.zip")
    assert variant_of(tmp_path / "x.zip") in variants


def test_archive_larger_than_any_release_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 1000)
    monkeypatch.setattr(archive, "MAX_DIRECTORY", 1000)
    (tmp_path / "x.zip").write_bytes(b"PK" * 1501)
    assert variant_of(tmp_path / "x.zip") == "too_large"


@pytest.mark.parametrize("case", ["comment", "before", "after", "of another system", "folders", "data descriptor"])
def test_archive_of_the_right_files_that_is_not_the_published_one(tmp_path: Path, case: str) -> None:
    path = tmp_path / "x.zip"
    method = zipfile.ZIP_DEFLATED if case == "of another system" else zipfile.ZIP_STORED
    buffer: io.BytesIO = _Forward() if case == "data descriptor" else io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as one:
        if case == "folders":
            one.mkdir("plan-v1.0.0")
            one.mkdir("plan-v1.0.0/data")
        for name, data in FILES.items():
            one.writestr(f"plan-v1.0.0/{name}", data)
        one.comment = b"signed" if case == "comment" else b""
    data = buffer.getvalue()
    path.write_bytes({"before": b"#!/bin/sh\n" + data, "after": data + b"\n"}.get(case, data))
    try:
        assert verify(path).problems == (Problem(ProblemKind.REPACKED, "x.zip"),)
    except ArchiveRefused as refused:
        assert (case, refused.params["variant"]) == ("after", "damaged")


def stream_of(data: bytes, level: int, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, strategy=strategy)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("level", [0, 1])
def test_archive_that_another_build_of_zlib_made_is_the_same_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: int
) -> None:
    """Whatever the streams are, the files are these, and what is around them is ours."""
    files = whole({**FILES, "large.txt": b"0123456789" * 5000, "random": random.Random(3).randbytes(5000)})  # noqa: S311 (no secret)
    path = tmp_path / "x.zip"
    made_here = archive_of(files)
    monkeypatch.setattr(zip_form, "_LEVEL", level)
    path.write_bytes(archive_of(files) or b"")
    assert path.read_bytes() != made_here
    assert verify(path).is_whole


def test_archive_of_earlier_versions_stores_its_files_and_is_still_right(tmp_path: Path) -> None:
    """As ``zipfile`` wrote it: the same bytes as those of the writer here."""
    buffer = io.BytesIO()
    files = whole({**FILES, "ข้อมูล.csv": b"x" * 1000})
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as one:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"plan-v1.0.0/{name}", (DAY.year, DAY.month, DAY.day, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o644) << 16
            one.writestr(entry, files[name])
    (tmp_path / "x.zip").write_bytes(buffer.getvalue())
    assert buffer.getvalue() == archive_of(files, compressed=False)
    assert verify(tmp_path / "x.zip").is_whole


@pytest.mark.parametrize("case", ["bits after the end", "bytes after the end", "an empty block more"])
def test_nothing_hides_in_a_compressed_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    """The files read right, and the archive is refused all the same."""
    data = next(data for n in range(1, 99) if stream_of(data := b"ab" * n * 7, 6)[-1] < 0x40)
    stream = stream_of(data, 6)
    hidden = {
        "bits after the end": stream[:-1] + bytes([stream[-1] | 0x80]),
        "bytes after the end": stream + b"hidden",
        "an empty block more": b"\0\0\0\xff\xff" + stream,
    }[case]
    files = whole({**FILES, "a": data})
    monkeypatch.setattr(zip_form, "_packed", _packing(zip_form._packed, data, hidden))
    path = tmp_path / "x.zip"
    path.write_bytes(archive_of(files) or b"")
    assert path.read_bytes().count(hidden) == 1
    if case == "an empty block more":  # another way to deflate the same file, as a build of zlib might
        assert verify(path).is_whole
    else:
        assert verify(path).problems == (Problem(ProblemKind.REPACKED, "x.zip"),)


def _packing(packed: Callable[..., Any], data: bytes, hidden: bytes) -> Callable[..., Any]:
    def pack(name: str, content: bytes, *, compressed: bool) -> Any:
        made = packed(name, content, compressed=compressed)
        return made._replace(stream=hidden) if content == data else made

    return pack


class _Forward(io.BytesIO):
    """A pipe: what was written stays, and sizes come after the data."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


def test_empty_archive_holds_no_manifest(khelang: Khelang, tmp_path: Path) -> None:
    made(tmp_path / "x.zip", lambda _: None)
    assert verify(tmp_path / "x.zip").problems == (Problem(ProblemKind.MISSING, MANIFEST),)
    in_words(khelang, tmp_path / "x.zip", 1)


# What is no file


def _kinds(tmp_path: Path) -> Iterator[tuple[Path, set[str], int]]:
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(tmp_path / "socket"))
    (tmp_path / "to-fifo").symlink_to("fifo")
    (tmp_path / "to-device").symlink_to("/dev/zero")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "nowhere").symlink_to("missing")
    for name in ("fifo", "socket", "to-fifo", "to-device", "/dev/zero", "/dev/null"):
        yield tmp_path / name, {"archive_refused"}, 1
    for name in ("missing", "nowhere", "fifo/x", "a\0b"):
        yield tmp_path / name, {"package_not_found"}, 2
    for name in ("circle", "x" * 300, "/proc/self/mem"):
        yield tmp_path / name, {"archive_refused", "file_unreadable"}, 1 if name.startswith("/") else 3


def test_path_that_is_neither_file_nor_folder(
    khelang: Khelang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path, codes, code in _kinds(tmp_path):
        with pytest.raises(KhelangError) as caught:
            verify(path)
        assert caught.value.code in codes
        if path.name in ("fifo", "to-device", "circle", "x" * 300, "mem"):
            in_words(khelang, path, code)


@pytest.mark.parametrize("kind", ["fifo", "socket", "device", "link", "circle", "parent"])
def test_folder_with_what_is_no_file(
    khelang: Khelang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    folder = folder_of(tmp_path / "folder")
    monkeypatch.chdir(folder / "data")
    odd = Path("odd.csv")
    if kind == "fifo":
        os.mkfifo(odd)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(str(odd))
    else:
        odd.symlink_to({"device": "/dev/zero", "link": "units.csv", "circle": "odd.csv", "parent": ".."}[kind])
    assert variant_of(folder) == "link"
    assert "data/odd.csv" in in_words(khelang, folder, 1)


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A folder that goes deeper than Python recurses, and than a path may be long; it is taken down again."""
    here, depth = Path.cwd(), 1500
    folder = folder_of(tmp_path / "deep")
    os.chdir(folder)
    try:
        for _ in range(depth):
            Path("deeper").mkdir()
            os.chdir("deeper")
        os.chdir(here)
        yield folder
        os.chdir(folder)
        for _ in range(depth):
            os.chdir("deeper")
        for _ in range(depth):
            os.chdir("..")
            Path("deeper").rmdir()
    finally:
        os.chdir(here)


def test_folder_that_goes_deep(deep: Path) -> None:
    assert variant_of(deep) == "unsafe_name"


def test_folder_that_goes_wide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 200)
    wide = folder_of(tmp_path / "wide")
    for number in range(201):
        (wide / str(number)).mkdir()
    assert variant_of(wide) == "too_many"


@pytest.mark.parametrize("spoil", ["folder", "data", "data/units.csv", "x.zip"])
def test_what_cannot_be_read_for_want_of_rights(spoil: str) -> None:
    with tempfile.TemporaryDirectory() as place:  # which another user can reach, other than pytest's own
        Path(place).chmod(0o755)
        folder = folder_of(Path(place) / "folder")
        (folder / "x.zip").write_bytes(zip_bytes(FILES, "plan-v1.0.0", DAY))
        refused = folder if spoil == "folder" else folder / spoil
        mode = refused.stat().st_mode
        refused.chmod(0)
        try:
            with as_nobody(), fails("file_unreadable") as caught:
                verify(refused if spoil.endswith(".zip") else folder)
        finally:
            refused.chmod(mode)
        assert str(caught.value.params["path"]) == str(refused)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Have rights no more than others; root reads everything."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


# Everything at once, and what it costs


def test_spoilt_releases_are_judged_in_words() -> None:
    summary = judged(300, 20261126)
    assert summary["failures"] == []
    assert 0 < summary["taken"] < 60
