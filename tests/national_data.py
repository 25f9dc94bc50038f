"""What the tests of the national dataset share: plans, ways to damage them, harvests and what they come to."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.generate import generate
from khelang_opendata.national import delta_tables, national_products, staged_batches
from khelang_opendata.national.delta_tables import NationalDataset, connection
from khelang_opendata.national.harvesting import Harvest, HarvestOptions, harvest
from khelang_opendata.national.national_columns import ISSUES, PACKAGES, table_names
from khelang_opendata.national.work_pool import Workers, processes
from tests.conftest import ROOT, VALID, edit_descriptor

DAY = date(2026, 11, 28)


def gathered(source: Path, out: Path, day: date = DAY, workers: Workers | None = None) -> Harvest:
    return harvest([str(source)], out, HarvestOptions(day, workers or processes(1)))


def valid_plans(folder: Path, count: int) -> list[Path]:
    """Synthetic plans that conform to the standard."""
    spare = generate(folder / "made", count + count // 2 + 4, 1)
    chosen = [one.path for one in spare if not one.violations][:count]
    assert len(chosen) == count
    for path in chosen:
        path.rename(folder / path.name)
    shutil.rmtree(folder / "made")
    return [folder / path.name for path in chosen]


def state_of(out: Path) -> dict[str, Any]:
    """The rows of all tables in the current state, in no order."""
    dataset = NationalDataset(out)
    snapshot = dataset.snapshot()
    assert snapshot is not None
    tables = (*table_names(), ISSUES, PACKAGES)
    with connection() as sql:
        return {name: Counter(sql.execute(f"FROM {dataset.scan(snapshot, name)}").fetchall()) for name in tables}


def plans_in_latest(out: Path) -> list[set[str]]:
    """The plans in each of two tables at its latest version, as one sees them who does not look into the snapshot."""
    from deltalake import DeltaTable  # noqa: PLC0415

    found = []
    with connection() as sql:
        for table in ("plans", "budgets"):
            files = DeltaTable(out / "tables" / table).file_uris()
            found.append({one for (one,) in sql.execute("SELECT plan_id FROM read_parquet(?)", [files]).fetchall()})
    return found


def budget_in_files(folders: list[Path]) -> Decimal:
    """The sum of all budgets, as the standard library reads them."""
    total = Decimal(0)
    for folder in folders:
        with (folder / "data/budgets.csv").open(encoding="utf-8-sig", newline="") as lines:
            total += sum(Decimal(row["amount_thb"] or 0) for row in csv.DictReader(lines))
    return total


Damage = Callable[[Path], object]


def _bytes_of(name: str, change: Callable[[bytes], bytes]) -> Damage:
    return lambda folder: (folder / name).write_bytes(change((folder / name).read_bytes()))


def _cells(table: str, column: str, value: str) -> Damage:
    """Put a value into a column of the first row."""

    def damage(folder: Path) -> None:
        path = folder / f"data/{table}.csv"
        with path.open(encoding="utf-8-sig", newline="") as lines:
            heading, first, *rest = csv.reader(lines)
        first[heading.index(column)] = value
        with path.open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerows([heading, first, *rest])

    return damage


def _linked(folder: Path) -> None:
    path = folder / "data/units.csv"
    path.rename(folder.parent.parent / f"{folder.name}-units.csv")
    path.symlink_to(folder.parent.parent / f"{folder.name}-units.csv")


def _archived(change: Callable[[Path], object]) -> Damage:
    """Put the plan into a ZIP file, and spoil that."""

    def damage(folder: Path) -> None:
        archive = folder.with_suffix(".zip")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            for path in sorted(folder.rglob("*.*")):
                file.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
        shutil.rmtree(folder)
        change(archive)

    return damage


def _added(name: str) -> Callable[[Path], object]:
    def add(archive: Path) -> None:
        with zipfile.ZipFile(archive, "a") as file:
            file.writestr(name, b"outside")

    return add


def _link_added(archive: Path) -> None:
    entry = zipfile.ZipInfo("plan/data/link.csv")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr(entry, "/etc/passwd")


def _bomb(archive: Path) -> None:
    """More than the limit unpacked, in less than a megabyte."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file, file.open("plan/zeros.csv", "w") as stream:
        for _ in range(513):
            stream.write(bytes(2**20))


def _of_standard(name: object) -> Damage:
    return lambda folder: edit_descriptor(folder, lambda d: d.update(conformsTo=name))


