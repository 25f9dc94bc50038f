"""A release: what it holds, that it is the same everywhere, and that every change of it is found."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata import Package
from khelang_opendata.formats.weighted_errata import WEIGHTS
from khelang_opendata.published import verify
from khelang_opendata.published.archive import ArchiveRefused
from khelang_opendata.published.signature import NAMESPACE
from khelang_opendata.release import ReleaseOptions, build_release, draft_release
from tests.conftest import (
    PLAN,
    UNMEASURED,
    VALID,
    Khelang,
    edit_descriptor,
    fails,
    new_issues_of,
    only_issue,
    replace_in,
)
from tests.releases import DAY, NAME, contents, copied, correct_a_cell, publish
from tests.test_schemas import official_profile

BOM = b"\xef\xbb\xbf"
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
ARCHIVE = f"{NAME}-v1.0.0.zip"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of a copy of the plan outside of any repository, which no test may spoil."""
    folder = tmp_path_factory.mktemp("released")
    publish(copied(PLAN, folder / "plan"), folder / "out")
    return folder / "out/v1.0.0"


def test_files_of_a_release(released: Path) -> None:
    files = set(contents(released))
    assert {
        "datapackage.json",
        "00-README.th.md",
        "00-README.en.md",
        "LICENSE",
        "CITATION.cff",
        "metadata/provenance.json",
    } <= files
    assert {"metadata/changes.json", "CHANGES.md", "metadata/validation-report.json", "validation-report.html"} <= files
    assert {"metadata/codebook.csv", "codebook.html", f"{NAME}-flat.csv", f"totals/{NAME}-totals_by_year.csv"} <= files
    assert {f"{NAME}.xlsx", f"{NAME}.json", f"{NAME}.sqlite", "parquet/projects.parquet"} <= files
    assert {"metadata/dcat.jsonld", "metadata/schema-org.jsonld", "metadata/croissant.json"} <= files
    assert {"data/projects.csv", "data/errata.csv", "manifest-sha256.txt"} <= files
    assert "schemas/anticorruption-plan/1.0.0/tables/budgets.json" in files
    assert "schemas/anticorruption-plan/1.0.0/codelists/budget_status.csv" in files


def test_the_first_file_in_every_listing_is_the_readme(released: Path) -> None:
    """In that of a terminal, of Windows and the Mac, and of an archive, which are sorted in different ways."""
    names = [path.name for path in released.iterdir() if path.is_file()]
    for key in (str, str.lower, str.upper):
        assert sorted(names, key=key)[:2] == ["00-README.en.md", "00-README.th.md"]
    with zipfile.ZipFile(released.parent / ARCHIVE) as archive:
        assert archive.namelist()[0].endswith("/00-README.en.md")


def test_links_between_the_pages_of_a_release_lead_somewhere(released: Path) -> None:
    for page in released.glob("*.md"):
        links = re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
        for link in links:
            assert link.startswith("https://") or (released / link.partition("#")[0]).is_file(), f"{page.name}: {link}"


def test_what_only_programs_read_is_in_folders(released: Path) -> None:
    names = {path.name for path in released.iterdir() if path.is_file()}
    assert {name for name in names if name.endswith(".json")} == {"datapackage.json", f"{NAME}.json"}
    assert len(names) <= 17
    assert {path.name for path in released.iterdir() if path.is_dir()} == {
        *("data", "totals", "parquet", "metadata", "schemas")
    }


@pytest.mark.parametrize("pattern", ["data/*.csv", "schemas/**/*.csv", "totals/*.csv", "metadata/*.csv", "*.csv"])
def test_every_csv_has_a_bom_and_plain_line_ends(released: Path, pattern: str) -> None:
    files = list(released.glob(pattern))
    assert files
    for file in files:
        data = file.read_bytes()
        assert data.startswith(BOM)
        assert b"\r" not in data


def test_tables_hold_what_the_package_holds(released: Path) -> None:
    for source in PLAN.glob("data/*.csv"):
        assert records(released / "data" / source.name) == records(source)


