"""``khelang verify`` and ``khelang keygen``: is this the release that was published, and by whom?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from khelang_opendata.catalogue import Language, notice
from khelang_opendata.cli.common import PROBLEMS_IN_DATA, language_option, new_passphrase, print_text
from khelang_opendata.errors import KeyUnusable

if TYPE_CHECKING:
    from khelang_opendata.release import Verification


@click.command("verify")
@click.argument("release", type=click.Path(path_type=Path))
@click.option(
    "--public-key",
    "key_file",
    type=click.Path(path_type=Path),
    help="แฟ้ม .pub ของผู้ที่ควรลงนาม · The .pub file of who should have signed.",
)
@language_option
def verify_command(release: Path, key_file: Path | None, lang: Language) -> None:
    """ตรวจว่ารุ่นครบและไม่ถูกแก้ไข (โฟลเดอร์หรือ ZIP) · Check that a release (folder or ZIP) is as published.

    \b
    ตัวอย่าง · Examples:
      khelang verify releases/v1.0.0
      khelang verify releases/latest --lang th
    """
    from khelang_opendata.release.verify import verify_release  # noqa: PLC0415 (the help does not need it)

    result = verify_release(release, _public_key(key_file) if key_file else None)
    print_text("".join(f"{line}\n" for line in _lines(result, lang)))
    if not result.is_whole:
        sys.exit(PROBLEMS_IN_DATA)


def _lines(result: Verification, lang: Language) -> list[str]:
    from khelang_opendata.render.cells import visible  # noqa: PLC0415 (names of files may be anybody's)

    problems = [notice(f"verify_{p.kind}", lang, path=visible(p.path)) for p in result.problems]
    verdict = "verify_broken" if problems else "verify_whole"
    summary = notice(verdict, lang, files=result.files, problems=len(problems))
    return [*problems, notice(f"signature_{result.signature}", lang, key=visible(result.key or "")), summary]


def _public_key(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KeyUnusable(path=str(path), reason=str(error)) from error


@click.command("keygen")
@click.argument("key", type=click.Path(path_type=Path))
@click.option("--comment", default="khelang", show_default=True, help="หน่วยงานที่ลงนาม · The office that signs.")
@language_option
def keygen_command(key: Path, comment: str, lang: Language) -> None:
    """สร้างกุญแจลงนาม Ed25519 แบบ OpenSSH · Make an Ed25519 key pair to sign releases with (OpenSSH).

    รหัสผ่านอ่านจาก KHELANG_KEY_PASSPHRASE หรือถามที่หน้าจอ
    The passphrase is read from KHELANG_KEY_PASSPHRASE, or asked for at a terminal.

    \b
    ตัวอย่าง · Examples:
      khelang keygen signing-key --comment "กองยุทธศาสตร์และงบประมาณ"
    """
    from khelang_opendata.release.signature import generate_key  # noqa: PLC0415 (extra)

    public = generate_key(key, new_passphrase(lang), comment)
    print_text(notice("key_made", lang, private=str(key), public=str(public)) + "\n")
