"""``khelang evidence``: what a local government shows on its web site for the ITA's OIT items."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from khelang_opendata.cli.common import language_option, limits, notice, print_text, release_path
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.wording import Language


@click.command("evidence", cls=HelpedCommand)
@click.argument("release", type=click.Path(path_type=Path), callback=release_path)
@click.option("--year", "typed", metavar="2569", required=True)
@click.option("--item", "given", metavar="plan=O23", multiple=True)
@click.option("--out", type=click.Path(path_type=Path), show_default="evidence/<year>")
@language_option
def evidence_command(release: Path, typed: str, given: tuple[str, ...], out: Path | None, lang: Language) -> None:
    """Write the pages and tables for the ITA's OIT items."""
    from khelang_opendata.nacc.evidence_pages import INDEX, evidence_files  # noqa: PLC0415 (loads jinja2)
    from khelang_opendata.nacc.exhibits import released_evidence  # noqa: PLC0415 (the help does not need it)
    from khelang_opendata.nacc.source import fiscal_year, released_package  # noqa: PLC0415 (as above)

    year = fiscal_year(typed)
    package = released_package(release, limits())
    codes = {key: code for key, _, code in (one.partition("=") for one in given)}
    evidence = released_evidence(package, year, codes)
    folder = out or Path("evidence", str(year))
    _write(folder, evidence_files(evidence))
    for exhibit in evidence.exhibits:
        title = exhibit.item.title_th if lang is Language.TH else exhibit.item.title_en
        names = {"page": f"{exhibit.name}.html", "table": f"{exhibit.name}.csv"}
        written = notice("evidence_item", lang, code=exhibit.item.code, title=title, rows=exhibit.sheet.size, **names)
        todo = [notice("evidence_todo", lang, text=one.text(lang)) for one in exhibit.todo]
        print_text("".join(f"{line}\n" for line in (written, *todo)))
    print_text(notice("evidence_written", lang, year=year, path=str(folder / INDEX)) + "\n")


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write each file whole, the list of them last; others in the folder stay, for their addresses may be in use."""
    from khelang_opendata.package.outputs import check_output, make_output_folder, write_output  # noqa: PLC0415 (as above)

    make_output_folder(folder)
    for name in files:
        check_output(folder / name)
        if (folder / name).exists() and not _is_ours((folder / name).with_suffix(".html")):
            raise UsageError("output_exists", path=str(folder / name))
    for name, data in files.items():
        write_output(folder / name, data)


def _is_ours(page: Path) -> bool:
    """Whether a page is of an evidence written before; a table is where its page is."""
    from khelang_opendata.nacc.evidence_pages import MARK  # noqa: PLC0415 (as above)

    return page.is_file() and MARK.encode() in page.read_bytes()
