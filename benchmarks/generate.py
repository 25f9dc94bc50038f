"""Seeded synthetic packages of the family ``anticorruption-plan``: invented plans that ``khelang validate`` accepts.

A package follows from its seed and its number alone. About one in five carries violations of the schema, of known
number.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from benchmarks import texts
from khelang_opendata.files.serialize import json_bytes
from khelang_opendata.package.datapackage import DESCRIPTOR
from khelang_opendata.standard.family import SchemaFamily, load_family
from khelang_opendata.standard.tables import JsonObject

Row = list[str]
Tables = Mapping[str, list[Row]]
Sums = Counter[tuple[int, int]]
"""Baht by number of the dimension and year."""

EXAMPLE = "examples/valid/mae-thung-2561-2564"
"""The package of the standard whose descriptor the synthetic ones are given."""

SPOILT_SHARE = 0.2
_MOST_VIOLATIONS = 4
_FIRST_YEAR = 2566
_PLACEHOLDER = "synthetic-package-name"


@dataclass(frozen=True, slots=True)
class Violation:
    """A way to spoil a row of one table: the rows that replace it, and what a Table Schema validator finds."""

    table: str
    change: Callable[[Row], list[Row]]
    findings: int = 1


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A package that was written, how many violations it carries, and how many findings they are."""

    path: Path
    violations: int
    findings: int

    @classmethod
    def of(cls, path: Path, chosen: Sequence[Violation]) -> Synthetic:
        """A package with these violations in it."""
        return cls(path, len(chosen), sum(violation.findings for violation in chosen))


@cache
def family() -> SchemaFamily:
    """The version of the schema family that the packages conform to."""
    return load_family()


@cache
def columns(table: str) -> tuple[str, ...]:
    """A table's columns in the order of its schema, which is that of the files."""
    return tuple(family().tables[table].field_by_name)


def _with_cell(table: str, field: str, value: str) -> Violation:
    position = columns(table).index(field)
    return Violation(table, lambda row: [[*row[:position], value, *row[position + 1 :]]])


@cache
def violations() -> tuple[Violation, ...]:
    """Every kind of violation: types, required values, ranges, patterns, codes, references, keys and shapes of rows."""
    return (
        _with_cell("targets", "quantity", "ประมาณหกสิบ"),
        _with_cell("budgets", "amount_thb", "สามแสน"),
        _with_cell("projects", "title_th", ""),
        _with_cell("indicators", "label_th", ""),
        _with_cell("budgets", "amount_thb", "-1"),
        _with_cell("targets", "quantity_unit", "Person!"),
        _with_cell("budgets", "budget_status", "planned"),
        _with_cell("projects", "lead_unit_id", "no-such-plan-U99"),
        Violation("indicators", lambda row: [row, row]),
        Violation("targets", lambda row: [[*row, "เกินมา"]]),
        Violation("budgets", lambda row: [row[:-1]]),
        Violation("targets", lambda row: [row, []], findings=2),  # a blank row, and a key of nothing
    )


def generate(folder: Path, count: int, seed: int) -> list[Synthetic]:
    """Write packages ``lao-00001`` and so on; those that are there already stay as they are.

    Args:
        folder: where the packages' folders are written.
        count: how many packages.
        seed: another seed gives other packages.
    """
    return [_written(folder / f"lao-{number:05}", seed, number) for number in range(1, count + 1)]


def _written(path: Path, seed: int, number: int) -> Synthetic:
    chosen = _chosen_violations(seed, number)
    if not (path / DESCRIPTOR).exists():
        rng = Random(f"{seed}/{number}")
        plan = Plan.invent(rng, f"{path.name}-{_FIRST_YEAR}-{_FIRST_YEAR + rng.choice((2, 3, 4))}")
        write_package(path, plan, _spoilt(plan.tables(rng), chosen, rng))
    return Synthetic.of(path, chosen)


def _chosen_violations(seed: int, number: int) -> list[Violation]:
    rng = Random(f"{seed}/{number}/violations")
    return rng.sample(violations(), rng.randint(1, _MOST_VIOLATIONS)) if rng.random() < SPOILT_SHARE else []


def _spoilt(tables: Tables, chosen: list[Violation], rng: Random) -> Tables:
    """The tables with each violation in a row of its own, from the last row upwards so that no position shifts."""
    rows = {name: rng.sample(range(len(table)), min(len(table), len(chosen))) for name, table in tables.items()}
    places = sorted(((v.table, rows[v.table].pop(), v) for v in chosen), key=lambda place: -place[1])
    for table, position, violation in places:
        tables[table][position : position + 1] = violation.change(tables[table][position])
    return tables


