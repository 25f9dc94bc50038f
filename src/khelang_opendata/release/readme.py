"""The README of a release, in Thai and English, from templates."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment

from khelang_opendata.diff import ReleaseNote
from khelang_opendata.formats.about import creators, publisher
from khelang_opendata.formats.derived import Form
from khelang_opendata.formats.weighted_errata import errata_by_weight
from khelang_opendata.model.wording import Language
from khelang_opendata.package.edition import Edition
from khelang_opendata.render import markdown
from khelang_opendata.render.dates import thai_date
from khelang_opendata.render.templating import templates_of
from khelang_opendata.standard.tables import JsonObject


def readme(edition: Edition, forms: Sequence[Form], language: Language, note: ReleaseNote) -> str:
    """The README: the data, their files, the citation, and the contradictions of the source document."""
    template = _environment().get_template(f"README.{language}.md.j2")
    return template.render(
        package=edition.descriptor,
        plan=edition.plan,
        creators=creators(edition)[0 if language == Language.TH else 1],
        publisher=publisher(edition)[0 if language == Language.TH else 1],
        is_official=edition.plan["lao_name_th"] in publisher(edition)[0],
        tables=[table.schema.descriptor for table in edition.tables.values()],
        rows={name: len(table.rows) for name, table in edition.tables.items()},
        additional=edition.additional,
        forms=[form.entry for form in forms if not form.path.startswith("parquet/")],
        has_parquet=any(form.path.startswith("parquet/") for form in forms),
        errata=errata_by_weight(edition.records),
        note=note.note,
        released_on=edition.released_on.isoformat(),
        released_on_thai=thai_date(edition.released_on),
    )


def licence_text(descriptor: JsonObject) -> str:
    """The licence of the data in Thai and English, as the file ``LICENSE`` that people look for."""
    return _environment().get_template("LICENSE.j2").render(package=descriptor)


def _environment() -> Environment:
    environment = templates_of("khelang_opendata.release", escape=False)
    environment.finalize = markdown.escaped
    environment.filters.update(cell=markdown.cell, paragraph=markdown.paragraph)
    environment.globals["link"] = markdown.link
    return environment
