"""A release: what it holds, that it is whole or absent, and that it is the same everywhere."""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from khelang_opendata import Package, Release, build_release, publish_release
from khelang_opendata.errors import ReleaseDamaged, VersionExists
from tests.conftest import PLAN, Khelang, edit_descriptor, new_issues_of, only_issue, replace_in

DAY = date(2026, 11, 22)
BOM = b"\xef\xbb\xbf"


@pytest.fixture(scope="module")
def release() -> Release:
    return build_release(Package.load(PLAN), DAY)


@pytest.fixture(scope="module")
def released(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of releases that no test may spoil."""
    out = tmp_path_factory.mktemp("out") / "releases"
    assert publish_release(release, out).written
    return out / "v1.0.0"


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_files_of_a_release(released: Path) -> None:
    files = set(contents(released))
    assert {"datapackage.json", "README.th.md", "README.en.md", "manifest-sha256.txt"} <= files
    assert {"validation-report.json", "data/projects.csv", "data/errata.csv"} <= files
    assert "schemas/anticorruption-plan/1.0.0/tables/budgets.json" in files
    assert "schemas/anticorruption-plan/1.0.0/codelists/budget_status.csv" in files


@pytest.mark.parametrize("pattern", ["data/*.csv", "schemas/**/*.csv"])
def test_every_csv_has_a_bom_and_plain_line_ends(released: Path, pattern: str) -> None:
    files = list(released.glob(pattern))
    assert len(files) >= 13
    for file in files:
        data = file.read_bytes()
        assert data.startswith(BOM)
        assert b"\r" not in data


def test_tables_hold_what_the_package_holds(released: Path) -> None:
    for source in PLAN.glob("data/*.csv"):
        with (
            source.open(encoding="utf-8-sig", newline="") as before,
            (released / "data" / source.name).open(encoding="utf-8-sig", newline="") as after,
        ):
            assert list(csv.reader(before)) == list(csv.reader(after))


def test_descriptor_declares_every_table_s_size_and_hash(released: Path) -> None:
    descriptor = json.loads((released / "datapackage.json").read_text(encoding="utf-8"))
    assert (descriptor["version"], descriptor["created"]) == ("1.0.0", "2026-11-22T00:00:00Z")
    assert all(entry["bytes"] and entry["hash"].startswith("sha256:") for entry in descriptor["resources"])
    assert new_issues_of(released) == []


def test_an_altered_table_is_found_by_its_hash(released: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(released, tmp_path / "copy"))
    replace_in(copy / "data/budgets.csv", "300000", "300001")
    assert "hash_mismatch" in [i.code for i in new_issues_of(copy)]


def test_frictionless_finds_the_release_valid(released: Path) -> None:
    command = [str(Path(sys.executable).with_name("frictionless")), "validate", str(released / "datapackage.json")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_manifest_satisfies_sha256sum(released: Path) -> None:
    command = ["sha256sum", "--check", "--strict", "--quiet", "manifest-sha256.txt"]
    assert subprocess.run(command, cwd=released, check=False).returncode == 0
    listed = {line.split("  ", 1)[1] for line in (released / "manifest-sha256.txt").read_text().splitlines()}
    assert listed == set(contents(released)) - {"manifest-sha256.txt"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("README.th.md", ["22 พฤศจิกายน 2569", "ข้อขัดแย้งในเอกสารต้นฉบับ", "UTF-8-BOM", "เทศบาลเมืองเขลางค์นคร. (2569)"]),
        ("README.en.md", ["released 2026-11-22", "Contradictions of the source document", "not official names"]),
    ],
)
def test_readme_tells_what_a_journalist_needs(released: Path, name: str, words: list[str]) -> None:
    text = (released / name).read_text(encoding="utf-8")
    for word in [*words, "Creative Commons Attribution 4.0", "data/budgets.csv", "105,000".translate(THAI), "463000"]:
        assert word in text


THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def test_markup_in_a_cell_stays_text_in_the_readme(plan: Path) -> None:
    replace_in(plan / "data/errata.csv", "ผลรวมของโครงการ", "<script>alert(1)</script> | *ผลรวม*")
    text = build_release(Package.load(plan), DAY).files["README.th.md"].decode()
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \\| \\*ผลรวม\\*" in text


def test_index_names_the_release(released: Path, release: Release) -> None:
    index = json.loads((released.parent / "index.json").read_text(encoding="utf-8"))
    assert index["latest"] == "1.0.0"
    (entry,) = index["releases"]
    assert (entry["path"], entry["released_on"], entry["content"]) == ("v1.0.0/", "2026-11-22", release.content)


def test_same_package_and_day_give_the_same_bytes_elsewhere(plan: Path, released: Path, khelang: Khelang) -> None:
    """Another folder, process, time zone and locale, and CRLF files as Excel writes them."""
    for table in plan.glob("data/*.csv"):
        table.write_bytes(BOM + table.read_bytes().replace(b"\n", b"\r\n"))
    env = {"TZ": "Asia/Bangkok", "LC_ALL": "C", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1795305600"}
    assert khelang("release", plan, "--out", "elsewhere", env=env).returncode == 0
    assert contents(plan.parent / "elsewhere/v1.0.0") == contents(released)


def test_unchanged_content_writes_nothing_even_on_another_day(released: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in released.parent.rglob("*")}
    outcome = publish_release(build_release(Package.load(PLAN), date(2027, 1, 1)), released.parent)
    assert (outcome.version, outcome.written) == ("1.0.0", False)
    assert {path: path.stat().st_mtime_ns for path in released.parent.rglob("*")} == before


def test_changed_content_never_overwrites_a_version(plan: Path, release: Release, tmp_path: Path) -> None:
    publish_release(release, tmp_path / "out")
    before = contents(tmp_path / "out")
    replace_in(plan / "data/units.csv", "Finance Division", "Division of Finance")
    changed = build_release(Package.load(plan), DAY)
    with pytest.raises(VersionExists):
        publish_release(changed, tmp_path / "out")
    assert contents(tmp_path / "out") == before


def test_raised_version_is_released_beside_the_old_one(plan: Path, release: Release, tmp_path: Path) -> None:
    publish_release(release, tmp_path / "out")
    old = contents(tmp_path / "out/v1.0.0")
    edit_descriptor(plan, lambda d: d.update(version="1.0.1"))
    assert publish_release(build_release(Package.load(plan), DAY), tmp_path / "out").written
    assert contents(tmp_path / "out/v1.0.0") == old
    index = json.loads((tmp_path / "out/index.json").read_text(encoding="utf-8"))
    assert [entry["version"] for entry in index["releases"]] == ["1.0.0", "1.0.1"]
    assert index["latest"] == "1.0.1"


def test_dry_run_writes_nothing(khelang: Khelang, tmp_path: Path) -> None:
    done = khelang("release", PLAN, "--out", "out", "--dry-run")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Would release version 1.0.0" in done.stdout
    assert not (tmp_path / "out").exists()


def test_package_with_errors_is_refused_with_its_report(plan: Path, khelang: Khelang) -> None:
    replace_in(plan / "data/projects.csv", "-P01,1,", "-P01,one,")
    done = khelang("release", plan, "--out", "out", "--lang", "th")
    assert (done.returncode, done.stdout) == (1, b"")
    assert "ไม่ใช่จำนวนเต็ม" in done.stderr.decode()
    assert not (plan.parent / "out").exists()


@pytest.mark.parametrize("day", ["2569-11-22", "22/11/2026", "tomorrow"])
def test_day_that_is_none_is_wrong_usage(khelang: Khelang, day: str) -> None:
    done = khelang("release", PLAN, "--released-on", day)
    assert (done.returncode, done.stdout) == (2, b"")
    assert day.encode() in done.stderr


def test_index_lost_after_a_crash_is_made_again(release: Release, tmp_path: Path) -> None:
    publish_release(release, tmp_path)
    index = (tmp_path / "index.json").read_bytes()
    for damaged in (None, b'{"half', b"[]", b'{"releases": 3}'):
        (tmp_path / "index.json").unlink()
        if damaged is not None:
            (tmp_path / "index.json").write_bytes(damaged)
        assert not publish_release(release, tmp_path).written
        assert (tmp_path / "index.json").read_bytes() == index


def test_altered_release_outside_the_index_is_not_taken_for_whole(release: Release, tmp_path: Path) -> None:
    publish_release(release, tmp_path)
    (tmp_path / "index.json").unlink()
    replace_in(tmp_path / "v1.0.0/data/budgets.csv", "300000", "300001")
    with pytest.raises(ReleaseDamaged):
        publish_release(release, tmp_path)


def test_second_release_at_the_same_time_says_so(khelang: Khelang, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with FileLock(tmp_path / "out/.lock"):
        done = khelang("release", PLAN, "--out", "out")
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"Another release is being written" in done.stderr
    assert not (tmp_path / "out/v1.0.0").exists()


def _out_is_a_file(out: Path) -> Path:
    out.write_text("not a folder")
    return out


def _out_is_refused(_out: Path) -> Path:
    return Path("/proc/khelang")  # the kernel lets not even root write here


@pytest.mark.parametrize("spoil", [_out_is_a_file, _out_is_refused])
def test_output_that_cannot_be_written(khelang: Khelang, tmp_path: Path, spoil: Callable[[Path], Path]) -> None:
    done = khelang("release", PLAN, "--out", spoil(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"nothing was released" in done.stderr
    assert b"Traceback" not in done.stderr


def test_disk_that_fills_up_leaves_nothing_behind(khelang: Khelang, tmp_path: Path) -> None:
    """The kernel refuses to let any file of the process grow past 50 kB: a real write fails in the middle."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    done = khelang("release", PLAN, "--out", "out", preexec_fn=limit)
    assert done.returncode == 3
    assert b"nothing was released" in done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [".lock"]
    assert khelang("release", PLAN, "--out", "out").returncode == 0


def test_killed_release_leaves_no_half_and_the_next_run_works(tmp_path: Path, release: Release) -> None:
    """Kill the process at ever later moments of its writing; what stands is nothing or the whole."""
    command = [sys.executable, "-c", _RELEASE_IN_A_LOOP, str(PLAN), str(tmp_path / "out"), str(tmp_path / "go")]
    interrupted = 0
    for attempt in range(12):
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        (tmp_path / "go").unlink(missing_ok=True)
        process = subprocess.Popen(command)
        while not (tmp_path / "go").exists():
            time.sleep(0.001)
        time.sleep(0.004 * attempt)
        process.kill()
        process.wait()
        left = {path.name for path in (tmp_path / "out").glob("*")} if (tmp_path / "out").is_dir() else set()
        interrupted += "index.json" not in left
        if "v1.0.0" in left:
            assert contents(tmp_path / "out/v1.0.0") == dict(release.files)
        publish_release(release, tmp_path / "out")
        assert contents(tmp_path / "out/v1.0.0") == dict(release.files)
        assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [".lock", "index.json", "v1.0.0"]
    assert interrupted, "no kill came before the end: the test proves nothing"


_RELEASE_IN_A_LOOP = """
import sys, pathlib, datetime
from khelang_opendata import Package, build_release, publish_release
plan, out, go = map(pathlib.Path, sys.argv[1:])
release = build_release(Package.load(plan), datetime.date(2026, 11, 22))
go.touch()
publish_release(release, out)
"""


def test_releases_at_the_same_moment_end_in_one(release: Release, tmp_path: Path) -> None:
    outcomes: list[Any] = []

    def attempt() -> None:
        try:
            outcomes.append(publish_release(release, tmp_path / "out").written)
        except Exception as error:
            outcomes.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(True) == 1
    assert all(o in (True, False) or type(o).__name__ == "ReleaseLocked" for o in outcomes)
    assert contents(tmp_path / "out/v1.0.0") == dict(release.files)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_output_folder(khelang: Khelang, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o555)
    assert khelang("release", PLAN, "--out", "out").returncode == 3


@pytest.mark.parametrize("version", ["1.0", "1.0.0-rc.1", "1.0.0\n", "../1.0.0", "๑.๐.๐"])
def test_version_that_is_no_plain_number_is_refused(plan: Path, version: str) -> None:
    edit_descriptor(plan, lambda d: d.update(version=version))
    assert only_issue(plan).params["variant"] == "property_pattern"


def test_other_folders_beside_the_releases_are_left_alone(release: Release, tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    assert publish_release(release, tmp_path).written
    assert (tmp_path / "vendor").is_dir()


def test_damaged_manifest_is_a_failure_not_a_traceback(release: Release, tmp_path: Path) -> None:
    publish_release(release, tmp_path)
    (tmp_path / "index.json").unlink()
    (tmp_path / "v1.0.0/manifest-sha256.txt").write_text("not a manifest\n")
    with pytest.raises(ReleaseDamaged):
        publish_release(release, tmp_path)
