"""Publishing to a web folder: it holds complete releases, and unknown files are not changed."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from filelock import FileLock

from khelang_opendata import Language
from khelang_opendata.files import place
from khelang_opendata.model.failures import KhelangError, ReleaseDamaged
from khelang_opendata.portals import folder
from khelang_opendata.published import verify
from khelang_opendata.published.page_mark import html_mark
from khelang_opendata.release import withdraw
from khelang_opendata.render.messages import failure_text
from tests.conftest import PLAN, ROOT, UNMEASURED, VALID, fails, replace_in
from tests.releases import (
    DAY,
    NAME,
    change_a_figure,
    contents,
    copied,
    correct_a_cell,
    few_pages,
    index_of,
    publish,
    stamps,
)

SHOWN = ("th", "en", "sitemap.xml", "index.html")
PAGES = {"index.html", "sitemap.xml", *(f"{f}/pages.json" for f in ("th", "en")), "en/index.html"}
PAGES |= {"th/projects/index.html", "th/style.css"}
BESIDE = ("index.html", "index.json", "CHANGELOG.md", "feed.atom", "sitemap.xml")
FOLDERS = ("latest", "v1.0.0", "th")
KILLS = int(os.environ.get("KHELANG_KILLS", "12"))
REASON = "ยอดผิด </script><b>&"
NOTE = "แก้ตัวชี้วัด <i>ตามหนังสือ"


def publish_folder(releases: Path, target: Path, **options: Any) -> folder.FolderOutcome:
    """Publish with a small site."""
    return folder.publish_folder(releases, target, pages=few_pages, **options)


@dataclass(frozen=True)
class History:
    """The folder of releases as it was after each act, which no test may spoil."""

    first: Path
    second: Path
    withdrawn: Path
    third: Path
    all_withdrawn: Path


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    folder = tmp_path_factory.mktemp("history")
    plan, out = copied(PLAN, folder / "plan"), folder / "releases"
    publish(plan, out)
    first = copied(out, folder / "first")
    correct_a_cell(plan)
    publish(plan, out)
    second = copied(out, folder / "second")
    withdraw(out, "1.0.1", REASON, DAY)
    withdrawn = copied(out, folder / "withdrawn")
    change_a_figure(plan)
    publish(plan, out, note=NOTE)
    third = copied(out, folder / "third")
    for version in ("1.0.0", "1.0.2"):
        withdraw(out, version, "ยกเลิกทั้งแผน", DAY)
    return History(first, second, withdrawn, third, out)


@pytest.fixture
def web(history: History, tmp_path: Path) -> Path:
    """A web server's folder with the first release, and a file of another owner."""
    web = tmp_path / "web"
    publish_folder(history.first, web)
    (web / "robots.txt").write_text("of another owner")
    return web


