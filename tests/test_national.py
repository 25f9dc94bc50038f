"""The national dataset: what is taken, what is refused, and what a later harvest changes."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import polars as pl
import pytest
from rdflib import DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from khelang_opendata.model.failures import KhelangError
from khelang_opendata.model.report import Severity
from khelang_opendata.model.wording import Language
from khelang_opendata.national.delta_tables import NationalDataset
from khelang_opendata.national.harvesting import Harvest
from khelang_opendata.national.judged_batches import SourceInvalid
from khelang_opendata.national.querying import QueryResult, query, question
from khelang_opendata.national.ready_questions import QUESTIONS
from khelang_opendata.render.messages import issue_texts, place_text
from khelang_opendata.validation import validate
from khelang_opendata.validation.rules.example_copies import example_of
from tests.conftest import PLAN, Khelang, edit_descriptor, fails, replace_in
from tests.national_data import DAMAGES, DAY, PAST_ERRORS, budget_in_files, gathered, state_of, valid_plans
from tests.terminals import at_a_terminal
from tests.test_cli import examples_work

DCAT, DQV = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://www.w3.org/ns/dqv#")

LATER = date(2026, 11, 29)


class Nation(NamedTuple):
    sources: Path
    out: Path
    taken: list[Path]
    first: Harvest


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Nation:
    """A harvest of damaged plans among valid ones, in folders whose names are Thai and have spaces."""
    root = tmp_path_factory.mktemp("national") / "แผน ทุกแห่ง"
    sources = root / "packages"
    plans = valid_plans(sources, len(DAMAGES) + 8)
    shutil.copytree(PLAN, sources / "khelang")
    for (damage, _), folder in zip(DAMAGES.values(), plans, strict=False):
        damage(folder)
    out = root / "dataset's"
    with patch("khelang_opendata.validation.example_of", example_of):  # as the program is, and other tests are not
        return Nation(sources, out, [*plans[len(DAMAGES) :], sources / "khelang"], gathered(sources, out))


def ask(nation: Nation, text: str) -> list[tuple[Any, ...]]:
    return query(nation.out, text).rows


def test_every_damaged_plan_is_refused_with_its_reason_and_no_other(nation: Nation) -> None:
    rows = nation.first.plans.rows
    found = {Path(key).stem: row["reason"] for key, row in rows.items()}
    names = sorted({Path(key).stem for key in rows} - {path.name for path in nation.taken})
    assert {name: found[name] for name in names} == dict(
        zip(names, (reason for _, reason in DAMAGES.values()), strict=True)
    )
    assert {row["state"] for row in rows.values() if not row["reason"]} <= {"taken", "taken_with_warnings"}
    assert all(row["reason_th"] and row["reason_en"] for row in rows.values() if row["reason"])
    assert not (nation.sources.parent / "outside.csv").exists()


def test_a_version_of_the_standard_that_is_not_known_is_refused_with_its_remedy(nation: Nation) -> None:
    said = {row["reason_en"] for row in nation.first.plans.rows.values() if row["reason"] == "source_standard"}
    known = "anticorruption-plan/1.0.0"
    assert said == {
        f"The package is of the standard anticorruption-plan/1.1.0, which is newer than this program knows ({known})",
        f"The package is of the standard anticorruption-plan/0.9.0, for which there is no way to {known}",
        f"The package is of the standard contracts/1.0.0, and not of {known}",
    }


def test_a_plan_with_errors_is_refused_with_the_place_of_the_first(nation: Nation) -> None:
    """What one reads of each is what ``khelang validate`` says of it, and nothing of a release."""
    rows = [row for row in nation.first.plans.rows.values() if row["reason"] == PAST_ERRORS]
    assert len(rows) > 20
    for row in rows:
        report = validate(row["package"])
        first = next(issue for issue in report.issues if issue.severity is Severity.ERROR)
        for language, before in (
            (Language.TH, f"{report.errors} จุด จุดแรกคือ "),
            (Language.EN, f"{report.errors}. The first: "),
        ):
            found = row[f"reason_{language}"].partition(before)[2]
            assert found == place_text(first, language) + issue_texts(first, language, report.schema).message
        assert "released" not in row["reason_en"]
        assert "ออกรุ่น" not in row["reason_th"]
    assert any("budgets row 2: " in row["reason_en"] and "สามแสน" in row["reason_en"] for row in rows)


def test_what_is_wrong_in_a_zip_file_is_named_by_the_file(tmp_path: Path) -> None:
    """And not by the folder that it is unpacked into, which is another one each time."""
    [plan] = valid_plans(tmp_path / "packages", 1)
    (plan / "datapackage.json").write_text("{", encoding="utf-8")
    archive = Path(shutil.make_archive(str(plan), "zip", plan))
    shutil.rmtree(plan)
    [row] = gathered(tmp_path / "packages", tmp_path / "out").plans.rows.values()
    wanted = f"{archive}/datapackage.json ends too early"
    assert wanted in row["reason_en"]
    ((message,),) = query(tmp_path / "out", "SELECT message_en FROM issues").rows
    assert message.startswith(wanted)


def test_a_plan_whose_first_error_no_report_lists_is_refused_with_their_number(nation: Nation) -> None:
    row = next(row for row in nation.first.plans.rows.values() if row["reason"] == PAST_ERRORS)
    report = validate(row["package"])._replace(issues=())
    texts = [SourceInvalid(report).texts(language).message for language in Language]
    assert texts == ["ข้อมูลไม่เป็นไปตามมาตรฐาน 1 จุด", "Errors against the standard: 1"]


def test_totals_are_those_of_the_files(nation: Nation) -> None:
    assert ask(nation, "SELECT sum(amount_thb) FROM budgets") == [(budget_in_files(nation.taken),)]
    rows = sum(row["rows"] for row in nation.first.plans.rows.values() if row["data_hash"])
    assert sum(sum(found.values()) for name, found in state_of(nation.out).items() if name not in SPARE) == rows
    catalog = json.loads((nation.out / "catalog.json").read_bytes())
    assert Decimal(catalog["budget_thb"]) == budget_in_files(nation.taken)
    assert catalog["plans"] == len(nation.taken) == len(catalog["changes"]["added"])
    assert len(catalog["changes"]["refused"]) == len(DAMAGES)


SPARE = ("packages", "issues")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # in rdflib itself
def test_the_catalogue_is_dcat(nation: Nation) -> None:
    graph = Graph().parse(
        data=(nation.out / "catalog.jsonld").read_bytes(), format="json-ld", publicID="https://a.th/c/"
    )
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    datasets, records = (set(graph.objects(catalogue, name)) for name in (DCAT.dataset, DCAT.record))

    def value(subject: Node | None, name: URIRef) -> Any:
        found = graph.value(subject, name, any=False)
        return found.toPython() if isinstance(found, Literal) else found

    rows = {row["plan_id"]: row for row in nation.first.plans.rows.values() if row["data_hash"]}
    versions = {value(one, DCTERMS.identifier): value(one, DCAT.version) for one in datasets}
    assert versions == {plan: row["version"] for plan, row in rows.items()}
    assert {value(one, FOAF.primaryTopic) for one in records} == datasets
    assert {value(one, DCTERMS.issued) for one in records} == {DAY}
    created = URIRef("http://purl.org/adms/changetype/created")
    assert {value(one, URIRef("http://www.w3.org/ns/adms#status")) for one in records} == {created}
    measured = graph.subjects(DQV.isMeasurementOf, URIRef("https://a.th/c/#budget_thb"))
    assert sum(value(one, DQV.value) for one in measured) == budget_in_files(nation.taken)
    for one in datasets:
        period = value(one, DCTERMS.temporal)
        assert value(period, DCAT.startDate) < value(period, DCAT.endDate)
        assert str(value(one, DCTERMS.conformsTo)).startswith("https://w3id.org/")


def test_the_catalogue_has_the_rows_of_the_table(nation: Nation) -> None:
    catalog = json.loads((nation.out / "catalog.json").read_bytes())
    stored = NationalDataset(nation.out).packages(nation.first.snapshot)
    for listed, row in zip(catalog["packages"], stored, strict=True):
        assert Decimal(listed.pop("budget_thb") or 0) == (row.pop("budget_thb") or 0)
        assert listed == {name: str(value) if isinstance(value, date) else value for name, value in row.items()}


def test_ready_questions_answer(nation: Nation) -> None:
    answers = {name: query(nation.out, question(name)) for name in QUESTIONS}
    assert all(answer.rows for answer in answers.values())
    years = answers["total_by_dimension_and_year"]
    assert sum(filter(None, _column(years, "amount_thb"))) == budget_in_files(nation.taken)
    assert sum(_column(answers["by_province"], "plans")) == len(nation.taken)
    assert sum(_column(answers["by_type"], "budget_thb")) == budget_in_files(nation.taken)
    assert len(answers["plans_that_expire"].rows) == len(nation.taken)
    ((projects, without, share),) = answers["projects_without_budget"].rows
    assert 0 < without < projects
    assert share == pytest.approx(without / projects, abs=1e-4)
    reported = json.loads((nation.out / "quality.json").read_bytes())
    assert [one["code"] for one in reported["issues"]][:1] == _column(answers["frequent_contradictions"], "code")[:1]
    assert reported["refused"][PAST_ERRORS] == sum(reason == PAST_ERRORS for _, reason in DAMAGES.values())


def _column(answer: QueryResult, name: str) -> list[Any]:
    return [row[answer.columns.index(name)] for row in answer.rows]


def test_another_engine_reads_the_tables_as_they_are(nation: Nation, tmp_path: Path) -> None:
    """Below a path without Thai letters, for which polars looks in their percent form."""
    snapshot = nation.first.snapshot
    shutil.copytree(nation.out / "tables/budgets", tmp_path / "budgets")
    frame = pl.scan_delta(str(tmp_path / "budgets"), version=snapshot.versions["budgets"])
    assert frame.select(pl.col("amount_thb").sum()).collect().item() == budget_in_files(nation.taken)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_parquet('{out}/tables/plans/*/*.parquet')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM duckdb_secrets()",
        "COPY plans TO '{out}/copied.csv'",
        "EXPORT DATABASE '{out}/exported'",
        "ATTACH '{out}/other.duckdb'",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CALL enable_logging(storage_path = '{out}/log')",
        "PRAGMA enable_profiling",
        "CREATE TABLE new AS SELECT 1",
        "CREATE TEMP TABLE new AS SELECT 1",
        "DELETE FROM plans",
        "DROP TABLE plans",
        "CHECKPOINT",
        "SELECT 1; SELECT 2",
        "",
        "SELEKT",
        "SELECT nothing FROM plans",
    ],
)
def test_a_query_reaches_the_tables_and_nothing_else(nation: Nation, text: str) -> None:
    before = sorted(nation.out.iterdir())
    with pytest.raises(KhelangError) as caught:
        query(nation.out, text.format(out=nation.out))
    assert caught.value.code in ("query_failed", "query_not_one")
    assert sorted(nation.out.iterdir()) == before


def test_a_query_ends_in_time_and_within_its_rows(nation: Nation) -> None:
    with fails("query_failed", match="more than 0.2 seconds"):
        query(nation.out, "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b", seconds=0.2)
    with fails("query_failed"):
        query(nation.out, "SELECT list(range) FROM range(10000000000)", seconds=20)
    cut = query(nation.out, "FROM range(100)", most_rows=10)
    assert (len(cut.rows), cut.is_cut) == (10, True)


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Three plans, with columns of its own in one."""
    sources = tmp_path / "packages"
    valid_plans(sources, 3)
    return sources


