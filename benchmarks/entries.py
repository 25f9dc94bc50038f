"""What is measured: each entry with the tools it sets side by side, and the data they are given."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.growth import DIRECTIONS, FACTOR, MOST
from benchmarks.measure import ROOT, Made, Measured, prepare, run_command, run_work
from benchmarks.results import GROWTH, TEN_TIMES

CACHE = ROOT / "build/benchmarks"

_SAMPLE_SEED = 1
_VIOLATIONS = 0.0002

Run = Callable[[], Measured]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured, and how often."""

    rounds: int
    packages: int
    packages_sampled: int
    many: int
    many_sampled: int
    rows: int
    bad_cells: int


FULL = Sizes(5, 500, 100, 7_850, 200, 2_200_000, 1_000_000)
QUICK = Sizes(2, 20, 5, 100, 10, 22_000, 10_000)


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool of an entry: how it is run, on how many of the entry's units, and in how many rounds."""

    label: str
    run: Run
    count: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Tools side by side on the same data.

    ``unit`` is what is counted (``process``, ``package``, ``row``), ``total`` how many of them the data have. With the
    unit ``growth`` the tools are in pairs: the same with n and with ten times n.
    """

    title: str
    about: str
    unit: str
    total: int
    tools: tuple[Tool, ...]


def command(sizes: Sizes) -> Entry:
    """The whole process on the real plan."""
    plan = "datapackage"
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "khelang validate, all rules": [*_script("khelang", "khelang_opendata"), "validate", plan, "--lang", "th"],
        "frictionless validate --json": [*_script("frictionless"), "validate", "--json", f"{plan}/datapackage.json"],
    }
    tools = (Tool(label, partial(run_command, words), 1, 3 * sizes.rounds) for label, words in commands.items())
    return Entry("One command on the real plan", "From start to exit, imports included.", "process", 1, tuple(tools))


def _script(name: str, module: str | None = None) -> list[str]:
    """A command as its users run it: the script beside this Python, or the module where none is installed."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    return [found] if found else [sys.executable, "-m", module or name]


def packages(sizes: Sizes) -> Entry:
    """Many small packages in one process."""
    made = prepare(str(CACHE), "packages", str(sizes.packages))
    sample = _sample(made.paths, sizes.packages_sampled)
    about = f"Plans of about 230 rows in 13 tables, one in five with violations: {made.findings} findings seeded."
    tools = (
        _work("schemas only, standard library", "structure", made.paths, sizes),
        _work("all rules", "rules", made.paths, sizes),
        _work("frictionless", "frictionless", sample, sizes, rounds=-(-sizes.rounds // 2)),
    )
    return Entry(f"{sizes.packages:,} small packages, one process", about, "package", sizes.packages, tools)


def many(sizes: Sizes) -> Entry:
    """All packages of a country, in two processes."""
    made = prepare(str(CACHE), "packages", str(sizes.many))
    sample = _sample(made.paths, sizes.many_sampled)
    about = f"As many as Thailand has local governments; {made.findings:,} findings seeded."
    rounds = -(-sizes.rounds // 2)
    tools = (
        _work("all rules", "rules-many", made.paths, sizes, rounds=rounds),
        _work("frictionless", "frictionless-many", sample, sizes, rounds=rounds),
    )
    return Entry(f"{sizes.many:,} small packages, two processes", about, "package", sizes.many, tools)


def large(sizes: Sizes) -> Entry:
    """One package of millions of rows, its rows against its schemas."""
    made = prepare(str(CACHE), "large", str(sizes.rows), str(_VIOLATIONS))
    about = f"{_megabytes(made.paths[0]):,} MB of CSV with {made.findings:,} findings seeded; schemas only."
    tools = (
        _whole("standard library", "structure", made, sizes),
        _whole("extra large (polars)", "structure-large", made, sizes),
        _whole("frictionless", "frictionless", made, sizes, rounds=1),
        _whole("limit: csv.reader alone", "csv", made, sizes),
        _whole("limit: polars, parse to strings", "polars", made, sizes),
    )
    return Entry(f"One package of {made.rows:,} rows", about, "row", made.rows, tools)


def large_rules(sizes: Sizes) -> Entry:
    """One package of millions of rows and all rules."""
    made = prepare(str(CACHE), "large", str(sizes.rows), "0")
    about = "A faultless one, since the rules of a plan are not run on tables with errors."
    rounds = -(-sizes.rounds // 2)
    tools = (
        _whole("all rules", "rules", made, sizes, rounds=rounds),
        _whole("schemas only, standard library", "structure", made, sizes, rounds=rounds),
    )
    return Entry(f"All rules on {made.rows:,} rows", about, "row", made.rows, tools)


def storm(sizes: Sizes) -> Entry:
    """A table of nothing but errors."""
    made = prepare(str(CACHE), "storm", str(sizes.bad_cells))
    about = f"A table with four bad cells a row, {made.findings:,} together. All are counted; a report lists the first."
    tools = (
        _whole("schemas only, standard library", "structure", made, sizes, rounds=-(-sizes.rounds // 2)),
        _whole("schemas only, extra large", "structure-large", made, sizes, rounds=-(-sizes.rounds // 2)),
        _whole("all rules", "rules", made, sizes, rounds=-(-sizes.rounds // 2)),
        _whole("frictionless", "frictionless", made, sizes, rounds=1),
    )
    return Entry(f"{sizes.bad_cells:,} bad cells", about, "row", made.rows, tools)


def growth(sizes: Sizes) -> Entry:
    """Packages that grow in one direction each: two tools a direction, of which one is given ten times as much."""
    about = (
        f"Each package has n of what is named, most of it wrong, and then {FACTOR} n; "
        f"none may take more than {MOST:g} times as long."
    )
    tools = (_grown(name, factor, sizes) for name in DIRECTIONS for factor in (1, FACTOR))
    return Entry("Growth in one direction each", about, GROWTH, 0, tuple(tools))


def _grown(name: str, factor: int, sizes: Sizes) -> Tool:
    direction = DIRECTIONS[name]
    n = direction.n * factor
    made = prepare(str(CACHE), "growth", str(n), name)
    label = direction.about if factor == 1 else f"{direction.about}{TEN_TIMES}"
    return Tool(label, partial(run_work, direction.work, made.paths), n, -(-sizes.rounds // 2))


ENTRIES: dict[str, Callable[[Sizes], Entry]] = {
    "command": command,
    "packages": packages,
    "many": many,
    "large": large,
    "large-rules": large_rules,
    "storm": storm,
    "growth": growth,
}


def _work(label: str, kind: str, paths: Sequence[str], sizes: Sizes, *, rounds: int | None = None) -> Tool:
    return Tool(label, partial(run_work, kind, paths), len(paths), rounds or sizes.rounds)


def _whole(label: str, kind: str, made: Made, sizes: Sizes, *, rounds: int | None = None) -> Tool:
    """A tool that is given one package and is measured by its rows."""
    return Tool(label, partial(run_work, kind, made.paths), made.rows, rounds or sizes.rounds)


def _sample(paths: list[str], size: int) -> list[str]:
    return sorted(Random(_SAMPLE_SEED).sample(paths, size))


def _megabytes(package: str) -> int:
    return round(sum(path.stat().st_size for path in Path(package, "data").glob("*.csv")) / 1e6)
