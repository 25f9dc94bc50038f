"""``khelang init``: the package of a new plan, from options or from a person's answers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from khelang_opendata.cli.common import failure_lines, language_option, notice, print_text
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.wording import Language

_NAMES = ("name-th", "name-en", "type", "dla-code", "province", "district", "years", "title", "plan-id")


def fact_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options for the facts of a plan."""
    for name in reversed(_NAMES):
        command = click.option(f"--{name}", metavar="TEXT")(command)
    return command


@click.command("init", cls=HelpedCommand)
@click.argument("folder", type=click.Path(path_type=Path))
@fact_options
@language_option
def init_command(folder: Path, lang: Language, **given: str | None) -> None:
    """Make the package of a new plan."""
    from khelang_opendata.intake.answers import answers_of, type_disagrees  # noqa: PLC0415 (the help needs no standard)
    from khelang_opendata.intake.new_package import check_new_folder, new_package, write_new_folder  # noqa: PLC0415

    check_new_folder(folder)
    facts = {name: given[name.replace("-", "_")] for name in _NAMES}
    answers = answers_of(_completed(facts, lang))
    write_new_folder(folder, new_package(answers))
    lines = [notice("init_written", lang, name=answers.plan_id, path=str(folder))]
    if type_disagrees(answers):
        lines.append(notice("init_type_differs", lang, code=answers.dla_code))
    lines.append(notice("init_next", lang, path=str(folder)))
    print_text("".join(f"{line}\n" for line in lines))


def _completed(facts: dict[str, str | None], lang: Language) -> dict[str, str]:
    """The facts with those that no option gives: asked for at a terminal, else empty."""
    if not sys.stdin.isatty():
        return {name: value or "" for name, value in facts.items()}
    return {name: _asked(name, lang) if value is None else value for name, value in facts.items()}


def _asked(name: str, lang: Language) -> str:
    """A person's answer to one question, asked again until its check takes it."""
    from khelang_opendata.intake.answers import QUESTIONS  # noqa: PLC0415 (as above)

    question = QUESTIONS[name]
    while True:
        text: str = click.prompt(
            notice(f"ask_{name}", lang), default=None if question.needed else "", show_default=False, err=True
        )
        try:
            return question.check(text)
        except UsageError as error:
            print_text(failure_lines(error, lang), err=True)
