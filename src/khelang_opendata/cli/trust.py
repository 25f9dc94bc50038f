"""``khelang verify`` and ``khelang keygen``: is a release consistent, and who signed it?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from khelang_opendata.cli.common import PROBLEMS_IN_DATA, language_option, new_passphrase, notice, print_text
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.model.failures import system_errors_as
from khelang_opendata.model.wording import Language


@click.command("verify", cls=HelpedCommand)
@click.argument("release", type=click.Path(path_type=Path))
@click.option("--public-key", "key_file", type=click.Path(path_type=Path))
@language_option
def verify_command(release: Path, key_file: Path | None, lang: Language) -> None:
    """Check a release (folder or ZIP) against its manifest."""
    from khelang_opendata.package.datapackage import DESCRIPTOR  # noqa: PLC0415 (the help does not need it)
    from khelang_opendata.package.release_files import CHANGES_PAGE  # noqa: PLC0415 (as above)
    from khelang_opendata.published.history import named_release  # noqa: PLC0415 (as above)
    from khelang_opendata.published.manifest import MANIFEST  # noqa: PLC0415 (as above)
    from khelang_opendata.published.no_release import no_release  # noqa: PLC0415 (as above)
    from khelang_opendata.published.signature import read_public_key  # noqa: PLC0415 (as above)
    from khelang_opendata.published.verification import verify  # noqa: PLC0415 (as above)
    from khelang_opendata.published.verification_text import verification_lines  # noqa: PLC0415 (as above)

    with system_errors_as("file_unreadable", release):
        release = named_release(release)
        if (release / DESCRIPTOR).is_file() and not any((release / name).exists() for name in (MANIFEST, CHANGES_PAGE)):
            raise no_release(release)
    result = verify(release, None if key_file is None else read_public_key(key_file))
    print_text("".join(f"{line}\n" for line in verification_lines(result, lang)))
    if not result.is_whole:
        sys.exit(PROBLEMS_IN_DATA)


@click.command("keygen", cls=HelpedCommand)
@click.argument("key", type=click.Path(path_type=Path))
@click.option("--comment", default="khelang", show_default=True)
@language_option
def keygen_command(key: Path, comment: str, lang: Language) -> None:
    """Make an Ed25519 key pair to sign releases with (OpenSSH)."""
    from khelang_opendata.package.outputs import check_output  # noqa: PLC0415 (only this command)
    from khelang_opendata.published.signature import require_library  # noqa: PLC0415 (extra)
    from khelang_opendata.release.signing import generate_key  # noqa: PLC0415 (extra)

    check_output(key)  # before a passphrase is asked for
    require_library()
    public = generate_key(key, new_passphrase(lang), comment)
    print_text(notice("key_made", lang, private=str(key), public=str(public)) + "\n")
