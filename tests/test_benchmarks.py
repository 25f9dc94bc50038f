"""The packages that the benchmarks measure are what they are said to be, and the tables say what was measured."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

import pytest
from frictionless import Package

from benchmarks.__main__ import measured, too_steep
from benchmarks.entries import Entry, Tool
from benchmarks.generate import Synthetic, columns, family, generate
from benchmarks.growth import DIRECTIONS, read_grown
from benchmarks.large import generate_large, generate_storm
from benchmarks.measure import Measured, WorkFailed, run_command
from benchmarks.results import EntryResult, ToolResult, load, save
from benchmarks.table import BEGIN, END, markdown, write_into
from khelang_opendata import validate
from tests.conftest import ROOT, VALID

SEED = 5
COUNT = 8
COMPARED = 2


def files_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def findings_of_frictionless(package: Synthetic) -> int:
    report = Package(str(package.path / "datapackage.json")).validate(limit_errors=sys.maxsize)
    return sum(len(task.errors) for task in report.tasks)


def assert_judged_as_seeded(package: Synthetic) -> None:
    report = validate(package.path)
    assert (report.errors, report.warnings, report.infos) == (package.violations, 0, 0), report.issues
    assert sum(table.rows for table in report.tables) > 100


def test_packages_follow_from_the_seed(tmp_path: Path) -> None:
    first, again, other = (generate(tmp_path / name, 3, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")
    assert files_of(tmp_path / "a") != files_of(tmp_path / "c")
    assert [p.violations for p in first] == [p.violations for p in again]
    assert len(other) == 3


def test_packages_that_are_there_are_kept(tmp_path: Path) -> None:
    first = generate(tmp_path, 2, SEED)
    kept = first[0].path / "data/plans.csv"
    kept.write_bytes(b"")
    assert generate(tmp_path, 2, SEED) == first
    assert kept.read_bytes() == b""


def test_packages_hold_the_violations_that_were_seeded_and_no_others(tmp_path: Path) -> None:
    packages = generate(tmp_path, COUNT, SEED)
    assert 0 < sum(package.violations > 0 for package in packages) < COUNT
    for package in packages:
        assert_judged_as_seeded(package)
    for package in [p for p in packages if p.violations][:COMPARED]:
        assert findings_of_frictionless(package) == package.findings


def test_every_row_has_the_cells_of_its_schema(tmp_path: Path) -> None:
    package = generate_large(tmp_path / "large", 800, SEED, share=0)
    assert_judged_as_seeded(package)
    for name in (n for n, table in family().tables.items() if not table.optional):
        heading = (package.path / f"data/{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert heading == ",".join(columns(name))


def test_a_large_package_holds_the_violations_that_were_seeded(tmp_path: Path) -> None:
    package = generate_large(tmp_path / "large", 8000, SEED, share=0.002)
    assert package.violations > 5
    assert generate_large(tmp_path / "large", 8000, SEED, share=0.002) == package
    assert findings_of_frictionless(package) == package.findings


def test_a_storm_holds_as_many_bad_cells_as_it_says(tmp_path: Path) -> None:
    package = generate_storm(tmp_path / "storm", 400, SEED)
    assert_judged_as_seeded(package)
    assert findings_of_frictionless(package) == package.findings == 400


RESULT = EntryResult(
    "Ten packages",
    "Invented.",
    "package",
    10,
    "2026-11-22: 2 cores",
    [
        ToolResult("ours", 10, [0.02, 0.01, 0.03], 20.4, 31.0, 4),
        ToolResult("frictionless", 5, [0.5, 0.4, 0.3], 50.0, None, 2),
    ],
)


def test_the_table_tells_medians_ratios_and_estimates() -> None:
    _, _, _, _, _, _, ours, other, *_ = markdown([RESULT]).splitlines()
    assert ours == "| ours | 3 rounds | 2.00 ms | 0.02 s | 40.0 | 50.0 (20.0–80.0) | 20 | 31 | 4 |"
    assert other == "| frictionless | 5 at random, 3 rounds | 80.0 ms | ≈ 0.80 s | – | – | 50 | – | 2 |"


def growth_result(larger: list[float]) -> EntryResult:
    tools = [
        ToolResult("columns", 100, [0.02, 0.01, 0.03], 20, None, 100),
        ToolResult("columns, × 10", 1000, larger, 20, None, 1000),
        ToolResult("cells", 100, [0.02], 20, None, 100),
        ToolResult("cells, × 10", 1000, [0.1], 20, None, None),
    ]
    return EntryResult("Growth", "Invented.", "growth", 0, "2026-11-22: 2 cores", tools)


def test_growth_is_reported_in_pairs() -> None:
    _, _, _, _, heading, _, columns, cells, *_ = markdown([growth_result([0.24, 0.2, 9])]).splitlines()
    assert heading == "| what grows | n | with n | with 10 n | × as long | findings with 10 n |"
    assert columns == "| columns | 100 | 20.0 ms | 240 ms | 12.0 | 1,000 |"
    assert cells == "| cells | 100 | 20.0 ms | 100 ms | 5.00 | – |"


def test_too_steep_a_growth_is_a_failure() -> None:
    assert list(too_steep(growth_result([0.239]))) == []
    assert list(too_steep(growth_result([0.25]))) == [
        "columns: 12.5 times as long with 10 times the input, and 12 is the most"
    ]
    alone = growth_result([0.1])
    del alone.tools[1]
    assert list(too_steep(alone)) == ["columns: not measured with n and 10 n"]
    assert list(too_steep(RESULT)) == []


def size_of(name: str, n: int) -> int:
    grown = read_grown(VALID)
    DIRECTIONS[name].edit(grown, n)
    return len(json.dumps([grown.tables, grown.descriptor]))


def test_directions_grow_by_what_they_say() -> None:
    """All have a name of their own, and are larger with more."""
    assert len({direction.about for direction in DIRECTIONS.values()}) == len(DIRECTIONS)
    assert [name for name in DIRECTIONS if size_of(name, 40) <= size_of(name, 2)] == []


def test_tools_take_turns_and_one_that_fails_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    turns: list[str] = []

    def run(label: str) -> Measured:
        turns.append(label)
        if label == "broken":
            raise WorkFailed("no such engine")
        return Measured(len(turns), 10.0 * len(turns))

    tools = (("ours", 2), ("broken", 2), ("frictionless", 1))
    entry = Entry("Title", "About.", "row", 5, tuple(Tool(name, partial(run, name), 5, n) for name, n in tools))
    result = measured(entry)
    assert turns == ["ours", "broken", "frictionless", "ours"]
    assert [(t.label, t.seconds, t.peak_mb) for t in result.tools] == [("ours", [1, 4], 40), ("frictionless", [3], 30)]
    assert "broken was not measured: no such engine" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="workers are looked up in /proc, which Linux has")
def test_a_process_is_measured_with_its_workers() -> None:
    held = "a = bytearray(40_000_000); a[::4096] = b'x' * len(a[::4096]); import time; time.sleep(0.4)"
    below = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {held!r}])"
    done = run_command([sys.executable, "-c", below])
    assert done.seconds > 0
    assert done.worker_mb is not None and done.worker_mb > 40
    with pytest.raises(WorkFailed, match="ZeroDivisionError"):
        run_command([sys.executable, "-c", "1 / 0"])


def test_results_are_kept_and_written_between_the_marks(tmp_path: Path) -> None:
    save(tmp_path / "kept/results.json", {"ten": RESULT})
    assert load(tmp_path / "kept/results.json") == {"ten": RESULT}
    assert load(tmp_path / "none.json") == {}
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    for tables in ("first", "second"):
        write_into(document, tables)
    assert document.read_text(encoding="utf-8") == f"before\n{BEGIN}\n\nsecond\n{END}\nafter\n"


def test_the_document_has_the_marks() -> None:
    text = (ROOT / "docs/en/performance.md").read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
