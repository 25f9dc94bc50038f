"""The command line ``khelang``: parse, call the library, print, exit. Nothing else in the project prints.

Exit codes: 0 fine, 1 problems in the data, 2 wrong usage, 3 failure of the tool or its surroundings. Each command is
loaded when it is called.
"""

from __future__ import annotations

import click

from khelang_opendata import __version__
from khelang_opendata.cli.common import Commands, language_option
from khelang_opendata.model.wording import Language


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="khelang")
@click.option("--debug", is_flag=True)
@language_option
def main(debug: bool, lang: Language) -> None:
    """Anti-corruption plans of Thai local governments as open data."""
