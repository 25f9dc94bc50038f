"""The facts about an edition, for forms that are used without the README."""

from __future__ import annotations

from khelang_opendata.model.thai import ERA
from khelang_opendata.package.edition import Edition

Both = tuple[str, str]
"""A text in Thai and in English."""

NOT_NAMED: Both = ("ไม่ได้ระบุ", "Not named")
"""The name of a project's dimension or unit, or of a line's source, where the document names none."""


def publisher(edition: Edition) -> Both:
    """Who publishes: the contributors of that role, else the local government whose plan it is."""
    return _contributors(edition, "publisher")


def creators(edition: Edition) -> Both:
    """Who compiled the data set: the contributors of the role creator, else the local government whose plan it is."""
    return _contributors(edition, "creator")


def _contributors(edition: Edition, role: str) -> Both:
    named = [c for c in edition.descriptor["contributors"] if role in c["roles"]]
    if not named:
        return edition.plan["lao_name_th"], edition.plan["lao_name_en"]
    return ", ".join(c["title"] for c in named), ", ".join(c.get("title_en", c["title"]) for c in named)


def licences(edition: Edition) -> str:
    """The licences with the addresses of their texts."""
    return ", ".join(f"{licence['title']} ({licence['path']})" for licence in edition.descriptor["licenses"])


def citation(edition: Edition) -> Both:
    """How the edition is cited, in Thai with the year of the Buddhist era."""
    thai, english = creators(edition)
    title, title_en = edition.descriptor["title"], edition.descriptor["title_en"]
    year = edition.released_on.year
    return (
        f"{thai}. ({year + ERA}). {title} (รุ่น {edition.version}) [ชุดข้อมูล].",
        f"{english}. ({year}). {title_en} (Version {edition.version}) [Data set].",
    )
