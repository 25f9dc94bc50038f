"""A budget that an ordinance changed after the plan was announced, and errata about it as people write them."""

from __future__ import annotations

from tests.cases import Case
from tests.conftest import PLAN
from tests.edits import KHELANG, Edit, Found, cell, copy, together

_AMENDED = cell("budgets", 2, amount_thb="350000")
_FOUND: tuple[Found, ...] = (
    ("printed_amounts_differ", "budgets", 2, "sheet_amount_printed"),
    ("printed_amounts_differ", "budgets", 2, "summary_amount_printed"),
    ("printed_grand_total_differs", "printed_totals", 27, "amount_thb"),
    ("printed_subtotal_differs", "printed_totals", 2, "amount_thb"),
)
_ROW = 200
"""The new row of the errata."""

RIGHT = {
    "topic": "amount",
    "rule": "printed_amounts_differ",
    "resource": "budgets",
    "record_id": f"{KHELANG}-P01",
    "field": "summary_amount_printed",
    "fiscal_year_be": "2566",
    "printed_value": "๓๐๐,๐๐๐",
    "other_value": "350000",
    "adopted_value": "",
    "reading_th": "ใช้ 350,000 บาท",
    "reading_en": "",
}
"""What explains the first of the warnings that the change makes."""
_BASIS = {"basis_th": "แก้ตามเทศบัญญัติ", "basis_en": "", "cause": "budget_amended"}


def _explained(**wrong: str) -> Edit:
    return together(_AMENDED, copy("errata", 2, **{"erratum_id": f"{KHELANG}-E300", **RIGHT, **_BASIS, **wrong}))


def _unmatched(field: str, *others: str) -> tuple[Found, ...]:
    more: tuple[Found, ...] = tuple((code, "errata", _ROW, field) for code in others)
    return (*_FOUND, ("erratum_unmatched", "errata", _ROW, field), *more)


CASES = (
    Case("an amount changed by an ordinance", _AMENDED, _FOUND, source=PLAN),
    Case("explained in Thai alone", _explained(), _FOUND, source=PLAN),
    Case("rule misspelt", _explained(rule="printed_amount_differ"), _unmatched("rule"), source=PLAN),
    Case(
        "rule in Thai", _explained(rule="จำนวนเงินที่พิมพ์ไม่ตรงกับที่บันทึก"), _unmatched("rule", "pattern_mismatch"), source=PLAN
    ),
    Case("record of another project", _explained(record_id=f"{KHELANG}-P10"), _unmatched("record_id"), source=PLAN),
    Case("record shortened", _explained(record_id="P01"), _unmatched("record_id", "pattern_mismatch"), source=PLAN),
    Case(
        "field misspelt", _explained(field="summary_amount"), _unmatched("field", "erratum_record_missing"), source=PLAN
    ),
    Case(
        "Gregorian year",
        _explained(fiscal_year_be="2023"),
        _unmatched("fiscal_year_be", "value_out_of_range"),
        source=PLAN,
    ),
    Case("year left out", _explained(fiscal_year_be=""), _unmatched("fiscal_year_be"), source=PLAN),
    Case(
        "record, field and year left out",
        _explained(record_id="", field="", fiscal_year_be=""),
        _unmatched("record_id"),
        source=PLAN,
    ),
    Case("values left out", _explained(printed_value="", other_value=""), _unmatched("printed_value"), source=PLAN),
    Case(
        "cause in Thai",
        _explained(cause="แก้ตามเทศบัญญัติ"),
        (*_FOUND, ("pattern_mismatch", "errata", _ROW, "cause")),
        source=PLAN,
    ),
    Case(
        "id of another erratum",
        _explained(erratum_id=f"{KHELANG}-E064"),
        (*_FOUND, ("key_duplicate", "errata", _ROW, "erratum_id")),
        source=PLAN,
    ),
)
