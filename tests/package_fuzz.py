"""Fuzz packages and descriptors: whatever they hold, the answer is a report or a failure in words.

``python -m tests.package_fuzz --cases 20000 --seed 1`` mutates the small valid example: values of the descriptor
become others of any type, its text and that of tables loses, gains and changes bytes, cells become what people and
programs leave in them, and files become other things. Each package is loaded, validated and rendered, compared with
the example, and released and read back where it is valid. A JSON summary is printed; ``--cases 1 --seed N`` judges
case N again.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from khelang_opendata import Package, diff_packages, find_family, validate
from khelang_opendata.model.failures import KhelangError
from khelang_opendata.model.wording import Language
from khelang_opendata.render.messages import failure_text
from khelang_opendata.render.reports import ReportFormat, render_report
from tests.conftest import VALID, examples_count_as_plans
from tests.memory import peak_rss_mb
from tests.roundtrip import assert_released
from tests.seeds import again, arguments

LONGEST_SECONDS = 20
"""Of the processor, for the machine may be busy with something else."""

LONGEST_WAIT = 300
"""Seconds that pass while nothing is computed: something waits that never comes."""

MOST_MB = 1536

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**63, 10**300, 1.5, -0.0, 1e308, "", " ", "x", "๒๕๖๖", "2566-10-01", "2017-99-99",
    "../../etc/passwd", "/etc/passwd", "http://127.0.0.1:1/x.csv", "data/\0.csv", "a" * 10_000, "@" * 5_000,
    "a@" + "." * 5_000,
    "\x1b[31m\u202e", "\ud800", "\ufffe", "=1+1", "'", '"', ",", "\t", "\n", [], {}, [[]], [{}], {"": {}},
    [None], [1, "x"],
    {"name": {}, "path": []}, ["x"] * 500, {str(n): n for n in range(500)},
)  # fmt: skip
"""What a value of a descriptor becomes."""

CELLS = (
    "", " ", "-", "NaN", "inf", "1e999999", "-1", "+1", "1,000", "๓๐๐,๐๐๐.-", "300000 บาท", "#REF!", "########",
    "2E+04", "020000", "+2562", "20000.005", "299999.99999999994", "2560-02-29", "0017-09-15", "44831",
    "?????", "\uf70b", "\u2028", "¡ÒÃ", "x\r\ny",
    "9" * 4000, "9" * 5000, "0.1" + "0" * 5000, "2566-02-29", "2023-2-3", "26/9/2565", "true", "TRUE",
    "=cmd|'/c calc'!A1",
    "\x1b[31m", "\u202e", "\u200b", "\ufffd", "ํา", "เเ", "a" * 131_073, "ก" * 40_000, "a@" * 20_000, "0" * 30_000,
    ", " * 20_000,
    "line\nbreak", "carriage\rreturn", '"', "'", "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"),
)  # fmt: skip
"""What a cell of a table becomes."""


class TooSlow(BaseException):
    """A case takes longer than it may; no ``except Exception`` of the code under test may catch it."""


def case(number: int, folder: Path) -> Path:
    """The package of a number, the same on every machine."""
    chance = random.Random(number)  # noqa: S311 (no secret)
    package = Path(shutil.copytree(VALID, folder / "package"))
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        chance.choice(MUTATIONS)(package, chance)
    return package


def _value(package: Path, chance: random.Random) -> None:
    """A value somewhere in the descriptor becomes another one, is lost, repeated, or gets another name."""
    path = package / "datapackage.json"
    if path not in _files(package):
        return
    try:
        descriptor = json.loads(path.read_bytes())
    except ValueError:
        return
    holders = [descriptor]
    for holder in holders:
        inner = holder.values() if isinstance(holder, dict) else holder
        holders += [value for value in inner if isinstance(value, dict | list) and value]
    holder = chance.choice(holders[: chance.choice((1, 20, len(holders)))])
    if not holder:
        return
    key = chance.choice([*holder]) if isinstance(holder, dict) else chance.randrange(len(holder))
    match chance.randrange(5):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        case 2 if isinstance(holder, dict):
            holder[str(chance.choice(VALUES))] = holder.pop(key)
        case _:
            holder[key] = copy.deepcopy(chance.choice(VALUES))
    path.write_text(json.dumps(descriptor), encoding="utf-8")


def _bytes(package: Path, chance: random.Random) -> None:
    """Bytes of a file are lost, repeated, exchanged or added."""
    path = chance.choice(_files(package))
    data = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                del data[at : at + chance.choice((1, 10, 1000))]
            case 1:
                data[at:at] = data[at : at + chance.choice((1, 10, 1000))]
            case 2:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case _:
                data[at:at] = chance.choice(
                    (b'"', b",", b"\n", b"\r", b"\0", b"{", b"[" * 2000, b"\xff\xfe", b"\xef\xbb\xbf")
                )
    path.write_bytes(data)


def _cell(package: Path, chance: random.Random) -> None:
    """Cells become what people and programs leave in them."""
    path = chance.choice(_tables(package))
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    except (UnicodeDecodeError, csv.Error):
        return
    for _ in range(chance.choice((1, 5, 50))):
        row = chance.choice(rows) if rows else []
        if row:
            row[chance.randrange(len(row))] = chance.choice(CELLS)
    text = io.StringIO()
    csv.writer(text, lineterminator=chance.choice(("\n", "\r\n"))).writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8", "replace"))


def _shape(package: Path, chance: random.Random) -> None:
    """Rows and columns are lost, repeated, moved, or are very many."""
    path = chance.choice(_tables(package))
    lines = path.read_bytes().splitlines(keepends=True)
    at = chance.randrange(len(lines)) if lines else 0
    match chance.randrange(6):
        case 0:
            del lines[at : at + chance.choice((1, 5))]
        case 1:
            lines[at:at] = lines[at : at + 1] * chance.choice((1, 1000))
        case 2:
            chance.shuffle(lines)
        case 3:
            lines = [line.rstrip(b"\r\n") + b"," * chance.choice((1, 300, 17_000)) + b"\n" for line in lines]
        case 4:
            lines = [b",".join(line.split(b",")[chance.choice((0, 1)) :]) for line in lines]
        case _:
            lines[at:at] = [b"\n"] * chance.choice((1, 5000))
    path.write_bytes(b"".join(lines))


def _file(package: Path, chance: random.Random) -> None:
    """A file becomes something else."""
    path = chance.choice(_files(package))
    match chance.randrange(7):
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(b"")
        case 2:
            path.write_bytes(
                path.read_bytes()
                .decode("utf-8", "replace")
                .encode(chance.choice(("utf-16", "cp874", "utf-7")), "replace")
            )
        case 3:
            path.unlink()
            path.symlink_to(chance.choice(("/etc/passwd", "/dev/zero", "nowhere", path.name, "../../..")))
        case 4:
            path.unlink()
            path.mkdir()
        case 5:
            path.unlink()
            os.mkfifo(path)
        case _:
            os.truncate(path, chance.choice((10, 10**6, 3 * 10**10)))


def _files(package: Path) -> list[Path]:
    """The files that are still files, and not huge."""
    found = [p for p in sorted(package.rglob("*")) if not p.is_symlink() and p.is_file() and p.stat().st_size < 10**7]
    return found or [_again(package / "datapackage.json")]


def _tables(package: Path) -> list[Path]:
    found = [path for path in _files(package) if path.suffix == ".csv"]
    return found or [_again(package / "data/again.csv")]


def _again(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.write_bytes(b"{}")
    return path


MUTATIONS: tuple[Callable[[Path, random.Random], None], ...] = (
    _value,
    _value,
    _value,
    _bytes,
    _cell,
    _cell,
    _shape,
    _file,
)


def judge(package: Path) -> str:
    """What became of a package.

    Raises:
        Exception: anything but a failure in words.
    """
    try:
        loaded = Package.load(package)
        with examples_count_as_plans():
            report = validate(loaded)
        by_itself = validate(loaded, family=find_family("none"))
        for form in ReportFormat:
            render_report(report, loaded, form, Language.TH)
            render_report(by_itself, loaded, form, Language.EN)
        diff_packages(Package.load(VALID), loaded)
        if report.valid:
            with examples_count_as_plans():
                assert_released(package)
    except KhelangError as error:
        for language in Language:
            failure_text(error, language)
        return f"failure {error.code}"
    return "valid" if report.valid else "invalid"


def storm(cases: int, seed: int) -> dict[str, Any]:
    """Judge so many packages, from a number on."""
    reported: Counter[str] = Counter()
    faults: list[str] = []
    slowest = (0.0, seed)
    for alarm in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(alarm, _stop)
    for number in range(seed, seed + cases):
        with tempfile.TemporaryDirectory() as folder:
            package = case(number, Path(folder))
            start = time.process_time()
            signal.alarm(LONGEST_WAIT)
            signal.setitimer(signal.ITIMER_PROF, LONGEST_SECONDS)
            try:
                reported[judge(package)] += 1
            except (Exception, TooSlow) as error:
                faults.append(f"{again('package_fuzz', number)}: {type(error).__name__}: {error}"[:400])
            finally:
                signal.alarm(0)
                signal.setitimer(signal.ITIMER_PROF, 0)
            slowest = max(slowest, (time.process_time() - start, number))
    peak = peak_rss_mb()
    times = {"slowest_seconds": round(slowest[0], 2), "slowest_case": slowest[1], "peak_rss_mb": round(peak)}
    return {"cases": cases, "seed": seed, **times, "outcomes": dict(reported.most_common()), "faults": faults}


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlow


if __name__ == "__main__":
    given = arguments(__doc__, 1000).parse_args()
    summary = storm(given.cases, given.seed)
    sys.stdout.write(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    sys.exit(bool(summary["faults"]) or summary["peak_rss_mb"] > MOST_MB)
