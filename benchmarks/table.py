"""Results as Markdown, and the part of the document that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

from benchmarks.results import GROWTH, EntryResult, ToolResult, growth_of

BEGIN = "<!-- benchmarks: written by `make benchmark`, do not edit -->"
END = "<!-- end of benchmarks -->"
_HEADING = ("tool", "measured", "median", "whole", "× frictionless", "by round", "peak MB", "MB a worker", "findings")
_GROWTH_HEADING = ("what grows", "n", "with n", "with 10 n", "× as long", "findings with 10 n")
_PAIRS_TO_TELL = 2


def markdown(results: Iterable[EntryResult]) -> str:
    """A heading, what was measured, and a table for each entry."""
    return "\n".join(line for result in results for line in _entry(result))


def write_into(document: Path, tables: str) -> None:
    """Put the tables between the marks of the document."""
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    document.write_text(f"{before}{BEGIN}\n\n{tables}\n{END}{after}", encoding="utf-8")


def _entry(result: EntryResult) -> Iterator[str]:
    heading = _GROWTH_HEADING if result.unit == GROWTH else _HEADING
    yield from (f"### {result.title}", "", result.about, "", _row(heading), _row(["---"] * len(heading)))
    if result.unit == GROWTH:
        yield from (_row(_growth_cells(one, other)) for one, other in result.pairs)
    else:
        yield from (_row(_cells(result, tool)) for tool in result.tools)
    yield from ("", result.machine, "")


def _growth_cells(one: ToolResult, other: ToolResult) -> Iterator[str]:
    yield one.label
    yield f"{one.count:,}"
    yield from (f"{_rounded(median(tool.seconds) * 1000)} ms" for tool in (one, other))
    yield _rounded(growth_of(one, other))
    yield _or_dash(None if other.findings is None else f"{other.findings:,}")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(result: EntryResult, tool: ToolResult) -> Iterator[str]:
    yield tool.label
    yield _measured(result, tool)
    yield _speed(result.unit, tool.per_unit)
    yield _whole(result, tool)
    yield from _against(result.reference, tool)
    yield f"{tool.peak_mb:,.0f}"
    yield _or_dash(tool.worker_mb and f"{tool.worker_mb:,.0f}")
    yield _or_dash(None if tool.findings is None else f"{tool.findings:,}")


def _measured(result: EntryResult, tool: ToolResult) -> str:
    rounds = f"{len(tool.seconds)} round{'s' if len(tool.seconds) > 1 else ''}"
    return rounds if tool.count == result.total else f"{tool.count:,} at random, {rounds}"


def _whole(result: EntryResult, tool: ToolResult) -> str:
    """Seconds for all units; estimated where the tool was given a sample of them."""
    if result.total == 1:
        return "–"
    return ("" if tool.count == result.total else "≈ ") + f"{_rounded(tool.per_unit * result.total)} s"


def _speed(unit: str, seconds: float) -> str:
    return f"{1 / seconds:,.0f} rows/s" if unit == "row" else f"{_rounded(seconds * 1000)} ms"


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