def _example(folder: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(VALID, folder)


def _without_first_column(folder: Path) -> None:
    path = folder / "data/units.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.partition(",")[2] for line in lines), encoding="utf-8")


PAST_ERRORS = "source_invalid"

DAMAGES: Mapping[str, tuple[Damage, str]] = {
    "descriptor missing": (lambda folder: (folder / "datapackage.json").unlink(), PAST_ERRORS),
    "descriptor cut": (_bytes_of("datapackage.json", lambda data: data[:500]), PAST_ERRORS),
    "descriptor not UTF-8": (_bytes_of("datapackage.json", lambda data: b"\xff\xfe" + data), PAST_ERRORS),
    "descriptor a list": (_bytes_of("datapackage.json", lambda _: b"[]"), PAST_ERRORS),
    "descriptor empty": (_bytes_of("datapackage.json", lambda _: b""), PAST_ERRORS),
    "path outside": (
        lambda folder: edit_descriptor(folder, lambda d: d["resources"][0].update(path="../../plans.csv")),
        PAST_ERRORS,
    ),
    "table missing": (lambda folder: (folder / "data/plans.csv").unlink(), PAST_ERRORS),
    "table empty": (_bytes_of("data/plans.csv", lambda _: b""), PAST_ERRORS),
    "heading only": (_bytes_of("data/plans.csv", lambda data: data.splitlines()[0]), PAST_ERRORS),
    "plan twice": (_bytes_of("data/plans.csv", lambda data: data + data.splitlines()[-1] + b"\n"), PAST_ERRORS),
    "table not UTF-8": (_bytes_of("data/units.csv", lambda data: data + b"\xff\xff\n"), PAST_ERRORS),
    "NUL": (_bytes_of("data/units.csv", lambda data: data.replace(b",", b",\0", 30)), PAST_ERRORS),
    "column missing": (_without_first_column, PAST_ERRORS),
    "semicolons": (_bytes_of("data/units.csv", lambda data: data.replace(b",", b";")), PAST_ERRORS),
    "quote open": (_bytes_of("data/units.csv", lambda data: data + b'"open'), PAST_ERRORS),
    "table cut": (_bytes_of("data/budgets.csv", lambda data: data[: len(data) // 2]), PAST_ERRORS),
    "amount in words": (_cells("budgets", "amount_thb", "สามแสน"), PAST_ERRORS),
    "amount negative": (_cells("budgets", "amount_thb", "-1"), PAST_ERRORS),
    "key twice": (_bytes_of("data/units.csv", lambda data: data + data.splitlines()[-1] + b"\n"), PAST_ERRORS),
    "reference to nothing": (_cells("projects", "lead_unit_id", "nowhere-U99"), PAST_ERRORS),
    "day unreal": (_cells("plans", "announced_on", "2566-02-30"), PAST_ERRORS),
    "type unknown": (_cells("plans", "lao_type", "kingdom"), PAST_ERRORS),
    "province unknown": (_cells("plans", "province_code", "TH-XX"), PAST_ERRORS),
    "table a link": (_linked, "archive_refused"),
    "table a pipe": (lambda folder: os.mkfifo(folder / "data/pipe"), "archive_refused"),
    "standard newer": (_of_standard("anticorruption-plan/1.1.0"), "source_standard"),
    "standard older": (_of_standard("anticorruption-plan/0.9.0"), "source_standard"),
    "standard of others": (_of_standard("contracts/1.0.0"), "source_standard"),
    "standard no text": (_of_standard(["x"]), PAST_ERRORS),
    "example of the standard": (_example, "source_example"),
    "archive cut": (_archived(lambda path: path.write_bytes(path.read_bytes()[:-100])), "archive_refused"),
    "archive of a page": (_archived(lambda path: path.write_text("<!doctype html>")), "archive_refused"),
    "archive climbs": (_archived(_added("../outside.csv")), "archive_refused"),
    "archive with a link": (_archived(_link_added), "archive_refused"),
    "archive is a bomb": (_archived(_bomb), "archive_refused"),
}
"""Ways to damage a plan, each with the reason for which a harvest refuses it."""


WRITES: Mapping[str, tuple[Any, str]] = {
    "staged": (staged_batches.StagedBatches, "add"),
    "committed": (delta_tables, "_write"),
    "set back": (delta_tables, "_set_back"),
    "placed": (delta_tables, "write_atomically"),
    "made": (national_products, "write_atomically"),
}
"""The calls by which a harvest writes, by kind."""


@contextmanager
def before_writes(called: Callable[[str, int], object]) -> Iterator[None]:
    """Let harvests work in small batches, and give the kind and number of each call that writes before it writes."""

    def announced(kind: str, write: Callable[..., Any]) -> Callable[..., Any]:
        numbers = count(1)

        def announcing(*args: Any, **options: Any) -> Any:
            called(kind, next(numbers))
            return write(*args, **options)

        return announcing

    with ExitStack() as patches:
        for kind, (owner, name) in WRITES.items():
            patches.enter_context(patch.object(owner, name, announced(kind, getattr(owner, name))))
        patches.enter_context(patch("khelang_opendata.national.harvesting._BATCH", 2))
        yield


def harvest_until(kind: str, number: int, source: Path, out: Path) -> None:
    """Harvest, and kill this process before the given call of a kind that writes."""

    def killed(*call: object) -> None:
        if call == (kind, number):
            os.kill(os.getpid(), signal.SIGKILL)

    with before_writes(killed):
        gathered(source, out)


def killed_harvest(kind: str, number: int, source: Path, out: Path) -> int:
    """The exit code of a harvest in a process of its own that is killed so."""
    imports = "from pathlib import Path; from tests.national_data import harvest_until"
    code = f"{imports}; harvest_until({kind!r}, {number}, Path({str(source)!r}), Path({str(out)!r}))"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False).returncode
