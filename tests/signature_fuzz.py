"""Signatures of every shape, judged by us and by OpenSSH: ``python -m tests.signature_fuzz --cases N --seed S``.

The corpus changes one thing at a time, and signs again where the change would otherwise be found by the signature
alone. Random cases change some bytes of the armour or of what is within it; each is its seed, and ``--cases 1 --seed
77`` judges random case 77 again, after the corpus.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from khelang_opendata.published.signature import MAX_SIGNATURE_BYTES, NAMESPACE, is_valid, public_key_of
from tests.seeds import again, arguments

DATA = "ก\n".encode() * 20
BEGIN, END = b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"
ORDER = 2**252 + 27742317777372353535851937790883648493
"""The order of the group of Ed25519 (RFC 8032)."""

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
ELLIPTIC = derive_private_key(20261126, SECP256R1())


class Verdicts(NamedTuple):
    """Whether a signature is valid: for the key that is expected, and for the key that it names itself."""

    expected: bool
    named: bool


def string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def blob_of(key: Ed25519PrivateKey, kind: bytes = b"ssh-ed25519", more: bytes = b"") -> bytes:
    return string(kind) + string(key.public_key().public_bytes_raw()) + more


def line_of(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def envelope(
    *,
    magic: bytes = b"SSHSIG",
    version: bytes = struct.pack(">I", 1),
    key: bytes | None = None,
    namespace: bytes = NAMESPACE.encode(),
    reserved: bytes = b"",
    hash_name: bytes = b"sha512",
    kind: bytes = b"ssh-ed25519",
    raw: bytes | None = None,
    after_raw: bytes = b"",
    after: bytes = b"",
    signed_namespace: bytes = NAMESPACE.encode(),
    signed_reserved: bytes = b"",
    signed_hash: bytes = b"sha512",
    signer: Ed25519PrivateKey = KEY,
) -> bytes:
    """A signature before it is armoured; what is signed is right unless it is given otherwise."""
    digest = hashlib.new(signed_hash.decode(), DATA).digest()
    text = b"SSHSIG" + b"".join(map(string, (signed_namespace, signed_reserved, signed_hash, digest)))
    made = signer.sign(text) if raw is None else raw
    fields = (key or blob_of(KEY), namespace, reserved, hash_name, string(kind) + string(made) + after_raw)
    return magic + version + b"".join(map(string, fields)) + after


def raw_of(data: bytes) -> bytes:
    """The 64 bytes of the signature in an envelope that is as it should be."""
    return data[-64:]


def armoured(data: bytes, line: int = 70) -> bytes:
    text = base64.b64encode(data)
    return b"\n".join([BEGIN, *(text[start : start + line] for start in range(0, len(text), line)), END, b""])


def corpus() -> dict[str, bytes]:
    """Signatures by what was done to them."""
    good = armoured(envelope())
    return {"good": good, **_armours(good), **{name: armoured(data) for name, data in _envelopes().items()}}


def _armours(good: bytes) -> dict[str, bytes]:
    lines = good.split(b"\n")
    text = b"".join(lines[1:-2])
    last = text.rstrip(b"=")[-1:]
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    slop = alphabet[alphabet.index(last) + 1 : alphabet.index(last) + 2]
    stripped = text.rstrip(b"=")

    def framed(body: bytes, begin: bytes = BEGIN + b"\n", end: bytes = b"\n" + END + b"\n") -> bytes:
        return begin + body + end

    return {
        "empty": b"",
        "only the armour": framed(b""),
        "only the header": BEGIN + b"\n",
        "one line end between header and footer": BEGIN + b"\n" + END,
        "header alone without line end": BEGIN,
        "no last line end": good[:-1],
        "space before": b" " + good,
        "line end before": b"\n" + good,
        "text before": b"signed:\n" + good,
        "byte order mark": b"\xef\xbb\xbf" + good,
        "space after": good + b"  \n\n",
        "text after": good + b"more\n",
        "text right after the footer": good[:-1] + b"more",
        "NUL after": good + b"\0",
        "second signature after": good + good,
        "second footer after": good + END,
        "header without line end": good.replace(BEGIN + b"\n", BEGIN, 1),
        "header with a space for a line end": good.replace(BEGIN + b"\n", BEGIN + b" ", 1),
        "header with a space before the line end": good.replace(BEGIN + b"\n", BEGIN + b" \n", 1),
        "header with a tab": good.replace(BEGIN + b"\n", BEGIN + b"\t", 1),
        "header with CR": good.replace(BEGIN + b"\n", BEGIN + b"\r", 1),
        "header in small letters": good.replace(BEGIN, BEGIN.lower(), 1),
        "header of another kind": good.replace(b"SSH SIGNATURE", b"PGP SIGNATURE", 1),
        "blank line after the header": good.replace(BEGIN, BEGIN + b"\n", 1),
        "CR LF within": framed(b"\r\n".join(lines[1:-2]) + b"\r"),
        "CR LF after the footer": good[:-1] + b"\r\n",
        "CR only within": framed(b"\r".join(lines[1:-2])),
        "no footer": good.replace(END, b"", 1),
        "half a footer": good[:-5],
        "footer without line end before it": framed(text, end=END + b"\n"),
        "footer after a space": framed(text, end=b" " + END + b"\n"),
        "footer after CR": framed(text, end=b"\r" + END + b"\n"),
        "footer first": END + b"\n" + good,
        "footer twice": framed(text[:40] + b"\n" + END + b"\n" + text[40:]),
        "one line": framed(text),
        "lines of one letter": framed(b"\n".join(text[i : i + 1] for i in range(len(text)))),
        "spaces within": framed(b" ".join(text[i : i + 1] for i in range(len(text)))),
        "tabs, VT and FF within": framed(b"\t\v\f".join((text[:10], text[10:]))),
        "FS within, which Python takes for white space": framed(text[:10] + b"\x1c" + text[10:]),
        "NEL within, which Python takes for white space": framed(text[:10] + b"\x85" + text[10:]),
        "no-break space within": framed(text[:10] + "\u00a0".encode() + text[10:]),
        "NUL within": framed(text[:10] + b"\0" + text[10:]),
        "NUL at the end of the text": framed(text + b"\0"),
        "two NUL at the end of the text": framed(text + b"\0\0"),
        "NUL after a line end": framed(text + b"\n\0"),
        "no letter within": framed(text[:10] + b"!" + text[10:]),
        "another letter's case": framed(text[:10] + text[10:11].swapcase() + text[11:]),
        "letters of URLs": framed(text.translate(bytes.maketrans(b"+/", b"-_"))),
        "bits that say nothing": framed(stripped[:-1] + slop + text[len(stripped) :]),
        "no padding": framed(stripped),
        "padding twice": framed(text + b"="),
        "padding four times": framed(text + b"===="),
        "padding parted": framed(stripped + b" = "),
        "padding within": framed(text[:8] + b"=" + text[8:]),
        "padding at a quarter": framed(text[:8] + b"====" + text[8:]),
        "letters after the padding": framed(text + b"AAAA"),
        "one letter less": framed(text[1:]),
        "half": framed(text[: len(text) // 8 * 4]),
        "not ASCII": framed(text[:10] + "ก".encode() + text[10:]),
        "UTF-16": good.decode().encode("utf-16"),
        "PEM headers": framed(b"Comment: x\n\n" + text),
    }


def _envelopes() -> dict[str, bytes]:
    good, nul = envelope(), b"\0"
    raw = raw_of(good)
    scalar = int.from_bytes(raw[32:], "little")
    point = ELLIPTIC.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    identity = b"\1" + bytes(31)
    cases: dict[str, bytes] = {
        "trailing byte": envelope(after=b"x"),
        "trailing NUL": envelope(after=nul),
        "trailing string": envelope(after=string(b"x")),
        "magic": envelope(magic=b"SSHSIH"),
        "magic in small letters": envelope(magic=b"sshsig"),
        "no magic": envelope(magic=b""),
        "only the magic": b"SSHSIG",
        "magic and version": b"SSHSIG\0\0\0\1",
        "key with a trailing byte": envelope(key=blob_of(KEY, more=b"x")),
        "key with a trailing string": envelope(key=blob_of(KEY, more=string(b""))),
        "key of another": envelope(key=blob_of(OTHER)),
        "key of another that signed": envelope(key=blob_of(OTHER), signer=OTHER),
        "key cut": envelope(key=blob_of(KEY)[:-1]),
        "key without its bytes": envelope(key=string(b"ssh-ed25519")),
        "key of 33 bytes": envelope(key=string(b"ssh-ed25519") + string(KEY.public_key().public_bytes_raw() + nul)),
        "key that is empty": envelope(key=string(b"")),
        "key of zeros": envelope(key=string(b"ssh-ed25519") + string(bytes(32))),
        "key of ones": envelope(key=string(b"ssh-ed25519") + string(b"\xff" * 32)),
        "key that is no point": envelope(key=string(b"ssh-ed25519") + string(b"\2" + bytes(31))),
        "short raw signature": envelope(raw=raw[:-1]),
        "short raw signature, padded in front": envelope(raw=raw[1:]),
        "long raw signature": envelope(raw=raw + nul),
        "no raw signature": envelope(raw=b""),
        "raw signature of zeros": envelope(raw=bytes(64)),
        "scalar plus seven times the order": envelope(raw=raw[:32] + (scalar + 7 * ORDER).to_bytes(32, "little")),
        "high bits of the scalar": envelope(raw=raw[:63] + bytes([raw[63] | 0xE0])),
        "sign of the point": envelope(raw=raw[:31] + bytes([raw[31] ^ 0x80]) + raw[32:]),
        "trailing byte in the signature": envelope(after_raw=b"x"),
        "trailing string in the signature": envelope(after_raw=string(b"x")),
        "kind of the signature": envelope(kind=b"ssh-rsa"),
        "kind of the signature empty": envelope(kind=b""),
        "kind of the signature in capitals": envelope(kind=b"SSH-ED25519"),
        "kind of the signature short": envelope(kind=b"ed25519"),
        "kind of the signature with NUL": envelope(kind=b"ssh-ed25519\0"),
        "kind of the signature with two NUL": envelope(kind=b"ssh-ed25519\0\0"),
        "kind of the signature with NUL within": envelope(kind=b"ssh-ed\00025519"),
        "signer of another": envelope(signer=OTHER),
        "signed namespace": envelope(signed_namespace=b"file"),
        "signed reserved": envelope(signed_reserved=b"x"),
        "both reserved": envelope(reserved=b"x", signed_reserved=b"x"),
        "reserved": envelope(reserved=b"x"),
        "reserved NUL": envelope(reserved=nul),
        "reserved long": envelope(reserved=b"x" * 1000),
        "no data signed": b"SSHSIG" + good[6:-64] + KEY.sign(b""),
        "data signed without envelope": envelope(raw=KEY.sign(DATA)),
        "elliptic key": envelope(key=string(b"ecdsa-sha2-nistp256") + string(b"nistp256") + string(point)),
        "security key": envelope(key=blob_of(KEY, b"sk-ssh-ed25519@openssh.com", string(b"ssh:"))),
        "certificate": envelope(key=blob_of(KEY, b"ssh-ed25519-cert-v01@openssh.com")),
        "length over all": good[:10] + b"\xff\xff\xff\xff" + good[14:],
        "length one more": good[:10] + struct.pack(">I", 52) + good[14:],
        "length one less": good[:10] + struct.pack(">I", 50) + good[14:],
        "twice": good + good,
    }
    neutral = string(b"ssh-ed25519") + string(identity)
    cases["key of one, which signs anything"] = envelope(key=neutral, raw=identity + bytes(32))
    for number in (0, 1, 2, 256, 2**31, 2**32 - 1):
        cases[f"version {number}"] = envelope(version=struct.pack(">I", number))
    for cut in (1, 2, 3):
        cases[f"version of {cut} bytes"] = envelope(version=b"\0" * (cut - 1) + b"\1")
    for kind in (
        b"ssh-ed25519\0",
        b"ssh-ed25519\0\0",
        b"SSH-ED25519",
        b"ed25519",
        b"ED25519",
        b"Ed25519\0",
        b"ssh-ed2551",
    ):
        cases[f"kind of the key {kind!r}"] = envelope(key=blob_of(KEY, kind))
    names = [b"", b"file", b"khelang-releas", b"khelang-release2", b"KHELANG-RELEASE", b"*", b" khelang-release"]
    names += [NAMESPACE.encode() + end for end in (nul, b"\0\0", b"\0x", b" ", b"\n", b",file")]
    for name in names:
        cases[f"namespace {name!r}"] = envelope(namespace=name)
        cases[f"namespace {name!r}, signed"] = envelope(namespace=name, signed_namespace=name)
    for hash_name in (b"sha256", b"sha384", b"sha1", b"md5", b"sha512"):
        cases[f"hash {hash_name!r}"] = envelope(hash_name=hash_name, signed_hash=hash_name)
        cases[f"hash {hash_name!r}, not signed"] = envelope(hash_name=hash_name)
    for hash_name in (
        b"",
        b"SHA512",
        b"sha512\0",
        b"sha512\0\0",
        b"sha512,sha256",
        b"sha-512",
        b"sha*",
        b"!sha1",
        b"sha256",
    ):
        cases[f"hash named {hash_name!r}"] = envelope(hash_name=hash_name)
    for position in range(0, len(good), 23):
        cases[f"flipped bit {position}"] = good[:position] + bytes([good[position] ^ 1]) + good[position + 1 :]
    for length in (1, 9, 10, 13, 14, 65, 66, 84, 88, 98, 102, len(good) - 1):
        cases[f"cut at {length}"] = good[:length]
    return cases


def randomly(seed: int) -> bytes:
    """A signature with something random done to it, half of the time below the armour; the seed says what."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    data = bytearray(envelope() if chance.random() < 0.5 else armoured(envelope()))
    is_armoured = data.startswith(BEGIN)
    pieces = (b"\0", b" ", b"\n", b"\r\n", b"=", b"A", BEGIN, END, b"\xff", string(b""), string(b"sha256"), b"\0\0\0\1")
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        position = chance.randrange(len(data) + 1)
        match chance.randrange(5):
            case 0 if position < len(data):
                data[position] ^= 1 << chance.randrange(8)
            case 1:
                data[position:position] = chance.choice(pieces)
            case 2:
                del data[position : position + chance.choice((1, 1, 2, 4, 11))]
            case 3:
                end = min(len(data), position + chance.randrange(1, 20))
                data[position:position] = data[position:end]
            case _:
                data[position : position + 1] = bytes([chance.randrange(256)])
    return bytes(data) if is_armoured else armoured(bytes(data))


