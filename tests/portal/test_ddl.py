"""The standard's DDL on a real PostgreSQL: it takes every row of a plan, with its keys, and refuses a wrong value."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from zlib import crc32

import pytest

from khelang_opendata import Package, load_family
from khelang_opendata.package.edition import ReleasedTable, released_tables, table_csv
from tests.conftest import PLAN, STANDARD, VALID
from tests.portal.server import Site

Database = Callable[[str], str]


@pytest.fixture(params=[PLAN, VALID], ids=lambda folder: folder.name)
def tables(request: pytest.FixtureRequest) -> Mapping[str, ReleasedTable]:
    folder: Path = request.param
    return released_tables(Package.load(folder), load_family())


@pytest.fixture
def filled(ckan_site: Site, tables: Mapping[str, ReleasedTable], request: pytest.FixtureRequest) -> Database:
    """Make a database of the plan and give what executes statements in it."""
    name = f"ddl_{crc32(request.node.name.encode())}"
    ckan_site.postgres.run(f"CREATE DATABASE {name};")

    def run(sql: str) -> str:
        return ckan_site.postgres.run(sql, name)

    run((STANDARD / "ddl/postgresql.sql").read_text(encoding="utf-8"))
    for table, content in tables.items():
        rows = table_csv(content).decode("utf-8-sig")
        run(f"COPY {table} FROM STDIN WITH (FORMAT csv, HEADER);\n{rows}\\.\n")
    return run


def test_postgresql_takes_every_row_with_its_keys(filled: Database, tables: Mapping[str, ReleasedTable]) -> None:
    counts = {table: int(filled(f"SELECT count(*) FROM {table};")) for table in load_family().tables}  # noqa: S608
    assert counts == {table: len(tables[table].rows) if table in tables else 0 for table in load_family().tables}
    assert sum(counts.values()) > 100
    amounts = [row["amount_thb"] for row in tables["budgets"].records() if row["amount_thb"]]
    assert float(filled("SELECT sum(amount_thb) FROM budgets;")) == sum(map(float, amounts))


@pytest.mark.parametrize(
    "statement, refusal",
    [
        ("UPDATE budgets SET budget_status = 'perhaps';", "violates check constraint"),
        ("UPDATE projects SET lead_unit_id = 'nowhere';", "violates foreign key constraint"),
        ("UPDATE projects SET title_th = NULL;", "violates not-null constraint"),
        ("INSERT INTO plans SELECT * FROM plans;", "violates unique constraint"),
    ],
)
def test_postgresql_refuses_what_the_standard_forbids(filled: Database, statement: str, refusal: str) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        filled(statement)
    assert refusal in refused.value.stderr.decode()
