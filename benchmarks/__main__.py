"""The command ``python -m benchmarks``: measure, print the tables, write them into ``performance.md``."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator

from benchmarks.entries import CACHE, ENTRIES, FULL, QUICK, Entry, Tool
from benchmarks.growth import FACTOR, MOST
from benchmarks.measure import ROOT, Measured, WorkFailed
from benchmarks.results import GROWTH, EntryResult, ToolResult, growth_of, load, machine, save
from benchmarks.table import markdown, write_into
from khelang_opendata import Language

RESULTS = CACHE / "results.json"
DOCUMENTS = {language: ROOT / "docs" / language / "performance.md" for language in Language}


def main() -> None:
    """Measure the entries asked for; only full ones are kept and written into the documents.

    The exit code is 1 where something takes more than twelve times as long with ten times the input.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, to try it out: nothing is kept")
    parser.add_argument("--only", action="append", choices=ENTRIES, help="measure this entry; may be repeated")
    args = parser.parse_args()
    kept = {} if args.quick else load(RESULTS)
    for name in args.only or ENTRIES:
        _tell(f"{name}: writing the data")
        kept[name] = measured(ENTRIES[name](QUICK if args.quick else FULL))
        print(markdown([kept[name]], Language.EN))
        if not args.quick:
            save(RESULTS, kept)
            for language, document in DOCUMENTS.items():
                write_into(document, markdown((kept[entry] for entry in ENTRIES if entry in kept), language))
    _tell("")
    if steep := [line for name in args.only or ENTRIES for line in too_steep(kept[name])]:
        sys.exit("\n".join(steep))


def too_steep(result: EntryResult) -> Iterator[str]:
    """What of an entry of growth takes longer than it may, or was not measured."""
    if result.unit != GROWTH:
        return
    measured = {tool.name for pair in result.pairs for tool in pair}
    yield from (f"{tool.name}: not measured with n and 10 n" for tool in result.tools if tool.name not in measured)
    for one, other in result.pairs:
        if (times := growth_of(one, other)) > MOST:
            yield f"{one.name}: {times:.1f} times as long with {FACTOR} times the input, and {MOST:g} is the most"


def measured(entry: Entry) -> EntryResult:
    """Run an entry's tools in turn, round after round; leave out a tool that fails, and print the reason."""
    runs: dict[str, list[Measured]] = defaultdict(list)
    failed: set[str] = set()
    for tool, number in _in_turn(entry):
        if tool.name in failed:
            continue
        _tell(f"{entry.name}, round {number}: {tool.name}")
        try:
            runs[tool.name].append(tool.run())
        except WorkFailed as error:
            failed.add(tool.name)
            print(f"{entry.name}: {tool.name} was not measured: {error}", file=sys.stderr)
    tools = [_result(tool, runs[tool.name]) for tool in entry.tools if tool.name not in failed]
    return EntryResult(entry.name, entry.figures, entry.unit, entry.total, machine(), tools)


def _in_turn(entry: Entry) -> Iterator[tuple[Tool, int]]:
    for number in range(1, max(tool.rounds for tool in entry.tools) + 1):
        yield from ((tool, number) for tool in entry.tools if number <= tool.rounds)


def _result(tool: Tool, runs: list[Measured]) -> ToolResult:
    workers = [run.worker_mb for run in runs if run.worker_mb is not None]
    return ToolResult(
        tool.name,
        tool.count,
        [run.seconds for run in runs],
        max(run.peak_mb for run in runs),
        max(workers, default=None),
        runs[-1].findings,
    )


def _tell(text: str) -> None:
    """Progress for a person at a terminal, one line that is written over."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
