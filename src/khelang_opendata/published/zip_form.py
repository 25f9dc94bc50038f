"""The one form of a release's ZIP archive: every byte of it follows from the files, but for how they are deflated.

Builds of zlib differ in what they make of the same bytes, so an archive is judged by its own compressed streams: each
must hold its file and nothing else, and all around them must be as here. So no byte can hide in an archive.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO, NamedTuple

from khelang_opendata.published.archive import open_regular

_LEVEL = 6
"""Zlib's own choice: the highest takes three times as long for 2 % less."""

_RAW = -zlib.MAX_WBITS
_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_UTF_8 = 0x800
_UNIX, _VERSION = 3, 20
_ATTRIBUTES = (stat.S_IFREG | 0o644) << 16
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_END = struct.Struct("<4s4H2LH")
"""The records of an archive (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16)."""


class _Packed(NamedTuple):
    """A file in an archive: its path there, its content, and the method, and its bytes there."""

    name: bytes
    data: bytes
    method: int
    stream: bytes


def zip_bytes(files: Mapping[str, bytes], folder: str, day: date, *, compressed: bool = True) -> bytes:
    """A ZIP archive of files in one folder, sorted, all of one day.

    Args:
        files: the files by path.
        folder: the folder that holds them in the archive.
        day: of a year that an archive can bear.
        compressed: whether files that DEFLATE makes smaller are deflated; releases of earlier versions of this
            program stored all of them.
    """
    packed = (_packed(f"{folder}/{path}", files[path], compressed=compressed) for path in sorted(files))
    return b"".join(_pieces(list(packed), day))


def is_zip_of(path: Path, files: Mapping[str, bytes], folder: str, day: date) -> bool:
    """Whether an archive that holds these files is the one that :func:`zip_bytes` makes, however they were deflated."""
    with open_regular(path) as file:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
        names = [f"{folder}/{name}" for name in sorted(files)]
        if [entry.filename for entry in entries] != names:
            return False
        packed = [_found(file, entry, files[name]) for entry, name in zip(entries, sorted(files), strict=True)]
        if not all(packed):
            return False
        file.seek(0)
        return all(file.read(len(p)) == p for p in _pieces([one for one in packed if one], day)) and not file.read(1)


def _packed(name: str, data: bytes, *, compressed: bool) -> _Packed:
    if compressed:
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
        stream = packer.compress(data) + packer.flush()
        if len(stream) < len(data):
            return _Packed(name.encode(), data, _DEFLATED, stream)
    return _Packed(name.encode(), data, _STORED, data)


def _found(file: BinaryIO, entry: zipfile.ZipInfo, data: bytes) -> _Packed | None:
    """A file as an archive has it; None where its stream holds anything but the file."""
    name = entry.filename.encode()
    file.seek(entry.header_offset + _LOCAL.size + len(name))
    stream = file.read(entry.compress_size)
    is_held = stream == data if entry.compress_type == _STORED else _is_deflated(stream, data)
    return _Packed(name, data, entry.compress_type, stream) if is_held else None


def _is_deflated(stream: bytes, data: bytes) -> bool:
    """Whether a stream holds this content and nothing else, not even in the bits that fill its last byte.

    DEFLATE ends anywhere in a byte. Where bits are set after the end, the stream reads the same without the last one.
    """
    if not _inflates_to(stream, data):
        return False
    last = stream[-1]
    return not last or not _inflates_to(stream[:-1] + bytes([last ^ 1 << last.bit_length() - 1]), data)


def _inflates_to(stream: bytes, data: bytes) -> bool:
    unpacker = zlib.decompressobj(_RAW)
    try:
        return unpacker.decompress(stream, len(data) + 1) == data and unpacker.eof and not unpacker.unused_data
    except zlib.error:
        return False


def _pieces(packed: Sequence[_Packed], day: date) -> Iterator[bytes]:
    """The bytes of an archive, piece by piece, as the zipfile module writes them."""
    date_, directory, offset = (day.year - 1980) << 9 | day.month << 5 | day.day, [], 0
    for name, data, method, stream in packed:
        flags = 0 if name.isascii() else _UTF_8
        about = (_VERSION, flags, method, 0, date_, zlib.crc32(data), len(stream), len(data), len(name), 0)
        header = _LOCAL.pack(b"PK\3\4", *about) + name
        version, *common = about
        directory.append(
            _CENTRAL.pack(b"PK\1\2", version, _UNIX, version, 0, *common, 0, 0, 0, _ATTRIBUTES, offset) + name
        )
        offset += len(header) + len(stream)
        yield header
        yield stream
    yield from directory
    size = sum(map(len, directory))
    yield _END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), size, offset, 0)
