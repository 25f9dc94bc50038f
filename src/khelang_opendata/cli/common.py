"""What the commands share: languages, printing, and how a failure becomes its remedy and exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import click

from khelang_opendata.cli.help import HelpedGroup, as_started, default_language, language_in, language_of
from khelang_opendata.model.characters import visible_lines
from khelang_opendata.model.failures import InternalError, Interrupted, KhelangError, PackageRefused
from khelang_opendata.model.limits import Limits
from khelang_opendata.model.report import Report
from khelang_opendata.model.wording import Language, Notices
from khelang_opendata.render import notice as of_reports


class StartedNotices(Notices):
    """The sentences of a room whose commands are shown as the program was started."""

    def __call__(self, name: str, language: Language, /, **params: str | int | float) -> str:
        return as_started(super().__call__(name, language, **params))


notice = StartedNotices(__file__)
"""The sentences of the commands."""

_PASSPHRASE = "KHELANG_KEY_PASSPHRASE"  # noqa: S105 (the name of a variable)

PROBLEMS_IN_DATA, WRONG_USAGE, FAILURE = 1, 2, 3

_SHOWN = 200
"""Lines of one list that are printed; a longer list is not read."""


def _remember(ctx: click.Context, language: Language) -> Language:
    """Keep the language for a failure's text, which is written outside the command."""
    ctx.meta["language"] = language
    return language


package_argument = click.argument("path", type=click.Path(path_type=Path), default=Path("datapackage"))
language_option = click.option(
    "--lang",
    type=click.Choice([language.value for language in Language]),
    callback=lambda ctx, _param, value: _remember(ctx, Language(value) if value else language_of(ctx)),
)


_COMMANDS = {
    "init": ("init", "init_command"),
    "template": ("workbook_commands", "template_command"),
    "import": ("workbook_commands", "import_command"),
    "extract": ("extract", "extract_command"),
    "fmt": ("formatting", "fmt_command"),
    "validate": ("validate", "validate_command"),
    "release": ("release", "release_command"),
    "withdraw": ("release", "withdraw_command"),
    "verify": ("trust", "verify_command"),
    "keygen": ("trust", "keygen_command"),
    "publish": ("publish", "publish_command"),
    "site": ("site", "site_command"),
    "web": ("web", "web_command"),
    "harvest": ("national", "harvest_command"),
    "national": ("national", "national_group"),
    "portal": ("portal", "portal_group"),
    "diff": ("diff", "diff_command"),
    "export": ("export", "export_command"),
    "evidence": ("evidence", "evidence_command"),
    "explain": ("explain", "explain_command"),
    "schema": ("explain", "schema_group"),
}
"""The commands, each with its module and function."""


def release_path(_: click.Context, __: click.Parameter, path: Path) -> Path:
    """The path of a release as an argument: what is surely none is named before a missing option is.

    Raises:
        UsageError: it is a file, or the folder of a package.
    """
    from khelang_opendata.published.no_release import refuse_mistaken  # noqa: PLC0415 (the help does not need it)

    refuse_mistaken(path)
    return path


class Commands(HelpedGroup):
    """Loads each command when it is called, and turns every failure into its remedy and exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, function = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"khelang_opendata.cli.{module}"), function)
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        language = language_in(args) or default_language()  # before click takes the words out of the list
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            _tell(error, language)
            raise

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            _tell(error, language_of(error.ctx or ctx))
            raise
        except KeyboardInterrupt:
            failure: KhelangError = Interrupted()
        except KhelangError as error:
            failure = error
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # the boundary: a person gets a sentence, whatever happens
            failure = InternalError.of(error)
        if ctx.params.get("debug"):
            import traceback  # noqa: PLC0415 (only for those who ask for it)

            print_text("".join(traceback.format_exception(failure)), err=True)
        language = ctx.meta.get("language") or default_language()
        if isinstance(failure, PackageRefused):
            from khelang_opendata.render.report_text import report_text  # noqa: PLC0415 (only these failures need it)

            print_text(as_started(report_text(failure.report, language)), err=True)
        print_text(failure_lines(failure, language), err=True)
        sys.exit(failure.exit_code)


def _tell(error: click.UsageError, language: Language) -> None:
    """Say in Thai what is wrong with the command line, and exit; in English click says it."""
    if language is Language.TH and not isinstance(error, click.exceptions.NoArgsIsHelpError):
        from khelang_opendata.cli.usage import thai_text  # noqa: PLC0415 (only for wrong calls)

        print_text(thai_text(error), err=True)
        sys.exit(error.exit_code)


def failure_lines(error: KhelangError, language: Language) -> str:
    """What a failure says, and what to do."""
    texts = error.texts(language)
    return as_started(f"khelang: {texts.message}\n{of_reports('fix', language)}: {texts.fix}\n")


def first_lines(lines: Iterator[str], count: int, language: Language) -> Iterator[str]:
    """The first lines of a list, and how many more there are.

    Args:
        lines: the lines, as far as they are taken.
        count: how many there are.
        language: the language of what is said of the rest.
    """
    yield from islice(lines, _SHOWN)
    if count > _SHOWN:
        yield notice("list_more", language, count=count - _SHOWN)


def print_text(text: str, *, err: bool = False, styled: bool = False) -> None:
    """Print to a person's terminal in its encoding, and to files and pipes always as UTF-8.

    Names of files that the system's encoding does not hold come out as the bytes that they are. A terminal receives
    no control sequences but our own, where the text is ``styled``.
    """
    stream = sys.stderr if err else sys.stdout
    if stream.isatty():
        click.echo(text if styled else visible_lines(text), nl=False, err=err)
    else:
        click.echo(text.encode("utf-8", "surrogateescape"), nl=False, err=err)


def limits() -> Limits:
    """How much is read of a package, as the environment sets it."""
    return Limits.from_environment(os.environ)


def new_passphrase(language: Language) -> str | None:
    """A passphrase for a new key, asked for twice unless the environment sets one; an empty one means no passphrase."""
    if (given := os.environ.get(_PASSPHRASE)) is not None or not sys.stdin.isatty():
        return given or None
    label = notice("passphrase", language)
    answer: str = click.prompt(
        label, default="", hide_input=True, show_default=False, confirmation_prompt=True, err=True
    )
    return answer or None


def read_passphrase(language: Language, key: Path) -> str | None:
    """The passphrase of a key: from the environment, else asked for at a terminal if the key has one."""
    from khelang_opendata.release.signing import is_encrypted  # noqa: PLC0415 (extra)

    if (given := os.environ.get(_PASSPHRASE)) is not None or not sys.stdin.isatty() or not is_encrypted(key):
        return given or None
    answer: str = click.prompt(notice("passphrase", language), hide_input=True, err=True)
    return answer


def is_failure(report: Report, fail_on: str) -> bool:
    """Whether a report makes the exit code 1."""
    return not report.valid or (fail_on == "warning" and report.warnings > 0)
