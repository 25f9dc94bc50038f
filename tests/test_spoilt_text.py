"""Text spoilt on its way: garbled and lost letters, hidden characters, Thai marks, and what it becomes again."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khelang_opendata.model.spoilt_text import (
    FLAWS,
    TONE_MARKS,
    VOWEL_MARKS,
    flaw_in,
    hidden_character,
    is_plain,
    lost_letters,
    restored,
    tidied,
    without_hidden,
)
from khelang_opendata.validation.rules.cell_values import KINDS_OF_LETTERS
from tests.cases.spoilt_texts import GARBLED, HIDDEN, LOST, NOT_NORMAL, SOUND

TEXT = "การตรวจสอบบ้านน้ำ – ภาษา “ไทย”"


@pytest.mark.parametrize("text", GARBLED[:-2], ids=ascii)
def test_garbled_thai_is_restored(text: str) -> None:
    assert restored(text) == TEXT


@pytest.mark.parametrize("thai", ["การ", "อบรมคุณธรรม จริยธรรม", "น้ำ", "ญี่ปุ่น", "ปี"])
@pytest.mark.parametrize("encoding", ["cp874", "utf-8"])
def test_a_few_garbled_letters_are_restored(thai: str, encoding: str) -> None:
    assert restored(thai.encode(encoding).decode("latin-1")) == thai


def test_garbled_words_inside_sound_text() -> None:
    assert restored("ภาษา ¡ÒÃ á") == "ภาษา การ แ"


@pytest.mark.parametrize("text", ["การ", "Château naïve été", "½ × ¼", "กาแฟ café", "", *SOUND])
def test_sound_text_is_left_alone(text: str) -> None:
    assert restored(text) is None
    assert lost_letters(text) is None
    assert hidden_character(text, with_invisible=True) is None
    assert flaw_in(text, FLAWS) is None
    assert tidied(text, FLAWS) == text


@given(st.text(alphabet=st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B), max_size=30))
def test_no_thai_text_is_taken_for_garbled_or_lost(text: str) -> None:
    """But for those that begin as UTF-8 does in the Thai code page, three letters in a row."""
    assert lost_letters(text) is None
    assert restored(text) is None or text.count("เธ") + text.count("เน") >= 3


@pytest.mark.parametrize("text", LOST, ids=ascii)
def test_lost_letters_are_seen(text: str) -> None:
    assert lost_letters(text)


@pytest.mark.parametrize("text", [*GARBLED, *LOST, *HIDDEN], ids=ascii)
def test_spoilt_text_is_not_plain(text: str) -> None:
    """So that the one quick test never hides what the three others find."""
    assert not is_plain(text)


@given(st.text(alphabet="กเธน้ –…?#\ufffdTRUEr:1\u200b\u0e3a\x9f", max_size=12))
def test_what_is_plain_has_nothing_to_report(text: str) -> None:
    found = (lost_letters(text), restored(text), hidden_character(text, with_invisible=True))
    assert not is_plain(text) or found == (None, None, None)


@pytest.mark.parametrize("text", HIDDEN, ids=ascii)
def test_a_hidden_character_is_named_and_taken_out(text: str) -> None:
    found = hidden_character(text, with_invisible=False)
    assert found is not None
    assert found.code_point == f"U+{ord(text[found.position - 1]):04X}"
    mended = without_hidden(text)
    if mended is not None:
        assert hidden_character(mended, with_invisible=True) is None
        assert [c for c in mended if "ก" <= c <= "ฮ"] == [c for c in text if "ก" <= c <= "ฮ"], "no letter is lost"


def test_glyphs_of_thai_fonts_become_letters() -> None:
    assert without_hidden("ป\uf70bองกันการท\uf718จริต") == "ป้องกันการทุจริต"
    assert without_hidden("ก\ue000") is None


@pytest.mark.parametrize("text", NOT_NORMAL, ids=ascii)
def test_what_is_tidied_has_no_flaw(text: str) -> None:
    assert flaw_in(text, FLAWS) or not unicodedata.is_normalized("NFC", text)
    mended = tidied(text, FLAWS)
    if mended is not None:
        assert flaw_in(mended, FLAWS) is None
        assert tidied(mended, FLAWS) == mended


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("เเผน", "แผน"),
        ("ก\u0e48\u0e35", "กี่"),
        ("กำ\u0e49น", "ก้ำน"),
        ("ปา\u0e48", "ป่า"),
        ("ที่่", "ที่"),
        ("กุ\u0e48\u0e38น", "กุ่น"),
        ("น\u0e49\u0e4dา", "น้ำ"),
        ("น\u0e4d\u0e49า", "น้ำ"),
        ("เม ือง", "เมือง"),
        ("โครงการ\nอบรม\n2566", "โครงการอบรม 2566"),
        ("ก\u200bข\u00a0ค  ง ", "กข ค ง"),
        ("่ก", None),
        ("ก่้", None),
    ],
)
def test_flaws_are_mended(text: str, mended: str | None) -> None:
    assert tidied(text, FLAWS) == mended


@given(st.text(max_size=60))
def test_any_text_is_mended_or_left(text: str) -> None:
    for mended in (restored(text), without_hidden(text), tidied(text, FLAWS)):
        assert mended is None or isinstance(mended, str)
    lost_letters(text)


LONG = ("\u00e0\u00b8\u0081", "เธ\u0e01", "\u00c3\u00a0", "¡", "?", " ", "\u0e4d", "ก\n", "เ", "่", "ํา", "ก ")


@pytest.mark.parametrize("text", LONG, ids=ascii)
def test_no_text_takes_long(text: str) -> None:
    text *= 130_000 // len(text)
    start = time.perf_counter()
    for look in (restored, lost_letters, without_hidden):
        look(text)
    hidden_character(text, with_invisible=True)
    tidied(text, FLAWS)
    assert time.perf_counter() - start < 10


def test_every_byte_of_the_thai_code_page_has_its_kind_of_letter() -> None:
    letters = bytes(range(256)).decode("cp874", "replace")
    kinds = [("c", "[ก-ฮ]"), ("v", f"[{VOWEL_MARKS}]"), ("t", f"[{TONE_MARKS}]"), ("-", "(?s:.)")]
    found = "".join(next(kind for kind, pattern in kinds if re.fullmatch(pattern, letter)) for letter in letters)
    assert found.encode() == KINDS_OF_LETTERS
