"""What click says of a wrong command line, in Thai; in English click's own words stay."""

from __future__ import annotations

import re
from difflib import get_close_matches

import click

from khelang_opendata.cli.help import heading
from khelang_opendata.model.wording import Language, Notices

notice = Notices(__file__)

_SENTENCES = {
    "usage_command_unknown": r"No such command '(?P<name>.*)'\.",
    "usage_option_unknown": r"No such option:? '?(?P<name>[^ ']*)'?\.?",
    "usage_argument_extra": r"Got unexpected extra arguments? \((?P<name>.*)\)",
    "usage_value_missing": r"Option '(?P<name>.*)' requires an argument\.",
    "usage_value_unneeded": r"Option '(?P<name>.*)' does not take a value\.",
    "usage_command_missing": r"Missing command\.(?P<name>)",
}
"""Click's sentences, by the notice that says the same; click has no error of its own for some of them."""

_VALUES = {
    "usage_value_range": r"(?P<value>.*) is not in the range (?P<allowed>.*)\.",
    "usage_value_integer": r"(?P<value>.*) is not a valid integer(?: range)?\.",
}


def thai_text(error: click.UsageError) -> str:
    """A wrong call's usage, where its help is, and what is wrong."""
    lines = []
    if (ctx := error.ctx) is not None:
        pieces = " ".join(ctx.command.collect_usage_pieces(ctx))
        lines += [f"{heading('usage', Language.TH)}{ctx.command_path} {pieces}"]
        lines += [notice("usage_help", Language.TH, command=ctx.command_path), ""]
    lines.append(f"khelang: {_message(error)}")
    return "".join(f"{line}\n" for line in lines)


def _message(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter):
        name, allowed = _hint(error), _allowed(error)
        return notice("usage_parameter_missing", Language.TH, name=name) + allowed
    if isinstance(error, click.BadParameter):
        return _of_value(error)
    for name, sentence in _SENTENCES.items():
        if match := re.fullmatch(sentence, error.message, re.DOTALL):
            return notice(name, Language.TH, name=match["name"]) + _nearest(error, match["name"])
    return error.message


def _of_value(error: click.BadParameter) -> str:
    name = _hint(error)
    if allowed := _allowed(error):
        value = re.match(r"(?P<value>'.*?'|\S+) is not one of", error.message)
        return notice("usage_value_unknown", Language.TH, name=name, value=value["value"] if value else "") + allowed
    for code, sentence in _VALUES.items():
        if match := re.fullmatch(sentence, error.message, re.DOTALL):
            return notice(code, Language.TH, name=name, **match.groupdict())
    return notice("usage_value_wrong", Language.TH, name=name, reason=error.message)


def _hint(error: click.BadParameter) -> str:
    """The option or argument at fault, as the usage shows it."""
    if error.param is None:
        return str(error.param_hint or "")
    return str(error.param.get_error_hint(error.ctx)).replace("'", "")


def _allowed(error: click.BadParameter) -> str:
    kind = error.param.type if error.param is not None else None
    if not isinstance(kind, click.Choice):
        return ""
    return " " + notice("usage_allowed", Language.TH, allowed=", ".join(map(str, kind.choices)))


def _nearest(error: click.UsageError, name: str) -> str:
    """The command or option that is probably meant."""
    ctx = error.ctx
    if ctx is None or not name:
        return ""
    names = [option for param in ctx.command.get_params(ctx) for option in param.opts if option.startswith("--")]
    if not name.startswith("-"):
        names = ctx.command.list_commands(ctx) if isinstance(ctx.command, click.Group) else []
    near = get_close_matches(name, names, n=1)
    return " " + notice("usage_near", Language.TH, name=near[0]) if near else ""
