"""The help of the commands, whose texts in both languages are in ``help.json``; nothing of a text is cut."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from khelang_opendata.model.wording import Language, read_texts

_SHARED = ""
"""The entry of ``help.json`` with the headings, and with the options that all commands have."""


AS_MODULE = "py -m khelang_opendata"
"""What a person types on Windows who starts the program as a module of Python."""
_COMMAND_SHOWN = r"(?<![\w./-])khelang (?=[a-z]{2,9}\b|--[a-z])"
"""The program's name before a command, as the texts show it."""


def as_started(text: str) -> str:
    """A text for people, whose commands begin as the one that runs: ``py -m khelang_opendata`` where that is it."""
    ctx = click.get_current_context(silent=True)
    is_module = ctx is not None and ctx.find_root().info_name == AS_MODULE
    return re.sub(_COMMAND_SHOWN, f"{AS_MODULE} ", text) if is_module else text


def default_language() -> Language:
    """Thai where the system speaks it, else English."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next(filter(None, names), None)
    if name is None:
        import locale  # noqa: PLC0415 (only where the environment names no language)

        name = locale.getlocale()[0] or ""
    return Language.TH if name.lower().startswith("th") else Language.EN


def language_of(ctx: click.Context) -> Language:
    """The language of ``--lang``, else of the locale."""
    found: Language | None = ctx.meta.get("language")
    return found or default_language()


def language_in(args: Iterable[str]) -> Language | None:
    """The language that the words of a command line ask for; None where they name none."""
    found = None
    for name, value in pairwise([*args, ""]):
        given = value if name == "--lang" else name.removeprefix("--lang=")
        if name.startswith("--lang") and given in [*Language]:
            found = Language(given)
    return found


class HelpedCommand(click.Command):
    """A command with its help in one language."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the language before ``--help``, which click handles where it meets it."""
        if language := language_in(args):
            ctx.meta["language"] = language
        return super().parse_args(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        language, texts = language_of(ctx), _of(_path(ctx))
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), heading("usage", language))
        for name in ("summary", "text"):
            if name in texts:
                formatter.write_paragraph()
                with formatter.indentation():
                    formatter.write_text(texts[name][language])
        sections = {"options": self._option_rows(ctx, language)}
        if isinstance(self, click.Group):
            names = self.list_commands(ctx)
            sections["commands"] = [(name, _of(f"{_path(ctx)} {name}")["summary"][language]) for name in names]
        for name, rows in sections.items():
            with formatter.section(heading(name, language)):
                formatter.write_dl(rows)
        formatter.write_paragraph()
        formatter.write(f"{heading('examples', language)}:\n")
        formatter.write(as_started("".join(f"  {example}\n" for example in texts["examples"])))

    def _option_rows(self, ctx: click.Context, language: Language) -> list[tuple[str, str]]:
        texts = {**_of(_SHARED)["options"], **_of(_path(ctx)).get("options", {})}
        rows = []
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx) if isinstance(option, click.Option) else None
            if record:
                text = texts[max(option.opts, key=len).lstrip("-")][language]
                extra = record[1].removeprefix(option.help or "").strip()
                rows.append((record[0], f"{text}  {extra}".rstrip()))
        return rows


def _path(ctx: click.Context) -> str:
    """The command's names below the program's, which may be called by another name."""
    names = []
    here: click.Context | None = ctx
    while here is not None and here.parent is not None:
        names.append(str(here.command.name))
        here = here.parent
    return " ".join(["khelang", *reversed(names)])


def _of(path: str) -> Mapping[str, Any]:
    texts: Mapping[str, Any] = read_texts(Path(__file__).with_suffix(".json"))[path]
    return texts


def heading(name: str, language: Language) -> str:
    """A heading of the help in one language."""
    return str(_of(_SHARED)["headings"][name][language])


class HelpedGroup(HelpedCommand, click.Group):
    """A group of commands with its help in one language."""

    command_class = HelpedCommand
