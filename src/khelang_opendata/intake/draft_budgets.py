"""The budget lines of a drafted package: what the table and the sheet say of a project's year, put together.

An amount is certain only where both print it, the table gives the title a line of its own, and row and sheet are
surely one project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from khelang_opendata.intake.document_amounts import SheetAmount, SheetBudget, amount_in, is_tick, sheet_budget, sign_in
from khelang_opendata.intake.document_sheets import DocumentSheet
from khelang_opendata.intake.document_summary import NO_YEAR
from khelang_opendata.intake.draft_pairs import ProjectPair
from khelang_opendata.intake.draft_values import Confidence, DraftTables, DraftWhere
from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.intake.summary_rows import BUDGETED, DASH, NO_BUDGET, NOT_RUN, UNKNOWN, ZERO
from khelang_opendata.model.thai import amounts_in_words, baht, same_words

_LAO_BUDGET = "lao_budget"
_STATED = {True: "stated", False: "not_stated"}


@dataclass(frozen=True)
class TableAmount:
    """What the table prints for a project's year: the text, and the amount or sign that it is; None where nothing."""

    printed: str
    amount: Decimal | None
    sign: str = ""

    @property
    def is_silent(self) -> bool:
        return self.amount is None and not self.sign

    @property
    def is_unread(self) -> bool:
        """Whether there is something that is no amount."""
        return self.is_silent and bool(self.printed)


@dataclass(frozen=True)
class YearReading:
    """What is adopted for a year."""

    status: str
    amount: Decimal | None
    sure: tuple[Confidence, str]
    summary_printed: str = ""
    sheet: SheetAmount | None = None
    parts: Sequence[SheetAmount] = ()
    """The amounts of several sources that make it up."""


def budget_of(sheet: DocumentSheet | None, years: Sequence[int]) -> SheetBudget:
    """What the budget section of a sheet says; nothing where there is none."""
    section = sheet.section("budget") if sheet else None
    return sheet_budget(section.texts, years) if section else SheetBudget()


def table_amounts(lines: Sequence[Mapping[int, str]], years: Sequence[int]) -> dict[int, TableAmount]:
    """What the lines of a project's row print by year; several lines of one project are added.

    Args:
        lines: the lines.
        years: the years of the plan; a table without columns of years prints the amount of its only one.
    """
    found = {}
    for year in years:
        keys = (year, NO_YEAR) if len(years) == 1 else (year,)
        parts = [line[key] for line in lines for key in keys if line.get(key)]
        amounts = [amount for part in parts if (amount := amount_in(part)) is not None]
        signs = [sign_in(part) for part in parts]
        if not parts or all(map(is_tick, parts)):
            found[year] = TableAmount("", None)
        elif amounts:
            total = sum(amounts, Decimal(0))
            found[year] = TableAmount(" + ".join(parts), total, ZERO if total == 0 else "")
        else:
            is_zero = any(part.startswith("ไม่") for part in parts)
            found[year] = TableAmount(parts[0], None, ZERO if is_zero else next(filter(None, signs), ""))
    return found


def align_stacked(pairs: Sequence[ProjectPair], budgets: Sequence[SheetBudget], years: Sequence[int]) -> None:
    """Where a cell of several titles has fewer lines of amounts, give each line to the next title whose sheet agrees.

    Args:
        pairs: the projects.
        budgets: what the sheet of each says.
        years: the years of the plan.
    """
    groups: dict[int, list[int]] = {}
    for at, pair in enumerate(pairs):
        if pair.row and not pair.row.is_own:
            groups.setdefault(pair.row.group, []).append(at)
    for members in groups.values():
        lines = [line for at in members for line in pairs[at].row.lines]  # type: ignore[union-attr]
        if not 0 < len(lines) < len(members):
            continue
        free = list(members)
        for at in members:
            pairs[at].row.lines = []  # type: ignore[union-attr]
        for left, line in enumerate(lines):
            reach = len(free) - (len(lines) - left) + 1
            place = next((n for n in range(reach) if _agrees(line, budgets[free[n]], years)), 0)
            pairs[free[place]].row.lines = [line]  # type: ignore[union-attr]
            free = free[place + 1 :]


