"""What is measured: each entry with the tools it sets side by side, and the data they are given."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks.growth import DIRECTIONS, FACTOR, MOST
from benchmarks.large import ROWS_OF_A_PROJECT
from benchmarks.measure import ROOT, Made, Measured, prepare, run_browser, run_command, run_work
from benchmarks.results import GROWTH, TEN_TIMES, Figures
from benchmarks.slow_line import DELAY_MS, MEGABITS, SLOWER

CACHE = ROOT / "build/benchmarks"

_SAMPLE_SEED = 1
_VIOLATIONS = 0.0002
_PROJECTS_ON_PAGE = 1_000

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
    """One tool of an entry: its name in the texts, how it is run, on how many of the entry's units, and how often."""

    name: str
    run: Run
    count: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Tools side by side on the same data.

    ``name`` is that of its title and its description in the texts, which ``figures`` fill. ``unit`` is what is counted
    (``process``, ``package``, ``row``), ``total`` how many of them the data have. With the unit ``growth`` the tools
    are in pairs: the same with n and with ten times n.
    """

    name: str
    figures: Figures
    unit: str
    total: int
    tools: tuple[Tool, ...]


def command(sizes: Sizes) -> Entry:
    """The whole process on the real plan."""
    plan = "datapackage"
    commands = {
        "python": [sys.executable, "-c", "pass"],
        "khelang-command": [*_script("khelang", "khelang_opendata"), "validate", plan, "--lang", "th"],
        "frictionless-command": [*_script("frictionless"), "validate", "--json", f"{plan}/datapackage.json"],
    }
    tools = (Tool(name, partial(run_command, words), 1, 3 * sizes.rounds) for name, words in commands.items())
    return Entry("command", {}, "process", 1, tuple(tools))


def _script(name: str, module: str | None = None) -> list[str]:
    """A command as its users run it: the script beside this Python, or the module where none is installed."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    return [found] if found else [sys.executable, "-m", module or name]


