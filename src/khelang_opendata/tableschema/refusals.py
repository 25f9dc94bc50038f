"""Why a table cannot be checked at all."""

from __future__ import annotations


class SchemaInvalid(ValueError):
    """A table cannot be checked at all: its schema, its dialect or its file is not what the standard asks."""
