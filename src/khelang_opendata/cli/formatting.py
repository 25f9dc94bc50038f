"""``khelang fmt``: the files of a package's tables in one form."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from khelang_opendata.cli.common import (
    PROBLEMS_IN_DATA,
    first_lines,
    language_option,
    limits,
    notice,
    package_argument,
    print_text,
)
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.model.wording import Language


@click.command("fmt", cls=HelpedCommand)
@package_argument
@click.option("--check", is_flag=True)
@language_option
def fmt_command(path: Path, check: bool, lang: Language) -> None:
    """Put the files of a package's tables into one form."""
    from khelang_opendata.intake.canonical_form import canonical_form  # noqa: PLC0415 (the help needs no standard)
    from khelang_opendata.intake.package_update import check_no_release, write_package  # noqa: PLC0415 (as above)
    from khelang_opendata.package.datapackage import Package  # noqa: PLC0415 (as above)
    from khelang_opendata.validation import family_of  # noqa: PLC0415 (as above)

    package = Package.load(path, limits())
    check_no_release(path)
    form = canonical_form(package, family_of(package))
    lines = [*first_lines((change.text(lang) for change in form.changes), len(form.changes), lang)]
    if not form.files:
        lines.append(notice("fmt_unchanged", lang, path=str(path)))
    elif check:
        lines.append(notice("fmt_would_change", lang, files=len(form.files), path=str(path)))
    else:
        write_package(path, form.files, is_new=False)
        lines.append(notice("fmt_written", lang, files=len(form.files), path=str(path)))
    print_text("".join(f"{line}\n" for line in lines))
    if check and form.files:
        sys.exit(PROBLEMS_IN_DATA)