def random_cases(seed: int, number: int) -> Iterator[tuple[str, bytes]]:
    """So many random signatures from a seed on, each with how it is judged again."""
    return ((again("signature_fuzz", one), randomly(one)) for one in range(seed, seed + number))


def ours(signature: bytes) -> Verdicts:
    named = public_key_of(signature)
    return Verdicts(is_valid(DATA, signature, line_of(KEY)), named is not None and is_valid(DATA, signature, named))


class OpenSsh:
    """OpenSSH's own verdict, by ``ssh-keygen``."""

    def __init__(self, folder: Path) -> None:
        self.allowed, self.signature = folder / "allowed", folder / "signature"
        self.allowed.write_text(f"khelang {line_of(KEY)}\n", encoding="ascii")

    def verdicts(self, signature: bytes) -> Verdicts:
        self.signature.write_bytes(signature)
        known = ("verify", "-f", self.allowed, "-I", "khelang")
        return Verdicts(self._accepts(*known), self._accepts("check-novalidate"))

    def _accepts(self, *how: str | Path) -> bool:
        command = ["ssh-keygen", "-Y", *how, "-n", NAMESPACE, "-s", self.signature]
        return subprocess.run(command, input=DATA, capture_output=True, check=False).returncode == 0


def differing(signatures: Iterable[tuple[str, bytes]], openssh: OpenSsh) -> Iterator[dict[str, object]]:
    """The signatures that we judge otherwise than OpenSSH."""
    for name, signature in signatures:
        mine, theirs = ours(signature), openssh.verdicts(signature)
        if mine != theirs:
            yield {"case": name, "ours": mine, "openssh": theirs, "signature": signature[:2000].decode("latin-1")}


