"""Amounts as spreadsheets write them."""

from __future__ import annotations

from tests.cases import Case
from tests.edits import cell

_AMOUNT = ("budgets", 2, "amount_thb")

CASES = (
    Case("grouped", cell("budgets", 2, amount_thb="300,000.00"), (("number_grouped", *_AMOUNT),)),
    Case("Thai digits", cell("budgets", 2, amount_thb="๓๐๐,๐๐๐"), (("thai_digits", *_AMOUNT),)),
    Case("with its unit", cell("budgets", 2, amount_thb="300000 บาท"), (("type_wrong", *_AMOUNT),)),
    Case("a broken formula", cell("budgets", 2, amount_thb="#REF!"), (("type_wrong", *_AMOUNT),)),
)
