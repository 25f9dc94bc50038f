"""Keys to sign with, and signatures of manifests as ``ssh-keygen -Y sign`` writes them."""

from __future__ import annotations

import base64
import os
import struct
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from khelang_opendata.model.characters import encodable
from khelang_opendata.model.failures import system_errors_as
from khelang_opendata.published.signature import (
    ALGORITHM,
    BEGIN,
    END,
    FORMAT_VERSION,
    HASH,
    MAGIC,
    NAMESPACE,
    KeyUnusable,
    extra_library,
    public_key_line,
    read_key_file,
    signed_bytes,
    wire_string,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_LINE = 70
_OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"


def generate_key(path: Path, passphrase: str | None, comment: str) -> Path:
    """Write a new private key, readable by its owner only, and its public key with the suffix ``.pub``.

    Args:
        path: the private key's file; it must not exist yet.
        passphrase: encrypts the private key; None to store it unencrypted.
        comment: who signs, for the public key's line: a role, not a person.

    Returns:
        The public key's path.

    Raises:
        ExtraMissing: the library is not installed.
        UsageError: OpenSSH's format cannot hold the passphrase.
        EnvironmentFailure: one of the files exists, or the system refuses to write; no new file is left behind.
    """
    with extra_library():
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (extra, 40 ms to import)
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 (the same)

    key = Ed25519PrivateKey.generate()
    open_ = serialization.NoEncryption()
    with extra_library():
        try:
            protection = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else open_
            private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, protection)
        except ValueError as error:  # too long for bcrypt, or not to be written as UTF-8
            raise KeyUnusable("passphrase_unfit", path=str(path), reason=str(error)) from None
    public = path.with_name(f"{path.name}.pub")
    line = f"{public_key_line(key.public_key().public_bytes_raw())} {encodable(' '.join(comment.split()))}\n"
    with _written_new(public, line.encode(), 0o644), _written_new(path, private, 0o600):
        return public


def signer(key_path: Path, passphrase: str | None) -> Callable[[bytes], bytes]:
    """A function that signs with a private key, which is read immediately, and only once.

    It gives the signature of some bytes as ``ssh-keygen -Y sign`` writes it; the same bytes and key give the same one.

    Raises:
        ExtraMissing: the library is not installed.
        UsageError: the file is missing or not an Ed25519 key, or the passphrase is wrong or missing.
    """
    key = _private_key(key_path, passphrase)
    public = wire_string(ALGORITHM) + wire_string(key.public_key().public_bytes_raw())

    def sign(data: bytes) -> bytes:
        blob = wire_string(ALGORITHM) + wire_string(key.sign(signed_bytes(data, HASH)))
        fields = (public, NAMESPACE.encode(), b"", HASH, blob)
        envelope = MAGIC + struct.pack(">I", FORMAT_VERSION) + b"".join(map(wire_string, fields))
        lines = textwrap.wrap(base64.b64encode(envelope).decode(), _LINE)
        return "\n".join([BEGIN, *lines, END, ""]).encode()

    return sign


def is_encrypted(key_path: Path) -> bool:
    """Whether a private key needs a passphrase; False if the file is not a key, which signing reports."""
    try:
        _private_key(key_path, None)
    except KeyUnusable as error:
        return error.params["variant"] == "passphrase_missing"
    return False


def _private_key(path: Path, passphrase: str | None) -> Ed25519PrivateKey:
    with extra_library():
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 (extra)
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 (extra)
        from cryptography.hazmat.primitives.serialization import load_ssh_private_key  # noqa: PLC0415 (extra)

    data = read_key_file(path)
    with extra_library():
        try:
            key = load_ssh_private_key(data, passphrase.encode() if passphrase else None)
        except TypeError:  # the one is given without the other
            variant = "passphrase_needless" if passphrase else "passphrase_missing"
            raise KeyUnusable(variant, path=str(path)) from None
        except (ValueError, UnsupportedAlgorithm) as error:
            if isinstance(error, UnsupportedAlgorithm) and "bcrypt" in str(error):
                raise
            variant = "passphrase_wrong" if passphrase and _OPENSSH in data else "none"
            raise KeyUnusable(variant, path=str(path), reason=str(error)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable("none", path=str(path), reason=type(key).__name__)
    return key


@contextmanager
def _written_new(path: Path, data: bytes, mode: int) -> Iterator[None]:
    """Create a file that others can never read; remove it if a later step fails."""
    with system_errors_as("output_unwritable", path):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield
        except BaseException:
            with suppress(OSError):
                path.unlink()
            raise
