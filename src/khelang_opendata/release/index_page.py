"""A release's ``index.html``: its README in both languages as one page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from khelang_opendata.model.wording import Language
from khelang_opendata.render.templating import templates_of
from khelang_opendata.standard.tables import JsonObject

_ALIGNED = {"style": "text-align:right"}


def index_page(descriptor: JsonObject, readmes: Mapping[Language, str], files: Collection[str]) -> bytes:
    """The page, with a link to each file of the release that the README names in backticks.

    Args:
        descriptor: the release's ``datapackage.json``.
        readmes: the README in each language, in Markdown; the first is shown first.
        files: the paths of the release's files.

    Returns:
        The page in UTF-8. HTML in a README stays text, and an address that is no web address no link.
    """
    template = templates_of("khelang_opendata.release", escape=True).get_template("index.html.j2")
    bodies = {language: _html(text, files) for language, text in readmes.items()}
    return template.render(package=descriptor, bodies=bodies).encode()


def _html(markdown: str, files: Collection[str]) -> str:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    for token in tokens:
        if token.type == "th_open":
            token.attrs["scope"] = "col"
        if token.attrs.items() >= _ALIGNED.items():
            del token.attrs["style"]
            token.attrs["class"] = "number"
        if token.children:
            token.children = [*_linked(token.children, files)]
    return str(parser.renderer.render(tokens, parser.options, {}))


def _linked(tokens: Iterable[Token], files: Collection[str]) -> Iterator[Token]:
    """The tokens of a line, those of a file's name within a link to it."""
    for token in tokens:
        if token.type == "code_inline" and token.content in files:
            yield Token("link_open", "a", 1, attrs={"href": quote(token.content)})
            yield token
            yield Token("link_close", "a", -1)
        else:
            yield token
