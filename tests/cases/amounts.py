"""Numbers as spreadsheets and people write them."""

from __future__ import annotations

from collections.abc import Callable

from tests.cases import Case
from tests.conftest import PLAN
from tests.edits import Edit, cell, edit_table, together

_AMOUNT = ("budgets", 2, "amount_thb")


def _amount(text: str, code: str) -> Case:
    return Case(f"an amount of {text!r}", cell("budgets", 2, amount_thb=text), ((code, *_AMOUNT),))


def _year(text: str, code: str) -> Case:
    found = ((code, "budgets", 2, "fiscal_year_be"),)
    return Case(f"a year of {text!r}", cell("budgets", 2, fiscal_year_be=text), found)


def _each(table: str, name: str, write: Callable[[str], str], last: int = 1000) -> Edit:
    """The cells of a column are written in another way, up to a row."""

    def change(rows: list[list[str]]) -> None:
        place = rows[0].index(name)
        for row in rows[1:last]:
            row[place] = write(row[place]) if row[place] else ""

    return edit_table(table, change)


def _grouped(text: str) -> str:
    return f"{float(text):,.2f}"


def _in_thai(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))


CASES = (
    Case("a column of grouped numbers", _each("budgets", "amount_thb", _grouped), (("number_grouped", *_AMOUNT),)),
    Case(
        "a column of numbers grouped by spaces",
        _each("budgets", "amount_thb", lambda text: f"{int(text):,}".replace(",", " ")),
        (("number_grouped", *_AMOUNT),),
        source=PLAN,
    ),
    Case(
        "three grouped numbers",
        _each("budgets", "amount_thb", _grouped, last=4),
        tuple(("number_grouped", "budgets", row, "amount_thb") for row in (2, 3, 4)),
    ),
    Case(
        "two columns of grouped numbers",
        together(_each("budgets", "amount_thb", _grouped), _each("printed_totals", "amount_thb", _grouped)),
        (("number_grouped", *_AMOUNT), ("number_grouped", "printed_totals", 2, "amount_thb")),
    ),
    Case(
        "a column of numbers in Thai digits",
        _each("budgets", "amount_thb", lambda text: _in_thai(f"{int(text):,}")),
        (("thai_digits", *_AMOUNT),),
        source=PLAN,
    ),
    Case(
        "a column of ids in Thai digits",
        _each("projects", "lead_unit_id", _in_thai),
        (("thai_digits", "projects", 2, "lead_unit_id"),),
    ),
    *(_amount(text, "number_grouped") for text in ("300,000", "300,000.00", "300 000", " 300,000.00 ", "+300,000")),
    *(_amount(text, "thai_digits") for text in ("๓๐๐,๐๐๐", "๓๐๐๐๐๐", "３０００００")),
    *(
        _amount(text, "number_not_plain")
        for text in (
            *(
                "3E+05",
                "3e5",
                "1.2E+05",
                "3.00000E5",
                "1E-9",
                "1e999999",
                "0300000",
                "+300000",
                "300000.",
                "-0",
                "-0.00",
            ),
            *("000", " 0300000", "0300000.50"),
        )
    ),
    *(
        _amount(text, "number_too_long")
        for text in (
            "99999999999999999",
            "299999.99999999994",
            "300000.00000000006",
            "9" * 4000,
            "20000.004999999997",
            "1" + "0" * 15,
        )
    ),
    *(_amount(text, "amount_too_fine") for text in ("20000.005", "20000.001", "299999.99999", "0.001")),
    *(
        _amount(text, "type_wrong")
        for text in (
            *(
                "300000 บาท",
                "300,000.00 บาท",
                "๓๐๐,๐๐๐.- บาท",
                "300,000.-",
                "฿300,000",
                "300000฿",
                "'300000",
                "=300000",
                "(300,000.00)",
                "#REF!",
                "#N/A",
            ),
            *("########", "NaN", "inf", "-", "สามแสนบาท", "300.000,00", "3 แสน"),
        )
    ),
    _amount("20000\u00a0", "text_not_normalized"),
    _amount(" 20000", "text_not_normalized"),
    *(_amount(text, "character_hidden") for text in ("300000\u200b", "\ufeff300000", "300\u202e000", "300000\x07")),
    *(_year(text, "number_not_plain") for text in ("+2566", "02566", "2.566E+03")),
    *(_year(text, "type_wrong") for text in ("2566.0", "2566.00", "พ.ศ. 2566")),
    Case(
        "a quantity with an exponent",
        cell("targets", 2, quantity="1E+02"),
        (("number_not_plain", "targets", 2, "quantity"),),
    ),
    Case(
        "a risk score of 17 digits",
        cell("risks", 2, risk_score="6.0000000000000001"),
        (("number_too_long", "risks", 2, "risk_score"),),
    ),
    Case("a long fraction that is no amount", cell("indicators", 2, value="80.12345"), ()),
)
