"""What this program needs of the descriptor of any Data Package, as JSON Schema (2020-12); more is allowed.

The standard's own profiles are not used: they refer to each other on the network, and refuse titles and contributors
that no table depends on.
"""

from typing import Any

_TEXT = {"type": "string"}
_NAME = {"type": "string", "minLength": 1}
_NAMES = {"anyOf": [_NAME, {"type": "array", "minItems": 1, "items": _NAME}]}
_TEXTS = {"type": "array", "minItems": 1, "items": _TEXT}
_LENGTH = {"type": "integer", "minimum": 0}
_MISSING = {
    "type": "array",
    "items": {"anyOf": [_TEXT, {"type": "object", "required": ["value"], "properties": {"value": _TEXT}}]},
}
_MATCH = {"enum": ["exact", "equal", "subset", "superset", "partial"]}

_FIELD: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": _NAME,
        "type": {
            "enum": [
                *("string", "number", "integer", "boolean", "object", "array", "list", "datetime", "date", "time"),
                *("year", "yearmonth", "duration", "geopoint", "geojson", "any"),
            ]
        },
        "format": _TEXT,
        "title": _TEXT,
        "description": _TEXT,
        "constraints": {
            "type": "object",
            "properties": {
                "required": {"type": "boolean"},
                "unique": {"type": "boolean"},
                "pattern": {"type": "string", "maxLength": 5000},
                "enum": {"type": "array", "minItems": 1},
                "minLength": _LENGTH,
                "maxLength": _LENGTH,
            },
        },
        "missingValues": _MISSING,
        "trueValues": _TEXTS,
        "falseValues": _TEXTS,
        "decimalChar": _TEXT,
        "groupChar": _TEXT,
        "bareNumber": {"type": "boolean"},
        "codelist": {"type": "string", "pattern": "^[A-Za-z0-9_-]+\\.csv$", "maxLength": 100},
        "openCodelist": {"type": "boolean"},
    },
}

_FOREIGN_KEY = {
    "type": "object",
    "required": ["fields", "reference"],
    "properties": {
        "fields": _NAMES,
        "reference": {
            "type": "object",
            "required": ["fields"],
            "properties": {"resource": _TEXT, "fields": _NAMES},
        },
    },
}

TABLE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["fields"],
    "properties": {
        "name": _TEXT,
        "title": _TEXT,
        "description": _TEXT,
        "fields": {"type": "array", "minItems": 1, "items": _FIELD},
        "fieldsMatch": {"anyOf": [_MATCH, {"type": "array", "minItems": 1, "items": _MATCH}]},
        "missingValues": _MISSING,
        "primaryKey": _NAMES,
        "foreignKeys": {"type": "array", "items": _FOREIGN_KEY},
        "optional": {"type": "boolean"},
        "minRows": _LENGTH,
    },
}
"""A Table Schema (Data Package v2), with the properties that a family adds to it."""

ANY_PACKAGE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["resources"],
    "properties": {
        "name": _TEXT,
        "title": _TEXT,
        "description": _TEXT,
        "resources": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name"],
                "anyOf": [{"required": ["path"]}, {"required": ["data"]}],
                "properties": {
                    "name": _NAME,
                    "path": _NAMES,
                    "title": _TEXT,
                    "description": _TEXT,
                    "format": _TEXT,
                    "mediatype": _TEXT,
                    "encoding": _TEXT,
                    "hash": _TEXT,
                    "bytes": _LENGTH,
                    "schema": TABLE_SCHEMA,
                    "dialect": {"type": "object"},
                },
            },
        },
    },
}
"""The descriptor of a Data Package, versions 1 and 2."""
