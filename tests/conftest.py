"""Fixtures: copies of the real plan and of the valid example, and the command as a user runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings

from khelang_opendata import Issue, KhelangError, SchemaFamily, validate
from khelang_opendata.validation.rules.example_copies import example_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
PLAN = ROOT / "datapackage"
STANDARD = ROOT / "schemas/anticorruption-plan/1.0.0"
EXAMPLES = STANDARD / "examples"
VALID = EXAMPLES / "valid/mae-thung-2561-2564"

SLOW_MODULES = (
    "test_browser_calls",
    "test_damaged_cells",
    "test_damaged_sheets",
    "test_descriptor_mutations",
    "test_differential",
    "test_eplan_results",
    "test_extract",
    "test_foreign_releases",
    "test_growth",
    "test_import",
    "test_import_files",
    "test_national_fetching",
    "test_national_kills",
    "test_national_mirror",
    "test_national_workers",
    "test_nothing_lost",
    "test_other_workbooks",
    "test_other_writers",
    "test_package_fuzz",
    "test_patterns",
    "test_released_workbook",
    "test_remarked_copy",
    "test_round_sheets",
    "test_text_tables",
    "test_workbook_judged",
)
"""They need nothing but time."""

UNMEASURED = {"COVERAGE_PROCESS_CONFIG": ""}
"""For the environment of a process that coverage.py leaves alone: it may not write there, or is itself in the way."""

# The same examples every time, however slow the machine is; `pytest --hypothesis-profile default` looks for others.
settings.register_profile(
    "same_every_time",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("same_every_time")

Khelang = Callable[..., "subprocess.CompletedProcess[bytes]"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as ``system`` what needs a process, a server, a browser, a written release, or much time."""
    for item in items:
        assert isinstance(item, pytest.Function)
        starts_processes = {"subprocess", "Axe", "playwright", "SiteTools"} & vars(item.module).keys()
        needs_more = {"khelang", "serve", "serve_tls", "released", "browser"} & {*item.fixturenames}
        if starts_processes or needs_more or "portal" in item.path.parent.name or item.path.stem in SLOW_MODULES:
            item.add_marker("system")


def needs(program: str) -> pytest.MarkDecorator:
    """Skip where a program is not installed, unless the surroundings promise that it is (as .ci/run does)."""
    missing = shutil.which(program) is None and not os.environ.get("KHELANG_REQUIRE_READERS")
    return pytest.mark.skipif(missing, reason=f"{program} is not installed")


@contextmanager
def examples_count_as_plans() -> Iterator[None]:
    """Let the standard's examples be released, which the program refuses."""
    with patch("khelang_opendata.validation.example_of", lambda *_: None):
        yield


@pytest.fixture(autouse=True, scope="session")
def _examples_count_as_plans() -> Iterator[None]:
    with examples_count_as_plans():
        yield


@pytest.fixture(autouse=True)
def _examples_refused(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test with the mark ``examples_refused`` sees the program as it is."""
    if request.node.get_closest_marker("examples_refused"):
        monkeypatch.setattr("khelang_opendata.validation.example_of", example_of)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A copy of the real plan that a test may spoil."""
    return Path(shutil.copytree(PLAN, tmp_path / "datapackage"))


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the small valid example that a test may spoil."""
    return Path(shutil.copytree(VALID, tmp_path / "example"))


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the one release of the real plan, which no test may spoil."""
    from tests.releases import publish  # noqa: PLC0415 (which needs this module)

    out = tmp_path_factory.mktemp("released") / "releases"
    publish(PLAN, out)
    return out


@pytest.fixture(scope="session")
def site(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of that release, which no test may spoil."""
    from tests.sites import make_site  # noqa: PLC0415 (as above)

    target = tmp_path_factory.mktemp("site") / "public"
    make_site(released, target)
    return target


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser."""
    from tests.browsers import launched  # noqa: PLC0415 (only `make test` installs playwright)

    with launched() as browser:
        yield browser


@pytest.fixture
def out(released: Path, tmp_path: Path) -> Path:
    """The same, as a test may spoil it."""
    return Path(shutil.copytree(released, tmp_path / "out"))


@pytest.fixture
def khelang(tmp_path: Path) -> Khelang:
    """Run the command line in a folder of its own, in an English locale."""

    def run(*args: str | Path, env: Mapping[str, str] | None = None, **more: Any) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "khelang_opendata", *map(str, args)]
        environment = {**os.environ, "LC_ALL": "en_US.UTF-8", **(env or {})}
        more.setdefault("cwd", tmp_path)
        return subprocess.run(command, capture_output=True, env=environment, timeout=120, check=False, **more)

    return run


@cache
def _issues_of_the_plan() -> frozenset[tuple[str, object]]:
    """The issues of the real plan without changes (a unit that leads nothing)."""
    return frozenset((i.code, i.params.get("record")) for i in validate(PLAN).issues if not i.acknowledged_by)


def issues_of(folder: Path) -> list[Issue]:
    return list(validate(folder).issues)


def new_issues_of(folder: Path, family: SchemaFamily | None = None) -> list[Issue]:
    """What is reported of a package, less what an erratum acknowledges and what the real plan has anyway."""
    found = (issue for issue in validate(folder, family=family).issues if not issue.acknowledged_by)
    return [i for i in found if (i.code, i.params.get("record")) not in _issues_of_the_plan()]


def codes_of(folder: Path) -> list[str]:
    return [issue.code for issue in new_issues_of(folder)]


def only_issue(folder: Path, family: SchemaFamily | None = None) -> Issue:
    issues = new_issues_of(folder, family)
    assert len(issues) == 1, [(i.code, i.location, dict(i.params)) for i in issues]
    return issues[0]


def edit_descriptor(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    change(descriptor)
    path.write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@contextmanager
def fails(code: str, *, match: str | None = None) -> Iterator[pytest.ExceptionInfo[KhelangError]]:
    """Expect the failure of this code, whose sentence has the text that ``match`` describes."""
    with pytest.raises(KhelangError, match=match) as caught:
        yield caught
    assert caught.value.code == code