def test_a_later_harvest_changes_what_changed_and_keeps_what_was(few: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    gathered(few, out)
    one, two, three = sorted(few.iterdir())
    again = gathered(few, out, LATER)
    assert again.plans.changes == {}
    assert {row["last_success"] for row in again.plans.rows.values()} == {LATER}
    assert {row["changed_on"] for row in again.plans.rows.values()} == {DAY}

    before = budget_in_files([one, two, three])
    (one / "data/indicators.csv").write_bytes(
        (one / "data/indicators.csv").read_bytes().replace("ร้อยละ".encode(), "ส่วนร้อย".encode())
    )
    replace_in(two / "data/plans.csv", "TH-", "TH-X")
    shutil.rmtree(three)
    third = gathered(few, out, LATER)
    assert third.plans.changes == {str(one): "updated", str(two): "refused", str(three): "absent"}
    rows = third.plans.rows
    assert [rows[str(path)]["state"] for path in (one, two, three)] == ["taken", "refused", "absent"]
    assert [rows[str(path)]["last_success"] for path in (one, two, three)] == [LATER, LATER, LATER]
    assert query(out, "SELECT sum(amount_thb) FROM budgets").rows == [(before,)]
    ((changed,),) = query(out, "SELECT count(DISTINCT plan_id) FROM indicators WHERE label_th LIKE 'ส่วนร้อย%'").rows
    assert changed == 1

    dataset = NationalDataset(out)
    first = dataset.snapshot(1)
    assert first is not None
    assert [row["state"] for row in dataset.packages(first)] == ["taken"] * 3
    with fails("snapshot_unknown"):
        dataset.snapshot(9)


def test_a_plan_of_two_sources_counts_once_and_its_own_columns_stay(few: Path, tmp_path: Path) -> None:
    plan = min(few.iterdir())
    path = plan / "data/units.csv"
    heading, *lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{heading},x_floor", *(f"{line},๒" for line in lines)]) + "\n", encoding="utf-8")
    own = {"name": "x_floor", "type": "string", "title": "ชั้น", "title_en": "Floor", "description": "ชั้นของอาคาร"}
    edit_descriptor(
        plan,
        lambda d: next(r for r in d["resources"] if r["name"] == "units")["schema"]["fields"].append(
            {**own, "description_en": "Floor of the building"}
        ),
    )
    copy = Path(shutil.copytree(plan, few / "zz-copy"))
    out = tmp_path / "out"
    rows = gathered(few, out).plans.rows
    assert (rows[str(plan)]["reason"], rows[str(copy)]["reason"]) == ("", "plan_id_taken")
    found = query(out, "SELECT own_columns, count(*) FROM units WHERE own_columns IS NOT NULL GROUP BY 1").rows
    assert found == [('{"x_floor": "๒"}', len(lines))]


def test_the_command_reports_and_asks(few: Path, tmp_path: Path, khelang: Khelang) -> None:
    (tmp_path / "list.txt").write_text("# ทั้งหมด\npackages\nnowhere\n", encoding="utf-8")
    registry = "dla_code,lao_name_th,province_code\n4520103,เทศบาลเมืองเขลางค์นคร,TH-52\n"
    (tmp_path / "registry.csv").write_text(registry, encoding="utf-8")
    done = khelang("harvest", "list.txt", "--out", "out", "--registry", "registry.csv", "--processes", "2")
    assert (done.returncode, done.stderr) == (1, b"")
    shown = done.stdout.decode()
    assert "package_not_found" in shown
    assert "3 taken, 0 taken with warnings, 1 refused" in shown
    assert "1 local governments of the registry have no plan" in shown
    asked = khelang("national", "query", "SELECT count(*) AS plans FROM plans", "--out", "out")
    assert (asked.returncode, asked.stdout, asked.stderr) == (0, b"plans\n3\n", b"")
    asked = khelang("national", "query", "--question", "by_type", "--out", "out", "--format", "json")
    assert json.loads(asked.stdout)[0]["plans"] == 3
    assert khelang("national", "query", "--question", "by_star", "--out", "out").returncode == 2
    assert khelang("national", "query", "SELECT 1", "--out", "packages").returncode == 2
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("mine")
    refused = khelang("harvest", "packages", "--out", "mine")
    assert (refused.returncode, [*(tmp_path / "mine").iterdir()]) == (2, [tmp_path / "mine/notes.txt"])


def test_a_terminal_shows_how_many_are_done_and_nothing_else_does(few: Path, tmp_path: Path, khelang: Khelang) -> None:
    """A source that fails is done, too, so that the line moves on while others are waited for."""
    (tmp_path / "list.txt").write_text("nowhere\npackages\n", encoding="utf-8")
    code, shown = at_a_terminal("harvest", "list.txt", "--processes", "1", "--lang", "en", cwd=tmp_path)
    assert (code, re.findall(rb"\r(\d) plans checked", shown)) == (1, [b"0", b"1", b"2", b"3", b"4"])
    assert shown.count(b"\r\033[K") == 1
    code, shown = at_a_terminal("national", "site", "--lang", "en", cwd=tmp_path)
    assert code == 0
    assert b" files made" in shown
    assert b"plans checked" not in shown
    again = khelang("harvest", "list.txt")
    assert (again.returncode, again.stderr, b"plans checked" in again.stdout) == (1, b"", False)


def test_examples_in_the_help_work(khelang: Khelang, plan: Path) -> None:
    for command in ("harvest", "national", "national query"):
        examples_work(khelang, command, plan.parent)
