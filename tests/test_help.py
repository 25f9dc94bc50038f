"""Help in one language at a time, whole, with examples, for each command."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import click
import pytest
from click.testing import CliRunner

from khelang_opendata.cli import main
from khelang_opendata.cli.help import language_of
from khelang_opendata.model.wording import Language, read_texts
from tests.conftest import ROOT, Khelang

TEXTS = read_texts(ROOT / "src/khelang_opendata/cli/help.json")
THAI = re.compile("[\u0e00-\u0e7f]")


def commands() -> Iterator[tuple[str, click.Command]]:
    yield "khelang", main
    for name in main.list_commands(click.Context(main)):
        command = main.get_command(click.Context(main), name)
        assert command is not None
        yield f"khelang {name}", command
        for inner in getattr(command, "commands", {}):
            yield f"khelang {name} {inner}", command.commands[inner]  # type: ignore[attr-defined]


PATHS = [path for path, _ in commands()]


def help_of(path: str, *options: str) -> str:
    done = CliRunner().invoke(main, [*path.split()[1:], "--help", *options], terminal_width=80)
    assert done.exit_code == 0, done.output
    return done.output


def texts_in(content: Any) -> Iterator[dict[str, str]]:
    if isinstance(content, dict):
        if "th" in content or "en" in content:
            yield content
        else:
            for inner in content.values():
                yield from texts_in(inner)


def test_texts_are_in_both_languages_and_are_those_of_the_commands() -> None:
    for text in texts_in(TEXTS):
        assert [*text] == [*Language]
        assert THAI.search(text["th"]), text
        assert not THAI.search(text["en"]), text
    assert {*TEXTS} == {"", *PATHS}
    shared = {*TEXTS[""]["options"]}
    for path, command in commands():
        options = {max(p.opts, key=len).lstrip("-") for p in command.params if isinstance(p, click.Option)}
        assert {*TEXTS[path].get("options", {})} == options - shared, path


@pytest.mark.parametrize("path", PATHS)
def test_help_is_whole_in_each_language(path: str) -> None:
    english, thai = help_of(path, "--lang", "en"), help_of(path, "--lang", "th")
    of_texts = english.partition("Examples:")[0]
    assert not THAI.search(of_texts)
    assert " · " not in english + thai
    for output, language in ((english, "en"), (thai, "th")):
        joined = re.sub(r"\s+", "", output)
        for text in texts_in({name: content for name, content in TEXTS[path].items() if name != "examples"}):
            assert re.sub(r"\s+", "", text[language]) in joined, text[language]
        for line in output.splitlines():
            assert not line.strip() or unicodedata.category(line.strip()[0]) != "Mn", line
        assert all(example in output for example in TEXTS[path]["examples"])
        assert TEXTS[path]["examples"]


def test_list_of_commands_cuts_no_summary() -> None:
    thai = re.sub(r"\s+", "", help_of("khelang", "--lang", "th"))
    for path in PATHS[1:]:
        if path.count(" ") == 1:
            assert re.sub(r"\s+", "", TEXTS[path]["summary"]["th"]) in thai
    assert "..." not in thai.replace("[ARGS]...", "")


def test_help_follows_the_locale_and_lang(khelang: Khelang) -> None:
    for args in (["--help"], ["validate", "--help"]):
        assert THAI.search(khelang(*args, env={"LC_ALL": "th_TH.UTF-8"}).stdout.decode())
        assert not THAI.search(khelang(*args).stdout.decode())
        assert THAI.search(khelang("--lang", "th", *args).stdout.decode())


def test_language_of_the_group_is_that_of_its_commands() -> None:
    context = click.Context(main)
    context.meta["language"] = Language.TH
    assert language_of(click.Context(main, parent=context)) is Language.TH


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completes_the_commands(khelang: Khelang, shell: str) -> None:
    script = khelang(env={"_KHELANG_COMPLETE": f"{shell}_source"})
    assert script.returncode == 0
    assert f"_KHELANG_COMPLETE={shell}_complete" in script.stdout.decode()
    words = {"COMP_WORDS": "khelang val", "COMP_CWORD": "val" if shell == "fish" else "1"}
    done = khelang(env={"_KHELANG_COMPLETE": f"{shell}_complete", **words})
    assert "validate" in done.stdout.decode()
    assert "release" not in done.stdout.decode()
