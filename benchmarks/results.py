"""What was measured, kept as JSON, so that the document can be written anew from the entries run last."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

GROWTH = "growth"
"""The unit of an entry whose tools are in pairs, of which the second is given ten times as much."""

TEN_TIMES = " × 10"
"""How the name of the second ends."""

FRICTIONLESS = "frictionless"
"""How the names of the tools begin that the others are set against."""

Figures = Mapping[str, int | float]
"""The figures of an entry's title and description."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """One tool's rounds: the seconds each took for ``count`` units, and the most memory that any needed."""

    name: str
    count: int
    seconds: list[float]
    peak_mb: float
    worker_mb: float | None
    findings: int | None

    @property
    def per_unit(self) -> float:
        """Seconds for one unit, the median of the rounds."""
        return median(self.seconds) / self.count

    def times(self, other: ToolResult) -> float:
        """How many times as fast as another tool this one is: the ratio of the medians."""
        return other.per_unit / self.per_unit

    def paired(self, other: ToolResult) -> list[float]:
        """The same ratio in each round that both took part in, lowest first."""
        rounds = zip(self.seconds, other.seconds, strict=False)
        return sorted((theirs / other.count) / (own / self.count) for own, theirs in rounds)


@dataclass(frozen=True, slots=True)
class EntryResult:
    """The tools of one entry, and the machine and day they ran. All words are in ``table_texts.json``."""

    name: str
    figures: Figures
    unit: str
    total: int
    machine: dict[str, str]
    tools: list[ToolResult]

    @property
    def reference(self) -> ToolResult | None:
        """frictionless on the same data; None where it was not measured."""
        return next((tool for tool in self.tools if tool.name.startswith(FRICTIONLESS)), None)

    @property
    def pairs(self) -> list[tuple[ToolResult, ToolResult]]:
        """The tools that were given n and ten times n, of those of which both were measured."""
        by_name = {tool.name: tool for tool in self.tools}
        larger = ((tool, by_name.get(tool.name + TEN_TIMES)) for tool in self.tools)
        return [(tool, other) for tool, other in larger if other is not None]


def growth_of(one: ToolResult, other: ToolResult) -> float:
    """How many times as long the other took in all, by the medians."""
    return median(other.seconds) / median(one.seconds)


def machine() -> dict[str, str]:
    """What the figures depend on, and the day."""
    return {
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "cores": f"{os.cpu_count()}",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in ("frictionless", "polars")},
    }


def load(path: Path) -> dict[str, EntryResult]:
    """The results kept in a file; none where there is no such file."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: _entry_result(**fields) for name, fields in kept.items()}


def _entry_result(*, tools: list[dict[str, object]], **fields: object) -> EntryResult:
    return EntryResult(**fields, tools=[ToolResult(**tool) for tool in tools])  # type: ignore[arg-type]


def save(path: Path, results: Mapping[str, EntryResult]) -> None:
    """Keep results in a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {name: asdict(result) for name, result in results.items()}
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
