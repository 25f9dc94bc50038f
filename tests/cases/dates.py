"""Dates as people and spreadsheets write them, in either era."""

from __future__ import annotations

from pathlib import Path

from tests.cases import Case
from tests.conftest import VALID
from tests.edits import Found, cell, descriptor

_ANNOUNCED = ("plans", 2, "announced_on")
_OF_PACKAGE = (None, None, None)


def _announced(text: str, code: str, source: Path = VALID) -> Case:
    found: tuple[Found, ...] = ((code, *_ANNOUNCED),)
    return Case(f"announced on {text!r}", cell("plans", 2, announced_on=text), found, source)


def _created(text: str, code: str) -> Case:
    edit = descriptor(lambda d: d.update(created=text))
    return Case(f"created {text!r}", edit, ((code, *_OF_PACKAGE),))


def _source_of(text: str, code: str) -> Case:
    edit = descriptor(lambda d: d["sources"][0].update(date=text))
    return Case(f"a source of {text!r}", edit, ((code, *_OF_PACKAGE),))


CASES = (
    *(
        _announced(text, "date_buddhist_year")
        for text in (
            *("2560-09-15", "2560-9-15", "2560-02-29", "2563-02-29", "2560/9/15", "25600915", "2560.09.15"),
            *("15/9/2560", "15-9-2560", "15.9.2560", "15/9/60", "15/09/2560 0:00", "2560-09-15 00:00:00"),
            *("15 กันยายน 2560", "15 กันยายน พ.ศ. 2560", "วันที่ 15 เดือนกันยายน พ.ศ. 2560", "15 ก.ย. 2560", "15 ก.ย. 60"),
            *("15-Sep-60", "15 September 2560", "September 15, 2560", "241316"),
        )
    ),
    _announced("๒๕๖๐-๐๙-๑๕", "thai_digits"),
    _announced("๑๕/๙/๒๕๖๐", "thai_digits"),
    _announced("๑๕ กันยายน ๒๕๖๐", "thai_digits"),
    *(
        _announced(text, "type_wrong")
        for text in (
            *(
                "2017-9-15",
                "2017-09-5",
                "15/9/2017",
                "9/15/2017",
                "8/9/2017",
                "15-Sep-17",
                "15-Sep-2017",
                "Sep 15, 2017",
            ),
            *("43000", "43000.0", "20170915", "2017/09/15", "2017-09-15T00:00:00", "2017-99-99", "2017-02-29"),
            *("#REF!", "########", "-", "กันยายน 2560", "2017-09"),
        )
    ),
    *(
        _announced(text, "date_out_of_range")
        for text in ("0017-09-15", "1017-09-15", "1899-12-31", "9999-12-31", "3000-01-01", "2410-01-01", "15/9/0017")
    ),
    _announced("2017-09-15\u200b", "character_hidden"),
    _announced("\u200e2560-09-15", "character_hidden"),
    Case(
        "due in a Buddhist year",
        cell("risk_controls", 2, due_on="2561-9-5"),
        (("date_buddhist_year", "risk_controls", 2, "due_on"),),
    ),
    Case(
        "reported in no year",
        cell("progress", 2, reported_on="0018-04-10"),
        (("date_out_of_range", "progress", 2, "reported_on"),),
    ),
    *(
        _source_of(text, "date_buddhist_year")
        for text in ("2565-09-27", "2565-9-27", "27/9/2565", "27 กันยายน 2565", "2565-02-29")
    ),
    *(
        _source_of(text, "type_wrong")
        for text in ("2022-99-99", "2022-02-30", "27/9/2022", "2022-9-27", "44831", "soon", "8/9/2022")
    ),
    _source_of("0022-09-27", "date_out_of_range"),
    _created("2565-09-27T00:00:00Z", "date_buddhist_year"),
    _created("2022-99-99T00:00:00Z", "type_wrong"),
    _created("2022-09-27", "type_wrong"),
    _created("27/9/2565", "date_buddhist_year"),
    _created("1022-09-27T00:00:00Z", "date_out_of_range"),
    Case(
        "a date of one's own in a Buddhist year",
        descriptor(lambda d: d.update(reviewed="2565-09-27")),
        (("date_buddhist_year", *_OF_PACKAGE),),
    ),
    Case(
        "a date for the portal in a Buddhist year",
        descriptor(lambda d: d["portal"].update(last_updated_date="2565-09-27")),
        (("date_buddhist_year", *_OF_PACKAGE),),
    ),
)
