"""The units that a document names: ``งาน… ฝ่าย… กอง… เทศบาล…``, the lowest first, or shortened in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from khelang_opendata.intake.document_wordings import meaning_of_beginning
from khelang_opendata.intake.plan_document import clean_text, squeezed

_ALL = ("ทุก", "ทั้งหมด")
_ORDER = ("subsection", "section", "division")


@dataclass(frozen=True)
class UnitName:
    """A unit: its name, its level, and those above it below the local government, the nearest first."""

    name: str
    level: str
    above: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """What is the same for the same unit."""
        return squeezed("|".join([self.name, *(name for name, _ in self.above)]))


def units_in(cell: str) -> list[str]:
    """The units that are stacked in a cell of a table, each with what follows it: ``กองยุทธศาสตร์ ฝ่ายแผนฯ``."""
    found: list[str] = []
    for word in cell.split():
        level = _level(word.lstrip("(/"))
        begins = level in ("division", "lao") or word.startswith(_ALL) or not found
        if begins and not word.startswith(("(", "/", "และ")):
            found.append(word)
        elif found:
            found[-1] += f" {word}"
    return _repeated(found)


def _repeated(units: list[str]) -> list[str]:
    """A text without a word of units that says the same several times is that many units."""
    if len(units) != 1:
        return units
    words = units[0].split()
    return words if len(words) > 1 and len(set(words)) == 1 else units


def units_of(text: str, lao: str) -> list[UnitName]:
    """The units that the text of a sheet names, in its order, without the local government itself.

    Args:
        text: the text.
        lao: the name of the local government.
    """
    chains: list[list[tuple[str, str]]] = [[]]
    for word in clean_text(text.replace(",", " , ")).split():
        bare = word.removeprefix("และ").removeprefix("/")
        level = _level(bare)
        if word == "," or (word.startswith("และ") and level):
            chains.append([])
        if level and bare:
            if chains[-1] and not _is_above(level, chains[-1][-1][1]):
                chains.append([])
            chains[-1].append((bare, level))
        elif chains[-1] and bare and not _is_lao(chains[-1][-1][0], lao):
            chains[-1][-1] = (f"{chains[-1][-1][0]} {word}", chains[-1][-1][1])
    return [unit for chain in chains if (unit := _unit([one for one in chain if not _is_lao(one[0], lao)]))]


def _unit(chain: Sequence[tuple[str, str]]) -> UnitName | None:
    return UnitName(chain[0][0], chain[0][1], tuple(chain[1:])) if chain else None


def _level(word: str) -> str:
    """The level of the unit that a word begins; empty where it begins none."""
    bare = squeezed(word)
    if meaning_of_beginning("lao_types", bare)[0] or bare.startswith(("เทศบาล", "อบต", "อบจ")):
        return "lao"
    level, rest = meaning_of_beginning("unit_levels", bare)
    return level if rest else ""


def _is_above(level: str, below: str) -> bool:
    """Whether a level may follow another one in a chain that goes up."""
    if level == "lao":
        return True
    if level not in _ORDER or below not in _ORDER:
        return below not in _ORDER and level in _ORDER
    return _ORDER.index(level) > _ORDER.index(below)


def _is_lao(name: str, lao: str) -> bool:
    bare = squeezed(name)
    return _level(bare) == "lao" and (not lao or squeezed(lao).startswith(bare) or bare.startswith(squeezed(lao)))
