"""What a plan document says of the plan itself: whose it is, its years, its title, the day of its announcement."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from khelang_opendata.intake.document_wordings import meaning_of_beginning
from khelang_opendata.intake.plan_document import DocumentLine, DocumentPlace, PlanDocument, clean_text, squeezed
from khelang_opendata.model.calendar import YEARS, read_day
from khelang_opendata.model.thai import FISCAL_YEARS, ascii_text
from khelang_opendata.standard.provinces import Province, provinces

_LAO = re.compile(r"(?:องค์การบริหารส่วน(?:ตำบล|จังหวัด)|เทศบาล(?:นคร|เมือง|ตำบล)|อบต\.|อบจ\.) ?[ก-๎]{2,60}")
_SHORT_FORMS = {"อบต.": "องค์การบริหารส่วนตำบล", "อบจ.": "องค์การบริหารส่วนจังหวัด"}
_PERIOD = re.compile(r"(?<!\d)(2[45]\d\d) ?(?:-|–|—|ถึง) ?(?:พ\.ศ\. ?)?(2[45]\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(2[45]\d\d)(?!\d)")
_PLACE = re.compile(r"(?:อำเภอ|อ\.) ?([ก-๎]{2,40}) ?(?:จังหวัด|จ\.) ?([ก-๎]{2,40})")
_PROVINCE = re.compile(r"จังหวัด ?([ก-๎]{2,40})")
_DAY = re.compile(r"ประกาศ ?ณ ?วันที่ ?(.{6,60})")
_DIMENSION_COUNT = re.compile(r"มิติที่ ?(\d{1,2}(?: ?\*)?) ?(\D{0,200}?) ?จำนวน ?(\d{1,4}) ?โครงการ")
_COUNT = re.compile(r"(?:รวม|ทั้งสิ้น) ?(?:จำนวน ?)?(\d{1,4}) ?โครงการ")
_TITLE = "แผนปฏิบัติการ"
_PLAN_WORDS = ("ทุจริต", "ความโปร่งใส")
_UNSCORED = ("ไม่คิดคะแนน", "ไม่คิดเป็นคะแนน")
_LONGEST_TITLE = 300
_LONGEST_PERIOD = 10
_CAPITAL = "เมือง"


@dataclass(frozen=True)
class FoundFact:
    """A fact, where it is, and whether several places say the same."""

    value: str
    place: DocumentPlace | None
    is_repeated: bool = False


@dataclass
class PlanFacts:
    """The facts by the names of the columns of ``plans``; what was not found is missing."""

    found: dict[str, FoundFact]
    years: range | None
    province: Province | None
    dimension_counts: Mapping[str, int]
    unscored: Sequence[str]

    def value(self, name: str) -> str:
        return self.found[name].value if name in self.found else ""


def read_facts(document: PlanDocument, table_years: Sequence[int]) -> PlanFacts:
    """Find the facts of the plan.

    Args:
        document: the document.
        table_years: the years of its summary table; none where it has none.
    """
    lines = list(document.lines())
    found: dict[str, FoundFact] = {}
    lao = _lao(lines)
    if lao:
        found["lao_name_th"] = lao
        kind = meaning_of_beginning("lao_types", squeezed(lao.value))[0]
        found["lao_type"] = FoundFact(kind, lao.place, lao.is_repeated)
    years, place = _years(lines, table_years)
    if years:
        agrees = bool(table_years) and place is not None
        found["start_fiscal_year_be"] = FoundFact(str(years[0]), place, agrees)
        found["end_fiscal_year_be"] = FoundFact(str(years[-1]), place, agrees)
    if title := _title(lines, years):
        found["title_th"] = title
    province = _province(lines, found)
    _announced(lines, found)
    counts = _counts(lines, found)
    unscored = [line.text for line in lines if any(word in squeezed(line.text) for word in _UNSCORED)]
    return PlanFacts(found, years, province, counts, unscored)


def _lao(lines: Sequence[DocumentLine]) -> FoundFact | None:
    """The name that most lines consist of or begin or end with; the shortest of those, for Thai parts no words."""
    names: Counter[str] = Counter()
    places: dict[str, DocumentPlace] = {}
    for line in lines:
        for match in _LAO.finditer(line.text):
            name = "".join(match[0].split())
            for short, whole in _SHORT_FORMS.items():
                name = name.replace(short, whole)
            is_whole = match.end() == len(line.text) or not line.text[match.end()].isalpha()
            if is_whole:
                names[name] += 3 if squeezed(line.text) == squeezed(match[0]) else 1
                places.setdefault(name, line.place)
    if not names:
        return None
    best, count = max(names.items(), key=lambda pair: (pair[1], -len(pair[0])))
    return FoundFact(best, places[best], count > len(_SHORT_FORMS))


def _years(lines: Sequence[DocumentLine], table_years: Sequence[int]) -> tuple[range | None, DocumentPlace | None]:
    """The period: the years of the table, and where the text says it; without a table the first period of the text."""
    first: tuple[range, DocumentPlace] | None = None
    for line in lines:
        plain = ascii_text(line.text)
        for match in _PERIOD.finditer(plain):
            years = range(int(match[1]), int(match[2]) + 1)
            if table_years and (years[0], years[-1]) == (min(table_years), max(table_years)) if years else False:
                return years, line.place
            is_plan = _TITLE in line.text or any(word in line.text for word in _PLAN_WORDS)
            if first is None and 1 < len(years) <= _LONGEST_PERIOD and is_plan and years[0] in FISCAL_YEARS:
                first = years, line.place
    if table_years:
        return range(min(table_years), max(table_years) + 1), None
    if first:
        return first
    for line in lines:
        singles = _YEAR.findall(ascii_text(line.text)) if _TITLE in line.text else []
        if len(set(singles)) == 1:
            return range(int(singles[0]), int(singles[0]) + 1), line.place
    return None, None


def _title(lines: Sequence[DocumentLine], years: range | None) -> FoundFact | None:
    """The line that begins with the words of a plan's title and names its years; else the first that begins so."""
    candidates = []
    for line in lines:
        at = line.text.find(_TITLE)
        text = line.text[at:] if at >= 0 else ""
        is_title = at >= 0 and any(word in text for word in _PLAN_WORDS) and len(text) <= _LONGEST_TITLE
        if is_title and (at == 0 or line.text[:at].strip().endswith(("ประกาศใช้", "เรื่อง"))):
            has_years = bool(years) and str(years[0] if years else "") in ascii_text(text)
            candidates.append((not has_years, at != 0, line, text))
    if not candidates:
        return None
    _, _, line, text = min(candidates, key=lambda one: one[:2])
    return FoundFact(clean_text(text), line.place)


