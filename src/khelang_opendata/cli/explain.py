"""``khelang explain`` and ``khelang schema``: what the rules and the standard say."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from khelang_opendata.cli.common import PROBLEMS_IN_DATA, language_option, limits, notice, package_argument, print_text
from khelang_opendata.cli.help import HelpedCommand, HelpedGroup
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import DESCRIPTOR, MANIFEST, Package


@click.command("explain", cls=HelpedCommand)
@click.argument("code", required=False)
@language_option
def explain_command(code: str | None, lang: Language) -> None:
    """Explain a rule, or list all."""
    if code:
        from khelang_opendata.render.messages import explanation  # noqa: PLC0415 (the list does not need it)

        print_text(explanation(code, lang) + "\n")
    else:
        from khelang_opendata.validation.catalogue import rules  # noqa: PLC0415 (20 ms that --help saves)

        print_text("".join(f"{rule.code:22} {rule.severity:8} {rule.title[lang]}\n" for rule in rules().values()))


@click.group("schema", cls=HelpedGroup)
@language_option
def schema_group(lang: Language) -> None:
    """The standard's schemas."""


@schema_group.command("sync")
@package_argument
@click.option("--check", is_flag=True)
@language_option
def sync_command(path: Path, check: bool, lang: Language) -> None:
    """Write the standard's schemas into the descriptor."""
    from khelang_opendata.files.place import write_atomically  # noqa: PLC0415 (only this command)
    from khelang_opendata.files.serialize import json_bytes  # noqa: PLC0415 (only this command)
    from khelang_opendata.package.listing import synchronised  # noqa: PLC0415 (only this command)
    from khelang_opendata.validation import family_of  # noqa: PLC0415 (20 ms that other commands save)

    package = Package.load(path, limits())
    file = package.root / DESCRIPTOR
    compiled = synchronised(package, family_of(package))
    if compiled == package.descriptor:
        print_text(notice("sync_current", lang, path=str(file)) + "\n")
    elif check:
        print_text(notice("sync_stale", lang, path=str(file)) + "\n")
        sys.exit(PROBLEMS_IN_DATA)
    elif (package.root / MANIFEST).exists():
        raise UsageError("output_refused", "release", path=str(file), folder=str(package.root))
    else:
        write_atomically(file, json_bytes(compiled))
        print_text(notice("sync_written", lang, path=str(file)) + "\n")
