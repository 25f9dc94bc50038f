"""``khelang release`` and ``khelang withdraw``: a package becomes a release, and a release is taken back."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from khelang_opendata.catalogue import Language, notice
from khelang_opendata.cli.common import language_option, limits, package_argument, print_text, read_passphrase
from khelang_opendata.errors import DateInvalid
from khelang_opendata.package import Package
from khelang_opendata.thai import FIRST_BUDDHIST_YEAR

if TYPE_CHECKING:
    from khelang_opendata.release import Signer

_out_option = click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("releases"),
    show_default=True,
    help="โฟลเดอร์ของทุกรุ่น · Folder of all releases.",
)
_day_option = click.option("--on", "day", metavar="YYYY-MM-DD", help="วันที่มีผล (ปี ค.ศ.) · Since when (default: today).")


@click.command("release")
@package_argument
@_out_option
@click.option("--note", metavar="TEXT", help="เปลี่ยนอะไร เพราะเหตุใด · What changed and why, for readers.")
@click.option("--minor", "raised", flag_value="MINOR", help="เพิ่มเลขรุ่นอย่างน้อยเลขกลาง · At least a MINOR version.")
@click.option("--major", "raised", flag_value="MAJOR", help="เพิ่มเลขรุ่นหลัก · A MAJOR version.")
@click.option("--dry-run", is_flag=True, help="บอกว่าจะทำอะไรโดยไม่เขียน · Tell what would be written, write nothing.")
@click.option(
    "--allow-warnings",
    metavar="REASON",
    help="เหตุผลที่ออกรุ่นทั้งที่มีคำเตือน (บันทึกไว้ในรุ่น) · Why to release with warnings; recorded in the release.",
)
@click.option("--approved-by", metavar="ROLE", help="ตำแหน่งผู้อนุมัติ ไม่ใช่ชื่อบุคคล · Role that approved it, no name.")
@click.option("--commit", metavar="HASH", help="รหัสคอมมิตของชุดข้อมูล บันทึกไว้ในรุ่น · The package's commit, for the record.")
@click.option(
    "--sign",
    "key",
    metavar="KEY",
    type=click.Path(path_type=Path),
    help="กุญแจลงนาม รหัสผ่านอ่านจาก KHELANG_KEY_PASSPHRASE · Key to sign with; see khelang keygen.",
)
@click.option("--released-on", metavar="YYYY-MM-DD", help="วันเผยแพร่ (ปี ค.ศ.) · Day of release (default: today).")
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
    """ตรวจแล้วออกรุ่น · Check a package and release it, whole or not at all.

    เลขรุ่นได้จากสิ่งที่เปลี่ยนจากรุ่นก่อน · The version follows from what changed since the release before.

    \b
    ตัวอย่าง · Examples:
      khelang release
      khelang release datapackage --out releases --dry-run
      khelang release --note "แก้ยอดตามมติสภา" --released-on 2026-11-22
    """
    from khelang_opendata.diff import Bump  # noqa: PLC0415 (only this command)
    from khelang_opendata.release import Options, publish_release  # noqa: PLC0415 (loads jinja2, filelock)

    at_least = Bump[raised] if raised else Bump.NONE
    options = Options(_day(released_on), note, at_least, allow_warnings, approved_by, commit)
    signer = _signer(key, lang) if key else None
    outcome = publish_release(Package.load(path, limits()), out, options, sign=signer, dry_run=dry_run)
    name = "unchanged" if not outcome.written else "dry_run" if dry_run else "released"
    print_text(notice(name, lang, version=outcome.version, path=str(outcome.path), files=outcome.files) + "\n")


@click.command("withdraw")
@click.argument("version")
@click.option("--reason", required=True, metavar="TEXT", help="เหตุผล ให้ทุกคนอ่านได้ · Why, for everybody to read.")
@_out_option
@_day_option
@language_option
def withdraw_command(version: str, reason: str, out: Path, day: str | None, lang: Language) -> None:
    """ถอนรุ่นที่ไม่ควรใช้ต่อ แฟ้มยังอยู่ครบ · Take back a release that should not be used; its files stay.

    \b
    ตัวอย่าง · Examples:
      khelang withdraw 1.0.0 --reason "ยอดงบประมาณปี 2567 ผิด ใช้รุ่น 1.0.1 แทน"
    """
    from khelang_opendata.release import withdraw_release  # noqa: PLC0415 (loads filelock)

    withdraw_release(out, version.removeprefix("v"), reason, _day(day))
    print_text(notice("withdrawn", lang, version=version.removeprefix("v")) + "\n")


def _signer(key: Path, lang: Language) -> Signer:
    from khelang_opendata.release.signature import sign  # noqa: PLC0415 (extra)

    passphrase = read_passphrase(lang, key)
    return lambda data: sign(data, key, passphrase)


def _day(given: str | None) -> date:
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
    if day.year >= FIRST_BUDDHIST_YEAR:
        raise DateInvalid(value=day.isoformat())
    return day
