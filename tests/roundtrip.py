"""Editions for tests, the tables of a release rebuilt from its CSV files, and releases that are read back."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from khelang_opendata import Package, validate
from khelang_opendata.formats.flat import flat_table
from khelang_opendata.formats.made_tables import tables_made_of
from khelang_opendata.package.edition import Edition, released_tables, table_csv
from khelang_opendata.release import ReleaseOptions, build_release, draft_release
from khelang_opendata.release.readback import Tables, as_text, differing_forms, plain
from khelang_opendata.standard.family import load_family
from khelang_opendata.validation import family_of

DAY = date(2026, 11, 22)
FAMILY = load_family()


def edition_of(folder: Path) -> Edition:
    """The package of a folder as it would be released."""
    package = Package.load(folder)
    family = family_of(package)
    return Edition(family, released_tables(package, family), package.descriptor, DAY)


def flat_csv(edition: Edition) -> bytes:
    """The flat table as its file in a release."""
    return table_csv(flat_table(edition))


def made_csv(edition: Edition, name: str) -> bytes:
    """A table made from the others as its file in a release."""
    return table_csv(tables_made_of(edition)[name])


def tables_from_csv(files: Mapping[str, bytes]) -> Tables:
    """The tables of CSV files by name, read by the standard library, each value in the one form of its type."""
    found = {}
    for name, data in files.items():
        header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        fields = [FAMILY.tables[name.removesuffix(".csv")].field_by_name[column] for column in header]
        texts = [[as_text(f, f.value(cell)) for f, cell in zip(fields, row, strict=True)] for row in rows]
        found[name.removesuffix(".csv")] = [header, *texts]
    return found


def assert_released(package: Path) -> bool:
    """Whether a package is valid; then every form of its release holds its values."""
    loaded = Package.load(package)
    if not validate(loaded).valid:
        return False
    release = build_release(draft_release(loaded, ReleaseOptions(DAY, allow_warnings="x")))
    with tempfile.TemporaryDirectory() as folder:
        for path, data in release.files.items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_bytes(data)
        written = Package.load(folder)
        assert differing_forms(written) == []
        family = family_of(loaded).held
        assert plain(released_tables(written, family)) == plain(released_tables(loaded, family))
        for name, table in released_tables(loaded, family).items():
            header, *rows = csv.reader(io.StringIO(release.files[f"data/{name}.csv"].decode("utf-8-sig"), newline=""))
            assert [tuple(row) for row in rows] == list(table.rows)
            assert header == [field.name for field in table.schema.fields]
    return True
