"""The packages that the benchmarks measure are what they are said to be, and the tables say what was measured."""

from __future__ import annotations

import json
import re
import string
import sys
from functools import partial
from pathlib import Path

import pytest
from frictionless import Package

from benchmarks.__main__ import DOCUMENTS, measured, too_steep
from benchmarks.entries import ENTRIES, QUICK, Entry, Tool
from benchmarks.generate import Synthetic, columns, family, generate
from benchmarks.growth import DIRECTIONS, read_grown
from benchmarks.large import generate_large, generate_storm
from benchmarks.measure import Made, Measured, WorkFailed, run_command
from benchmarks.results import EntryResult, ToolResult, load, machine, save
from benchmarks.table import BEGIN, END, markdown, texts, write_into
from khelang_opendata import Language, validate
from tests.conftest import VALID

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


MACHINE = {
    **{"day": "2026-11-22", "cores": "2", "system": "Linux x86_64", "python": "3.11.7"},
    **{"frictionless": "5.21.0", "polars": "2.1.0"},
}
RESULT = EntryResult(
    "packages",
    {"packages": 10, "findings": 4000},
    "package",
    10,
    MACHINE,
    [
        ToolResult("rules", 10, [0.02, 0.01, 0.03], 20.4, 31.0, 4),
        ToolResult("frictionless", 5, [0.5, 0.4, 0.3], 50.0, None, 2),
    ],
)


def test_the_table_tells_medians_ratios_and_estimates() -> None:
    title, _, about, _, _, _, ours, other, _, machine_line, *_ = markdown([RESULT], Language.EN).splitlines()
    assert title == "### 10 small packages, one process"
    assert about == "Plans of about 230 rows in 13 tables, one in five with violations: 4,000 findings seeded."
    assert ours == "| all rules | 3 rounds | 2.00 ms | 0.02 s | 40.0 | 50.0 (20.0–80.0) | 20 | 31 | 4 |"
    assert other == "| frictionless | 5 at random, 3 rounds | 80.0 ms | ≈ 0.80 s | – | – | 50 | – | 2 |"
    assert machine_line == "2026-11-22: 2 cores, Linux x86_64, Python 3.11.7, frictionless 5.21.0, polars 2.1.0"


def test_the_table_is_the_same_in_thai() -> None:
    title, _, about, _, _, _, ours, other, *_ = markdown([RESULT], Language.TH).splitlines()
    assert title == "### ชุดข้อมูลเล็ก 10 ชุด ในโปรเซสเดียว"
    assert about.endswith("ใส่ข้อผิดพลาดไว้ 4,000 รายการ")
    assert ours == "| กฎทั้งหมด | 3 รอบ | 2.00 ms | 0.02 s | 40.0 | 50.0 (20.0–80.0) | 20 | 31 | 4 |"
    assert other == "| frictionless | สุ่ม 5 ชุด 3 รอบ | 80.0 ms | ≈ 0.80 s | – | – | 50 | – | 2 |"


def growth_result(larger: list[float]) -> EntryResult:
    tools = [
        ToolResult("columns-unknown", 100, [0.02, 0.01, 0.03], 20, None, 100),
        ToolResult("columns-unknown × 10", 1000, larger, 20, None, 1000),
        ToolResult("row-of-many-cells", 100, [0.02], 20, None, 100),
        ToolResult("row-of-many-cells × 10", 1000, [0.1], 20, None, None),
    ]
    return EntryResult("growth", {"factor": 10, "most": 12.0}, "growth", 0, MACHINE, tools)


def test_growth_is_reported_in_pairs() -> None:
    _, _, about, _, heading, _, columns, cells, *_ = markdown([growth_result([0.24, 0.2, 9])], Language.EN).splitlines()
    assert about.endswith("and then 10 n; none may take more than 12 times as long.")
    assert heading == "| what grows | n | with n | with 10 n | × as long | findings with 10 n |"
    assert columns == "| columns, unknown | 100 | 20.0 ms | 240 ms | 12.0 | 1,000 |"
    assert cells == "| cells in one row | 100 | 20.0 ms | 100 ms | 5.00 | – |"


def test_too_steep_a_growth_is_a_failure() -> None:
    assert list(too_steep(growth_result([0.239]))) == []
    assert list(too_steep(growth_result([0.25]))) == [
        "columns-unknown: 12.5 times as long with 10 times the input, and 12 is the most"
    ]
    alone = growth_result([0.1])
    del alone.tools[1]
    assert list(too_steep(alone)) == ["columns-unknown: not measured with n and 10 n"]
    assert list(too_steep(RESULT)) == []


