"""Names and values as SQL has them, for every engine: they are quoted by doubling the quotation mark."""

from __future__ import annotations


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | int) -> str:
    """A text or a whole number in SQL."""
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
