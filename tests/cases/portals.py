"""Properties that a portal refuses."""

from __future__ import annotations

from pathlib import Path

from tests.cases import Case
from tests.conftest import PLAN, VALID
from tests.edits import descriptor

_REFUSED = (("portal_value_illegal", None, None, None),)


def _keyword(text: str, *, refused: bool = True, source: Path = VALID) -> Case:
    """A keyword of a package; the real plan is for no portal."""
    edit = descriptor(lambda d: d["keywords"].append(text))
    return Case(f"a keyword {text[:40]!r} of {source.name}", edit, _REFUSED if refused else (), source)


CASES = (
    *(_keyword(text, source=PLAN) for text in ("กฎหมาย/ระเบียบ ", "ข" * 101, "ข")),
    *(
        _keyword(text)
        for text in ("กฎหมาย/ระเบียบ", "ป.ป.ช. (ITA)", "ก" * 101, "ก", "a,b", "IT&C", "“คำ”", "ข้อ:ความ", "ค\u00a0ำ/")
    ),
    *(_keyword(text, refused=False) for text in ("ก" * 100, "แผน 2566-2570", "ป.ป.ช.", "open_data", "ฯลฯ ๆ")),
    Case("a homepage without a host", descriptor(lambda d: d.update(homepage="https:///x")), _REFUSED),
    Case(
        "a publisher's address with two dots in a row",
        descriptor(
            lambda d: d["contributors"].append(
                {"title": "ก", "roles": ["publisher"], "email": "open..data@mae-thung.example"}
            )
        ),
        _REFUSED,
    ),
    Case(
        "a contact's address with a leading dot",
        descriptor(lambda d: d["portal"].update(maintainer_email=".a@mae-thung.example")),
        _REFUSED,
    ),
)