def records(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


def test_descriptor_declares_every_file_s_size_and_hash(released: Path) -> None:
    descriptor = json.loads((released / "datapackage.json").read_text(encoding="utf-8"))
    assert (descriptor["version"], descriptor["created"]) == ("1.0.0", "2026-11-22T00:00:00Z")
    for entry in descriptor["resources"]:
        assert entry["bytes"] == (released / entry["path"]).stat().st_size
        assert entry["hash"].startswith("sha256:")
    derived = {entry["path"] for entry in descriptor["resources"] if entry.get("derived")}
    assert {f"{NAME}.xlsx", f"{NAME}.sqlite", f"{NAME}-flat.csv"} <= derived
    assert new_issues_of(released) == []


@pytest.mark.parametrize("path", ["data/budgets.csv", f"{NAME}-flat.csv"])
def test_an_altered_table_is_found_by_its_hash(released: Path, tmp_path: Path, path: str) -> None:
    copy = copied(released, tmp_path / "copy")
    replace_in(copy / path, "300000", "300001")
    assert "hash_mismatch" in [i.code for i in new_issues_of(copy)]


def test_frictionless_finds_the_release_valid(released: Path) -> None:
    command = [str(Path(sys.executable).with_name("frictionless")), "validate", str(released / "datapackage.json")]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()


def test_descriptor_satisfies_the_official_profile(released: Path) -> None:
    descriptor = json.loads((released / "datapackage.json").read_text(encoding="utf-8"))
    assert list(official_profile("datapackage").iter_errors(descriptor)) == []


def test_manifest_satisfies_sha256sum(released: Path) -> None:
    command = ["sha256sum", "--check", "--strict", "--quiet", "manifest-sha256.txt"]
    assert subprocess.run(command, cwd=released, check=False).returncode == 0
    listed = {line.split("  ", 1)[1] for line in (released / "manifest-sha256.txt").read_text().splitlines()}
    assert listed == set(contents(released)) - {"manifest-sha256.txt"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("00-README.th.md", ["22 พฤศจิกายน 2569", "ข้อคลาดเคลื่อนในเอกสารต้นฉบับ", "UTF-8-BOM", "khelang_opendata. (2569)"]),
        ("00-README.en.md", ["released 2026-11-22", "Contradictions of the source document", "not official names"]),
    ],
)
def test_readme_tells_what_a_journalist_needs(released: Path, name: str, words: list[str]) -> None:
    text = (released / name).read_text(encoding="utf-8")
    for word in [*words, "Creative Commons Attribution 4.0", "data/budgets.csv", "105,000".translate(THAI), "463,000"]:
        assert word in text


def test_errata_pages_list_all_errata_by_weight_with_how_they_are_read(released: Path) -> None:
    header, *rows = records(released / "data/errata.csv")
    errata = {row[1].rpartition("-")[2]: dict(zip(header, row, strict=True)) for row in rows}
    for language, name in (("th", "ERRATA.th.md"), ("en", "ERRATA.en.md")):
        lines = re.findall(r"^\| (E\d+) \| (.*)$", (released / name).read_text(encoding="utf-8"), re.MULTILINE)
        assert sorted(id_ for id_, _ in lines) == sorted(errata)
        weights = [errata[id_]["weight"] for id_, _ in lines]
        assert {*weights} == {*WEIGHTS}
        assert weights == sorted(weights, key=WEIGHTS.index)
        e001 = next(cells for id_, cells in lines if id_ == "E001")
        assert errata["E001"][f"reading_{language}"] in e001


@pytest.mark.parametrize("name", ["00-README.th.md", "00-README.en.md"])
def test_readme_shows_the_reasons_for_errata_of_money_that_concern_most(released: Path, name: str) -> None:
    text = (released / name).read_text(encoding="utf-8")
    shown = re.findall(r"^\| (E\d+(?: E\d+)*) \| ", text, re.MULTILINE)
    assert len(shown) == 10
    assert shown[0] == "E020", "the erratum of 14 projects and 6,513,000 baht"
    assert "E001 E002 E003 E004 E005" in shown


