"""What people really hand in: missing, empty, half-written, wrongly encoded, and hostile packages."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from khelang_opendata import Language, issue_texts, validate
from khelang_opendata.standard.family import CURRENT
from tests.conftest import (
    UNMEASURED,
    VALID,
    Khelang,
    codes_of,
    edit_descriptor,
    issues_of,
    new_issues_of,
    only_issue,
    replace_in,
)
from tests.edits import without_rows


def test_missing_folder_is_wrong_usage(khelang: Khelang) -> None:
    done = khelang("validate", "nowhere", "--lang", "th")
    assert done.returncode == 2
    assert done.stdout == b""
    assert "ไม่พบโฟลเดอร์ nowhere" in done.stderr.decode()


def test_folder_without_descriptor(tmp_path: Path) -> None:
    issue = only_issue(tmp_path)
    assert (issue.code, issue.params["variant"]) == ("descriptor_invalid", "missing")


@pytest.mark.parametrize(
    ("content", "variant"),
    [
        (b"", "json_empty"),
        (b'{"name": "x",', "json_cut"),
        (b"[1, 2]", "not_object"),
        (b'{"name": "\xa1\xd2\xc3"}', "not_utf8"),
        (b"[" * 100_000, "too_deep"),
        (rb'{"title": "\ud83d"}', "half_character"),
    ],
    ids=["empty", "half-written", "list", "cp874", "nested", "surrogate"],
)
def test_descriptor_that_is_none(example: Path, content: bytes, variant: str) -> None:
    (example / "datapackage.json").write_bytes(content)
    issue = only_issue(example)
    assert (issue.code, issue.params["variant"]) == ("descriptor_invalid", variant)


_RIGHT = b'{\n  "name": "x",\n  "keywords": ["a", "b"],\n  "open": true\n}\n'


@pytest.mark.parametrize(
    ("part", "other", "fault"),
    [
        (b"", b"", ("json_empty", None, None)),
        (b"{", b"<html>{", ("json_page", None, None)),
        (b'"b"]', b'"b",]', ("json_comma_extra", 3, 24)),
        (b"true", b"true,", ("json_comma_extra", 4, 15)),
        (b"{\n", b"// of the plan\n{\n", ("json_comment", 1, 1)),
        (b'"a",', b'"a", /* first */', ("json_comment", 3, 21)),
        (b"true\n", b"true # for all\n", ("json_comment", 4, 16)),
        (b'"x"', "“x”".encode(), ("json_quote", 2, 11)),
        (b'"name"', b"'name'", ("json_quote", 2, 3)),
        (b"true", b"True", ("json_word", 4, 11)),
        (b"true", b"None", ("json_word", 4, 11)),
        (b'"x",', b'"x"', ("json_comma_missing", 2, 13)),
        (b'"a", ', b'"a" ', ("json_comma_missing", 3, 18)),
        (b'"x"', b'"an "x" here"', ("json_quote_inside", 2, 15)),
        (b'"x"', b'"C:\\data\\plan"'.replace(b"\\\\", b"\\"), ("json_backslash", 2, 14)),
        (b'"x"', b'"of two\nlines"', ("json_line_break", 2, 18)),
        (b'["a", "b"]', b'["a", "b]', ("json_line_break", 3, 25)),
        (b'": "x"', '"： "x"'.encode(), ("json_sign", 2, 9)),
        (b"  ", "\u00a0 ".encode(), ("json_hidden", 2, 1)),
        (b"{", "\u200b{".encode(), ("json_hidden", 1, 1)),
        (b"}\n", b"}\n}\n", ("json_more", 6, 1)),
        (b"}\n", b"}\n" + _RIGHT, ("json_more", 6, 1)),
        (b"true\n}\n", b"tru", ("not_json", 4, 11)),
        (b"\n}\n", b"", ("json_cut", 4, 14)),
        (b'"b"],\n  "open": true\n}\n', b'"b', ("json_open", 3, 21)),
        (b'"open"', b'"name"', ("json_name_repeated", None, None)),
        (b'"open"', b"open", ("not_json", 4, 3)),
    ],
)
def test_a_slip_in_a_descriptor_is_named_with_its_place(
    part: bytes, other: bytes, fault: tuple[str, int | None, int | None], example: Path
) -> None:
    content = _RIGHT.replace(part, other, 1) if part else b" \r\n"
    (example / "datapackage.json").write_bytes(content)
    found = only_issue(example)
    variant, line, column = fault
    assert (found.code, found.params["variant"]) == ("descriptor_invalid", variant)
    assert (found.params.get("line"), found.params.get("column")) == (line, column)
    for language in Language:
        texts = issue_texts(found, language, CURRENT)
        assert (str(line) in texts.message) or line is None


def test_descriptor_with_bom_is_accepted(example: Path) -> None:
    path = example / "datapackage.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert codes_of(example) == []


@pytest.mark.parametrize(
    ("name", "value", "variant"),
    [
        ("version", "1.0", "property_meant"),
        ("version", "1.0.0-rc.1", "pattern_example"),
        ("keywords", [], "empty_example"),
        ("licenses", "CC BY", "type_example"),
        ("$schema", "https://example.org/other", "property_value"),
        ("conformsTo", "anticorruption-plan/9.9.9", "schema_unknown"),
        ("resources", "all of them", "resources_type"),
    ],
)
def test_descriptor_property_that_is_wrong(example: Path, name: str, value: object, variant: str) -> None:
    edit_descriptor(example, lambda d: d.update({name: value}))
    issue = issues_of(example)[0]
    assert (issue.code, issue.params["variant"]) == ("descriptor_invalid", variant)


def test_inline_schema_that_was_loosened_is_one_issue_and_does_not_rule(example: Path) -> None:
    edit_descriptor(example, lambda d: [r["schema"].update(fields=r["schema"]["fields"][:1]) for r in d["resources"]])
    replace_in(example / "data/targets.csv", "person", "PERSON")
    assert codes_of(example) == ["descriptor_invalid", "pattern_mismatch"]
    assert issues_of(example)[0].params["variant"] == "schema_differs"


def _set_path(path: str) -> Callable[[Path], None]:
    return lambda folder: edit_descriptor(folder, lambda d: d["resources"][10].update(path=path))


def _lose(path: str) -> Callable[[Path], None]:
    """The path is another, and the table's own file is not there."""

    def spoil(folder: Path) -> None:
        _set_path(path)(folder)
        (folder / "data/risk_controls.csv").unlink()

    return spoil


