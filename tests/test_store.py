"""The folder of releases: a crash, a full disk, two at once, or what is not ours never leaves a half release."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from khelang_opendata.files.place import write_atomically, write_files
from khelang_opendata.model.failures import EnvironmentFailure, ReleaseDamaged
from khelang_opendata.published import verify
from khelang_opendata.release import store
from tests.conftest import PLAN, ROOT, UNMEASURED, VALID, Khelang, edit_descriptor, fails, replace_in
from tests.releases import DAY, contents, correct_a_cell, index_of, publish, versions_of

KILLS = int(os.environ.get("KHELANG_KILLS", "15"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of a process")
def test_killed_releasing_leaves_no_half_and_the_next_run_works() -> None:
    """``KHELANG_KILLS=1000`` kills a thousand times."""
    command = [sys.executable, "-m", "tests.kills", "--cases", str(KILLS), "--seed", "6"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    left = json.loads(done.stdout)["left"]
    assert sum(left.values()) == KILLS
    assert any("leftovers" in state for state in left), "no kill before a step hit the writing"


def test_what_a_crash_left_is_removed(out: Path) -> None:
    """As a crash between the two renames that exchange ``latest``, and one in each writing of a file."""
    before = contents(out)
    (out / "latest").rename(out / ".old-latest")
    for name in (".unfinished-v9.0.0/data/a.csv", ".unfinished-latest/b", ".old-latest/c"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(b"half")
    for name in (".index.json.k3x8", ".feed.atom.a", ".CHANGELOG.md.b", f".{index_of(out)['name']}-v1.0.0.zip.c"):
        (out / name).write_bytes(b"half")
    assert not publish(PLAN, out).written
    assert contents(out) == before


def test_link_of_the_name_latest_is_replaced_and_not_followed(plan: Path, out: Path, tmp_path: Path) -> None:
    (out / "latest").rename(tmp_path / "elsewhere")
    (out / "latest").symlink_to(tmp_path / "elsewhere")
    before = contents(tmp_path / "elsewhere")
    correct_a_cell(plan)
    publish(plan, out)
    assert not (out / "latest").is_symlink()
    assert contents(out / "latest") == contents(out / "v1.0.1")
    assert contents(tmp_path / "elsewhere") == before
    assert [path.name for path in out.glob(".*")] == [".lock"]


def test_link_within_latest_is_replaced(out: Path) -> None:
    (out / "latest/00-README.th.md").unlink()
    (out / "latest/00-README.th.md").symlink_to("/etc/passwd")
    publish(PLAN, out)
    assert contents(out / "latest") == contents(out / "v1.0.0")


def test_second_release_at_the_same_time_says_so(plan: Path, khelang: Khelang, out: Path) -> None:
    before = contents(out)
    correct_a_cell(plan)
    with FileLock(out / ".lock"):
        for command in (["release", plan], ["withdraw", "1.0.0", "--reason", "x"]):
            done = khelang(*command, "--out", out)
            assert (done.returncode, done.stdout) == (3, b"")
            assert b"Another release is being written" in done.stderr
        assert khelang("release", plan, "--out", out, "--dry-run").returncode == 0
    assert contents(out) == before


def test_releases_at_the_same_moment_end_in_one(plan: Path, out: Path) -> None:
    correct_a_cell(plan)
    outcomes: list[Any] = []

    def attempt() -> None:
        try:
            outcomes.append(publish(plan, out).written)
        except Exception as error:
            outcomes.append(getattr(error, "code", repr(error)))

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(True) == 1
    assert set(outcomes) <= {True, False, "release_locked"}
    assert_sound(out, ["1.0.0", "1.0.1"])


def test_processes_at_the_same_moment_end_in_one(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "khelang_opendata",
        "release",
        str(PLAN),
        "--out",
        str(tmp_path / "out"),
        "--lang",
        "en",
    ]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    reported = [(process.communicate(), process.returncode) for process in processes]
    assert {code for _, code in reported} <= {0, 3}, reported
    assert sum(b"Released version" in printed for (printed, _), _ in reported) == 1
    assert_sound(tmp_path / "out", ["1.0.0"])


def assert_sound(out: Path, versions: list[str]) -> None:
    """Every release, its archive and ``latest`` are whole, and nothing hidden is left."""
    assert versions_of(out) == versions
    for entry in index_of(out)["releases"]:
        assert verify(out / entry["path"]).is_whole
        assert verify(out / entry["archive"]).is_whole
    assert contents(out / "latest") == contents(out / f"v{versions[-1]}")
    assert [path.name for path in out.glob(".*")] == [".lock"]


def _out_is_a_file(out: Path) -> Path:
    out.write_text("not a folder")
    return out


def _out_is_refused(_out: Path) -> Path:
    return Path("/proc/khelang")  # the kernel lets not even root write here


@pytest.mark.parametrize("spoil", [_out_is_a_file, _out_is_refused])
def test_output_that_cannot_be_written(khelang: Khelang, tmp_path: Path, spoil: Callable[[Path], Path]) -> None:
    done = khelang("release", PLAN, "--out", spoil(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"cannot be written" in done.stderr
    assert b"Traceback" not in done.stderr


def _files_no_larger_than(size: int) -> Callable[[], None]:
    """The kernel refuses to let any file of the process grow further: a real write fails in the middle."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_disk_that_fills_up_leaves_nothing_behind(khelang: Khelang, tmp_path: Path) -> None:
    done = khelang("release", PLAN, "--out", "out", env=UNMEASURED, preexec_fn=_files_no_larger_than(50_000))
    assert done.returncode == 3
    assert b"cannot be written" in done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [".lock"]
    assert khelang("release", PLAN, "--out", "out").returncode == 0


