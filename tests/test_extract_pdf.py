"""Plan documents as PDF, printed by Chromium: the same projects are found, and what cannot be read is named."""

from __future__ import annotations

import base64
import os
import struct
import subprocess
import zlib
from importlib.util import find_spec
from pathlib import Path

import pytest

from khelang_opendata.intake.document_reading import read_document
from khelang_opendata.model.failures import DataError
from tests.conftest import needs
from tests.plan_documents import INVENTED, InventedPlan, as_html
from tests.test_extract import draft_of, projects_of, totals_of

pytestmark = [
    needs("chromium"),
    pytest.mark.skipif(
        find_spec("pypdfium2") is None and not os.environ.get("KHELANG_REQUIRE_READERS"),
        reason="pypdfium2 is not installed",
    ),
]


def printed(page: str, folder: Path) -> bytes:
    """A page as Chromium prints it."""
    (folder / "page.html").write_text(page, encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    command = ["chromium", *options, f"--print-to-pdf={folder / 'page.pdf'}", str(folder / "page.html")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "page.pdf").read_bytes()


@pytest.mark.parametrize("plan", INVENTED, ids=lambda plan: plan.name)
def test_projects_and_totals_of_a_pdf_are_those_of_the_text(plan: InventedPlan, tmp_path: Path) -> None:
    draft = draft_of(printed(as_html(plan.text), tmp_path), "plan.pdf")
    assert projects_of(draft) == list(plan.projects)
    assert totals_of(draft) == plan.totals


def _picture() -> str:
    rows = b"".join(b"\0" + b"\x7f" * 40 for _ in range(40))
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 40, 40, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    parts = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks]
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode()


def test_a_scanned_document_is_refused(tmp_path: Path) -> None:
    data = printed(f"<img style='width:100%' src='data:image/png;base64,{_picture()}'>", tmp_path)
    with pytest.raises(DataError) as raised:
        read_document(data, "scan.pdf")
    assert raised.value.params["variant"] == "scanned"


def test_a_page_that_is_a_picture_among_others_is_named(tmp_path: Path) -> None:
    picture = f"<img style='width:50%' src='data:image/png;base64,{_picture()}'>"
    data = printed(f"<meta charset=utf-8>{picture}<p style='break-before:page'>ข้อความในหน้าที่สอง", tmp_path)
    assert list(read_document(data, "plan.pdf").unread_pages) == [1]


@pytest.mark.parametrize("size", [10, 300, 2_000])
def test_a_pdf_that_is_cut_off_is_refused_or_gives_no_plan(size: int, tmp_path: Path) -> None:
    data = printed(as_html(INVENTED[1].text), tmp_path)[:size]
    with pytest.raises(DataError) as raised:
        read_document(data, "plan.pdf")
    assert raised.value.params["variant"] == "damaged"
