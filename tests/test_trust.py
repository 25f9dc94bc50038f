"""Releases are verified, signed and read safely: every changed byte is found, and no archive does harm."""

from __future__ import annotations

import io
import random
import stat
import string
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from khelang_opendata.files.paths import is_safe_path
from khelang_opendata.published import archive
from khelang_opendata.published.archive import ArchiveRefused
from khelang_opendata.published.manifest import SIGNATURE
from khelang_opendata.published.signature import NAMESPACE, is_valid, public_key_of
from khelang_opendata.published.verification import Problem, ProblemKind, SignatureState, verify
from khelang_opendata.published.zip_form import zip_bytes
from khelang_opendata.release.signing import generate_key, signer
from tests.conftest import fails, needs

DAY = date(2026, 11, 22)


def whole(files: dict[str, bytes]) -> dict[str, bytes]:
    """Files with their manifest."""
    lines = (f"{sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    return {**files, "manifest-sha256.txt": "".join(lines).encode()}


DESCRIPTOR = b'{"name": "plan", "version": "1.0.0", "created": "2026-11-22T00:00:00Z"}'
FILES = whole({"datapackage.json": DESCRIPTOR, "data/units.csv": "รหัส\n1\n".encode(), "README.th.md": b"# x\n"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, data in FILES.items():
        file = tmp_path / "v1.0.0" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return tmp_path / "v1.0.0"


def zipped(folder: Path, files: dict[str, bytes] = FILES) -> Path:
    path = folder.parent / "release.zip"
    path.write_bytes(zip_bytes(files, "plan-v1.0.0", DAY))
    return path


def test_whole_release_as_folder_and_as_archive(folder: Path) -> None:
    for path in (folder, zipped(folder)):
        result = verify(path)
        assert result.is_whole
        assert (result.files, result.problems, result.signature) == (4, (), SignatureState.NONE)


def test_any_byte_changed_is_found(folder: Path) -> None:
    chance = random.Random(20261122)  # noqa: S311 (no secret)
    for name in FILES:
        for _ in range(40):
            data = bytearray((folder / name).read_bytes())
            position = chance.randrange(len(data))
            data[position] ^= chance.randrange(1, 256)
            (folder / name).write_bytes(data)
            assert not verify(folder).is_whole, (name, position)
            assert not verify(zipped(folder, {**FILES, name: bytes(data)})).is_whole
            (folder / name).write_bytes(FILES[name])


def test_each_missing_altered_and_added_file_is_named(folder: Path) -> None:
    (folder / "README.th.md").unlink()
    (folder / "datapackage.json").write_bytes(b"{ }")
    (folder / "data/.hidden").write_bytes(b"")
    assert verify(folder).problems == (
        Problem(ProblemKind.ALTERED, "datapackage.json"),
        Problem(ProblemKind.EXTRA, "data/.hidden"),
        Problem(ProblemKind.MISSING, "README.th.md"),
    )


@pytest.mark.parametrize("manifest", [b"", b"x", b"0" * 64 + b"  ../../etc/passwd\n", b"\xff\xfe", None])
def test_manifest_that_is_none(folder: Path, manifest: bytes | None) -> None:
    (folder / "manifest-sha256.txt").unlink()
    if manifest is not None:
        (folder / "manifest-sha256.txt").write_bytes(manifest)
    assert not verify(folder).is_whole


def test_nothing_there() -> None:
    with fails("package_not_found"):
        verify(Path("nowhere"))


@needs("ssh-keygen")
@pytest.mark.parametrize("passphrase", [None, "ลับ มาก"])
def test_signature_is_one_of_openssh(folder: Path, tmp_path: Path, passphrase: str | None) -> None:
    public = generate_key(tmp_path / "key", passphrase, "กองยุทธศาสตร์")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    signature = signer(tmp_path / "key", passphrase)(FILES["manifest-sha256.txt"])
    (folder / SIGNATURE).write_bytes(signature)
    (tmp_path / "allowed").write_text(f"khelang {public.read_text(encoding='utf-8')}", encoding="utf-8")
    command: list[str | Path] = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        tmp_path / "allowed",
        "-I",
        "khelang",
        "-n",
        NAMESPACE,
        "-s",
    ]
    done = subprocess.run(
        [*command, folder / SIGNATURE], input=FILES["manifest-sha256.txt"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert verify(folder, public.read_text(encoding="utf-8")).signature is SignatureState.VALID
    assert verify(folder).signature is SignatureState.KEY_UNKNOWN


@needs("ssh-keygen")
def test_openssh_s_own_signature_is_understood(tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    (tmp_path / "file").write_bytes(b"data")
    command: list[str | Path] = [
        "ssh-keygen",
        "-q",
        "-Y",
        "sign",
        "-f",
        tmp_path / "key",
        "-n",
        NAMESPACE,
        tmp_path / "file",
    ]
    subprocess.run(command, check=True, capture_output=True)
    made = (tmp_path / "file.sig").read_bytes()
    assert is_valid(b"data", made, (tmp_path / "key.pub").read_text())
    assert made == signer(tmp_path / "key", None)(b"data")


def test_signature_of_another_is_invalid(folder: Path, tmp_path: Path) -> None:
    ours = generate_key(tmp_path / "ours", None, "ours").read_text(encoding="utf-8")
    generate_key(tmp_path / "theirs", None, "theirs")
    (folder / SIGNATURE).write_bytes(signer(tmp_path / "theirs", None)(FILES["manifest-sha256.txt"]))
    result = verify(folder, ours)
    assert (result.signature, result.is_whole) == (SignatureState.INVALID, False)


def test_release_without_the_signature_that_is_expected(folder: Path, tmp_path: Path) -> None:
    key = generate_key(tmp_path / "key", None, "x").read_text(encoding="utf-8")
    assert not verify(folder, key).is_whole


def test_signature_spelt_otherwise_is_none(folder: Path, tmp_path: Path) -> None:
    """The last letter of Base64 may have bits that say nothing: A1= and A0= are the same bytes."""
    key = generate_key(tmp_path / "key", None, "x").read_text(encoding="utf-8")
    signature = signer(tmp_path / "key", None)(FILES["manifest-sha256.txt"])
    assert signature.count(b"=") == 1
    last = signature.index(b"=") - 1
    for other in string.ascii_letters + string.digits + "+/":
        spelt = signature[:last] + other.encode() + signature[last + 1 :]
        assert is_valid(FILES["manifest-sha256.txt"], spelt, key) == (spelt == signature)


def test_any_byte_of_a_signature_changed_is_found(folder: Path, tmp_path: Path) -> None:
    key = generate_key(tmp_path / "key", None, "x").read_text(encoding="utf-8")
    signature = signer(tmp_path / "key", None)(FILES["manifest-sha256.txt"])
    for position in range(0, len(signature) - 1):
        data = bytearray(signature)
        data[position] ^= 0x01
        if "".join(data.decode("latin-1").split()) != "".join(signature.decode().split()):
            assert not is_valid(FILES["manifest-sha256.txt"], bytes(data), key), position
            public_key_of(bytes(data))


def test_key_is_never_overwritten(tmp_path: Path) -> None:
    generate_key(tmp_path / "key", None, "x")
    with fails("output_unwritable"):
        generate_key(tmp_path / "key", None, "x")


@pytest.mark.parametrize("spoil", ["missing", "none", "passphrase"])
def test_key_that_cannot_be_used(tmp_path: Path, spoil: str) -> None:
    if spoil == "none":
        (tmp_path / "key").write_bytes(b"no key")
    elif spoil == "passphrase":
        generate_key(tmp_path / "key", "right", "x")
    with fails("key_unusable"):
        signer(tmp_path / "key", "wrong" if spoil == "passphrase" else None)(b"x")


def _archive(folder: Path, fill: Callable[[zipfile.ZipFile], object]) -> Path:
    path = folder.parent / "hostile.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        fill(made)
    return path


def _symlink(made: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("plan/passwd")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    made.writestr(entry, "/etc/passwd")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("fill", "variant"),
    [
        (lambda made: made.writestr("../out.csv", "x"), "unsafe_name"),
        (lambda made: made.writestr("/etc/passwd", "x"), "unsafe_name"),
        (lambda made: made.writestr("plan/..\\out.csv", "x"), "unsafe_name"),
        (lambda made: made.writestr("C:/out.csv", "x"), "unsafe_name"),
        (lambda made: made.writestr("plan//x", "x"), "unsafe_name"),
        (_symlink, "link"),
        (lambda made: [made.writestr("plan/a", "x"), made.writestr("plan/A", "y")], "repeated_name"),
        (lambda made: [made.writestr(f"plan/{i}", "") for i in range(11)], "too_many"),
        (lambda made: made.writestr("plan/bomb", b"\0" * 3_000_000), "too_large"),
    ],
    ids=["climbing", "absolute", "backslash", "drive", "empty-part", "link", "case", "many", "bomb"],
)
def test_hostile_archive_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fill: Callable[[zipfile.ZipFile], object], variant: str
) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 10)
    monkeypatch.setattr(archive, "MAX_BYTES", 2_000_000)
    with fails("archive_refused") as caught:
        verify(_archive(folder, fill))
    assert caught.value.params["variant"] == variant


def test_archive_cut_short_or_spoilt_is_refused_or_found(folder: Path) -> None:
    good = zipped(folder).read_bytes()
    chance = random.Random(1)  # noqa: S311 (no secret)
    for _ in range(300):
        data = bytearray(good[: chance.randrange(len(good))] if chance.random() < 0.3 else good)
        for _ in range(chance.randrange(1, 4)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        path = folder.parent / "spoilt.zip"
        path.write_bytes(data)
        try:
            assert bytes(data) == good or not verify(path).is_whole
        except ArchiveRefused:
            continue


def test_link_in_a_folder_is_refused(folder: Path) -> None:
    (folder / "data/link.csv").symlink_to("/etc/passwd")
    with fails("archive_refused"):
        verify(folder)


def test_archive_is_the_same_everywhere_and_opens_anywhere(folder: Path) -> None:
    made = zip_bytes(dict(reversed(FILES.items())), "plan-v1.0.0", DAY)
    assert made == zip_bytes(FILES, "plan-v1.0.0", DAY)
    with zipfile.ZipFile(io.BytesIO(made)) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(f"plan-v1.0.0/{name}") for name in FILES} == FILES


@pytest.mark.parametrize("path", ["", ".", "a/../b", "/a", "a//b", "a/", "C:/a", "a\\b", "a\0b", "a:b"])
def test_paths_that_may_not_be_read(path: str) -> None:
    assert not is_safe_path(path)


@pytest.mark.parametrize("path", ["a", "data/units.csv", "ข้อมูล/หน่วยงาน.csv", ".hidden"])
def test_paths_that_may(path: str) -> None:
    assert is_safe_path(path)
