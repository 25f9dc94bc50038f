"""Harvests of synthetic plans, beside a script that does the same with frictionless and pandas.

``python -m benchmarks.national FOLDER [COUNT]`` writes COUNT packages (7,850 without it) into a folder, harvests them,
harvests them again, changes one of each hundred and harvests once more, and prints what each took. The site of all
plans is made before and after that change, and again with nothing changed. The script is given a sample of the
packages; its time for all is in proportion.

``python -m benchmarks.national damaged FOLDER [COUNT]`` writes COUNT packages that conform, damages 500 of 7,850 in all
ways that the tests know, harvests, and compares: all others are taken, each refusal has the reason of its damage, and
the totals are those of the CSV files, which Python's own module reads.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.generate import Synthetic, generate
from benchmarks.measure import Measured, run_command

SEED, COUNT, SAMPLE, CHANGED, DAMAGED = 1, 7_850, 100, 100, 500
DAY = date(2026, 11, 28)


def harvested(packages: Path, out: Path) -> None:
    """Harvest into a folder, with a process for each processor."""
    from khelang_opendata.national.harvesting import HarvestOptions, harvest  # noqa: PLC0415 (not what the script needs)

    done = harvest([str(packages)], out, HarvestOptions(DAY))
    print(json.dumps({"states": dict(done.plans.counts()), "changes": len(done.plans.changes)}), file=sys.stderr)


def scripted(packages: Path, out: Path) -> None:
    """Validate packages with frictionless, and write the tables of the valid ones, each as one Parquet file."""
    import pandas as pd  # noqa: PLC0415 (not what the harvest needs)
    import polars as pl  # noqa: PLC0415 (as above: pandas itself writes no Parquet)
    from frictionless import Package  # noqa: PLC0415 (as above)

    frames: dict[str, list[pd.DataFrame]] = {}
    for path in sorted(packages.iterdir()):
        if Package(str(path / "datapackage.json")).validate().valid:
            for table in (path / "data").glob("*.csv"):
                frames.setdefault(table.stem, []).append(pd.read_csv(table, dtype=str, keep_default_na=False))
    out.mkdir(exist_ok=True)
    for name, parts in frames.items():
        pl.DataFrame(pd.concat(parts).to_dict("list")).write_parquet(out / f"{name}.parquet")


def _measured(kind: str, packages: Path, out: Path) -> Measured:
    return run_command([sys.executable, "-m", "benchmarks.national", kind, str(packages), str(out)])


def _print_site(name: str, dataset: Path, site: Path) -> None:
    """Make the site of a dataset, and print what that took."""
    took = run_command([sys.executable, "-m", "khelang_opendata", "national", "site", str(dataset), "--out", str(site)])
    print(f"| site, {name} | {took.seconds:.1f} | {took.peak_mb:.0f} | |", flush=True)


def _change(plans: list[Synthetic]) -> int:
    """Change a text in one of each hundred valid plans, and give how many those are."""
    valid = [plan for plan in plans if not plan.violations][::CHANGED]
    for plan in valid:
        table = plan.path / "data/indicators.csv"
        table.write_bytes(table.read_bytes().replace("ร้อยละ".encode(), "อัตรา".encode()))
    return len(valid)


def damaged(folder: Path, count: int) -> None:
    """Harvest packages of which some are damaged, and compare the dataset with the packages.

    Raises:
        SystemExit: it is not what the packages say.
    """
    from khelang_opendata.national.national_products import CATALOG  # noqa: PLC0415 (not what the script needs)
    from tests.national_data import DAMAGES, valid_plans  # noqa: PLC0415 (as above)

    packages, out = folder / "packages", folder / "national"
    shutil.rmtree(folder, ignore_errors=True)
    plans = valid_plans(packages, count)
    number = max(len(DAMAGES), count * DAMAGED // COUNT)
    spoilt = dict(zip(plans[:: count // number], [*DAMAGES] * (number // len(DAMAGES) + 1), strict=False))
    spoilt = dict([*spoilt.items()][:number])
    for plan, kind in spoilt.items():
        DAMAGES[kind][0](plan)
    took = _measured("harvest", packages, out)
    rows = {Path(row["package"]).stem: row for row in json.loads((out / CATALOG).read_bytes())["packages"]}
    whole = [plan for plan in plans if plan not in spoilt]
    wrong = [plan.name for plan in whole if not str(rows[plan.name]["state"]).startswith("taken")]
    wrong += [f"{p.name} ({kind})" for p, kind in spoilt.items() if rows[p.name]["reason"] != DAMAGES[kind][1]]
    reasons = Counter(rows[plan.name]["reason"] for plan in spoilt)
    print(f"{count} packages, {number} damaged in {len({*spoilt.values()})} ways: {took.seconds:.0f} s")
    taken = sum(row["data_hash"] is not None for row in rows.values())
    print(f"taken {taken}, refused for {dict(sorted(reasons.items()))}")
    found, wanted = _totals_in(out), _totals_of(whole)
    print(
        f"rows {found['rows']}, projects {found['projects']}, baht {found['baht']}, provinces {len(found['provinces'])}"
    )
    wrong += [
        f"{name}: {found[name]}, and in the files {wanted[name]}" for name in found if found[name] != wanted[name]
    ]
    if wrong or len(rows) != count:
        sys.exit("\n".join(["not what the packages say", *wrong[:20]]))


def _totals_of(plans: Iterable[Path]) -> dict[str, Any]:
    """The totals of packages, from their CSV files with nothing of ours."""
    rows, projects = 0, 0
    provinces: defaultdict[str, Decimal] = defaultdict(Decimal)
    for plan in plans:
        tables = {path.stem: _records(path) for path in (plan / "data").glob("*.csv")}
        amounts = sum((Decimal(row["amount_thb"] or 0) for row in tables["budgets"]), Decimal(0))
        provinces[tables["plans"][0]["province_code"]] += amounts
        rows, projects = rows + sum(map(len, tables.values())), projects + len(tables["projects"])
    return {"rows": rows, "projects": projects, "baht": sum(provinces.values()), "provinces": dict(provinces)}


def _records(path: Path) -> Sequence[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _totals_in(dataset: Path) -> dict[str, Any]:
    """The same totals as the dataset has them."""
    from khelang_opendata.national.national_columns import table_names  # noqa: PLC0415 (not what the script needs)
    from khelang_opendata.national.querying import query  # noqa: PLC0415 (as above)

    counts = {name: query(dataset, f"SELECT count(*) FROM {name}").rows[0][0] for name in table_names()}  # noqa: S608 (names of ours)
    by_province = query(dataset, "SELECT province_code, sum(amount_thb) FROM budgets GROUP BY 1").rows
    return {
        "rows": sum(counts.values()),
        "projects": counts["projects"],
        "baht": sum(amount for _, amount in by_province),
        "provinces": dict(by_province),
    }


def main() -> None:
    """Measure, or do the work of one measurement."""
    if sys.argv[1] == "damaged":
        damaged(Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else COUNT)
        return
    if sys.argv[1] in ("harvest", "script"):
        work = harvested if sys.argv[1] == "harvest" else scripted
        work(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else COUNT
    packages, out, sample = folder / "packages", folder / "national", folder / "sample"
    shutil.rmtree(folder, ignore_errors=True)
    plans = generate(packages, count, SEED)
    for plan in plans[:: max(1, count // SAMPLE)]:
        shutil.copytree(plan.path, sample / plan.path.name)
    sampled = len([*sample.iterdir()])
    print(f"load before {os.getloadavg()}")
    print("| run | seconds | driver MB | worker MB |\n|---|---|---|---|")
    for name in ("first", "unchanged", "1 % changed"):
        if name == "1 % changed":
            _print_site("first", out, folder / "site")
            _print_site("unchanged", out, folder / "site")
            print(f"(changed: {_change(plans)})")
        start = perf_counter()
        took = _measured("harvest", packages, out)
        print(f"| {name} | {perf_counter() - start:.1f} | {took.peak_mb:.0f} | {took.worker_mb or 0:.0f} |", flush=True)
    _print_site("1 % changed", out, folder / "site")
    took = _measured("script", sample, folder / "script")
    scaled = took.seconds * count / sampled
    print(f"| script, {sampled} packages | {took.seconds:.1f} | {took.peak_mb:.0f} | (for {count}: {scaled:.0f} s) |")
    size = sum(path.stat().st_size for path in (out / "tables").rglob("*") if path.is_file())
    print(f"tables {size / 2**20:.0f} MB, DuckDB {(out / 'national.duckdb').stat().st_size / 2**20:.0f} MB")
    print(f"load after {os.getloadavg()}")


if __name__ == "__main__":
    main()
