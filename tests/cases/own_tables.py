"""Tables of a package's own whose schemas, files or dialects are not what the standard asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cases import Case
from tests.edits import Edit, Found, descriptor

_DIALECT = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True}
_FIELDS: list[dict[str, Any]] = [{"name": "workshop_id", "type": "string"}, {"name": "year", "type": "year"}]
_ADDITIONAL: Found = ("resource_additional", "workshops", None, None)
_REFUSED: Found = ("descriptor_invalid", "workshops", None, None)


def _own(schema: Any, rows: str = "W1,2566\n", heading: str = "workshop_id,year", **more: Any) -> Edit:
    """A table that the package adds to those of the standard."""
    entry = {
        **{"name": "workshops", "type": "table", "title": "อบรม", "title_en": "Workshops", "description": "อบรม"},
        **{"description_en": "Workshops", "path": "data/workshops.csv", "format": "csv", "mediatype": "text/csv"},
        **{"encoding": "utf-8", "dialect": _DIALECT, "schema": schema, **more},
    }

    def edit(folder: Path) -> None:
        (folder / "data/workshops.csv").write_text(f"{heading}\n{rows}", encoding="utf-8")
        descriptor(lambda package: package["resources"].append(entry))(folder)

    return edit


def _schema(field: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"fields": [{**_FIELDS[0], **(field or {})}, _FIELDS[1]], **more}


CASES = (
    Case("an own table", _own(_schema()), (_ADDITIONAL,)),
    Case("required beside constraints", _own(_schema({"required": True})), (_REFUSED,)),
    Case("missing values as a text", _own(_schema(missingValues="n/a")), (_REFUSED,)),
    Case("a pattern that is a number", _own(_schema({"constraints": {"pattern": 5}})), (_REFUSED,)),
    Case("a pattern that is none", _own(_schema({"constraints": {"pattern": "("}})), (_ADDITIONAL, _REFUSED)),
    Case("a bound of a text", _own(_schema({"constraints": {"minimum": "W1"}})), (_REFUSED,)),
    Case("a number of rows as a text", _own(_schema(minRows="2")), (_REFUSED,)),
    Case("unique keys as a text", _own(_schema(uniqueKeys=["year"])), (_REFUSED,)),
    Case("two schemas' faults", _own(_schema({"title": 5, "format": "wkt"})), (_REFUSED, _REFUSED)),
    Case(
        "a unique key twice",
        _own(_schema(uniqueKeys=[["workshop_id", "year"]]), "W1,2566\nW1,\nW1,\nW1,2566\n"),
        (("key_duplicate", "workshops", 5, None), _ADDITIONAL),
    ),
    Case(
        "a primary key with an empty part",
        _own(_schema(primaryKey=["workshop_id", "year"]), "W1,2566\nW2,\n"),
        (_ADDITIONAL, ("value_missing", "workshops", 3, "year")),
    ),
    Case(
        "a category that there is not",
        _own(_schema({"categories": ["W1", "W2"]}), "W1,2566\nW3,2567\n"),
        (_ADDITIONAL, ("value_not_allowed", "workshops", 3, "workshop_id")),
    ),
    Case("a year in Thai digits", _own(_schema(), "W1,๒๕๖๖\n"), (_ADDITIONAL, ("thai_digits", "workshops", 2, "year"))),
    Case(
        "columns in another order",
        _own(_schema(fieldsMatch="equal"), "2566,W1\n", "year,workshop_id"),
        (_ADDITIONAL,),
    ),
    Case(
        "a dialect with comments",
        _own(_schema(), "#,\nW1,2566\n", dialect={**_DIALECT, "commentChar": "#"}),
        (_REFUSED, _ADDITIONAL),
    ),
    Case(
        "a remote table",
        _own(_schema(), path="https://example.org/w.csv"),
        (_REFUSED, _ADDITIONAL, ("table_unlisted", None, None, None)),
    ),
    Case(
        "a schema at an address",
        _own("https://example.org/schema.json"),
        (("descriptor_invalid", None, None, None),),
    ),
)