def test_disk_that_fills_up_once_the_release_stands(plan: Path, khelang: Khelang, out: Path) -> None:
    """The archive does not fit: the release is there and whole, the tool says so, and the next run does the rest.

    Two scans that nothing compresses make it larger than any file in it.
    """
    chance = random.Random(7)  # noqa: S311 (no secret)
    names = ("scan-1", "scan-2")
    for name in names:
        (plan / f"{name}.pdf").write_bytes(chance.randbytes(2_500_000))
    about = {"format": "pdf", "mediatype": "application/pdf"}
    scans = [{"name": name, "path": f"{name}.pdf", **about} for name in names]
    edit_descriptor(plan, lambda descriptor: descriptor["resources"].extend(scans))
    before = contents(out)
    limit = _files_no_larger_than(4_000_000)
    done = khelang("release", plan, "--out", out, "--lang", "th", env=UNMEASURED, preexec_fn=limit)
    assert done.returncode == 3
    assert "ออกรุ่นใหม่ครบทุกไฟล์แล้ว" in done.stderr.decode()
    assert verify(out / "v1.0.1").is_whole
    assert {name: d for name, d in contents(out).items() if not name.startswith(("v1.0.1/", ".pending"))} == before
    assert khelang("release", plan, "--out", out).returncode == 0
    assert_sound(out, ["1.0.0", "1.0.1"])


def test_archive_that_cannot_be_written_is_reported_to_callers(
    plan: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, data: bytes) -> None:
        if path.suffix == ".zip":
            raise EnvironmentFailure("output_unwritable", path=str(path), reason="x")
        write_atomically(path, data)

    correct_a_cell(plan)
    with monkeypatch.context() as patch, fails("release_unlisted"):
        patch.setattr(store, "write_atomically", refuse)
        publish(plan, out)
    assert not publish(plan, out).written
    assert_sound(out, ["1.0.0", "1.0.1"])


