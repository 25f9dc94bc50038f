"""Packages of other standards: a family in a folder, or only the schemas that a package carries itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata import Language, Report, SchemaFamily, find_family, issue_texts, validate
from khelang_opendata.model.failures import UsageError
from khelang_opendata.render.reports import ReportFormat, render_report
from khelang_opendata.standard.formula import Formula, FormulaInvalid
from tests.conftest import PLAN, ROOT, Khelang, edit_descriptor

FAMILY = ROOT / "tests/contracts_standard"
PACKAGE = ROOT / "tests/contracts"


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGE, tmp_path / "contracts"))


@pytest.fixture
def standard(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FAMILY, tmp_path / "contracts-standard"))


def edit(path: Path, change: Callable[[Any], object]) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")


def found(report: Report) -> list[tuple[str, str | None, int | None, str | None]]:
    return [(i.code, i.location.resource, i.location.row, i.location.field) for i in report.issues]


def with_family(package: Path, standard: Path = FAMILY) -> Report:
    return validate(package, family=SchemaFamily.load(standard))


def by_itself(package: Path) -> Report:
    return validate(package, family=find_family("none"))


def test_a_right_package_has_no_issue_under_its_family() -> None:
    report = with_family(PACKAGE)
    assert report.issues == ()
    assert [(table.name, table.rows) for table in report.tables] == [
        ("contracts", 2),
        ("payments", 1),
        ("suppliers", 2),
    ]


def test_a_package_by_itself_says_what_is_not_checked() -> None:
    report = by_itself(PACKAGE)
    assert report.valid
    assert found(report) == [("resource_not_checked", "payments", None, None)]


def test_the_real_plan_passes_by_its_own_schemas() -> None:
    assert by_itself(PLAN).issues == ()


FAULTS = {
    "code": ("contracts.csv", "specific", "lottery", ("value_not_allowed", "contracts", 3, "method")),
    "reference": ("contracts.csv", "S2", "S9", ("reference_missing", "contracts", 3, "supplier")),
    "composite reference": ("payments.csv", "2567-1", "2567-9", ("reference_missing", "payments", 2, "contract_id")),
    "exclusive minimum": ("payments.csv", "1,2567-1", "0,2567-1", ("value_out_of_range", "payments", 2, "instalment")),
    "pattern": ("suppliers.csv", "S2,", "S2x,", ("pattern_mismatch", "suppliers", 3, "supplier_id")),
    "type": ("contracts.csv", "50000", "ห้าหมื่น", ("type_wrong", "contracts", 3, "budget_thb")),
    "type, explained": ("payments.csv", "120000.5", "๑๒๐.๐.๕", ("type_wrong", "payments", 2, "amount_thb")),
    "key": ("suppliers.csv", "S2,", "S1,", ("key_duplicate", "suppliers", 3, "supplier_id")),
    "key without a value": ("contracts.csv", "2567-2", "-", ("value_missing", "contracts", 3, "contract_id")),
    "short row": ("suppliers.csv", "S2,ร้านสอง", "S2", ("cell_missing", "suppliers", 3, "name")),
    "order of columns": ("suppliers.csv", "supplier_id,name", "name,supplier_id", None),
    "heading": ("payments.csv", "amount_thb", "amount_th", ("column_missing", "payments", 1, "amount_thb")),
    "rule": ("contracts.csv", '"120,000.50"', "500000.01", ("spent_exceeds_budget", "contracts", 2, "spent_thb")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_under_the_family_with_texts_in_both_languages(name: str, contracts: Path) -> None:
    file, old, new, expected = FAULTS[name]
    rewrite(contracts / file, old, new)
    report = with_family(contracts)
    expected = expected or ("column_unexpected", "suppliers", 1, "name")
    assert expected in found(report)
    for issue in report.issues:
        thai, english = (issue_texts(issue, language, report.schema) for language in (Language.TH, Language.EN))
        assert all(text.strip() and "{" not in text for text in (*thai, *english))
    for form in ReportFormat:
        for language in Language:
            assert render_report(report, None, form, language)


def test_an_amount_with_separators_is_right_where_the_schema_says_so(contracts: Path) -> None:
    rewrite(contracts / "payments.csv", "120000.5", '"120,000.5"')
    assert found(with_family(contracts)) == [("number_grouped", "payments", 2, "amount_thb")]


def test_the_rule_of_a_family_is_written_with_the_names_of_its_columns(contracts: Path) -> None:
    rewrite(contracts / "contracts.csv", '"120,000.50"', '"900,000"')
    report = with_family(contracts)
    (issue,) = report.issues
    texts = issue_texts(issue, Language.EN, report.schema)
    assert texts.message == "Contract 2567-1 has spent 900,000 baht of 500,000.00"
    assert texts.fix == "Check the amounts in row 2 against the vouchers."
    assert (report.errors, report.warnings) == (0, 1)


def test_a_row_with_an_empty_column_is_not_judged_by_a_rule(contracts: Path) -> None:
    rewrite(contracts / "contracts.csv", '"120,000.50"', "-")
    assert with_family(contracts).issues == ()


def test_a_resource_that_the_family_lacks_is_checked_by_its_own_schema(contracts: Path) -> None:
    (contracts / "notes.csv").write_text("note,year\nok,soon\n", encoding="utf-8")
    fields = [{"name": "note"}, {"name": "year", "type": "integer"}]
    entry = {"name": "notes", "path": "notes.csv", "schema": {"fields": fields}}
    edit_descriptor(contracts, lambda d: d["resources"].append(entry))
    assert found(with_family(contracts)) == [("type_wrong", "notes", 3 - 1, "year")]


def test_a_table_of_the_family_that_is_missing_is_reported_unless_it_is_optional(contracts: Path) -> None:
    edit_descriptor(contracts, lambda d: d["resources"].pop())
    assert with_family(contracts).valid
    edit_descriptor(contracts, lambda d: d["resources"].pop())
    assert ("table_missing", "contracts", None, None) in found(with_family(contracts))


@pytest.mark.parametrize(
    ("match", "header", "codes"),
    [
        ("exact", "a,b", []),
        ("exact", "b,a", ["column_unexpected"]),
        ("equal", "b,a", []),
        ("equal", "a", ["column_missing"]),
        ("subset", "a,b,c", []),
        ("subset", "a,c", ["column_missing"]),
        ("superset", "a", []),
        ("superset", "a,zzz", ["column_unexpected"]),
        ("superset", "a,B", ["column_missing"]),
        ("partial", "b,zzz", []),
        (["equal"], "b,a", []),
    ],
)
def test_headings_match_as_the_schema_says(match: str, header: str, codes: list[str], tmp_path: Path) -> None:
    cells = ",".join("1" for _ in header.split(","))
    package = written(
        tmp_path, f"{header}\n{cells}\n", {"fields": [{"name": "a"}, {"name": "b"}], "fieldsMatch": match}
    )
    assert [issue.code for issue in by_itself(package).issues] == codes


def written(folder: Path, table: str, schema: Any) -> Path:
    (folder / "t.csv").write_text(table, encoding="utf-8")
    descriptor = {"resources": [{"name": "t", "path": "t.csv", "schema": schema}]}
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return folder


def test_a_unique_column_is_one_whose_values_differ(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a", "constraints": {"unique": True}}]}
    report = by_itself(written(tmp_path, "a\nx\ny\nx\n", schema))
    assert found(report) == [("key_duplicate", "t", 4, "a")]
    assert report.issues[0].params["first_row"] == 2


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("geopoint", '"98.9,18.8"', '"x,y"'),
        ("object", '"{""a"": 1}"', "a"),
        ("duration", "P1Y", "one year"),
        ("time", "09:30:00", "9 o'clock"),
        ("yearmonth", "2026-11", "November"),
    ],
)
def test_every_type_of_the_standard_is_checked(type_: str, good: str, bad: str, tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a", "type": type_}, {"name": "b", "constraints": {"pattern": "x+"}}]}
    report = by_itself(written(tmp_path, f"a,b\n{good},x\n{bad},x\n{good},y\n", schema))
    assert found(report) == [("type_wrong", "t", 3, "a"), ("pattern_mismatch", "t", 4, "b")]
    assert issue_texts(report.issues[0], Language.EN, report.schema).message


@pytest.mark.parametrize("other", [{}, {"name": "b", "type": "geopoint"}], ids=["ours", "frictionless"])
def test_a_pattern_that_takes_years_ends_the_check_of_its_table(other: dict[str, str], tmp_path: Path) -> None:
    fields = [{"name": "a", "constraints": {"pattern": "(a|aa)+$"}}, *([other] if other else [])]
    header, end = ("a,b", ',"1,2"') if other else ("a", "")
    report = by_itself(written(tmp_path, f"{header}\n{'a' * 60}!{end}\n", {"fields": fields}))
    assert [(i.code, i.params["variant"]) for i in report.issues] == [("descriptor_invalid", "schema_unusable")]


BROKEN_SCHEMAS: dict[str, tuple[Any, str]] = {
    "no fields": ({"fields": []}, "property_empty"),
    "a list": ([], "property_type"),
    "unknown type": ({"fields": [{"name": "a", "type": "word"}]}, "property_value"),
    "no name": ({"fields": [{}]}, "property_missing"),
    "bad pattern": ({"fields": [{"name": "a", "constraints": {"pattern": "("}}]}, "schema_unusable"),
    "column twice": ({"fields": [{"name": "a"}, {"name": "a"}]}, "field_repeated"),
    "unknown key": ({"fields": [{"name": "a"}], "primaryKey": "b"}, "key_unknown"),
    "unknown table": (
        {"fields": [{"name": "a"}], "foreignKeys": [{"fields": "a", "reference": {"resource": "u", "fields": "a"}}]},
        "key_unknown",
    ),
    "file outside": ("../schema.json", "part_unreadable"),
    "file absent": ("schema.json", "part_unreadable"),
    "remote file": ("https://example.org/schema.json", "part_unreadable"),
}


@pytest.mark.parametrize("name", BROKEN_SCHEMAS)
def test_a_schema_that_cannot_be_used_is_reported(name: str, tmp_path: Path) -> None:
    schema, variant = BROKEN_SCHEMAS[name]
    report = by_itself(written(tmp_path, "a\n1\n", schema))
    assert [(i.code, i.params["variant"]) for i in report.issues] == [("descriptor_invalid", variant)]
    for language in Language:
        assert "{" not in issue_texts(report.issues[0], language, report.schema).message


def test_resources_that_are_no_csv_table_are_said_to_be_unchecked(tmp_path: Path) -> None:
    written(tmp_path, "a\n1\n", {"fields": [{"name": "a"}]})
    more: list[Any] = [
        *({"name": name, "path": name} for name in ("map.geojson", "t.csv.gz", "t.json", "t.xlsx")),
        {"name": "parts", "path": ["map.geojson", "t.json"]},
        {"name": "number", "data": 5},
        {"name": "mixed", "data": [{"a": 1}, [2]]},
        {"name": "text", "data": "a\n1\n"},
    ]
    for entry in more[:4]:
        (tmp_path / entry["path"]).write_text("{}", encoding="utf-8")
    edit_descriptor(tmp_path, lambda d: d["resources"].extend(more))
    report = by_itself(tmp_path)
    assert report.valid
    assert [(i.code, i.location.resource, i.params["variant"]) for i in report.issues] == [
        *(("resource_not_checked", entry["name"], "format") for entry in more[:4]),
        *(("resource_not_checked", entry["name"], "no_file") for entry in more[4:]),
    ]


NUMBERS = {"fields": [{"name": "a", "type": "integer"}, {"name": "b"}]}
EMBEDDED: dict[str, tuple[dict[str, Any], list[tuple[str, str | None, int | None, str | None]]]] = {
    "parts": ({"path": ["t.csv", "u.csv"]}, [("type_wrong", "x", 4, "a")]),
    "one part": ({"path": ["u.csv"]}, [("type_wrong", "x", 2, "a")]),
    "parts without a heading": ({"path": ["t.csv", "v.csv"]}, [("type_wrong", "x", 4, "a")]),
    "a part twice": ({"path": ["t.csv", "t.csv"]}, []),
    "parts in another form": (
        {"path": ["t.csv", "w.csv"]},
        [("type_wrong", "x", 4, "a"), ("cell_extra", "x", 5, None)],
    ),
    "a part that is missing": ({"path": ["t.csv", "none.csv"]}, [("table_missing", "x", None, None)]),
    "a remote part": ({"path": ["t.csv", "https://example.org/t.csv"]}, [("descriptor_invalid", "x", None, None)]),
    "a part outside": ({"path": ["../t.csv"]}, [("descriptor_invalid", "x", None, None)]),
    "remote": ({"path": "https://example.org/t.csv"}, [("descriptor_invalid", "x", None, None)]),
    "rows": ({"data": [["a", "b"], [1, "y"], ["z", None]]}, [("type_wrong", "x", 3, "a")]),
    "objects": ({"data": [{"a": 1}, {"b": "y", "a": 1.5}]}, [("type_wrong", "x", 3, "a")]),
    "rows, right": ({"data": [["a", "b"], [1, True], [2, {"c": [3]}]]}, []),
    "rows under another heading": ({"data": [["b", "a"], ["y", 1]]}, [("column_unexpected", "x", 1, "b")]),
    "the text of a file": (
        {"data": "a;b\n1;y\nz;y\n", "format": "csv", "dialect": {"delimiter": ";"}},
        [("type_wrong", "x", 3, "a")],
    ),
    "no rows": ({"data": []}, [("csv_malformed", "x", None, None)]),
    "neither": ({}, [("descriptor_invalid", None, None, None), ("resource_not_checked", "x", None, None)]),
}


@pytest.mark.parametrize("name", EMBEDDED)
def test_a_table_in_several_files_or_in_the_descriptor_is_read(name: str, tmp_path: Path) -> None:
    entry, expected = EMBEDDED[name]
    written(tmp_path, "a,b\n1,y\n2,y", NUMBERS)
    (tmp_path / "u.csv").write_text("\ufeffa,b\nz,y\n", encoding="utf-8")
    (tmp_path / "v.csv").write_text("z,y\n", encoding="utf-8")
    (tmp_path / "w.csv").write_text("b,a\ny,1,1\n", encoding="utf-8")
    edit_descriptor(tmp_path, lambda d: d["resources"].append({"name": "x", "schema": NUMBERS, **entry}))
    assert found(by_itself(tmp_path)) == expected


def test_the_schema_of_a_package_is_judged_by_the_official_profile(tmp_path: Path) -> None:
    """Of both: what makes a table impossible to check, and what is taken for something else without a word."""
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"fields": [{"name": "a", "required": True}]}, "constraint_misplaced", "fields/0/required"),
        ({"fields": [{"name": "a", "type": "date", "constraints": {"pattern": "x"}}]}, "constraint_unknown", "pattern"),
        ({"fields": [{"name": "a", "type": "year", "constraints": {"minimum": [1]}}]}, "property_type", "minimum"),
        ({"fields": [{"name": "a"}], "uniqueKeys": ["a"]}, "property_type", "uniqueKeys"),
        ({"fields": [{"name": "a", "type": "integer", "categories": ["x"]}]}, "property_type", "categories"),
        ({"fields": [{"name": "a", "example": 5}]}, "property_type", "example"),
        ({"fields": [{"name": "a", "type": "list", "itemType": "list"}]}, "property_value", "itemType"),
    ]
    for schema, variant, place in cases:
        report = by_itself(written(tmp_path, "a\n1\n", schema))
        (issue,) = report.issues
        assert (issue.code, issue.params["variant"]) == ("descriptor_invalid", variant)
        assert str(issue.params["property"]).endswith(place)
        for language in Language:
            assert "{" not in issue_texts(issue, language, report.schema).message.replace('{"', "")


def test_what_the_standard_asks_beside_types_is_reported(tmp_path: Path) -> None:
    schema = {
        "fields": [
            {"name": "a", "type": "string", "categories": [{"value": "x", "label": "X"}, {"value": "y"}]},
            {"name": "b", "type": "object", "constraints": {"jsonSchema": {"required": ["v"]}}},
            {"name": "c"},
            {"name": "d"},
        ],
        "uniqueKeys": [["c", "d"]],
        "primaryKey": ["c", "a"],
    }
    table = 'a,b,c,d\nx,"{""v"": 1}",1,1\nz,{},2,\ny,,1,1\n,,3,\n,,4,\n'
    report = by_itself(written(tmp_path, table, schema))
    assert found(report) == [
        ("value_not_allowed", "t", 3, "a"),
        ("pattern_mismatch", "t", 3, "b"),
        ("key_duplicate", "t", 4, None),
        ("value_missing", "t", 5, "a"),
        ("value_missing", "t", 6, "a"),
    ]
    for issue in report.issues:
        for language in Language:
            texts = issue_texts(issue, language, report.schema)
            assert "{field}" not in texts.message and " - " not in texts.fix


def test_a_unique_key_of_a_column_that_is_not_there_is_reported(tmp_path: Path) -> None:
    report = by_itself(written(tmp_path, "a\n1\n", {"fields": [{"name": "a"}], "uniqueKeys": [["a"], ["b"]]}))
    assert [(i.params["variant"], i.params["name"]) for i in report.issues] == [("key_unknown", "b")]


def test_a_descriptor_must_list_resources(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text('{"name": "x"}', encoding="utf-8")
    assert [i.params["property"] for i in by_itself(tmp_path).issues] == ["resources"]


def no_rule(rules: Any) -> Any:
    return rules["spent_exceeds_budget"]


BROKEN_FAMILIES: dict[str, tuple[str, Callable[[Any], object] | None, str]] = {
    "table not JSON": ("tables/contracts.json", None, "json"),
    "table without fields": ("tables/contracts.json", lambda t: t.pop("fields"), "content"),
    "no codelist": ("tables/contracts.json", lambda t: t["fields"][2].update(codelist="none.csv"), "codelist"),
    "climbing codelist": ("tables/contracts.json", lambda t: t["fields"][2].update(codelist="../x.csv"), "content"),
    "key": ("tables/contracts.json", lambda t: t.update(primaryKey="number"), "key"),
    "column twice": ("tables/payments.json", lambda t: t["fields"].append({"name": "contract_id"}), "key"),
    "reference": ("tables/payments.json", lambda t: t["foreignKeys"][0]["reference"].update(resource="x"), "key"),
    "rule without text": ("rules.json", lambda r: no_rule(r).pop("fix"), "content"),
    "rule in one language": ("rules.json", lambda r: no_rule(r)["message"].pop("th"), "content"),
    "rule of no table": ("rules.json", lambda r: no_rule(r).update(table="x"), "rule_table"),
    "rule of a known code": ("rules.json", lambda r: r.update(value_missing=no_rule(r)), "rule_known"),
    "formula": ("rules.json", lambda r: no_rule(r).update(formula="spent_thb <= budget"), "formula"),
    "formula of types": ("rules.json", lambda r: no_rule(r).update(formula="signed <= budget_thb"), "formula"),
    "placeholder": ("rules.json", lambda r: no_rule(r)["fix"].update(en="{row.real}"), "placeholder"),
    "placeholder of nothing": ("rules.json", lambda r: no_rule(r)["fix"].update(en="{other}"), "placeholder"),
}


@pytest.mark.parametrize("name", BROKEN_FAMILIES)
def test_a_family_that_cannot_be_used_is_a_clear_failure(name: str, standard: Path) -> None:
    file, change, variant = BROKEN_FAMILIES[name]
    if change:
        edit(standard / file, change)
    else:
        (standard / file).write_text("{", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        with_family(PACKAGE, standard)
    assert (caught.value.code, caught.value.params["variant"]) == ("family_unusable", variant)
    for language in Language:
        assert all("{other}" in text or "{row" in text or "{" not in text for text in caught.value.texts(language))


def test_a_folder_without_tables_is_no_family(tmp_path: Path) -> None:
    for path, variant in ((tmp_path, "no_tables"), (tmp_path / "absent", "missing")):
        with pytest.raises(UsageError) as caught:
            SchemaFamily.load(path)
        assert caught.value.params["variant"] == variant


def test_a_changed_family_is_read_again(standard: Path, contracts: Path) -> None:
    rewrite(contracts / "contracts.csv", '"120,000.50"', '"900,000"')
    assert len(validate(contracts, family=find_family(str(standard))).issues) == 1
    edit(standard / "rules.json", lambda r: no_rule(r)["message"].update(en="Too much in {contract_id}"))
    report = validate(contracts, family=find_family(str(standard)))
    assert issue_texts(report.issues[0], Language.EN, report.schema).message == "Too much in 2567-1"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a <= b", True),
        ("a > b or c == 'x'", True),
        ("not (a == b) and -a < 0.5", True),
        ("a + a * 2 == b", False),
        ("0 < a < b", True),
        ("a * 0.1 == 0.1", True),
    ],
)
def test_a_formula_compares_the_columns_of_a_row(text: str, holds: bool) -> None:
    assert Formula(text, {"a", "b", "c"}).holds({"a": 1, "b": 2, "c": "x"}) is holds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 < 2",
        "a.__class__ == b",
        "len(a) < 3",
        "a ** 9 ** 9 < b",
        "[x for x in a] == b",
        "a if b else c == 1",
        "f'{a}' == b",
        "a[0] == b",
        "lambda: a",
        "a := 1",
        "a < \0",
        "a / b < 1",
    ],
)
def test_a_formula_calls_nothing_and_names_only_columns(text: str) -> None:
    with pytest.raises(FormulaInvalid):
        Formula(text, {"a", "b", "c"})


def test_the_longest_formula_is_no_deeper_than_python_can_follow() -> None:
    assert not Formula("-" * 298 + "a < 0", {"a"}).holds({"a": 1})


def test_a_text_is_not_repeated_a_billion_times() -> None:
    with pytest.raises(TypeError):
        Formula("c * 1000000000 == c", {"c"}).holds({"c": "x"})


def test_the_command_checks_with_another_standard(khelang: Khelang, contracts: Path, standard: Path) -> None:
    rewrite(contracts / "contracts.csv", "2567-2,S2", "2567-2,S7")
    done = khelang("validate", contracts, "--schema", standard, "--lang", "th")
    assert (done.returncode, "supplier (ผู้รับจ้าง)" in done.stdout.decode()) == (1, True)
    done = khelang("validate", contracts, "--schema", "none", "--lang", "en")
    assert (done.returncode, "supplier (Supplier)" in done.stdout.decode()) == (1, False)
    done = khelang("validate", contracts, "--schema", standard / "tables", "--lang", "en")
    assert (done.returncode, b"holds no table schema" in done.stderr) == (2, True)
    done = khelang("validate", contracts, contracts, "--schema", standard, "--format", "json", "--processes", "2")
    reports = [json.loads(line)["report"] for line in done.stdout.splitlines()]
    assert [report["counts"] for report in reports] == [{"reference_missing": 1}] * 2
