"""The folder of a schema family that others wrote, read with care: a fault in it is a clear failure, never a crash."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from string import Formatter
from typing import Any

from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.failures import UsageError, system_errors_as
from khelang_opendata.model.wording import Language
from khelang_opendata.standard.codelists import read_codelist
from khelang_opendata.standard.data_package import TABLE_SCHEMA
from khelang_opendata.standard.formula import Formula, FormulaInvalid
from khelang_opendata.standard.tables import JsonObject, TableSchema
from khelang_opendata.tableschema.official_profile import faults

_ALWAYS_NAMED = {"resource", "row"}
"""What the text of any rule on rows may name, beside the columns of its table."""

_TEXTS = ("title", "message", "fix", "explanation")
_TEXT = {"type": "object", "required": [*Language], "additionalProperties": {"type": "string", "minLength": 1}}
_RULES = {
    "type": "object",
    "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$", "maxLength": 60},
    "additionalProperties": {
        "type": "object",
        "required": ["severity", "table", "formula", *_TEXTS, "source"],
        "properties": {
            "severity": {"enum": ["error", "warning", "info"]},
            "table": {"type": "string"},
            "formula": {"type": "string", "minLength": 1, "maxLength": 300},
            **dict.fromkeys(_TEXTS, _TEXT),
            "source": {"type": "string"},
        },
    },
}


def read_family(folder: Path) -> tuple[Mapping[str, TableSchema], Mapping[str, JsonObject]]:
    """The tables of a family by name, and the rules that it declares by code.

    Args:
        folder: as :meth:`SchemaFamily.load` describes it.

    Raises:
        UsageError: there is no such folder, it holds no table, or a file in it cannot be used.
        EnvironmentFailure: the system refuses to read a file.
    """
    if not folder.is_dir():
        raise UsageError("family_unusable", "missing", path=str(folder))
    with system_errors_as("file_unreadable", folder):
        paths = sorted((folder / "tables").glob("*.json"))
        if not paths:
            raise UsageError("family_unusable", "no_tables", path=str(folder))
        tables = {path.stem: _table(path, folder / "codelists") for path in paths}
        _check_references(tables, folder)
        rules = folder / "rules.json"
        return tables, _rules(rules, tables) if rules.is_file() else {}


def _table(path: Path, codelists: Path) -> TableSchema:
    descriptor = _checked(path, TABLE_SCHEMA)
    for fault in faults(descriptor):
        raise UsageError("family_unusable", "content", path=str(path), property=fault.pointer, reason=str(fault))
    for name in {field["codelist"] for field in descriptor["fields"] if "codelist" in field}:
        try:
            read_codelist(codelists / name)
        except (FileNotFoundError, UnicodeDecodeError, KeyError, csv.Error):
            raise UsageError("family_unusable", "codelist", path=str(codelists / name), table=path.stem) from None
    return TableSchema.of_any(path.stem, descriptor, codelists)


def _check_references(tables: Mapping[str, TableSchema], folder: Path) -> None:
    for name, table in tables.items():
        for problem in chain(table.repeated_names, table.unknown_names(tables)):
            raise UsageError("family_unusable", "key", path=str(folder / "tables" / f"{name}.json"), name=problem)


def _rules(path: Path, tables: Mapping[str, TableSchema]) -> Mapping[str, JsonObject]:
    rules: Mapping[str, JsonObject] = _checked(path, _RULES)
    for code, rule in rules.items():
        table = tables.get(rule["table"])
        if table is None:
            raise UsageError("family_unusable", "rule_table", path=str(path), code=code, name=rule["table"])
        try:
            Formula(rule["formula"], table.field_by_name)
        except FormulaInvalid as error:
            raise UsageError("family_unusable", "formula", path=str(path), code=code, near=str(error)) from None
        for text in (rule[kind][language] for kind in ("message", "fix") for language in Language):
            if not _names_in(text) <= _ALWAYS_NAMED | table.field_by_name.keys():
                raise UsageError("family_unusable", "placeholder", path=str(path), code=code, text=text)
    return rules


def _names_in(text: str) -> set[str]:
    """The names in braces; one with an attribute, a conversion or a format is none that a text may have."""
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return {""}
    return {str(name) if not spec and conversion is None else "" for _, name, spec, conversion in parts}


def _checked(path: Path, schema: JsonObject) -> Any:
    """The content of a JSON file that satisfies a JSON Schema."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 (50 ms)

    try:
        content = read_json(path.read_bytes())
    except JsonRefused as refused:
        raise UsageError("family_unusable", "json", path=str(path), reason=refused.variant) from None
    for error in Draft202012Validator(schema).iter_errors(content):
        place = re.sub(r"^\$\.?", "", error.json_path)
        raise UsageError("family_unusable", "content", path=str(path), property=place, reason=error.message[:200])
    return content
