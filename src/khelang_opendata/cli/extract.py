"""``khelang extract``: the draft of a package from the document of a plan."""

from __future__ import annotations

from pathlib import Path

import click

from khelang_opendata.cli.common import language_option, notice, print_text
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.cli.init import fact_options
from khelang_opendata.model.failures import DataError, UsageError, system_errors_as
from khelang_opendata.model.wording import Language


@click.command("extract", cls=HelpedCommand)
@click.argument("document", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FOLDER", required=True)
@fact_options
@language_option
def extract_command(document: Path, output: Path, lang: Language, **given: str | None) -> None:
    """Draft a package from a plan's document."""
    from khelang_opendata.intake.answers import facts_given  # noqa: PLC0415 (the help needs no standard)
    from khelang_opendata.intake.document_reading import read_document  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.draft_package import drafted_package  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.draft_values import Confidence  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.drafting import draft_plan  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.new_package import check_new_folder, write_new_folder  # noqa: PLC0415 (as above)

    check_new_folder(output)
    facts = facts_given({name.replace("_", "-"): value for name, value in given.items() if value})
    read = read_document(_content(document), document.name)
    draft = draft_plan(read, document.name, facts)
    package = drafted_package(draft, lang)
    write_new_folder(output, package.files)
    counts = {str(level): package.counts[level] for level in Confidence}
    lines = [
        notice("extract_written", lang, projects=len(draft.tables["projects"]), path=str(output)),
        notice("extract_counts", lang, total=sum(counts.values()), **counts),
        *([notice("extract_errata", lang, count=len(package.errata))] if package.errata else ()),
        *([notice("extract_unread", lang, pages=", ".join(map(str, read.unread_pages)))] if read.unread_pages else ()),
        notice("extract_next", lang, path=str(output)),
    ]
    print_text("".join(f"{line}\n" for line in lines))


def _content(path: Path) -> bytes:
    from khelang_opendata.intake.document_reading import MOST_BYTES  # noqa: PLC0415 (as above)

    if not path.is_file():
        raise UsageError("document_missing", "folder" if path.is_dir() else None, path=str(path))
    with system_errors_as("document_unreadable", path):
        if path.stat().st_size > MOST_BYTES:
            raise DataError("document_refused", "large", path=str(path))
        return path.read_bytes()
