"""The pages ``docs/th/rules.md`` and ``docs/en/rules.md``: every rule of the catalogue.

``python docs/rules.py docs`` writes them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from khelang_opendata.model.rules import Rule
from khelang_opendata.model.wording import Language
from khelang_opendata.render import notice
from khelang_opendata.render.markdown import inline
from khelang_opendata.render.messages import example_of, example_text
from khelang_opendata.standard.family import CURRENT
from khelang_opendata.validation.catalogue import rules

COMMAND = "python docs/rules.py docs"

_HEADINGS = {
    Language.TH: ("กฎทั้งหมด", "| รหัส | ระดับ | กฎ |", "สร้างจากข้อความของกฎ ห้ามแก้ที่นี่"),
    Language.EN: ("All rules", "| code | severity | rule |", "Generated from the texts of the rules: do not edit"),
}


def rules_markdown(language: Language) -> str:
    """The page: a table of all rules, then each with its reason, its messages and fixes, an example, its source."""
    return "\n".join(_lines(language)) + "\n"


def _lines(language: Language) -> Iterator[str]:
    title, head, generated = _HEADINGS[language]
    yield from (f"# {title}", "", f"<!-- {generated}: {COMMAND} -->", "", head, "| --- | --- | --- |")
    for rule in rules().values():
        yield f"| [`{rule.code}`](#{rule.code}) | {_severity(rule, language)} | {inline(rule.title[language])} |"
    for rule in rules().values():
        yield from _rule(rule, language)


def _rule(rule: Rule, language: Language) -> Iterator[str]:
    yield from ("", f"## {rule.code}", "", f"**{inline(rule.title[language])}** ({_severity(rule, language)})", "")
    yield f"{notice('why', language)}: {inline(rule.explanation[language])}"
    yield ""
    for wording in rule.entry.wordings:
        yield f"- {inline(wording.message[language])}  "
        yield f"  {notice('fix', language)}: {inline(wording.fix[language])}"
    if example := example_of(rule.code):
        path = f"schemas/{CURRENT}/examples/invalid/{rule.code}"
        yield from ("", f"{notice('example', language)} (`{path}`): {inline(example_text(example, language))}")
    yield from ("", f"{notice('source', language)}: {inline(rule.source)}")


def _severity(rule: Rule, language: Language) -> str:
    return notice(f"severity_{rule.severity}", language)


if __name__ == "__main__":
    for tongue in Language:
        (Path(sys.argv[1]) / tongue / "rules.md").write_text(rules_markdown(tongue), encoding="utf-8")
