"""The schemas of the tables that a release makes from those of a plan (``made_tables.yaml``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from khelang_opendata.formats.doubles import decimals_of
from khelang_opendata.formats.joins import Record
from khelang_opendata.model.thai import ERA
from khelang_opendata.model.wording import Language
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import Field, JsonObject, TableSchema

STEP = " > "
"""Separates the names of a path."""


@cache
def made_tables() -> JsonObject:
    """The descriptions of these tables."""
    content: JsonObject = yaml.safe_load(Path(__file__).with_name("made_tables.yaml").read_bytes())
    return content


def made_texts(name: str) -> JsonObject:
    """The titles and descriptions of one of these tables, or of another file, in Thai and English."""
    return {text: made_tables()[name][text] for text in ("title", "title_en", "description", "description_en")}


@dataclass(frozen=True)
class JoinedColumn:
    """A column of a made table: its descriptor, and how its value comes from the records joined in a row."""

    descriptor: JsonObject
    value: Callable[[Mapping[str, Record]], str]


def joined_columns(name: str, family: SchemaFamily, *, progress: bool = False) -> Iterator[JoinedColumn]:
    """The columns of a made table.

    Args:
        name: the table.
        family: the standard, whose fields its columns are.
        progress: whether the columns of reported progress are among them.
    """
    about = made_tables()[name]
    sources = {**about["columns"], **(about["progress_columns"] if progress else {})}
    for column, source in sources.items():
        yield from _columns_of(column, source, about["roles"], family)


def joined_rows(columns: Sequence[JoinedColumn], rows: Iterator[Mapping[str, Record]]) -> tuple[tuple[str, ...], ...]:
    """The cells of a made table from the records that each row brings together."""
    return tuple(tuple(column.value(joined) for column in columns) for joined in rows)


def made_schema(name: str, fields: Sequence[JsonObject], family: SchemaFamily) -> TableSchema:
    """The schema of a table made from the family's; its fields may name the family's codelists."""
    key = made_tables()[name]["primaryKey"]
    descriptor = {"name": name, **made_texts(name), "fields": [*fields], "missingValues": [""], "primaryKey": key}
    schema = TableSchema(descriptor, tuple(Field(field, family.folder / "codelists") for field in fields))
    sources = (field for table in family.tables.values() for field in table.fields)
    return schema.with_codes(
        {field.codelist: field.own_codes for field in sources if field.codelist and field.own_codes}
    )


def aligned(amounts: Sequence[Decimal | None]) -> list[str]:
    """Amounts as text: whole where all are, else all with as many decimals, for programs that infer types."""
    decimals = decimals_of(amounts)
    return ["" if amount is None else f"{amount:.{decimals}f}" for amount in amounts]


def year_ce(year_be: str) -> str:
    """The year of the common era in which a fiscal year ends; empty without a year."""
    return str(int(year_be) - ERA) if year_be else ""


def _columns_of(
    name: str, source: str | JsonObject, roles: Mapping[str, JsonObject], family: SchemaFamily
) -> Iterator[JoinedColumn]:
    """A column, and after a column of codes the two that explain them."""
    if not isinstance(source, str):
        yield JoinedColumn({"name": name, **source}, lambda joined: joined["made"][name])
        return
    role_name, _, column = source.partition(".")
    role = roles[role_name]
    field = family.tables[role["table"]].field_by_name[column]
    descriptor = _described(field, name, role)
    yield JoinedColumn(descriptor, lambda joined: joined[role_name].get(column, ""))
    if field.codes:
        for code_field, language in zip(_code_fields(descriptor), Language, strict=True):
            titles = {code: getattr(texts, f"title_{language}") for code, texts in field.meanings.items()}
            yield JoinedColumn(code_field, lambda joined, titles=titles: titles.get(joined[role_name].get(column), ""))  # type: ignore[misc]


def _code_fields(descriptor: JsonObject) -> list[JsonObject]:
    """The two columns beside a column of codes with the codes' titles."""
    fields = made_tables()["code_columns"]
    return [{name: text.format_map(descriptor) for name, text in field.items()} for field in fields]


def _described(field: Field, name: str, role: JsonObject) -> JsonObject:
    """The descriptor of a joined column: its texts name its table; it may be empty if a row has no match."""
    source = field.descriptor
    texts = {text: role.get(text, "") + source[text] for text in made_texts("flat")}
    optional = role.get("optional")
    constraints = {k: v for k, v in source.get("constraints", {}).items() if not (optional and k == "required")}
    return {**source, "name": name, **texts, "constraints": constraints}
