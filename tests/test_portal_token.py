"""The token of a portal: its sources, safe files, and that no output contains it."""

from __future__ import annotations

import copy
import os
import pickle
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.core import load_keyring

from khelang_opendata.model.failures import KhelangError
from khelang_opendata.model.wording import Language
from khelang_opendata.portals.token import Token, read_token
from khelang_opendata.render.messages import failure_text
from tests.conftest import fails

SECRET = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0LW9mLXRoZS10ZXN0.Zm9yLW5vYm9keQ"  # noqa: S105 (of no portal)
IN_KEYRING, IN_FILE = f"{SECRET}.keyring", f"{SECRET}.file"
UUID = "0b6f1f7e-3a0b-4bd6-8f5c-2c6f5d8b9a10"
PORTAL = "https://data.go.th/catalog"


@pytest.fixture(autouse=True)
def own_keyring(tmp_path: Path) -> Iterator[None]:
    """A keyring of this test alone, kept in a file."""
    before = keyring.get_keyring()
    ours: Any = load_keyring("keyrings.alt.file.PlaintextKeyring")
    ours.file_path = str(tmp_path / "keyring.cfg")
    keyring.set_keyring(ours)
    yield
    keyring.set_keyring(before)


def written(path: Path, content: str | bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)
    return path


def secret_of(file: Path | None = None, url: str = PORTAL, **environ: str) -> str | None:
    token = read_token(url, file, environ)
    return token.reveal() if token else None


def refusal(call: Callable[[], object]) -> KhelangError:
    """Return the exception of a call; it contains neither the token nor an exception with it."""
    with fails("token_unusable") as caught:
        call()
    shown = [*failure_text(caught.value, Language.TH), *failure_text(caught.value, Language.EN), repr(caught.value)]
    assert SECRET not in "".join((*shown, *traceback.format_exception(caught.value)))
    assert caught.value.exit_code == 2
    return caught.value


class TestSources:
    def test_file_comes_before_variable_before_keyring(self, tmp_path: Path) -> None:
        keyring.set_password("khelang", "data.go.th", IN_KEYRING)
        file = written(tmp_path / "token", IN_FILE)
        assert secret_of(file, CKAN_API_TOKEN=UUID) == IN_FILE
        assert secret_of(CKAN_API_TOKEN=UUID) == UUID
        assert secret_of() == IN_KEYRING
        assert secret_of(CKAN_API_TOKEN="") == IN_KEYRING

    def test_keyring_holds_one_for_each_host(self) -> None:
        keyring.set_password("khelang", "data.go.th", SECRET)
        assert secret_of(url="https://DATA.go.th:443/") == SECRET
        assert secret_of(url="https://catalog.data.go.th") is None

    def test_without_any_there_is_none(self) -> None:
        assert secret_of() is None

    def test_keyring_without_backend_or_not_installed_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        keyring.set_keyring(load_keyring("keyring.backends.fail.Keyring"))
        assert secret_of() is None
        monkeypatch.setitem(sys.modules, "keyring", None)
        assert secret_of() is None

    def test_invalid_token_of_the_keyring_is_refused(self) -> None:
        keyring.set_password("khelang", "data.go.th", f"{SECRET} {SECRET}")
        found = refusal(secret_of)
        assert (found.params["variant"], found.params["source"]) == ("characters", "keyring khelang/data.go.th")


class TestContent:
    @pytest.mark.parametrize("content", [SECRET, f"{SECRET}\n", f"\ufeff{SECRET}\r\n", f"\n \t{SECRET} \n\n"])
    def test_byte_order_mark_and_line_ends_of_editors_are_removed(self, tmp_path: Path, content: str) -> None:
        assert secret_of(written(tmp_path / "token", content)) == SECRET
        assert secret_of(CKAN_API_TOKEN=content) == SECRET

    @pytest.mark.parametrize("content", [UUID, "x" * 10, "x" * 4096, "a+/b~_.-A1+/b~_.-=="])
    def test_every_form_of_token_is_accepted(self, content: str) -> None:
        assert secret_of(CKAN_API_TOKEN=content) == content

    @pytest.mark.parametrize(
        ("content", "variant"),
        [
            ("", "empty"),
            (" \r\n", "empty"),
            ("\ufeff \n", "empty"),
            (f"{SECRET}\n{SECRET}", "lines"),
            (f"{SECRET}\u2028{SECRET}", "lines"),
            ("x" * 9, "short"),
            ("success", "short"),
            ("x" * 4097, "long"),
            ("x" * 100_000, "long"),
            (f"Bearer {SECRET}", "characters"),
            (f"{SECRET}\x00", "characters"),
            (f"{SECRET}\x7f", "characters"),
            (f"{SECRET}๑", "characters"),
            (f"{SECRET}\u200b", "characters"),
            (f'"{SECRET}"', "characters"),
            (f"{SECRET}\n".encode("utf-16"), "characters"),
            ("โทเคน".encode("cp874"), "characters"),
        ],
    )
    def test_invalid_token_is_refused(self, tmp_path: Path, content: str | bytes, variant: str) -> None:
        found = refusal(lambda: secret_of(written(tmp_path / "token", content)))
        assert found.params == {"variant": variant, "source": str(tmp_path / "token")}


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="the system knows no owners and modes of files")
class TestSafety:
    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601, 0o620, 0o777])
    def test_file_that_others_may_open_is_refused_with_the_remedy(self, tmp_path: Path, mode: int) -> None:
        file = written(tmp_path / "token", SECRET, mode)
        found = refusal(lambda: secret_of(file))
        assert found.params["variant"] == "mode"
        assert f'chmod 600 "{file}"' in failure_text(found, Language.TH).fix

    @pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
    def test_file_of_the_owner_alone_is_read(self, tmp_path: Path, mode: int) -> None:
        assert secret_of(written(tmp_path / "token", SECRET, mode)) == SECRET

    @pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root gives files away")
    def test_file_of_another_user_is_refused(self, tmp_path: Path) -> None:
        file = written(tmp_path / "token", SECRET)
        os.chown(file, 12345, 12345)
        assert refusal(lambda: secret_of(file)).params["variant"] == "owner"

    def test_link_is_judged_by_the_file_that_it_leads_to(self, tmp_path: Path) -> None:
        link = tmp_path / "link"
        link.symlink_to(written(tmp_path / "token", SECRET))
        assert secret_of(link) == SECRET
        (tmp_path / "token").chmod(0o644)
        assert refusal(lambda: secret_of(link)).params["variant"] == "mode"

    def test_folder_pipe_and_device_are_no_files(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe", 0o600)
        for place in (tmp_path, tmp_path / "pipe", Path(os.devnull)):
            assert refusal(lambda place=place: secret_of(place)).params["variant"] == "not_a_file"  # type: ignore[misc]

    def test_missing_file_is_a_failure(self, tmp_path: Path) -> None:
        found = refusal(lambda: secret_of(tmp_path / "none", CKAN_API_TOKEN=SECRET))
        assert found.params["variant"] == "unreadable"


class TestSecrecy:
    def test_token_is_in_no_text_of_the_object(self) -> None:
        token = Token(SECRET)
        texts = (repr(token), str(token), f"{token}", f"{token!r:>80}", "%s" % token, f"{[token]}")  # noqa: UP031
        assert not any(SECRET in text for text in texts)
        assert not hasattr(token, "__dict__")

    def test_token_is_neither_pickled_nor_copied(self) -> None:
        for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="neither copied nor pickled"):
                attempt(Token(SECRET))

    def test_token_is_removed_from_a_text(self) -> None:
        assert Token(SECRET).removed_from(f"a {SECRET} b") == "a [token] b"