def _link_out(folder: Path) -> None:
    secret = folder.parent / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    (folder / "data/risk_controls.csv").unlink()
    (folder / "data/risk_controls.csv").symlink_to(secret)


def _link_in_a_circle(folder: Path) -> None:
    (folder / "data/risk_controls.csv").unlink()
    (folder / "data/risk_controls.csv").symlink_to(folder / "data/risk_controls.csv")


def _fifo(folder: Path) -> None:
    (folder / "data/risk_controls.csv").unlink()
    os.mkfifo(folder / "data/risk_controls.csv")


@pytest.mark.parametrize(
    ("spoil", "variant"),
    [
        (_lose("https://example.org/risk_controls.csv"), "path_remote"),
        (_lose("file:///etc/passwd"), "path_remote"),
        (_lose("/etc/passwd"), "path_absolute"),
        (_lose("C:/plan/x.csv"), "path_absolute"),
        (_set_path("C:/data/risk_controls.csv"), "path_meant"),
        (_lose("../other/data/x.csv"), "path_outside"),
        (_set_path("../example/data/risk_controls.csv"), "path_meant"),
        (_lose("data\\x.csv"), "path_outside"),
        (_lose("data/x\0.csv"), "path_outside"),
        (_link_out, "path_symlink"),
        (_link_in_a_circle, "path_symlink"),
        (_lose("data"), "path_not_file"),
        (_fifo, "path_not_file"),
    ],
    ids=[
        *("url", "file-url", "absolute", "drive", "drive-meant", "climbing", "climbing-meant", "backslash", "nul"),
        *("symlink", "circle", "folder", "fifo"),
    ],
)
def test_path_that_leaves_the_package_is_not_read(example: Path, spoil: Callable[[Path], None], variant: str) -> None:
    spoil(example)
    issue = only_issue(example)
    assert (issue.code, issue.params["variant"]) == ("descriptor_invalid", variant)
    assert issue.location.resource == "risk_controls"


def test_path_longer_than_the_system_allows(example: Path) -> None:
    _set_path("data/" + "x" * 300 + ".csv")(example)
    issue = only_issue(example)
    assert (issue.code, issue.params["copy"]) == ("table_missing", "data/risk_controls.csv")


@pytest.mark.parametrize("cell", ["1e999999999", "9" * 5000])
def test_number_beyond_all_reason_ends_at_once(example: Path, cell: str) -> None:
    replace_in(example / "data/progress.csv", ",2561,6,", f",{cell},6,")
    replace_in(example / "data/errata.csv", ",2564,", f",{cell},")
    assert set(codes_of(example)) <= {"number_not_plain", "number_too_long", "value_out_of_range", "erratum_unmatched"}


def test_resource_listed_twice(example: Path) -> None:
    edit_descriptor(example, lambda d: d["resources"].append(d["resources"][0]))
    issue = only_issue(example)
    assert (issue.code, issue.params["variant"]) == ("descriptor_invalid", "resource_repeated")


