"""The README of a release, in Thai and English, from templates."""

from __future__ import annotations

from datetime import date

from jinja2 import Environment, PackageLoader, StrictUndefined

from khelang_opendata.catalogue import Language
from khelang_opendata.package import Package
from khelang_opendata.render import markdown
from khelang_opendata.render.dates import thai_date
from khelang_opendata.schema import JsonObject, SchemaFamily


def readme(
    package: Package, family: SchemaFamily, descriptor: JsonObject, released_on: date, language: Language
) -> str:
    """What the data are, which tables they have, how to cite them, and what the document contradicts itself in."""
    tables = {r.name: r.table for r in package.resources}
    records = {name: [dict(zip(t.header, row, strict=True)) for row in t.rows] for name, t in tables.items()}
    template = _environment().get_template(f"README.{language}.md.j2")
    return template.render(
        package=descriptor,
        plan=records["plans"][0],
        tables=[family.tables[r.name].descriptor for r in package.resources],
        rows={name: len(rows) for name, rows in records.items()},
        errata=records.get("errata", []),
        released_on=released_on.isoformat(),
        released_on_thai=thai_date(released_on),
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("khelang_opendata.release"),
        autoescape=False,  # noqa: S701 (Markdown; cells are escaped by the filter below)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = markdown.cell
    return environment
