"""How our templates are filled: strictly, so that a name they do not know is a failure of ours, not a gap in a page."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def templates_of(package: str, *, escape: bool) -> Environment:
    """The templates of a package of ours; ``escape`` what is filled in for HTML, in Markdown a filter escapes it."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=escape,  # noqa: S701 (HTML asks for it)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