def refused_by_us() -> dict[str, bytes]:
    """Signatures that we refuse and some version of OpenSSH takes, by the reason.

    A scalar that is not below the order makes a second signature out of one, and RFC 8032 (5.1.7) refuses it, as
    OpenSSH does since it checks it. CR LF after the header is refused by OpenSSH 9.2 and taken by later ones. A
    signature needs no 64 kB. Nothing that we make is signed with another kind of key than Ed25519.
    """
    good = envelope()
    scalar = int.from_bytes(raw_of(good)[32:], "little")
    text = b"SSHSIG" + b"".join(map(string, (NAMESPACE.encode(), b"", b"sha512", hashlib.sha512(DATA).digest())))
    numbers = b"".join(
        string(_positive(n))
        for n in decode_dss_signature(ELLIPTIC.sign(text, ECDSA(SHA256(), deterministic_signing=True)))
    )
    point = ELLIPTIC.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    kind = b"ecdsa-sha2-nistp256"
    return {
        "scalar not below the order": armoured(
            envelope(raw=raw_of(good)[:32] + (scalar + ORDER).to_bytes(32, "little"))
        ),
        "CR LF after the header": armoured(good).replace(b"\n", b"\r\n"),
        "white space of 64 kB": armoured(good).replace(b"\n" + END, b"\n" * MAX_SIGNATURE_BYTES + END),
        "another kind of key": armoured(
            envelope(key=string(kind) + string(b"nistp256") + string(point), kind=kind, raw=numbers)
        ),
    }


def _positive(number: int) -> bytes:
    """A number that is not negative, as the SSH wire format has it."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def is_known(signature: bytes) -> bool:
    """Whether it is of a kind that OpenSSH's versions judge otherwise, or that we refuse for its size."""
    return signature.startswith(BEGIN + b"\r\n") or len(signature) > MAX_SIGNATURE_BYTES


def main() -> None:
    given = arguments(__doc__, 1000).parse_args()
    cases = [*corpus().items(), *random_cases(given.seed, given.cases)]
    with tempfile.TemporaryDirectory() as folder:
        failures = list(differing((case for case in cases if not is_known(case[1])), OpenSsh(Path(folder))))
    accepted = sum(ours(signature).expected for _, signature in cases)
    summary = {"cases": len(cases), "seed": given.seed, "accepted": accepted, "failures": failures}
    sys.stdout.write(json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
