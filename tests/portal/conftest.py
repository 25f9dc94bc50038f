"""Real portals as fixtures: one of each kind per test process, started when a test first asks for it.

And what is published to them: the real plan, released and released again.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from khelang_opendata.portals.publication import Publication
from tests.conftest import PLAN
from tests.portal.install import installation
from tests.portal.publishing import few
from tests.portal.server import LOADING, PLAIN, SMALL, STRICTER, THAI_GDC, Ckan, Site, Variant, portal, site
from tests.portal.services import missing
from tests.releases import copied, correct_a_cell
from tests.releases import publish as release

NEXT_DAY = date(2026, 12, 1)


def _unavailable(reason: str) -> None:
    """Skip, unless the surroundings promise that a portal can be run (as .ci/run does)."""
    if os.environ.get("KHELANG_REQUIRE_READERS"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def ckan_site() -> Iterator[Site]:
    """PostgreSQL and Redis, and CKAN installed."""
    if lacking := missing():
        _unavailable(f"a CKAN needs {', '.join(lacking)}")
    try:
        installed = installation()
    except subprocess.CalledProcessError as failure:
        _unavailable(f"CKAN cannot be installed: {(failure.stderr or b'').decode(errors='replace')[-2000:]}")
    with site(installed) as running:
        yield running


@contextmanager
def _undisturbed(ckan: Ckan) -> Iterator[Ckan]:
    """Give a portal without a fault, and take away what a test did to its connections."""
    ckan.proxy.reset()
    yield ckan
    ckan.proxy.reset()
    ckan.start_search()


def _running(variant: Variant) -> object:
    @pytest.fixture(scope="session", name=f"{variant.name}_portal")
    def run(ckan_site: Site) -> Iterator[Ckan]:
        with portal(ckan_site, variant) as running:
            yield running

    return run


thai_gdc_portal, stricter_portal, small_portal = map(_running, (THAI_GDC, STRICTER, SMALL))
loading_portal, plain_portal = map(_running, (LOADING, PLAIN))


@pytest.fixture
def ckan(thai_gdc_portal: Ckan) -> Iterator[Ckan]:
    """A portal with the Thai metadata scheme."""
    with _undisturbed(thai_gdc_portal) as portal:
        yield portal


@pytest.fixture
def stricter_ckan(stricter_portal: Ckan) -> Iterator[Ckan]:
    """A portal with another version of the scheme: other lists, another licence, a field more."""
    with _undisturbed(stricter_portal) as portal:
        yield portal


@pytest.fixture
def plain_ckan(plain_portal: Ckan) -> Iterator[Ckan]:
    """A portal without a scheme."""
    with _undisturbed(plain_portal) as portal:
        yield portal


@pytest.fixture
def small_ckan(small_portal: Ckan) -> Iterator[Ckan]:
    """A portal that takes files of one megabyte at most."""
    with _undisturbed(small_portal) as portal:
        yield portal


@pytest.fixture
def loading_ckan(loading_portal: Ckan) -> Iterator[Ckan]:
    """A portal that copies tables into its DataStore."""
    with _undisturbed(loading_portal) as portal:
        yield portal


@pytest.fixture(scope="session")
def released_again(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real plan, released again after a correction."""
    folder = tmp_path_factory.mktemp("portal")
    out, plan = copied(released, folder / "releases"), copied(PLAN, folder / "plan")
    correct_a_cell(plan)
    release(plan, out, NEXT_DAY)
    return out


@pytest.fixture(scope="session")
def first(released: Path) -> Publication:
    return few(released)


@pytest.fixture(scope="session")
def second(released_again: Path) -> Publication:
    return few(released_again)
