"""A new package from a person's facts: each is checked, nothing is invented, and nothing is written over."""

from __future__ import annotations

import csv
import errno
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from khelang_opendata import Language, validate
from khelang_opendata.cli import main
from khelang_opendata.intake.answers import answers_of, province_of, suggested_plan_id, type_disagrees
from khelang_opendata.intake.new_package import new_package, write_new_folder
from khelang_opendata.model.failures import EnvironmentFailure, UsageError
from khelang_opendata.standard.provinces import provinces
from tests.conftest import EXAMPLES, PLAN

FACTS = {
    "name-th": "องค์การบริหารส่วนตำบลบ้านใหม่",
    "name-en": "Ban Mai Subdistrict Administrative Organization",
    "type": "อบต.",
    "dla-code": "๖๕๕๐๑๐๑",
    "province": "จังหวัดน่าน",
    "district": "เวียงสา",
    "years": "๒๕๗๑ - ๒๕๗๕",
    "title": "แผนปฏิบัติการป้องกันการทุจริต (พ.ศ. ๒๕๗๑ - ๒๕๗๕)",
}


def run_init(folder: Path, facts: dict[str, str], *more: str) -> Result:
    options = [part for name, value in facts.items() for part in (f"--{name}", value)]
    return CliRunner().invoke(main, ["init", str(folder), *options, *more])


def test_new_package_lacks_nothing_but_its_content(tmp_path: Path) -> None:
    done = run_init(tmp_path / "new/plan", FACTS, "--lang", "th")
    assert done.exit_code == 0, done.output
    assert "ban-mai-2571-2575" in done.output
    report = validate(tmp_path / "new/plan")
    found = {(issue.code, issue.location.resource, issue.severity.value) for issue in report.issues}
    assert found == {("table_missing", "projects", "error"), ("table_missing", "budgets", "error")}
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["plan"]


def test_tables_are_headings_as_excel_reads_them_and_the_plan_has_what_was_given() -> None:
    files = new_package(answers_of(FACTS))
    tables = {path: data for path, data in files.items() if path.endswith(".csv")}
    assert "data/progress.csv" in tables
    for path, data in tables.items():
        rows = list(csv.reader(data.decode("utf-8-sig").splitlines()))
        assert data.startswith(b"\xef\xbb\xbf")
        assert len(rows) == (2 if path == "data/plans.csv" else 1), path
    (row,) = csv.DictReader(tables["data/plans.csv"].decode("utf-8-sig").splitlines())
    given = (row["dla_code"], row["province_code"], row["lao_type"], row["start_fiscal_year_be"], row["title_th"])
    assert given == ("6550101", "TH-55", "sao", "2571", FACTS["title"])
    assert row["announced_on"] == row["declared_project_count"] == ""


def test_nothing_of_any_other_plan_is_in_it() -> None:
    files = new_package(answers_of(FACTS))
    descriptor = json.loads(files["datapackage.json"])
    for resource in descriptor["resources"]:
        for field in resource.pop("schema")["fields"]:
            field.pop("example", None)
    text = json.dumps(descriptor, ensure_ascii=False) + files["README.md"].decode()
    text += "".join(files[path].decode() for path in files if path.endswith(".csv"))
    for folder in (PLAN, *sorted((EXAMPLES / "valid").iterdir())):
        (plan,) = csv.DictReader((folder / "data/plans.csv").read_text(encoding="utf-8-sig").splitlines())
        for name in ("plan_id", "lao_name_th", "lao_name_en", "dla_code", "title_th", "district_th"):
            assert not plan[name] or plan[name] not in text, name


