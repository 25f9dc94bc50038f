"""Signatures are judged as OpenSSH judges them, and keys are used, made or refused in words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from khelang_opendata.published import verify
from khelang_opendata.published.signature import MAX_KEY_BYTES, NAMESPACE, is_valid, read_public_key
from khelang_opendata.published.verification import SignatureState
from khelang_opendata.release.signing import generate_key, is_encrypted, signer
from tests.conftest import PLAN, ROOT, UNMEASURED, Khelang, fails, needs
from tests.signature_fuzz import (
    DATA,
    KEY,
    OTHER,
    OpenSsh,
    corpus,
    differing,
    line_of,
    ours,
    random_cases,
    refused_by_us,
)
from tests.test_trust import FILES, whole, zipped

LINE = line_of(KEY)
PRIVATE = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"
NO_KEYS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "white space": (b" \r\n\t\n", "empty"),
    "byte order mark": (b"\xef\xbb\xbf", "empty"),
    "comment": (b"# the publisher\n", "empty"),
    "two": (f"{LINE} a\n{line_of(OTHER)} b\n".encode(), "several"),
    "twice": (f"{LINE}\n{LINE}\n".encode(), "several"),
    "two by CR": (f"{LINE}\r{line_of(OTHER)}".encode(), "several"),
    "private": (PRIVATE.encode(), "private"),
    "private of PEM": (PRIVATE.replace("OPENSSH ", "").encode(), "private"),
    "private of PuTTY": (b"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nAAAA\n", "private"),
    "private after the public": (f"{LINE}\n{PRIVATE}".encode(), "private"),
    "RSA": (b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 x\n", "algorithm"),
    "ECDSA": (b"ecdsa-sha2-nistp256 AAAA x\n", "algorithm"),
    "security key": (b"sk-ssh-ed25519@openssh.com AAAA x\n", "algorithm"),
    "certificate": (b"ssh-ed25519-cert-v01@openssh.com AAAA x\n", "algorithm"),
    "options before": (f"cert-authority {LINE}\n".encode(), "public"),
    "name before": (f"khelang {LINE}\n".encode(), "public"),
    "no Base64": (b"ssh-ed25519\n", "public"),
    "cut": (LINE[:-8].encode(), "public"),
    "letter less": (LINE[:-1].encode(), "public"),
    "letter more": (f"{LINE}A".encode(), "public"),
    "trailing bytes": (f"{LINE}AAAA".encode(), "public"),
    "Base64 of another key": (b"ssh-ed25519 AAAAB3NzaC1yc2E= x\n", "public"),
    "kind in capitals": (LINE.upper().encode(), "public"),
    "signature": (corpus()["good"], "several"),
    "words": ("กุญแจ".encode(), "public"),
    "not UTF-8": (LINE.encode() + " ก".encode("cp874"), "public"),
    "UTF-16 without a mark": (LINE.encode("utf-16-le"), "public"),
    "half of UTF-16": (LINE.encode("utf-16")[:-1], "public"),
    "huge": (b"\n" * (MAX_KEY_BYTES + 1), "too_large"),
}
KEYS: dict[str, bytes] = {
    "as ssh-keygen writes it": f"{LINE} who@where\n".encode(),
    "without comment": f"{LINE}\n".encode(),
    "without line end": LINE.encode(),
    "with CR LF": f"{LINE} กองยุทธศาสตร์\r\n".encode(),
    "with blank lines and comments": f"\n# ของ อบต.\n\n  {LINE}\n\n".encode(),
    "with a byte order mark": f"{LINE}\n".encode("utf-8-sig"),
    "of Notepad in UTF-16": f"{LINE}\r\n".encode("utf-16"),
    "of Notepad in UTF-16, big endian": b"\xfe\xff" + f"{LINE}\r\n".encode("utf-16-be"),
    "with a line separator in its comment": f"{LINE} a\u2028b\n".encode(),
    "with a tab": LINE.replace(" ", "\t").encode(),
}


@pytest.fixture(scope="module")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> OpenSsh:
    return OpenSsh(tmp_path_factory.mktemp("openssh"))


@needs("ssh-keygen")
@pytest.mark.parametrize("case", corpus())
def test_signature_is_judged_as_openssh_judges_it(openssh: OpenSsh, case: str) -> None:
    assert not list(differing([(case, corpus()[case])], openssh))


def test_corpus_has_signatures_that_are_taken_and_such_that_are_not() -> None:
    taken = {case for case, signature in corpus().items() if ours(signature).expected}
    assert {"good", "text after", "spaces within", "hash b'sha256'", "version 0", "reserved"} <= taken
    assert not {"trailing byte", "key with a trailing byte", "trailing byte in the signature"} & taken
    assert not {"header without line end", "header with a space for a line end", "space before"} & taken


@needs("ssh-keygen")
def test_random_signatures_are_judged_as_openssh_judges_them(openssh: OpenSsh) -> None:
    assert not list(differing(random_cases(20261126, 40), openssh))


@pytest.mark.parametrize("case", refused_by_us())
def test_signature_that_is_refused_whatever_openssh_says(case: str) -> None:
    assert ours(corpus()["good"]).expected
    assert not any(ours(refused_by_us()[case]))


@pytest.mark.parametrize("name", KEYS)
def test_public_key_is_read_as_programs_write_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "key.pub").write_bytes(KEYS[name])
    assert read_public_key(tmp_path / "key.pub") == LINE
    assert is_valid(DATA, corpus()["good"], read_public_key(tmp_path / "key.pub"))


@pytest.mark.parametrize("name", NO_KEYS)
def test_file_that_holds_no_public_key(tmp_path: Path, name: str) -> None:
    """No key is never the same as no key asked for: an unsigned release does not pass."""
    data, variant = NO_KEYS[name]
    (tmp_path / "key.pub").write_bytes(data)
    with fails("key_unusable") as caught:
        read_public_key(tmp_path / "key.pub")
    assert caught.value.params["variant"] == variant


@pytest.mark.parametrize("name", sorted(NO_KEYS.keys() - {"not UTF-8"}))
def test_text_that_is_no_public_key(tmp_path: Path, name: str) -> None:
    text = NO_KEYS[name][0].decode("utf-8", "replace").removeprefix("\ufeff")
    with fails("key_unusable"):
        verify(zipped(tmp_path / "x"), text)


def test_command_refuses_a_file_that_holds_no_public_key(khelang: Khelang, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x")
    (tmp_path / "empty.pub").write_bytes(b"")
    os.mkfifo(tmp_path / "fifo.pub")
    for name in ("empty.pub", "fifo.pub", "/dev/zero", ".", "missing.pub"):
        for language in ("th", "en"):
            done = khelang("verify", path, "--public-key", name, "--lang", language)
            assert (done.returncode, done.stdout) == (2, b""), name
            assert name.encode() in done.stderr
            assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("junk", ["", " ", "\n", "None", b"", b"ssh-ed25519", 0, False, (), []])
def test_library_does_not_take_junk_for_no_key(tmp_path: Path, junk: object) -> None:
    path = zipped(tmp_path / "x")
    assert verify(path).is_whole
    with fails("key_unusable"):
        verify(path, junk)  # type: ignore[arg-type]


def test_with_a_key_only_its_signature_is_enough(khelang: Khelang, tmp_path: Path) -> None:
    ours = generate_key(tmp_path / "ours", None, "ours")
    theirs = generate_key(tmp_path / "theirs", None, "theirs")
    manifest = FILES["manifest-sha256.txt"]
    signed = {**FILES, "manifest-sha256.txt.sig": signer(tmp_path / "ours", None)(manifest)}
    spoilt = {**FILES, "manifest-sha256.txt.sig": b"spoilt"}
    cases = [
        (signed, ours, SignatureState.VALID, 0),
        (signed, None, SignatureState.KEY_UNKNOWN, 0),
        (signed, theirs, SignatureState.INVALID, 1),
        (FILES, ours, SignatureState.MISSING, 1),
        (FILES, None, SignatureState.NONE, 0),
        (spoilt, ours, SignatureState.INVALID, 1),
        (spoilt, None, SignatureState.INVALID, 1),
    ]
    for files, key, state, code in cases:
        path = zipped(tmp_path / "x", files)
        result = verify(path, read_public_key(key) if key else None)
        assert (result.signature, result.is_whole) == (state, code == 0)
        done = khelang("verify", path, *(["--public-key", key] if key else []), "--lang", "en")
        words = done.stdout.decode()
        assert done.returncode == code, words
        assert ("does not prove who made" in words) == (code == 0 and key is None)
        assert "published" not in words.replace("publisher", "")
        if code:
            assert "Consistent" not in words
    assert (
        "although a signature was expected"
        in khelang("verify", zipped(tmp_path / "x"), "--public-key", ours, "--lang", "en").stdout.decode()
    )


def test_release_without_manifest_and_with_a_key(tmp_path: Path) -> None:
    files = {name: data for name, data in FILES.items() if name != "manifest-sha256.txt"}
    assert verify(zipped(tmp_path / "x", files), LINE).signature is SignatureState.MISSING
    signed = {**files, "manifest-sha256.txt.sig": corpus()["good"]}
    assert verify(zipped(tmp_path / "x", signed), LINE).signature is SignatureState.INVALID


@pytest.fixture
def no_extra(tmp_path: Path) -> dict[str, str]:
    """An environment in which the library of the extra is not installed."""
    (tmp_path / "without").mkdir()
    (tmp_path / "without/cryptography.py").write_text("raise ModuleNotFoundError('No module named cryptography')\n")
    return {"PYTHONPATH": os.pathsep.join([str(tmp_path / "without"), str(ROOT / "src")])}


def test_without_the_extra_nothing_that_was_asked_for_passes(
    khelang: Khelang, tmp_path: Path, no_extra: dict[str, str]
) -> None:
    public = generate_key(tmp_path / "key", None, "x")
    signature = signer(tmp_path / "key", None)(FILES["manifest-sha256.txt"])
    signed = zipped(tmp_path / "x", {**FILES, "manifest-sha256.txt.sig": signature})
    commands = [
        ("verify", signed, "--public-key", public),
        ("keygen", "new"),
        ("release", PLAN, "--out", "out", "--sign", "key"),
    ]
    for command in commands:
        done = khelang(*command, "--lang", "en", env=no_extra)
        assert (done.returncode, done.stdout) == (3, b""), done.stderr.decode()
        assert b".[sign]" in done.stderr
        assert b"Traceback" not in done.stderr
    assert not list(tmp_path.glob("new*"))
    assert not (tmp_path / "out").exists()
    done = khelang("verify", signed, "--lang", "en", env=no_extra)
    assert done.returncode == 0
    assert b"not checked" in done.stdout
    assert b"does not prove who made" in done.stdout
    unsigned = khelang("verify", zipped(tmp_path / "x"), "--public-key", public, env=no_extra)
    assert unsigned.returncode == 3


@pytest.mark.parametrize("second", ["file", "folder", "link"])
def test_keygen_leaves_nothing_half_made(tmp_path: Path, second: str) -> None:
    public = tmp_path / "key.pub"
    if second == "file":
        public.write_text("another's")
    elif second == "folder":
        public.mkdir()
    else:
        public.symlink_to("nowhere")
    with fails("output_unwritable"):
        generate_key(tmp_path / "key", None, "x")
    assert [path.name for path in tmp_path.iterdir()] == ["key.pub"]
    assert second != "file" or public.read_text() == "another's"


def test_keygen_that_finds_a_private_key_makes_no_public_one(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("another's")
    with fails("output_unwritable"):
        generate_key(tmp_path / "key", None, "x")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert (tmp_path / "key").read_text() == "another's"


def test_keygen_that_finds_no_space_leaves_nothing(khelang: Khelang, tmp_path: Path) -> None:
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limit += "resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)); "
    code = limit + "from khelang_opendata.release.signing import generate_key; from pathlib import Path; "
    code += "generate_key(Path('key'), None, 'x')"
    command, environment = [sys.executable, "-c", code], os.environ | UNMEASURED
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert b"output_unwritable" in done.stderr
    assert not list(tmp_path.iterdir())


def test_comment_that_is_no_text(tmp_path: Path) -> None:
    public = generate_key(tmp_path / "key", None, "a\udcff\nb")
    assert public.read_text(encoding="utf-8").endswith(" a\\udcff b\n")
    assert read_public_key(public)


@pytest.mark.parametrize(
    ("name", "passphrase", "variant"),
    [
        ("missing", None, "unreadable"),
        (".", None, "not_file"),
        ("/dev/zero", None, "not_file"),
        ("fifo", None, "not_file"),
        ("open.pub", None, "none"),
        ("rsa", None, "none"),
        ("rsa", "x", "passphrase_needless"),
        ("words", None, "none"),
        ("empty", None, "none"),
        ("huge", None, "too_large"),
        ("open", "x", "passphrase_needless"),
        ("locked", None, "passphrase_missing"),
        ("locked", "", "passphrase_missing"),
        ("locked", "x", "passphrase_wrong"),
        ("locked", "\udcff", "passphrase_wrong"),
        ("cut", None, "none"),
    ],
)
@needs("ssh-keygen")
def test_private_key_that_cannot_be_used(tmp_path: Path, name: str, passphrase: str | None, variant: str) -> None:
    generate_key(tmp_path / "open", None, "x")
    generate_key(tmp_path / "locked", "right", "x")
    if name == "rsa":
        command = ["ssh-keygen", "-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", str(tmp_path / "rsa")]
        subprocess.run(command, check=True)
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "words").write_text("กุญแจ", encoding="utf-8")
    (tmp_path / "empty").touch()
    (tmp_path / "huge").write_bytes(b"\0" * (MAX_KEY_BYTES + 1))
    (tmp_path / "cut").write_bytes((tmp_path / "open").read_bytes()[:200])
    with fails("key_unusable") as caught:
        signer(tmp_path / name, passphrase)(b"x")
    assert caught.value.params["variant"] == variant
    assert is_encrypted(tmp_path / name) == (name == "locked")


def test_release_with_a_key_that_cannot_be_used_makes_nothing(khelang: Khelang, tmp_path: Path) -> None:
    for name in ("missing", "/dev/zero", PLAN / "datapackage.json"):
        done = khelang("release", PLAN, "--out", "out", "--sign", name, "--lang", "en")
        assert (done.returncode, done.stdout) == (2, b"")
        assert str(name).encode() in done.stderr
        assert b"Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_namespace_is_that_of_the_documents() -> None:
    assert f"-n {NAMESPACE} " in (ROOT / "docs/en/releases.md").read_text(encoding="utf-8")


def test_signature_of_another_manifest(tmp_path: Path) -> None:
    generate_key(tmp_path / "key", None, "x")
    other = whole({"datapackage.json": b"{}"})
    files = {**FILES, "manifest-sha256.txt.sig": signer(tmp_path / "key", None)(other["manifest-sha256.txt"])}
    result = verify(zipped(tmp_path / "x", files), read_public_key(tmp_path / "key.pub"))
    assert (result.signature, result.is_whole) == (SignatureState.INVALID, False)


def test_passphrase_that_no_key_can_have(tmp_path: Path) -> None:
    with fails("key_unusable") as caught:
        generate_key(tmp_path / "key", "half a letter: \udcff", "x")
    assert caught.value.params["variant"] == "passphrase_unfit"
    assert list(tmp_path.iterdir()) == []


def test_passphrase_needs_a_part_of_the_extra(khelang: Khelang, tmp_path: Path) -> None:
    """Keys without a passphrase work; those with one say what is missing."""
    generate_key(tmp_path / "key", "horse-battery", "x")
    (tmp_path / "without").mkdir()
    (tmp_path / "without/bcrypt.py").write_text("raise ModuleNotFoundError('No module named bcrypt')\n")
    without = {"PYTHONPATH": os.pathsep.join([str(tmp_path / "without"), str(ROOT / "src")])}
    with_passphrase = {**without, "KHELANG_KEY_PASSPHRASE": "horse-battery"}
    for command in (("keygen", "new"), ("release", PLAN, "--out", "out", "--sign", "key")):
        done = khelang(*command, "--lang", "en", env=with_passphrase)
        assert (done.returncode, done.stdout) == (3, b""), done.stderr.decode()
        assert b".[sign]" in done.stderr
    assert not (tmp_path / "new").exists()
    assert khelang("keygen", "new", env=without).returncode == 0
