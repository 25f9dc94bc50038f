"""``khelang export``: a release as a report that another system takes."""

from __future__ import annotations

from pathlib import Path

import click

from khelang_opendata.cli.common import language_option, limits, notice, print_text, release_path
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.thai import ascii_text
from khelang_opendata.model.wording import Language

_FORMS = (".xlsx", ".csv")


class _Round(click.Choice[str]):
    """The rounds of a year by their months, in digits of any script."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(ascii_text(value), param, ctx)


@click.command("export", cls=HelpedCommand)
@click.argument("release", type=click.Path(path_type=Path), callback=release_path)
@click.option("--to", type=click.Choice(["eplan"]), required=True)
@click.option("--year", metavar="YEAR")
@click.option("--round", "months", type=_Round(["6", "12"]), default="12", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE")
@language_option
def export_command(release: Path, to: str, year: str | None, months: str, output: Path | None, lang: Language) -> None:
    """The table to report to E-PlanNACC, and the score it gives."""
    from khelang_opendata.nacc import eplan  # noqa: PLC0415 (slow)
    from khelang_opendata.nacc.source import fiscal_year, released_package  # noqa: PLC0415 (as above)

    given = fiscal_year(year) if year is not None else None
    if output is not None and output.suffix.lower() not in _FORMS:
        raise UsageError("output_form_unknown", path=str(output), forms=", ".join(_FORMS))
    package = released_package(release, limits())
    report = eplan.RoundReport.of(package, given, int(months))
    path = output or Path(report.name("xlsx"))
    _write(path, report.file(path.suffix.lower().removeprefix(".")))
    year_of, rows = report.about.year, len(report.rows)
    written = notice("eplan_written", lang, path=str(path), year=year_of, months=months, rows=rows)
    print_text("".join(f"{line}\n" for line in (written, *report.score.lines(lang))))


def _write(path: Path, data: bytes) -> None:
    """Write the table, unless another is there: what an official filled in is not lost."""
    from khelang_opendata.package.outputs import check_output, write_output  # noqa: PLC0415 (as above)

    check_output(path)
    if path.exists() and not _holds(path, data):
        raise UsageError("output_exists", path=str(path))
    write_output(path, data)


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False
