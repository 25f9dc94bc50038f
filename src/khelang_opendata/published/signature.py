"""Signatures that can be checked without this program: Ed25519 keys and signatures in OpenSSH's own formats.

``ssh-keygen -Y verify`` checks them on every Linux, macOS and Windows of today. The formats are those of OpenSSH's
PROTOCOL.sshsig and PROTOCOL.key; the cryptography is the library's (extra ``sign``).
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from khelang_opendata.model.failures import ExtraMissing, UsageError
from khelang_opendata.published.archive import NotRegular, open_regular

NAMESPACE = "khelang-release"
"""The purpose of the signature; one made for another purpose is invalid (``ssh-keygen -Y verify -n``)."""

MAX_KEY_BYTES = 64 * 1024
"""The largest file that is read as a key; one of RSA with 16,384 bits takes a fifth of it."""

MAX_SIGNATURE_BYTES = 64 * 1024
"""The largest signature that is parsed; one of this program has 300 bytes."""

MAGIC = b"SSHSIG"
FORMAT_VERSION = 1
ALGORITHM = b"ssh-ed25519"
HASH = b"sha512"
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_KEY_LENGTH, _SIGNATURE_LENGTH = 32, 64
BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_LINE_END = re.compile(r"\r\n|\r|\n")
_PRIVATE = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|^Private-Lines:", re.MULTILINE)
"""OpenSSH's, PEM and PuTTY's private keys."""

_OTHER_ALGORITHM = re.compile(r"(?!ssh-ed25519$)(?:sk-)?(?:ssh|ecdsa|webauthn)-[a-z0-9.@-]{1,60}")


class KeyUnusable(UsageError):
    """A file holds no usable key; ``variant`` gives the reason."""

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__("key_unusable", variant, **params)


class _Signature(NamedTuple):
    """The parts of a signature: the raw public key, the name of the hash, and the raw signature."""

    key: bytes
    hash_name: bytes
    raw: bytes


def require_library() -> None:
    """Make sure that signatures can be made and checked, else raise ExtraMissing."""
    with extra_library():
        import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401, PLC0415 (extra, 40 ms to import)


def read_public_key(path: Path) -> str:
    """The public key in a file, as a line without its comment.

    The file holds one key as ``ssh-keygen`` writes it, in UTF-8, or in UTF-16 as PowerShell's ``>`` and Notepad write
    it; blank lines and lines that begin with # do not count.

    Raises:
        UsageError: the file is missing or holds anything else.
    """
    data = read_key_file(path)
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise KeyUnusable("public", path=str(path), reason=str(error)) from None
    return public_key_line(raw_public_key(text, str(path)))


def raw_public_key(text: str, source: str) -> bytes:
    """The 32 bytes of a public key that is written as in a ``.pub`` file (PROTOCOL.key, RFC 8709).

    An empty text is invalid, and never means that no key was given. ``source`` is what the text was read from.

    Raises:
        UsageError: it is not one Ed25519 key.
    """
    if not isinstance(text, str):
        raise KeyUnusable("public", path=source, reason=type(text).__name__)
    if _PRIVATE.search(text):
        raise KeyUnusable("private", path=source)
    stripped = (line.strip() for line in _LINE_END.split(text))
    lines = [line for line in stripped if line and not line.startswith("#")]
    if len(lines) != 1:
        raise KeyUnusable("several" if lines else "empty", path=source, count=len(lines))
    words = lines[0].split()
    if _OTHER_ALGORITHM.fullmatch(words[0]):
        raise KeyUnusable("algorithm", path=source, algorithm=words[0])
    blob = _decoded(words[1].encode()) if len(words) > 1 and words[0] == ALGORITHM.decode() else None
    key = _exact(blob, 2) if blob else None
    if key is None or key[0] != ALGORITHM or len(key[1]) != _KEY_LENGTH:
        raise KeyUnusable("public", path=source, reason=lines[0][:80])
    return key[1]


def public_key_of(signature: bytes) -> str | None:
    """The public key that a signature names, as a line; None if the signature is malformed."""
    parts = _parse(signature)
    return public_key_line(parts.key) if parts else None


def is_valid(data: bytes, signature: bytes, public_key: str) -> bool:
    """Whether a signature is of these bytes, for our namespace, and by this key (a line as in a ``.pub`` file).

    The answer is that of ``ssh-keygen -Y verify``, whatever the signature looks like. We are stricter in three points:
    the key is one of Ed25519; nothing larger than :data:`MAX_SIGNATURE_BYTES` is a signature; and after the header
    comes LF, as OpenSSH 9.2 has it, where later ones take CR LF, too.

    Raises:
        ExtraMissing: the library is not installed.
        UsageError: the public key is invalid.
    """
    with extra_library():
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 (extra, 40 ms to import)
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 (the same)

    key, parts = raw_public_key(public_key, "public_key"), _parse(signature)
    if parts is None or parts.key != key:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(parts.raw, signed_bytes(data, parts.hash_name))
    except (InvalidSignature, ValueError):
        return False
    return True


@contextmanager
def extra_library() -> Iterator[None]:
    """Name the extra where the library, or what it needs for keys with a passphrase, is not installed."""
    try:
        yield
    except ImportError as error:
        raise ExtraMissing("sign") from error
    except Exception as error:
        if type(error).__name__ == "UnsupportedAlgorithm" and "bcrypt" in str(error):
            raise ExtraMissing("sign") from error
        raise


def read_key_file(path: Path) -> bytes:
    """The content of a key file; UsageError where it is no ordinary file, unreadable, or over :data:`MAX_KEY_BYTES`."""
    try:
        with open_regular(path) as file:
            data = file.read(MAX_KEY_BYTES + 1)
    except NotRegular:
        raise KeyUnusable("not_file", path=str(path)) from None
    except (OSError, ValueError) as error:  # a path with a NUL in it is a ValueError
        raise KeyUnusable("unreadable", path=str(path), reason=getattr(error, "strerror", "") or str(error)) from error
    if len(data) > MAX_KEY_BYTES:
        raise KeyUnusable("too_large", path=str(path), limit=MAX_KEY_BYTES)
    return data


def _parse(signature: bytes) -> _Signature | None:
    """The parts of an armoured signature of this algorithm and namespace, read as OpenSSH reads it (sshsig.c).

    So the version may be 0, the reserved field may hold anything, a name may end in one NUL, the key's type may be
    written ``ED25519``, white space may occur within the Base64, and anything may follow the footer.
    """
    envelope = _dearmoured(signature)
    if envelope is None or not envelope.startswith(MAGIC) or envelope[len(MAGIC) : len(MAGIC) + 4] > b"\0\0\0\1":
        return None
    fields = _exact(envelope[len(MAGIC) + 4 :], 5)
    if fields is None:
        return None
    key, blob = _exact(fields[0], 2), _exact(fields[4], 2)
    if key is None or blob is None:
        return None
    is_key = _name(key[0]) == ALGORITHM or _name(key[0]).lower() == b"ed25519"
    is_ours = _name(fields[1]) == NAMESPACE.encode() and _name(fields[3]) in _HASHES and _name(blob[0]) == ALGORITHM
    is_fit = len(key[1]) == _KEY_LENGTH and len(blob[1]) == _SIGNATURE_LENGTH
    return _Signature(key[1], _name(fields[3]), blob[1]) if is_key and is_ours and is_fit else None


def _dearmoured(signature: bytes) -> bytes | None:
    """The bytes within the armour."""
    begin, end = f"{BEGIN}\n".encode(), f"\n{END}".encode()
    position = signature.find(end, len(begin), MAX_SIGNATURE_BYTES)
    if not signature.startswith(begin) or position < 0:
        return None
    return _decoded(b"".join(signature[len(begin) : position].removesuffix(b"\0").split()))


def _decoded(text: bytes) -> bytes | None:
    """The bytes of a Base64 text; None if it is invalid, or its last letter has unused bits set."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data) == text else None


