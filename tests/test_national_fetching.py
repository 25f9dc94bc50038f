"""Harvests from web servers, good and hostile: what is taken, and what is refused within its time and size."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest

from khelang_opendata.national.harvesting import Harvest, HarvestOptions, harvest
from khelang_opendata.national.portal_listing import PortalSelection, plans_on_portal
from khelang_opendata.national.querying import query
from khelang_opendata.national.remote_plans import AT_A_TIME
from khelang_opendata.national.site_answers import site_answers
from khelang_opendata.national.work_pool import processes
from khelang_opendata.site.nation import Nation, nation_of
from khelang_opendata.site.nation_pages import NationOptions, nation_files
from khelang_opendata.transport import fetching
from khelang_opendata.transport.fetching import FetchFailed, FetchPolicy, fetch, is_public
from tests.conftest import fails
from tests.http_answers import Reply, answer
from tests.national_data import DAMAGES, DAY, gathered, valid_plans
from tests.releases import NAME, correct_a_cell, publish

POLICY = FetchPolicy(max_bytes=2**20, seconds=1.5, silence_seconds=1, allow_private=True, sleep=lambda _: None)


def _endless(piece: bytes, pause: float) -> Reply:
    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(piece)
            time.sleep(pause)

    return reply


def _endless_headers(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.0 200 OK\r\n")
    while True:
        request.wfile.write(b"X-More: more\r\n")
        time.sleep(0.05)


class Site(NamedTuple):
    answers: dict[str, Reply]
    asked: list[str]
    port: int

    def at(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/{path}"


@pytest.fixture
def web() -> Iterator[Site]:
    """A server whose answers a test sets."""
    answers: dict[str, Reply] = {}
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.headers['Host']}{self.path}")
            try:
                answers.get(self.path[1:], answer(404, b"<h1>404</h1>"))(self)
            except OSError:  # the client has left
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield Site(answers, asked, server.server_address[1])
        server.shutdown()


@pytest.mark.parametrize(
    ("variant", "reply"),
    [
        ("large", answer(200, bytes(2**20 + 1))),
        ("large", _endless(bytes(2**16), 0)),
        ("slow", _endless(b"x", 0.2)),
        ("slow", _endless_headers),
        ("cut", answer(200, b"x", Content_Length="100")),
        ("cut", lambda request: request.wfile.write(b"no HTTP")),
        ("cut", lambda _request: None),
        ("status", answer(500, b"")),
        ("status", answer(503, b"", Retry_After="1")),
        ("status", answer(503, b"", Retry_After="86400")),
        ("redirects", answer(302, b"", Location="/plan.zip")),
        ("address", answer(302, b"", Location="file:///etc/passwd")),
        ("address", answer(302, b"", Location="http://user:secret@example.org/")),
        ("redirects", answer(302, b"", Location="")),
    ],
)
def test_a_hostile_server_costs_little_and_is_refused(web: Site, tmp_path: Path, variant: str, reply: Reply) -> None:
    web.answers["plan.zip"] = reply
    start = time.monotonic()
    with pytest.raises(FetchFailed) as caught:
        fetch(web.at("plan.zip"), tmp_path / "file", POLICY)
    assert caught.value.params["variant"] == variant
    assert "secret" not in str(caught.value)
    assert time.monotonic() - start < 5
    assert not (tmp_path / "file").exists() or (tmp_path / "file").stat().st_size <= POLICY.max_bytes


def test_an_answer_that_fails_for_now_is_asked_for_again(web: Site, tmp_path: Path) -> None:
    answers = iter([answer(503, b"", Retry_After="2"), answer(200, b"x", Content_Length="9"), answer(200, b"whole")])
    web.answers["file"] = lambda request: next(answers)(request)  # noqa: PLW0108 (a new one each time)
    pauses: list[float] = []
    fetch(web.at("file"), tmp_path / "file", POLICY._replace(sleep=pauses.append))
    assert ((tmp_path / "file").read_bytes(), pauses) == (b"whole", [2, 4])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "[::ffff:127.0.0.1]"])  # noqa: S104
def test_private_addresses_are_refused_before_a_connection(web: Site, tmp_path: Path, host: str) -> None:
    with fails("fetch_failed", match="private network"):
        fetch(web.at("plan.zip", host), tmp_path / "file", POLICY._replace(allow_private=False))
    assert web.asked == []


def test_what_is_public() -> None:
    private = """10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 127.0.0.1 0.0.0.0 224.0.0.1 255.255.255.255
        ::1 :: fe80::1 fc00::1 ff02::1 ::ffff:10.0.0.1 64:ff9b::a00:1 2002:a00:1::
        2001:0:a00:1::f5ff:fffe fe80::1%eth0 x"""
    assert [text for text in private.split() if is_public(text)] == []
    assert all(map(is_public, ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")))


def test_a_redirect_is_checked_and_a_name_is_resolved_once(web: Site, tmp_path: Path) -> None:
    """127.0.0.1 counts as public here, and 127.0.0.2 does not."""
    web.answers["plan.zip"] = answer(302, b"", Location=web.at("inner", "127.0.0.2"))
    web.answers["inner"] = answer(200, b"secret")
    real, asked = socket.getaddrinfo, list[str]()

    def resolved(host: str, *args: Any, **options: Any) -> Any:
        asked.append(host)
        hosts = {"good.example": "127.0.0.1" if asked.count("good.example") == 1 else "127.0.0.2"}
        return real(hosts.get(host, host), *args, **options)

    with (
        patch.object(fetching, "is_public", lambda address: address == "127.0.0.1"),
        patch.object(socket, "getaddrinfo", resolved),
    ):
        strict = POLICY._replace(allow_private=False)
        with fails("fetch_failed", match=r"127\.0\.0\.2 is within a private network"):
            fetch(web.at("plan.zip"), tmp_path / "file", strict)
        assert web.asked == [f"127.0.0.1:{web.port}/plan.zip"]
        web.answers["name"] = answer(200, b"public")
        fetch(web.at("name", "good.example"), tmp_path / "file", strict)
    assert (asked.count("good.example"), web.asked[-1]) == (1, f"good.example:{web.port}/name")
    assert (tmp_path / "file").read_bytes() == b"public"


def test_an_environment_s_proxy_is_not_asked(web: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    web.answers["file"] = answer(200, b"direct")
    fetch(web.at("file"), tmp_path / "file", POLICY)
    assert (tmp_path / "file").read_bytes() == b"direct"


def _gathered(names: list[str], out: Path, **policy: Any) -> Harvest:
    fetching_ = POLICY._replace(max_bytes=2**26, seconds=30, **policy)
    return harvest(names, out, HarvestOptions(DAY, processes(1), fetching=fetching_))


def test_a_harvest_takes_what_is_sound_from_the_web_and_refuses_the_rest(
    web: Site, tmp_path: Path, released: Path
) -> None:
    plans = valid_plans(tmp_path / "packages", 4)
    for path, damage in zip(plans[1:], ("archive climbs", "archive with a link", "archive cut"), strict=True):
        DAMAGES[damage][0](path)
        web.answers[path.name] = answer(200, path.with_suffix(".zip").read_bytes())
    shutil.make_archive(str(plans[0]), "zip", plans[0])
    web.answers["good.zip"] = answer(200, plans[0].with_suffix(".zip").read_bytes())
    web.answers["page.zip"] = answer(200, b"<!doctype html><title>Not found</title>", Content_Type="application/zip")
    releases = Path(shutil.copytree(released, tmp_path / "releases"))
    archive = f"{NAME}-v1.0.0.zip"
    for name in ("index.json", archive):
        web.answers[f"releases/{name}"] = answer(200, (releases / name).read_bytes())
        web.answers[f"altered/{name}"] = answer(200, (releases / name).read_bytes())
    web.answers[f"altered/{archive}"] = web.answers["good.zip"]
    withdrawn = json.loads((releases / "index.json").read_bytes()) | {"latest": None}
    web.answers["withdrawn/index.json"] = answer(200, json.dumps(withdrawn).encode())
    reasons = {
        web.at("releases/index.json"): "",
        web.at("altered/index.json"): "source_hash",
        web.at("withdrawn/index.json"): "source_withdrawn",
        web.at("good.zip"): "",
        web.at("page.zip"): "source_not_plan",
        web.at("missing.zip"): "fetch_failed",
        **{web.at(path.name): "archive_refused" for path in plans[1:]},
    }
    (tmp_path / "list.txt").write_text("\n".join(reasons), encoding="utf-8")
    done = _gathered([str(tmp_path / "list.txt")], tmp_path / "out")
    assert {key: row["reason"] for key, row in done.plans.rows.items()} == reasons
    row = done.plans.rows[web.at("releases/index.json")]
    assert (row["plan_id"], row["version"], row["signature"]) == (NAME, "1.0.0", "none")
    again = _gathered([str(tmp_path / "list.txt")], tmp_path / "out")
    assert again.plans.changes == {}
    done = _gathered([str(tmp_path / "list.txt")], tmp_path / "out", allow_private=False)
    assert {row["reason"] for row in done.plans.rows.values()} == {"fetch_failed"}
    assert sum(bool(row["data_hash"]) for row in done.plans.rows.values()) == 2, "what was taken stays"


def test_addresses_are_asked_together_but_no_more_than_a_few_at_a_time(web: Site, tmp_path: Path) -> None:
    together, busy, most = threading.Barrier(AT_A_TIME), threading.Semaphore(AT_A_TIME), []

    def reply(request: BaseHTTPRequestHandler) -> None:
        most.append(busy.acquire(blocking=False))
        together.wait(20)  # breaks where they are asked one after the other
        busy.release()
        answer(404)(request)

    names = [f"{number}.zip" for number in range(2 * AT_A_TIME)]
    web.answers.update(dict.fromkeys(names, reply))
    (tmp_path / "list.txt").write_text("\n".join(map(web.at, names)), encoding="utf-8")
    done = _gathered([str(tmp_path / "list.txt")], tmp_path / "out")
    assert {*done.plans.rows} == {*map(web.at, names)}
    assert {row["reason_en"].count("404") > 0 for row in done.plans.rows.values()} == {True}
    assert (most, together.broken) == ([True] * 2 * AT_A_TIME, False)


def test_two_sources_of_one_archive_do_not_disturb_each_other(web: Site, tmp_path: Path, released: Path) -> None:
    for name in ("index.json", archive := f"{NAME}-v1.0.0.zip"):
        web.answers[name] = web.answers[f"{name}?again"] = answer(200, (released / name).read_bytes())
    done = _gathered([web.at("index.json"), web.at("index.json?again")], tmp_path / "out")
    assert sum(asked.endswith(archive) for asked in web.asked) == 2
    assert sorted(row["reason"] for row in done.plans.rows.values()) == ["", "plan_id_taken"]


def test_a_fault_of_our_own_in_a_download_does_not_stop_the_others(web: Site, tmp_path: Path) -> None:
    valid_plans(tmp_path / "packages", 1)
    with patch("khelang_opendata.national.remote_plans.fetch", side_effect=RuntimeError("fault")):
        done = _gathered([web.at("plan.zip"), str(tmp_path / "packages")], tmp_path / "out")
    assert sorted(row["reason"] for row in done.plans.rows.values()) == ["", "internal"]


def _listing(count: Any, *datasets: Any) -> Reply:
    return answer(200, json.dumps({"success": True, "result": {"count": count, "results": datasets}}).encode())


def _many_datasets(count: int) -> list[dict[str, str]]:
    return [{"name": f"plan-{number}"} for number in range(count)]


@pytest.mark.parametrize(
    ("variant", "reply"),
    [
        ("form", answer(200, b"<!doctype html><title>Portal</title>")),
        ("form", answer(200, b"")),
        ("form", answer(200, b"[" * 100_000)),
        ("form", answer(200, b'{"success": true, "success": true}')),
        ("form", answer(200, b'{"success": true, "result": null}')),
        ("form", answer(200, b'{"success": false, "result": {"count": 0, "results": []}}')),
        ("form", answer(200, b'{"success": true, "result": {"count": 1e999, "results": []}}')),
        ("form", _listing(-1)),
        ("form", _listing("1", {"name": "plan"})),
        ("form", _listing(True, {"name": "plan"})),
        ("form", _listing(1, "plan")),
        ("form", _listing(1, {"name": "../../plan"})),
        ("form", _listing(1, {"name": ["plan"]})),
        ("form", _listing(101, *_many_datasets(101))),
        ("many", _listing(10**12, {"name": "plan"})),
        ("empty", _listing(0)),
        ("empty", _listing(5)),
        ("incomplete", _listing(3, {"name": "plan"})),
        ("slow", _endless(b" ", 0.2)),
        ("large", _endless(b" " * 2**16, 0)),
        ("status", answer(404, b"<h1>404</h1>")),
        ("address", answer(302, b"", Location="file:///etc/passwd")),
    ],
)
def test_a_hostile_portal_costs_little_and_is_refused(web: Site, tmp_path: Path, variant: str, reply: Reply) -> None:
    source = f"ckan+{web.at('th/organization/khelang')}"
    selection = PortalSelection.of(source)
    for start in range(4):
        web.answers[selection.page_address(start).partition(f"{web.port}/")[2]] = reply
    began = time.monotonic()
    *found, last = plans_on_portal(source, tmp_path, POLICY)
    assert (last.key, last.is_unlisted) == (source, True)
    assert last.failure is not None
    assert last.failure.params["variant"] == variant
    assert [one.key for one in found] == [web.at("th/dataset/plan")] * (variant == "incomplete")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "source",
    [
        "ckan+https://data.go.th",
        "ckan+https://data.go.th/dataset",
        "ckan+https://data.go.th/dataset/plan",
        "ckan+https://data.go.th/dataset?q=plan&tags=budget",
        "ckan+https://data.go.th/organization/",
        "ckan+https://data.go.th/organization/a?organization=b",
        "ckan+https://data.go.th/dataset?tags=",
        "ckan+https://[",
        "ckan+https://data.go.th/organization/a/b",
    ],
)
def test_an_address_that_chooses_no_datasets_is_refused(source: str, tmp_path: Path) -> None:
    (found,) = plans_on_portal(source, tmp_path, POLICY)
    assert found.failure is not None
    assert found.failure.code == "portal_source_unusable"


def test_an_address_as_the_portal_shows_it_chooses_an_organisation_and_tags() -> None:
    of = PortalSelection.of
    assert of("ckan+https://a.go.th/th/organization/khelang?page=2") == ("https://a.go.th/th", "khelang", ())
    assert of("CKAN+https://a.go.th/dataset/?organization=b&tags=%E0%B8%87%E0%B8%9A&tags=x&sort=name+asc") == (
        *("https://a.go.th", "b"),
        ("งบ", "x"),
    )
    quoted = of("ckan+https://a.go.th/dataset?tags=%22+OR+a:b%5C").page_address(0)
    assert parse_qs(urlsplit(quoted).query)["fq"] == ['tags:"\\" OR a:b\\\\"']


def _resource(path: str, **more: Any) -> dict[str, Any]:
    return {"release_path": path, "version": "1.0.0", "url": f"https://a.go.th/{path}", **more}


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        (None, "dataset_no_plan"),
        (["x", None, {}], "dataset_no_plan"),
        ([{"url": "https://a.go.th/maps.zip"}], "dataset_no_plan"),
        ([_resource("plan-v1.0.0.zip")], "source_withdrawn"),
        ([_resource("plan-v1.0.0.zip"), _resource("plan-flat.csv", version="1.1.0")], "dataset_incomplete"),
        ([_resource("plan-v1.0.0.zip"), _resource("x.csv"), _resource("plan-v2.0.0.zip")], "plan-v1.0.0.zip"),
        ([{"url": "plan-v1.9.0.zip"}, {"url": "/files/plan-v1.10.0.zip?x=1"}, {"url": 5}], "plan-v1.10.0.zip"),
        ([{"url": "http://[/plan-v1.0.0.zip"}], ""),
    ],
)
def test_a_dataset_offers_its_latest_release_that_is_not_withdrawn(
    web: Site, tmp_path: Path, resources: Any, found: str
) -> None:
    source = f"ckan+{web.at('dataset?tags=plan')}"
    page = PortalSelection.of(source).page_address(0).partition(f"{web.port}/")[2]
    web.answers[page] = _listing(1, {"name": "plan", "resources": resources})
    (one,) = plans_on_portal(source, tmp_path, POLICY)
    assert one.key == web.at("dataset/plan")
    if one.archive is None:
        assert one.failure is not None
        assert one.failure.code == found
    else:
        assert one.archive.address.partition("?")[0].rpartition("/")[2] == found


def _pages(dataset: Path) -> tuple[Nation, dict[str, bytes]]:
    """The nation of a dataset, and the files of its site by path."""
    nation = nation_of(site_answers(dataset), registry=None, missing=())
    return nation, {file.path: file.content() for file in nation_files(nation, NationOptions(has_charts=False))}


def test_a_dataset_that_is_no_plan_is_no_refused_plan_on_the_pages(web: Site, tmp_path: Path) -> None:
    source = f"ckan+{web.at('dataset?tags=plan')}"
    page = PortalSelection.of(source).page_address(0).partition(f"{web.port}/")[2]
    resources = [{"url": web.at("plan-v1.0.0.zip")}]
    web.answers[page] = _listing(2, {"name": "roads"}, {"name": "plan", "resources": resources})
    rows = _gathered([source], tmp_path / "out").plans.rows
    assert {key: row["state"] for key, row in rows.items()} == {
        web.at("dataset/roads"): "skipped",
        web.at("dataset/plan"): "refused",
    }
    nation, files = _pages(tmp_path / "out")
    assert [[source.name for source in sources] for sources in (nation.refused, nation.skipped)] == [
        [web.at("dataset/plan")],
        [web.at("dataset/roads")],
    ]
    cells = re.findall(rb'<th scope="row">([^<]+)</th><td class="figure">(\d+)</td>', files["en/index.html"])
    assert {state: int(count) for state, count in cells} == {
        **dict.fromkeys((b"Taken", b"Taken with warnings", b"No longer found"), 0),
        **{b"Refused": 1, b"Skipped": 1, b"Total": len(rows)},
    }
    assert b"0 updated, 1 refused, 1 skipped" in files["en/index.html"]
    listed = [*csv.DictReader(io.StringIO(files["data/refused.csv"].decode("utf-8-sig")))]
    assert [(row["source"], row["state"]) for row in listed] == [
        (web.at("dataset/plan"), "refused"),
        (web.at("dataset/roads"), "skipped"),
    ]
    assert f'<a href="{web.at("dataset/roads")}">'.encode() in files["en/refused/index.html"]


def test_a_plan_whose_dataset_is_none_any_more_keeps_its_page(web: Site, released: Path, tmp_path: Path) -> None:
    [archive] = released.glob("*-v1.0.0.zip")
    web.answers[archive.name] = answer(200, archive.read_bytes())
    source = f"ckan+{web.at('dataset?tags=plan')}"
    page = PortalSelection.of(source).page_address(0).partition(f"{web.port}/")[2]
    web.answers[page] = _listing(1, {"name": "plan", "resources": [{"url": web.at(archive.name)}]})
    [first] = _gathered([source], tmp_path / "out").plans.rows.values()
    assert first["state"].startswith("taken"), first["reason_en"]
    web.answers[page] = _listing(1, {"name": "plan"})
    [row] = _gathered([source], tmp_path / "out").plans.rows.values()
    assert (row["state"], row["plan_id"]) == ("skipped", first["plan_id"])
    _, files = _pages(tmp_path / "out")
    assert b"found no plan at the source any more" in files[f"en/plans/{row['plan_id']}.html"]
    assert b'<th scope="row">Skipped</th><td class="figure">1</td>' in files["en/index.html"]


def test_a_plan_that_moves_to_another_source_stays_one_plan(tmp_path: Path) -> None:
    (plan,) = valid_plans(tmp_path / "packages", 1)
    first = gathered(tmp_path / "packages", tmp_path / "out").plans.rows
    moved = plan.rename(plan.with_name("moved"))
    later = gathered(tmp_path / "packages", tmp_path / "out", date(2026, 11, 29)).plans
    assert ([*later.rows], later.changes) == ([str(moved)], {str(moved): "added", str(plan): "absent"})
    assert later.rows[str(moved)]["first_success"] == DAY
    assert query(tmp_path / "out", "SELECT count(*) FROM plans").rows == [(1,)]
    assert [*first] == [str(plan)]


def test_a_folder_of_releases_is_its_latest_release(plan: Path, released: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(released, tmp_path / "all/releases"))
    correct_a_cell(plan)
    publish(plan, out)
    done = _gathered([str(tmp_path / "all")], tmp_path / "out")
    ((key, row),) = done.plans.rows.items()
    assert (key, row["version"], row["reason"]) == (str(out), "1.0.1", "")
    table = out / "v1.0.1/data/units.csv"
    table.write_bytes(table.read_bytes().replace(b"Division", b"Section"))
    done = _gathered([str(tmp_path / "all")], tmp_path / "out")
    assert (done.plans.rows[key]["reason"], done.plans.rows[key]["version"]) == ("release_damaged", "1.0.1")
