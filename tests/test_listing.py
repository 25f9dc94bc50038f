"""The files in ``data/`` against the descriptor's list: what is not listed is reported, and can be added."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata import Package, load_family, validate
from khelang_opendata.model.wording import Language
from khelang_opendata.render.messages import issue_texts
from khelang_opendata.standard.family import CURRENT
from tests.conftest import Khelang, edit_descriptor, issues_of


def _unlist(folder: Path, *names: str) -> None:
    """The descriptor no longer names some tables, whose files stay."""
    edit_descriptor(folder, lambda d: d.update(resources=[r for r in d["resources"] if r["name"] not in names]))


def _entry(folder: Path, name: str) -> dict[str, Any]:
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return dict(next(r for r in descriptor["resources"] if r["name"] == name))


def _unlisted(folder: Path) -> list[object]:
    return [issue.params["path"] for issue in issues_of(folder) if issue.code == "table_unlisted"]


@pytest.mark.parametrize("name", ["notes", "progress_2", "Progress"])
def test_file_that_is_not_listed_is_reported_by_its_path(example: Path, name: str) -> None:
    (example / f"data/{name}.csv").write_text("a\n1\n", encoding="utf-8")
    (issue,) = issues_of(example)
    assert (issue.code, issue.location.resource) == ("table_unlisted", None)
    for language in Language:
        assert f"data/{name}.csv" in issue_texts(issue, language, CURRENT).message


def test_table_of_the_standard_that_is_not_listed_is_reported_and_not_ignored(example: Path) -> None:
    """Its rows are not judged, so a report without it would look sound."""
    path = example / "data/progress.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",cannot,", ",no_such_status,"), encoding="utf-8")
    _unlist(example, "progress", "progress_results")
    assert _unlisted(example) == ["data/progress.csv", "data/progress_results.csv"]
    assert not validate(example).valid


def test_what_is_no_csv_file_of_the_data_is_not_reported(example: Path) -> None:
    (example / "data/notes.txt").write_text("x", encoding="utf-8")
    (example / "notes.csv").write_text("a\n1\n", encoding="utf-8")
    (example / "data/older.csv").mkdir()
    (example / "data/scans").mkdir()
    (example / "data/scans/pages.csv").write_text("a\n1\n", encoding="utf-8")
    assert issues_of(example) == []


def test_every_listed_file_counts_however_its_path_is_written(example: Path) -> None:
    edit_descriptor(example, lambda d: d["resources"][0].update(path="data/./plans.csv"))
    assert _unlisted(example) == []


def test_sync_adds_tables_of_the_standard_that_are_there(example: Path, khelang: Khelang) -> None:
    before = {name: _entry(example, name) for name in ("progress", "progress_results")}
    _unlist(example, *before)
    descriptor = example / "datapackage.json"
    unlisted = descriptor.read_bytes()
    assert khelang("schema", "sync", example, "--check").returncode == 1
    assert descriptor.read_bytes() == unlisted
    assert khelang("schema", "sync", example).returncode == 0
    assert validate(example).valid
    assert validate(example).issues == ()
    for name, entry in before.items():
        added = _entry(example, name)
        assert added["path"] == f"data/{name}.csv"
        assert added["schema"] == entry["schema"]
        assert {"title", "title_en", "description", "description_en", "dialect"} <= added.keys()
    assert khelang("schema", "sync", example, "--check").returncode == 0


def test_sync_adds_tables_in_the_order_of_the_standard_after_those_that_are_listed(
    example: Path, khelang: Khelang
) -> None:
    listed = [r.name for r in Package.load(example).resources]
    _unlist(example, "progress_results", "goals", "progress")
    assert khelang("schema", "sync", example).returncode == 0
    kept = [name for name in listed if name not in ("progress_results", "goals", "progress")]
    assert [r.name for r in Package.load(example).resources] == [*kept, "goals", "progress", "progress_results"]


def test_sync_adds_no_table_of_another_name(example: Path, khelang: Khelang) -> None:
    """The standard does not describe it: who compiles the package decides what it is."""
    (example / "data/notes.csv").write_text("a\n1\n", encoding="utf-8")
    before = (example / "datapackage.json").read_bytes()
    assert khelang("schema", "sync", example).returncode == 0
    assert (example / "datapackage.json").read_bytes() == before
    assert _unlisted(example) == ["data/notes.csv"]


def test_sync_does_not_list_a_second_file_of_a_table(example: Path, khelang: Khelang) -> None:
    """A table that lies elsewhere stays where the descriptor says."""
    (example / "data/goals.csv").rename(example / "goals.csv")
    edit_descriptor(example, lambda d: next(r for r in d["resources"] if r["name"] == "goals").update(path="goals.csv"))
    (example / "data/goals.csv").write_text("a\n1\n", encoding="utf-8")
    assert khelang("schema", "sync", example).returncode == 0
    assert _entry(example, "goals")["path"] == "goals.csv"
    assert [r.name for r in Package.load(example).resources].count("goals") == 1
    assert _unlisted(example) == ["data/goals.csv"]


def test_added_entry_is_as_the_standard_describes_the_table(example: Path, khelang: Khelang) -> None:
    _unlist(example, "goals")
    assert khelang("schema", "sync", example).returncode == 0
    described = load_family().tables["goals"].descriptor
    added = _entry(example, "goals")
    assert all(added[name] == described[name] for name in ("title", "title_en", "description", "description_en"))
    assert (added["type"], added["format"], added["encoding"]) == ("table", "csv", "utf-8")
