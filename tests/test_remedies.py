"""Every mechanical remedy, followed to the letter, brings a package nearer to validity and loses no right cell."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable
from pathlib import Path

import pytest

from khelang_opendata import Issue, Report, Severity, rules, validate
from tests import remedies
from tests.cases import Case
from tests.conftest import EXAMPLES
from tests.edits import spoilt
from tests.test_cases import CASES
from tests.test_examples import INVALID, lay_over_base


def test_every_rule_says_whether_its_remedy_is_mechanical() -> None:
    mechanical = {code for code, _ in (*remedies.SHEETS, *remedies.FILES)}
    assert mechanical | remedies.ALL_BY_HAND == set(rules())
    assert not mechanical & remedies.ALL_BY_HAND
    assert remedies.BY_HAND.keys() <= mechanical


def test_every_variant_of_a_mechanical_rule_does_so() -> None:
    mechanical = {*remedies.SHEETS, *remedies.FILES}
    declared = mechanical | {(code, variant) for code, all_ in remedies.BY_HAND.items() for variant in all_}
    known = set()
    for code in {code for code, _ in mechanical}:
        entry = rules()[code].entry
        known |= {(code, variant) for variant in entry.variants} | ({(code, None)} if entry.wording else set())
    assert declared == known


@pytest.mark.parametrize("case", [case for case in CASES if case.expected], ids=str)
def test_a_case_is_nearer_once_its_remedies_are_followed(case: Case, tmp_path: Path) -> None:
    _follow(spoilt(case.source, tmp_path / "damaged", case.edit), case.source, tmp_path)


@pytest.mark.parametrize("fragment", INVALID, ids=lambda path: path.name)
def test_an_invalid_example_is_nearer_once_its_remedies_are_followed(fragment: Path, tmp_path: Path) -> None:
    about = json.loads((fragment / "example.json").read_text(encoding="utf-8"))
    if "generate" not in about and "schema" not in about:
        _follow(lay_over_base(fragment, about, tmp_path / "damaged"), EXAMPLES / "valid" / about["base"], tmp_path)


def _follow(damaged: Path, source: Path, folder: Path) -> None:
    """Follow the remedies of each kind by themselves, and of all."""
    before = validate(damaged)
    kinds: dict[object, list[Issue]] = {}
    for issue in filter(remedies.is_mechanical, before.issues):
        kinds.setdefault((remedies.key_of(issue), issue.location.resource, issue.params.get("path")), []).append(issue)
    together = [[issue for issues in kinds.values() for issue in issues]] if len(kinds) > 1 else []
    for number, issues in enumerate([*kinds.values(), *together]):
        target = remedies.copied(damaged, folder / f"followed-{number}")
        remedies.apply(target, issues)
        _assert_nearer(before, validate(target), issues)
        _assert_nothing_lost(source, damaged, target)


def _assert_nearer(before: Report, after: Report, followed: Iterable[Issue]) -> None:
    """Nothing is wrong that was not; a rule that errors kept from judging may now find what was there before."""
    waited = {rule.code for rule in before.not_judged}
    found, left = (_errors(report, waited) for report in (before, after))
    assert left.keys() <= found.keys()
    if any(issue.severity is Severity.ERROR for issue in followed):
        assert left.total() < found.total()
    for code in {issue.code for issue in followed}:
        assert after.counts_by_code.get(code, 0) < before.counts_by_code[code]


def _errors(report: Report, waited: Container[str]) -> Counter[str]:
    errors = (issue.code for issue in report.issues if issue.severity is Severity.ERROR)
    return Counter(code for code in errors if code not in waited)


def _assert_nothing_lost(source: Path, damaged: Path, followed: Path) -> None:
    """What the undamaged package has, and the damage left, is still there."""
    right, left, kept = (Counter(remedies.cells_of(folder)) for folder in (source, damaged, followed))
    assert (right & left) - kept == Counter()