def signed_bytes(data: bytes, hash_name: bytes) -> bytes:
    """The bytes that the key signs for some data (PROTOCOL.sshsig)."""
    fields = (NAMESPACE.encode(), b"", hash_name, _HASHES[hash_name](data).digest())
    return MAGIC + b"".join(map(wire_string, fields))


def public_key_line(key: bytes) -> str:
    """A raw public key as a line of a ``.pub`` file, without a comment."""
    blob = wire_string(ALGORITHM) + wire_string(key)
    return f"{ALGORITHM.decode()} {base64.b64encode(blob).decode()}"


def wire_string(data: bytes) -> bytes:
    """A string of the SSH wire format: its length in four bytes, then its bytes (RFC 4251, section 5)."""
    return struct.pack(">I", len(data)) + data


def _exact(data: bytes, count: int) -> list[bytes] | None:
    """Exactly ``count`` strings of the SSH wire format (RFC 4251, section 5); None for other data."""
    strings = []
    for _ in range(count):
        length = int.from_bytes(data[:4], "big")
        if len(data) < 4 + length:
            return None
        strings.append(data[4 : 4 + length])
        data = data[4 + length :]
    return None if data else strings


def _name(field: bytes) -> bytes:
    """A name of the wire format; OpenSSH reads it as a C string, and accepts a trailing NUL."""
    return field.removesuffix(b"\0")
