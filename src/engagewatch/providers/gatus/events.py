"""What events tell of the time before the oldest result that is left.

Between two events the health of an endpoint is exact, as far as it was probed at all. When Gatus
itself was down no event says so; only that there are no response times of those hours does.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from engagewatch.model.instants import HOUR, Instant
from engagewatch.model.service import ComponentState, StateSpan

STATES = {"HEALTHY": ComponentState.UP, "UNHEALTHY": ComponentState.DOWN}

Turn = tuple[Instant, ComponentState]
"""From when on an endpoint was in which state; unknown as Gatus began to watch it."""


def watched_stretches(hours: Iterable[Instant]) -> list[tuple[Instant, Instant]]:
    """Return the stretches that were watched throughout, from the hours with response times.

    The hours at the edges of a stretch may have been watched in part only, so they are left out.
    """
    stretches: list[tuple[Instant, Instant]] = []
    for hour in sorted(set(hours)):
        if stretches and stretches[-1][1] == hour:
            stretches[-1] = (stretches[-1][0], hour + HOUR)
        else:
            stretches.append((hour, hour + HOUR))
    inner = ((start + HOUR, end - HOUR) for start, end in stretches)
    return [(start, end) for start, end in inner if start < end]


def spans_of_turns(
    key: str, turns: Iterable[Turn], stretches: Iterable[tuple[Instant, Instant]], until: Instant
) -> list[StateSpan]:
    """Return what the events tell of the watched stretches before ``until``."""
    ordered = [*sorted(turn for turn in turns if turn[0] < until), (until, ComponentState.UNKNOWN)]
    watched = list(stretches)
    return [
        StateSpan(key, state, max(from_at, start), min(until_at, end))
        for (from_at, state), (until_at, _) in pairwise(ordered)
        if state is not ComponentState.UNKNOWN
        for start, end in watched
        if max(from_at, start) < min(until_at, end)
    ]
