"""Ids, codes and signs for nothing, as people and spreadsheets leave them in cells."""

from __future__ import annotations

from tests.cases import Case
from tests.conftest import PLAN
from tests.edits import Edit, cell, copy, drop_where, edit_table, together

_PLAN = "khelang-nakhon-2566-2570"
_LEAD = ("projects", 2, "lead_unit_id")
_AMOUNT = ("budgets", 2, "amount_thb")
_YEAR = ("budgets", 2, "fiscal_year_be")


def _dragged(table: str, first: int, last: int, field: str) -> Edit:
    """The corner of a cell is dragged down, so that its last number counts up."""

    def change(rows: list[list[str]]) -> None:
        place = rows[0].index(field)
        start = rows[first - 2][place].rstrip("0123456789")
        number = rows[first - 2][place][len(start) :]
        for step, row in enumerate(rows[first - 1 : last], 1):
            row[place] = f"{start}{int(number) + step:0{len(number)}}"

    return edit_table(table, change)


def _lead(name: str, value: str, code: str = "character_hidden") -> Case:
    return Case(f"an id {name}", cell("projects", 2, lead_unit_id=value), ((code, *_LEAD),), source=PLAN)


CASES = (
    _lead("with a line break at its end", f"{_PLAN}-U21\n"),
    _lead("with a line break within", f"{_PLAN}\n-U21", "pattern_mismatch"),
    _lead("with Windows' line break", f"{_PLAN}-U21\r\n"),
    _lead("with spaces around it", f" {_PLAN}-U21 "),
    _lead("with a space within", f"{_PLAN} -U21", "pattern_mismatch"),
    _lead("with a hidden character", f"{_PLAN}-U21\u200b"),
    _lead("in capitals", f"{_PLAN.upper()}-U21", "pattern_mismatch"),
    _lead("in full-width letters", f"{_PLAN}-Ｕ21"),
    _lead("with a Cyrillic letter", "kh\u0435lang-nakhon-2566-2570-U21"),
    _lead("with a Greek letter", "khelang-nakh\u03bfn-2566-2570-U21"),
    _lead("with an Armenian letter", f"{_PLAN}-\u054d21"),
    _lead("with Thai digits", f"{_PLAN}-U๒๑", "thai_digits"),
    _lead("with a letter for a digit", f"{_PLAN}-U2l", "pattern_mismatch"),
    _lead("without its zero", f"{_PLAN}-U2", "pattern_mismatch"),
    _lead("as the name of its row", "สำนักปลัด", "pattern_mismatch"),
    _lead("without the plan's", "U21", "pattern_mismatch"),
    Case(
        "an empty id that others refer to",
        cell("projects", 8, project_id=""),
        (("value_missing", "projects", 8, "project_id"),),
        source=PLAN,
    ),
    Case(
        "a shortened id that others refer to",
        cell("projects", 8, project_id="P007"),
        (("pattern_mismatch", "projects", 8, "project_id"),),
        source=PLAN,
    ),
    Case(
        "the plan's id in its own table in Thai",
        cell("plans", 2, plan_id="เขลางค์นคร"),
        (("pattern_mismatch", "plans", 2, "plan_id"),),
        source=PLAN,
    ),
    Case(
        "two ids that others refer to",
        together(cell("projects", 8, project_id=""), cell("projects", 10, project_id="x")),
        (("value_missing", "projects", 8, "project_id"), ("pattern_mismatch", "projects", 10, "project_id")),
        source=PLAN,
    ),
    Case(
        "an id in other letters",
        cell("units", 3, parent_unit_id=f"{_PLAN}-U001"),
        (("reference_missing", "units", 3, "parent_unit_id"),),
    ),
    Case(
        "an id with a line break that others refer to",
        cell("projects", 6, project_id=f"{_PLAN}-P05\n"),
        (("character_hidden", "projects", 6, "project_id"),),
        source=PLAN,
    ),
    Case(
        "an id with a Cyrillic letter that others refer to",
        cell("projects", 2, project_id=f"{_PLAN}-\u042001"),
        (("character_hidden", "projects", 2, "project_id"),),
        source=PLAN,
    ),
    Case(
        "a column of ids with a Cyrillic letter",
        edit_table("budgets", lambda rows: [row.__setitem__(1, row[1].replace("P", "\u0420")) for row in rows[1:]]),
        (("character_hidden", "budgets", 2, "project_id"),),
    ),
    Case(
        "a code with a Cyrillic letter",
        cell("budgets", 2, budget_status="budg\u0435ted"),
        (("character_hidden", "budgets", 2, "budget_status"),),
    ),
    Case(
        "a code by its Thai title",
        cell("projects", 2, project_kind="โครงการ"),
        (("value_not_allowed", "projects", 2, "project_kind"),),
    ),
    Case(
        "a code in capitals",
        cell("projects", 2, project_kind="Project "),
        (("value_not_allowed", "projects", 2, "project_kind"),),
    ),
    Case(
        "the plan's id dragged down new rows",
        together(
            *(copy("units", 29, unit_id=f"{_PLAN}-U{n}", plan_id=f"{_PLAN[:-4]}{2542 + n}") for n in (29, 30, 31))
        ),
        (("reference_missing", "units", 30, "plan_id"),),
        source=PLAN,
    ),
    Case(
        "all rows of a table with another plan's id",
        edit_table("goals", lambda rows: [row.__setitem__(0, "another-plan") for row in rows[1:]]),
        (("reference_missing", "goals", 2, "plan_id"),),
    ),
    Case(
        "the plan's id dragged down",
        _dragged("budgets", 3, 60, "plan_id"),
        (("reference_missing", "budgets", 3, "plan_id"),),
    ),
    Case(
        "the plan's id mistyped once",
        cell("budgets", 9, plan_id="khelang-nakhon"),
        (("reference_missing", "budgets", 9, "plan_id"),),
    ),
    Case(
        "a project's id dragged down its budgets",
        _dragged("budgets", 223, 226, "project_id"),
        (("reference_missing", "budgets", 223, "project_id"),),
        source=PLAN,
    ),
    Case(
        "the number of a budget line again", cell("budgets", 3, line_no="1"), (("key_duplicate", "budgets", 3, None),)
    ),
    Case(
        "the number of a step of another project again",
        cell("steps", 20, project_id=f"{_PLAN}-P01", step_no="1"),
        (("key_duplicate", "steps", 20, None),),
        source=PLAN,
    ),
    Case(
        "a unit's id again",
        cell("units", 29, unit_id=f"{_PLAN}-U27"),
        (("key_duplicate", "units", 29, "unit_id"), ("reference_missing", "projects", 46, "lead_unit_id")),
        source=PLAN,
    ),
    Case(
        "two errata with the ids of others",
        together(cell("errata", 198, erratum_id=f"{_PLAN}-E001"), cell("errata", 199, erratum_id=f"{_PLAN}-E001")),
        (("key_duplicate", "errata", 198, "erratum_id"), ("key_duplicate", "errata", 199, "erratum_id")),
        source=PLAN,
    ),
    Case(
        "a unit's row lost",
        drop_where("units", unit_id=f"{_PLAN}-U21"),
        (("reference_missing", "projects", 2, "lead_unit_id"),),
        source=PLAN,
    ),
    *(
        Case(f"{sign!r} for no amount", cell("budgets", 2, amount_thb=sign), (("type_wrong", *_AMOUNT),))
        for sign in ("-", "–", "—", "ไม่มี", "0.-", "ไม่ใช้งบประมาณ", "n/a", " - ", ".", "ไม่ระบุ")
    ),
    Case(
        "a dash where a project does not run",
        cell("budgets", 38, amount_thb="-"),
        (("type_wrong", "budgets", 38, "amount_thb"),),
        source=PLAN,
    ),
    *(
        Case(
            f"{sign!r} where no money is used",
            cell("budgets", 7, amount_thb=sign),
            (("type_wrong", "budgets", 7, "amount_thb"),),
        )
        for sign in ("-", "ไม่มี", "ไม่ใช้งบประมาณ")
    ),
    Case(
        "a dash for no date",
        cell("plans", 2, announced_on="-"),
        (("type_wrong", "plans", 2, "announced_on"),),
    ),
    *(
        Case(f"the year {text}", cell("budgets", 2, fiscal_year_be=text), (("value_out_of_range", *_YEAR),))
        for text in ("2023", "66", "3066")
    ),
    *(
        Case(f"{text!r} for true", cell("dimensions", 2, scored=text), (("type_wrong", "dimensions", 2, "scored"),))
        for text in ("True", "1", "ใช่", "yes", "soon")
    ),
    Case(
        "no amount where money is planned",
        cell("budgets", 2, amount_thb=""),
        (("budget_status_amount", *_AMOUNT), ("printed_subtotal_differs", "printed_totals", 2, "amount_thb")),
        source=PLAN,
    ),
)
