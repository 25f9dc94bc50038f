"""The files of a schema family that follow from its tables and rules: JSON Schema, DDL, and pages.

``python -m khelang_opendata.formats.standard_files schemas/anticorruption-plan/1.0.0`` writes them; a test compares
them with the tables.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from khelang_opendata.files.serialize import json_bytes
from khelang_opendata.formats.nested import INSIDE
from khelang_opendata.formats.sql_text import literal
from khelang_opendata.model.report import Severity
from khelang_opendata.model.wording import Language
from khelang_opendata.render import markdown, notice
from khelang_opendata.standard.family import SchemaFamily, load_family
from khelang_opendata.standard.tables import Field, JsonObject, TableSchema
from khelang_opendata.validation.catalogue import rules_of
from khelang_opendata.validation.rules.example_copies import EXAMPLES, example_texts

_ADDRESS = "https://w3id.org/khelang-opendata"
_TEXTS = ("title", "title_en", "description", "description_en")
_TYPES = {
    "sqlite": {"integer": "INTEGER", "number": "NUMERIC", "boolean": "INTEGER", "date": "TEXT"},
    "postgresql": {"integer": "INTEGER", "number": "NUMERIC", "boolean": "BOOLEAN", "date": "DATE"},
}
SEEN_BY_FRICTIONLESS = {
    *("table_missing", "encoding_not_utf8", "hash_mismatch", "limit_exceeded"),
    *("column_missing", "column_unexpected", "column_duplicate", "column_name_invalid"),
    *("cell_extra", "cell_missing", "row_blank", "row_not_data", "value_missing", "type_wrong"),
    "number_grouped",
    *("pattern_mismatch", "value_not_allowed", "value_out_of_range", "length_wrong"),
    *("key_duplicate", "reference_missing"),
}
"""The rules in whose invalid example plain frictionless finds a fault, with the schemas of the descriptor alone."""

_PLAN = {
    "title": "แผนปฏิบัติการป้องกันการทุจริตหนึ่งแผน",
    "title_en": "One anti-corruption action plan",
    "description": "รูป JSON แบบซ้อนชั้นของแผนหนึ่งแผน มีข้อมูลเดียวกับตาราง CSV ทุกตาราง "
    "แถวที่อยู่ภายในไม่ซ้ำรหัสแผนและรหัสของรายการที่บรรจุแถวนั้น ช่องที่ว่างใน CSV เป็น null ตารางที่ชุดข้อมูลไม่มีจะไม่ปรากฏ",
    "description_en": "The nested JSON form of one plan, with the same data as all the CSV tables. Nested rows do not "
    "repeat the plan id nor the id of the row that holds them. An empty CSV cell is null. A table that the package "
    "lacks is left out.",
}


def standard_files(family: SchemaFamily) -> Mapping[str, bytes]:
    """The files by their paths in the family's folder."""
    files = {"plan.schema.json": json_bytes(plan_schema(family)), EXAMPLES: json_bytes(example_texts(family))}
    files["conformance.md"] = conformance_page(family).encode()
    files |= {f"ddl/{dialect}.sql": ddl(family, dialect).encode() for dialect in _TYPES}
    return files | {f"columns.{language}.md": columns_page(family, language).encode() for language in Language}


def plan_schema(family: SchemaFamily) -> JsonObject:
    """JSON Schema (2020-12) of a plan as one nested object."""
    plans = _record_schema(family, "plans", ())
    holders = {table: holder for holder, inside in INSIDE.items() for table in inside.values()}
    definitions = {
        name: _record_schema(family, name, ("plan_id", *_id_of_holder(family, holder)))
        for name, holder in holders.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{_ADDRESS}/{family.id}/plan.schema.json",
        **plans,
        **_PLAN,
        "$defs": {name: definitions[name] for name in family.tables if name in definitions},
    }


def _id_of_holder(family: SchemaFamily, holder: str) -> tuple[str, ...]:
    return () if holder == "plans" else family.tables[holder].primary_key


def _record_schema(family: SchemaFamily, name: str, without: tuple[str, ...]) -> JsonObject:
    table, inside = family.tables[name], INSIDE.get(name, {})
    fields = [field for field in table.fields if field.name not in without]
    always = [property_ for property_, inner in inside.items() if not family.tables[inner].optional]
    return {
        **_texts(table.descriptor),
        "type": "object",
        "required": [*(field.name for field in fields), *always],
        "properties": {
            **{field.name: _value_schema(field) for field in fields},
            **{property_: _rows_schema(family.tables[inner]) for property_, inner in inside.items()},
        },
        "patternProperties": {"^x_": {}},
        "additionalProperties": False,
    }