def packages(sizes: Sizes) -> Entry:
    """Many small packages in one process."""
    made = prepare(str(CACHE), "packages", str(sizes.packages))
    sample = _sample(made.paths, sizes.packages_sampled)
    tools = (
        _work("structure", made.paths, sizes),
        _work("rules", made.paths, sizes),
        _work("frictionless", sample, sizes, rounds=-(-sizes.rounds // 2)),
    )
    figures = {"packages": sizes.packages, "findings": made.findings}
    return Entry("packages", figures, "package", sizes.packages, tools)


def many(sizes: Sizes) -> Entry:
    """All packages of a country, in two processes."""
    made = prepare(str(CACHE), "packages", str(sizes.many))
    sample = _sample(made.paths, sizes.many_sampled)
    rounds = -(-sizes.rounds // 2)
    tools = (
        _work("rules", made.paths, sizes, kind="rules-many", rounds=rounds),
        _work("frictionless", sample, sizes, kind="frictionless-many", rounds=rounds),
    )
    return Entry("many", {"packages": sizes.many, "findings": made.findings}, "package", sizes.many, tools)


def large(sizes: Sizes) -> Entry:
    """One package of millions of rows, its rows against its schemas."""
    made = prepare(str(CACHE), "large", str(sizes.rows), str(_VIOLATIONS))
    tools = (
        _whole("structure", made, sizes),
        _whole("structure-large", made, sizes),
        _whole("frictionless", made, sizes, rounds=1),
        _whole("csv", made, sizes),
        _whole("polars", made, sizes),
    )
    figures = {"rows": made.rows, "megabytes": _megabytes(made.paths[0]), "findings": made.findings}
    return Entry("large", figures, "row", made.rows, tools)


def large_rules(sizes: Sizes) -> Entry:
    """One package of millions of rows and all rules."""
    made = prepare(str(CACHE), "large", str(sizes.rows), "0")
    tools = (_whole(name, made, sizes, rounds=-(-sizes.rounds // 2)) for name in ("rules", "structure"))
    return Entry("large-rules", {"rows": made.rows}, "row", made.rows, tuple(tools))


def storm(sizes: Sizes) -> Entry:
    """A table of nothing but errors."""
    made = prepare(str(CACHE), "storm", str(sizes.bad_cells))
    rounds = -(-sizes.rounds // 2)
    tools = (
        *(_whole(name, made, sizes, rounds=rounds) for name in ("structure", "structure-large", "rules")),
        _whole("frictionless", made, sizes, rounds=1),
    )
    return Entry("storm", {"cells": sizes.bad_cells, "findings": made.findings}, "row", made.rows, tools)


def web(sizes: Sizes) -> Entry:
    """The page in Chromium: its start over a slow line and on a slow processor, and its work once it is ready."""
    made = prepare(str(CACHE), "large", str(_PROJECTS_ON_PAGE * ROWS_OF_A_PROJECT), "0")
    files = {"plan": _zipped(ROOT / "datapackage", "plan"), "thousand": _zipped(Path(made.paths[0]), "thousand")}
    visits: dict[str, tuple[str, ...]] = {
        **{f"web-{kind}": (kind,) for kind in ("cold", "warm", "slow-cold", "slow-warm")},
        **{f"web-{name}": ("check", path) for name, path in files.items()},
        "web-release": ("release", files["plan"]),
    }
    tools = (Tool(name, partial(run_browser, *words), 1, sizes.rounds) for name, words in visits.items())
    figures = {"megabits": MEGABITS, "delay": DELAY_MS, "slower": SLOWER, "rows": made.rows}
    return Entry("web", figures, "process", 1, tuple(tools))


def _zipped(package: Path, name: str) -> str:
    """A ZIP file of a package, which the page opens."""
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / f"{name}.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as made:
        for file in sorted(file for file in package.rglob("*") if file.is_file() and file.name != "counts.json"):
            made.write(file, file.relative_to(package.parent))
    return str(path)


def growth(sizes: Sizes) -> Entry:
    """Packages that grow in one direction each: two tools a direction, of which one is given ten times as much."""
    tools = (_grown(name, factor, sizes) for name in DIRECTIONS for factor in (1, FACTOR))
    return Entry("growth", {"factor": FACTOR, "most": MOST}, GROWTH, 0, tuple(tools))


def _grown(name: str, factor: int, sizes: Sizes) -> Tool:
    direction = DIRECTIONS[name]
    n = direction.n * factor
    made = prepare(str(CACHE), "growth", str(n), name)
    return Tool(
        name if factor == 1 else name + TEN_TIMES,
        partial(run_work, direction.work, made.paths),
        n,
        -(-sizes.rounds // 2),
    )


ENTRIES: dict[str, Callable[[Sizes], Entry]] = {
    "command": command,
    "packages": packages,
    "many": many,
    "large": large,
    "large-rules": large_rules,
    "storm": storm,
    "growth": growth,
    "web": web,
}


def _work(name: str, paths: Sequence[str], sizes: Sizes, *, kind: str | None = None, rounds: int | None = None) -> Tool:
    """A tool that is given many packages; its work is of the kind of its name where no other is given."""
    return Tool(name, partial(run_work, kind or name, paths), len(paths), rounds or sizes.rounds)


def _whole(name: str, made: Made, sizes: Sizes, *, rounds: int | None = None) -> Tool:
    """A tool that is given one package and is measured by its rows."""
    return Tool(name, partial(run_work, name, made.paths), made.rows, rounds or sizes.rounds)


def _sample(paths: list[str], size: int) -> list[str]:
    return sorted(Random(_SAMPLE_SEED).sample(paths, size))


def _megabytes(package: str) -> int:
    return round(sum(path.stat().st_size for path in Path(package, "data").glob("*.csv")) / 1e6)
