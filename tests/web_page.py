"""The page in Chromium, as the tests of the page use it: served with its policy, every request recorded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from playwright.sync_api import Browser, BrowserContext, Page, expect

from khelang_opendata.browser.serving import PageServer

START = 120_000
"""Milliseconds that Python may take to start where several tests share two cores."""


class Mistake(NamedTuple):
    """A cell as a clerk leaves it: its sheet, its address, and what is wrong in it."""

    sheet: str
    address: str
    wrong: str


SUMMARY, UNITS, PLAN_SHEET = "ตารางสรุป", "หน่วยงาน", "แผน"
MISTAKES = (
    Mistake(SUMMARY, "C9", "สามแสนกว่า"),
    Mistake(SUMMARY, "D10", "ยังไม่ทราบแน่"),
    Mistake(SUMMARY, "E11", "22400.505"),
    Mistake(SUMMARY, "H12", "กองที่ไม่มีอยู่"),
    Mistake(SUMMARY, "I13", "มิติที่สิบ"),
    Mistake(SUMMARY, "J14", "ภารกิจใหม่"),
    Mistake(SUMMARY, "K15", "งานประเพณี"),
    Mistake(SUMMARY, "F16", "-5000"),
    Mistake(UNITS, "C8", "ฝ่ายเล็ก"),
    Mistake("ตัวชี้วัด", "G5", "สองครั้ง"),
    Mistake("กลุ่มเป้าหมาย", "E8", "คนทั่วไปทุกคน"),
    Mistake("ความเสี่ยง", "E5", "น้อยนิด"),
)


def spoilt(workbook: Path, to: Path) -> dict[str, str]:
    """Write a workbook with the mistakes; what was in their cells, by sheet and address (``ตารางสรุป C9``)."""
    book = openpyxl.load_workbook(workbook)
    right = {}
    for sheet, address, wrong in MISTAKES:
        cell = book[sheet][address]
        right[f"{sheet} {address}"] = "" if cell.value is None else str(cell.value)
        cell.value = wrong
    book.save(to)
    return right


class Visit:
    """A visit of the page: its requests, and what the console says of it."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.asked: list[str] = []
        self.said: list[str] = []
        self.address = address
        context.on("request", lambda request: self.asked.append(request.url))
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(address)
        expect(self.page.locator("#form")).to_be_visible(timeout=START)

    def open(self, *files: Path) -> None:
        """Open files as the button does, and wait for their findings."""
        self.page.set_input_files("input[data-for=open]", [*files])
        expect(self.page.locator(".verdict")).to_be_visible(timeout=START)

    def idle(self) -> None:
        """Wait until no call runs."""
        expect(self.page.locator("#cancel")).to_have_count(0, timeout=START)

    def saved(self, selector: str, to: Path) -> Path:
        """The file that a button gives."""
        with self.page.expect_download(timeout=START) as download:
            self.page.click(selector)
        path = to / download.value.suggested_filename
        download.value.save_as(path)
        return path


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the page, served as ``khelang web`` serves it."""
    with PageServer(folder, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.address
        server.shutdown()
        thread.join()


@contextmanager
def visited(browser: Browser, address: str, width: int = 1200, **options: Any) -> Iterator[Visit]:
    """A visit with a new profile; afterwards nothing was asked of another origin, and the console is empty."""
    context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True, **options)
    visit = Visit(context, address)
    yield visit
    context.close()
    assert [url for url in visit.asked if not url.startswith((visit.address, "blob:", "data:"))] == []
    assert visit.said == []
