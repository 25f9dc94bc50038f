"""The files of data beside the pages of the nation: what the pages show, for spreadsheets and programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from khelang_opendata.files.serialize import csv_bytes, json_bytes
from khelang_opendata.formats.about import Both
from khelang_opendata.formats.key_figures import Money
from khelang_opendata.model.characters import harmless
from khelang_opendata.model.wording import Language
from khelang_opendata.site.nation import Nation
from khelang_opendata.site.nation_plans import Row
from khelang_opendata.site.site_texts import say

DATA = "data"

_MISSING = ("dla_code", "lao_name_th", "lao_type", "province_code")


@dataclass(frozen=True)
class NationFile:
    """A file of data: its path in the site, its content, its title, and its rows; None where it is no table."""

    path: str
    content: bytes
    title: Both
    rows: int | None

    @property
    def name(self) -> str:
        """The file name without its folder."""
        return self.path.rpartition("/")[2]

    @property
    def bytes(self) -> int:
        """Its size."""
        return len(self.content)


def data_files(nation: Nation) -> list[NationFile]:
    """The files of data of a state; without a registry there is none of those who have not published."""
    files = [
        _table("plans", _plans(nation)),
        _table("amounts", _amounts(nation)),
        _table("contradictions", _contradictions(nation)),
        _table("refused", _refused(nation)),
    ]
    if nation.whole.registered is not None:
        files.append(_table("missing", _missing(nation.whole.missing)))
    files.append(NationFile(f"{DATA}/catalog.json", json_bytes(_catalogue(nation)), _title("catalog"), None))
    offered = nation.products.items()
    return [*files, *(NationFile(f"{DATA}/{name}", content, _title(name), None) for name, content in offered)]


def _title(name: str) -> Both:
    thai, english = (say(f"file_{name}", language) for language in Language)
    return thai, english


def _table(name: str, rows: Iterable[Sequence[object]]) -> NationFile:
    """A table as CSV, in which no text is taken for a formula by a spreadsheet."""
    heading, *lines = rows
    cells = [heading, *([harmless(one) if isinstance(one, str) else one for one in line] for line in lines)]
    return NationFile(f"{DATA}/{name}.csv", csv_bytes(cells), _title(name), len(lines))


def _amount(money: Money) -> tuple[str, str]:
    """The amount without needless decimals, and whether it is the least."""
    return f"{money.thb.normalize():f}", str(money.is_least).lower()


def _plans(nation: Nation) -> Iterator[Sequence[object]]:
    yield (
        *("plan_id", "lao_name_th", "lao_name_en", "lao_type", "dla_code", "province_code", "province_th"),
        *("start_fiscal_year_be", "end_fiscal_year_be", "state", "change", "version", "schema", "source"),
        *("changed_on", "projects", "without_own_money", "planned_thb", "is_least", "indicators"),
        *("indicators_with_value", "errata", "warnings", "unexplained_warnings", "page_th", "page_en"),
    )
    for plan in nation.plans:
        about, source = plan.about, plan.source
        yield (
            *(plan.id, about["lao_name_th"], about["lao_name_en"], about["lao_type"], about["dla_code"]),
            *(about["province_code"], about["province_th"], plan.first_year, plan.last_year, source.state),
            *(source.change, about["version"], about["schema"], source.name, plan.changed_on.isoformat()),
            *(plan.projects, plan.never_funded, *_amount(plan.money.total), plan.indicators),
            *(plan.indicators_with_value, plan.errata_count, plan.warnings, plan.unexplained),
            *(f"{language}/plans/{plan.slug}.html" for language in Language),
        )


def _amounts(nation: Nation) -> Iterator[Sequence[object]]:
    yield (
        *("plan_id", "province_code", "lao_type", "dimension_code", "dimension_th", "fiscal_year_be"),
        *("planned_thb", "is_least"),
    )
    for plan in nation.plans:
        about = (plan.id, plan.about["province_code"], plan.about["lao_type"])
        for one in plan.dimensions:
            for year in sorted(one.money.by_year, key=lambda year: (year is None, year)):
                yield (*about, one.code, one.name[0] if one.code else "", year or "", *_amount(one.money.of(year)))


def _contradictions(nation: Nation) -> Iterator[Sequence[object]]:
    yield "plan_id", "kind", "code", "weight_or_severity", "count", "explained"
    for plan in nation.plans:
        for (topic, weight), count in plan.errata.items():
            yield plan.id, "erratum", topic, weight, count, ""
        for check in plan.findings:
            yield plan.id, "finding", check.code, check.severity, check.issues, check.acknowledged


def _refused(nation: Nation) -> Iterator[Sequence[object]]:
    yield "source", "state", "reason", "reason_th", "reason_en", "errors"
    for source in (*nation.refused, *nation.skipped):
        yield source.name, source.state, source.reason, *source.reason_words, source.errors


def _missing(rows: Sequence[Row]) -> Iterator[Sequence[object]]:
    names = [name for name in _MISSING if any(name in row for row in rows)] or [*_MISSING]
    yield names
    for row in rows:
        yield [str(row.get(name) or "") for name in names]


def _catalogue(nation: Nation) -> dict[str, Any]:
    heading, *rows = _plans(nation)
    plans = [{str(name): value for name, value in zip(heading, row, strict=True)} for row in rows]
    return {"snapshot": nation.snapshot, "harvested_on": nation.on.isoformat(), "plans": plans}