def _agrees(line: Mapping[int, str], budget: SheetBudget, years: Sequence[int]) -> bool:
    printed = table_amounts([line], years)
    said = [(printed[year].amount, one.amount) for year in years if (one := budget.of(year))]
    return bool(said) and all(amount == other for amount, other in said)


def year_reading(
    pair: ProjectPair, table: TableAmount, budget: SheetBudget, year: int, span: range, dash: str
) -> YearReading:
    """What is adopted for a project's year.

    Args:
        pair: the project.
        table: what the table prints.
        budget: what the sheet says.
        year: the year.
        span: the years in which the project runs.
        dash: the status that a dash means in this document.
    """
    reading = _reading(pair, table, budget, year, span, dash)
    is_each = reading.sheet is not None and reading.sheet.basis == "each_year"
    if pair.row and pair.row.is_of_ticks and table.amount and not (is_each and reading.sure[0] is Confidence.CERTAIN):
        return replace(reading, sure=(Confidence.DOUBTFUL, "amount_of_ticks"))
    return reading


def _reading(
    pair: ProjectPair, table: TableAmount, budget: SheetBudget, year: int, span: range, dash: str
) -> YearReading:
    said = budget.of(year)
    if said and budget.every_year is said and year not in span and table.is_silent:
        said = None
    if table.is_silent:
        reading = _of_sheet(said, year in span)
        unread = (Confidence.DOUBTFUL if said else Confidence.MISSING, "amount_unread")
        return replace(reading, sure=unread, summary_printed=table.printed) if table.is_unread else reading
    if said is None or not budget.is_clear:
        return _of_table(pair, table, budget, dash, said)
    adopted = table.amount if table.sign != DASH else None
    is_equal = (adopted or Decimal(0)) == said.amount
    if not is_equal and pair.row and not pair.row.is_own:
        return YearReading(said.status, said.amount, (Confidence.DOUBTFUL, "amounts_merged"), "", said)
    if not is_equal:
        parts = budget.parts if _add_up(budget.parts, table.amount) else ()
        sure = (Confidence.LIKELY, "sources_several") if parts else (Confidence.DOUBTFUL, "amount_differs")
        reading = _of_table(pair, table, budget, dash, said)
        return YearReading(reading.status, reading.amount, sure, table.printed, said, parts)
    if table.sign == DASH:
        return YearReading(NO_BUDGET, Decimal(0), (Confidence.LIKELY, "dash_without_money"), table.printed, said)
    return YearReading(said.status, said.amount, _agreed(pair, said), table.printed, said)


def _agreed(pair: ProjectPair, said: SheetAmount) -> tuple[Confidence, str]:
    """How sure an amount is that both places print."""
    if any(not same_words(words, amount) for amount, words in amounts_in_words(said.printed)):
        return Confidence.DOUBTFUL, "words_differ"
    if pair.row and not pair.row.is_own:
        return Confidence.LIKELY, "amounts_merged"
    return (Confidence.CERTAIN, "") if pair.is_sure else (Confidence.LIKELY, "paired_by_order")


def _of_sheet(said: SheetAmount | None, runs: bool) -> YearReading:
    if said is None:
        status = UNKNOWN if runs else NOT_RUN
        return YearReading(status, None, (Confidence.MISSING if runs else Confidence.DOUBTFUL, "amount_missing"))
    return YearReading(said.status, said.amount, (Confidence.LIKELY, "only_in_sheet"), "", said)


