"""`khelang harvest` of a real portal: what was published to it comes back as plans."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata.national.harvesting import Harvest, HarvestOptions, harvest
from khelang_opendata.national.querying import query
from khelang_opendata.national.work_pool import processes
from khelang_opendata.portals.publication import Publication
from khelang_opendata.transport.fetching import FetchPolicy
from tests.conftest import VALID, Khelang
from tests.national_data import DAY, budget_in_files, state_of
from tests.portal.publishing import few, published, purged
from tests.portal.server import Ckan
from tests.releases import NAME, publish

EXAMPLE, CUT, STATISTICS, ELSEWHERE = VALID.name, "cut-plan", "road-statistics", "elsewhere"


@pytest.fixture(scope="module")
def filled(
    thai_gdc_portal: Ckan, first: Publication, released: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ckan]:
    """A portal with the real plan, the example, a release that was uploaded in part, and datasets that are no plans."""
    ckan, releases = thai_gdc_portal, tmp_path_factory.mktemp("example")
    ckan.proxy.reset()
    publish(VALID, releases)
    with ExitStack() as datasets:
        for name in (NAME, EXAMPLE, CUT, STATISTICS, ELSEWHERE):
            datasets.enter_context(purged(ckan, name))
        published(ckan, first)
        published(ckan, few(releases))
        archive = next(released.glob("*.zip")).read_bytes()
        upload(ckan, CUT, "cut-plan-v1.0.0.zip", archive[:-1000])
        upload(ckan, STATISTICS, "roads-2568.zip", archive)
        upload(ckan, ELSEWHERE, "elsewhere-v1.0.0.zip", archive, owner_org=ckan.other_org_id, tags=[])
        yield ckan


def upload(ckan: Ckan, name: str, file_name: str, data: bytes, **fields: Any) -> None:
    """Publish a file by hand, in a dataset that has the fields of the real plan."""
    shown = ckan.result("package_show", {"id": NAME})
    copied = {key: value for key, value in shown.items() if key not in ("id", "resources", "organization")}
    ckan.result("package_create", {**copied, "name": name, "title": name, "resources": [], **fields})
    resource = {"package_id": name, "name": file_name, "format": "ZIP"}
    ckan.result("resource_create", resource, files={"upload": (file_name, data)})


def gathered(source: str, out: Path) -> Harvest:
    return harvest([source], out, HarvestOptions(DAY, processes(1), fetching=FetchPolicy(allow_private=True)))


def asked(ckan: Ckan) -> list[str]:
    """The last parts of the paths that the portal was asked for since it was reset."""
    return [request.path.partition("?")[0].rpartition("/")[2] for request in ckan.proxy.requests]


def test_an_organisation_s_plans_are_taken_and_an_unchanged_one_costs_nothing(
    filled: Ckan, tmp_path: Path, second: Publication, khelang: Khelang
) -> None:
    out, source = tmp_path / "out", f"ckan+{filled.url}/organization/{filled.org}"
    rows = gathered(source, out).plans.rows
    reasons = {key.removeprefix(f"{filled.url}/dataset/"): row["reason"] for key, row in rows.items()}
    assert reasons == {NAME: "", EXAMPLE: "", CUT: "archive_refused", STATISTICS: "dataset_no_plan"}
    assert rows[f"{filled.url}/dataset/{STATISTICS}"]["state"] == "skipped"
    assert rows[f"{filled.url}/dataset/{NAME}"]["version"] == "1.0.0"
    from_portal = query(out, f"SELECT sum(amount_thb) FROM budgets WHERE plan_id = '{NAME}'").rows  # noqa: S608
    assert from_portal == [(budget_in_files([Path("datapackage")]),)]

    filled.proxy.reset()
    assert gathered(source, out).plans.changes == {}
    assert asked(filled) == ["package_search", "cut-plan-v1.0.0.zip"]

    published(filled, second)
    filled.proxy.reset()
    again = gathered(source, out)
    assert again.plans.changes == {f"{filled.url}/dataset/{NAME}": "updated"}
    assert again.plans.rows[f"{filled.url}/dataset/{NAME}"]["version"] == "1.0.1"
    assert f"{NAME}-v1.0.0.zip" not in asked(filled)

    filled.stop_search()
    before = state_of(out)
    unreached = gathered(source, out)
    assert unreached.plans.rows[source]["reason"] == "fetch_failed"
    assert unreached.plans.counts()["absent"] == 0
    filled.start_search()
    gathered(source, out)
    assert state_of(out) == before

    done = khelang("harvest", source, "--out", tmp_path / "told", "--allow-private", "--processes", "1")
    shown = done.stdout.decode()
    assert (done.returncode, done.stderr) == (1, b"")
    assert f"skipped {filled.url}/dataset/{STATISTICS} (dataset_no_plan)" in shown
    assert f"refused {filled.url}/dataset/{EXAMPLE} (source_example)" in shown
    assert f"refused {filled.url}/dataset/{CUT} (archive_refused): {filled.url}/dataset/{CUT} " in shown
    assert "4 plans: 1 taken, 0 taken with warnings, 2 refused, 1 skipped" in shown


def test_a_list_names_plans_with_a_thai_tag_page_by_page(
    filled: Ckan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("khelang_opendata.national.portal_listing._ROWS", 1)
    monkeypatch.chdir(tmp_path)
    filled.proxy.reset()
    Path("list.txt").write_text(f"ckan+{filled.url}/dataset?tags=งบประมาณ&tags=budget\n", encoding="utf-8")
    rows = gathered("list.txt", tmp_path / "out").plans.rows
    names = {key.rpartition("/")[2] for key in rows}
    assert {NAME, CUT, STATISTICS} <= names
    assert ELSEWHERE not in names
    assert asked(filled).count("package_search") == len(rows)
