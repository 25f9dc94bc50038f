"""The command line ``khelang``: parse, call the library, print, exit. Nothing else in the project prints.

Exit codes: 0 fine, 1 problems in the data, 2 wrong usage, 3 failure of the tool or its surroundings.
"""

from __future__ import annotations

import locale
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from khelang_opendata import __version__
from khelang_opendata.catalogue import Language, notice, rules
from khelang_opendata.errors import (
    DataRefused,
    DateInvalid,
    DescriptorError,
    KhelangError,
    PackageInvalid,
    Report,
    UsageError,
    WarningsUnacknowledged,
)
from khelang_opendata.files import json_bytes, write_atomically
from khelang_opendata.package import DESCRIPTOR, Package
from khelang_opendata.release import build_release, publish_release
from khelang_opendata.render import Format, explanation, failure_text, render_report, report_text
from khelang_opendata.validation import family_of, validate

_PROBLEMS_IN_DATA, _WRONG_USAGE, _FAILURE = 1, 2, 3

_FIRST_BUDDHIST_YEAR = 2400
"""From here on a release date is taken for a year of the Buddhist era (B.E. 2400 is 1857)."""


def _default_language() -> Language:
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next(filter(None, names), None) or locale.getlocale()[0] or ""
    return Language.TH if name.lower().startswith("th") else Language.EN


def _remember(ctx: click.Context, language: Language) -> Language:
    """Keep the language for a failure's text, which is written outside the command."""
    ctx.meta["language"] = language
    return language


_path = click.argument("path", type=click.Path(path_type=Path), default=Path("datapackage"))
_lang = click.option(
    "--lang",
    type=click.Choice([language.value for language in Language]),
    show_default="of the system",
    callback=lambda ctx, _param, value: _remember(ctx, Language(value) if value else _default_language()),
    help="ภาษาของข้อความ · Language of the messages.",
)


class _Commands(click.Group):
    """Turns every failure into its remedy and exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KhelangError as error:
            _fail(error, ctx.meta.get("language") or _default_language())


def _fail(error: KhelangError, language: Language) -> NoReturn:
    texts = failure_text(error, language)
    if isinstance(error, PackageInvalid | WarningsUnacknowledged):
        _print(report_text(error.report, language), err=True)
    _print(f"khelang: {texts.message}\n{notice('fix', language)}: {texts.fix}\n", err=True)
    kinds = ((DataRefused, _PROBLEMS_IN_DATA), (UsageError, _WRONG_USAGE))
    sys.exit(next((code for kind, code in kinds if isinstance(error, kind)), _FAILURE))


def _print(text: str, *, err: bool = False) -> None:
    """Print to a person's terminal in its encoding, and to files and pipes always as UTF-8."""
    stream = sys.stderr if err else sys.stdout
    click.echo(text if stream.isatty() else text.encode(), nl=False, err=err)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="khelang")
def main() -> None:
    """แผนป้องกันการทุจริตของ อปท. เป็นข้อมูลเปิด · Anti-corruption plans of Thai local governments as open data.

    \b
    ตัวอย่าง · Examples:
      khelang validate
      khelang release --out releases
      khelang explain value_missing
    """


@main.command("validate")
@_path
@click.option(
    "--format",
    "format_",
    type=click.Choice([form.value for form in Format]),
    default="text",
    show_default=True,
    help="รูปแบบรายงาน · Form of the report.",
)
@_lang
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="แฟ้มผลลัพธ์ · Write the report here.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="ระดับที่ถือว่าไม่ผ่าน · What makes the exit code 1.",
)
def validate_command(path: Path, format_: str, lang: Language, output: Path | None, fail_on: str) -> None:
    """ตรวจชุดข้อมูล · Check a package (default: the folder datapackage).

    \b
    ตัวอย่าง · Examples:
      khelang validate
      khelang validate datapackage --lang th
      khelang validate datapackage --format json --output report.json
      khelang validate datapackage --format html --lang th --output report.html
      khelang validate datapackage --format csv --output report.csv
      khelang validate datapackage --format sarif --output report.sarif
    """
    package = _load(path)
    report = validate(package or path)
    color = output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    text = render_report(report, package, Format(format_), lang, color=color)
    if output:
        write_atomically(output, text.encode())
    else:
        _print(text.removeprefix("\ufeff") if sys.stdout.isatty() else text)
    if _is_failure(report, fail_on):
        sys.exit(_PROBLEMS_IN_DATA)


def _load(path: Path) -> Package | None:
    """The package, or None where its descriptor is unusable, which is for the report to say."""
    try:
        return Package.load(path)
    except DescriptorError:
        return None


def _is_failure(report: Report, fail_on: str) -> bool:
    return not report.valid or (fail_on == "warning" and report.warnings > 0)


@main.command("release")
@_path
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
@_lang
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
    release = build_release(Package.load(path), _release_day(released_on), allow_warnings=allow_warnings)
    outcome = publish_release(release, out, dry_run=dry_run)
    name = "unchanged" if not outcome.written else "dry_run" if dry_run else "released"
    _print(notice(name, lang, version=outcome.version, path=str(outcome.path), files=len(release.files)) + "\n")


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


@main.command("explain")
@click.argument("code", required=False)
@_lang
def explain_command(code: str | None, lang: Language) -> None:
    """อธิบายกฎ · Explain a rule, or list all.

    \b
    ตัวอย่าง · Examples:
      khelang explain
      khelang explain reference_missing --lang th
    """
    if code:
        _print(explanation(code, lang) + "\n")
    else:
        _print("".join(f"{rule.code:22} {rule.severity:8} {rule.title[lang]}\n" for rule in rules().values()))


@main.group("schema")
def schema_group() -> None:
    """โครงสร้างมาตรฐาน · The standard's schemas."""


@schema_group.command("sync")
@_path
@click.option("--check", is_flag=True, help="ตรวจเท่านั้น · Only tell whether they differ (exit code 1).")
@_lang
def sync_command(path: Path, check: bool, lang: Language) -> None:
    """เขียนโครงสร้างมาตรฐานลงใน datapackage.json · Write the standard's schemas into the descriptor.

    \b
    ตัวอย่าง · Examples:
      khelang schema sync
      khelang schema sync datapackage --check
    """
    package = Package.load(path)
    file = package.root / DESCRIPTOR
    compiled = family_of(package).compile_into(package.descriptor)
    if compiled == package.descriptor:
        _print(notice("sync_current", lang, path=str(file)) + "\n")
    elif check:
        _print(notice("sync_stale", lang, path=str(file)) + "\n")
        sys.exit(_PROBLEMS_IN_DATA)
    else:
        write_atomically(file, json_bytes(compiled))
        _print(notice("sync_written", lang, path=str(file)) + "\n")
