"""The copy of the dataset in object storage, on a real server that speaks S3."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from obstore.store import S3Store

from khelang_opendata.national.mirrored_dataset import mirror
from tests.conftest import ROOT, Khelang, fails
from tests.national_data import budget_in_files, gathered, valid_plans
from tests.s3_server import s3_server

BUCKET = "s3://plans"


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, str]]:
    with s3_server() as environment:
        yield environment


@pytest.fixture
def storage(server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, value in server.items():
        monkeypatch.setenv(name, value)
    return server


def shown(storage: dict[str, str], prefix: str) -> tuple[int, Any]:
    """The number of the state that a reader sees in the copy, and the sum of its budgets, read from there by polars."""
    store = S3Store("plans", prefix=prefix, client_options={"allow_http": True})
    snapshot = json.loads(bytes(store.get("snapshot.json").bytes()))
    options = {**storage, "AWS_ALLOW_HTTP": "true"}
    frame = pl.scan_delta(
        f"{BUCKET}/{prefix}/tables/budgets", version=snapshot["tables"]["budgets"], storage_options=options
    )
    return snapshot["snapshot"], frame.select(pl.col("amount_thb").sum()).collect().item()


def _mirror_until(number: int, out: str, address: str) -> None:
    """Copy, and kill this process before the given request that puts a file."""
    sent = []
    put = S3Store.put

    def killing(self: S3Store, *args: Any, **options: Any) -> Any:
        sent.append(args)
        if len(sent) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return put(self, *args, **options)

    with patch.object(S3Store, "put", killing):
        mirror(Path(out), address)


def test_readers_of_the_copy_see_whole_states_and_a_killed_copy_goes_on(
    storage: dict[str, str], tmp_path: Path, khelang: Khelang
) -> None:
    sources, out, address = tmp_path / "packages", tmp_path / "out", f"{BUCKET}/national"
    *plans, later = valid_plans(sources, 3)
    later = later.rename(tmp_path / later.name)
    first, both = budget_in_files(plans), budget_in_files([*plans, later])
    done = khelang("harvest", "packages", "--out", "out", "--processes", "1", "--mirror", address)
    assert (done.returncode, done.stderr) == (0, b"")
    assert f"files copied to {address}" in done.stdout.decode()
    assert b"kept-secret" not in done.stdout
    assert shown(storage, "national") == (1, first)

    later.rename(sources / later.name)
    gathered(sources, out)
    for number in (1, 20):
        code = f"from tests.test_national_mirror import _mirror_until as f; f({number}, {str(out)!r}, {address!r})"
        killed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
        assert killed.returncode == -signal.SIGKILL
        assert shown(storage, "national") == (1, first)
    assert mirror(out, address) > 0
    assert shown(storage, "national") == (2, both)
    mine = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    store = S3Store("plans", prefix="national", client_options={"allow_http": True})
    there = {entry["path"] for entries in store.list() for entry in entries}
    assert there == {name for name in mine if not name.startswith(".")}


def test_a_copy_of_another_dataset_or_meanwhile_is_refused(storage: dict[str, str], tmp_path: Path) -> None:
    valid_plans(tmp_path / "packages", 2)
    for name in ("one", "two"):
        gathered(tmp_path / "packages", tmp_path / name)
    address = f"{BUCKET}/guarded"
    mirror(tmp_path / "one", address)
    (tmp_path / "two/snapshots/000001.json").write_text("{}")
    with fails("mirror_foreign"):
        mirror(tmp_path / "two", address)
    gathered(tmp_path / "packages", tmp_path / "one")
    put = S3Store.put

    def racing(self: S3Store, name: str, *args: Any, **options: Any) -> Any:
        if name == "snapshot.json":
            put(self, name, b"{}")
        return put(self, name, *args, **options)

    with patch.object(S3Store, "put", racing), fails("mirror_changed"):
        mirror(tmp_path / "one", address)


def test_a_storage_that_refuses_and_a_wrong_address_are_failures(
    storage: dict[str, str], tmp_path: Path, khelang: Khelang, monkeypatch: pytest.MonkeyPatch
) -> None:
    valid_plans(tmp_path / "packages", 1)
    gathered(tmp_path / "packages", tmp_path / "out")
    with fails("mirror_failed"):
        mirror(tmp_path / "out", "s3://no-such-bucket/national")
    for address in ("s3://", "https://plans/x", "s3://plans/../x", "s3://plans/a?b", "s3://UPPER/x"):
        with fails("mirror_address"):
            mirror(tmp_path / "out", address)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:no port")
    with fails("mirror_endpoint"):
        mirror(tmp_path / "out", f"{BUCKET}/national")
    done = khelang("harvest", "packages", "--out", "s3://plans/national")
    assert (done.returncode, b"use --mirror s3://plans/national to copy" in done.stderr) == (2, True)
    assert not (tmp_path / "s3:").exists()