def size_of(name: str, n: int) -> int:
    grown = read_grown(VALID)
    DIRECTIONS[name].edit(grown, n)
    return len(json.dumps([grown.tables, grown.descriptor]))


def test_directions_grow_by_what_they_say() -> None:
    """They are larger with more."""
    assert [name for name in DIRECTIONS if size_of(name, 40) <= size_of(name, 2)] == []


def test_tools_take_turns_and_one_that_fails_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    turns: list[str] = []

    def run(label: str) -> Measured:
        turns.append(label)
        if label == "broken":
            raise WorkFailed("no such engine")
        return Measured(len(turns), 10.0 * len(turns))

    tools = (("ours", 2), ("broken", 2), ("frictionless", 1))
    entry = Entry("large", {}, "row", 5, tuple(Tool(name, partial(run, name), 5, n) for name, n in tools))
    result = measured(entry)
    assert turns == ["ours", "broken", "frictionless", "ours"]
    assert [(t.name, t.seconds, t.peak_mb) for t in result.tools] == [("ours", [1, 4], 40), ("frictionless", [3], 30)]
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
    old = "### one\n\nold\n\n### two\n\nkept\n"
    document.write_text(f"before\n{BEGIN}\n\n{old}\n{END}\nafter\n", encoding="utf-8")
    for tables in ("### one\n\nfirst\n", "### one\n\nsecond\n\n### three\n\nadded\n"):
        write_into(document, tables)
    now = "### one\n\nsecond\n\n### two\n\nkept\n\n### three\n\nadded\n"
    assert document.read_text(encoding="utf-8") == f"before\n{BEGIN}\n\n{now}\n{END}\nafter\n"


def tables_of(language: Language) -> list[str]:
    text = DOCUMENTS[language].read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    return text.partition(BEGIN)[2].partition(END)[0].splitlines()


def test_the_pages_have_the_same_figures() -> None:
    """And each row the words that the texts have for it."""
    english, thai = (tables_of(language) for language in (Language.EN, Language.TH))
    kinds = ("tools", "directions")
    words = {text[Language.EN]: text[Language.TH] for kind in kinds for text in texts()[kind].values()}
    assert len(english) == len(thai) > len(DIRECTIONS)
    for one, other in zip(english, thai, strict=True):
        label = one.split(" | ")[0].removeprefix("| ")
        if label in words:
            assert one.replace(label, words[label], 1).split(" | ")[0] == other.split(" | ")[0]
            one, other = (line.partition(" | ")[2] for line in (one, other))  # noqa: PLW2901 (the words have figures)
        assert re.findall(r"\d[\d,.]*|[–≈]", one) == re.findall(r"\d[\d,.]*|[–≈]", other), one


def figures_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_in_both_languages_with_the_same_figures_and_no_text_is_twice() -> None:
    for kind, named in texts().items():
        for name, text in named.items():
            assert set(text) == set(Language) and all(text.values()), (kind, name)
            assert len({frozenset(figures_of(t)) for t in text.values()}) == 1, (kind, name)
        if kind in {"titles", "tools", "directions"}:
            assert {len({text[language] for text in named.values()}) for language in Language} == {len(named)}, kind


def test_all_that_is_measured_has_its_words() -> None:
    assert set(texts()["directions"]) == set(DIRECTIONS)
    assert set(texts()["titles"]) == set(texts()["about"]) == set(ENTRIES)
    assert figures_of(texts()["phrases"]["machine"][Language.EN]) == set(machine())


@pytest.mark.parametrize("name", ENTRIES)
def test_the_words_of_an_entry_need_no_more_than_its_figures(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Made([str(VALID)] * QUICK.many, 3, 5)
    monkeypatch.setattr("benchmarks.entries.prepare", lambda *_: made)
    entry = ENTRIES[name](QUICK)
    results = [ToolResult(tool.name, tool.count, [0.1] * tool.rounds, 20, None, 1) for tool in entry.tools]
    result = EntryResult(entry.name, entry.figures, entry.unit, entry.total, MACHINE, results)
    assert entry.name == name
    for language in Language:
        lines = markdown([result], language).splitlines()
        assert sum(line.startswith("| ") for line in lines) == 2 + (len(result.pairs) or len(result.tools))