def _of_table(
    pair: ProjectPair, table: TableAmount, budget: SheetBudget, dash: str, said: SheetAmount | None
) -> YearReading:
    """What the table alone says: a dash besides a sheet that has amounts of other years is sure."""
    own = (Confidence.LIKELY, "only_in_summary") if not pair.row or pair.row.is_own else None
    sure = own or (Confidence.DOUBTFUL, "amounts_merged")
    parts = budget.parts if len(budget.parts) > 1 and _add_up(budget.parts, table.amount) else ()
    if parts:
        sure = Confidence.LIKELY, "sources_several"
    if table.sign == DASH:
        is_elsewhere = bool(budget.by_year) and budget.is_clear and said is None and pair.is_sure and bool(own)
        certain = (Confidence.CERTAIN, "") if is_elsewhere and dash == NOT_RUN else (Confidence.LIKELY, "dash_meaning")
        return YearReading(dash, Decimal(0) if dash == NO_BUDGET else None, certain, table.printed, said)
    status = BUDGETED if table.amount else NO_BUDGET
    return YearReading(status, table.amount or Decimal(0), sure, table.printed, said, parts)


def _add_up(parts: Sequence[SheetAmount], amount: Decimal | None) -> bool:
    return len(parts) > 1 and amount is not None and sum(part.amount for part in parts) == amount


def dash_means(pairs: Sequence[ProjectPair], budgets: Sequence[SheetBudget], years: Sequence[int]) -> str:
    """What a dash means in this document: without money where sheets say so, or where every project has only dashes."""
    without = runs_not = zeros = 0
    for pair, budget in zip(pairs, budgets, strict=True):
        for year, printed in table_amounts(pair.row.lines if pair.row else (), years).items():
            said = budget.of(year)
            zeros += printed.sign == ZERO
            without += printed.sign == DASH and said is not None and said.status == NO_BUDGET
            runs_not += printed.sign == DASH and said is None and bool(budget.by_year)
    has_whole_rows = not zeros and any(_only_dashes(pair, years) for pair in pairs)
    return NO_BUDGET if without > runs_not or (has_whole_rows and not runs_not) else NOT_RUN


def _only_dashes(pair: ProjectPair, years: Sequence[int]) -> bool:
    printed = table_amounts(pair.row.lines if pair.row else (), years).values()
    return bool(printed) and all(one.sign == DASH for one in printed)


def add_budget_lines(
    draft: DraftTables, project: Row, line_no: int, year: str, reading: YearReading, wheres: Sequence[DraftWhere]
) -> int:
    """Add the lines of a project's year, one for each source that the sheet names; the number of the next line.

    Args:
        draft: the tables.
        project: the project's row.
        line_no: the number of the first of the lines.
        year: the year; empty for an amount of the whole period.
        reading: what is adopted.
        wheres: where it was read.
    """
    id_ = project["project_id"]
    for part in reading.parts or (reading.sheet,):
        amount = part.amount if part and reading.parts else reading.amount
        is_money = reading.status == BUDGETED
        source = (part.source if part else "") if is_money else ""
        basis = ((part.basis if part else "") or "not_said") if year else "whole_period"
        draft.add(
            "budgets",
            {
                "plan_id": project["plan_id"],
                "project_id": id_,
                "line_no": str(line_no),
                "fiscal_year_be": year,
                "amount_basis": basis if is_money or not year else "",
                "funding_source": (source or _LAO_BUDGET) if is_money else "",
                "source_basis": _STATED[bool(source)] if is_money else "",
                "budget_status": reading.status,
                "amount_thb": plain_amount(amount),
                "summary_amount_printed": reading.summary_printed,
                "sheet_amount_printed": part.printed if part else "",
            },
        )
        line_no += 1
    shown = baht(reading.amount) if reading.amount is not None else ""
    said = baht(reading.sheet.amount) if reading.sheet else "–"
    params = {"summary": reading.summary_printed or "–", "sheet": said}
    draft.note("budgets", id_, "amount_thb", shown or "–", reading.sure, wheres, year=year, **params)
    return line_no


def plain_amount(amount: Decimal | None) -> str:
    """An amount as the tables have it."""
    if amount is None:
        return ""
    return str(int(amount)) if amount == amount.to_integral_value() else f"{amount:f}"
