"""``khelang release`` and ``khelang withdraw``: a package becomes a release, and a release is taken back."""

from __future__ import annotations

from pathlib import Path

import click

from khelang_opendata.cli.common import language_option, limits, notice, package_argument, print_text, read_passphrase
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package

_out_option = click.option("--out", type=click.Path(path_type=Path), default=Path("releases"), show_default=True)
_day_option = click.option("--on", "day", metavar="YYYY-MM-DD")


@click.command("release", cls=HelpedCommand)
@package_argument
@_out_option
@click.option("--note", metavar="TEXT")
@click.option("--minor", "raised", flag_value="MINOR")
@click.option("--major", "raised", flag_value="MAJOR")
@click.option("--dry-run", is_flag=True)
@click.option("--allow-warnings", metavar="REASON")
@click.option("--approved-by", metavar="ROLE")
@click.option("--commit", metavar="HASH")
@click.option("--sign", "key", metavar="KEY", type=click.Path(path_type=Path))
@click.option("--released-on", metavar="YYYY-MM-DD")
@language_option
def release_command(
    path: Path,
    out: Path,
    note: str | None,
    raised: str | None,
    dry_run: bool,
    allow_warnings: str | None,
    approved_by: str | None,
    commit: str | None,
    key: Path | None,
    released_on: str | None,
    lang: Language,
) -> None:
    """Check a package and release it, whole or not at all."""
    from khelang_opendata.diff import Bump  # noqa: PLC0415 (only this command)
    from khelang_opendata.formats.parquet import is_available  # noqa: PLC0415 (loads the edition)
    from khelang_opendata.release import ReleaseOptions, release_package  # noqa: PLC0415 (loads jinja2, filelock)
    from khelang_opendata.release.release_day import release_day  # noqa: PLC0415 (the help does not need it)

    at_least = Bump[raised] if raised else Bump.NONE
    options = ReleaseOptions(release_day(released_on), note, at_least, allow_warnings, approved_by, commit)
    sign = None
    if key:
        from khelang_opendata.published.signature import require_library  # noqa: PLC0415 (extra)
        from khelang_opendata.release.signing import signer  # noqa: PLC0415 (extra)

        require_library()  # before a passphrase is asked for
        sign = signer(key, read_passphrase(lang, key))
    outcome = release_package(Package.load(path, limits()), out, options, sign=sign, dry_run=dry_run)
    name = "unchanged" if not outcome.written else "dry_run" if dry_run else "released"
    print_text(notice(name, lang, version=outcome.version, path=str(outcome.path), files=outcome.files) + "\n")
    if outcome.written and not is_available():
        print_text(notice("release_without_parquet", lang) + "\n", err=True)


@click.command("withdraw", cls=HelpedCommand)
@click.argument("version")
@click.option("--reason", required=True, metavar="TEXT")
@_out_option
@_day_option
@language_option
def withdraw_command(version: str, reason: str, out: Path, day: str | None, lang: Language) -> None:
    """Take back a release that should not be used; its files stay."""
    from khelang_opendata.release import withdraw  # noqa: PLC0415 (loads filelock)
    from khelang_opendata.release.release_day import release_day  # noqa: PLC0415 (the help does not need it)

    withdraw(out, version.removeprefix("v"), reason, release_day(day))
    print_text(notice("withdrawn", lang, version=version.removeprefix("v")) + "\n")
