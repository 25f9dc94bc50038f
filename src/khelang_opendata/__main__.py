"""The command ``khelang``, also as ``python -m khelang_opendata``: what the command line needs of its process."""

import atexit
import gc


def run() -> None:
    """Run the command line with the garbage collector out of the way, which takes a tenth off a short command.

    Loading modules makes no rubbish, so it is looked for seldom; and not at the end, when all of it goes anyway.
    """
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
    from khelang_opendata.cli import main  # noqa: PLC0415 (loading it is what the above is for)

    main(prog_name="khelang")


if __name__ == "__main__":
    run()
