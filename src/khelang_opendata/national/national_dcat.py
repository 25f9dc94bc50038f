"""The catalogue as linked data: DCAT 3 as JSON-LD, with a context of its own, so that nothing is fetched.

The terms are those of a release's own ``metadata/dcat.jsonld``. What a harvest knows of a plan beside its data is the
plan's catalogue record, with the kind of the last change as DCAT-AP writes it; counts are measurements of the Data
Quality Vocabulary (https://www.w3.org/TR/vocab-dqv/), whose metrics are named as the columns of ``packages``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from khelang_opendata.formats.metadata.facts import STANDARD, context
from khelang_opendata.national.delta_tables import DatasetSnapshot, Row
from khelang_opendata.render.dates import fiscal_year_days
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.transport.addresses import is_address, page_of

_CHANGE_TYPES = {"added": "created", "updated": "updated"}
"""The European Union's kinds of a record's change (http://purl.org/adms/changetype/), by ours."""

_METRICS = ("rows", "projects", "budget_thb", "errors", "warnings", "acknowledged", "infos")

_STATES = {
    "taken": ("รับแล้ว", "Taken."),
    "taken_with_warnings": ("รับแล้ว มีคำเตือน", "Taken with warnings."),
    "refused": ("ไม่รับเนื้อหาใหม่ ข้อมูลเป็นของเนื้อหาก่อนหน้า", "A later content is refused; the data are of an earlier one."),
    "skipped": ("แหล่งข้อมูลไม่มีแผนแล้ว ข้อมูลเป็นของเนื้อหาก่อนหน้า", "The source holds no plan any more; the data stay."),
    "absent": ("แหล่งข้อมูลไม่มีแล้ว ข้อมูลยังอยู่", "The source is gone; the data stay."),
}


def catalogue_graph(snapshot: DatasetSnapshot, packages: Sequence[Row], changes: Mapping[str, str]) -> JsonObject:
    """The plans of a state as a ``dcat:Catalog``; IRIs are relative to the folder of the dataset.

    Args:
        snapshot: the state.
        packages: the rows of the table ``packages``; those count of which the dataset holds data.
        changes: the packages that changed with the state, each with the way.
    """
    held = [row for row in packages if row["data_hash"]]
    day = _date(snapshot.harvested_on.isoformat())
    return {
        "@context": {
            **context("dcat"),
            "adms": "http://www.w3.org/ns/adms#",
            "dqv": "http://www.w3.org/ns/dqv#",
        },
        "@id": "./",
        "@type": "dcat:Catalog",
        "dct:title": _texts("แผนปฏิบัติการป้องกันการทุจริตของ อปท.", "Anti-corruption plans of Thai local governments"),
        "dct:description": _texts(
            f"แผนที่รวบรวมแล้ว {len(held)} แผน", f"{len(held)} plans as they were gathered and validated"
        ),
        "dcat:version": str(snapshot.number),
        "dct:modified": day,
        "dcat:dataset": [_dataset(row) for row in held],
        "dcat:record": [_record(row, changes.get(row["package"])) for row in held],
    }


def _dataset(row: Row) -> JsonObject:
    (first, _), (_, last) = (fiscal_year_days(row[f"{end}_fiscal_year_be"]) for end in ("start", "end"))
    years = f"{row['start_fiscal_year_be']}-{row['end_fiscal_year_be']}"
    name_en = row["lao_name_en"] or row["lao_name_th"]
    dataset: JsonObject = {
        "@id": _iri(row),
        "@type": "dcat:Dataset",
        "dct:title": _texts(
            f"แผนปฏิบัติการป้องกันการทุจริตของ{row['lao_name_th']} พ.ศ. {years}",
            f"Anti-corruption plan of {name_en}, {first.year + 1}-{last.year}",
        ),
        "dct:identifier": row["plan_id"],
        "dcat:version": row["version"],
        "dct:spatial": {
            "@type": "dct:Location",
            "dct:identifier": row["province_code"],
            "skos:prefLabel": {"@language": "th", "@value": f"{row['lao_name_th']} {row['province_th']}"},
        },
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _date(first.isoformat()),
            "dcat:endDate": _date(last.isoformat()),
        },
        "dqv:hasQualityMeasurement": [_measurement(name, row[name]) for name in _METRICS if row[name] is not None],
    }
    if row["schema"]:
        dataset["dct:conformsTo"] = {"@id": f"{STANDARD}{row['schema']}/", "@type": "dct:Standard"}
    if is_address(row["package"]):
        page = page_of(row["package"])
        dataset["dcat:landingPage"] = {"@id": quote(page, safe=":/?#[]@!$&'()*+,;=%~"), "@type": "foaf:Document"}
    return {name: value for name, value in dataset.items() if value is not None}


def _record(row: Row, change: str | None) -> JsonObject:
    """When the plan entered the catalogue, when its data changed and when they were last confirmed."""
    state = row["state"]
    record: JsonObject = {
        "@id": f"{_iri(row)}-record",
        "@type": "dcat:CatalogRecord",
        "foaf:primaryTopic": {"@id": _iri(row)},
        "dct:issued": _date(row["first_success"].isoformat()),
        "dct:modified": _date(row["changed_on"].isoformat()),
        "dct:dateAccepted": _date(row["last_success"].isoformat()),
        "dct:description": _texts(*_STATES[state]),
    }
    if change in _CHANGE_TYPES:
        record["adms:status"] = {"@id": f"http://purl.org/adms/changetype/{_CHANGE_TYPES[change]}"}
    return record


def _iri(row: Row) -> str:
    return f"#{quote(row['plan_id'], safe='')}"


def _measurement(name: str, value: Any) -> JsonObject:
    type_, text = ("xsd:decimal", f"{value:f}") if isinstance(value, Decimal) else ("xsd:integer", str(value))
    return {
        "@type": "dqv:QualityMeasurement",
        "dqv:isMeasurementOf": {"@id": f"#{name}", "@type": "dqv:Metric"},
        "dqv:value": {"@type": type_, "@value": text},
    }


def _texts(thai: str, english: str) -> list[JsonObject]:
    return [{"@language": "th", "@value": thai}, {"@language": "en", "@value": english}]


def _date(day: str) -> JsonObject:
    return {"@type": "xsd:date", "@value": day}
