"""Fill the templates of the pages: words and names in the page's language, links that also work from a disk.

Every text is escaped, and every character of it shows: none runs, hides, or turns the direction of a line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import PurePosixPath
from posixpath import relpath
from urllib.parse import quote

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from khelang_opendata.formats.about import Both
from khelang_opendata.formats.headlines import baht
from khelang_opendata.formats.joins import Record
from khelang_opendata.formats.key_figures import Money
from khelang_opendata.model.characters import encodable, visible
from khelang_opendata.model.thai import ERA
from khelang_opendata.model.wording import Language
from khelang_opendata.render.dates import written_date
from khelang_opendata.render.templating import templates_of
from khelang_opendata.site.site_texts import say
from khelang_opendata.standard.family import SchemaFamily

HOME = "index.html"
ASSETS = "assets"
_KILO = 1000
_THAI = re.compile("[\u0e00-\u0e7f]")


def path_of(route: str, language: Language) -> str:
    """The path of a page in the site; Thai is the language of the first page."""
    return route if route == HOME and language is Language.TH else f"{language}/{route}"


def rendered(template: str, language: Language, route: str, values: Mapping[str, object]) -> bytes:
    """A page from a template; ``route`` is its path within the pages of its language."""
    page = environment().get_template(template).render(lang=language, route=route, **values)
    return encodable(page).encode()


def place_name(plan: Record, family: SchemaFamily) -> str:
    """The place in a local government's name, without its type: the part that a browser must not break."""
    meaning = family.tables["plans"].field_by_name["lao_type"].meanings.get(plan["lao_type"])
    kind = meaning.title_th.partition(" ")[0] if meaning is not None else ""
    return plan["lao_name_th"].removeprefix(kind).strip()


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The one environment of the pages' templates."""
    found = templates_of("khelang_opendata.site", escape=True)
    found.finalize = shown
    found.filters.update(nb=_unbroken, size=_size, quoted=quote, linkable=_linkable, number=_number, share=_share)
    found.filters["drawing"] = Markup  # a drawing of ours, whose texts are escaped
    found.globals.update(t=_say, pick=_pick, name=_name, to=_to, other=_other, asset=_asset, file=_file, code=_code)
    found.tests["contains"] = lambda values, value: value in values
    found.globals.update(baht=_baht, day=_day, years=_years, address=_address, languages=[*Language])
    return found


def shown(value: object) -> object:
    """What is filled in: a text in which every character shows, in one line; markup of ours stays."""
    if type(value) is not str or value.isprintable():
        return value
    return visible(re.sub("[\r\n\t\u2028\u2029]", " ", value))


@pass_context
def _say(context: Context, name: str, /, **params: object) -> str:
    return say(name, context["lang"], **{key: shown(value) for key, value in params.items()})


@pass_context
def _pick(context: Context, both: Both) -> str:
    """The text of a pair in the page's language."""
    return both[0 if context["lang"] is Language.TH else 1]


@pass_context
def _name(context: Context, record: Record, stem: str) -> str | Markup:
    """A record's text in the page's language; where it has none in English, the Thai one, marked as such."""
    if context["lang"] is Language.EN and record.get(f"{stem}_en"):
        return record[f"{stem}_en"]
    text = record.get(f"{stem}_th", "")
    return Markup('<span lang="th">{}</span>').format(_nb(context, text)) if _is_foreign(context, text) else text


def _is_foreign(context: Context, text: str) -> bool:
    return context["lang"] is Language.EN and _THAI.search(text) is not None


def _nb(context: Context, text: object) -> str | Markup:
    """A text in which the place's name is not broken: Chromium takes it for several words."""
    if isinstance(text, Markup):
        return text
    place, line = context.get("place_name") or "", str(shown(text))
    if not place or place not in line:
        return line
    return Markup('<wbr><span class="nb">{}</span>').format(place).join(map(escape, line.split(place)))


_unbroken = pass_context(_nb)


@pass_context
def _to(context: Context, route: str, language: Language | None = None) -> str:
    """A link to a page of the same language, or of the one given."""
    return _relative(context, path_of(route, language or context["lang"]))


@pass_context
def _other(context: Context, language: Language) -> str:
    """A link to the same page in a language."""
    return _relative(context, path_of(context["route"], language))


@pass_context
def _asset(context: Context, name: str) -> str:
    return _relative(context, f"{ASSETS}/{name}")


@pass_context
def _file(context: Context, path: str) -> str:
    """A link to a file beside the pages, such as one of a release."""
    return _relative(context, path)


def _relative(context: Context, path: str) -> str:
    here = PurePosixPath(path_of(context["route"], context["lang"])).parent
    return quote(relpath(path, here))


@pass_context
def _address(context: Context, language: Language | None = None) -> str:
    """The page's whole address, where that of the site is known; the first page's is the folder's."""
    path = path_of(context["route"], language or context["lang"])
    return f"{context['base_url']}{'' if path == HOME else quote(path)}"


@pass_context
def _code(context: Context, table: str, column: str, value: str) -> str:
    """The title of a code in the page's language."""
    meaning = context["family"].tables[table].field_by_name[column].meanings.get(value)
    return value if meaning is None else _title(meaning.title_th, meaning.title_en, context["lang"])


def _title(thai: str, english: str, language: Language) -> str:
    return thai if language is Language.TH else english or thai


@pass_context
def _baht(context: Context, money: Money | Decimal | None) -> str:
    return baht(money)[0 if context["lang"] is Language.TH else 1]


@pass_context
def _day(context: Context, day: date) -> str:
    return written_date(day, context["lang"])


@pass_context
def _years(context: Context, year: int | str) -> str:
    """A fiscal year: of the Buddhist era, in English with the Gregorian one."""
    return str(year) if context["lang"] is Language.TH else f"{year} ({int(year) - ERA})"


def _number(value: int | Decimal | str) -> str:
    """A number with its thousands apart; its decimals as they are."""
    whole, _, decimals = f"{Decimal(value):f}".partition(".")
    return f"{int(whole):,}" + (f".{decimals.rstrip('0')}" if decimals.strip("0") else "")


def _share(value: Decimal) -> str:
    return f"{value:.1f}"


def _size(count: int) -> str:
    """A file size in kB or MB."""
    return f"{max(1, round(count / _KILO))} kB" if count < _KILO**2 else f"{count / _KILO**2:.1f} MB"


def _linkable(address: object) -> bool:
    """Whether an address may become a link; ``javascript:`` and other schemes may not."""
    return str(address).startswith(("https://", "http://"))
