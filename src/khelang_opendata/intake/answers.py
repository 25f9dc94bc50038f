"""The facts of a new plan as a person gives them: names, codes and years, each checked before anything is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from khelang_opendata.intake.cell_meanings import codes_like
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.spoilt_text import as_shown
from khelang_opendata.model.thai import FISCAL_YEARS, ascii_text
from khelang_opendata.package.datapackage import is_plan_name
from khelang_opendata.standard.family import load_family
from khelang_opendata.standard.provinces import Province, provinces
from khelang_opendata.standard.tables import Field

_TYPES_BY_DIGIT = {
    "2": "pao",
    "3": "city_municipality",
    "4": "town_municipality",
    "5": "subdistrict_municipality",
    "6": "sao",
}
"""The types of local governments by the first digit of the code that the Department of Local Administration gives them.

The digits 2 and 3 are the province. Three of 7,850 codes kept the digit of an earlier type, so it proves nothing.
"""

_YEARS = re.compile(r"(\d{4})\s*(?:-|–|—|ถึง|to)\s*(\d{4})")
_LONGEST_PERIOD = 20


@dataclass(frozen=True)
class Answers:
    """What a new package says of its plan; an empty text is not known yet."""

    plan_id: str
    name_th: str
    name_en: str
    type: str
    province: Province
    district: str
    first_year: int
    last_year: int
    dla_code: str = ""
    title: str = ""


def answers_of(given: Mapping[str, str]) -> Answers:
    """The facts of a new plan from texts by the names of :data:`QUESTIONS`.

    Raises:
        UsageError: a text that is needed is missing, or one is refused; the names are those of the options.
    """
    missing = [name for name, question in QUESTIONS.items() if question.needed and not given.get(name, "").strip()]
    if missing:
        raise UsageError("answers_missing", options=" ".join(f"--{name}" for name in missing))
    values = {name: question.check(given.get(name, "")) for name, question in QUESTIONS.items()}
    province, years = province_of(values["province"]), years_of(values["years"])
    if values["dla-code"] and values["dla-code"][1:3] != province.code[-2:]:
        raise UsageError("answer_refused", "dla_province", value=values["dla-code"], province=province.name_th)
    plan_id = values["plan-id"] or suggested_plan_id(values["name-en"], values["type"], years)
    return Answers(
        plan_id=_plan_id(plan_id),
        name_th=values["name-th"],
        name_en=values["name-en"],
        type=values["type"],
        province=province,
        district=values["district"],
        first_year=years[0],
        last_year=years[-1],
        dla_code=values["dla-code"],
        title=values["title"],
    )


def type_disagrees(answers: Answers) -> bool:
    """Whether the first digit of the DLA code means another type, which a few codes do rightly."""
    return bool(answers.dla_code) and _TYPES_BY_DIGIT.get(answers.dla_code[0], answers.type) != answers.type


def suggested_plan_id(name_en: str, type_: str, years: range) -> str:
    """An id of the English name without its words for the type, and the years; empty where the name has no letters."""
    title = _field("lao_type").meanings[type_].title_en if type_ in _field("lao_type").meanings else ""
    words, kind = (_words(text) for text in (name_en, title))
    if kind and words[-len(kind) :] == kind:
        words = words[: -len(kind)]
    return "-".join([*words, str(years[0]), str(years[-1])]) if words else ""


def years_of(text: str) -> range:
    """The years of a plan, from the first and the last with a hyphen between them, in digits of any script.

    Raises:
        UsageError: the text is not of this form, or the years are none of a plan.
    """
    match = _YEARS.fullmatch(ascii_text(text).strip())
    if not match:
        raise UsageError("answer_refused", "years", value=text)
    first, last = int(match[1]), int(match[2])
    if first not in FISCAL_YEARS or last not in FISCAL_YEARS or not first <= last < first + _LONGEST_PERIOD:
        raise UsageError("answer_refused", "years", value=text)
    return range(first, last + 1)


def province_of(text: str) -> Province:
    """The province of a name in Thai or English, or of a code with or without ``TH-``.

    Raises:
        UsageError: there is no such province.
    """
    sought = comparable(text).removeprefix("จังหวัด")
    for province in provinces():
        names = (*province, province.code.removeprefix("TH-"))
        if sought in (comparable(name) for name in names):
            return province
    raise UsageError("answer_refused", "province", value=text)


def _words(text: str) -> list[str]:
    return re.findall("[a-z0-9]+", text.lower().replace("organisation", "organization"))


def _field(name: str) -> Field:
    return load_family().tables["plans"].field_by_name[name]


def _name(field: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        limit = int(_field(field).descriptor["constraints"]["maxLength"])
        name = as_shown(" ".join(text.split()))
        if len(name) > limit:
            raise UsageError("answer_refused", "name", value=name[:limit], limit=limit)
        return name

    return check


def _type(text: str) -> str:
    meanings = _field("lao_type").meanings
    found = codes_like(meanings, text) if text.strip() else []
    if len(found) != 1:
        raise UsageError("answer_refused", "type", value=text, known=", ".join(meanings))
    return found[0]


def _dla_code(text: str) -> str:
    code = ascii_text(text).strip()
    if code and not re.fullmatch(str(_field("dla_code").descriptor["constraints"]["pattern"]), code):
        raise UsageError("answer_refused", "dla_code", value=text)
    return code


def _plan_id(text: str) -> str:
    if not is_plan_name(text) or len(text) > int(_field("plan_id").descriptor["constraints"]["maxLength"]):
        raise UsageError("answer_refused", "plan_id", value=text)
    return text


def _province(text: str) -> str:
    return province_of(text).code


def _years(text: str) -> str:
    years = years_of(text)
    return f"{years[0]}-{years[-1]}"


class Question(NamedTuple):
    """One fact: whether it must be given, and its check, which gives the value or raises a UsageError."""

    needed: bool
    check: Callable[[str], str]


QUESTIONS = {
    "name-th": Question(True, _name("lao_name_th")),
    "name-en": Question(True, _name("lao_name_en")),
    "type": Question(True, _type),
    "dla-code": Question(False, _dla_code),
    "province": Question(True, _province),
    "district": Question(True, _name("district_th")),
    "years": Question(True, _years),
    "title": Question(False, _name("title_th")),
    "plan-id": Question(False, lambda text: _plan_id(text.strip()) if text.strip() else ""),
}
"""The facts by the names of their options, in the order in which a person is asked."""


def facts_given(given: Mapping[str, str]) -> dict[str, str]:
    """What a user gives of a plan that is read from elsewhere, by the columns of ``plans``.

    Args:
        given: texts by the names of :data:`QUESTIONS`; any may be missing.

    Raises:
        UsageError: one is refused.
    """
    values = {name: QUESTIONS[name].check(text) for name, text in given.items()}
    facts = {column: values[name] for name, column in _COLUMNS.items() if name in values}
    if "province" in values:
        province = province_of(values["province"])
        facts |= {"province_th": province.name_th, "province_code": province.code}
    if "years" in values:
        years = years_of(values["years"])
        facts |= {"start_fiscal_year_be": str(years[0]), "end_fiscal_year_be": str(years[-1])}
    return facts


_COLUMNS = {
    "name-th": "lao_name_th",
    "name-en": "lao_name_en",
    "type": "lao_type",
    "dla-code": "dla_code",
    "district": "district_th",
    "title": "title_th",
    "plan-id": "plan_id",
}