def test_readme_has_the_figures_that_the_tables_add_up_to(released: Path) -> None:
    header, *rows = records(released / "data/budgets.csv")
    lines = [dict(zip(header, row, strict=True)) for row in rows]
    total = sum(int(line["amount_thb"] or 0) for line in lines)
    not_said = sum(int(line["amount_thb"]) for line in lines if line["amount_basis"] == "not_said")
    text = (released / "00-README.en.md").read_text(encoding="utf-8")
    assert f"| Whole plan, fiscal years 2566-2570 B.E. | at least {total:,} | Planned, not spent." in text
    assert f"| Per year or for all years: not said | {not_said:,} |" in text
    for year in range(2566, 2571):
        amount = sum(int(line["amount_thb"] or 0) for line in lines if line["fiscal_year_be"] == str(year))
        least = "at least " if year == 2566 else ""
        assert f"| Fiscal year {year} B.E. ({year - 543}) | {least}{amount:,} |" in text
    assert "| Spent | – | This data set has no report of spending. |" in text


def test_markup_in_a_cell_stays_text_in_the_readme(plan: Path) -> None:
    replace_in(plan / "data/errata.csv", "ผลรวมของโครงการ", "<script>alert(1)</script> | *ผลรวม*")
    text = build_release(draft_release(Package.load(plan), ReleaseOptions(DAY))).files["00-README.th.md"].decode()
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \\| \\*ผลรวม\\*" in text


def test_provenance_names_roles_and_what_made_it(released: Path, plan: Path) -> None:
    reported = json.loads((released / "metadata/provenance.json").read_text(encoding="utf-8"))
    assert (reported["schema"], reported["version"], reported["approved_by"]) == (
        "anticorruption-plan/1.0.0",
        "1.0.0",
        None,
    )
    assert reported["commit"] is None
    assert f"{NAME}-E001" in reported["errata"]
    draft = draft_release(Package.load(plan), ReleaseOptions(DAY, approved_by=" ปลัดเทศบาล "))
    assert json.loads(build_release(draft).files["metadata/provenance.json"])["approved_by"] == "ปลัดเทศบาล"


@pytest.mark.parametrize("commit", ["5c" * 20, "5c" * 32])
def test_commit_is_what_the_publisher_says(plan: Path, tmp_path: Path, khelang: Khelang, commit: str) -> None:
    done = khelang("release", plan, "--out", tmp_path / "out", "--commit", commit)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads((tmp_path / "out/v1.0.0/metadata/provenance.json").read_bytes())["commit"] == commit


@pytest.mark.parametrize("commit", ["HEAD", "5c2c358", "5C" * 20, "", "5c" * 20 + "\n", "--upload-pack=x"])
def test_commit_is_a_whole_hash(plan: Path, tmp_path: Path, khelang: Khelang, commit: str) -> None:
    done = khelang("release", plan, "--out", tmp_path / "out", f"--commit={commit}", "--lang", "en")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"git rev-parse HEAD" in done.stderr
    assert not (tmp_path / "out").exists()


def test_same_package_and_day_give_the_same_bytes_elsewhere(released: Path, plan: Path, tmp_path: Path) -> None:
    """Another folder, process, user, time zone, locale, umask and hash seed, and CRLF files as Excel writes them."""
    for table in plan.glob("data/*.csv"):
        table.write_bytes(BOM + table.read_bytes().replace(b"\n", b"\r\n"))
    edit_descriptor(plan, _without_hashes)
    places = [
        {"TZ": "Asia/Bangkok", "LC_ALL": "C", "PYTHONHASHSEED": "7", "HOME": "/nonexistent", "USER": "anyone"},
        {"TZ": "America/St_Johns", "LC_ALL": "th_TH.UTF-8", "PYTHONHASHSEED": "42", "PYTHONUTF8": "0"},
    ]
    for number, place in enumerate(places):
        out = tmp_path / f"somewhere else {number}/releases"
        _release_as_another_user(plan, out, {**place, "SOURCE_DATE_EPOCH": "1795305600"}, umask=0o077 if number else 0)
        assert (out / ARCHIVE).read_bytes() == (released.parent / ARCHIVE).read_bytes()
        assert contents(out / "v1.0.0") == contents(released)