@pytest.mark.parametrize(
    ("change", "variant"),
    [
        ({"type": "เมือง"}, "type"),
        ({"dla-code": "4520"}, "dla_code"),
        ({"dla-code": "6520101"}, "dla_province"),
        ({"province": "ลำปางใหม่"}, "province"),
        ({"years": "2571"}, "years"),
        ({"years": "2028-2032"}, "years"),
        ({"years": "2575-2571"}, "years"),
        ({"plan-id": "Ban Mai"}, "plan_id"),
        ({"name-th": "ก" * 501}, "name"),
        ({"name-en": "บ้านใหม่"}, "plan_id"),
    ],
)
def test_fact_that_cannot_be_is_refused_with_a_remedy(change: dict[str, str], variant: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        answers_of({**FACTS, **change})
    assert refused.value.params["variant"] == variant
    done = run_init(tmp_path / "plan", {**FACTS, **change}, "--lang", "en")
    assert done.exit_code == 2
    assert refused.value.texts(Language.EN).fix in done.output
    assert not (tmp_path / "plan").exists()


def test_missing_facts_are_named_together(tmp_path: Path) -> None:
    done = run_init(tmp_path / "plan", {"type": "sao", "years": "2571-2575"}, "--lang", "en")
    assert done.exit_code == 2
    assert "--name-th --name-en --province --district" in done.output


def test_existing_package_or_folder_stays(tmp_path: Path) -> None:
    files = new_package(answers_of(FACTS))
    write_new_folder(tmp_path / "plan", files)
    (tmp_path / "other").mkdir()
    (tmp_path / "other/note.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for folder, variant in ((tmp_path / "plan", "package"), (tmp_path / "other", "not_empty")):
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        with pytest.raises(UsageError) as refused:
            write_new_folder(folder, files)
        assert refused.value.params["variant"] == variant
        assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    with pytest.raises(UsageError):
        write_new_folder(tmp_path / "plan/inside", files)
    write_new_folder(tmp_path / "empty", files)
    assert (tmp_path / "empty/datapackage.json").read_bytes() == files["datapackage.json"]


def test_empty_folder_in_which_one_works_is_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "plan"
    folder.mkdir()
    monkeypatch.chdir(folder)
    number = folder.stat().st_ino
    done = run_init(Path(), FACTS)
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["README.md", "data", "datapackage.json"]
    assert (folder.stat().st_ino, [path.name for path in tmp_path.iterdir()]) == (number, ["plan"])


def test_folder_that_cannot_be_filled_in_stays_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def renames(part: Path, place: Path) -> None:
        if part.name == "datapackage.json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        part.replace(place)

    monkeypatch.setattr(Path, "rename", renames)
    with pytest.raises(EnvironmentFailure):
        write_new_folder(tmp_path, new_package(answers_of(FACTS)))
    assert [*tmp_path.iterdir()] == []


def test_provinces_are_found_by_name_and_code() -> None:
    assert len({province.code for province in provinces()}) == 77
    for province in provinces():
        for text in (*province, f"จังหวัด{province.name_th}", province.code[-2:]):
            assert province_of(text) == province


@pytest.mark.parametrize(
    ("name", "type_", "plan_id"),
    [
        ("Ban Mai Town Municipality", "town_municipality", "ban-mai-2571-2575"),
        ("Ban Mai Subdistrict Administrative Organisation", "sao", "ban-mai-2571-2575"),
        ("Pattaya City", "special", "pattaya-city-2571-2575"),
        ("เมือง", "special", ""),
    ],
)
def test_plan_id_is_made_of_name_and_years(name: str, type_: str, plan_id: str) -> None:
    assert suggested_plan_id(name, type_, range(2571, 2576)) == plan_id


def test_code_of_another_type_is_remarked_on_and_taken() -> None:
    assert not type_disagrees(answers_of(FACTS))
    assert type_disagrees(answers_of({**FACTS, "type": "ทต."}))


@pytest.mark.system
@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
def test_at_a_terminal_each_fact_is_asked_for_until_it_is_right(tmp_path: Path) -> None:
    from tests.terminals import at_a_terminal  # noqa: PLC0415 (POSIX)

    typed = [FACTS["name-th"], FACTS["name-en"], "บ้าน", "อบต.", "", "น่าน", "เวียงสา", FACTS["years"], "", ""]
    code, shown = at_a_terminal("init", "plan", "--lang", "th", cwd=tmp_path, typed=typed)
    assert code == 0, shown.decode()
    assert "“บ้าน” ไม่ใช่ประเภท" in shown.decode()
    (row,) = csv.DictReader((tmp_path / "plan/data/plans.csv").read_text(encoding="utf-8-sig").splitlines())
    assert (row["lao_type"], row["dla_code"], row["plan_id"]) == ("sao", "", "ban-mai-2571-2575")
