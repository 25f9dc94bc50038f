"""``khelang fmt`` gives the tables of a package one form, lists every change, and changes no meaning."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from khelang_opendata import Package, validate
from khelang_opendata.cli import main
from khelang_opendata.files.serialize import BOM, csv_text, hash_of
from khelang_opendata.intake.canonical_form import FormChangeKind, canonical_form
from khelang_opendata.validation import family_of
from tests.conftest import EXAMPLES, PLAN

PACKAGES = [PLAN, *sorted((EXAMPLES / "valid").iterdir())]


def fmt(folder: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["fmt", str(folder), "--lang", "en", *more])


def copy_of(package: Path, folder: Path) -> Path:
    shutil.copytree(package, folder, ignore=shutil.ignore_patterns("schemas"))
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return copy_of(PLAN, tmp_path / "plan")


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.name)
def test_packages_of_the_project_have_the_form(package: Path) -> None:
    loaded = Package.load(package)
    assert not canonical_form(loaded, family_of(loaded)).files


def _spreadsheet(rows: list[list[str]]) -> bytes:
    text = "".join(";".join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in row) + "\r\n" for row in rows)
    return text.encode()


def test_a_table_as_another_program_leaves_it_becomes_what_it_was(plan: Path) -> None:
    before = content(plan)
    header, *rows = rows_of(before["data/budgets.csv"])
    random.Random(7).shuffle(rows)  # noqa: S311 (not for secrets)
    mixed = [[*reversed(row)] for row in (header, *rows[:20], [""] * len(header), *rows[20:])]
    (plan / "data/budgets.csv").write_bytes(_spreadsheet(mixed))
    descriptor = json.loads(before["datapackage.json"])
    entry = next(r for r in descriptor["resources"] if r["name"] == "budgets")
    entry["dialect"] = {"delimiter": ";"}
    (plan / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    done = fmt(plan)
    assert done.exit_code == 0, done.output
    after = content(plan)
    header_after, *rows_after = rows_of(after["data/budgets.csv"])
    assert header_after == header
    assert Counter(map(tuple, rows_after)) == Counter(map(tuple, rows))
    assert rows_after == rows_of(before["data/budgets.csv"])[1:]
    assert after["data/budgets.csv"] == before["data/budgets.csv"]
    assert json.loads(after["datapackage.json"]) == json.loads(before["datapackage.json"])
    for line in ("columns in the order", "rows of one record", "row 22"):
        assert line in done.output
    assert "has this form already" in fmt(plan).output


def test_texts_are_as_the_rule_wants_them_and_each_change_is_listed(plan: Path) -> None:
    path = plan / "data/projects.csv"
    header, *rows = rows_of(path.read_bytes())
    at, printed = header.index("title_th"), header.index("title_printed") if "title_printed" in header else None
    right = [rows[n][at] for n in range(3)]
    rows[0][at] = f"  {right[0]} "
    rows[1][at] = right[1].replace(" ", "\u00a0").replace("ำ", "ํา") + "\u200b"
    rows[2][at] = unicodedata.normalize("NFD", right[2] + " café")
    path.write_text(csv_text([header, *rows]), encoding="utf-8")
    assert printed is None
    done = fmt(plan)
    assert done.exit_code == 0, done.output
    changed = rows_of(path.read_bytes())[1:]
    assert [row[at] for row in changed[:3]] == [*right[:2], f"{right[2]} café"]
    assert done.output.count("data/projects.csv, row ") == 3
    assert "data/projects.csv, row 2, title_th:" in done.output


def test_what_only_a_person_can_mend_stays(plan: Path) -> None:
    path = plan / "data/projects.csv"
    header, *rows = rows_of(path.read_bytes())
    rows[0][header.index("title_th")] = "่ กข"
    rows[1][header.index("start_fiscal_year_be")] = "๒๕๖๖"
    path.write_text(csv_text([header, *rows]), encoding="utf-8")
    before = path.read_bytes()
    assert fmt(plan).exit_code == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize("seed", range(12))
def test_form_is_reached_in_one_step_and_findings_stay(seed: int, tmp_path: Path) -> None:
    folder = copy_of(PACKAGES[seed % len(PACKAGES)], tmp_path / "plan")
    source = random.Random(seed)  # noqa: S311 (not for secrets)
    for path in sorted((folder / "data").glob("*.csv")):
        header, *rows = rows_of(path.read_bytes())
        if source.random() < 0.5:
            source.shuffle(rows)
        if rows and source.random() < 0.5:  # a wrong value, which is to be found before and after
            row = source.choice(rows)
            row[source.randrange(len(row))] = source.choice(["?", "๑๒", "-5", "x" * 40, "2566-13-01", "\u0e48ก"])
        order = source.sample(range(len(header)), len(header)) if source.random() < 0.3 else range(len(header))
        end = source.choice(["\n", "\r\n"])
        text = csv_text([[row[at] for at in order] for row in (header, *rows)]).replace("\n", end)
        path.write_bytes((BOM if source.random() < 0.3 else b"") + text.encode())
    before, boms = _findings(folder), {p.name: p.read_bytes()[:3] == BOM for p in (folder / "data").iterdir()}
    assert fmt(folder).exit_code == 0
    once = content(folder)
    assert _findings(folder) == before
    assert {p.name: p.read_bytes()[:3] == BOM for p in (folder / "data").iterdir()} == boms
    assert "has this form already" in fmt(folder).output
    assert content(folder) == once


def _findings(folder: Path) -> Counter[tuple[str, str | None, str | None, str | None]]:
    """The findings without their places."""
    issues = validate(folder).issues
    return Counter((i.code, i.location.resource, i.location.field, i.location.cell) for i in issues)


def test_check_lists_and_writes_nothing(plan: Path) -> None:
    path = plan / "data/units.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = content(plan)
    done = fmt(plan, "--check")
    assert done.exit_code == 1
    assert "data/units.csv: the same data" in done.output
    assert content(plan) == before


def test_hash_of_a_file_follows_it(plan: Path) -> None:
    path = plan / "data/units.csv"
    right = path.read_bytes()
    path.write_bytes(right.replace(b"\n", b"\r\n"))
    descriptor = json.loads((plan / "datapackage.json").read_bytes())
    entry = next(r for r in descriptor["resources"] if r["name"] == "units")
    entry |= {"hash": hash_of(path.read_bytes()), "bytes": len(path.read_bytes())}
    (plan / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    assert fmt(plan).exit_code == 0
    descriptor = json.loads((plan / "datapackage.json").read_bytes())
    entry = next(r for r in descriptor["resources"] if r["name"] == "units")
    assert (entry["hash"], entry["bytes"]) == (hash_of(right), len(right))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'plan_id,unit_id\n"a,b\n', "csv_malformed"),
        ("plan_id,unit_id\nก,ข\n".encode("cp874"), "encoding_not_utf8"),
        (b"plan_id,unit_id\na\n", "row_incomplete"),
        (b"plan_id,plan_id\na,b\n", "header_wrong"),
        (b"", "csv_malformed"),
    ],
)
def test_what_is_no_table_is_refused_and_nothing_changes(data: bytes, code: str, plan: Path) -> None:
    projects = plan / "data/projects.csv"
    projects.write_bytes(projects.read_bytes().replace(b"\n", b"\r\n"))
    (plan / "data/units.csv").write_bytes(data)
    before = content(plan)
    done = fmt(plan)
    assert done.exit_code == 1
    assert "data/units.csv" in done.output
    assert code in done.output
    assert content(plan) == before


def test_release_is_refused(plan: Path) -> None:
    (plan / "manifest-sha256.txt").write_text("", encoding="utf-8")
    assert fmt(plan).exit_code == 2


def test_kinds_of_changes_have_sentences_in_both_languages(plan: Path) -> None:
    path = plan / "data/units.csv"
    header, *rows = rows_of(path.read_bytes())
    rows[0][header.index("name_th")] += " "
    path.write_text(csv_text([[*reversed(r)] for r in (header, *rows, [""] * len(header))]), encoding="utf-8")
    thai = CliRunner().invoke(main, ["fmt", str(plan), "--check", "--lang", "th"]).output
    assert all(word in thai for word in ("เรียงคอลัมน์", "ลบแถวว่าง", "name_th"))
    loaded = Package.load(plan)
    kinds = {change.kind for change in canonical_form(loaded, family_of(loaded)).changes}
    assert kinds == {FormChangeKind.TEXT, FormChangeKind.COLUMNS, FormChangeKind.BLANK}
