"""What a person sees and types at a terminal: colours, a passphrase that is not shown, and how far a long task is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from khelang_opendata.published.signature import read_public_key
from khelang_opendata.published.verification import SignatureState, verify
from khelang_opendata.release.signing import is_encrypted
from tests.conftest import PLAN, VALID, Khelang

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX"),
    pytest.mark.system,
]
if os.name == "posix":
    from tests.terminals import at_a_terminal


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_command_colours_a_terminal_unless_asked_not_to(no_color: str, coloured: bool, tmp_path: Path) -> None:
    code, shown = at_a_terminal("validate", PLAN, cwd=tmp_path, env={"NO_COLOR": no_color})
    assert code == 0, shown
    assert (b"\x1b[" in shown) is coloured
    assert b"Valid and ready to release: no errors" in shown


def test_passphrase_is_asked_for_and_not_shown(tmp_path: Path) -> None:
    code, shown = at_a_terminal("keygen", "key", cwd=tmp_path, typed=["horse-battery"] * 2)
    assert (code, is_encrypted(tmp_path / "key")) == (0, True), shown
    assert b"Passphrase of the key" in shown
    release = ("release", PLAN, "--out", "out", "--sign", "key")
    code, _ = at_a_terminal(*release, cwd=tmp_path, typed=["wrong"])
    assert (code, (tmp_path / "out").exists()) == (2, False)
    code, signed = at_a_terminal(*release, cwd=tmp_path, typed=["horse-battery"])
    assert code == 0, signed
    assert b"horse" not in shown + signed
    public = read_public_key(tmp_path / "key.pub")
    assert verify(tmp_path / "out/v1.0.0", public).signature is SignatureState.VALID


def test_passphrase_may_be_empty_and_is_then_not_asked_for(tmp_path: Path) -> None:
    code, shown = at_a_terminal("keygen", "key", cwd=tmp_path, typed=["", ""])
    assert (code, is_encrypted(tmp_path / "key")) == (0, False), shown
    code, shown = at_a_terminal("release", PLAN, "--out", "out", "--sign", "key", cwd=tmp_path)
    assert (code, b"Passphrase" in shown) == (0, False), shown


def test_validation_of_many_shows_how_far_it_is(tmp_path: Path, khelang: Khelang) -> None:
    paths = [Path(shutil.copytree(VALID, tmp_path / name)) for name in ("a", "b", "c")]
    code, shown = at_a_terminal("validate", *paths, "--out", "reports", "--lang", "en", cwd=tmp_path)
    assert code == 0, shown
    assert b"Checking" in shown
    assert b"3/3" in shown or b"100%" in shown
    done = khelang("validate", *paths, "--out", "others", "--lang", "en")
    assert b"Checking" not in done.stdout + done.stderr, "no terminal"
