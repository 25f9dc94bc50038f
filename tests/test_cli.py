"""The command line as its three users meet it: languages, exit codes, clean output, help that works."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from khelang_opendata import Language, rules, validate
from khelang_opendata.cli.common import notice
from khelang_opendata.cli.validate_many import Many
from khelang_opendata.render.messages import explanation
from khelang_opendata.render.reports import ReportFormat
from khelang_opendata.validation.batch import Validated
from tests.conftest import PLAN, VALID, Khelang, edit_descriptor, replace_in
from tests.plan_documents import THREE_DIMENSIONS

KEYS = ["code", "severity", "acknowledged_by", "resource", "row", "line", "field", "cell", "params"]
TEXTS = ["message_th", "message_en", "fix_th", "fix_en"]


def test_json_report_has_the_documented_form(plan: Path, khelang: Khelang) -> None:
    replace_in(plan / "data/budgets.csv", ",300000,", ",๓๐๐๐๐๐ บาท,")
    done = khelang("validate", plan, "--format", "json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert list(report) == ["valid", "verdict", "schema", "summary", "counts", "tables", "issues", "not_judged"]
    assert report["valid"] is False
    assert report["schema"] == "anticorruption-plan/1.0.0"
    assert list(report["summary"]) == ["errors", "warnings", "acknowledged", "infos"]
    assert (report["summary"]["errors"], report["summary"]["warnings"]) == (1, 0)
    assert {"name": "projects", "rows": 45, "engine": "standard"} in report["tables"]
    (issue,) = (issue for issue in report["issues"] if issue["severity"] == "error")
    assert list(issue) == KEYS + TEXTS
    assert [issue[key] for key in KEYS[:8]] == [
        "type_wrong",
        "error",
        None,
        "budgets",
        2,
        2,
        "amount_thb",
        "๓๐๐๐๐๐ บาท",
    ]
    assert "ไม่ได้เขียนเป็นตัวเลขล้วน" in issue["message_th"]


@pytest.mark.parametrize(
    ("env", "word"),
    [
        ({"LC_ALL": "th_TH.UTF-8"}, "ผ่าน"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "th_TH.UTF-8"}, "ผ่าน"),
        ({"LC_ALL": "en_US.UTF-8"}, "Valid"),
        ({"LC_ALL": "C"}, "Valid"),
    ],
)
def test_language_is_the_locale_s(khelang: Khelang, env: dict[str, str], word: str) -> None:
    done = khelang("validate", VALID, env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith(word)


def test_failure_speaks_the_language_asked_for(khelang: Khelang) -> None:
    assert "ไม่พบโฟลเดอร์" in khelang("validate", "nowhere", "--lang", "th").stderr.decode()
    assert "There is no folder" in khelang("validate", "nowhere", "--lang", "en").stderr.decode()


def test_output_goes_to_the_file(khelang: Khelang, tmp_path: Path) -> None:
    done = khelang("validate", VALID, "--format", "json", "--output", "report.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["valid"] is True


def test_output_that_cannot_be_written_is_a_failure(khelang: Khelang) -> None:
    done = khelang("validate", VALID, "--output", "no/such/folder/report.txt")
    assert done.returncode == 3
    assert b"cannot be written" in done.stderr


def test_fail_on_warning(plan: Path, khelang: Khelang) -> None:
    replace_in(plan / "data/targets.csv", ",person,", ",persons,")
    assert khelang("validate", plan).returncode == 0
    assert khelang("validate", plan, "--fail-on", "warning").returncode == 1


def test_the_default_package_is_the_folder_datapackage(plan: Path, khelang: Khelang) -> None:
    assert khelang("validate", cwd=plan.parent).returncode == 0


def test_a_descriptor_s_path_names_its_package(khelang: Khelang) -> None:
    assert khelang("validate", VALID / "datapackage.json").returncode == 0


@pytest.mark.parametrize("args", [["validate", "--lang", "xx"], ["validate", "--format", "pdf"], ["publish"], []])
def test_wrong_usage_is_exit_code_2(khelang: Khelang, args: list[str]) -> None:
    assert khelang(*args).returncode == 2


def test_version(khelang: Khelang) -> None:
    assert re.fullmatch(rb"khelang, version \d+\.\d+\.\d+\n", khelang("--version").stdout)


@pytest.mark.parametrize("code", rules())
@pytest.mark.parametrize("language", ["th", "en"])
def test_every_rule_can_be_explained(code: str, language: str) -> None:
    text = explanation(code, Language(language))
    assert text.startswith(code)
    assert ("เหตุผล" if language == "th" else "Why") in text


def test_explain_lists_all_rules_or_refuses_an_unknown_one(khelang: Khelang) -> None:
    listed = khelang("explain").stdout.decode()
    assert [line.split()[0] for line in listed.splitlines()] == list(rules())
    assert khelang("explain", "no_such_rule").returncode == 2


def test_schema_sync_mends_a_stale_descriptor(example: Path, khelang: Khelang) -> None:
    path = example / "datapackage.json"
    before = path.read_bytes()
    replace_in(path, '"maxLength": 80', '"maxLength": 81')
    assert khelang("schema", "sync", example, "--check").returncode == 1
    assert path.read_bytes() != before
    assert khelang("schema", "sync", example).returncode == 0
    assert path.read_bytes() == before
    assert khelang("schema", "sync", example, "--check").returncode == 0
    assert validate(example).valid


def examples_work(khelang: Khelang, command: str, folder: Path) -> None:
    """Run the examples in the help of a command, in their order."""
    done = khelang(*command.split(), "--help", cwd=folder)
    assert done.returncode == 0
    examples = re.findall(r"^ +khelang (.+)$", done.stdout.decode(), flags=re.MULTILINE)
    assert examples
    for example in examples:
        args: list[str | Path] = []
        for word in shlex.split(example):
            args += ("*" in word and sorted(folder.glob(word))) or [word]
        done = khelang(*args, cwd=folder)
        assert done.returncode == 0, (example, done.stderr.decode())


@pytest.mark.parametrize("command", ["", "fmt", "validate", "release", "explain", "schema sync"])
def test_examples_in_the_help_work(khelang: Khelang, plan: Path, command: str) -> None:
    shutil.copytree(VALID, plan.parent / "my-plan")
    assert khelang("template", "-o", "plan.xlsx", "--from", plan, cwd=plan.parent).returncode == 0
    examples_work(khelang, command, plan.parent)


def test_examples_in_the_help_of_the_ways_to_a_plan_work(khelang: Khelang, tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text(THREE_DIMENSIONS.text, encoding="utf-8")
    examples_work(khelang, "extract", tmp_path)
    shutil.copytree(VALID, tmp_path / "my-plan")
    examples_work(khelang, "template", tmp_path)
    shutil.copy(tmp_path / "plan.xlsx", tmp_path / "own-table.xlsx")
    examples_work(khelang, "import", tmp_path)


def test_examples_in_the_help_of_what_is_done_with_releases_work(khelang: Khelang, plan: Path) -> None:
    examples_work(khelang, "keygen", plan.parent)
    assert khelang("release", "--sign", "signing-key", cwd=plan.parent).returncode == 0
    change = ("release", "--sign", "signing-key", "--minor", "--note", "ทดสอบ")
    edit_descriptor(plan, lambda descriptor: descriptor["keywords"].append("ทดสอบ"))
    assert khelang(*change, cwd=plan.parent).returncode == 0
    assert (plan.parent / "releases/v1.1.0").is_dir()
    (plan.parent / "lampang").mkdir()
    shutil.copytree(plan.parent / "releases", plan.parent / "lampang/khelang/releases")
    for command in ("verify", "diff", "site", "export", "evidence", "withdraw"):
        examples_work(khelang, command, plan.parent)


def test_terminal_in_the_thai_windows_code_page_shows_thai(khelang: Khelang) -> None:
    """A pipe gets UTF-8 whatever the console's encoding is."""
    done = khelang("validate", PLAN, "--lang", "th", env={"PYTHONIOENCODING": "cp874"})
    assert done.stdout.decode("utf-8").splitlines()[-1].startswith("ผ่าน")


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    """Three packages: a valid one, one with an error, and one that is not there; two have folders of one name."""
    paths = [tmp_path / "a/plan", tmp_path / "b/plan", tmp_path / "nowhere"]
    for path in paths[:2]:
        shutil.copytree(VALID, path)
    replace_in(paths[1] / "data/units.csv", "division", "devision")
    return paths


