"""Results as Markdown in each language, and the part of a document that holds them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

from benchmarks.results import GROWTH, EntryResult, ToolResult, growth_of
from khelang_opendata import Language

TEXTS = Path(__file__).with_name("table_texts.json")
BEGIN = "<!-- benchmarks: written by `make benchmark`, do not edit -->"
END = "<!-- end of benchmarks -->"
_PAIRS_TO_TELL = 2
_TITLE = "### "


def markdown(results: Iterable[EntryResult], language: Language) -> str:
    """A heading, what was measured, and a table for each entry, in one language."""
    words = Words(language)
    return "\n".join(line for result in results for line in _entry(result, words))


def write_into(document: Path, tables: str) -> None:
    """Put tables between the marks of the document: in place of those of the same title, else behind the others."""
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    shown, _, after = rest.partition(END)
    sections = {**_sections(shown), **_sections(tables)}
    document.write_text(f"{before}{BEGIN}\n\n{''.join(sections.values())}{END}{after}", encoding="utf-8")


def _sections(tables: str) -> dict[str, str]:
    """The tables by their titles, each with its text."""
    parts = (part.strip() for part in f"\n{tables}".split(f"\n{_TITLE}"))
    return {part.partition("\n")[0]: f"{_TITLE}{part}\n\n" for part in parts if part}


@cache
def texts() -> dict[str, dict[str, dict[Language, str]]]:
    """All words of the tables, by kind and name, in both languages."""
    found: dict[str, dict[str, dict[Language, str]]] = json.loads(TEXTS.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the tables in one language."""

    language: Language

    def __call__(self, kind: str, name: str, **figures: str | float) -> str:
        """A text with its figures in their places; KeyError where there is none, or a figure is missing."""
        return texts()[kind][name][self.language].format_map(figures)

    def heading(self, kind: str) -> list[str]:
        """The columns of a kind of table."""
        return [text[self.language] for text in texts()[kind].values()]


def _entry(result: EntryResult, words: Words) -> Iterator[str]:
    is_growth = result.unit == GROWTH
    heading = words.heading("growth_columns" if is_growth else "columns")
    yield from (f"### {words('titles', result.name, **result.figures)}", "")
    yield from (words("about", result.name, **result.figures), "", _row(heading), _row(["---"] * len(heading)))
    if is_growth:
        yield from (_row(_growth_cells(one, other, words)) for one, other in result.pairs)
    else:
        yield from (_row(_cells(result, tool, words)) for tool in result.tools)
    yield from ("", words("phrases", "machine", **result.machine), "")


def _growth_cells(one: ToolResult, other: ToolResult, words: Words) -> Iterator[str]:
    yield words("directions", one.name)
    yield f"{one.count:,}"
    yield from (_milliseconds(median(tool.seconds), words) for tool in (one, other))
    yield _rounded(growth_of(one, other))
    yield _or_dash(None if other.findings is None else f"{other.findings:,}")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(result: EntryResult, tool: ToolResult, words: Words) -> Iterator[str]:
    yield words("tools", tool.name)
    yield _measured(result, tool, words)
    yield _speed(result.unit, tool.per_unit, words)
    yield _whole(result, tool, words)
    yield from _against(result.reference, tool)
    yield f"{tool.peak_mb:,.0f}"
    yield _or_dash(tool.worker_mb and f"{tool.worker_mb:,.0f}")
    yield _or_dash(None if tool.findings is None else f"{tool.findings:,}")


def _measured(result: EntryResult, tool: ToolResult, words: Words) -> str:
    number = len(tool.seconds)
    rounds = words("phrases", "rounds" if number > 1 else "round", rounds=number)
    return rounds if tool.count == result.total else words("phrases", "sample", count=tool.count, rounds=rounds)


def _whole(result: EntryResult, tool: ToolResult, words: Words) -> str:
    """Seconds for all units; estimated where the tool was given a sample of them."""
    if result.total == 1:
        return "–"
    estimated = "" if tool.count == result.total else "≈ "
    return estimated + words("phrases", "seconds", number=_rounded(tool.per_unit * result.total))


def _speed(unit: str, seconds: float, words: Words) -> str:
    return words("phrases", "rows", number=f"{1 / seconds:,.0f}") if unit == "row" else _milliseconds(seconds, words)


def _milliseconds(seconds: float, words: Words) -> str:
    return words("phrases", "milliseconds", number=_rounded(seconds * 1000))


def _against(reference: ToolResult | None, tool: ToolResult) -> Iterator[str]:
    """How many times as fast as frictionless, by the medians and round by round."""
    if reference is None or reference is tool:
        yield from ("–", "–")
        return
    paired = tool.paired(reference)
    spread = f" ({_rounded(paired[0])}–{_rounded(paired[-1])})" if len(paired) >= _PAIRS_TO_TELL else ""
    yield f"{_rounded(tool.times(reference))}"
    yield f"{_rounded(median(paired))}{spread}"


def _rounded(number: float) -> str:
    """Two or three digits that mean something."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def _or_dash(text: str | float | None) -> str:
    return "–" if text is None else str(text)
