"""Days as people and spreadsheets write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khelang_opendata.model.calendar import THAI_MONTHS, YEARS, ReadDay, read_day
from khelang_opendata.model.thai import ERA

DAY = date(2022, 9, 27)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2022-09-27",
            "2022-9-27",
            "2022/09/27",
            "20220927",
            "27092022",
            "27/9/2022",
            "9/27/2022",
            "27-Sep-22",
            "27 Sept 2022",
        ),
        *(
            "September 27, 2022",
            "44831",
            "44831.0",
            "44831.75",
            "2022-09-27T00:00:00Z",
            "27/09/2022 13:45",
            "27 ก.ย. 2022",
        ),
    ],
)
def test_days_of_the_common_era(text: str) -> None:
    assert read_day(text) == ReadDay(DAY, is_buddhist=False)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2565-09-27",
            "2565-9-27",
            "27/9/2565",
            "27/9/65",
            "27-9-2565",
            "27.9.65",
            "25650927",
            "27092565",
            "๒๗/๐๙/๒๕๖๕",
        ),
        *("27 กันยายน 2565", "27 กันยายน พ.ศ. 2565", "วันที่ 27 เดือนกันยายน พ.ศ. 2565", "วันอังคารที่ 27 กันยายน 2565"),
        *("27 ก.ย. 65", "27 ก.ย.2565", "27-ก.ย.-65", "27-Sep-65", str(44831 + (date(2565, 9, 27) - DAY).days)),
    ],
)
def test_days_of_the_buddhist_era(text: str) -> None:
    assert read_day(text) == ReadDay(DAY, is_buddhist=True)


def test_a_day_that_may_be_a_month_is_not_certain() -> None:
    assert read_day("9/8/2022") == ReadDay(date(2022, 8, 9), is_buddhist=False, is_certain=False)
    assert read_day("9/9/2022") == ReadDay(date(2022, 9, 9), is_buddhist=False)
    assert read_day("9/8/2565") == ReadDay(date(2022, 8, 9), is_buddhist=True)


@pytest.mark.parametrize(
    ("text", "is_buddhist"), [("2560-02-29", True), ("2017-99-99", False), ("31/4/2565", True), ("2021-02-29", False)]
)
def test_days_that_no_calendar_has(text: str, is_buddhist: bool) -> None:
    assert read_day(text) == ReadDay(None, is_buddhist)


@pytest.mark.parametrize(
    "text", ["", "soon", "2565", "12/2565", "กันยายน 2565", "27 กันยา 2565", "300", "1234567", "a" * 99_999]
)
def test_texts_that_are_no_day(text: str) -> None:
    assert read_day(text) is None


@given(st.dates(date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)))
def test_every_day_is_read_in_both_eras(day: date) -> None:
    year = day.year + ERA
    assert read_day(day.isoformat()) == ReadDay(day, is_buddhist=False)
    for text in (
        f"{day.day} {THAI_MONTHS[day.month - 1]} {year}",
        f"{year}-{day.month}-{day.day}",
        f"{day:%d/%m}/{year}",
    ):
        assert read_day(text) == ReadDay(day, is_buddhist=year >= 2443)


@given(st.text(max_size=40))
def test_any_text_is_a_day_or_none(text: str) -> None:
    assert read_day(text) is None or isinstance(read_day(text), ReadDay)
