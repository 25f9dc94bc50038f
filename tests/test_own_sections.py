"""Headings among the rows of a municipality's own table give the projects below their dimension, mission and unit."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from khelang_opendata.intake.section_rows import DIMENSION, MISSION, UNIT, is_section, section_in
from tests.conftest import needs
from tests.test_other_workbooks import saved_by_libreoffice
from tests.test_own_tables import ONE_YEAR_MAP, Line, book, package, rows, taken
from tests.workbooks import run

__all__ = ["package"]

HEADING: Line = ["ลำดับ", "โครงการ", "2566", "หน่วยงาน"]
COLUMNS = f"""\
{ONE_YEAR_MAP}\
  หน่วยงานรับผิดชอบหลัก: หน่วยงาน
"""
D1, D2 = "มิติที่ 1 การสร้างสังคมที่ไม่ทนต่อการทุจริต", "มิติที่ ๒ การบริหารราชการเพื่อป้องกันการทุจริต"
M11, M21 = "๑.๑ การสร้างจิตสำนึกแก่บุคลากร", "2.1 มาตรการสร้างความโปร่งใส"


def placed(package: Path) -> list[tuple[str, str, str, str]]:
    """Number of each project, with the codes of its dimension and mission, and its unit."""
    dimensions = {row[DIMENSION]: row["dimension_code"] for row in rows(package, "dimensions")}
    missions = {row[MISSION]: row["mission_code"] for row in rows(package, "missions")}
    units = {row["unit_id"]: row["name_th"] for row in rows(package, "units")}
    return [
        (p["sequence_no"], dimensions.get(p[DIMENSION], ""), missions.get(p[MISSION], ""), units.get(p[UNIT], ""))
        for p in rows(package, "projects")
    ]


def own(package: Path, lines: list[Line], *merged: str, columns: str = COLUMNS, heading: Line = HEADING) -> str:
    """What an import of the rows prints; it succeeds, and again without a change."""
    (package.parent / "own.xlsx").write_bytes(book([heading, *lines], *merged))
    return taken(package, package.parent / "own.xlsx", columns)


def refused(package: Path, lines: list[Line], *merged: str, columns: str = COLUMNS, heading: Line = HEADING) -> str:
    """What an import of the rows prints that are not understood; the package has no project then."""
    (package.parent / "own.xlsx").write_bytes(book([heading, *lines], *merged))
    (package.parent / "columns.yaml").write_text(columns, encoding="utf-8")
    done = run("import", package.parent / "own.xlsx", "-o", package, "--columns", package.parent / "columns.yaml")
    assert (done.exit_code, rows(package, "projects"), rows(package, "dimensions")) == (1, [], []), done.output
    return str(done.output).partition("Taken for something")[0]


ONE: Line = ["1", "โครงการอบรม", 20000, "สำนักปลัด"]
TWO: Line = ["2", "กิจกรรมเปิดเผยราคากลาง", "0", "กองคลัง"]
IN_ONE_AND_TWO = [("1", "1", "1.1", "สำนักปลัด"), ("2", "2", "2.1", "กองคลัง")]


@pytest.mark.parametrize(
    "lines",
    [
        [[D1], [M11], ONE, [D2], [M21], TWO],
        [["", D1], ["", M11], ONE, ["", D2], ["", M21], TWO],
        [["มิติที่ ๑", D1[9:]], ["๑.๑", M11[4:]], ONE, ["มิติที่ 2", D2[9:]], ["2.1", M21[4:]], TWO],
        [["1", D1], ["1.1", M11[4:]], ONE, ["2", D2], ["ภารกิจ ๒.๑", M21[4:]], TWO],
        [[D1, "", 20000], [M11], ONE, [D2], [M21], TWO],
    ],
    ids=["in the column of numbers", "of names", "of both", "with numbers", "with amounts"],
)
def test_headings_give_dimension_and_mission_to_the_projects_below(package: Path, lines: list[Line]) -> None:
    printed = own(package, lines)
    assert placed(package) == IN_ONE_AND_TWO
    assert [(row["dimension_code"], row["name_th"]) for row in rows(package, "dimensions")] == [
        ("1", "การสร้างสังคมที่ไม่ทนต่อการทุจริต"),
        ("2", "การบริหารราชการเพื่อป้องกันการทุจริต"),
    ]
    assert [row["mission_code"] for row in rows(package, "missions")] == ["1.1", "2.1"]
    assert '"Dimension" (มิติ) is empty: "1 การสร้างสังคมที่ไม่ทนต่อการทุจริต" is taken from the heading in row 2' in printed
    assert '"Mission" (ภารกิจ) is empty' in printed
    assert "a new dimension, from this heading" in printed


@needs("soffice")
@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_headings_merged_over_the_columns_and_units_merged_over_their_projects(package: Path, form: str) -> None:
    lines: list[Line] = [[D1], [M11], ONE, ["2", "โครงการสอง", 5, ""], [D2], ["3", "โครงการสาม", 5, "กองคลัง"]]
    table = package.parent / f"own.{form}"
    table.write_bytes(saved_by_libreoffice(book([HEADING, *lines], "A2:D2", "A3:D3", "D4:D5", "A6:D6"), form))
    assert '"สำนักปลัด" is in merged cells' in taken(package, table, COLUMNS)
    assert placed(package) == [
        ("1", "1", "1.1", "สำนักปลัด"),
        ("2", "1", "1.1", "สำนักปลัด"),
        ("3", "2", "", "กองคลัง"),
    ]


def test_unit_merged_over_headings_too_gives_each_project_the_unit(package: Path) -> None:
    lines: list[Line] = [["", D1, "", "สำนักปลัด"], ["1", "โครงการอบรม", 1], ["", M11], TWO[:3]]
    own(package, lines, "D2:D5")
    assert placed(package) == [("1", "1", "", "สำนักปลัด"), ("2", "1", "1.1", "สำนักปลัด")]


def test_unit_beside_a_heading_is_that_of_the_projects_below(package: Path) -> None:
    lines: list[Line] = [["", D1, "", "สำนักปลัด"], ["1", "โครงการอบรม", 1], ["", D2], ["2", "โครงการสอง", 2]]
    assert 'ตารางแผน!D3: "Lead unit" (หน่วยงานรับผิดชอบหลัก) is empty' in own(package, lines)
    assert placed(package) == [("1", "1", "", "สำนักปลัด"), ("2", "2", "", "")]


@pytest.mark.parametrize("text", ["กองคลัง", "หน่วยงานรับผิดชอบ : กองคลัง", "หน่วยงาน: กองคลัง"])
def test_unit_in_a_row_of_its_own_is_that_of_the_projects_below(package: Path, text: str) -> None:
    lines: list[Line] = [[D1], ["", text], ["1", "โครงการอบรม", 1], [D2], ["2", "โครงการสอง", 2]]
    assert "กองคลัง" in own(package, lines)
    assert placed(package) == [("1", "1", "", "กองคลัง"), ("2", "2", "", "")]


def test_dimensions_below_a_unit_end_with_the_unit(package: Path) -> None:
    lines: list[Line] = [
        ["กองคลัง"],
        [D1],
        ["1", "โครงการอบรม", 1],
        [D2],
        ["2", "โครงการสอง", 2],
        ["กองช่าง"],
        ["3", "โครงการสาม", 3],
    ]
    own(package, lines, "A2:D2", "A3:D3")
    assert placed(package) == [("1", "1", "", "กองคลัง"), ("2", "2", "", "กองคลัง"), ("3", "", "", "กองช่าง")]


def test_headings_again_on_the_next_page_and_dimensions_that_come_twice(package: Path) -> None:
    lines: list[Line] = [
        [D1],
        [M11],
        ONE,
        HEADING,
        [f"{D1} (ต่อ)"],
        ["2", "โครงการสอง", 2],
        [D2],
        ["3", "โครงการสาม", 3],
        [D1],
        ["4", "โครงการสี่", 4],
        ["รวมมิติที่ ๑", "", 20006],
    ]
    own(package, lines)
    assert [one[:3] for one in placed(package)] == [
        ("1", "1", "1.1"),
        ("2", "1", "1.1"),
        ("3", "2", ""),
        ("4", "1", ""),
    ]


def test_known_dimensions_and_missions_by_number_name_or_english_name(package: Path) -> None:
    own(package, [[D1], [M11], ONE, [D2], TWO])
    lines: list[Line] = [
        ["Dimension 1: Zero tolerance"],
        ["", "การสร้างจิตสำนึกแก่บุคลากร"],
        ONE,
        ["ภารกิจตามมิติที่ 2 การบริหารราชการ"],
        TWO,
    ]
    own(package, lines)
    assert placed(package) == [("1", "1", "1.1", "สำนักปลัด"), ("2", "2", "", "กองคลัง")]
    changed = own(package, [[D1], ONE, TWO])
    assert 'from "2 การบริหารราชการเพื่อป้องกันการทุจริต" to "1 ' in changed
    assert [one[1] for one in placed(package)] == ["1", "1"]


def test_missions_of_three_levels_and_other_parts_of_the_plan(package: Path) -> None:
    lines: list[Line] = [
        ["ยุทธศาสตร์ที่ 1 ปราบปราม"],
        [D1],
        ["1.1 การสร้างจิตสำนึก"],
        ["1.1.1 ด้านบุคลากร"],
        ONE,
        ["1.1.2 ด้านประชาชน"],
        TWO,
        ["ยุทธศาสตร์ที่ 2 ป้องกัน"],
        ["3", "โครงการสาม", 3],
    ]
    printed = own(package, lines)
    assert [one[1:3] for one in placed(package)] == [("1", "1.1.1"), ("1", "1.1.2"), ("", "")]
    assert {row["mission_code"]: row["parent_mission_id"].rpartition("-")[2] for row in rows(package, "missions")} == {
        "1.1": "",
        "1.1.1": "M1.1",
        "1.1.2": "M1.1",
    }
    assert '"ยุทธศาสตร์ที่ 1 ปราบปราม", left out' in printed
    assert 'no project is below the heading "1.1 ' not in printed


def test_heading_without_projects(package: Path) -> None:
    lines: list[Line] = [[D1], ONE, [D2]]
    assert "no project is below the heading" in own(package, lines)
    assert placed(package)[0][1] == "1"


def test_heading_in_a_column_without_a_name_in_the_map(package: Path) -> None:
    own(package, [[D2], ["", "โครงการสาม", 3]], columns=COLUMNS.replace("  ที่: ลำดับ\n", ""))
    assert placed(package)[0][1] == "2"


WITH_COLUMNS = COLUMNS + "  มิติ: มิติ\n"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([["มิติที่ 5 การพัฒนา"], ONE], 'ตารางแผน!A2: the heading "มิติที่ 5 การพัฒนา" has the number'),
        ([["มิติที่ ๐ การพัฒนา"], ONE], "ตารางแผน!A2: the heading"),
        ([["มิติที่ 3* การพัฒนา"], ONE], "ตารางแผน!A2: the heading"),
        ([["มิติที่ 3"], ONE], 'ตารางแผน!A2: the heading "มิติที่ 3" names a dimension or mission'),
        ([["Dimension 3: Participation"], ONE], "ตารางแผน!A2: the heading"),
        ([["1.1 การสร้างจิตสำนึก"], ONE], "ตารางแผน!A2: the heading"),
        ([[D1], ["2.1 การสร้างจิตสำนึก"], ONE], 'is no mission of the dimension in the heading of row 2, "มิติที่ 1'),
        ([[D1], [f"มิติที่ 2 {D1[9:]}"], ONE, TWO], None),
        ([[D1], ["", "กองสาธารณสุข"], ONE], 'ตารางแผน!B3: the heading "กองสาธารณสุข" names the unit'),
        ([[D1], ["หน่วยงาน: งานใหม่"], ONE], 'names the unit "งานใหม่"'),
        ([["กองคลัง"], ONE], 'ตารางแผน!D3: "สำนักปลัด" in "Lead unit"'),
        ([[D1], ONE, ["", "รวมมิติที่ 1", 30000]], 'ตารางแผน!C4: "รวมมิติที่ 1" is 30,000, but the rows add up to 20,000'),
        ([[D1], ONE, [D2], TWO, ["", "รวม มิติที่ ๒", 20000]], "ตารางแผน!C6: "),
        ([[D1, "", 5], ONE], "ตารางแผน!C2: "),
        ([[D1], ONE, ["Subtotal of dimension 1", "", 5]], "ตารางแผน!C4: "),
        ([[D1], [M11], ONE, ["", "รวมภารกิจ 1.1", 7], TWO], "ตารางแผน!C5: "),
    ],
)
def test_heading_or_total_that_cannot_be_right_is_named_with_its_cell(
    package: Path, lines: list[Line], said: str | None
) -> None:
    if said is None:
        said = "has the number of"
        own(package, [[D1], [D2], ONE, TWO])
        table = package.parent / "own.xlsx"
        table.write_bytes(book([HEADING, *lines]))
        done = run("import", table, "-o", package, "--columns", package.parent / "columns.yaml")
        assert (done.exit_code, "and the name of" in done.output) == (1, True), done.output
        return
    assert said in refused(package, lines)


def test_heading_that_contradicts_a_column_of_dimensions_is_named_with_both(package: Path) -> None:
    heading: Line = [*HEADING, "มิติ"]
    own(package, [[D1], ONE, [D2], TWO])
    table = package.parent / "own.xlsx"
    table.write_bytes(book([heading, [D1], [*ONE, "2"], [D2], [*TWO, ""]]))
    (package.parent / "columns.yaml").write_text(WITH_COLUMNS, encoding="utf-8")
    done = run("import", table, "-o", package, "--columns", package.parent / "columns.yaml")
    assert done.exit_code == 1
    assert 'ตารางแผน!E3: "2" in "Dimension" (มิติ) contradicts the heading in row 2' in done.output
    own(package, [[D1], [*ONE, "๑"], [D2], [*TWO, ""]], columns=WITH_COLUMNS, heading=heading)
    assert [one[1] for one in placed(package)] == ["1", "2"]


def test_heading_in_a_hidden_row_is_read_and_named(package: Path) -> None:
    made = load_workbook(io.BytesIO(book([HEADING, [D1], ONE])))
    made.worksheets[0].row_dimensions[2].hidden = True
    made.save(package.parent / "own.xlsx")
    assert "ตารางแผน!2:2: the row is hidden" in taken(package, package.parent / "own.xlsx", COLUMNS)
    assert placed(package)[0][1] == "1"


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("มิติที่ ๑ การสร้าง", DIMENSION, "1"),
        ("มิติ 3 * การ", DIMENSION, "3*"),
        ("ภารกิจตามมิติที่ ๔", DIMENSION, "4"),
        ("ภารกิจตามมิติ ๑.๒ การ", MISSION, "1.2"),
        ("๑.๑.๑) การ", MISSION, "1.1.1"),
        ("Mission area 2.1 Openness", MISSION, "2.1"),
        ("หน่วยงาน : กองคลัง", UNIT, ""),
    ],
)
def test_words_of_headings(text: str, kind: str, code: str) -> None:
    said = section_in(text)
    assert said is not None
    assert (said.kind, said.code, is_section(text)) == (kind, code, True)


@pytest.mark.parametrize("text", ["มิติใหม่ของการพัฒนา", "1.1 โครงการอบรม", "2.2 กิจกรรม", "25.5", "1. การสร้าง", "หน่วยงาน:"])
def test_words_of_no_heading(text: str) -> None:
    assert not is_section(text)
