"""``khelang release``: a package becomes a release."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import click

from khelang_opendata.catalogue import Language, notice
from khelang_opendata.cli.common import language_option, package_argument, print_text
from khelang_opendata.errors import DateInvalid
from khelang_opendata.package import Package

_FIRST_BUDDHIST_YEAR = 2400
"""From here on a release date is taken for a year of the Buddhist era (B.E. 2400 is 1857)."""


@click.command("release")
@package_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("releases"),
    show_default=True,
    help="โฟลเดอร์ของทุกรุ่น · Folder of all releases.",
)
@click.option("--dry-run", is_flag=True, help="บอกว่าจะทำอะไรโดยไม่เขียน · Tell what would be written, write nothing.")
@click.option(
    "--allow-warnings",
    metavar="REASON",
    help="เหตุผลที่ออกรุ่นทั้งที่มีคำเตือน (บันทึกไว้ในรุ่น) · Why to release with warnings; recorded in the release.",
)
@click.option("--released-on", metavar="YYYY-MM-DD", help="วันเผยแพร่ (ปี ค.ศ.) · Day of release (default: today).")
@language_option
def release_command(
    path: Path, out: Path, dry_run: bool, allow_warnings: str | None, released_on: str | None, lang: Language
) -> None:
    """ตรวจแล้วออกรุ่น · Check a package and release it, whole or not at all.

    \b
    ตัวอย่าง · Examples:
      khelang release
      khelang release datapackage --out releases --dry-run
      khelang release --released-on 2026-11-22
    """
    from khelang_opendata.release import build_release, publish_release  # noqa: PLC0415 (loads jinja2, filelock)

    release = build_release(Package.load(path), _release_day(released_on), allow_warnings=allow_warnings)
    outcome = publish_release(release, out, dry_run=dry_run)
    name = "unchanged" if not outcome.written else "dry_run" if dry_run else "released"
    print_text(notice(name, lang, version=outcome.version, path=str(outcome.path), files=len(release.files)) + "\n")


def _release_day(given: str | None) -> date:
    """The day given, else that of SOURCE_DATE_EPOCH (reproducible-builds.org), else today."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        if given is not None:
            day = date.fromisoformat(given)
        elif epoch:
            day = datetime.fromtimestamp(int(epoch), UTC).date()
        else:
            return date.today()
    except ValueError:
        raise DateInvalid(value=str(given or epoch)) from None
    if day.year >= _FIRST_BUDDHIST_YEAR:
        raise DateInvalid(value=day.isoformat())
    return day
