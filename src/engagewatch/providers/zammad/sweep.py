"""The list of all tickets, read piece by piece: how far, and what it held."""

from __future__ import annotations

from collections.abc import Collection

from engagewatch.model.instants import Instant
from engagewatch.providers.cursors import Cursor


class Sweep(Cursor, frozen=True):
    """How far the list of all tickets was read, and what it held the last time."""

    page: int = 1
    began_at: Instant | None = None
    listed: str = ""
    """Numbers met since the list was begun."""
    changed_since: Instant | None = None
    done_at: Instant | None = None
    known: str = ""
    """Numbers that the whole list held the last time."""


def pack(numbers: Collection[int]) -> str:
    """Return ``numbers`` as ranges: ``1-40,42``."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)


def unpack(text: str) -> set[int]:
    """Return the numbers that :func:`pack` wrote."""
    numbers: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return numbers
