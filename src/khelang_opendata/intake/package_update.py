"""Write the tables of an import: into a new folder, or in place of the package that is there, whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp

from khelang_opendata.files.place import exchange, remove, write_files
from khelang_opendata.files.serialize import json_bytes
from khelang_opendata.intake.answers import Answers
from khelang_opendata.intake.new_package import table_csv, whole_package, write_new_folder
from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.intake.snapshot import Snapshot
from khelang_opendata.model.failures import UsageError, system_errors_as
from khelang_opendata.package.datapackage import DATA, DESCRIPTOR, MANIFEST, Package
from khelang_opendata.package.listing import table_entry
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.provinces import Province, provinces


def changed_files(
    package: Package, tables: Mapping[str, Sequence[Row]], old: Mapping[str, list[Row]], family: SchemaFamily
) -> dict[str, bytes]:
    """The files of a package that an import changes, by their paths.

    Args:
        package: the package as it is.
        tables: the tables as they will be.
        old: the tables as they are.
        family: the package's schemas.
    """
    paths = {resource.name: resource.path for resource in package.resources}
    headings = {r.name: r.table.header for r in package.resources if r.name in old}
    files, added = {}, []
    for name, rows in tables.items():
        if name in old and rows == old[name]:
            continue
        path = paths.get(name, f"{DATA}/{name}.csv")
        files[path] = table_csv(headings.get(name) or [field.name for field in family.tables[name].fields], rows)
        if name not in paths:
            added.append(table_entry(family.tables[name], path))
    if added:
        # as the file is: the package's has the schemas read in that are files of their own
        descriptor = json.loads((package.root / DESCRIPTOR).read_bytes())
        descriptor["resources"] += family.compile_into({"resources": added})["resources"]
        files[DESCRIPTOR] = json_bytes(descriptor)
    return files


def new_files(tables: Mapping[str, Sequence[Row]], snapshot: Snapshot | None, family: SchemaFamily) -> dict[str, bytes]:
    """The files of a new package of a workbook's tables.

    Args:
        tables: the tables.
        snapshot: the package that the workbook was made of, for its descriptor.
        family: its schemas.
    """
    descriptor = snapshot.descriptor if snapshot else None
    return whole_package(_answers(tables["plans"][0]), tables, family, descriptor)


def _answers(plan: Row) -> Answers:
    code = plan["province_code"]
    province = next((p for p in provinces() if p.code == code), Province(code, plan["province_th"], ""))
    return Answers(
        plan_id=plan["plan_id"],
        name_th=plan["lao_name_th"],
        name_en=plan["lao_name_en"],
        type=plan["lao_type"],
        province=province,
        district=plan["district_th"],
        first_year=int(plan["start_fiscal_year_be"] or 0),
        last_year=int(plan["end_fiscal_year_be"] or 0),
        title=plan["title_th"],
    )


def write_package(folder: Path, files: Mapping[str, bytes], *, is_new: bool) -> None:
    """Write files into a package: into a copy of it, which then takes its place.

    Args:
        folder: the package's folder.
        files: what changes, by path.
        is_new: whether the folder is to be made.

    Raises:
        UsageError: the folder is a release, or is to be made and holds other files.
        EnvironmentFailure: the system refuses to write; the package is as it was.
    """
    if is_new:
        write_new_folder(folder, files)
        return
    check_no_release(folder)
    if not files:
        return
    real = folder.resolve()
    with system_errors_as("output_unwritable", folder):
        made = Path(mkdtemp(prefix=f".{real.name}.", dir=real.parent))
        try:
            shutil.copytree(real, made / "new", symlinks=True)
            write_files(made / "new", files)
            exchange(made / "new", real, made / "old")
        finally:
            remove(made)


def check_no_release(folder: Path) -> None:
    """Raise UsageError where a folder is a release, which never changes."""
    if (folder / MANIFEST).exists():
        raise UsageError("output_refused", "release", path=str(folder), folder=str(folder))
