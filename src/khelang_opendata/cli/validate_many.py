"""The reports of many packages: to the terminal or a pipe one after the other, or into a folder with a summary."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain, count
from pathlib import Path

import click

from khelang_opendata.cli.common import (
    PROBLEMS_IN_DATA,
    failure_lines,
    is_failure,
    limits,
    notice,
    print_text,
)
from khelang_opendata.files.serialize import csv_bytes
from khelang_opendata.intake.opening import load, package_folder
from khelang_opendata.model.characters import harmless
from khelang_opendata.model.failures import InternalError, KhelangError, UsageError
from khelang_opendata.model.report import Report, Verdict
from khelang_opendata.model.wording import Language
from khelang_opendata.package.outputs import make_output_folder, write_output
from khelang_opendata.render.messages import failure_text
from khelang_opendata.render.report_json import report_object
from khelang_opendata.render.reports import ReportFormat, render_report
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.tableschema import Engine
from khelang_opendata.validation.batch import Validated, validate_many

_SUFFIX = {form: f".{form.value}" for form in ReportFormat} | {ReportFormat.TEXT: ".txt"}
_LONGEST_NAME, _SHORTENED = 200, 50
"""Bytes of a folder's name that a report's name can hold beside its ending, and characters of one that is longer."""
_HEADING = ["package", "valid", "verdict", "errors", "warnings", "acknowledged", "infos", "report", "failure"]


class Many:
    """One report a package, then what they come to."""

    def __init__(self, form: ReportFormat, language: Language, output: Path | None, fail_on: str) -> None:
        if output is None and form not in (ReportFormat.TEXT, ReportFormat.JSON):
            raise UsageError("output_folder_needed", format=form.value)
        self.form, self.language, self.output, self.fail_on = form, language, output, fail_on
        self.folders: dict[Path, Path | KhelangError] = {}
        self.totals: Counter[str] = Counter()
        self.names = {"summary"}
        self.rows: list[list[object]] = [list(_HEADING)]

    def run(self, paths: Sequence[Path], engine: str | None, processes: int | None, family: SchemaFamily | None) -> int:
        """Check the packages, write their reports and the summary, and give the exit code."""
        if self.output:
            make_output_folder(self.output)
        code = 0
        chosen = Engine(engine) if engine else None
        with ExitStack() as unpacked:
            self._unpack(paths, unpacked)
            folders = (folder for path in paths if isinstance(folder := self.folders[path], Path))
            checked = validate_many(folders, processes=processes, engine=chosen, family=family, limits=limits())
            with self._progress(self._in_order(paths, checked), len(paths)) as results:
                for result in results:
                    code = max(code, self._take(result))
        self._finish()
        return code

    def _unpack(self, paths: Sequence[Path], unpacked: ExitStack) -> None:
        """Find the folder of each package, or why it has none: one may be in a ZIP file."""
        for path in paths:
            if path in self.folders:
                continue
            try:
                self.folders[path] = unpacked.enter_context(package_folder(path))
            except KhelangError as error:
                self.folders[path] = error

    def _in_order(self, paths: Sequence[Path], checked: Iterator[Validated]) -> Iterator[Validated]:
        """The results in the order of the paths, those without a folder among them."""
        for path in paths:
            folder = self.folders[path]
            yield next(checked)._replace(path=path) if isinstance(folder, Path) else Validated(path, None, folder)

    @contextmanager
    def _progress(self, results: Iterator[Validated], count: int) -> Iterator[Iterator[Validated]]:
        """The results, with a bar on the terminal unless the reports themselves go there."""
        if not sys.stderr.isatty() or (self.output is None and sys.stdout.isatty()):
            yield results
            return
        label = notice("many_progress", self.language)
        with click.progressbar(results, length=count, label=label, file=sys.stderr) as bar:
            yield iter(bar)

    def _take(self, result: Validated) -> int:
        self.totals["packages"] += 1
        text, failure = self._rendered(result)
        report = result.report
        if failure is not None or report is None:
            assert failure is not None, "a package has a report or a reason"
            self.totals["failed"] += 1
            self._print(result.path, text)
            message = failure_text(failure, self.language).message
            self.rows.append([harmless(str(result.path)), *[""] * 7, harmless(message)])
            return failure.exit_code
        self.totals["valid" if report.valid else "invalid"] += 1
        self.totals["ready"] += report.verdict is Verdict.READY
        self.totals["errors"] += report.errors
        self.totals["warnings"] += report.warnings
        counts = (report.errors, report.warnings, report.acknowledged, report.infos)
        written = self._write(result.path, text)
        outcome = (str(report.valid).lower(), report.verdict.value)
        self.rows.append([harmless(str(result.path)), *outcome, *counts, written, ""])
        return PROBLEMS_IN_DATA if is_failure(report, self.fail_on) else 0

    def _rendered(self, result: Validated) -> tuple[str, KhelangError | None]:
        """A package's report in the form asked for, or the reason why there is none; no failure reaches the others."""
        failure = result.failure
        if failure is None:
            try:
                return self._report(result), None
            except KhelangError as error:
                failure = error
            except Exception as error:  # of whatever kind
                failure = InternalError.of(error)
        is_json = self.output is None and self.form is ReportFormat.JSON
        return (_json_line(result.path, None, failure) if is_json else failure_lines(failure, self.language)), failure

    def _report(self, result: Validated) -> str:
        assert result.report is not None, "a package without a report has a reason"
        if self.output is None and self.form is ReportFormat.JSON:
            return _json_line(result.path, result.report, None)
        folder = self.folders[result.path]
        package = load(folder, limits()) if isinstance(folder, Path) and (self.output or result.report.issues) else None
        return render_report(result.report, package, self.form, self.language)

    def _write(self, path: Path, text: str) -> str:
        """Write a package's report, or print it, and give the name of its file."""
        if self.output is None:
            self._print(path, text)
            return ""
        name = self._name(path) + _SUFFIX[self.form]
        write_output(self.output / name, text.encode())
        return name

    def _print(self, path: Path, text: str) -> None:
        if self.output is not None:
            return
        if self.form is ReportFormat.JSON:
            print_text(text)
        else:
            print_text(f"{notice('many_package', self.language, path=str(path))}\n{text}\n")

    def _name(self, path: Path) -> str:
        """A name for a package's report that no other has."""
        base = path.resolve().name or "package"
        base = base if len(os.fsencode(base)) <= _LONGEST_NAME else base[:_SHORTENED]
        name = next(n for n in chain([base], (f"{base}-{i}" for i in count(2))) if n.casefold() not in self.names)
        self.names.add(name.casefold())
        return name

    def _finish(self) -> None:
        if self.output:
            write_output(self.output / "summary.csv", csv_bytes(self.rows))
        names = ("packages", "valid", "ready", "invalid", "failed", "errors", "warnings")
        summary = notice("many_summary", self.language, **{name: self.totals[name] for name in names})
        print_text(f"{summary}\n", err=self.output is None and self.form is ReportFormat.JSON)


def _json_line(path: Path, report: Report | None, failure: KhelangError | None) -> str:
    """A package as one line of JSON."""
    texts = {language: failure_text(failure, language).message for language in Language} if failure else {}
    content = {
        "package": str(path),
        "report": report_object(report) if report else None,
        "failure": {"code": failure.code, **{f"message_{lang}": text for lang, text in texts.items()}}
        if failure
        else None,
    }
    return json.dumps(content, ensure_ascii=False) + "\n"
