"""Which regular expressions take more than linear time, proved from their form and not from any measurement.

A backtracking engine tries one way after the other to read a text. It takes the square of the text's length, or worse,
where a text can be read in ever more ways the longer it is: where two different places p and q of the pattern are each
repeated by the same text that also leads from p to q (the criterion IDA of Weber and Seidl, "On the degree of ambiguity
of finite automata", 1991; for an unanchored search, p is the start that moves along the text). That is decided here on
the automaton of the pattern's places (Glushkov). What is not understood counts as slow.

Taken as harmless is a place q from which nothing more must follow: a match is then found, and nothing is tried again.
Assertions are taken as if they always held, which only adds ways, but for those of what may not come before a match
at the very beginning of a pattern, which say where a search may start.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_SAMPLE = [
    *map(chr, range(256)),
    *"ก๑ำ\u0e31\u0e49\u0e4d\u0e48–—“”‘’…\u200b\u2028\u202f\u3000\ufeff０Ａ＝\ud800\udfff😀\U0010ffff",
]
_LONGEST_UNROLLED = 3
"""A bounded repetition of more is unrolled only so far: it is enough to see each place follow another."""

_ONE_SIGN = (codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY)

Chars = frozenset[str]


@dataclass
class Part:
    """A part of a pattern: where it can begin and end, and whether it can be empty.

    ``last`` says of each place at the end whether anything asserted may still fail behind it.
    """

    first: list[int]
    last: dict[int, bool]
    empty: bool


class NotUnderstood(Exception):
    """The pattern has what is not judged here."""


class Automaton:
    """The places of a pattern, the signs each takes, and what follows what."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        """Read a pattern.

        Raises:
            NotUnderstood: it has backreferences, conditions, or repetitions within an assertion.
        """
        tree = parser.parse(pattern, flags)
        self.flags = tree.state.flags
        self.alphabet = _alphabet(tree)
        self.takes: list[Chars] = []
        self.follow: list[Counter[int]] = []
        items = list(tree)
        self.anchored = (
            bool(items) and items[0][0] is codes.AT and items[0][1] in (codes.AT_BEGINNING, codes.AT_BEGINNING_STRING)
        )
        self.anchored = self.anchored and not self.flags & re.MULTILINE
        self.not_behind = self._not_behind(items)
        self.whole = self._sequence(items)
        self._leave_one_sign_of_each_kind()

    def _leave_one_sign_of_each_kind(self) -> None:
        reported = [*self.takes, *(chars for signs in self.not_behind for chars in signs)]
        kinds = {tuple(sign in chars for chars in reported): sign for sign in self.alphabet}
        self.alphabet = list(kinds.values())
        kept = frozenset(self.alphabet)
        self.takes = [chars & kept for chars in self.takes]
        self.not_behind = [tuple(chars & kept for chars in signs) for signs in self.not_behind]

    def _not_behind(self, items: list[Any]) -> list[tuple[Chars, ...]]:
        """What may not come before a match: signs in negative lookbehinds at the beginning."""
        found = []
        for op, value in items:
            if op not in (codes.ASSERT, codes.ASSERT_NOT):
                break
            if op is codes.ASSERT_NOT and value[0] < 0 and all(of in _ONE_SIGN for of, _ in value[1]):
                found.append(tuple(self._chars(item) for item in value[1]))
        return found

    def _sequence(self, items: Iterable[Any]) -> Part:
        whole = Part([], {}, empty=True)
        for item in items:
            part = self._part(item)
            for place in whole.last:
                self.follow[place].update(part.first)
            first = [*whole.first, *(part.first if whole.empty else ())]
            last = {**({p: a or not part.first for p, a in whole.last.items()} if part.empty else {}), **part.last}
            if part.empty and part.first:
                last = {**whole.last, **part.last}
            whole = Part(first, last, whole.empty and part.empty)
        return whole

    def _part(self, item: Any) -> Part:
        op, value = item
        if op in _ONE_SIGN:
            return self._place(self._chars(item))
        if op in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            return self._repeat(*value)
        if op is codes.SUBPATTERN:
            return self._sequence(value[3])
        if op is codes.BRANCH:
            parts = [self._sequence(branch) for branch in value[1]]
            last = {place: asserted for part in parts for place, asserted in part.last.items()}
            return Part([p for part in parts for p in part.first], last, any(part.empty for part in parts))
        if op is codes.AT:
            return Part([], {}, empty=True)
        if op in (codes.ASSERT, codes.ASSERT_NOT) and value[1].getwidth()[1] < codes.MAXREPEAT:
            return Part([], {}, empty=True)
        raise NotUnderstood(str(op))

    def _place(self, chars: Chars) -> Part:
        self.takes.append(chars)
        self.follow.append(Counter())
        place = len(self.takes) - 1
        return Part([place], {place: False}, empty=False)

    def _repeat(self, least: int, most: int, items: Iterable[Any]) -> Part:
        items = list(items)
        if most is codes.MAXREPEAT:
            whole = self._sequence([])
            for _ in range(least - 1):
                whole = self._joined(whole, self._sequence(items))
            loop = self._sequence(items)
            for place in loop.last:
                self.follow[place].update(loop.first)
            loop.empty = loop.empty or least == 0
            return self._joined(whole, loop)
        parts = [self._sequence(items) for _ in range(min(most, least + _LONGEST_UNROLLED))]
        whole = Part([], {}, empty=True)
        for number, part in reversed([*enumerate(parts)]):  # a(a(a)?)?, for the engine leaves out none but the last
            whole = self._joined(part, whole)
            whole.empty = whole.empty or number >= least
        return whole

    def _joined(self, one: Part, other: Part) -> Part:
        for place in one.last:
            self.follow[place].update(other.first)
        first = [*one.first, *(other.first if one.empty else ())]
        last = {**(one.last if other.empty else {}), **other.last}
        return Part(first, last, one.empty and other.empty)

    def _chars(self, item: Any) -> Chars:
        one = parser.SubPattern(parser.State(), [item])
        one.state.flags = self.flags
        matches = re._compiler.compile(one, self.flags).match  # type: ignore[attr-defined]
        return frozenset(sign for sign in self.alphabet if matches(sign))


def _alphabet(tree: Any) -> list[str]:
    """One sign of each class that the pattern treats alike: those that it names, and their neighbours."""
    named = {sign + step for sign in _named(tree) for step in (-1, 0, 1)}
    return sorted({*_SAMPLE, *(chr(sign) for sign in named if 0 <= sign <= sys.maxunicode)})


def _named(tree: Any) -> Iterator[int]:
    if isinstance(tree, tuple) and len(tree) == 2 and tree[0] in (codes.LITERAL, codes.NOT_LITERAL):
        yield tree[1]
    elif isinstance(tree, tuple) and len(tree) == 2 and tree[0] is codes.RANGE:
        yield from tree[1]
    elif isinstance(tree, tuple | list | parser.SubPattern):
        for part in tree:
            yield from _named(part)


@cache
def slow(pattern: str, flags: int = 0, *, search: bool = True, whole: bool = False) -> str | None:
    """Why a pattern may take more than linear time; None where it does not.

    Args:
        pattern: the pattern.
        flags: its flags.
        search: whether a match is sought everywhere (``search``, ``sub``, ``findall``) and not at the beginning alone.
        whole: whether the whole text must match (``fullmatch``).
    """
    try:
        automaton = Automaton(pattern, flags)
    except NotUnderstood as error:
        return f"not understood: {error}"
    steps = _Steps(automaton, search=search and not automaton.anchored, whole=whole)
    for here in steps.places:
        if any(count > 1 and here in steps.reached(there) for there, count in automaton.follow[here].items()):
            return "a repetition within a repetition reads the same text in two ways"
    looped = [place for place in steps.all if steps.is_looped(place)]
    for p in looped:
        for q in looped:
            if p != q and not steps.is_done(q) and steps.is_ambiguous(p, q):
                return f"two repetitions read the same text: places {p} and {q}"
    for p in looped:
        if p >= 0 and steps.has_two_ways_back(p):
            return f"a repetition reads the same text in two ways: place {p}"
    return None


def _is_behind(signs: tuple[Chars, ...], behind: tuple[Chars, ...]) -> bool:
    """Whether the last signs are certainly some that may not be there."""
    last = behind[-len(signs) :]
    return len(last) == len(signs) and all(kind <= sign for kind, sign in zip(last, signs, strict=True))


def numbers_that_grow(numbers: dict[tuple[Chars, ...], int]) -> Iterator[tuple[Chars, ...]]:
    """The keys of a mapping, and those that are added on the way."""
    position = 0
    while position < len(numbers):
        yield list(numbers)[position]
        position += 1


class _Steps:
    """The steps of an automaton: its places, and below zero those of a start that moves along the text.

    The moving start remembers the last signs, as far as what may not come before a match distinguishes them.
    """

    def __init__(self, automaton: Automaton, *, search: bool, whole: bool) -> None:
        self._automaton = automaton
        self.places = range(len(automaton.takes))
        self._done = set() if whole else {p for p, asserted in automaton.whole.last.items() if not asserted}
        self._next: dict[int, list[tuple[int, Chars]]] = {
            p: [(there, automaton.takes[there]) for there in automaton.follow[p]] for p in self.places
        }
        self._reached: dict[int, set[int]] = {}
        self._steps_back: dict[tuple[int, int], list[tuple[int, Chars]]] = {}
        if search:
            self._add_moving_start()
        self.all = list(self._next)

    def _add_moving_start(self) -> None:
        forbidden = self._automaton.not_behind
        kinds: dict[tuple[bool, ...], set[str]] = {}
        for sign in self._automaton.alphabet:
            kinds.setdefault(tuple(sign in chars for signs in forbidden for chars in signs), set()).add(sign)
        depth = max(map(len, forbidden), default=0)
        numbers: dict[tuple[Chars, ...], int] = {(): -1}
        for behind in numbers_that_grow(numbers):
            moved = []
            for kind in map(frozenset, kinds.values()):
                after = (*behind, kind)[-depth:] if depth else ()
                moved.append((numbers.setdefault(after, -len(numbers) - 1), kind))
            barred = any(_is_behind(signs, behind) for signs in forbidden)
            begun = [] if barred else [(p, self._automaton.takes[p]) for p in set(self._automaton.whole.first)]
            self._next[numbers[behind]] = [*moved, *begun]

    def reached(self, place: int) -> set[int]:
        """What can come after a place, at any distance."""
        if place not in self._reached:
            found: set[int] = set()
            waiting = deque([place])
            while waiting:
                for there, _ in self._next[waiting.popleft()]:
                    if there not in found:
                        found.add(there)
                        waiting.append(there)
            self._reached[place] = found
        return self._reached[place]

    def is_looped(self, place: int) -> bool:
        """Whether a place can come after itself."""
        return place in self.reached(place)

    def is_done(self, place: int) -> bool:
        """Whether a match is found at a place, whatever follows."""
        return place in self._done

    def is_ambiguous(self, p: int, q: int) -> bool:
        """Whether one text leads from p to p, from p to q, and from q to q."""
        if q not in self.reached(p):
            return False
        seen = {(p, p, q)}
        waiting = deque(seen)
        while waiting:
            one, other, third = waiting.popleft()
            for c, signs in self._back(third, q):
                if self.is_done(c):
                    continue
                for a, more in self._back(one, p):
                    if both := signs & more:
                        for step in ((a, b, c) for b, last in self._back(other, q) if both & last):
                            if step == (p, q, q):
                                return True
                            if step not in seen:
                                seen.add(step)
                                waiting.append(step)
        return False

    def _back(self, place: int, goal: int) -> list[tuple[int, Chars]]:
        """The steps after which a place can still be got to."""
        if (place, goal) not in self._steps_back:
            steps = self._next[place]
            found = [(there, signs) for there, signs in steps if there == goal or goal in self.reached(there)]
            self._steps_back[place, goal] = found
        return self._steps_back[place, goal]

    def has_two_ways_back(self, p: int) -> bool:
        """Whether one text leads from p to p in two ways."""
        seen = {(p, p, False)}
        waiting = deque(seen)
        while waiting:
            one, other, apart = waiting.popleft()
            for a, signs in self._back(one, p):
                for step in ((a, b, apart or a != b) for b, more in self._back(other, p) if signs & more):
                    if step == (p, p, True):
                        return True
                    if step not in seen:
                        seen.add(step)
                        waiting.append(step)
        return False
