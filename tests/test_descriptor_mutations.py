"""Every property of a descriptor with every value of a wrong type: an issue or a clear failure, never a traceback."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata import KhelangError, Language, SchemaFamily, find_family, issue_texts, report_text, validate
from tests.conftest import ROOT, VALID
from tests.test_schema_profile import FIELDS, KEYS, Place, changed, places

VALUES: list[Any] = [None, True, 0, -1, 0.5, 10**350, "", "x", "https://example.org/x.json", "../x"]
VALUES += [[], [1], ["x"], [[]], [{}], {}, {"x": {}}, [None]]


def judged(folder: Path, descriptor: Any, family: SchemaFamily | None) -> bool:
    """Whether a descriptor is taken; every text of what is said against it can be written in both languages."""
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    try:
        report = validate(folder, family=family)
    except KhelangError as error:
        assert all(error.texts(language) for language in Language)
        return False
    for language in Language:
        assert report_text(report, language)
        assert all(issue_texts(issue, language, report.schema).message for issue in report.issues)
    return report.valid


def one_of_each(content: Any) -> Iterator[Place]:
    """The places of a descriptor, of the entries of lists only those that have other properties than the others."""
    seen: set[tuple[object, ...]] = set()
    for at in places(content):
        shape = tuple("*" if isinstance(key, int) else key for key in at)
        if shape not in seen:
            seen.add(shape)
            yield at


def everything(folder: Path) -> Any:
    """A package with every property of a Table Schema, of a resource and of a dialect."""
    tables: dict[str, Any] = {"keys": KEYS, **{field["name"]: {"fields": [field]} for field in FIELDS}}
    resources = []
    for name, schema in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[field["name"] for field in schema["fields"]]] * 2)
        resources.append({"name": name, "path": f"{name}.csv", "schema": schema})
    resources[0] |= {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "bytes": 5, "hash": "0" * 32}
    resources[0]["dialect"] = {"delimiter": ",", "quoteChar": '"', "header": True, "headerRows": [1], "commentRows": []}
    embedded = {"name": "embedded", "data": [{"a": 1}, {"a": [2]}], "schema": {"fields": [{"name": "a"}]}}
    parts = {"name": "parts", "path": ["keys.csv", "keys.csv"], "schema": KEYS}
    return {"name": "x", "title": "x", "resources": [*resources, embedded, parts]}


def mutations(descriptor: Any) -> list[Any]:
    """The descriptor with one property changed; each property has a third of the values, other ones than the last."""
    found = [(at, value) for at in one_of_each(descriptor) for value in VALUES][::3]
    return [changed(descriptor, at, value) for at, value in found]


def test_a_package_of_any_standard(tmp_path: Path) -> None:
    family = find_family("none")
    spoilt = mutations(everything(tmp_path))
    assert len(spoilt) > 400
    for descriptor in spoilt:
        judged(tmp_path, descriptor, family)


@pytest.mark.parametrize("folder", [VALID, ROOT / "tests/contracts"], ids=["a plan", "contracts"])
def test_a_package_of_a_standard(folder: Path, tmp_path: Path) -> None:
    package = Path(shutil.copytree(folder, tmp_path / "package"))
    spoilt = mutations(json.loads((package / "datapackage.json").read_text(encoding="utf-8")))
    assert sum(judged(package, descriptor, None) for descriptor in spoilt) < len(spoilt) / 2