def test_several_packages_each_with_its_report_then_a_summary(khelang: Khelang, three: list[Path]) -> None:
    done = khelang("validate", *three, "--lang", "en")
    text = done.stdout.decode()
    assert done.returncode == 2
    assert [text.index(f"== {path}\n") for path in three] == sorted(text.index(f"== {path}\n") for path in three)
    assert "value_not_allowed" in text
    assert "There is no folder" in text
    assert (
        text.splitlines()[-1]
        == "3 packages: 1 valid (0 ready to release), 1 not valid, 1 not readable (1 errors, 0 warnings)"
    )


def test_several_packages_as_lines_of_json(khelang: Khelang, three: list[Path]) -> None:
    done = khelang("validate", *three, "--format", "json", "--processes", "1")
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [line["package"] for line in lines] == [str(path) for path in three]
    assert [line["report"]["valid"] for line in lines[:2]] == [True, False]
    assert lines[2]["failure"]["code"] == "package_not_found"
    assert b"3 " in done.stderr


@pytest.mark.parametrize("form", ["html", "csv", "sarif", "json", "text"])
def test_several_packages_into_a_folder(khelang: Khelang, three: list[Path], tmp_path: Path, form: str) -> None:
    done = khelang("validate", *three[:2], "--format", form, "--out", tmp_path / "reports", "--lang", "th")
    assert done.returncode == 1
    suffix = "txt" if form == "text" else form
    names = {path.name for path in (tmp_path / "reports").iterdir()}
    assert names == {f"plan.{suffix}", f"plan-2.{suffix}", "summary.csv"} if form != "csv" else names >= {"plan-2.csv"}
    with (tmp_path / "reports/summary.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["package"], row["valid"], row["errors"]) for row in rows] == [
        (str(three[0]), "true", "0"),
        (str(three[1]), "false", "1"),
    ]
    assert [row["report"] for row in rows] == [f"plan.{suffix}", f"plan-2.{suffix}"]