def test_table_whose_file_is_gone_breaks_no_reference(example: Path) -> None:
    (example / "data/units.csv").unlink()
    issue = only_issue(example)
    assert (issue.code, issue.location.resource) == ("table_missing", "units")


@pytest.mark.parametrize(
    ("content", "code", "variant"),
    [
        (b"", "csv_malformed", "empty"),
        (b"\xef\xbb\xbf", "csv_malformed", "empty"),
        (b"\n\n\n", "csv_malformed", "empty"),
        (b"plan_id;risk_id;control_no\nx;y;1\n", "csv_malformed", "delimiter"),
        (b"plan_id\trisk_id\nx\ty\n", "csv_malformed", "delimiter"),
        (b"plan_id,risk_id\0\n", "csv_malformed", "nul"),
        (b'plan_id,risk_id\nx,"y\n', "csv_malformed", "quote"),
        (b'plan_id,risk_id\nx,"y"z\n', "csv_malformed", "quote"),
        (b'plan_id,risk_id\nx,"' + b"y" * 200_000 + b'"\n', "csv_malformed", "field_too_long"),
        ("plan_id,ชื่อ\n".encode("utf-16"), "encoding_not_utf8", "utf16"),
    ],
    ids=["empty", "bom", "blank-lines", "semicolon", "tab", "nul", "quote-open", "quote-inside", "huge-cell", "utf16"],
)
def test_file_that_is_no_table(example: Path, content: bytes, code: str, variant: str) -> None:
    (example / "data/risk_controls.csv").write_bytes(content)
    issue = only_issue(example)
    assert (issue.code, issue.params["variant"]) == (code, variant)


def test_cp874_names_the_line_and_shows_the_thai_words(example: Path) -> None:
    path = example / "data/units.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp874"))
    issue = only_issue(example)
    assert (issue.code, issue.location.line) == ("encoding_not_utf8", 2)
    assert "เทศบาล" in str(issue.params["shown"])


def test_header_only_of_a_main_table(example: Path) -> None:
    for table in ("budgets", "budget_items"):
        without_rows(example / f"data/{table}.csv")
    issue = only_issue(example)
    assert (issue.code, issue.params["variant"], issue.location.resource) == ("table_missing", "no_rows", "budgets")


def test_header_only_of_a_table_that_may_be_empty(example: Path) -> None:
    path = example / "data/risk_factors.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    assert codes_of(example) == []


def test_table_without_heading(example: Path) -> None:
    path = example / "data/units.csv"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")
    issue = only_issue(example)
    assert (issue.code, issue.params["variant"]) == ("column_missing", "no_heading")


def test_misspelt_heading_is_one_issue_that_names_the_right_one(example: Path) -> None:
    replace_in(example / "data/risk_factors.csv", "label_en", "Label_En ")
    issue = only_issue(example)
    assert (issue.code, issue.params["variant"], issue.params["corrected"]) == ("column_missing", "renamed", "label_en")


def test_empty_column_without_a_heading(example: Path) -> None:
    path = example / "data/risk_factors.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(f"{line},\n" for line in lines), encoding="utf-8")
    issue = only_issue(example)
    assert (issue.code, issue.params["variant"]) == ("column_name_invalid", "empty")


def test_columns_in_another_order_are_fine(example: Path) -> None:
    path = example / "data/risk_factors.csv"
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("".join(",".join(reversed(row)) + "\n" for row in rows), encoding="utf-8")
    assert codes_of(example) == []


@pytest.mark.parametrize("table", ["plans", "projects", "targets"])
def test_bom_and_crlf_are_accepted(example: Path, table: str) -> None:
    path = example / f"data/{table}.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert codes_of(example) == []


def test_excel_booleans_are_accepted(example: Path) -> None:
    replace_in(example / "data/dimensions.csv", "true", "TRUE")
    assert codes_of(example) == []


@pytest.mark.parametrize("cell", ["NaN", "INF", "-inf"])
@pytest.mark.parametrize(("table", "column"), [("indicators", "value"), ("budgets", "amount_thb")])
def test_a_number_that_is_none(plan: Path, table: str, column: str, cell: str) -> None:
    path = plan / f"data/{table}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        records = list(csv.DictReader(lines))
    row = next(i for i, record in enumerate(records) if record[column])
    records[row][column] = cell
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    issue = only_issue(plan)
    assert (issue.code, issue.location.row, issue.location.cell) == ("type_wrong", row + 2, cell)


