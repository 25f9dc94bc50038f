"""Descriptors that people edit by hand: paths as Windows writes them, names, schemas and entries that are lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cases import Case
from tests.edits import Edit, Found, descriptor, moved, together

_OF_PACKAGE: Found = ("descriptor_invalid", None, None, None)
_OF_PROJECTS: Found = ("descriptor_invalid", "projects", None, None)


def _entry(change: Callable[[dict[str, Any]], object], name: str = "projects") -> Edit:
    """The entry of one table."""
    return descriptor(lambda d: [change(entry) for entry in d["resources"] if entry["name"] == name])


def _property(name: str, value: object) -> Edit:
    return descriptor(lambda d: d.update({name: value}))


def _path(path: str, *found: Found) -> Case:
    return Case(f"the path {path!r}", _entry(lambda entry: entry.update(path=path)), found or (_OF_PROJECTS,))


def _workbook_beside(folder: Path) -> None:
    shutil.copyfile(folder / "data/projects.csv", folder / "data/projects.xlsx")


CASES = (
    *map(
        _path,
        (
            *("data\\projects.csv", ".\\data\\projects.csv", "./data/projects.csv", "data//projects.csv"),
            *(
                " data/projects.csv",
                "data/projects.csv ",
                "Data/Projects.csv",
                "data/PROJECTS.CSV",
                "data/./projects.csv",
            ),
            *("C:\\Users\\สมชาย\\plan\\data\\projects.csv", "/home/somchai/plan/data/projects.csv"),
            *(
                "../plan/data/projects.csv",
                "\\\\server\\plan\\data\\projects.csv",
                "projects.csv",
                "data/projects.xlsx",
                "/etc/passwd",
                "https://data.mae-thung.example/projects.csv",
                "data",
            ),
        ),
    ),
    Case(
        "all paths with backslashes",
        descriptor(lambda d: [entry.update(path=entry["path"].replace("/", "\\")) for entry in d["resources"][:3]]),
        tuple(("descriptor_invalid", name, None, None) for name in ("plans", "dimensions", "missions")),
    ),
    Case(
        "the path of a workbook, and no CSV file",
        together(
            _workbook_beside, moved("data/projects.csv", "p.csv"), _entry(lambda e: e.update(path="data/projects.xlsx"))
        ),
        (_OF_PROJECTS,),
    ),
    *(
        Case(f"{name} is {value!r}", _property(name, value), (_OF_PACKAGE,))
        for name, value in (
            ("name", "แผนเขลางค์"),
            ("version", "๑.๐.๐"),
            ("version", "v2.1"),
            ("keywords", "ทุจริต, งบประมาณ"),
            ("homepage", "www.mae-thung.example"),
            ("homepage", "https://www.mae-thung.example/แผน 2566"),
            ("resources", {}),
            (
                "licenses",
                {"name": "CC-BY-4.0", "title": "CC BY 4.0", "path": "https://creativecommons.org/licenses/by/4.0/"},
            ),
        )
    ),
    Case("a role alone", descriptor(lambda d: d["contributors"][0].update(roles="publisher")), (_OF_PACKAGE,)),
    Case("a licence without its signs", descriptor(lambda d: d["licenses"][0].update(name="cc by 4")), (_OF_PACKAGE,)),
    Case("a name in capitals", descriptor(lambda d: d["licenses"][0].update(name="CC BY 4.0")), (_OF_PACKAGE,)),
    Case(
        "a table's name in capitals",
        _entry(lambda e: e.update(name="Steps"), "steps"),
        (("table_unexpected", "Steps", None, None),),
    ),
    Case(
        "a needed table's name in capitals",
        _entry(lambda entry: entry.update(name="Projects")),
        (("table_unexpected", "Projects", None, None),),
    ),
    Case(
        "a table that is not listed any more",
        descriptor(lambda d: d.update(resources=[entry for entry in d["resources"] if entry["name"] != "projects"])),
        (("table_missing", "projects", None, None),),
    ),
    Case("no schema of a table", _entry(lambda entry: entry.pop("schema")), (_OF_PACKAGE,)),
    Case("a schema by the table's name", _entry(lambda entry: entry.update(schema="projects")), (_OF_PACKAGE,)),
    Case(
        "a semicolon in the dialect",
        _entry(lambda entry: entry["dialect"].update(delimiter=";")),
        (("csv_malformed", "projects", 1, None),),
    ),
    Case("no standard", descriptor(lambda d: d.pop("conformsTo")), (_OF_PACKAGE,)),
)
