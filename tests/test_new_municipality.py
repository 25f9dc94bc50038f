"""An invented municipality follows the adopters' guide, from nothing to a year's results, with its commands alone.

Each command is a line of docs/en/adopting.md, run as it is there, with ``py`` as the interpreter. Between the commands
a clerk types into the cells of the workbooks (tests/clerks.py).
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest

from tests.clerks import (
    ANSWERS,
    OF_PROJECTS,
    PROJECTS,
    SIX_MONTHS,
    TEXTS,
    TWELVE_MONTHS,
    Clerk,
    correct,
    fill_in_plan,
    fill_in_round,
)
from tests.conftest import ROOT, UNMEASURED

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(os.name != "posix", reason="the answers to khelang init are typed at a pseudo-terminal"),
]

GUIDE = ROOT / "docs/en/adopting.md"
MOST_CELLS = 12
"""Cells a project beyond its own text and amounts, as the project promises."""

FILLED: Mapping[str, Callable[[Path], Clerk]] = {
    "plan.xlsx": fill_in_plan,
    "round-6.xlsx": partial(fill_in_round, months="6", reports=SIX_MONTHS),
    "round-12.xlsx": partial(fill_in_round, months="รอบ 12 เดือน", reports=TWELVE_MONTHS),
    "correction.xlsx": correct,
}
"""What the clerk does with each workbook as soon as it is made."""


def commands() -> list[str]:
    """The commands of the guide, in order."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert {language for language, _ in blocks} == {"bat"}, "every block is run here"
    return [line for _, block in blocks for line in block.splitlines()]


def is_of_the_installation(command: str) -> bool:
    return command.startswith("py -m pip ") or command.endswith(" --version")


class Followed:
    """What came of the guide: the clerk's work, and what each command printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clerks: dict[str, Clerk] = {}
        self.printed: dict[str, str] = {}

    def follow(self) -> None:
        for command in commands():
            if not is_of_the_installation(command):
                self._run(command)

    def _run(self, command: str) -> None:
        from tests.terminals import at_a_terminal  # noqa: PLC0415 (POSIX)

        env = {**UNMEASURED, "LC_ALL": "C.UTF-8", "KHELANG_PYTHON": sys.executable}
        if " init " in command:
            arguments = command.split()[3:]
            code, shown = at_a_terminal(*arguments, "--lang", "th", cwd=self.folder, typed=ANSWERS, env=env)
            assert code == 0, shown.decode()
            return
        script = f'py() {{ "$KHELANG_PYTHON" "$@" --lang th; }}\n{command}'
        done = subprocess.run(
            ["bash", "-euc", script], cwd=self.folder, env={**os.environ, **env}, capture_output=True, check=False
        )
        self.printed[command] = done.stdout.decode()
        assert done.returncode == 0, (command, done.stdout.decode(), done.stderr.decode())
        if " template " in command:
            name = command.split("-o ")[1].split(maxsplit=1)[0]
            self.clerks[name] = FILLED[name](self.folder / name)

    def said(self, *words: str) -> str:
        """What the last command with these words printed."""
        return [text for command, text in self.printed.items() if all(f" {word}" in command for word in words)][-1]

    def table(self, name: str, folder: str = "my-plan/data") -> list[dict[str, str]]:
        text = (self.folder / folder / f"{name}.csv").read_text(encoding="utf-8-sig")
        return list(csv.DictReader(text.splitlines()))


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """The whole guide, followed once."""
    made = Followed(tmp_path_factory.mktemp("แผน ป.ป.ช. "))
    made.follow()
    return made


def test_clerk_types_few_cells_and_no_id(followed: Followed) -> None:
    """Beside texts and amounts of money: numbers, choices from lists, targets and their units."""
    clerk = followed.clerks["plan.xlsx"]
    assert not [value for value in clerk.values if "invented-pha-mek" in value]
    of_projects = {place: count for place, count in clerk.typed.items() if place[0] in OF_PROJECTS}
    beyond = sum(count for (_, heading), count in of_projects.items() if not is_own(heading))
    sys.stdout.write(f"{beyond / len(PROJECTS)} cells a project, {clerk.typed.total()} in the workbook\n")
    assert (beyond, clerk.typed.total()) == (90, 241)
    assert beyond / len(PROJECTS) == 11.25 <= MOST_CELLS


def is_own(heading: str) -> bool:
    """Whether a column has a project's own text, or its amounts of money."""
    return heading in TEXTS or heading.startswith(("ปีงบประมาณ 2", "ในช่องปี"))