def test_row_number_counts_records_and_line_counts_lines(example: Path) -> None:
    """A cell of two lines before the fault: the row is the spreadsheet's, the line the text editor's."""
    path = example / "data/risk_factors.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert not any('"' in line for line in lines)
    first = lines[1].split(",")
    second = lines[2].split(",")
    lines[1] = ",".join([*first[:3], f'"{first[3]}\n{first[3]}"', *first[4:]])
    lines[2] = ",".join([*second[:2], "two", *second[3:]])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    issue = only_issue(example)
    assert (issue.code, issue.location.row, issue.location.line) == ("type_wrong", 3, 4)


def test_missing_id_is_reported_once_with_how_often_it_is_used(plan: Path) -> None:
    path = plan / "data/units.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "-U17," not in line), encoding="utf-8")
    projects = (plan / "data/projects.csv").read_text(encoding="utf-8")
    issue, erratum = new_issues_of(plan)
    assert (issue.code, issue.location.resource, issue.location.row) == ("reference_missing", "projects", 3)
    assert issue.params["uses"] == projects.count("-U17,") > 1
    assert (erratum.code, erratum.params["variant"]) == ("erratum_record_missing", "record")


def test_shifted_row_is_one_issue(plan: Path) -> None:
    replace_in(plan / "data/projects.csv", "-P01,1,ลำดับที่ ๑,project", "-P01,1,ลำดับที่ ๑,,project")
    issue = only_issue(plan)
    assert (issue.code, issue.location.row) == ("cell_extra", 2)


def test_very_many_issues_are_counted_exactly_and_listed_in_part(example: Path) -> None:
    path = example / "data/risk_factors.csv"
    row = path.read_text(encoding="utf-8").splitlines()[1].split(",")
    with path.open("a", encoding="utf-8") as table:
        table.writelines(",".join([*row[:2], f"x{n}", *row[3:]]) + "\n" for n in range(12_000))
    report = validate(example)
    assert (report.errors, len(report.issues), report.truncated) == (12_000, 10_000, True)


def test_every_text_of_every_issue_is_complete(plan: Path) -> None:
    """No message of this file's cases shows an unfilled place or an empty text."""
    replace_in(plan / "data/projects.csv", "-P01,1,ลำดับที่ ๑,project", "-P01,one,ลำดับที่ ๑,thing")
    replace_in(plan / "data/budgets.csv", ",2566,not_said,lao_budget,", ",1999,not_said,lao_budget,")
    replace_in(plan / "data/targets.csv", "person", "persons")
    report = validate(plan)
    assert codes_of(plan) == [
        "type_wrong",
        "value_not_allowed",
        "value_out_of_range",
        "code_unknown",
    ]
    for issue in new_issues_of(plan):
        for language in Language:
            texts = issue_texts(issue, language, report.schema)
            assert "{" not in texts.message + texts.fix
            assert str(issue.location.cell) in texts.message


@pytest.mark.parametrize("target", ["/etc/passwd", "/proc/self/mem", "/dev/zero", "nowhere", "../elsewhere.json"])
def test_descriptor_that_is_a_link_out_of_the_package_is_not_read(example: Path, khelang: Khelang, target: str) -> None:
    (example / "datapackage.json").rename(example.parent / "elsewhere.json")
    (example / "datapackage.json").symlink_to(target)
    done = khelang("validate", example, "--format", "json")
    assert done.returncode == 1
    (found,) = json.loads(done.stdout)["issues"]
    assert found["code"] == "descriptor_invalid"
    assert "root:" not in done.stdout.decode()


AS_NOBODY = """
import os, sys
from khelang_opendata import Language, failure_text, validate
from khelang_opendata.model.failures import EnvironmentFailure
assert validate(sys.argv[1]).valid  # imports what there is
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    validate(sys.argv[2])
except EnvironmentFailure as error:
    print(failure_text(error, Language.EN).message)
"""


@pytest.mark.parametrize("name", ["datapackage.json", "data/units.csv", "data"])
def test_unreadable_file_is_a_failure_of_the_surroundings(example: Path, name: str) -> None:
    """Run as an unprivileged user, for root may read everything."""
    mode = (example / name).stat().st_mode
    (example / name).chmod(0)
    for parent in [example, *example.parents][:-2]:
        parent.chmod(parent.stat().st_mode | 0o055)
    command = [sys.executable, "-c", AS_NOBODY, str(VALID), str(example)]
    done = subprocess.run(command, capture_output=True, env=os.environ | UNMEASURED, check=False)
    (example / name).chmod(mode)
    assert b"cannot be read (Permission denied)" in done.stdout, done.stderr.decode()


def test_json_report_of_a_bad_package_is_clean_on_stdout(example: Path, khelang: Khelang) -> None:
    (example / "data/units.csv").unlink()
    done = khelang("validate", example, "--format", "json")
    assert done.returncode == 1
    assert done.stderr == b""
    assert json.loads(done.stdout)["summary"] == {"errors": 1, "warnings": 0, "acknowledged": 0, "infos": 0}
