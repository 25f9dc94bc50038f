"""``khelang verify`` and ``khelang keygen``: is a release consistent, and who signed it?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from khelang_opendata.cli.common import PROBLEMS_IN_DATA, language_option, new_passphrase, notice, print_text
from khelang_opendata.model.wording import Language

if TYPE_CHECKING:
    from khelang_opendata.published import Verification


@click.command("verify")
@click.argument("release", type=click.Path(path_type=Path))
@click.option(
    "--public-key",
    "key_file",
    type=click.Path(path_type=Path),
    help="ไฟล์ .pub ของผู้เผยแพร่ ต้องตรวจลายมือชื่อผ่านเท่านั้น · The publisher's .pub file: only its signature passes.",
)
@language_option
def verify_command(release: Path, key_file: Path | None, lang: Language) -> None:
    """ตรวจว่าไฟล์ของรุ่น (โฟลเดอร์หรือ ZIP) ตรงกับรายการ · Check a release (folder or ZIP) against its manifest.

    หากไม่ระบุ --public-key จะไม่ทราบว่าใครเป็นผู้จัดทำ
    Without --public-key nothing is known of who made it.

    \b
    ตัวอย่าง · Examples:
      khelang verify releases/v1.0.0
      khelang verify releases/latest --public-key signing-key.pub --lang th
    """
    from khelang_opendata.published.signature import read_public_key  # noqa: PLC0415 (the help does not need it)
    from khelang_opendata.published.verification import verify  # noqa: PLC0415 (the help does not need it)

    result = verify(release, None if key_file is None else read_public_key(key_file))
    print_text("".join(f"{line}\n" for line in _lines(result, lang)))
    if not result.is_whole:
        sys.exit(PROBLEMS_IN_DATA)


def _lines(result: Verification, lang: Language) -> list[str]:
    from khelang_opendata.model.characters import visible  # noqa: PLC0415 (names of files may be anybody's)
    from khelang_opendata.published.verification import SignatureState  # noqa: PLC0415 (the help does not need it)

    problems = [notice(f"verify_{p.kind}", lang, path=visible(p.path)) for p in result.problems]
    verdict = "verify_broken" if problems else "verify_whole" if result.is_whole else "verify_unsigned"
    summary = notice(verdict, lang, files=result.files, problems=len(problems))
    is_proven = result.signature is SignatureState.VALID or not result.is_whole
    hint = [] if is_proven else [notice("verify_origin", lang)]
    return [*problems, notice(f"signature_{result.signature}", lang, key=visible(result.key or "")), summary, *hint]


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
    from khelang_opendata.package.outputs import check_output  # noqa: PLC0415 (only this command)
    from khelang_opendata.published.signature import require_library  # noqa: PLC0415 (extra)
    from khelang_opendata.release.signing import generate_key  # noqa: PLC0415 (extra)

    check_output(key)  # before a passphrase is asked for
    require_library()
    public = generate_key(key, new_passphrase(lang), comment)
    print_text(notice("key_made", lang, private=str(key), public=str(public)) + "\n")