def write_package(path: Path, plan: Plan, tables: Tables) -> None:
    """Write a package's files, the descriptor last: a package that has one is complete."""
    (path / "data").mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        (path / f"data/{name}.csv").write_bytes(_csv_bytes(name, rows))
    write_descriptor(path, plan)


def write_descriptor(path: Path, plan: Plan) -> None:
    """Write ``datapackage.json`` with the family's schemas inline."""
    (path / DESCRIPTOR).write_bytes(_descriptor_template().replace(_PLACEHOLDER.encode(), plan.id.encode()))


def _csv_bytes(table: str, rows: list[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns(table))
    writer.writerows(rows)
    return text.getvalue().encode()


@cache
def _descriptor_template() -> bytes:
    example = json.loads((family().folder / EXAMPLE / DESCRIPTOR).read_text(encoding="utf-8"))
    resources = [entry for entry in example["resources"] if not family().tables[entry["name"]].optional]
    titles = {"title": "แผนสังเคราะห์", "title_en": "Synthetic plan", "homepage": "https://example.org/synthetic"}
    about = {"description": "ข้อมูลสังเคราะห์สำหรับวัดความเร็ว", "description_en": "Made to measure speed."}
    people = [{"title": "ผู้วัดความเร็ว", "title_en": "A benchmark", "roles": ["creator", "publisher"]}]
    sources = [{"title": "ไม่มีเอกสาร", "title_en": "No document"}]
    portal = {**example["portal"], "maintainer": "ผู้วัดความเร็ว", "maintainer_email": "x@example.org", "data_source": "-"}
    own = {**titles, **about, "contributors": people, "sources": sources, "portal": portal}
    named: JsonObject = {**example, **own, "name": _PLACEHOLDER, "resources": resources}
    return json_bytes(family().compile_into(named))


@dataclass(frozen=True, slots=True)
class Plan:
    """What the rows of an invented plan have in common."""

    id: str
    lao: str
    place: str
    province: tuple[str, str]
    years: range

    @classmethod
    def invent(cls, rng: Random, plan_id: str) -> Plan:
        """A plan of this id, whose last parts are its first and last year."""
        first, last = map(int, plan_id.split("-")[-2:])
        place = rng.choice(texts.PLACES)
        return cls(plan_id, f"เทศบาลตำบล{place}", place, rng.choice(texts.PROVINCES), range(first, last + 1))

    def tables(self, rng: Random) -> dict[str, list[Row]]:
        """The rows of a small plan: about twenty projects and what belongs to them."""
        projects = [self.project(number, rng) for number in range(1, rng.randint(18, 24) + 1)]
        numbers = range(1, len(projects) + 1)
        budgets = [row for number in numbers for row in self.budgets(number, rng)]
        return {
            "plans": [self.plan(len(projects))],
            **self.small_tables(rng),
            "projects": projects,
            "budgets": budgets,
            "targets": [row for number in numbers for row in self.targets(number, rng)],
            "indicators": [row for number in numbers for row in self.indicators(number, rng)],
            "printed_totals": self.printed_totals(add_up(budgets)),
            "errata": [self.erratum(number, rng) for number in range(1, rng.randint(0, 3) + 1)],
        }

    def small_tables(self, rng: Random) -> dict[str, list[Row]]:
        """The tables whose size does not follow from the number of projects."""
        risks = range(1, len(texts.RISKS) + 1)
        return {
            "dimensions": [self.dimension(number) for number in range(1, len(texts.DIMENSIONS) + 1)],
            "missions": list(self.missions()),
            "units": [self.unit(position) for position in range(len(texts.UNITS))],
            "risks": [self.risk(number, rng) for number in risks],
            "risk_factors": [self.risk_factor(risk, number) for risk in risks for number in (1, 2)],
            "risk_controls": [self.risk_control(risk, rng) for risk in risks],
        }

    def plan(self, projects: int) -> Row:
        """The row of the table plans."""
        first, last = self.years[0], self.years[-1]
        title = f"แผนปฏิบัติการป้องกันการทุจริต (พ.ศ. {texts.thai(first)} - {texts.thai(last)}) {self.lao}"
        english = "Subdistrict Municipality (invented)"
        name = [self.lao, english, "subdistrict_municipality", "", "", "", *self.province, self.place]
        return [self.id, *name, title, "", str(first), str(last), f"{first - 544}-09-27", str(projects), ""]

    def dimension(self, number: int) -> Row:
        """A dimension; it declares no number of projects."""
        return [self.id, self.dimension_id(number), str(number), *texts.DIMENSIONS[number - 1], "true", ""]

    def dimension_id(self, number: int) -> str:
        """The id of the dimension of this number."""
        return f"{self.id}-D{number}"

    def missions(self) -> Iterator[Row]:
        """A mission in each dimension, with others below it."""
        for dimension in range(1, len(texts.DIMENSIONS) + 1):
            top = f"{self.id}-M{dimension}.1"
            for below, name in enumerate(texts.MISSIONS):
                code, parent = (f"{dimension}.1.{below}", top) if below else (f"{dimension}.1", "")
                yield [self.id, f"{self.id}-M{code}", code, self.dimension_id(dimension), parent, name, ""]

    def unit(self, position: int) -> Row:
        """A unit of the organisation; the first is the local government itself."""
        name, english, level, parent = texts.UNITS[position]
        above = "" if parent is None else self.unit_id(parent)
        return [self.id, self.unit_id(position), name if position else self.lao, english, level, above]

    def unit_id(self, position: int) -> str:
        """The id of the unit at this position."""
        return f"{self.id}-U{position + 1:02}"

    def project_id(self, number: int) -> str:
        """The id of the project of this number."""
        return f"{self.id}-P{number:02}"

    def project(self, number: int, rng: Random) -> Row:
        """A project; every seventh runs inside the one before it, and every ninth has a title of two lines."""
        kind, word = texts.KINDS[0] if rng.random() < 0.7 else rng.choice(texts.KINDS)
        thai, english = rng.choice(texts.SUBJECTS)
        title = f"{word}{thai} ครั้งที่ {texts.thai(number)}"
        dimension = (number - 1) % len(texts.DIMENSIONS) + 1
        lead = texts.LEADS[number % len(texts.LEADS)]
        unit, _, _, parent = texts.UNITS[lead]
        division = texts.UNITS[parent][0] if parent else unit
        mission = f"{self.id}-M{dimension}.1" + rng.choice(("", ".1", ".2"))
        return [
            *(self.id, self.project_id(number), str(number), f"{texts.thai(number)})", kind, title, english, title, ""),
            *(self.dimension_id(dimension), mission, self.unit_id(lead), f"{unit} {self.lao}", division),
            *(str(self.years[0]), str(self.years[-1]), "" if number % 7 else self.project_id(number - 1)),
            f"ส่วนที่ ๓ หน้า {texts.thai(number + 8)}",
        ]

    def budgets(self, number: int, rng: Random) -> Iterator[Row]:
        """A project's budget in each year of the plan."""
        status = rng.choice(("budgeted", "budgeted", "budgeted", "no_budget", "shared"))
        amount = rng.choice(texts.AMOUNTS)
        for line, year in enumerate(self.years, 1):
            yield [self.id, self.project_id(number), str(line), str(year), *_money(status, amount, rng)]

    def targets(self, number: int, rng: Random) -> Iterator[Row]:
        """Whom a project is for."""
        for target, audience in enumerate(rng.sample(texts.AUDIENCES, rng.choice((1, 1, 2))), 1):
            yield self.target(number, target, audience, rng)

    def target(self, number: int, target: int, audience: texts.Audience, rng: Random) -> Row:
        """One target group of a project."""
        thai, english, code, unit = audience
        quantity = ["eq", str(rng.randint(1, 400)), unit, "", ""]
        return [self.id, self.project_id(number), str(target), thai, english, code, *quantity]

    def indicators(self, number: int, rng: Random) -> Iterator[Row]:
        """What a project is measured by."""
        for indicator in range(1, rng.choice((1, 2)) + 1):
            yield self.indicator(number, indicator, rng)

    def indicator(self, number: int, indicator: int, rng: Random) -> Row:
        """One indicator of a project, some with a text of several lines."""
        label = "ร้อยละของผู้เข้าร่วมที่มีความรู้ความเข้าใจ"
        english = "Participants who understand, in per cent"
        measure = ["outcome", label, english, "gte", str(rng.randint(50, 95)), "percent", "", "yearly"]
        source = f"ส่วนที่ ๓ หน้า {texts.thai(number + 9)}"
        return [self.id, self.project_id(number), str(indicator), *measure, rng.choice(texts.VERIFICATIONS), source]

    def risk(self, number: int, rng: Random) -> Row:
        """A risk; its score is likelihood times impact."""
        likelihood, impact = rng.randint(1, 5), rng.randint(1, 5)
        score = [str(likelihood), str(impact), str(likelihood * impact), f"ปานกลาง ({texts.thai(likelihood * impact)})"]
        thai, english, kind = texts.RISKS[(number - 1) % len(texts.RISKS)]
        head = [self.id, f"{self.id}-R{number:02}", str(self.years[0]), thai, english, kind, "medium"]
        return [*head, *score, "", self.unit_id(2), "ส่วนที่ ๑ หน้า ๔"]

    def risk_factor(self, risk: int, number: int) -> Row:
        """What makes a risk likely."""
        label = ("ไม่กำหนดเวลาพิจารณาไว้ให้ชัด", "No clear time limit, and no reminder")
        return [self.id, f"{self.id}-R{risk:02}", str(number), *label]

    def risk_control(self, risk: int, rng: Random) -> Row:
        """The measure against a risk."""
        label = ("ให้มีผู้สอบทานก่อนประกาศ\nและรายงานทุกสิ้นเดือน", "Reviewed before it is announced, and reported monthly")
        due = f"{self.years[0] - 543}-{rng.randint(1, 12):02}-28"
        return [self.id, f"{self.id}-R{risk:02}", "1", *label, self.unit_id(2), due]

    def printed_totals(self, sums: Sums) -> list[Row]:
        """The totals of the dimensions and of the plan in each year, as they add up."""
        rows = []
        for year in self.years:
            totals = [sums[number, year] for number in range(1, len(texts.DIMENSIONS) + 1)]
            for number, total in enumerate(totals, 1):
                rows.append([self.id, "dimension", self.dimension_id(number), str(year), str(total)])
            rows.append([self.id, "plan", self.id, str(year), str(sum(totals))])
        return rows

    def erratum(self, number: int, rng: Random) -> Row:
        """A contradiction in the document, found by reading."""
        page = texts.thai(rng.randint(5, 40))
        basis = (
            "รายละเอียดโครงการพิมพ์ตรงกับประกาศ\nและตรงกับข้อบัญญัติ",
            "The project's sheet agrees with the ordinance, line by line.",
        )
        where = ["projects", self.project_id(number), "title_th", "", f"ตารางสรุป หน้า {page}"]
        head = [self.id, f"{self.id}-E{number:02}", "wording", "editorial", "editorial", *where]
        reading = ["", "พิมพ์ตกตัวอักษร", "A letter is missing."]
        return [*head, "จริต", "ทุจริต", *reading, *basis, "source_error"]


def _money(status: str, amount: int, rng: Random) -> Row:
    """The cells of a budget from its period on, as the rules of arithmetic want them."""
    source, nothing = ["lao_budget", "not_stated"], ["", "", ""]
    if status == "no_budget":
        return ["", "", "", status, "0", *nothing, "๐", "ไม่ใช้งบประมาณ", ""]
    if status == "shared":
        return ["", *source, status, "0", *nothing, "๐", "", "ใช้งบประมาณของโครงการอบรมคุณธรรมและจริยธรรม"]
    if rng.random() < 0.1:  # a year without the project
        return ["", "", "", "not_run", "", *nothing, "-", "", ""]
    printed = [texts.amount_printed(amount), texts.amount_on_sheet(amount), ""]
    return ["each_year", *source, status, f"{amount}.00", *nothing, *printed]


def add_up(budgets: Iterable[Row]) -> Sums:
    """The sums of budgets by number of the dimension and year."""
    sums: Sums = Counter()
    for row in budgets:
        add_budget(sums, row)
    return sums


def add_budget(sums: Sums, row: Row) -> None:
    """Add one budget to the sums."""
    project, year, amount = (
        row[columns("budgets").index(name)] for name in ("project_id", "fiscal_year_be", "amount_thb")
    )
    dimension = (int(project.rpartition("-P")[2]) - 1) % len(texts.DIMENSIONS) + 1
    sums[dimension, int(year)] += int(amount.partition(".")[0] or 0)


def fingerprint() -> str:
    """A hash of the generator and of the standard: packages of another one are not used again."""
    sources = (Path(__file__).with_name(name) for name in ("generate.py", "large.py", "texts.py"))
    files = [*sources, *sorted(family().folder.rglob("*.json"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