def _without_hashes(descriptor: dict[str, Any]) -> None:
    for entry in descriptor["resources"]:
        entry.pop("hash", None)
        entry.pop("bytes", None)


def _release_as_another_user(plan: Path, out: Path, env: dict[str, str], umask: int) -> None:
    """As the unprivileged user where root runs the tests and that user may read them; else as the user of the tests."""
    out.mkdir(parents=True)
    command = [sys.executable, "-m", "khelang_opendata", "release", str(plan), "--out", str(out)]
    environment = {**os.environ, **UNMEASURED, "PYTHONDONTWRITEBYTECODE": "1", **env}
    user = _NOBODY if os.geteuid() == 0 and _may_read_us(_NOBODY) else None
    if user is not None:
        for path in (plan, *plan.rglob("*"), out):
            os.chown(path, user, user)
        for parent in [*out.parents][:-2]:
            parent.chmod(0o755)
    done = subprocess.run(
        command, capture_output=True, env=environment, umask=umask, user=user, group=user, cwd=out, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


_NOBODY = 65534


def _may_read_us(user: int) -> bool:
    command = [sys.executable, "-c", "import khelang_opendata.release.store"]
    environment = os.environ | UNMEASURED
    try:
        done = subprocess.run(
            command, user=user, group=user, capture_output=True, env=environment, cwd="/", check=False
        )
        return done.returncode == 0
    except PermissionError:
        return False


def test_archive_says_nothing_of_the_machine(released: Path) -> None:
    with zipfile.ZipFile(released.parent / ARCHIVE) as archive:
        for entry in archive.infolist():
            assert entry.date_time == (2026, 11, 22, 0, 0, 0)
            assert (entry.create_system, entry.external_attr >> 16) == (3, 0o100644)
        assert {e.filename.partition("/")[2] for e in archive.infolist()} == set(contents(released))


def places(files: dict[str, bytes], chance: random.Random) -> Iterator[tuple[str, int]]:
    """Positions in every file: the first byte, the last, and some between."""
    for name, data in sorted(files.items()):
        yield from ((name, position) for position in {0, len(data) - 1, *chance.choices(range(len(data)), k=3)})


def test_any_byte_changed_in_a_release_is_found(released: Path, tmp_path: Path) -> None:
    chance = random.Random(5)  # noqa: S311 (no secret)
    copy = copied(released, tmp_path / "copy")
    changed = 0
    for name, position in places(contents(copy), chance):
        data = (copy / name).read_bytes()
        (copy / name).write_bytes(flipped(data, position, chance))
        assert not verify(copy).is_whole, (name, position)
        (copy / name).write_bytes(data)
        changed += 1
    assert changed > 300
    assert verify(copy).is_whole


def test_any_byte_changed_in_an_archive_is_found(released: Path, tmp_path: Path) -> None:
    chance = random.Random(6)  # noqa: S311 (no secret)
    data = (released.parent / ARCHIVE).read_bytes()
    copy = tmp_path / "copy.zip"
    end_of_the_files = data.index(b"PK\x01\x02")
    ranges = [range(len(data)), range(end_of_the_files, len(data)), range(100)]
    for position in {0, len(data) - 1, *(p for area in ranges for p in chance.choices(area, k=50))}:
        copy.write_bytes(flipped(data, position, chance))
        assert not is_whole(copy), position
    for other in (data + b"\0", b"\0" + data, data[:-1], data[1:]):
        copy.write_bytes(other)
        assert not is_whole(copy)


def flipped(data: bytes, position: int, chance: random.Random) -> bytes:
    return data[:position] + bytes([data[position] ^ chance.randrange(1, 256)]) + data[position + 1 :]


def is_whole(path: Path) -> bool:
    try:
        return verify(path).is_whole
    except ArchiveRefused:
        return False


def test_any_file_added_or_removed_is_found(released: Path, tmp_path: Path) -> None:
    copy = copied(released, tmp_path / "copy")
    for name, data in contents(copy).items():
        (copy / name).unlink()
        assert not verify(copy).is_whole, name
        (copy / name).write_bytes(data)
    for name in (".hidden", "data/.store", "parquet/more.parquet", "metadata/x/y", "manifest-sha256.txt~"):
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_bytes(b"")
        assert [problem.path for problem in verify(copy).problems] == [name]
        (copy / name).unlink()
    (copy / "data/link.csv").symlink_to("budgets.csv")
    assert not is_whole(copy)


@pytest.mark.parametrize("change", ["added", "removed"])
def test_file_added_to_or_removed_from_an_archive_is_found(released: Path, tmp_path: Path, change: str) -> None:
    files = contents(released)
    for name in [f"{name}.bak" for name in files] if change == "added" else list(files):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            wanted = {**files, name: b""} if change == "added" else {n: d for n, d in files.items() if n != name}
            for path, data in wanted.items():
                archive.writestr(f"{NAME}-v1.0.0/{path}", data)
        (tmp_path / "copy.zip").write_bytes(buffer.getvalue())
        found = verify(tmp_path / "copy.zip").problems
        assert [(p.kind, p.path) for p in found] == [("extra" if change == "added" else "missing", name)]


def test_signed_release_is_verified_by_us_and_by_openssh(plan: Path, khelang: Khelang, tmp_path: Path) -> None:
    secret = {"KHELANG_KEY_PASSPHRASE": "รหัส ลับ"}
    assert khelang("keygen", "key", "--comment", "กองยุทธศาสตร์", env=secret).returncode == 0
    assert khelang("keygen", "other", env=secret).returncode == 0
    for wrong in ({"KHELANG_KEY_PASSPHRASE": "ผิด"}, {"KHELANG_KEY_PASSPHRASE": ""}):
        assert khelang("release", plan, "--out", "out", "--sign", "key", env=wrong).returncode == 2
        assert not list((tmp_path / "out").glob("v*"))
    done = khelang("release", plan, "--out", "out", "--sign", "key", env=secret)
    assert done.returncode == 0, done.stderr.decode()
    for path in ("out/v1.0.0", f"out/{ARCHIVE}", "out/latest"):
        assert khelang("verify", path, "--public-key", "key.pub").returncode == 0
        assert khelang("verify", path).returncode == 0
        assert khelang("verify", path, "--public-key", "other.pub").returncode == 1
    public = (tmp_path / "key.pub").read_text(encoding="utf-8")
    (tmp_path / "allowed").write_text(f"khelang {public}", encoding="utf-8")
    manifest = (tmp_path / "out/v1.0.0/manifest-sha256.txt").read_bytes()
    command = ["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "khelang", "-n", NAMESPACE]
    command += ["-s", "out/v1.0.0/manifest-sha256.txt.sig"]
    for data, code in ((manifest, 0), (manifest + b" ", 255)):
        assert subprocess.run(command, cwd=tmp_path, input=data, capture_output=True, check=False).returncode == code
    (tmp_path / "out/v1.0.0/manifest-sha256.txt.sig").unlink()
    assert khelang("verify", "out/v1.0.0", "--public-key", "key.pub").returncode == 1


def test_release_of_a_release_tells_the_same(released: Path, tmp_path: Path) -> None:
    """A release is a package: released again, its derived files are made anew and not carried along."""
    assert not publish(released, copied(released.parent, tmp_path / "same")).written
    publish(released, tmp_path / "out")
    assert contents(tmp_path / "out/v1.0.0") == contents(released)


def test_changed_copy_of_a_release_is_released_as_a_package_is(released: Path, tmp_path: Path) -> None:
    out, copy = copied(released.parent, tmp_path / "out"), copied(released, tmp_path / "copy")
    correct_a_cell(copy)
    edit_descriptor(copy, lambda d: d.update(resources=[r for r in d["resources"] if not r.get("derived")]))
    edit_descriptor(copy, _without_hashes)
    assert publish(copy, out).version == "1.0.1"
    assert not [path for path in contents(out / "v1.0.1") if path.startswith("copy")]


def test_package_in_another_dialect_is_released_in_the_standard_one(released: Path, plan: Path, tmp_path: Path) -> None:
    """Semicolons, single quotes and UTF-8 with BOM, and files in folders of other names."""
    (plan / "tables-2566/part.1").mkdir(parents=True)
    for source in (plan / "data/units.csv", plan / "data/budgets.csv"):
        rows = records(source)
        with (plan / f"tables-2566/part.1/{source.stem}-x.csv").open("w", encoding="utf-8-sig", newline="") as lines:
            csv.writer(lines, delimiter=";", quotechar="'", lineterminator="\r\n").writerows(rows)
        source.unlink()
    edit_descriptor(plan, _in_another_dialect)
    publish(plan, tmp_path / "out")
    files = contents(tmp_path / "out/v1.0.0")
    assert set(files) == set(contents(released))
    for path in ("data/units.csv", "data/budgets.csv", "data/projects.csv"):
        assert files[path] == (released / path).read_bytes()
    assert new_issues_of(tmp_path / "out/v1.0.0") == []


def _in_another_dialect(descriptor: dict[str, Any]) -> None:
    _without_hashes(descriptor)
    for entry in descriptor["resources"]:
        if entry["name"] in ("units", "budgets"):
            entry["path"] = f"tables-2566/part.1/{entry['name']}-x.csv"
            entry["dialect"] = {"delimiter": ";", "quoteChar": "'", "lineTerminator": "\r\n"}


def test_warnings_are_reported_in_the_release_and_not_carried_to_the_next(plan: Path, tmp_path: Path) -> None:
    edit_descriptor(plan, lambda d: d.update(allowedWarnings={"count": 3, "reason": "อดีต"}))
    publish(plan, tmp_path / "out")
    assert "allowedWarnings" not in json.loads((tmp_path / "out/v1.0.0/datapackage.json").read_bytes())


def test_small_example_is_released_as_well(tmp_path: Path) -> None:
    assert publish(VALID, tmp_path / "out").version == "1.0.0"
    assert verify(tmp_path / "out/v1.0.0").is_whole


def test_plan_without_risks_is_released_as_well(example: Path, tmp_path: Path) -> None:
    for table in ("risks", "risk_factors", "risk_controls", "risk_results"):
        path = example / f"data/{table}.csv"
        path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    publish(example, tmp_path / "out")
    assert not verify(tmp_path / "out/v1.0.0").problems


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


@pytest.mark.parametrize("day", ["2569-11-22", "22/11/2026", "tomorrow", "1970-01-01"])
def test_day_that_is_none_is_wrong_usage(khelang: Khelang, tmp_path: Path, day: str) -> None:
    done = khelang("release", PLAN, "--out", "out", "--released-on", day)
    assert (done.returncode, done.stdout) == (2, b"")
    assert day.encode() in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("day", [date(1979, 12, 31), date(2108, 1, 1)])
def test_day_that_no_archive_can_bear_is_refused(day: date) -> None:
    with fails("date_invalid"):
        draft_release(Package.load(VALID), ReleaseOptions(day))


@pytest.mark.parametrize("version", ["1.0", "1.0.0-rc.1", "../1.0.0", "๑.๐.๐"])
def test_version_that_is_no_plain_number_is_refused(plan: Path, version: str) -> None:
    edit_descriptor(plan, lambda d: d.update(version=version))
    assert only_issue(plan).params["property"] == "version"


def test_version_with_a_line_break_is_shown_without_it(plan: Path) -> None:
    edit_descriptor(plan, lambda d: d.update(version="1.0.0\n"))
    assert only_issue(plan).params == {"variant": "property_meant", "property": "version", "corrected": "1.0.0"}


def test_half_a_character_in_the_descriptor_is_refused(example: Path, khelang: Khelang) -> None:
    r"""JSON may hold \ud83d, which no file in UTF-8 can."""
    edit_descriptor(example, lambda d: d.update(title="แผน"))
    replace_in(example / "datapackage.json", '"แผน"', r'"แผน \ud83d"')
    done = khelang("release", example, "--out", "out")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"datapackage.json" in done.stderr
    assert b"Traceback" not in done.stderr
    assert not (example.parent / "out").exists()


def test_nothing_is_left_of_building(released: Path) -> None:
    assert sorted(path.name for path in released.parent.iterdir()) == sorted(
        [".lock", "CHANGELOG.md", "feed.atom", "index.json", ARCHIVE, "latest", "v1.0.0"]
    )
