"""``python -m khelang_opendata`` is the command ``khelang``."""

from khelang_opendata.cli import main

main()
