"""The files of a drafted package: its tables with draft errata, and the lists for the person who reviews it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from khelang_opendata.intake import notice
from khelang_opendata.intake.answers import Answers
from khelang_opendata.intake.draft_values import Confidence, DraftValue
from khelang_opendata.intake.drafting import PlanDraft
from khelang_opendata.intake.judging import package_of_files
from khelang_opendata.intake.new_package import README, new_descriptor, whole_package
from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.intake.review_list import EXTRACTED, REVIEW, extracted_csv, in_order_of_doubt, review_csv
from khelang_opendata.model.wording import Language
from khelang_opendata.standard.family import CURRENT, SchemaFamily, load_family
from khelang_opendata.standard.provinces import Province
from khelang_opendata.validation import validate
from khelang_opendata.validation.rules.text_values import normal_text

_OF_THE_DOCUMENT = frozenset(
    {
        "amount_words_differ",
        "budget_outside_project",
        "declared_count_differs",
        "duplicate_title",
        "printed_amounts_differ",
        "printed_grand_total_differs",
        "printed_subtotal_differs",
        "printed_totals_inconsistent",
        "risk_score_differs",
        "sequence_printed_differs",
        "title_differs",
        "unit_differs",
    }
)
"""The rules that find a contradiction of the document, and not something of the package that is left to fill in."""

_LEFT_TO_FILL_IN = {
    "lao_name_th": "–",
    "lao_name_en": "–",
    "lao_type": "sao",
    "province_th": "–",
    "province_code": "TH-10",
    "district_th": "–",
    "title_th": "–",
}
"""What the plan's row has while contradictions are looked for, where the document does not say it: rules that read the
plan do not run on a row with errors."""


@dataclass(frozen=True)
class DraftedPackage:
    """The files of a package, the values to review in order of doubt, and how many there are of each confidence."""

    files: Mapping[str, bytes]
    review: Sequence[DraftValue]
    counts: Mapping[Confidence, int]
    errata: Sequence[Row]


def drafted_package(draft: PlanDraft, language: Language) -> DraftedPackage:
    """The package of a draft.

    Args:
        draft: what was read.
        language: that of the lists for the reviewer.
    """
    family = load_family(CURRENT)
    tables = {name: _normal(rows, family, name) for name, rows in draft.tables.items()}
    errata = _draft_errata(draft, tables, family)
    _note_errata(draft, errata)
    files = _files(draft, {**tables, "errata": errata}, family)
    title = tables["plans"][0]["title_th"] or draft.plan_id
    files[README] = notice("readme_draft", Language.TH, title=title, name=draft.plan_id).encode()
    review = in_order_of_doubt(draft.draft.values)
    labels = _labels(tables)
    labels |= {row["erratum_id"]: labels.get(row["record_id"], row["record_id"]) for row in errata}
    files[REVIEW] = review_csv(review, labels, family, language)
    files[EXTRACTED] = extracted_csv(draft.draft.values, labels, family, language)
    counts = {level: sum(value.confidence is level for value in draft.draft.values) for level in Confidence}
    return DraftedPackage(files, review, counts, errata)


def _normal(rows: Sequence[Row], family: SchemaFamily, table: str) -> list[Row]:
    fields = family.tables[table].field_by_name
    return [{name: normal_text(fields[name], text) for name, text in row.items()} for row in rows]


def _draft_errata(draft: PlanDraft, tables: Mapping[str, list[Row]], family: SchemaFamily) -> list[Row]:
    """A row for each contradiction of the document that validation finds.

    Its reason and its cause are empty: both are required, so that no draft is released before a person gives them.
    """
    plans = [{**row, **{k: v for k, v in _LEFT_TO_FILL_IN.items() if not row.get(k)}} for row in tables["plans"]]
    package = package_of_files(Path(draft.plan_id), _files(draft, {**tables, "plans": plans}, family))
    found: list[Row] = []
    for issue in validate(package).issues:
        if issue.code in _OF_THE_DOCUMENT and issue.erratum:
            id_ = f"{draft.plan_id}-E{len(found) + 1:02d}"
            found.append({**issue.erratum, "erratum_id": id_, "basis_th": "", "basis_en": "", "cause": ""})
    return found


def _note_errata(draft: PlanDraft, errata: Sequence[Row]) -> None:
    """Keep the draft errata among the values to review, with the places of what they are about."""
    places = {(value.table, value.record, value.year): value.wheres for value in draft.draft.values if value.wheres}
    for row in errata:
        params = {"printed": row["printed_value"] or "–", "other": row["other_value"] or "–"}
        wheres = places.get((row["resource"], row["record_id"], row["fiscal_year_be"]), ())
        sure, year = (Confidence.DOUBTFUL, "erratum_drafted"), row["fiscal_year_be"]
        draft.draft.note("errata", row["erratum_id"], "rule", row["rule"], sure, wheres, year=year, **params)


def _files(draft: PlanDraft, tables: Mapping[str, Sequence[Row]], family: SchemaFamily) -> dict[str, bytes]:
    answers = _answers(tables["plans"][0])
    names = [name for name, table in family.tables.items() if name in tables or not table.optional]
    descriptor = new_descriptor(answers, family, names)
    if draft.is_continuous:
        descriptor["conventions"] = {"sequence_printed": "continuous"}
    return whole_package(answers, tables, family, descriptor)


def _answers(plan: Row) -> Answers:
    years = int(plan["start_fiscal_year_be"]), int(plan["end_fiscal_year_be"])
    name = plan["lao_name_th"] or plan["plan_id"]
    return Answers(
        plan_id=plan["plan_id"],
        name_th=name,
        name_en=plan["lao_name_en"] or name,
        type=plan["lao_type"],
        province=Province(plan["province_code"], plan["province_th"], ""),
        district=plan["district_th"],
        first_year=years[0],
        last_year=years[1],
        title=plan["title_th"],
    )


def _labels(tables: Mapping[str, Sequence[Row]]) -> dict[str, str]:
    """What a person calls the records that values are about, by id."""
    labels = {row["project_id"]: f"{row['sequence_no']}. {row['title_th']}" for row in tables["projects"]}
    labels |= {row["dimension_id"]: f"{row['dimension_code']} {row['name_th']}" for row in tables.get("dimensions", ())}
    labels |= {row["mission_id"]: f"{row['mission_code']} {row['name_th']}" for row in tables.get("missions", ())}
    labels |= {row["risk_id"]: row["process_th"] for row in tables.get("risks", ())}
    return labels | {row["plan_id"]: row["title_th"] for row in tables["plans"]}