def visible_files(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder without hidden ones."""
    return {name: data for name, data in contents(folder).items() if not name.startswith(".")}


def fault_of(error: KhelangError) -> tuple[str, str]:
    """A failure's variant and its English text; its Thai text names the same parameters."""
    return str(error.params.get("variant", "")), failure_text(error, Language.EN).message


# What the folder holds


def test_folder_has_what_was_released_and_its_pages(history: History, tmp_path: Path) -> None:
    (releases := copied(history.third, tmp_path / "releases")).joinpath("notes.txt").write_text("not of a release")
    (releases / ".git").mkdir()
    (releases / ".git/config").write_text("not of a release")
    outcome = publish_folder(releases, tmp_path / "deep/web")
    assert contents(tmp_path / "deep/web").keys() - visible_files(history.third).keys() == PAGES | {".lock"}
    assert visible_files(history.third).items() <= contents(tmp_path / "deep/web").items()
    assert (outcome.version, outcome.replaced, outcome.removed, outcome.unchanged) == ("1.0.2", (), (), ())
    archives = [f"{NAME}-v1.0.{patch}.zip" for patch in (2, 1, 0)]
    beside = ["latest", "withdrawals.json", "index.json", "CHANGELOG.md", "feed.atom", *SHOWN]
    assert [*outcome.added] == ["v1.0.0", "v1.0.1", "v1.0.2", *archives, *beside]


def test_any_web_server_may_read_what_was_written(history: History, tmp_path: Path) -> None:
    mask = os.umask(0o077)
    try:
        publish_folder(history.second, tmp_path / "web")
    finally:
        os.umask(mask)
    web = tmp_path / "web"
    modes = {path.stat().st_mode & 0o777 for path in (web, *web.rglob("*")) if path.is_dir()}
    assert modes == {0o755}
    assert {p.stat().st_mode & 0o777 for p in web.rglob("*") if p.is_file() and p.name != ".lock"} == {0o644}


def test_publishing_again_writes_nothing(history: History, web: Path) -> None:
    before = stamps(web)
    outcome = publish_folder(history.first, web)
    assert not outcome.written
    assert [*outcome.unchanged] == [
        "v1.0.0",
        f"{NAME}-v1.0.0.zip",
        "latest",
        "index.json",
        "CHANGELOG.md",
        "feed.atom",
        *SHOWN,
    ]
    assert stamps(web) == before


BASE = "https://www.example.go.th/opendata"


@pytest.mark.parametrize("base", [BASE, f"{BASE}/"])
def test_with_an_address_links_of_the_feed_are_absolute(history: History, tmp_path: Path, base: str) -> None:
    web = tmp_path / "web"
    publish_folder(history.first, web, base_url=base)
    feed = ElementTree.parse(web / "feed.atom")  # noqa: S314 (ours)
    links = [link.get("href") for link in feed.iter("{http://www.w3.org/2005/Atom}link")]
    assert links == [f"{BASE}/feed.atom", f"{BASE}/", f"{BASE}/v1.0.0/", f"{BASE}/{NAME}-v1.0.0.zip"]
    assert contents(web / "v1.0.0") == contents(history.first / "v1.0.0"), "the release itself is as it was"
    assert not publish_folder(history.first, web, base_url=base).written


@pytest.mark.parametrize(
    "base", ["", "www.example.go.th", "ftp://a.th/", "https://", "https://a.th/?x", "https://u:p@a.th/", "https://a b"]
)
def test_address_that_is_not_one_is_refused(history: History, tmp_path: Path, base: str) -> None:
    with fails("base_url_invalid"):
        publish_folder(history.first, tmp_path / "web", base_url=base)
    assert not (tmp_path / "web").exists()


def test_next_release_is_added_beside_the_previous_one(history: History, web: Path) -> None:
    before = stamps(web / "v1.0.0")
    outcome = publish_folder(history.second, web)
    assert outcome.added == ("v1.0.1", f"{NAME}-v1.0.1.zip")
    assert outcome.replaced == ("latest", "index.json", "CHANGELOG.md", "feed.atom", "th", "index.html")
    assert stamps(web / "v1.0.0") == before
    assert visible_files(history.second).items() <= visible_files(web).items()
    assert verify(web / "latest").is_whole


@pytest.mark.parametrize("newest", ["latest", "v1.0.2"])
def test_newest_release_publishes_the_folder_of_all(history: History, tmp_path: Path, newest: str) -> None:
    publish_folder(history.third / newest, tmp_path / "web")
    assert visible_files(history.third).items() <= visible_files(tmp_path / "web").items()


def test_withdrawal_shows_the_previous_release_again(history: History, web: Path) -> None:
    publish_folder(history.second, web)
    outcome = publish_folder(history.withdrawn, web)
    assert (outcome.version, outcome.added, outcome.removed) == ("1.0.0", ("withdrawals.json",), ())
    assert contents(web / "latest") == contents(web / "v1.0.0")
    assert "v1.0.1" in {path.name for path in web.iterdir()}, "its files stay"


def test_withdrawal_of_all_removes_latest(history: History, web: Path) -> None:
    publish_folder(history.third, web)
    outcome = publish_folder(history.all_withdrawn, web)
    assert (outcome.version, outcome.removed) == (None, ("latest",))
    assert not (web / "latest").exists()


def test_dry_run_reports_the_same_and_writes_nothing(history: History, web: Path, tmp_path: Path) -> None:
    before = stamps(web)
    reported = publish_folder(history.second, web, dry_run=True)
    assert stamps(web) == before
    assert publish_folder(history.second, web) == reported
    assert publish_folder(history.first, tmp_path / "new/web", dry_run=True).written
    assert not (tmp_path / "new").exists()


def test_changed_file_beside_the_releases_is_replaced(history: History, web: Path) -> None:
    whole = visible_files(web)
    (web / "CHANGELOG.md").write_text("changed")
    (web / "latest/00-README.en.md").unlink()
    (web / "feed.atom").unlink()
    outcome = publish_folder(history.first, web)
    assert (outcome.added, outcome.replaced) == (("feed.atom",), ("latest", "CHANGELOG.md"))
    assert visible_files(web) == whole


# The pages


def test_folder_of_pages_has_a_list_of_its_files(web: Path) -> None:
    assert json.loads((web / "th/pages.json").read_bytes()) == {
        "name": NAME,
        "files": ["projects/index.html", "style.css"],
    }


def test_pages_that_are_not_made_any_more_are_removed(history: History, web: Path) -> None:
    unused = {"index.html", "en/index.html"}
    outcome = folder.publish_folder(
        history.first, web, pages=lambda root: {path: data for path, data in few_pages(root).items() if path in unused}
    )
    assert (outcome.replaced, outcome.removed) == ((), ("sitemap.xml", "th"))
    assert {"index.html", "en", "robots.txt"} < {path.name for path in web.iterdir()}
    assert publish_folder(history.first, web).added == ("th", "sitemap.xml")


def test_publication_without_pages_leaves_those_there_are(history: History, web: Path) -> None:
    before = stamps(web)
    assert not folder.publish_folder(history.first, web).written
    assert stamps(web) == before


@pytest.mark.parametrize("pages", [few_pages, lambda root: {"index.html": few_pages(root)["index.html"]}])
@pytest.mark.parametrize("name", ["th/mine.html", "th/projects/mine.html"])
def test_file_of_another_owner_among_the_pages_is_kept(history: History, web: Path, name: str, pages: Any) -> None:
    (web / name).write_text("mine")
    before = stamps(web)
    with fails("folder_refused", match=name) as caught:
        folder.publish_folder(history.first, web, pages=pages, force=True)
    assert fault_of(caught.value)[0] == "not_ours"
    assert stamps(web) == before


def test_page_that_the_disk_holds_otherwise_is_not_shown(
    history: History, web: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiling(target: Path, files: Mapping[str, bytes]) -> None:
        place.write_files(target, {**files, "style.css": b"other bytes"} if "style.css" in files else files)

    place.remove(web / "th")
    before = contents(web)
    monkeypatch.setattr(folder, "write_files", spoiling)
    with pytest.raises(ReleaseDamaged, match=r"th/style\.css"):
        publish_folder(history.first, web)
    assert contents(web) == before


def test_pages_of_no_single_plan_are_published_by_themselves(tmp_path: Path, web: Path) -> None:
    pages = {"index.html": html_mark("plans-compared").encode(), "assets/site.css": b"a{}"}
    outcome = folder.publish_pages(pages, tmp_path / "all", "plans-compared")
    assert outcome.added == ("assets", "index.html")
    assert not folder.publish_pages(pages, tmp_path / "all", "plans-compared").written
    for name, target in (("another_plan", web), ("another_plan", tmp_path / "all")):
        with fails("folder_refused") as caught:
            folder.publish_pages({**pages, "index.html": b"other"}, target, "others")
        assert fault_of(caught.value)[0] == name


# What was altered, and what goes


@pytest.mark.parametrize(
    "name", ["v1.0.0/data/budgets.csv", "v1.0.0/added.csv", "v1.0.0/LICENSE", f"{NAME}-v1.0.0.zip"]
)
def test_altered_release_is_refused_and_replaced_with_force(history: History, web: Path, name: str) -> None:
    whole = visible_files(web)
    if name.endswith("LICENSE"):
        (web / name).unlink()
    else:
        (web / name).write_bytes(b"altered")
    before = stamps(web)
    for dry_run in (True, False):
        with fails("folder_differs", match=name) as caught:
            publish_folder(history.second, web, dry_run=dry_run)
        variant, text = fault_of(caught.value)
        assert (variant, str(web / name) in text) == ("altered", True)
    assert stamps(web) == before
    assert publish_folder(history.first, web, force=True).replaced == (name.partition("/")[0],)
    assert visible_files(web) == whole


def test_published_release_is_not_removed_by_an_older_folder_of_releases(history: History, web: Path) -> None:
    publish_folder(history.second, web)
    before = stamps(web)
    with fails("folder_differs", match=r"1\.0\.1") as caught:
        publish_folder(history.first, web)
    assert fault_of(caught.value)[0] == "ahead"
    assert stamps(web) == before
    outcome = publish_folder(history.first, web, force=True)
    assert outcome.removed == (f"{NAME}-v1.0.1.zip", "v1.0.1")
    assert {*visible_files(web)} == {*visible_files(history.first), *PAGES, "robots.txt"}


# What is not ours


def _files(web: Path) -> None:
    for name in ("notes.txt", "v1.0.0-drafts/a", "v9.0.0/of/another/program", ".htaccess", "another-v1.0.0.zip"):
        (web / name).parent.mkdir(parents=True, exist_ok=True)
        (web / name).write_text("mine")


def test_unknown_files_are_not_changed(history: History, web: Path) -> None:
    _files(web)
    mine = {name: data for name, data in contents(web).items() if data in (b"mine", b"of another owner")}
    assert len(mine) == 6
    publish_folder(history.third, web)
    publish_folder(history.all_withdrawn, web)
    publish_folder(history.first, web, force=True)
    assert mine.items() <= contents(web).items()


@pytest.mark.parametrize("name", [*(f"{name}/a" for name in ("latest", "v1.0.0", "th")), *BESIDE])
@pytest.mark.parametrize("force", [False, True])
def test_file_of_another_owner_with_our_name_is_refused(
    history: History, tmp_path: Path, name: str, force: bool
) -> None:
    web = tmp_path / "web"
    (web / name).parent.mkdir(parents=True)
    (web / name).write_text('{"name": "khelang-nakhon-2566-2570"}')
    with fails("folder_refused", match=name.partition("/")[0]) as caught:
        publish_folder(history.first, web, force=force)
    assert fault_of(caught.value)[0] == "not_ours"
    assert [*contents(web)] == [name], "not even a lock is left"


def test_link_to_withdrawn_data_is_refused(history: History, web: Path) -> None:
    place.remove(web / "latest")
    (web / "latest").symlink_to("v1.0.0")
    with fails("folder_refused", match="latest"):
        publish_folder(history.all_withdrawn, web)


@pytest.mark.parametrize("name", [*BESIDE, *FOLDERS, f"{NAME}-v1.0.0.zip"])
def test_folder_instead_of_a_file_and_file_instead_of_a_folder(history: History, web: Path, name: str) -> None:
    place.remove(web / name)
    if name in FOLDERS:
        (web / name).write_text("mine")
    else:
        (web / name).mkdir()
    before = stamps(web)
    with fails("folder_refused", match=name) as caught:
        publish_folder(history.first, web, force=True)
    assert fault_of(caught.value)[0] == "not_ours"
    assert stamps(web) == before


@pytest.mark.parametrize("left", ["index.json", "index.html", "sitemap.xml", *FOLDERS])
def test_folder_of_another_plan_is_refused(tmp_path: Path, web: Path, left: str) -> None:
    """Any file or folder that names its plan."""
    publish(VALID, tmp_path / "releases")
    for path in web.iterdir():
        if path.name != left:
            place.remove(path)
    before = stamps(web)
    with fails("folder_refused") as caught:
        publish_folder(tmp_path / "releases", web, force=True)
    variant, text = fault_of(caught.value)
    assert (variant, NAME in text, "mae-thung-2561-2564" in text) == ("another_plan", True, True)
    assert stamps(web) == before


def test_folders_that_overlap_are_refused(history: History, tmp_path: Path) -> None:
    releases = copied(history.first, tmp_path / "site/releases")
    (tmp_path / "link").symlink_to(releases)
    before = stamps(tmp_path)
    for target in (releases, releases / "web", releases / "latest", tmp_path / "site", tmp_path / "link/web"):
        with fails("folder_refused", match="are the same or one holds the other"):
            publish_folder(releases, target, force=True)
    assert stamps(tmp_path) == before


@pytest.mark.parametrize(
    "name",
    ["index.html", "index.json", "feed.atom", "latest", "v1.0.0", "v1.0.0/data", "latest/LICENSE", "th", ".lock"],
)
def test_link_in_the_place_of_a_file_is_refused(history: History, web: Path, tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    (web / name).rename(elsewhere)
    (web / name).symlink_to(elsewhere)
    before = stamps(tmp_path)
    with fails("folder_refused", match=name) as caught:
        publish_folder(history.second, web, force=True)
    assert fault_of(caught.value)[0] == "link"
    assert stamps(tmp_path) == before


def test_link_to_the_folder_itself_is_followed_unless_it_leads_nowhere(
    history: History, web: Path, tmp_path: Path
) -> None:
    (tmp_path / "current").symlink_to(web)
    publish_folder(history.second, tmp_path / "current")
    assert (web / "v1.0.1").is_dir()
    for target in ("nowhere", "loop"):
        (tmp_path / "loop").unlink(missing_ok=True)
        (tmp_path / "loop").symlink_to(tmp_path / target)
        with fails("folder_refused", match="link"):
            publish_folder(history.second, tmp_path / "loop")


# What cannot be published


def _without_the_last_in_the_index(releases: Path) -> None:
    """As a release that was cut short before the index was written."""
    index = index_of(releases)
    last = index["releases"].pop()
    (releases / "index.json").write_text(json.dumps(index))
    (releases / ".pending.json").write_text(json.dumps({"version": last["version"], "manifest": last["manifest"]}))


@pytest.mark.parametrize(
    "spoil",
    [
        _without_the_last_in_the_index,
        lambda releases: (releases / "feed.atom").unlink(),
        lambda releases: replace_in(releases / "index.json", '"latest": "1.0.1"', '"latest": "1.0.0"'),
    ],
)
def test_incomplete_releases_are_refused(
    history: History, web: Path, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    releases = copied(history.second, tmp_path / "releases")
    spoil(releases)
    before = stamps(web)
    with fails("releases_unfinished"):
        publish_folder(releases, web)
    assert stamps(web) == before


def test_damaged_release_is_not_published(history: History, web: Path, tmp_path: Path) -> None:
    releases = copied(history.second, tmp_path / "releases")
    (releases / "v1.0.1/data/budgets.csv").write_text("altered")
    before = stamps(web)
    with pytest.raises(ReleaseDamaged, match=r"budgets\.csv"):
        publish_folder(releases, web, force=True)
    assert stamps(web) == before


def test_release_that_the_disk_holds_otherwise_is_not_shown(
    history: History, web: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiling(target: Path, files: Mapping[str, bytes]) -> None:
        place.write_files(target, {**files, "data/units.csv": b"other bytes"} if len(files) > 1 else files)

    before = contents(web)
    monkeypatch.setattr(folder, "write_files", spoiling)
    with pytest.raises(ReleaseDamaged, match=r"data/units\.csv"):
        publish_folder(history.second, web)
    assert contents(web) == before


def test_folder_without_releases_is_refused(history: History, tmp_path: Path) -> None:
    alone = copied(history.first / "v1.0.0", tmp_path / "alone")
    for releases in (tmp_path / "missing", VALID, alone, history.first / "index.json", history.first / "v1.0.0/data"):
        with fails("no_release"):
            publish_folder(releases, tmp_path / "web")
    with fails("release_superseded"):
        publish_folder(history.third / "v1.0.0", tmp_path / "web")
    assert not (tmp_path / "web").exists()


# What fails


_PUBLISH = """
import filelock, os, resource, signal, sys  # filelock is loaded when files are written, which this user may not do
from pathlib import Path
from khelang_opendata.model.failures import KhelangError
from khelang_opendata.portals.folder import publish_folder
releases, web, user = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
publish_folder(releases, web.with_name("new"), dry_run=True)  # imports what there is
if user and os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    publish_folder(releases, web)
except KhelangError as error:
    sys.stdout.write(error.code)
"""


def _publish_elsewhere(releases: Path, web: Path, *more: str, limit: int | None = None) -> tuple[str, str]:
    def limited() -> None:
        if limit:  # the kernel refuses to let a file grow further, as a full disk does
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-c", _PUBLISH, str(releases), str(web), *more]
    environment = os.environ | UNMEASURED
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, preexec_fn=limited)
    return done.stdout, done.stderr


@pytest.mark.parametrize("limit", [20_000, 2_000_000])
def test_full_disk_loses_nothing(history: History, web: Path, limit: int) -> None:
    """A data file does not fit, or an archive, when the release's folder has been written already."""
    before = stamps(web)
    assert _publish_elsewhere(history.second, web, limit=limit) == ("folder_unwritable", "")
    assert {path for path in stamps(web) if path != web} == {path for path in before if path != web}
    assert publish_folder(history.first, web).written is False
    assert publish_folder(history.second, web).written


@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_folder_without_rights(history: History, web: Path, mode: int) -> None:
    """Run as an unprivileged user, for root may write anywhere."""
    before = contents(web)
    for parent in {*[*web.parents][:-2], *[*history.second.parents][:-2]}:
        parent.chmod(parent.stat().st_mode | 0o055)
    web.chmod(mode)
    reported = _publish_elsewhere(history.second, web, "nobody")
    web.chmod(0o755)
    assert reported == ("folder_unwritable", "")
    assert contents(web) == before


def test_releases_that_may_not_be_read(history: History, web: Path, tmp_path: Path) -> None:
    releases, before = copied(history.second, tmp_path / "releases"), stamps(web)
    for parent in [*web.parents][:-2]:
        parent.chmod(parent.stat().st_mode | 0o055)
    for unreadable in (releases / "feed.atom", releases / "v1.0.1/LICENSE", releases):
        unreadable.chmod(0o000)
        assert _publish_elsewhere(releases, web, "nobody") == ("file_unreadable", ""), unreadable
        unreadable.chmod(0o755)
    assert stamps(web) == before


def test_target_that_is_a_file(history: History, tmp_path: Path) -> None:
    (tmp_path / "web").write_text("mine")
    for dry_run in (True, False):
        with fails("folder_unwritable") as caught:
            publish_folder(history.first, tmp_path / "web", dry_run=dry_run)
        assert "Not a directory" in fault_of(caught.value)[1]
    assert (tmp_path / "web").read_text() == "mine"


def test_second_publication_at_the_same_time_is_refused(history: History, web: Path) -> None:
    before = visible_files(web)
    with FileLock(web / ".lock"), fails("release_locked"):
        publish_folder(history.second, web)
    assert visible_files(web) == before


def test_leftovers_of_a_crash_are_removed(history: History, web: Path) -> None:
    before = visible_files(web)
    (web / ".unfinished-publish/v9.0.0").mkdir(parents=True)
    (web / ".unfinished-publish/v9.0.0/half").write_text("half")
    publish_folder(history.first, web)
    assert (visible_files(web), [path.name for path in web.glob(".*")]) == (before, [".lock"])


def test_system_that_cannot_swap_folders_exchanges_them_all_the_same(
    history: History, web: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_swapped", lambda _one, _other: False)
    publish_folder(history.second, web)
    assert contents(web / "latest") == contents(web / "v1.0.1")
    assert [path.name for path in web.glob(".*")] == [".lock"]


def test_exchange_that_fails_leaves_the_old_folder_in_its_place(web: Path) -> None:
    before = contents(web)
    with pytest.raises(FileNotFoundError):
        place.exchange(web / "missing", web / "latest", web / "old")
    assert contents(web) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of a process")
def test_killed_publication_leaves_complete_files_and_the_next_run_works() -> None:
    """``KHELANG_KILLS=400`` kills four hundred times."""
    command = [sys.executable, "-m", "tests.folder_kills", "--cases", str(KILLS), "--seed", "6"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    left = json.loads(done.stdout)["left"]
    assert sum(left.values()) == KILLS
    assert any("leftovers" in state for state in left), "no kill before a step hit the writing"
