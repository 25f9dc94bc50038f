"""Signatures that anybody can check without us: Ed25519 keys and signatures in OpenSSH's own formats.

``ssh-keygen -Y verify`` checks them on every Linux, macOS and Windows of today. The formats are those of OpenSSH's
PROTOCOL.sshsig and PROTOCOL.key; the cryptography is the library's (extra ``sign``).
"""

from __future__ import annotations

import base64
import hashlib
import os
import struct
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from khelang_opendata.errors import KeyUnusable, OutputUnwritable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NAMESPACE = "khelang-release"
"""What a signature is for, so that one made for something else does not pass (``ssh-keygen -Y verify -n``)."""

_MAGIC = b"SSHSIG"
_ALGORITHM = b"ssh-ed25519"
_HASH = b"sha512"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_LINE = 70


def generate_key(path: Path, passphrase: str | None, comment: str) -> Path:
    """Write a new private key, for its owner's eyes only, and beside it the public key with the suffix ``.pub``.

    Args:
        path: the private key's file; it must not be there yet.
        passphrase: what the private key is encrypted with, None to leave it open.
        comment: who signs, for the public key's line: a role, not a person.

    Returns:
        The public key's path.

    Raises:
        OutputUnwritable: a file of that name is there, or the system refuses to write.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (extra, 40 ms to import)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 (the same)

    key = Ed25519PrivateKey.generate()
    protection = (
        serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, protection)
    public = path.with_name(f"{path.name}.pub")
    _write_new(path, private, 0o600)
    _write_new(public, f"{_public_line(key.public_key())} {' '.join(comment.split())}\n".encode(), 0o644)
    return public


def sign(data: bytes, key_path: Path, passphrase: str | None) -> bytes:
    """The signature of some bytes, as ``ssh-keygen -Y sign`` writes it; the same bytes and key give the same one.

    Raises:
        KeyUnusable: no such key, none of this kind, or the passphrase is wrong or missing.
    """
    key = _private_key(key_path, passphrase)
    blob = _string(_ALGORITHM) + _string(key.sign(_signed(data)))
    envelope = _MAGIC + struct.pack(">I", 1) + _string(_public_blob(key.public_key())) + _fields() + _string(blob)
    lines = textwrap.wrap(base64.b64encode(envelope).decode(), _LINE)
    return "\n".join([_BEGIN, *lines, _END, ""]).encode()


def is_encrypted(key_path: Path) -> bool:
    """Whether a private key needs a passphrase; False where it is no key at all, which signing will tell."""
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key  # noqa: PLC0415 (extra)

    try:
        load_ssh_private_key(key_path.read_bytes(), None)
    except TypeError:
        return True
    except (OSError, ValueError):
        return False
    return False


def public_key_of(signature: bytes) -> str | None:
    """The public key that a signature says it was made with, as a line; None where the signature is none."""
    parts = _parse(signature)
    return _line(parts[0]) if parts else None


def is_valid(data: bytes, signature: bytes, public_key: str) -> bool:
    """Whether a signature is of these bytes, for our namespace, and by this key (a line as in a ``.pub`` file)."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 (extra, 40 ms to import)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 (the same)

    parts = _parse(signature)
    if parts is None or _line(parts[0]).split()[:2] != public_key.split()[:2]:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(parts[0][-32:]).verify(parts[1], _signed(data))
    except (InvalidSignature, ValueError):
        return False
    return True


def _private_key(path: Path, passphrase: str | None) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 (extra)
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key  # noqa: PLC0415 (extra)

    try:
        key = load_ssh_private_key(path.read_bytes(), passphrase.encode() if passphrase else None)
    except OSError as error:
        raise KeyUnusable(path=str(path), reason=error.strerror or str(error)) from error
    except (ValueError, TypeError) as error:
        raise KeyUnusable(path=str(path), reason=str(error)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(path=str(path), reason="Ed25519?")
    return key


def _parse(signature: bytes) -> tuple[bytes, bytes] | None:
    """The public key blob and the raw signature of an armoured signature of our kind and namespace."""
    text = signature.decode("ascii", "replace").strip()
    if not (text.startswith(_BEGIN) and text.endswith(_END)):
        return None
    armoured = "".join(text[len(_BEGIN) : -len(_END)].split())
    try:
        envelope = base64.b64decode(armoured, validate=True)
        start = len(_MAGIC) + 4
        key, rest = _take(envelope[start:])
        fields = _fields()
        blob, end = _take(rest[len(fields) :])
        algorithm, rest_of_blob = _take(blob)
        raw, _ = _take(rest_of_blob)
    except (ValueError, struct.error):
        return None
    if base64.b64encode(envelope).decode() != armoured:  # its last letter has bits that say nothing
        return None
    whole = envelope[:start] == _MAGIC + struct.pack(">I", 1) and rest.startswith(fields) and not end
    return (key, raw) if whole and algorithm == _ALGORITHM and key.startswith(_string(_ALGORITHM)) else None


def _signed(data: bytes) -> bytes:
    return _MAGIC + _fields() + _string(hashlib.sha512(data).digest())


def _fields() -> bytes:
    """Namespace, reserved, and the name of the hash: what stands in the signature and in what is signed alike."""
    return _string(NAMESPACE.encode()) + _string(b"") + _string(_HASH)


def _public_blob(key: Ed25519PublicKey) -> bytes:
    return _string(_ALGORITHM) + _string(key.public_bytes_raw())


def _public_line(key: Ed25519PublicKey) -> str:
    return _line(_public_blob(key))


def _line(blob: bytes) -> str:
    return f"{_ALGORITHM.decode()} {base64.b64encode(blob).decode()}"


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _take(data: bytes) -> tuple[bytes, bytes]:
    """A string of the SSH wire format from the beginning of some bytes, and what follows it."""
    (length,) = struct.unpack(">I", data[:4])
    if len(data) < 4 + length:
        raise ValueError("cut off")
    return data[4 : 4 + length], data[4 + length :]


def _write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a file that is not there yet, readable for no one else at any moment."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        raise OutputUnwritable(path=str(path), reason=error.strerror or str(error)) from error
