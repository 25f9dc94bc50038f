"""The day of a release: one form alone, within the years that its archive can bear, and words for all others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from khelang_opendata import Package, ReleaseOptions
from khelang_opendata.model.wording import failures
from khelang_opendata.release import draft_release
from khelang_opendata.release.release_day import release_day
from tests.conftest import PLAN, VALID, Khelang, fails

NO_DAYS = [
    ("20261126", "form"),
    ("2026-W48-4", "form"),
    ("2026W484", "form"),
    ("2026-330", "form"),
    ("2026-11-26T00:00:00", "form"),
    ("2026-11-26 ", "form"),
    (" 2026-11-26", "form"),
    ("2026-11-26\n", "form"),
    ("2026/11/26", "form"),
    ("26-11-2026", "form"),
    ("2026-1-2", "form"),
    ("+2026-11-26", "form"),
    ("-026-11-26", "form"),
    ("๒๐๒๖-๑๑-๒๖", "form"),
    ("๒๕๖๙-๑๑-๒๖", "form"),
    ("２０２６-11-26", "form"),
    ("2026–11–26", "form"),
    ("2026-02-29", "form"),
    ("2026-13-01", "form"),
    ("2026-00-10", "form"),
    ("0000-01-01", "form"),
    ("2569-02-30", "form"),
    ("2569-02-29", "form"),
    ("today", "form"),
    ("", "form"),
    ("9" * 100_000, "form"),
    ("2569-11-26", "buddhist"),
    ("2567-02-29", "buddhist"),
    ("9999-12-31", "buddhist"),
    ("1979-12-31", "range"),
    ("2108-01-01", "range"),
    ("0001-01-01", "range"),
    ("2399-01-01", "range"),
]
NO_EPOCHS = [
    "-1",
    "0",
    "315532799",
    "4354819200",
    "99999999999",
    "999999999999",
    "9" * 400,
    "9" * 5000,
    "1e9",
    "1795305600.5",
    "๑",
    " ",
    "x",
]
NO_EPOCHS += ["0x6b", "1_795_305_600", " 1795305600", "+1795305600", "NaN", "2026-11-22"]


@pytest.mark.parametrize(("text", "variant"), NO_DAYS)
def test_text_that_is_no_day_of_a_release(text: str, variant: str) -> None:
    with fails("date_invalid") as caught:
        release_day(text)
    assert caught.value.params["variant"] == variant
    assert len(str(caught.value.params["value"])) <= 40


@pytest.mark.parametrize("text", ["1980-01-01", "2026-11-26", "2024-02-29", "2107-12-31"])
def test_day_of_a_release(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "spoilt, and of no use where a day is given")
    assert release_day(text) == date.fromisoformat(text)


@pytest.mark.parametrize("text", ["2569-11-26", "2567-02-29"])
def test_remedy_for_a_buddhist_year_works(khelang: Khelang, text: str) -> None:
    done = khelang("release", PLAN, "--dry-run", "--released-on", text, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, b"")
    fix = done.stderr.decode().splitlines()[1]
    day = fix.removeprefix("Fix: Write ").removesuffix(".")
    assert release_day(day).year == int(text[:4]) - 543


@pytest.mark.parametrize("text", NO_EPOCHS)
def test_variable_that_is_no_day(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    with fails("date_invalid") as caught:
        release_day(None)
    assert caught.value.params == {"variant": "epoch", "name": "SOURCE_DATE_EPOCH", "value": text[:40]}


@pytest.mark.parametrize(
    ("text", "day"), [("315532800", "1980-01-01"), ("1795305600", "2026-11-22"), ("4354819199", "2107-12-31")]
)
def test_variable_that_is_a_day(text: str, day: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    assert release_day(None) == date.fromisoformat(day)


def test_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "")
    assert release_day(None) == date.today()


def test_commands_name_the_variable(khelang: Khelang, tmp_path: Path) -> None:
    for command in (("release", PLAN, "--out", "out"), ("withdraw", "1.0.0", "--reason", "x", "--out", "out")):
        for text in ("-1", "9" * 30, "x"):
            for language in ("th", "en"):
                done = khelang(*command, "--lang", language, env={"SOURCE_DATE_EPOCH": text})
                assert (done.returncode, done.stdout) == (2, b"")
                assert b"SOURCE_DATE_EPOCH" in done.stderr
                assert len(done.stderr.splitlines()) == 2
    assert not (tmp_path / "out").exists()
    for option in ("--released-on",):
        done = khelang("release", PLAN, "--out", "out", option, "20261126", "--lang", "en")
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"2026-11-22" in done.stderr  # how to write it


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1979, 12, 31), date(2108, 1, 1), date.max])
def test_library_refuses_days_that_no_archive_can_bear(day: date) -> None:
    with fails("date_invalid") as caught:
        draft_release(Package.load(VALID), ReleaseOptions(day))
    assert caught.value.params == {"variant": "range", "value": day.isoformat()}


@pytest.mark.parametrize("day", [date(1980, 1, 1), date(2107, 12, 31)])
def test_library_takes_those_that_one_can(day: date) -> None:
    assert draft_release(Package.load(VALID), ReleaseOptions(day)).version == "1.0.0"


def test_no_words_claim_that_nothing_was_written_where_something_may_be() -> None:
    """These failures come from many places, at some of which other files are written already."""
    for code in ("output_unwritable", "folder_unwritable", "internal"):
        wordings = failures()[code].wordings
        text = " ".join(text for one in wordings for texts in one for text in texts.values()).lower()
        for claim in ("nothing", "not changed", "is unchanged", "ไม่มีสิ่งใด", "ไม่ถูกแก้ไข", "ยังอยู่ครบ"):
            assert claim not in text, (code, claim)
