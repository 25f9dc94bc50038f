"""What jsonschema and referencing use of the library rpds, on Python's own types: there is no rpds for WebAssembly.

Its containers never change; a change gives a new one. Here that is a copy, for the few dozen entries of a registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class HashTrieMap(Mapping[K, V]):
    """A mapping that never changes."""

    def __init__(self, value: Mapping[K, V] | Iterable[tuple[K, V]] = (), **named: V) -> None:
        self._held: dict[Any, Any] = dict(value, **named)

    def __getitem__(self, key: K) -> V:
        return self._held[key]  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[K]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __hash__(self) -> int:
        return hash(frozenset(self._held.items()))

    @classmethod
    def convert(cls, value: Any) -> HashTrieMap[K, V]:
        """The same as a map that never changes."""
        return value if isinstance(value, cls) else cls(value)

    def insert(self, key: K, value: V) -> HashTrieMap[K, V]:
        """A map with another entry."""
        return HashTrieMap({**self._held, key: value})

    def remove(self, key: K) -> HashTrieMap[K, V]:
        """A map without an entry; KeyError where there is none."""
        _ = self._held[key]
        return self.discard(key)

    def discard(self, key: K) -> HashTrieMap[K, V]:
        """A map without an entry, if there is one."""
        return HashTrieMap({k: v for k, v in self._held.items() if k != key})

    def update(self, *others: Mapping[K, V] | Iterable[tuple[K, V]]) -> HashTrieMap[K, V]:
        """A map with the entries of others."""
        made = dict(self._held)
        for other in others:
            made.update(other)
        return HashTrieMap(made)


class HashTrieSet(frozenset[K]):
    """A set that never changes."""

    def insert(self, value: K) -> HashTrieSet[K]:
        """A set with another value."""
        return HashTrieSet(self | {value})

    def remove(self, value: K) -> HashTrieSet[K]:
        """A set without a value; KeyError where there is none."""
        if value not in self:
            raise KeyError(value)
        return self.discard(value)

    def discard(self, value: K) -> HashTrieSet[K]:
        """A set without a value, if there is one."""
        return HashTrieSet(self - {value})

    def update(self, *others: Iterable[K]) -> HashTrieSet[K]:
        """A set with the values of others."""
        return HashTrieSet(self.union(*others))


class List(tuple[K, ...], Generic[K]):
    """A list that never changes."""

    def __new__(cls, values: Iterable[K] = (), *more: K) -> List[K]:
        """A list of values."""
        return super().__new__(cls, (*values, *more))

    def push_front(self, value: K) -> List[K]:
        """A list with another value before the others."""
        return List((value, *self))
