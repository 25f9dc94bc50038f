"""A new package: its descriptor, tables of which only the plan's has a row, and a README."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp

from khelang_opendata.files.place import remove, write_files
from khelang_opendata.files.serialize import csv_bytes, json_bytes
from khelang_opendata.intake import notice
from khelang_opendata.intake.answers import Answers
from khelang_opendata.model.failures import UsageError, system_errors_as
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import DATA, DESCRIPTOR
from khelang_opendata.package.listing import table_entry
from khelang_opendata.package.outputs import refuse_protected
from khelang_opendata.standard.family import CURRENT, SchemaFamily, load_family
from khelang_opendata.standard.tables import JsonObject

README = "README.md"
_RESULTS = "progress"
_FIRST_VERSION = "1.0.0"
_LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}


def new_package(answers: Answers) -> Mapping[str, bytes]:
    """The files of a new package by their paths.

    Args:
        answers: the facts of its plan.
    """
    return whole_package(answers, {"plans": [plan_row(answers)], _RESULTS: []}, load_family(CURRENT))


def whole_package(
    answers: Answers,
    tables: Mapping[str, Sequence[Mapping[str, str]]],
    family: SchemaFamily,
    descriptor: JsonObject | None = None,
) -> dict[str, bytes]:
    """The files of a package by their paths: its tables and those that every package has, the descriptor, a README.

    Args:
        answers: the facts of its plan.
        tables: the rows of its tables.
        family: its schemas.
        descriptor: the one that it is to keep; None for one of the answers.
    """
    names = [name for name, table in family.tables.items() if name in tables or not table.optional]
    headings = {name: [field.name for field in family.tables[name].fields] for name in names}
    files = {f"{DATA}/{name}.csv": table_csv(headings[name], tables.get(name, ())) for name in names}
    kept = _with_tables(descriptor, family, names) if descriptor else new_descriptor(answers, family, names)
    readme = notice("readme", Language.TH, title=package_titles(answers)["title"], name=answers.plan_id)
    return {DESCRIPTOR: json_bytes(kept), **files, README: readme.encode()}


def table_csv(heading: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """A table as a CSV file with these columns."""
    return csv_bytes([heading, *([row.get(name, "") for name in heading] for row in rows)])


def _with_tables(descriptor: JsonObject, family: SchemaFamily, names: Sequence[str]) -> JsonObject:
    """A descriptor with an entry of each table, in its order, and its path as a new package has it."""
    entries = [entry for entry in descriptor["resources"] if entry["name"] in names]
    listed = [entry["name"] for entry in entries]
    entries += [table_entry(family.tables[name], "") for name in names if name not in listed]
    placed = [{**entry, "path": f"{DATA}/{entry['name']}.csv"} for entry in entries]
    return family.compile_into({**descriptor, "resources": placed})


def plan_row(answers: Answers) -> dict[str, str]:
    """The row of the table ``plans``, without the columns that are not known yet."""
    return {
        "plan_id": answers.plan_id,
        "lao_name_th": answers.name_th,
        "lao_name_en": answers.name_en,
        "lao_type": answers.type,
        "dla_code": answers.dla_code,
        "province_th": answers.province.name_th,
        "province_code": answers.province.code,
        "district_th": answers.district,
        "title_th": answers.title,
        "start_fiscal_year_be": str(answers.first_year),
        "end_fiscal_year_be": str(answers.last_year),
    }


def new_descriptor(answers: Answers, family: SchemaFamily, names: list[str]) -> JsonObject:
    """The descriptor of a new package with the tables of these names."""
    titles = package_titles(answers)
    owner = {"title": answers.name_th, "title_en": answers.name_en, "roles": ["creator", "publisher", "planAuthor"]}
    document = answers.title or titles["title"]
    descriptor: JsonObject = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "conformsTo": family.id,
        "name": answers.plan_id,
        **titles,
        "languages": ["th", "en"],
        "version": _FIRST_VERSION,
        "licenses": [_LICENCE],
        "contributors": [owner],
        "sources": [{"title": document}],
        "keywords": [notice(f"keyword_{name}", Language.TH) for name in ("plan", "openness")]
        + [answers.name_th, answers.province.name_th],
        "resources": [table_entry(family.tables[name], f"{DATA}/{name}.csv") for name in names],
    }
    return family.compile_into(descriptor)


def package_titles(answers: Answers) -> dict[str, str]:
    """Title and description of a package in both languages, by the names of a descriptor's properties."""
    texts = {}
    for name in ("title", "description"):
        for language, ending in ((Language.TH, ""), (Language.EN, "_en")):
            owner = answers.name_th if language is Language.TH else answers.name_en
            years = {"first": answers.first_year, "last": answers.last_year}
            texts[name + ending] = notice(f"package_{name}", language, owner=owner, **years)
    return texts


def write_new_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files as a new folder, whole or not at all.

    An empty folder stays the same folder, for it may be the one in which the user works.

    Raises:
        UsageError: there is a file of that name or a folder that is not empty, or it lies within a package or release.
        EnvironmentFailure: the system refuses to write.
    """
    check_new_folder(folder)
    with system_errors_as("output_unwritable", folder):
        place = folder.resolve()
        is_there = place.is_dir()
        beside = place if is_there else place.parent
        beside.mkdir(parents=True, exist_ok=True)
        made = Path(mkdtemp(prefix=f".{place.name}.", dir=beside))
        try:
            new = made / "new"  # which has the rights of the user's other folders
            new.mkdir()
            write_files(new, files)
            if is_there:
                _move_into(new, place)
            else:
                new.rename(place)
        finally:
            remove(made)


def _move_into(new: Path, place: Path) -> None:
    """Move what a folder holds into another, the descriptor last, or leave that as it was."""
    moved: list[Path] = []
    try:
        for part in sorted(new.iterdir(), key=lambda part: (part.name == DESCRIPTOR, part.name)):
            part.rename(place / part.name)
            moved.append(place / part.name)
    except BaseException:
        for part in moved:
            remove(part)
        raise


def check_new_folder(folder: Path) -> None:
    """Check that a new package may be written here.

    Raises:
        UsageError: it may not.
    """
    with system_errors_as("output_unwritable", folder):
        if (folder / DESCRIPTOR).exists():
            raise UsageError("new_folder_refused", "package", path=str(folder))
        if os.path.lexists(folder) and (not folder.is_dir() or folder.is_symlink() or any(folder.iterdir())):
            raise UsageError("new_folder_refused", "not_empty", path=str(folder))
        refuse_protected(folder, folder)