def test_release_that_reads_back_otherwise_is_not_published(
    plan: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(out)
    monkeypatch.setattr(store, "differing_forms", lambda _package: ["x.xlsx"])
    correct_a_cell(plan)
    with pytest.raises(ReleaseDamaged, match=r"x\.xlsx"):
        publish(plan, out)
    assert contents(out) == before


def test_release_that_the_disk_holds_otherwise_is_not_published(
    plan: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiling(folder: Path, files: Mapping[str, bytes]) -> None:
        write_files(folder, {**files, "data/units.csv": b"other bytes"})

    before = contents(out)
    monkeypatch.setattr(store, "write_files", spoiling)
    correct_a_cell(plan)
    with pytest.raises(ReleaseDamaged, match=r"data/units\.csv"):
        publish(plan, out)
    assert contents(out) == before


@pytest.mark.parametrize("mode", [0o555, 0o000])
@pytest.mark.parametrize("dry_run", [False, True])
def test_folder_without_rights(example: Path, out: Path, mode: int, dry_run: bool) -> None:
    """Run as an unprivileged user, for root may write anywhere; only a reader sees that it is another plan."""
    before = contents(out)
    for parent in [*out.parents][:-2]:
        parent.chmod(parent.stat().st_mode | 0o055)
    out.chmod(mode)
    command = [sys.executable, "-c", _RELEASE_AS_NOBODY, str(PLAN), str(out), "dry" if dry_run else "", str(example)]
    done = subprocess.run(command, capture_output=True, env=os.environ | UNMEASURED, check=False)
    out.chmod(0o755)
    reported = "output_of_another_plan" if dry_run and mode else "output_unwritable"
    assert (done.stdout.decode(), done.stderr.decode()) == (reported, "")
    assert contents(out) == before


_RELEASE_AS_NOBODY = """
import filelock, os, sys  # filelock is loaded when files are written, which a user without rights may not do
from datetime import date
from pathlib import Path
from khelang_opendata import Package
from khelang_opendata.model.failures import KhelangError
from khelang_opendata.release import ReleaseOptions, release_package
package, out, dry = Package.load(sys.argv[1]), Path(sys.argv[2]), bool(sys.argv[3])
release_package(package, out.with_name("new"), ReleaseOptions(date(2026, 11, 22)), dry_run=True)  # imports all
package = Package.load(sys.argv[4])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    release_package(package, out, ReleaseOptions(date(2026, 11, 22)), dry_run=dry)
except KhelangError as error:
    sys.stdout.write(error.code)
"""


def test_folder_of_another_plan_is_refused(out: Path, khelang: Khelang) -> None:
    before = contents(out)
    done = khelang("release", VALID, "--out", out, "--lang", "th")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "เก็บรุ่นของ khelang-nakhon-2566-2570 ไม่ใช่ mae-thung-2561-2564" in done.stderr.decode()
    assert contents(out) == before


@pytest.mark.parametrize("name", ["CHANGELOG.md", "index.json", "feed.atom", "latest"])
def test_files_that_are_not_ours_are_not_overwritten(tmp_path: Path, name: str) -> None:
    """``--out .`` in a project with a change log of its own."""
    (tmp_path / name).write_text('{"releases": []}')
    with fails("output_unwritable", match=name):
        publish(VALID, tmp_path)
    assert (tmp_path / name).read_text() == '{"releases": []}'
    assert not list(tmp_path.glob("v*"))


def test_other_folders_beside_the_releases_are_left_alone(tmp_path: Path) -> None:
    for name in ("vendor", "v2-drafts", ".git"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("mine")
    assert publish(VALID, tmp_path).written
    for name in ("vendor", "v2-drafts", ".git"):
        assert (tmp_path / name / "file").read_text() == "mine"


def test_altered_release_stops_the_next_one(plan: Path, out: Path) -> None:
    replace_in(out / "v1.0.0/data/budgets.csv", "300000", "300001")
    correct_a_cell(plan)
    with pytest.raises(ReleaseDamaged, match=r"budgets\.csv"):
        publish(plan, out)
    assert versions_of(out) == ["1.0.0"]


@pytest.mark.parametrize("content", [b"not a manifest\n", b"", None])
def test_damaged_manifest_is_a_failure_not_a_traceback(out: Path, content: bytes | None) -> None:
    (out / "v1.0.0/manifest-sha256.txt").unlink()
    if content is not None:
        (out / "v1.0.0/manifest-sha256.txt").write_bytes(content)
    with fails("release_damaged"):
        publish(PLAN, out)


def test_release_folder_that_is_empty_is_damaged(out: Path) -> None:
    (out / "v3.0.0").mkdir()
    with fails("release_damaged"):
        publish(PLAN, out)


def test_withdrawal_survives_what_fails_after_it(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_out: Path, _version: str | None) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, fails("output_unwritable"):
        patch.setattr(store, "_sync_latest", fail)
        store.withdraw(out, "1.0.0", "ยอดผิด", DAY)
    publish(PLAN, out)
    assert index_of(out)["releases"][0]["withdrawn"]["reason"] == "ยอดผิด"
    assert not (out / "latest").exists()
