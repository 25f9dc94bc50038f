"""Polars expressions that accept texts which are certainly valid; the column itself checks all other texts."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from khelang_opendata.tableschema.columns import JsonObject

_IN_CLASS = r"[^\\\[\]^&~|-]"
_CLASS = rf"\[\^?(?:{_IN_CLASS}-{_IN_CLASS}|{_IN_CLASS}|\\[\].-])+-?\]"
_ATOM = rf"(?:[^\\\[\](){{}}|*+?.^$]|\\[\\\[\](){{}}|*+?.^$/-]|{_CLASS})"
_PIECE = rf"(?:(?:{_ATOM}|\))(?:[*+?]|\{{\d{{1,3}}(?:,\d{{0,3}})?\}})?(?![*+?{{])|\((?:\?:)?(?![*+?{{])|\|(?![*+?{{]))"
_PLAIN = re.compile(rf"\^?(?![*+?{{])(?:{_PIECE})*\$?")
"""Patterns that mean the same to Python and to polars."""


_OF_COLUMNS = ("required", "unique")
_EXACT = 1 << 53
"""Whole numbers below it are themselves as floats."""


def accepted(name: str, field: JsonObject, missing: frozenset[str]) -> pl.Expr | None:
    """An expression that is true for texts of a column that are certainly valid; None if polars cannot decide."""
    given = field.get("constraints", {})
    constraints = {key: limit for key, limit in given.items() if key not in _OF_COLUMNS}
    match field.get("type", "any"):
        case _ if "categories" in field:
            good = None
        case "string" | "any" if field.get("format", "default") == "default":
            good = _text(pl.col(name), constraints)
        case "integer" if not {"bareNumber", "groupChar", "enum"} & {*field, *constraints}:
            good = _within(pl.col(name).cast(pl.Int64, strict=False), constraints)
        case "number" if not {"bareNumber", "groupChar", "decimalChar", "enum"} & {*field, *constraints}:
            good = _finite_within(pl.col(name).cast(pl.Float64, strict=False), constraints)
        case _:
            good = None
    if good is None or not missing:
        return good
    return good & ~is_missing(name, missing) if given.get("required") else good | is_missing(name, missing)


def is_missing(name: str, missing: frozenset[str]) -> pl.Expr:
    """Whether a text of a column means that there is no value."""
    return pl.col(name) == "" if missing == {""} else pl.col(name).is_in(sorted(missing))


def _text(text: pl.Expr, constraints: JsonObject) -> pl.Expr | None:
    good = [pl.lit(value=True)]
    for name, limit in constraints.items():
        if name == "pattern" and _is_plain(limit):
            good.append(text.str.contains(rf"\A(?:{limit})\z"))
        elif name == "maxLength":  # no text has more characters than bytes
            good.append((text.str.len_bytes() <= limit) | (text.str.len_chars() <= limit))
        elif name == "minLength":
            good.append(text.str.len_chars() >= limit)
        else:
            return None
    return pl.all_horizontal(good)


def _is_plain(pattern: str) -> bool:
    if not _PLAIN.fullmatch(pattern):
        return False
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError:
        return False
    return True


def _within(value: pl.Expr, constraints: JsonObject) -> pl.Expr | None:
    good = [value.is_not_null()]
    for name, limit in constraints.items():
        if not isinstance(limit, int) or abs(limit) >= _EXACT:
            return None
        good.append(_COMPARED[name](value, limit).fill_null(value=False))
    return pl.all_horizontal(good)


def _finite_within(value: pl.Expr, constraints: JsonObject) -> pl.Expr | None:
    """As a float is rounded, a value on a bound itself is left to be judged exactly."""
    good = [value.is_finite().fill_null(value=False)]
    for name, limit in constraints.items():
        if not isinstance(limit, int | float) or abs(limit) >= _EXACT:
            return None
        bound = float(limit)
        compared = value > bound if name in ("minimum", "exclusiveMinimum") else value < bound
        good.append(compared.fill_null(value=False))
    return pl.all_horizontal(good)


_COMPARED: dict[str, Any] = {
    "minimum": pl.Expr.ge,
    "maximum": pl.Expr.le,
    "exclusiveMinimum": pl.Expr.gt,
    "exclusiveMaximum": pl.Expr.lt,
}
