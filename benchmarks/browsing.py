"""The page in Chromium, one kind of visit in a process of its own: ``python -m benchmarks.browsing KIND [FILE]``.

The line is slow at the server, and the processor is slow for all processes of the browser: what a debugging session
limits reaches the page, but not the worker that Python runs in. The clock is the page's.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.measure import ROOT, descendants, peak_of
from benchmarks.slow_line import SLOWER, SlowPageServer
from khelang_opendata.browser.serving import PageServer
from tests.browsers import launched

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

BUILT = ROOT / "build/web"
_TURN = 0.04
"""Seconds of a turn of the slow processor: the browser runs in one part of it, and is stopped in the others."""
_CHECKS = 5
_LIMIT = 600_000

_WATCH = """
new MutationObserver((_, watch) => {
  if (!document.querySelector("#form")) return;
  globalThis.khelangReady = performance.now();
  watch.disconnect();
}).observe(document, { childList: true, subtree: true });
"""
_TIMED = """(shown) => {
  globalThis.khelangTimed = new Promise((take) => {
    const begin = (event) => {
      const began = performance.now();
      new MutationObserver((_, watch) => {
        if (!document.querySelector(shown)) return;
        watch.disconnect();
        take(performance.now() - began);
      }).observe(document, { childList: true, subtree: true });
      removeEventListener("change", begin, true);
      removeEventListener("submit", begin, true);
    };
    addEventListener("change", begin, true);
    addEventListener("submit", begin, true);
  });
}"""


@contextmanager
def _served(server: PageServer) -> Iterator[str]:
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.address
        server.shutdown()


def _browsers() -> list[int]:
    """The processes of the browser that this process started."""
    return [pid for pid in descendants(os.getpid()) if b"chromium" in _command(pid).split(b"\0")[0]]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # the process has ended
        return b""


@contextmanager
def _slow_processor() -> Iterator[None]:
    """Let the browser run in one turn of :data:`SLOWER`."""
    over = threading.Event()

    def turns() -> None:
        while not over.is_set():
            stopped = _browsers()
            _signal(stopped, signal.SIGSTOP)
            time.sleep(_TURN * (SLOWER - 1) / SLOWER)
            _signal(stopped, signal.SIGCONT)
            time.sleep(_TURN / SLOWER)

    thread = threading.Thread(target=turns)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _peak_of_renderer() -> float:
    """The most memory that a process held which shows a page, in MB."""
    renderers = (pid for pid in _browsers() if b"--type=renderer" in _command(pid))
    return max(filter(None, map(peak_of, renderers)), default=0.0)


def _started(context: BrowserContext, address: str) -> tuple[Page, float]:
    """The page once it is ready, and the seconds that this took."""
    page = context.new_page()
    page.goto(address)
    return page, _ready(page)


def _ready(page: Page) -> float:
    page.wait_for_selector("#form", timeout=_LIMIT)
    return float(page.evaluate("khelangReady")) / 1000


def _start(context: BrowserContext, *, is_warm: bool, is_slow: bool) -> float:
    with _served(SlowPageServer(BUILT)) as address, _slow_processor() if is_slow and not is_warm else nullcontext():
        page, seconds = _started(context, address)
        if not is_warm:
            return seconds
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.close()
        with _slow_processor() if is_slow else nullcontext():
            return _started(context, address)[1]


def _checks(context: BrowserContext, path: str) -> float:
    """Seconds from the choice of a file until its findings are shown, with the Python that checked it before."""
    with _served(PageServer(BUILT, 0)) as address:
        page, _ = _started(context, address)
        seconds = []
        for _ in range(1 + _CHECKS):
            page.click("nav button >> nth=0")
            page.wait_for_selector("#open")
            page.evaluate(_TIMED, ".verdict")
            page.set_input_files("input[data-for=open]", path)
            seconds.append(float(page.evaluate("khelangTimed")) / 1000)
        return median(seconds[1:])


def _release(context: BrowserContext, path: str) -> float:
    """Seconds from the button until the release is there."""
    with _served(PageServer(BUILT, 0)) as address:
        page, _ = _started(context, address)
        page.set_input_files("input[data-for=open]", path)
        page.click("#to-release", timeout=_LIMIT)
        page.fill("#on", "2026-11-27")
        page.evaluate(_TIMED, "#get-release")
        page.click("#make")
        return float(page.evaluate("khelangTimed")) / 1000


def main() -> None:
    """Measure the visit that the arguments name; print the seconds and the peak memory of the page's process."""
    kind, *paths = sys.argv[1:]
    with launched() as browser:
        context = browser.new_context()
        context.set_default_timeout(_LIMIT)
        context.add_init_script(_WATCH)
        if kind == "check":
            seconds = _checks(context, *paths)
        elif kind == "release":
            seconds = _release(context, *paths)
        else:
            seconds = _start(context, is_warm="warm" in kind, is_slow="slow" in kind)
        print(json.dumps({"seconds": seconds, "peak_mb": _peak_of_renderer()}))


if __name__ == "__main__":
    main()
