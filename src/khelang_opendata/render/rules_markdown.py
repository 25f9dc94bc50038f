"""The page ``docs/rules.md``: every rule of the catalogue in Thai and English.

Written anew by ``python -m khelang_opendata.render.rules_markdown docs/rules.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from khelang_opendata.files.atomic import write_atomically
from khelang_opendata.model.rules import Rule
from khelang_opendata.model.wording import Language, Wording
from khelang_opendata.render import notice
from khelang_opendata.render.markdown import inline
from khelang_opendata.render.messages import example_of, example_text
from khelang_opendata.standard.family import CURRENT
from khelang_opendata.validation.catalogue import rules

COMMAND = "python -m khelang_opendata.render.rules_markdown docs/rules.md"


def rules_markdown() -> str:
    """The page: a table of all rules, then each with its reason, its messages and fixes, an example, its source."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# กฎทั้งหมด / All rules"
    yield ""
    yield f"<!-- สร้างจาก rules.json ห้ามแก้ที่นี่ · Generated from rules.json, do not edit: {COMMAND} -->"
    yield ""
    yield "| รหัส / code | ระดับ / severity | กฎ | rule |"
    yield "| --- | --- | --- | --- |"
    for rule in rules().values():
        thai, english = (inline(rule.title[language]) for language in (Language.TH, Language.EN))
        yield f"| [`{rule.code}`](#{rule.code}) | {_severity(rule)} | {thai} | {english} |"
    for rule in rules().values():
        yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield from ("", f"## {rule.code}", "")
    yield f"{_severity(rule)} · {notice('source', Language.TH)} / Source: {inline(rule.source)}"
    for language in (Language.TH, Language.EN):
        yield from ("", f"**{inline(rule.title[language])}**", "")
        yield f"{notice('why', language)}: {inline(rule.explanation[language])}"
        yield ""
        yield from (_way(wording, language) for wording in rule.entry.wordings)
        if example := example_of(rule.code):
            link = f"../schemas/{CURRENT}/examples/invalid/{rule.code}"
            yield from ("", f"[{notice('example', language)}]({link}): {inline(example_text(example, language))}")


def _way(wording: Wording, language: Language) -> str:
    message, fix = inline(wording.message[language]), inline(wording.fix[language])
    return f"- {message}  \n  {notice('fix', language)}: {fix}"


def _severity(rule: Rule) -> str:
    return f"{notice(f'severity_{rule.severity}', Language.TH)} / {rule.severity}"


if __name__ == "__main__":
    write_atomically(Path(sys.argv[1]), rules_markdown().encode())
