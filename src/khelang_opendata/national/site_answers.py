"""What the pages of the nation show, asked of the dataset in one state: rows by the name of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.failures import DataError, UsageError
from khelang_opendata.national.delta_tables import NationalDataset
from khelang_opendata.national.national_products import CATALOG, GRAPH, QUALITY
from khelang_opendata.national.querying import read_only

Row = dict[str, Any]

_OFFERED = {GRAPH: "dcat:version", QUALITY: "snapshot"}
"""Files of the dataset that the site has a copy of, with the name of the number of their state."""

SHOWN_ISSUES = 3
"""Messages that a page quotes for each rule and plan."""

_ANSWERS: Mapping[str, str] = {
    "packages": "SELECT * FROM packages ORDER BY package",
    "plans": """
        SELECT plan_id, title_th, title_en, district_th, announced_on, revision_of FROM plans ORDER BY plan_id""",
    # A project has money where an amount is above zero or not known, as on the site of its plan.
    "projects": """
        SELECT plan_id, coalesce(dimension_id, '') AS dimension_id, count(*) AS projects,
            count(*) FILTER (WHERE NOT coalesce(has_money, false)) AS never_funded,
            count(*) FILTER (WHERE NOT coalesce(has_money, false) AND coalesce(is_shared, false)) AS shared
        FROM projects LEFT JOIN (
            SELECT plan_id, project_id, bool_or(amount_thb > 0 OR budget_status = 'unknown') AS has_money,
                bool_or(budget_status = 'shared') AS is_shared
            FROM budgets GROUP BY ALL
        ) USING (plan_id, project_id)
        GROUP BY ALL ORDER BY ALL""",
    "dimensions": """
        SELECT plan_id, dimension_id, dimension_code, name_th, name_en, scored FROM dimensions
        ORDER BY plan_id, dimension_code""",
    "amounts": """
        SELECT plan_id, coalesce(dimension_id, '') AS dimension_id, fiscal_year_be,
            coalesce(sum(amount_thb), 0) AS amount_thb, bool_or(budget_status = 'unknown') AS is_least
        FROM budgets JOIN projects USING (plan_id, project_id) GROUP BY ALL ORDER BY ALL""",
    "indicators": """
        SELECT plan_id, count(*) AS indicators, count("value") AS with_value FROM indicators
        GROUP BY plan_id ORDER BY plan_id""",
    "errata": """
        SELECT plan_id, topic, weight, count(*) AS errata FROM errata GROUP BY ALL ORDER BY ALL""",
    "issues": f"""
        SELECT package, code, severity, count(*) AS issues,
            count(*) FILTER (WHERE acknowledged_by IS NOT NULL) AS acknowledged,
            list(message_th ORDER BY number)[:{SHOWN_ISSUES}] AS messages_th,
            list(message_en ORDER BY number)[:{SHOWN_ISSUES}] AS messages_en
        FROM issues WHERE severity <> 'info' GROUP BY ALL ORDER BY package, issues DESC, code""",  # noqa: S608 (a number of ours)
}


@dataclass(frozen=True)
class SiteAnswers:
    """The answers of one state.

    Attributes:
        snapshot: the number of the state.
        harvested_on: the day of its harvest.
        rows: the rows of each answer.
        changes: the packages that changed with the state, each with the way: added, updated, refused, skipped, absent.
        before: the rows of the table ``packages`` in the state before, by package; of those that changed.
        products: files of the dataset, by name, that name no folder of the computer: the pages offer them.
    """

    snapshot: int
    harvested_on: date
    rows: Mapping[str, list[Row]]
    changes: Mapping[str, str]
    before: Mapping[str, Row]
    products: Mapping[str, bytes]


def site_answers(folder: Path) -> SiteAnswers:
    """Ask a dataset for what its pages show.

    Args:
        folder: the folder of the dataset.

    Raises:
        UsageError: it holds no dataset.
        DataError: its catalogue is damaged, or of another state because a harvest runs or was stopped.
        ExtraMissing: the libraries of the extra ``national`` are not installed.
    """
    with read_only(folder) as sql:
        (number, on) = sql.execute("SELECT snapshot, harvested_on FROM dataset").fetchall()[0]
        rows = {}
        for name, question in _ANSWERS.items():
            found = sql.execute(question)
            columns = [column[0] for column in found.description or ()]
            rows[name] = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    changes = _changes(folder / CATALOG, number)
    before = {row["package"]: row for row in _earlier(folder, number - 1) if row["package"] in changes}
    return SiteAnswers(number, on, rows, changes, before, {name: _product(folder / name, number) for name in _OFFERED})


def _earlier(folder: Path, number: int) -> list[Row]:
    """The plans of an earlier state; none where the history of the dataset was removed."""
    dataset = NationalDataset(folder)
    try:
        return dataset.packages(dataset.snapshot(number)) if number else []
    except UsageError:
        return []


def _product(place: Path, number: int) -> bytes:
    """A file that is made of the state of this number."""
    try:
        content = place.read_bytes()
        made_of = read_json(content)[_OFFERED[place.name]]
    except (OSError, JsonRefused, KeyError, TypeError):
        raise DataError("dataset_unfinished", path=str(place)) from None
    if str(made_of) != str(number):
        raise DataError("dataset_unfinished", path=str(place))
    return content


def _changes(place: Path, number: int) -> dict[str, str]:
    try:
        catalogue = read_json(place.read_bytes())
        listed = {str(key): str(name) for name, keys in catalogue["changes"].items() for key in keys}
        made_of = catalogue["snapshot"]
    except (OSError, JsonRefused, KeyError, TypeError, AttributeError):
        raise DataError("dataset_unfinished", path=str(place)) from None
    if made_of != number:
        raise DataError("dataset_unfinished", path=str(place))
    return listed
