"""The codebook: every table, column and code of a release with its meaning, as a table and as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from jinja2 import Environment

from khelang_opendata.files.serialize import csv_bytes
from khelang_opendata.formats.made_tables import schemas_made_of
from khelang_opendata.model.wording import Language
from khelang_opendata.package.edition import Edition
from khelang_opendata.package.release_files import made_path, table_path
from khelang_opendata.render.dates import thai_date
from khelang_opendata.render.templating import templates_of
from khelang_opendata.standard.codelists import Code
from khelang_opendata.standard.tables import Field, JsonObject, TableSchema

_UNITS = {
    "_thb": ("บาท", "baht"),
    "_be": ("ปี พ.ศ.", "year of the Buddhist era"),
    "_ce": ("ปี ค.ศ.", "year of the common era"),
    "_months": ("เดือน", "months"),
}
_LIMITS = ("unique", "minimum", "maximum", "minLength", "maxLength", "pattern")


@dataclass(frozen=True)
class CodebookColumn:
    """One column in the codebook."""

    position: int
    field: Field
    key: bool
    refers_to: str

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def descriptor(self) -> JsonObject:
        return self.field.descriptor

    @property
    def required(self) -> bool:
        """Whether every row has a value."""
        return bool(self.descriptor.get("constraints", {}).get("required"))

    @property
    def limits(self) -> Mapping[str, Any]:
        """The constraints but ``required``, and ``enum`` if a codelist gives it."""
        constraints = self.descriptor.get("constraints", {})
        names = _LIMITS if self.codes else (*_LIMITS, "enum")
        return {name: constraints[name] for name in names if name in constraints}

    @property
    def unit(self) -> tuple[str, str]:
        """What its numbers count, in Thai and English, if the name shows it."""
        return next((unit for ending, unit in _UNITS.items() if self.name.endswith(ending)), ("", ""))

    @cached_property
    def codes(self) -> Sequence[Code]:
        return [*self.field.meanings.values()]


@dataclass(frozen=True)
class CodebookTable:
    """One table in the codebook."""

    name: str
    path: str
    descriptor: JsonObject
    columns: Sequence[CodebookColumn]
    rows: int | None = None

    @property
    def key(self) -> Sequence[str]:
        return [column.name for column in self.columns if column.key]

    @property
    def references(self) -> Sequence[CodebookColumn]:
        """The columns that refer to other rows."""
        return [column for column in self.columns if column.refers_to]


def codebook_csv(edition: Edition) -> bytes:
    """One row per column of each table, in both languages, its codes in one cell."""
    rows = [_row(table, column) for table in codebook_tables(edition) for column in table.columns]
    return csv_bytes([[*rows[0]], *(row.values() for row in rows)])


def codebook_html(edition: Edition, language: Language = Language.TH) -> bytes:
    """The codebook as one page that needs nothing but itself; this language is shown first, the reader can switch."""
    page = (
        _environment()
        .get_template("codebook.html.j2")
        .render(
            package=edition.descriptor,
            released_on=edition.released_on.isoformat(),
            released_on_thai=thai_date(edition.released_on),
            tables=codebook_tables(edition),
            languages=[language, *(other for other in Language if other is not language)],
        )
    )
    return page.encode()


def codebook_tables(edition: Edition) -> list[CodebookTable]:
    """The tables of an edition in their order, then those that are made from them."""
    tables = [_table(table_path(name), table.schema, len(table.rows)) for name, table in edition.tables.items()]
    made = schemas_made_of(edition)
    return [*tables, *(_table(made_path(edition.plan_id, name), schema) for name, schema in made.items())]


def _table(path: str, schema: TableSchema, rows: int | None = None) -> CodebookTable:
    references = {
        key["fields"][0]: f"{key['reference']['resource'] or schema.name}.{key['reference']['fields'][0]}"
        for key in schema.foreign_keys
    }
    columns = [
        CodebookColumn(position, field, field.name in schema.primary_key, references.get(field.name, ""))
        for position, field in enumerate(schema.fields, 1)
    ]
    return CodebookTable(schema.name, path, schema.descriptor, columns, rows)


def _row(table: CodebookTable, column: CodebookColumn) -> dict[str, str]:
    field, (unit_th, unit_en) = column.descriptor, column.unit
    return {
        "table": table.name,
        "table_title_th": table.descriptor["title"],
        "table_title_en": table.descriptor["title_en"],
        "position": str(column.position),
        "column": column.name,
        "title_th": field["title"],
        "title_en": field["title_en"],
        "description_th": field["description"],
        "description_en": field["description_en"],
        "type": field["type"],
        "format": field.get("format", ""),
        "required": _truth(column.required),
        "primary_key": _truth(column.key),
        "refers_to": column.refers_to,
        "constraints": "; ".join(f"{name}: {_limit(limit)}" for name, limit in column.limits.items()),
        "unit_th": unit_th,
        "unit_en": unit_en,
        "codelist": field.get("codelist", ""),
        "other_codes_allowed": _truth(field["openCodelist"]) if "codelist" in field else "",
        "codes": "\n".join(f"{code.code} = {code.title_th} / {code.title_en}" for code in column.codes),
        "example": field.get("example", ""),
    }


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _limit(limit: Any) -> str:
    if isinstance(limit, list):
        return ", ".join(map(str, limit))
    return _truth(limit) if isinstance(limit, bool) else str(limit)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = templates_of("khelang_opendata.formats", escape=True)
    environment.filters["limit"] = _limit
    return environment
