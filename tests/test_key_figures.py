"""The key figures: what a journalist asks first, of the real plan and of plans in other shapes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from khelang_opendata.formats.headlines import baht, entry_headlines, limit_headlines, money_headlines
from khelang_opendata.formats.key_figures import KeyFigures, Money
from khelang_opendata.package.edition import Edition
from tests.conftest import EXAMPLES, PLAN, VALID
from tests.roundtrip import edition_of

HUAI_SAI = EXAMPLES / "valid/huai-sai-2566-2570"


@pytest.fixture(scope="module")
def edition() -> Edition:
    return edition_of(PLAN)


@pytest.fixture(scope="module")
def figures(edition: Edition) -> KeyFigures:
    return KeyFigures(edition)


def test_money_of_the_plan_by_year_dimension_and_source(figures: KeyFigures) -> None:
    assert figures.total == Money(Decimal(12_942_155), is_least=True)
    assert [money.thb for money in figures.years.values()] == [5_996_755, 1_532_600, 2_242_600, 1_532_600, 1_637_600]
    assert [part.money.thb for part in figures.dimensions] == [4_355_000, 155_000, 1_795_000, 2_750_000, 3_887_155]
    assert figures.scored.money == Money(Decimal(9_055_000), is_least=False)
    assert figures.unscored.money == Money(Decimal(3_887_155), is_least=True)
    assert {part.id: part.money.thb for part in figures.sources} == {
        "lao_budget": 10_505_000,
        "health_fund": 2_437_155,
        "fund_balance": 0,
    }


def test_the_divisions_and_the_projects_with_most_money(figures: KeyFigures) -> None:
    assert [(part.name[1], int(part.money.thb)) for part in figures.divisions[:2]] == [
        ("Public Health and Environment Division", 3_892_155),
        ("Office of the Municipal Clerk", 2_800_000),
    ]
    shares = [(part.id[-3:], round(figures.per_cent(part.money), 1)) for part in figures.by_money[:2]]
    assert shares == [("P45", Decimal("30.0")), ("P41", Decimal("21.2"))]


def test_entries_with_and_without_money(figures: KeyFigures) -> None:
    assert (len(figures.projects), len(figures.never_funded), len(figures.funded_every_year)) == (45, 24, 17)
    assert (len(figures.running_in(2570)), len(figures.funded_in(2570))) == (44, 19)
    assert [(kind.id, len(kind.projects), int(kind.money.thb)) for kind in figures.kinds] == [
        ("project", 27, 12_892_155),
        ("activity", 6, 0),
        ("measure", 12, 50_000),
    ]


def test_projects_for_youth(figures: KeyFigures) -> None:
    (youth,) = (part for part in figures.audiences if part.id == "students_youth")
    assert [project["sequence_no"] for project in youth.projects] == ["9", "12", "13", "14"]
    assert youth.money.thb == 750_000


def test_a_plan_without_dimensions_has_one_part_that_is_not_named() -> None:
    figures = KeyFigures(edition_of(HUAI_SAI))
    assert [(part.id, part.name[1], int(part.money.thb)) for part in figures.dimensions] == [("", "Not named", 430_000)]
    assert figures.whole_period == Money(Decimal(300_000), is_least=False)
    assert sum(money.thb for money in figures.years.values()) + figures.whole_period.thb == figures.total.thb


def test_what_is_spent_is_that_of_the_latest_round() -> None:
    assert KeyFigures(edition_of(VALID)).spent == Decimal("137650.75")
    lines = {line.label[1]: line.value[1] for line in money_headlines(KeyFigures(edition_of(VALID)))}
    assert lines["Spent"] == "137,650.75"


@pytest.mark.parametrize("folder", [PLAN, VALID, HUAI_SAI], ids=lambda path: str(path.name))
def test_headlines_are_whole_in_both_languages(folder: Path) -> None:
    figures = KeyFigures(edition_of(folder))
    for line in (*money_headlines(figures), *entry_headlines(figures)):
        assert all((*line.label, *line.value))
        assert bool(line.note[0]) == bool(line.note[1])
    assert all(all((*line.label, *line.note)) for line in limit_headlines(figures))


@pytest.mark.parametrize(
    ("money", "thai", "english"),
    [
        (None, "–", "–"),
        (Decimal("0"), "0", "0"),
        (Decimal("1234.5"), "1,234.50", "1,234.50"),
        (Money(Decimal("300000.00"), is_least=False), "300,000", "300,000"),
        (Money(Decimal(5), is_least=True), "อย่างน้อย 5", "at least 5"),
        (Money(Decimal(0), is_least=True), "ไม่ทราบ", "not known"),
    ],
)
def test_baht(money: Money | Decimal | None, thai: str, english: str) -> None:
    assert baht(money) == (thai, english)


@pytest.mark.parametrize(
    ("erratum", "words"),
    [
        ("E006", "5,996,755"),
        ("E017", "ใช้งบประมาณร่วมกับโครงการอื่น"),
        ("E018", "โครงการพัฒนาประสิทธิภาพการจัดการบริหารขององค์กรปกครองส่วนท้องถิ่น"),
        ("E033", "4.1.1"),
        ("E080", "2566"),
    ],
)
def test_values_that_errata_adopt_are_in_words(figures: KeyFigures, erratum: str, words: str) -> None:
    adopted = {record["erratum_id"].rpartition("-")[2]: record["adopted"][0] for record in figures.errata}
    assert adopted[erratum] == words
