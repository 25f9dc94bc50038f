"""``khelang release`` and ``khelang withdraw``: a package becomes a release, and a release is taken back."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import click

from khelang_opendata.cli.common import language_option, limits, notice, package_argument, print_text, read_passphrase
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.files.strict_json import read_day
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.thai import ERA, FIRST_BUDDHIST_YEAR
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package

_EPOCH = "SOURCE_DATE_EPOCH"
_SECONDS = re.compile("[0-9]{1,12}")
_LONGEST = 40
"""How many characters of a text that is no day are shown."""

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

    at_least = Bump[raised] if raised else Bump.NONE
    options = ReleaseOptions(_day(released_on), note, at_least, allow_warnings, approved_by, commit)
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

    withdraw(out, version.removeprefix("v"), reason, _day(day))
    print_text(notice("withdrawn", lang, version=version.removeprefix("v")) + "\n")


def _day(given: str | None) -> date:
    """The day given, else that of SOURCE_DATE_EPOCH, else today.

    A day is written in the form of RFC 3339 alone: ISO 8601 has others (20261126, 2026-W48-4), in which a slip of the
    hand is another day. The variable is a count of seconds
    (https://reproducible-builds.org/specs/source-date-epoch/).

    Raises:
        UsageError: it is no day, is of the Buddhist era, or is not one that an archive can bear.
    """
    epoch = os.environ.get(_EPOCH)
    if given is not None:
        return _written_day(given)
    return _day_of_epoch(epoch) if epoch else date.today()


def _written_day(text: str) -> date:
    from khelang_opendata.published.archive import YEARS  # noqa: PLC0415 (the help does not need it)

    is_buddhist = re.match("[0-9]{4}", text) is not None and int(text[:4]) >= FIRST_BUDDHIST_YEAR
    try:  # a year of the Buddhist era has other leap years than the Gregorian one of its number
        day = read_day(f"{int(text[:4]) - ERA}{text[4:]}" if is_buddhist else text)
    except ValueError:
        raise UsageError("date_invalid", "form", value=text[:_LONGEST]) from None
    if is_buddhist:
        raise UsageError("date_invalid", "buddhist", value=text, gregorian=day.isoformat())
    if day.year not in YEARS:
        raise UsageError("date_invalid", "range", value=text)
    return day


def _day_of_epoch(text: str) -> date:
    from khelang_opendata.published.archive import YEARS  # noqa: PLC0415 (the help does not need it)

    try:
        day = datetime.fromtimestamp(int(text), UTC).date() if _SECONDS.fullmatch(text) else None
    except (ValueError, OverflowError, OSError):
        day = None
    if day is None or day.year not in YEARS:
        raise UsageError("date_invalid", "epoch", value=text[:_LONGEST], name=_EPOCH)
    return day
