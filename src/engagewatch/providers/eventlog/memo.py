"""Remembering what texts were read as: logs repeat the same names and times a lot."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

_K = TypeVar("_K", bound=Hashable)
_T = TypeVar("_T")

_LIMIT = 200_000


class Memo(dict[_K, _T]):
    """What a function made of each text (or tuple of texts): asked once, then a lookup.

    It forgets everything when it holds 200,000 of them, so memory stays bounded.
    """

    def __init__(self, make: Callable[[_K], _T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: _K) -> _T:
        value = self._make(text)
        if len(self) >= _LIMIT:
            self.clear()
        self[text] = value
        return value
