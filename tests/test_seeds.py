"""A case of a storm follows from its seed, and a failure says how the case is made again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings

from khelang_opendata.published.zip_form import zip_bytes
from tests import archive_fuzz, package_fuzz, signature_fuzz
from tests.conftest import ROOT
from tests.killing import Kill, chosen
from tests.portal_fuzz import Spoiler
from tests.seeds import again, repeatable
from tests.test_trust import DAY, FILES

SEEDS = range(1, 25)


def files_of(path: Path) -> dict[str, bytes]:
    """The files of a case as far as they can be read: no links, no devices, and none of many gigabytes."""
    found = [one for one in (path, *path.rglob("*")) if not one.is_symlink() and one.is_file()]
    return {str(one.relative_to(path)): one.read_bytes() for one in found if one.stat().st_size < 10**7}


def packages(seed: int, folder: Path) -> object:
    return files_of(package_fuzz.case(seed, folder))


def releases(seed: int, folder: Path) -> object:
    place = folder / "case"
    return archive_fuzz.spoil(FILES, zip_bytes(FILES, archive_fuzz.ROOT, DAY), seed, place), files_of(place)


def signatures(seed: int, _folder: Path) -> object:
    return signature_fuzz.randomly(seed)


def answers(seed: int, _folder: Path) -> object:
    spoiler = Spoiler(Random(seed), 0.5)  # noqa: S311 (no secret)
    return [spoiler.spoil((200, b'{"success": true, "result": {"id": "x", "tags": [1, 2]}}')) for _ in range(20)]


def kills(seed: int, _folder: Path) -> object:
    return chosen(seed, [[*range(90)], [*range(0, 90, 7)]], ["", "v1.0.0", "latest"])


@pytest.mark.parametrize("make", [packages, releases, signatures, answers, kills])
def test_case_follows_from_its_seed(make: Callable[[int, Path], object], tmp_path: Path) -> None:
    def made(name: str) -> list[object]:
        folders = [tmp_path / name / str(seed) for seed in SEEDS]
        for folder in folders:
            folder.mkdir(parents=True)
        return [make(seed, folder) for seed, folder in zip(SEEDS, folders, strict=True)]

    cases = made("once")
    assert made("again") == cases
    assert len(set(map(repr, cases))) > len(cases) / 2


def test_signatures_of_the_corpus_are_always_the_same() -> None:
    assert signature_fuzz.corpus() == signature_fuzz.corpus()
    assert signature_fuzz.refused_by_us() == signature_fuzz.refused_by_us()


def test_odd_seed_kills_before_a_step_and_even_one_at_a_moment() -> None:
    found = {seed: chosen(seed, [[1, 2, 3], [2]], ["begun"]) for seed in SEEDS}
    assert {found[seed].step for seed in SEEDS if seed % 2} == {1, 2, 3}
    assert all(found[seed] == Kill(None, "begun", found[seed].share) for seed in SEEDS if not seed % 2)
    assert len({found[seed].share for seed in SEEDS if not seed % 2}) == len(SEEDS) / 2


def test_failure_of_a_case_says_how_it_is_made_again() -> None:
    with pytest.raises(ValueError, match="odd") as caught, repeatable("package_fuzz", 77):
        raise ValueError("odd")
    assert caught.value.__notes__ == [again("package_fuzz", 77)]
    assert again("package_fuzz", 77).endswith("python -m tests.package_fuzz --cases 1 --seed 77")


@pytest.mark.parametrize("storm", ["archive_fuzz", "differential", "package_fuzz", "portal_fuzz"])
def test_command_makes_one_case_again(storm: str) -> None:
    command = [sys.executable, *again(storm, 7).split(" python ")[1].split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_properties_are_judged_by_the_same_examples_every_time(pytestconfig: pytest.Config) -> None:
    assert settings().derandomize != bool(pytestconfig.getoption("--hypothesis-profile"))
