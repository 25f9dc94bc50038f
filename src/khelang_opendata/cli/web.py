"""``khelang web``: the page that does what the commands do, served on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from khelang_opendata.cli.common import language_option, notice, print_text
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.model.wording import Language


@click.command("web", cls=HelpedCommand)
@click.option("--folder", type=click.Path(path_type=Path), default=Path("build/web"), show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8017, show_default=True)
@language_option
def web_command(folder: Path, port: int, lang: Language) -> None:
    """Serve the page on this machine."""
    from khelang_opendata.browser.serving import PageServer  # noqa: PLC0415 (the help does not need it)

    with PageServer(folder, port) as server:
        print_text(notice("web_served", lang, address=server.address) + "\n")
        server.serve_forever()