def test_plan_is_in_the_package_as_it_was_typed(followed: Followed) -> None:
    assert "ผ่านและพร้อมออกรุ่น" in followed.said("validate my-plan")
    counts = {name: len(followed.table(name)) for name in ("projects", "units", "steps", "targets", "indicators")}
    assert counts == {"projects": 8, "units": 4, "steps": 13, "targets": 8, "indicators": 9}
    budgets = followed.table("budgets")
    statuses = [row["budget_status"] for row in budgets]
    assert {status: statuses.count(status) for status in set(statuses)} == {
        "budgeted": 14,
        "no_budget": 17,
        "not_run": 9,
    }
    sums = {
        row["fiscal_year_be"]: sum(
            float(b["amount_thb"] or 0) for b in budgets if b["fiscal_year_be"] == row["fiscal_year_be"]
        )
        for row in followed.table("printed_totals")
    }
    assert sums == {"2569": 385000, "2570": 70000, "2571": 85000, "2572": 70000, "2573": 85000}
    dimensions = " ".join(row["dimension_id"][-2:] for row in followed.table("projects"))
    assert dimensions == "D1 D1 D1 D2 D2 D3 D3 D4", "each that of its mission"


def test_ids_stay_through_all_workbooks(followed: Followed) -> None:
    first, last = (followed.table("projects", f"releases/{name}/data") for name in ("v1.0.0", "latest"))
    assert first == last
    assert [row["project_id"] for row in last] == [f"invented-pha-mek-2569-2573-P{n:02}" for n in range(1, 9)]


def test_results_of_both_rounds_are_in_the_releases(followed: Followed) -> None:
    index = json.loads((followed.folder / "releases/index.json").read_text(encoding="utf-8"))
    versions = [release["version"] for release in index["releases"]]
    assert sorted(versions) == ["1.0.0", "1.1.0", "1.2.0", "1.2.1"]
    rounds = {}
    for version in ("1.1.0", "1.2.0"):
        reports = followed.table("progress", f"releases/v{version}/data")
        rounds[version] = [(row["project_id"][-3:], row["round_months"], row["status"]) for row in reports]
    six = [
        *(("P01", "6", "completed"), ("P02", "6", "in_progress"), ("P03", "6", "in_progress")),
        *(("P04", "6", "completed"), ("P06", "6", "cannot"), ("P07", "6", "in_progress")),
    ]
    twelve = [(id_, "12", "completed") for id_ in ("P02", "P03", "P07", "P08")]
    assert rounds["1.1.0"] == six
    assert sorted(rounds["1.2.0"]) == sorted([*six, *twelve, ("P06", "12", "cannot")])
    (result,) = followed.table("progress_results")
    assert (result["indicator_no"], result["value"]) == ("1", "58")
    (control,) = followed.table("risk_results")
    assert (control["control_no"], control["status"]) == ("1", "completed")


def test_money_spent_is_that_of_the_latest_round(followed: Followed) -> None:
    """18,750.50 of project 1 after six months; 14,200 and 48,500 of projects 3 and 7 after twelve."""
    (name,) = (followed.folder / "releases/latest").glob("*-flat.csv")
    rows = csv.DictReader(name.read_text(encoding="utf-8-sig").splitlines())
    spent = {row["project_id"][-3:]: float(row["disbursed_thb"]) for row in rows if row["disbursed_thb"]}
    assert spent == {"P01": 18750.5, "P02": 0, "P03": 14200, "P04": 0, "P06": 0, "P07": 48500, "P08": 0}