def _value_schema(field: Field) -> JsonObject:
    constraints: JsonObject = field.descriptor.get("constraints", {})
    type_, is_required = str(field.descriptor["type"]), bool(constraints.get("required"))
    json_type = "string" if type_ == "date" else type_
    kept = ("minimum", "maximum", "pattern", "maxLength")
    limits: JsonObject = {name: constraints[name] for name in kept if name in constraints}
    if type_ == "date":
        limits = {"format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
    if json_type == "string" and "enum" not in constraints:
        limits = {"minLength": 1, **limits}
    if "enum" in constraints:
        limits = {"enum": [*constraints["enum"], *([] if is_required else [None])]}
    return {**_texts(field.descriptor), "type": json_type if is_required else [json_type, "null"], **limits}


def _rows_schema(table: TableSchema) -> JsonObject:
    least = {"minItems": table.min_rows} if table.min_rows else {}
    rows = {"type": "array", **(least if table.name == "projects" else {}), "items": {"$ref": f"#/$defs/{table.name}"}}
    return {**_texts(table.descriptor), **rows}


def _texts(descriptor: JsonObject) -> JsonObject:
    return {name: descriptor[name] for name in _TEXTS}


def ddl(family: SchemaFamily, dialect: str) -> str:
    """The family's tables as SQL statements that create them, those that others refer to first.

    Args:
        family: the family.
        dialect: ``sqlite`` or ``postgresql``.
    """
    return "\n".join(_create(table, _TYPES[dialect]) for table in family.tables.values())


def _create(table: TableSchema, types: Mapping[str, str]) -> str:
    parts = [_column(field, types) for field in table.fields]
    parts.append(f"PRIMARY KEY ({', '.join(table.primary_key)})")
    for key in table.foreign_keys:
        reference = key["reference"]
        target = f"{reference['resource'] or table.name} ({', '.join(reference['fields'])})"
        parts.append(f"FOREIGN KEY ({', '.join(key['fields'])}) REFERENCES {target}")
    body = ",\n  ".join(parts)
    return f"CREATE TABLE {table.name} (\n  {body}\n);\n"


def _column(field: Field, types: Mapping[str, str]) -> str:
    constraints: JsonObject = field.descriptor.get("constraints", {})
    parts = [field.name, types.get(str(field.descriptor["type"]), "TEXT")]
    if constraints.get("required"):
        parts.append("NOT NULL")
    checks = [*_checks(field.name, constraints)]
    return " ".join([*parts, *([f"CHECK ({' AND '.join(checks)})"] if checks else [])])


def _checks(name: str, constraints: JsonObject) -> Iterator[str]:
    if "enum" in constraints:
        yield f"{name} IN ({', '.join(map(literal, constraints['enum']))})"
    for limit, operator in (("minimum", ">="), ("maximum", "<=")):
        if limit in constraints:
            yield f"{name} {operator} {constraints[limit]}"
    if "maxLength" in constraints:
        yield f"length({name}) <= {constraints['maxLength']}"


def columns_page(family: SchemaFamily, language: Language) -> str:
    """The reference of all tables and columns in one language, in Markdown."""
    lines = [f"# {notice('columns_page', language, standard=family.id)}", ""]
    for table in family.tables.values():
        about = table.descriptor
        end = "" if language == Language.TH else "_en"
        lines += [f"## {table.name}: {about['title' + end]}", "", about["description" + end], ""]
        heading = notice("columns_heading", language)
        lines += [heading, "| --- " * (heading.count("|") - 1) + "|"]
        lines += [_row(table, field, end, language) for field in table.fields]
        lines.append("")
    return "\n".join(lines)


def _row(table: TableSchema, field: Field, end: str, language: Language) -> str:
    about, constraints = field.descriptor, field.descriptor.get("constraints", {})
    facts = [str(about["type"])]
    facts += [notice("columns_key", language)] if field.name in table.primary_key else []
    facts += [notice("columns_required", language)] if constraints.get("required") else []
    if field.codelist:
        name = "columns_open_codelist" if field.is_open else "columns_codelist"
        facts.append(notice(name, language, codelist=field.codelist))
    texts = (about["title" + end], about["description" + end], "; ".join(facts), str(about["example"]))
    return f"| `{field.name}` | {' | '.join(markdown.cell(text) for text in texts)} |"


def conformance_page(family: SchemaFamily) -> str:
    """Which rules bind, which are advice, and which of them plain frictionless checks, in Thai and then in English."""
    titles = [notice("conformance_title", language, standard=family.id) for language in Language]
    lines = [f"# {' / '.join(titles)}", ""]
    for language in Language:
        lines += [f"## {notice('conformance_language', language)}", ""]
        for paragraph in ("conformance_what", "conformance_frictionless"):
            lines += [notice(paragraph, language), ""]
        for severity in Severity:
            lines += _rules_of_severity(family, severity, language)
    return "\n".join(lines)


def _rules_of_severity(family: SchemaFamily, severity: Severity, language: Language) -> Iterator[str]:
    found = [rule for rule in rules_of(family).values() if rule.severity == severity]
    heading = notice("conformance_heading", language)
    yield from (f"### {notice(f'conformance_{severity}', language, count=len(found))}", "")
    yield from (heading, "| --- " * (heading.count("|") - 1) + "|")
    for rule in found:
        seen = notice("conformance_seen" if rule.code in SEEN_BY_FRICTIONLESS else "conformance_unseen", language)
        yield f"| `{rule.code}` | {markdown.cell(rule.title[language])} | {seen} |"
    yield ""


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for path, data in standard_files(load_family("/".join(folder.parts[-2:]))).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(data)
