"""Headings as people write them: in Thai, in other letters, with units, or lost."""

from __future__ import annotations

from tests.cases import Case
from tests.edits import Edit, Found, edit_table


def _renamed(table: str, **labels: str) -> Edit:
    def change(rows: list[list[str]]) -> None:
        for name, label in labels.items():
            rows[0][rows[0].index(name)] = label

    return edit_table(table, change)


def _full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def _is_meant(name: str, label: str, table: str = "budgets") -> Case:
    found: Found = ("column_missing", table, 1, name)
    return Case(f"{table}: {label or 'nothing'} for {name}", _renamed(table, **{name: label}), (found,))


def _without(table: str, *names: str) -> Edit:
    def change(rows: list[list[str]]) -> None:
        for name in names:
            place = rows[0].index(name)
            for row in rows:
                del row[place]

    return edit_table(table, change)


def _doubled(name: str, label: str) -> Edit:
    def change(rows: list[list[str]]) -> None:
        place = rows[0].index(name)
        for number, row in enumerate(rows):
            row.append(row[place] if number else label)

    return edit_table("budgets", change)


def _added(label: str) -> Case:
    """A column of the package's own whose heading looks like a legal name."""
    found: Found = ("column_name_invalid", "budgets", 1, label)
    return Case(f"budgets: {label!r} added", _doubled("note_th", label), (found,))


CASES = (
    _is_meant("amount_thb", "จำนวนเงิน (บาท)"),
    _is_meant("amount_thb", "จำนวนเงิน"),
    _is_meant("amount_thb", "Amount THB"),
    _is_meant("amount_thb", "AMOUNT_THB"),
    _is_meant("amount_thb", "amount-thb"),
    _is_meant("amount_thb", " amount_thb "),
    _is_meant("amount_thb", "amount_thb (บาท)"),
    _is_meant("amount_thb", "Amount adopted"),
    _is_meant("amount_thb", "งบ"),
    _is_meant("amount_thb", "บาท"),
    _is_meant("amount_thb", ""),
    _is_meant("fiscal_year_be", "ปีงบประมาณ"),
    _is_meant("fiscal_year_be", "ปี พ.ศ."),
    _is_meant("budget_status", "สถานะ"),
    _is_meant("budget_status", "ประเภท"),
    _is_meant("note_th", "หมายเหตุ"),
    _is_meant("note_th", "remark"),
    _is_meant("plan_id", "แผน"),
    _is_meant("project_id", "เลขที่โครงการ"),
    _is_meant("project_id", "project"),
    _is_meant("title_th", "ชื่อโครงการ", "projects"),
    _is_meant("lead_unit_id", "หน่วยงาน", "projects"),
    _is_meant("unit_id", "รหัส", "units"),
    _is_meant("plan_id", "", "units"),
    *(
        _is_meant(name, label)
        for name, label in (
            ("amount_thb", "\u0430mount_thb"),
            ("amount_thb", "am\u03bfunt_thb"),
            ("amount_thb", "ａｍｏｕｎｔ＿ｔｈｂ"),
            ("amount_thb", "amount\u200b_thb"),
            ("amount_thb", "\ufeffamount_thb"),
            ("amount_thb", "amount_thb\u00a0"),
            ("line_no", "\u0406\u0456\u043de_\u0578\u043e"),
            ("plan_id", "plan\u00ad_id"),
            ("plan_id", "рӏаn_іd"),
        )
    ),
    *(_added(label) for label in ("x_\u0430mount", "x_a\u200bmount", "x_year_๒๕๖๖", "ｘ＿ｙｅａｒ", "r\u0435mark")),
    Case(
        "budgets: every heading full-width",
        edit_table("budgets", lambda rows: rows.__setitem__(0, [_full_width(label) for label in rows[0]])),
        (("column_missing", "budgets", 1, None),),
    ),
    Case(
        "budgets: two Thai headings",
        _renamed("budgets", amount_thb="จำนวนเงิน (บาท)", budget_status="สถานะงบประมาณ"),
        (("column_missing", "budgets", 1, "amount_thb"), ("column_missing", "budgets", 1, "budget_status")),
    ),
    Case(
        "budgets: two headings that only the cells explain",
        _renamed("budgets", budget_status="ก", amount_basis="ข"),
        (("column_missing", "budgets", 1, "amount_basis"), ("column_missing", "budgets", 1, "budget_status")),
    ),
    Case(
        "budgets: a heading doubled",
        _doubled("amount_thb", "amount_thb"),
        (("column_duplicate", "budgets", 1, "amount_thb"),),
    ),
    Case(
        "budgets: a heading doubled, another lost",
        _renamed("budgets", budget_status="amount_thb"),
        (("column_missing", "budgets", 1, "budget_status"),),
    ),
    Case(
        "budgets: an optional column deleted",
        _without("budgets", "note_th"),
        (("column_missing", "budgets", 1, "note_th"),),
    ),
    Case(
        "units: a required column deleted", _without("units", "plan_id"), (("column_missing", "units", 1, "plan_id"),)
    ),
)