def test_site_shows_both_rounds(followed: Followed) -> None:
    page = (followed.folder / "public/th/projects/p07.html").read_text(encoding="utf-8")
    for text in ("รอบ 6 เดือน", "20,000", "รอบ 12 เดือน", "48,500", "จัดเวที ๙ หมู่บ้าน"):
        assert text in page, text
    home = (followed.folder / "public/index.html").read_text(encoding="utf-8")
    assert "81,450.50" in home
    versions = (followed.folder / "public/th/data/index.html").read_text(encoding="utf-8")
    assert all(version in versions for version in ("1.0.0", "1.1.0", "1.2.0"))


def test_evidence_shows_the_year_s_results(followed: Followed) -> None:
    folder = followed.folder / "evidence/2570"
    with (folder / "o24-results.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = {row[1]: row[3:] for row in csv.reader(lines)}
    assert rows["1"][:3] == ["20000", "ดำเนินการแล้วเสร็จ\nจัดอบรม ๑ รุ่น มีผู้เข้าอบรม ๕๘ คน", "18750.50"]
    assert rows["1"][-1] == "รายงานว่าแล้วเสร็จตั้งแต่รอบ 6 เดือน"
    assert rows["6"][1] == "ไม่สามารถดำเนินการได้: ไม่ได้รับงบประมาณ"
    assert "5" not in rows, "it does not run in this year"
    assert "ยังไม่มีการบันทึก" not in (folder / "o24-results.csv").read_text(encoding="utf-8-sig")
    assert "ต้องทำก่อนเผยแพร่" not in followed.said("evidence")
    assert "81,450.50 บาท" in (folder / "o24-results.html").read_text(encoding="utf-8")
    assert "สอบทานครบ ๑๒ ครั้ง" in (folder / "o22-measures.csv").read_text(encoding="utf-8-sig")


def test_score_counts_the_projects_of_the_round(followed: Followed) -> None:
    """After six months two of seven are completed and three are in progress: 3.5 of 7."""
    assert "ร้อยละ 50" in followed.said("export")
    assert (followed.folder / "eplan-2569-6.xlsx").is_file()


def test_correction_changes_one_cell_and_needs_its_reason(followed: Followed) -> None:
    said = followed.said("import correction.xlsx")
    assert said.count("ตรงกับสมุดงานแล้ว") == 0
    assert "กลุ่มเป้าหมาย!G7" in said
    before, after = (followed.table("targets", f"releases/{name}/data") for name in ("v1.2.0", "latest"))
    changed = [(old["quantity"], new["quantity"]) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [("100", "120")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Sequence[str]:
    """A fresh environment, and the commands that install the program into it."""
    folder = tmp_path_factory.mktemp("installed")
    for name in ("schemas", "src", "requirements"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-DATA"):
        shutil.copy(ROOT / name, folder)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    return [str(folder), str(folder / "venv/bin/python")]


def test_installation_of_the_guide_gives_the_program(installed: Sequence[str]) -> None:
    folder, python = installed
    lines = [line for line in commands() if is_of_the_installation(line)]
    assert len(lines) == 4
    for line in lines:
        script = f'py() {{ "$KHELANG_PYTHON" "$@"; }}\n{line}'
        env = {**os.environ, "KHELANG_PYTHON": python, "PYTHONPATH": ""}
        done = subprocess.run(["bash", "-euc", script], cwd=folder, env=env, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
    needed = "import polars, python_calamine, xlsxwriter, vl_convert"
    subprocess.run([python, "-c", needed], check=True, env={**os.environ, "PYTHONPATH": ""})