def test_package_named_as_the_summary_keeps_both(khelang: Khelang, tmp_path: Path) -> None:
    paths = [Path(shutil.copytree(VALID, tmp_path / parent / "summary")) for parent in ("a", "b")]
    assert khelang("validate", *paths, "--format", "csv", "--out", tmp_path / "reports").returncode == 0
    assert {path.name for path in (tmp_path / "reports").iterdir()} == {"summary-2.csv", "summary-3.csv", "summary.csv"}


def test_package_that_cannot_be_read_is_in_the_summary_alone(
    khelang: Khelang, three: list[Path], tmp_path: Path
) -> None:
    done = khelang("validate", *three[1:], "--out", tmp_path / "reports", "--lang", "en")
    assert done.returncode == 2
    assert b"There is no folder" not in done.stdout
    assert {path.name for path in (tmp_path / "reports").iterdir()} == {"plan.txt", "summary.csv"}
    assert b"There is no folder" in (tmp_path / "reports/summary.csv").read_bytes()


def test_package_that_is_removed_before_its_report_is_written_stops_no_other(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replace_in(plan / "data/units.csv", "division", "devision")
    report = validate(plan)
    shutil.rmtree(plan)
    many = Many(ReportFormat.TEXT, Language.EN, None, "error")
    code = many.run([plan, VALID], None, 1, None)
    assert (code, dict(many.totals)["failed"]) == (2, 1)
    assert many._take(Validated(plan, report, None)) == 2
    assert capsys.readouterr().out.count("There is no folder") == 2


@pytest.mark.parametrize("form", ["html", "csv", "sarif"])
def test_several_packages_in_a_form_of_which_one_fits_a_file(khelang: Khelang, three: list[Path], form: str) -> None:
    done = khelang("validate", *three, "--format", form, "--lang", "th")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "--out " in done.stderr.decode()


def test_engine_on_demand(khelang: Khelang) -> None:
    done = khelang("validate", VALID, "--engine", "frictionless", "--format", "json")
    assert done.returncode == 0
    assert {table["engine"] for table in json.loads(done.stdout)["tables"]} == {"frictionless"}


def test_diff_tells_and_is_no_failure(khelang: Khelang, plan: Path) -> None:
    replace_in(plan / "data/budgets.csv", ",budgeted,300000,", ",budgeted,1,")
    done = khelang("diff", PLAN, plan)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "amount_thb (Amount adopted): 300000 → 1" in done.stdout.decode()


@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown"])
def test_diff_writes_every_form(khelang: Khelang, plan: Path, tmp_path: Path, form: str) -> None:
    replace_in(plan / "data/budgets.csv", ",budgeted,300000,", ",budgeted,1,")
    printed = khelang("diff", PLAN, plan, "--format", form, "--lang", "th")
    assert khelang("diff", PLAN, plan, "--format", form, "--lang", "th", "--output", "out").returncode == 0
    assert (tmp_path / "out").read_bytes() == printed.stdout


def test_diff_refuses_with_the_reason(khelang: Khelang, plan: Path) -> None:
    file = plan / "data/units.csv"
    file.write_bytes(file.read_bytes() + file.read_bytes().splitlines(keepends=True)[-1])
    done = khelang("diff", PLAN, plan)
    assert (done.returncode, done.stdout) == (1, b"")
    assert "has the same key khelang-nakhon-2566-2570-U" in done.stderr.decode()
    assert khelang("diff", PLAN, plan / "nowhere").returncode == 2
    assert khelang("diff", PLAN).returncode == 2


def test_command_that_there_is_not_is_wrong_usage(khelang: Khelang) -> None:
    done = khelang("nonsense")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"nonsense" in done.stderr


def test_without_a_locale_in_the_environment_it_speaks_the_system_s(khelang: Khelang) -> None:
    done = khelang("validate", PLAN, env=dict.fromkeys(("LC_ALL", "LC_MESSAGES", "LANG"), ""))
    assert done.returncode == 0
    assert b"Valid and ready to release: no errors" in done.stdout


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("--to", "folder"), "publish_usage_folder"),
        (("a", "b", "c", "--to", "folder"), "publish_usage_folder"),
        (("a", "b", "--url", "https://x.example", "--org", "x"), "publish_usage_ckan"),
        (("a", "--url", "https://x.example"), "publish_usage_ckan"),
    ],
)
def test_publishing_that_lacks_a_place_is_wrong_usage(khelang: Khelang, args: tuple[str, ...], reason: str) -> None:
    done = khelang("publish", *args, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, b"")
    assert notice(reason, Language.EN)[:30] in done.stderr.decode()


def test_value_of_a_field_needs_an_equals_sign(khelang: Khelang) -> None:
    done = khelang("publish", "out", "--url", "https://x.example", "--org", "x", "--set", "objective")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"FIELD=VALUE" in done.stderr
