"""Where a user's file may be written: what the system or a name forbids is a failure, not a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from khelang_opendata.model.failures import system_errors_as
from khelang_opendata.package.datapackage import _read_bytes
from khelang_opendata.package.outputs import write_output
from tests.conftest import fails


def test_name_that_no_system_takes(tmp_path: Path) -> None:
    with fails("output_unwritable"):
        write_output(tmp_path / "a\0b", b"x")
    assert list(tmp_path.iterdir()) == []


def test_other_errors_of_values_are_not_the_system_s(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="odd"), system_errors_as("output_unwritable", tmp_path):
        raise ValueError("odd")


def test_folder_that_is_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with fails("output_unwritable"):
        write_output(tmp_path / "loop/report.txt", b"x")


PROC = Path("/proc/self")


@pytest.mark.skipif(not (PROC / "mem").exists(), reason="Linux shows a process as files there")
def test_file_that_hides_its_size_and_file_that_cannot_be_read() -> None:
    assert (PROC / "status").stat().st_size == 0
    assert b"python" in (_read_bytes(PROC / "status", 10**6) or b"")
    assert _read_bytes(PROC / "status", 20) is None
    with fails("file_unreadable"):
        _read_bytes(PROC / "mem", 20)
