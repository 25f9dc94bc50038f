"""Write the pages of the site: those of docs/th and docs/en, and the references made from the code and the standard.

``python docs/generate.py build/pages``
"""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import khelang_opendata
from khelang_opendata import Language, load_family
from khelang_opendata.render.markdown import inline

DOCS = Path(__file__).parent
ORDER = [
    *("start", "adopting", "official", "municipality", "extending", "journalist", "library"),
    *("rules", "report", "releases", "changes", "publishing", "evidence", "eplan", "web", "trust"),
    *("commands", "codebook", "api", "architecture"),
]
"""The pages as the side bar lists them."""

TITLES = {
    "commands": {"th": "คำสั่งทั้งหมด", "en": "All commands"},
    "codebook": {"th": "ตารางและคอลัมน์ของมาตรฐาน", "en": "Tables and columns of the standard"},
    "api": {"th": "ไลบรารี: ชื่อทั้งหมด", "en": "The library: all names"},
}


def main(target: Path) -> None:
    """Write all pages below a folder that is made anew."""
    shutil.rmtree(target, ignore_errors=True)
    for language in Language:
        shutil.copytree(DOCS / language, target / language)
        pages = {"commands": commands(language), "codebook": codebook(language), "api": api()}
        for name, lines in pages.items():
            text = "\n".join([f"# {TITLES[name][language]}", "", *lines, ""])
            (target / language / f"{name}.md").write_text(text, encoding="utf-8")
        for page in (target / language).glob("*.md"):
            page.write_text(outside_links_as_text(page.read_text(encoding="utf-8")), encoding="utf-8")
        with (target / language / "index.md").open("a", encoding="utf-8") as index:
            index.write("\n".join(["", "```{toctree}", ":hidden:", "", *ORDER, "```", ""]))


def outside_links_as_text(text: str) -> str:
    """Links that leave the documents, as the paths that they name: the site has no copy of the repository."""
    return re.sub(r"\[([^]]*)\]\(\.\./\.\./([^)]*)\)", r"`\2`", text)


def commands(language: Language) -> Iterator[str]:
    """The help of every command."""
    for words in (
        [],
        *([name] for name in _names([])),
        *(["schema", name] for name in _names(["schema"])),
        ["portal", "check"],
    ):
        yield from (f"## khelang {' '.join(words)}".rstrip(), "", "```text", _help(words, language).strip(), "```", "")


def _names(group: list[str]) -> list[str]:
    from khelang_opendata.cli import main as root  # noqa: PLC0415 (click)

    command = root
    for word in group:
        command = command.get_command(command.make_context("khelang", ["--help"], resilient_parsing=True), word)  # type: ignore[assignment]
    return list(command.list_commands(command.make_context("khelang", ["--help"], resilient_parsing=True)))


def _help(words: list[str], language: Language) -> str:
    command = [sys.executable, "-m", "khelang_opendata", "--lang", language, *words, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.replace("python -m khelang_opendata", "khelang")


def codebook(language: Language) -> Iterator[str]:
    """Every table of the standard with its columns."""
    suffix = "" if language is Language.TH else "_en"
    head = {"th": "| คอลัมน์ | ชนิด | คำอธิบาย |", "en": "| column | type | description |"}[language]
    for table in load_family().tables.values():
        yield from (
            f"## {table.name}",
            "",
            inline(str(table.descriptor[f"description{suffix}"])),
            "",
            head,
            "| --- | --- | --- |",
        )
        for field in table.fields:
            texts = (str(field.descriptor[f"{key}{suffix}"]) for key in ("title", "description"))
            title, description = map(inline, texts)
            yield f"| `{field.name}` {title} | {field.descriptor['type']} | {description} |"
        yield ""


def api() -> Iterator[str]:
    """Every public name with its signature and docstring."""
    for name in khelang_opendata.__all__:
        value = getattr(khelang_opendata, name)
        yield from (f"## {name}", "", "```text")
        if inspect.isfunction(value):
            yield f"{name}{inspect.signature(value)}\n"
        yield from (inspect.cleandoc(value.__doc__ or ""), "```", "")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
