"""A release's tables as Parquet, one file each, written if polars (the extra ``large``) is installed.

Amounts are doubles, not decimals: pandas shows decimals as objects that most of its functions refuse, and a double
gives back every number of up to 15 digits. Text that is empty in the CSV is null, as in every typed form.
"""

from __future__ import annotations

import io
from decimal import Decimal
from importlib.util import find_spec
from typing import TYPE_CHECKING

from khelang_opendata.formats.doubles import held_values
from khelang_opendata.package.edition import Edition, ReleasedTable

if TYPE_CHECKING:
    import polars as pl


def is_available() -> bool:
    """Whether polars is installed; without it a release has no Parquet files."""
    return find_spec("polars") is not None


def parquet(edition: Edition) -> dict[str, bytes]:
    """The edition's tables as Parquet files by table; nothing without polars. DataError as of the database.

    The bytes are the same for the same version of polars, which the lock file names.
    """
    if not is_available():
        return {}
    return {name: _file(table) for name, table in edition.tables.items()}


def _file(table: ReleasedTable) -> bytes:
    import polars as pl  # noqa: PLC0415 (heavy, and an extra)

    types: dict[str, pl.DataType] = {
        "integer": pl.Int64(),
        "number": pl.Float64(),
        "boolean": pl.Boolean(),
        "date": pl.Date(),
    }
    schema = {f.name: types.get(f.descriptor["type"], pl.String()) for f in table.schema.fields}
    rows = [tuple(float(cell) if isinstance(cell, Decimal) else cell for cell in row) for row in held_values(table)]
    stream = io.BytesIO()
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(stream, compression="zstd", statistics=True)
    return stream.getvalue()
