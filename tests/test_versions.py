"""Successive releases: which version follows from what changed, what is written about it, and withdrawn releases."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest

from khelang_opendata import Package
from khelang_opendata.diff import Bump
from khelang_opendata.model.failures import KhelangError, ReleaseDamaged
from khelang_opendata.portals.folder import publish_folder
from khelang_opendata.portals.publication import Publication, read_publication
from khelang_opendata.published import verify, zip_form
from khelang_opendata.published.manifest import MANIFEST
from khelang_opendata.published.zip_form import zip_bytes
from khelang_opendata.release import Outcome, ReleaseOptions, release_package, withdraw
from khelang_opendata.site.plan_site import pages_of_releases
from khelang_opendata.standard import family
from tests.archive_fuzz import whole
from tests.conftest import PLAN, Khelang, edit_descriptor, fails, replace_in
from tests.releases import (
    DAY,
    NAME,
    add_a_progress_round,
    change_a_figure,
    contents,
    copied,
    correct_a_cell,
    in_the_earlier_layout,
    index_of,
    publish,
    remove_a_column,
    remove_a_row,
    stamps,
    standard_without,
    versions_of,
)

ATOM = {"a": "http://www.w3.org/2005/Atom"}
NOTE = "ปรับตามมติสภาเทศบาล"


class History(NamedTuple):
    """Four successive releases and the packages that they were made from, which no test may spoil."""

    out: Path
    plans: list[Path]
    outcomes: list[Outcome]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    folder = tmp_path_factory.mktemp("history")
    schemas = standard_without(folder, "risks", "process_en")
    plans = [copied(PLAN, folder / "0")]
    steps: list[tuple[Callable[[Path], object], date, str | None]] = [
        (correct_a_cell, date(2026, 12, 1), None),
        (add_a_progress_round, date(2027, 4, 10), None),
        (
            lambda plan: remove_a_column(plan, "anticorruption-plan/2.0.0", "risks", "process_en"),
            date(2027, 10, 1),
            NOTE,
        ),
    ]
    outcomes = [publish(plans[0], folder / "out")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(family, "schemas_folder", lambda: schemas)
        family._load_family.cache_clear()
        for number, (step, day, note) in enumerate(steps, 1):
            plans.append(copied(plans[-1], folder / str(number)))
            step(plans[-1])
            outcomes.append(publish(plans[-1], folder / "out", day, note=note))
        yield History(folder / "out", plans, outcomes)
    family._load_family.cache_clear()


def changes_of(out: Path, version: str) -> Any:
    return json.loads((out / f"v{version}/metadata/changes.json").read_text(encoding="utf-8"))


def entries_of(out: Path) -> list[ElementTree.Element]:
    return ElementTree.parse(out / "feed.atom").findall("a:entry", ATOM)  # noqa: S314 (our own)


def reported(entry: ElementTree.Element, name: str) -> str:
    return entry.findtext(f"a:{name}", "", ATOM)


def test_each_change_raises_its_number(history: History) -> None:
    assert [outcome.version for outcome in history.outcomes] == ["1.0.0", "1.0.1", "1.1.0", "2.0.0"]
    assert all(outcome.written for outcome in history.outcomes)
    assert versions_of(history.out) == ["1.0.0", "1.0.1", "1.1.0", "2.0.0"]
    assert index_of(history.out)["latest"] == "2.0.0"
    assert contents(history.out / "latest") == contents(history.out / "v2.0.0")


def test_index_tells_of_each_release_and_of_its_archive(history: History) -> None:
    for entry in index_of(history.out)["releases"]:
        descriptor = json.loads((history.out / entry["path"] / "datapackage.json").read_text(encoding="utf-8"))
        assert (descriptor["version"], descriptor["conformsTo"]) == (entry["version"], entry["schema"])
        assert verify(history.out / entry["path"]).is_whole
        assert verify(history.out / entry["archive"]).is_whole
        assert entry["withdrawn"] is None


def test_changes_of_the_first_release_are_none(history: History) -> None:
    assert changes_of(history.out, "1.0.0") == {
        "version": "1.0.0",
        "released_on": "2026-11-22",
        "note": None,
        "summary": None,
    }


def test_changes_tell_the_cell_the_table_and_the_column(history: History) -> None:
    first, second, third = (changes_of(history.out, version) for version in ("1.0.1", "1.1.0", "2.0.0"))
    text = json.dumps(first, ensure_ascii=False)
    assert all(part in text for part in ("units", f"{NAME}-U04", "Finance Division", "Division of Finance"))
    (units,) = first["summary"]["tables"]
    assert (units["name"], units["cells_changed"], units["rows_added"]) == ("units", 1, 0)
    (progress,) = second["summary"]["tables"]
    assert (progress["name"], progress["change"], progress["rows_added"]) == ("progress", "added", 1)
    (risks,) = third["summary"]["tables"]
    assert (risks["name"], risks["columns_removed"], risks["rows_removed"]) == ("risks", 1, 0)
    assert third["summary"]["schema"] == "anticorruption-plan/2.0.0"
    assert third["note"] == NOTE


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("1.0.1", ["Finance Division", "Division of Finance", "1 ธันวาคม 2569", "2026"]),
        ("1.1.0", ["progress", "10 เมษายน 2570"]),
        ("2.0.0", ["process_en", "anticorruption-plan/2.0.0", NOTE]),
    ],
)
def test_changes_for_people_are_in_both_languages(history: History, version: str, words: list[str]) -> None:
    text = (history.out / f"v{version}/CHANGES.md").read_text(encoding="utf-8")
    for word in [*words, f"## {version}", "# บันทึกการเปลี่ยนแปลง", "# Change log"]:
        assert word in text, word


def test_change_log_tells_of_all_releases_newest_first_in_both_languages(history: History) -> None:
    text = (history.out / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = [line.split(" ")[1] for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["2.0.0", "1.1.0", "1.0.1", "1.0.0"] * 2
    assert text.count(NOTE) == 2
    assert "1 ตุลาคม 2570" in text


def test_feed_tells_of_all_releases_newest_first(history: History) -> None:
    found = entries_of(history.out)
    assert [reported(entry, "published")[:10] for entry in found] == [
        "2027-10-01",
        "2027-04-10",
        "2026-12-01",
        "2026-11-22",
    ]
    assert len({reported(entry, "id") for entry in found}) == 4
    assert NOTE in reported(found[0], "content")
    assert "1.1.0" in reported(found[1], "title")


def test_readme_names_the_note(history: History) -> None:
    for language in ("th", "en"):
        assert NOTE in (history.out / f"v2.0.0/00-README.{language}.md").read_text(encoding="utf-8")


def test_earlier_releases_stay_as_they_were(history: History, tmp_path: Path) -> None:
    publish(history.plans[0], tmp_path / "out")
    assert contents(tmp_path / "out/v1.0.0") == contents(history.out / "v1.0.0")


@pytest.mark.parametrize("raised", [Bump.NONE, Bump.MAJOR])
def test_unchanged_package_writes_nothing(history: History, raised: Bump) -> None:
    before, files = stamps(history.out), contents(history.out)
    outcome = publish(history.plans[-1], history.out, date(2028, 1, 1), note="อีกครั้ง", at_least=raised)
    assert (outcome.version, outcome.written) == ("2.0.0", False)
    assert (stamps(history.out), contents(history.out)) == (before, files)


def test_rows_in_another_order_are_no_change(history: History, tmp_path: Path) -> None:
    out, plan = copied(history.out, tmp_path / "out"), copied(history.plans[-1], tmp_path / "plan")
    path = plan / "data/targets.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([header, *reversed(rows)]), encoding="utf-8")
    assert not publish(plan, out).written


@pytest.mark.parametrize("change", [change_a_figure, remove_a_row])
def test_lost_rows_and_new_figures_need_a_note(
    plan: Path, out: Path, khelang: Khelang, change: Callable[[Path], object]
) -> None:
    change(plan)
    before = contents(out)
    for note in ([], ["--note", " "]):
        done = khelang("release", plan, "--out", out, "--lang", "th", *note)
        assert (done.returncode, done.stdout) == (1, b"")
        assert "จึงต้องระบุเหตุผล" in done.stderr.decode()
    assert contents(out) == before
    done = khelang("release", plan, "--out", out, "--note", NOTE, "--released-on", "2026-12-01")
    assert done.returncode == 0, done.stderr.decode()
    version = "1.0.1" if change is change_a_figure else "1.1.0"
    assert (index_of(out)["releases"][-1]["version"], index_of(out)["releases"][-1]["note"]) == (version, NOTE)
    assert changes_of(out, version)["note"] == NOTE
    for path in (
        f"v{version}/00-README.th.md",
        f"v{version}/00-README.en.md",
        f"v{version}/CHANGES.md",
        "CHANGELOG.md",
    ):
        assert NOTE in (out / path).read_text(encoding="utf-8"), path
    assert NOTE in reported(entries_of(out)[0], "content")


def test_note_that_is_no_text_does_no_harm(plan: Path, out: Path, khelang: Khelang) -> None:
    """A byte that is no UTF-8, line breaks, and markup, in a note and in a reason."""
    change_a_figure(plan)
    note = "แก้\n<b>&amp;</b>\x07\udcff ]]>"
    assert khelang("release", plan, "--out", out, "--note", note).returncode == 0
    assert khelang("withdraw", "1.0.1", "--out", out, "--reason", note).returncode == 0
    assert verify(out / "v1.0.1").is_whole
    assert len(entries_of(out)) == 2
    assert "<b>" not in (out / "CHANGELOG.md").read_text(encoding="utf-8")
    assert not publish(plan, out).written


@pytest.mark.parametrize(
    ("change", "raised", "version"),
    [
        (correct_a_cell, [], "1.0.1"),
        (correct_a_cell, ["--minor"], "1.1.0"),
        (correct_a_cell, ["--major"], "2.0.0"),
        (add_a_progress_round, ["--minor"], "1.1.0"),
        (add_a_progress_round, ["--major"], "2.0.0"),
    ],
)
def test_version_is_raised_by_hand(
    plan: Path, out: Path, khelang: Khelang, change: Callable[[Path], object], raised: list[str], version: str
) -> None:
    change(plan)
    done = khelang("release", plan, "--out", out, "--dry-run", *raised)
    assert f"Would release version {version}" in done.stdout.decode()
    assert versions_of(out) == ["1.0.0"]


def test_version_is_never_lowered(plan: Path, out: Path) -> None:
    add_a_progress_round(plan)
    assert publish(plan, out, at_least=Bump.PATCH).version == "1.1.0"


def test_version_in_the_package_plays_no_part(plan: Path, out: Path) -> None:
    replace_in(plan / "datapackage.json", '"version": "1.0.0"', '"version": "7.0.0"')
    assert not publish(plan, out).written
    correct_a_cell(plan)
    assert publish(plan, out).version == "1.0.1"


def test_tenth_release_comes_after_the_ninth(example: Path, tmp_path: Path) -> None:
    """Versions are numbers, not text."""
    out = tmp_path / "out"
    for number in range(11):
        edit_descriptor(example, partial(dict.update, title=f"แผน {number}"))
        publish(example, out, at_least=Bump.MINOR)
    assert index_of(out)["latest"] == "1.10.0"
    assert versions_of(out)[-2:] == ["1.9.0", "1.10.0"]


@pytest.fixture(scope="module")
def both_released(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    plan, out = copied(PLAN, folder / "datapackage"), copied(released, folder / "out")
    correct_a_cell(plan)
    publish(plan, out)
    return out


@pytest.fixture
def two(plan: Path, both_released: Path, tmp_path: Path) -> Path:
    """A folder with 1.0.0 and 1.0.1; the plan is as 1.0.1."""
    correct_a_cell(plan)
    return copied(both_released, tmp_path / "out")


def test_withdrawn_release_is_mentioned_everywhere_and_its_files_stay(two: Path, khelang: Khelang) -> None:
    files = contents(two / "v1.0.1")
    done = khelang("withdraw", "v1.0.1", "--reason", "ยอดปี 2567 ผิด", "--out", two, "--on", "2026-12-24", "--lang", "th")
    assert done.returncode == 0, done.stderr.decode()
    entry = index_of(two)["releases"][1]
    assert entry["withdrawn"] == {"reason": "ยอดปี 2567 ผิด", "on": "2026-12-24"}
    assert index_of(two)["latest"] == "1.0.0"
    assert contents(two / "latest") == contents(two / "v1.0.0")
    assert contents(two / "v1.0.1") == files
    assert (two / entry["archive"]).is_file()
    log = (two / "CHANGELOG.md").read_text(encoding="utf-8")
    assert log.count("ยอดปี 2567 ผิด") == 2
    assert "24 ธันวาคม 2569" in log
    newest = entries_of(two)[0]
    assert "ยอดปี 2567 ผิด" in reported(newest, "content")
    assert reported(newest, "updated").startswith("2026-12-24")
    assert reported(newest, "published").startswith("2026-11-22")


def test_withdrawing_again_changes_nothing(two: Path) -> None:
    withdraw(two, "1.0.1", "ยอดผิด", DAY)
    before = stamps(two)
    withdraw(two, "1.0.1", "เหตุผลอื่น", date(2027, 1, 1))
    assert stamps(two) == before


def test_without_a_usable_release_there_is_no_latest(two: Path) -> None:
    for version in ("1.0.1", "1.0.0"):
        withdraw(two, version, "ยอดผิด", DAY)
    assert index_of(two)["latest"] is None
    assert not (two / "latest").exists()
    assert [path.name for path in two.glob(".*")] == [".lock"]


def test_release_after_a_withdrawal_has_a_higher_version(plan: Path, two: Path) -> None:
    """Going back to the content of 1.0.0 is a change of 1.0.1, and no version is ever given twice."""
    withdraw(two, "1.0.1", "ชื่อผิด", DAY)
    assert not publish(plan, two).written, "what was withdrawn is not released again"
    replace_in(plan / "data/units.csv", "Division of Finance", "Finance Division")
    assert publish(plan, two).version == "1.0.2"
    assert index_of(two)["latest"] == "1.0.2"
    assert index_of(two)["releases"][1]["withdrawn"]["reason"] == "ชื่อผิด"


@pytest.mark.parametrize("version", ["9.9.9", "", "..", "1.0", "latest", "../out/v1.0.0"])
def test_unknown_version_is_wrong_usage(out: Path, khelang: Khelang, version: str) -> None:
    before = contents(out)
    done = khelang("withdraw", version, "--reason", "x", "--out", out)
    assert (done.returncode, done.stdout) == (2, b"")
    assert contents(out) == before


def test_withdrawing_from_nowhere_makes_no_folder(tmp_path: Path) -> None:
    with fails("version_unknown"):
        withdraw(tmp_path / "nowhere", "1.0.0", "x", DAY)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("lost", ["index.json", "CHANGELOG.md", "feed.atom", f"{NAME}-v1.0.0.zip"])
def test_lost_file_beside_the_releases_is_made_again(out: Path, lost: str) -> None:
    before = contents(out)
    (out / lost).unlink()
    assert not publish(PLAN, out).written
    assert contents(out) == before


@pytest.mark.parametrize("spoilt", ["CHANGELOG.md", "feed.atom", "latest/00-README.th.md"])
def test_spoilt_file_beside_the_releases_is_made_again(out: Path, spoilt: str) -> None:
    before = contents(out)
    (out / spoilt).write_bytes(b"spoilt")
    assert not publish(PLAN, out).written
    assert contents(out) == before


# Folders, archives, index and withdrawals check each other


def alter(release: Path) -> Path:
    """Change a file, and the manifest to match, so that the release agrees with itself."""
    path, manifest = release / "CHANGES.md", release / "manifest-sha256.txt"
    before = sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes() + b"evil\n")
    replace_in(manifest, before, sha256(path.read_bytes()).hexdigest())
    return release


def assert_damaged(out: Path, plan: Path) -> None:
    """Every command that reads the releases refuses them, and none of them changes anything."""
    before = contents(out)
    acts: list[Callable[[], object]] = [
        lambda: publish(plan, out),
        lambda: release_package(Package.load(plan), out, ReleaseOptions(DAY), dry_run=True),
        lambda: withdraw(out, "1.0.0", "x", DAY),
        lambda: read_publication(out),
        lambda: publish_folder(out, out.with_name("web")),
    ]
    for act in acts:
        with pytest.raises(KhelangError) as caught:
            act()
        assert caught.value.code in ("release_damaged", "no_release")
    assert contents(out) == before
    assert not out.with_name("web").exists()


@pytest.mark.parametrize("spoil", [
    lambda out: alter(out / "v1.0.0"),
    lambda out: (alter(out / "v1.0.0"), _follow(out, "manifest")),
    lambda out: (alter(out / "v1.0.0"), _follow(out, "manifest"), (out / f"{NAME}-v1.0.0.zip").unlink()),
    lambda out: (alter(out / "v1.0.0"), (out / "index.json").unlink()),
    lambda out: (alter(out / "v1.0.0"), (out / f"{NAME}-v1.0.0.zip").unlink()),
    lambda out: (alter(out / "v1.0.0"), (out / f"{NAME}-v1.0.0.zip").unlink(), (out / "index.json").unlink()),
    lambda out: (out / f"{NAME}-v1.0.0.zip").write_bytes(b"spoilt"),
    lambda out: ((out / f"{NAME}-v1.0.0.zip").write_bytes(b"spoilt"), _follow(out, "archive_hash")),
    lambda out: ((out / f"{NAME}-v1.0.0.zip").unlink(), (out / f"{NAME}-v1.0.0.zip").mkdir()),
    lambda out: shutil.rmtree(out / "v1.0.0"),
    lambda out: copied(out / "v1.0.0", out / "v1.0.9"),
    lambda out: edit_index(out, lambda index: index["releases"].pop(0)),
    lambda out: edit_index(out, lambda index: index["releases"].clear()),
    lambda out: edit_index(out, lambda index: index["releases"].append(index["releases"][0])),
    lambda out: edit_index(out, lambda index: index["releases"][0].update(version="../1.0.0")),
    lambda out: edit_index(out, lambda i: i["releases"][0].update(withdrawn={"reason": "x", "on": "2026-11-26"})),
    lambda out: edit_index(out, lambda index: index["releases"][0].update(withdrawn={"reason": "x", "on": "20261126"})),
    lambda out: (out / "withdrawals.json").write_text('{"1.0.0": {"reason": "x", "on": "2026-11-26"}}'),
    lambda out: (out / "withdrawals.json").write_text('{"9.9.9": {"reason": "x", "on": "2026-11-26"}}'),
    lambda out: (out / "withdrawals.json").write_text('{"1.0.0": {"reason": {}, "on": "2026-11-26"}}'),
    lambda out: (out / "withdrawals.json").write_text("["),
    lambda out: (out / "withdrawals.json").write_text('{"newest": {"reason": "x", "on": "2026-11-26"}}'),
    lambda out: (out / "withdrawals.json").mkdir(),
    lambda out: _rewrite(out, "metadata/changes.json", lambda changes: changes.update(version="1.0.7")),
    lambda out: _rewrite(out, "metadata/changes.json", lambda changes: changes.update(note=["x"])),
])  # fmt: skip
def test_what_does_not_agree_is_damaged(two: Path, plan: Path, spoil: Callable[[Path], object]) -> None:
    spoil(two)
    assert_damaged(two, plan)


def _store_uncompressed(out: Path) -> bytes:
    """Give 1.0.0 the archive that earlier versions of the program made, as the index has it."""
    archive = out / f"{NAME}-v1.0.0.zip"
    data = zip_bytes(contents(out / "v1.0.0"), archive.stem, DAY, compressed=False)
    archive.write_bytes(data)
    _follow(out, "archive_hash")
    return data


@pytest.mark.parametrize("layout", ["of today", "of earlier versions"])
def test_release_of_an_earlier_version_of_the_program_stays_as_it_is(out: Path, plan: Path, layout: str) -> None:
    """It is verified, compared with the next one, withdrawn, and published with its archive."""
    if layout == "of earlier versions":
        in_the_earlier_layout(out / "v1.0.0")
        _follow(out, "manifest")
    data = _store_uncompressed(out)
    assert verify(out / "v1.0.0").is_whole
    assert {"flat", "summary"} <= {*_names(read_publication(out))} or layout == "of today"
    correct_a_cell(plan)
    assert publish(plan, out).version == "1.0.1"
    assert changes_of(out, "1.0.1")["summary"]["tables"][0]["name"] == "units"
    assert publish_folder(out, out.with_name("web")).written
    for folder in (out, out.with_name("web")):
        archive = folder / f"{NAME}-v1.0.0.zip"
        assert archive.read_bytes() == data
        assert verify(archive).is_whole
    (out / f"{NAME}-v1.0.0.zip").unlink()
    assert not publish(plan, out).written
    assert (out / f"{NAME}-v1.0.0.zip").read_bytes() == data, "made again as it was"


def _names(publication: Publication) -> Iterator[str]:
    return (file.entry["name"] for file in publication.distributions if file.entry)


def test_archive_that_this_zlib_cannot_make_again_is_lost(out: Path) -> None:
    archive = out / f"{NAME}-v1.0.0.zip"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zip_form, "_LEVEL", 1)
        archive.write_bytes(zip_bytes(contents(out / "v1.0.0"), archive.stem, DAY))
    _follow(out, "archive_hash")
    assert not publish(PLAN, out).written
    assert read_publication(out).distributions[-1].data == archive.read_bytes()
    archive.unlink()
    with pytest.raises(ReleaseDamaged, match=archive.name):
        publish(PLAN, out)


def test_description_without_the_addresses_of_the_files_makes_no_page(out: Path) -> None:
    _rewrite(out, "metadata/schema-org.jsonld", lambda dataset: dataset.pop("distribution"))
    with pytest.raises(ReleaseDamaged, match=r"schema-org\.jsonld"):
        publish_folder(out, out.with_name("web"), pages=pages_of_releases)


def test_release_that_lacks_a_form_is_not_published(out: Path, tmp_path: Path) -> None:
    alone = copied(out / "v1.0.0", tmp_path / "alone")
    (alone / "validation-report.html").unlink()
    (alone / MANIFEST).write_bytes(whole(contents(alone))[MANIFEST])
    assert verify(alone).is_whole
    with pytest.raises(ReleaseDamaged, match=r"validation-report\.html"):
        read_publication(alone)


def edit_index(out: Path, edit: Callable[[Any], object]) -> None:
    index = index_of(out)
    edit(index)
    (out / "index.json").write_text(json.dumps(index))


def _rewrite(out: Path, name: str, edit: Callable[[Any], object]) -> None:
    """Change a JSON file of 1.0.0 so that its manifest, its archive and the index agree with it."""
    folder = out / "v1.0.0"
    content = json.loads((folder / name).read_bytes())
    edit(content)
    (folder / name).write_text(json.dumps(content), encoding="utf-8")
    (folder / MANIFEST).write_bytes(whole(contents(folder))[MANIFEST])
    archive = f"{NAME}-v1.0.0"
    (out / f"{archive}.zip").write_bytes(zip_bytes(contents(folder), archive, DAY))
    _follow(out, "manifest")
    _follow(out, "archive_hash")


def _follow(out: Path, name: str) -> Path:
    """Let the index have the hash of 1.0.0 as it is now."""
    file = out / ("v1.0.0/manifest-sha256.txt" if name == "manifest" else f"{NAME}-v1.0.0.zip")
    edit_index(
        out, lambda index: index["releases"][0].update({name: f"sha256:{sha256(file.read_bytes()).hexdigest()}"})
    )
    return out


def test_withdrawal_survives_the_loss_of_the_index(two: Path, plan: Path) -> None:
    withdraw(two, "1.0.1", "ยอดผิด", DAY)
    before = contents(two)
    (two / "index.json").unlink()
    assert not publish(plan, two).written
    assert contents(two) == before
    assert index_of(two)["latest"] == "1.0.0"


@pytest.mark.parametrize("spoil", [
    lambda out: (out / "withdrawals.json").unlink(),
    lambda out: (out / "withdrawals.json").write_text("{}"),
    lambda out: [(out / name).unlink() for name in ("withdrawals.json", "index.json")],
    lambda out: [(out / name).unlink() for name in ("withdrawals.json", "index.json", "CHANGELOG.md", "feed.atom")],
    lambda out: edit_index(out, lambda index: index["releases"][1].update(withdrawn=None)),
    lambda out: edit_index(out, lambda index: index["releases"][1]["withdrawn"].update(reason="x")),
])  # fmt: skip
def test_withdrawal_in_one_place_alone_is_noticed(two: Path, plan: Path, spoil: Callable[[Path], object]) -> None:
    withdraw(two, "1.0.1", "ยอดผิด", DAY)
    spoil(two)
    assert_damaged(two, plan)


def test_withdrawn_release_is_not_published_by_itself_without_the_index(two: Path) -> None:
    withdraw(two, "1.0.1", "ยอดผิด", DAY)
    (two / "index.json").unlink()
    with fails("release_superseded"):
        read_publication(two / "v1.0.1")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"half',
        b"null",
        b'{"releases": 3}',
        b'{"releases": [3]}',
        b'{"releases": [{"version": "1.0.0"}]}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_spoilt_index_is_refused(out: Path, content: bytes) -> None:
    (out / "index.json").write_bytes(content)
    with pytest.raises(ReleaseDamaged, match=r"index\.json"):
        publish(PLAN, out)
    with pytest.raises(ReleaseDamaged, match=r"index\.json"):
        withdraw(out, "1.0.0", "x", DAY)
    assert (out / "index.json").read_bytes() == content


def test_spoilt_index_comes_with_a_remedy(out: Path, khelang: Khelang) -> None:
    (out / "index.json").write_bytes(b'{"half')
    done = khelang("release", PLAN, "--out", out, "--lang", "th")
    assert (done.returncode, done.stdout) == (3, b"")
    assert "index.json" in done.stderr.decode()
    assert "กู้คืนจากสำเนาสำรอง" in done.stderr.decode()


def test_release_that_is_lost_is_noticed(two: Path, plan: Path) -> None:
    """Else its version would be given again to something else."""
    (two / "v1.0.1").rename(two.parent / "lost")
    with pytest.raises(ReleaseDamaged, match=r"v1\.0\.1"):
        publish(plan, two)


def test_copy_of_a_release_is_not_taken_for_another(out: Path) -> None:
    copied(out / "v1.0.0", out / "v9.0.0")
    with pytest.raises(ReleaseDamaged, match=r"v9\.0\.0"):
        publish(PLAN, out)


@pytest.mark.parametrize("name", ["v01.0.0", "v๑.๐.๐", "v1.0", "v1.0.0-old", "vendor"])
def test_folder_of_another_name_is_no_release(out: Path, name: str) -> None:
    (out / name).mkdir()
    assert not publish(PLAN, out).written
    assert versions_of(out) == ["1.0.0"]


def test_note_missing_is_reported_to_callers(plan: Path, out: Path) -> None:
    change_a_figure(plan)
    with fails("note_missing"):
        publish(plan, out)