def _province(lines: Sequence[DocumentLine], found: dict[str, FoundFact]) -> Province | None:
    known = {province.name_th: province for province in provinces()}
    named: Counter[str] = Counter()
    for line in lines:
        for match in _PROVINCE.finditer(line.text):
            name = _longest_known(match[1], known)
            if name:
                named[name] += 1
        for match in _PLACE.finditer(line.text):
            name = _longest_known(match[2], known)
            if name and "district_th" not in found:
                district = f"{_CAPITAL}{name}" if match[1] == _CAPITAL else match[1]
                found["district_th"] = FoundFact(district, line.place)
                found["province_th"] = FoundFact(name, line.place)
    own = found["lao_name_th"].value if "lao_name_th" in found else ""
    if own.startswith(_SHORT_FORMS["อบจ."]):
        named[own.removeprefix(_SHORT_FORMS["อบจ."])] += len(lines)
    name = found["province_th"].value if "province_th" in found else next((n for n, _ in named.most_common(1)), "")
    province = known.get(name)
    if province:
        place = found["province_th"].place if "province_th" in found else None
        found["province_th"] = FoundFact(province.name_th, place)
        found["province_code"] = FoundFact(province.code, place)
    return province


def _longest_known(text: str, known: Mapping[str, Province]) -> str:
    """The province that a text without spaces begins with."""
    return max((name for name in known if text.startswith(name)), key=len, default="")


def _announced(lines: Sequence[DocumentLine], found: dict[str, FoundFact]) -> None:
    for line in lines:
        if match := _DAY.search(line.text):
            words = match[1].replace("เดือน", " ").replace("พุทธศักราช", " ")
            day = read_day(clean_text(words))
            if day and day.day and day.is_certain and day.day.year in YEARS:
                found["announced_on"] = FoundFact(day.day.isoformat(), line.place)
                return


def _counts(lines: Sequence[DocumentLine], found: dict[str, FoundFact]) -> dict[str, int]:
    """The numbers of projects that the text declares for dimensions, and for the plan."""
    counts: dict[str, int] = {}
    for line in lines:
        plain = ascii_text(line.text)
        if match := _DIMENSION_COUNT.search(plain):
            counts.setdefault(match[1].replace(" ", ""), int(match[3]))
        elif "declared_project_count" not in found and (total := _COUNT.search(plain)) and "มิติ" not in plain:
            found["declared_project_count"] = FoundFact(total[1], line.place)
    return counts
