"""The README of a release and its page of errata, in Thai and English, from templates."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment

from khelang_opendata.diff import ReleaseNote
from khelang_opendata.formats.about import creators, publisher
from khelang_opendata.formats.derived import Form
from khelang_opendata.formats.headlines import baht, entry_headlines, limit_headlines, money_headlines
from khelang_opendata.formats.key_figures import KeyFigures
from khelang_opendata.model.wording import Language
from khelang_opendata.package.edition import Edition
from khelang_opendata.render import markdown
from khelang_opendata.render.dates import thai_date
from khelang_opendata.render.templating import templates_of
from khelang_opendata.standard.tables import JsonObject

_SHOWN_ERRATA = 10
"""How many reasons for errata that affect money or responsibility the README shows."""


def readme(edition: Edition, forms: Sequence[Form], language: Language, note: ReleaseNote) -> str:
    """The README: the key figures, what the data do not show, the files, the citation, and the weightiest errata."""
    figures = KeyFigures(edition)
    return _rendered(
        f"README.{language}.md.j2",
        edition,
        money=list(money_headlines(figures)),
        entries=list(entry_headlines(figures)),
        limits=list(limit_headlines(figures)),
        largest=[(part, baht(part.money), f"{figures.per_cent(part.money):.1f}") for part in figures.by_money[:3]],
        plan=edition.plan,
        creators=creators(edition)[0 if language == Language.TH else 1],
        publisher=publisher(edition)[0 if language == Language.TH else 1],
        is_official=edition.plan["lao_name_th"] in publisher(edition)[0],
        tables=[table.schema.descriptor for table in edition.tables.values()],
        rows={name: len(table.rows) for name, table in edition.tables.items()},
        additional=edition.additional,
        forms=[form.entry for form in forms if not form.path.startswith("parquet/")],
        has_parquet=any(form.path.startswith("parquet/") for form in forms),
        errata=figures.errata,
        errata_by_weight=figures.errata_by_weight,
        heaviest=figures.heaviest_errata[:_SHOWN_ERRATA],
        note=note.note,
        released_on=edition.released_on.isoformat(),
        released_on_thai=thai_date(edition.released_on),
    )


def errata_page(edition: Edition, language: Language) -> str:
    """All contradictions of the source document by their weight."""
    fields = edition.family.tables["errata"].field_by_name
    titles = {code: (texts.title_th, texts.title_en) for code, texts in fields["topic"].meanings.items()}
    errata = [{**e, "topic_title": titles[e["topic"]]} for e in KeyFigures(edition).errata]
    weights = [
        {"title": (texts.title_th, texts.title_en), "errata": [e for e in errata if e["weight"] == code]}
        for code, texts in fields["weight"].meanings.items()
    ]
    return _rendered(f"ERRATA.{language}.md.j2", edition, weights=weights, errata=errata)


def _rendered(template: str, edition: Edition, **values: object) -> str:
    return _environment().get_template(template).render(package=edition.descriptor, **values)


def licence_text(descriptor: JsonObject) -> str:
    """The licence of the data in Thai and English, as the file ``LICENSE`` that people look for."""
    return _environment().get_template("LICENSE.j2").render(package=descriptor)


def _environment() -> Environment:
    environment = templates_of("khelang_opendata.release", escape=False)
    environment.finalize = markdown.escaped
    environment.filters.update(cell=markdown.cell, paragraph=markdown.paragraph)
    environment.globals["link"] = markdown.link
    return environment
