"""User-minutes lost to an outage: never one number, but what they lie between.

Nobody counts who could not work. Those who wrote in were affected from then on, and that is the
least it was; everybody who is served was affected all the time, and that is the most.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engagewatch.engine.signs import Opening
from engagewatch.model.instants import MINUTE, Instant


@dataclass(frozen=True, slots=True)
class UserMinutes:
    """Minutes of users' time: at least, and at most."""

    low: int | None
    """Of those who wrote in; ``None`` where nobody did, which tells nothing."""
    high: int | None
    """Of everybody served; ``None`` where it is not known how many that is."""
    people: int
    """Different people who wrote in."""


def user_minutes(
    openings: Iterable[Opening], start: Instant, end: Instant, users: int | None
) -> UserMinutes:
    """Return the user-minutes of an outage from ``start`` to ``end``.

    ``openings`` are the tickets that name its services.
    """
    first: dict[str, Instant] = {}
    for one in openings:
        if one.requester and one.at < end:
            first[one.requester] = min(one.at, first.get(one.requester, one.at))
    low = sum(end - max(start, at) for at in first.values()) // MINUTE if first else None
    high = None if not users else users * max(0, end - start) // MINUTE
    if low is not None and high is not None:
        high = max(low, high)
    return UserMinutes(low, high, len(first))
