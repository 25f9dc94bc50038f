"""What the tests of releases share: releasing changed copies of the real plan, and checking what the folder holds."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from khelang_opendata import Package, load_family
from khelang_opendata.files.serialize import json_bytes
from khelang_opendata.published.manifest import MANIFEST, manifest_of
from khelang_opendata.published.page_mark import html_mark, line_mark
from khelang_opendata.release import Outcome, ReleaseOptions, release_package
from tests.conftest import PLAN, VALID, edit_descriptor, replace_in

DAY = date(2026, 11, 22)
NAME = "khelang-nakhon-2566-2570"


def publish(plan: Path, out: Path, day: date = DAY, **options: Any) -> Outcome:
    return release_package(Package.load(plan), out, ReleaseOptions(day, **options))


def copied(source: Path, target: Path) -> Path:
    return Path(shutil.copytree(source, target))


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """When each file and folder was changed last, and which it is."""
    return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (folder, *folder.rglob("*"))}


def index_of(out: Path) -> Any:
    return json.loads((out / "index.json").read_text(encoding="utf-8"))


def few_pages(root: Path) -> dict[str, bytes]:
    """A site in small, of which the first page and one in Thai name the versions that there are."""
    name = index_of(root)["name"]
    links = "".join(f'<a href="{entry["archive"]}">' for entry in index_of(root)["releases"])
    shown = f"{html_mark(name)}\n{versions_of(root)}{links}".encode()
    pages = {
        "th/projects/index.html": shown.replace(b'href="', b'href="../../'),
        "th/style.css": b"a{}",
        "en/index.html": html_mark(name).encode(),
    }
    return {"index.html": shown, **pages, "sitemap.xml": line_mark(name).encode()}


def versions_of(out: Path) -> list[str]:
    return [entry["version"] for entry in index_of(out)["releases"]]


def correct_a_cell(plan: Path, new: str = "Division of Finance") -> None:
    replace_in(plan / "data/units.csv", "Finance Division", new)


def change_a_figure(plan: Path) -> None:
    replace_in(plan / "data/indicators.csv", "gte,2,time", "gte,3,time")


def remove_a_row(plan: Path) -> None:
    """The last law that the plan names, to which nothing refers."""
    path = plan / "data/legal_bases.csv"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")


def in_the_earlier_layout(folder: Path) -> Path:
    """Give a release the names that releases of earlier versions of the program have, and their one table of totals."""
    moved = {
        "metadata/changes.json": "CHANGES.json",
        "metadata/provenance.json": "provenance.json",
        "metadata/validation-report.json": "validation-report.json",
        "metadata/codebook.csv": "codebook.csv",
        "00-README.th.md": "README.th.md",
        "00-README.en.md": "README.en.md",
        f"totals/{NAME}-totals_by_year.csv": f"{NAME}-summary.csv",
    }
    for new, old in moved.items():
        (folder / new).rename(folder / old)
    shutil.rmtree(folder / "totals")
    (folder / f"{NAME}-flat_indicators.csv").unlink()
    descriptor = json.loads((folder / "datapackage.json").read_bytes())
    descriptor["resources"] = [
        {**entry, "path": moved.get(entry["path"], entry["path"])}
        for entry in descriptor["resources"]
        if (folder / moved.get(entry["path"], entry["path"])).exists()
    ]
    for entry in descriptor["resources"]:
        entry["name"] = "summary" if entry["name"] == "totals_by_year" else entry["name"]
    (folder / "datapackage.json").write_bytes(json_bytes(descriptor))
    (folder / MANIFEST).unlink()
    (folder / MANIFEST).write_bytes(manifest_of(contents(folder)))
    return folder


def add_a_progress_round(plan: Path) -> None:
    """The first report on project P01, with its table, which the plan has not had before."""
    entry = next(
        r for r in json.loads((VALID / "datapackage.json").read_bytes())["resources"] if r["name"] == "progress"
    )
    header = (VALID / "data/progress.csv").read_text(encoding="utf-8").splitlines()[0]
    row = f"{NAME},{NAME}-P01,2566,6,in_progress,,,true,300000,300000,0,,อนุมัติโครงการแล้ว,ไม่มี,,2023-04-09"
    (plan / "data/progress.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    kept = {name: value for name, value in entry.items() if name not in ("bytes", "hash", "schema")}
    edit_descriptor(plan, lambda d: d["resources"].append(kept))
    edit_descriptor(plan, lambda d: d.update(load_family().compile_into(d)))


def remove_a_column(plan: Path, schema: str, table: str, column: str) -> None:
    """Take a column out of a table, and follow a standard that has none of it."""
    path = plan / f"data/{table}.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    with path.open("w", encoding="utf-8", newline="") as lines:
        names = [name for name in rows[0] if name != column]
        writer = csv.DictWriter(lines, names, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    edit_descriptor(plan, lambda d: d.update(load_family(schema).compile_into({**d, "conformsTo": schema})))


def standard_without(folder: Path, table: str, column: str) -> Path:
    """A folder of schemas with a version 2.0.0 in which a table lacks an optional column."""
    schemas = copied(PLAN.parent / "schemas", folder / "schemas")
    new = copied(schemas / "anticorruption-plan/1.0.0", schemas / "anticorruption-plan/2.0.0")
    for path in (new / "package.schema.json", new / "plan.schema.json"):
        path.write_text(path.read_text(encoding="utf-8").replace("1.0.0", "2.0.0"), encoding="utf-8")
    path = new / f"tables/{table}.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    schema["fields"] = [field for field in schema["fields"] if field["name"] != column]
    path.write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    return schemas
