"""What a source's own probes saw, one by one, into stretches of one state.

A probe's state holds until the next probe, if that comes in time. Where it does not, nobody looked,
and the time is unknown from one interval after the last probe on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median_low
from typing import TypeAlias

from engagewatch.model.instants import MINUTE, Instant
from engagewatch.model.service import ComponentState, StateSpan

Sample: TypeAlias = tuple[Instant, ComponentState]
"""When a probe looked, and what it saw."""


def usual_interval(samples: Sequence[Sample]) -> int:
    """Return the usual seconds between probes; a minute where there are too few to tell."""
    times = sorted({at for at, _ in samples})
    return median_low(b - a for a, b in pairwise(times)) if len(times) > 2 else MINUTE


def patience(interval: int) -> int:
    """Return the seconds after which a probe that is run at ``interval`` was left out.

    One that is skipped, or late, is no gap; two in a row are.
    """
    return 2 * interval + max(interval // 2, 30)


def spans_of(component_id: str, samples: Iterable[Sample], interval: int) -> list[StateSpan]:
    """Return what the probes of one component saw, in order and without overlap.

    Where two probes are of the same second, the later told counts.
    """
    ordered = sorted(dict(samples).items())
    longest = patience(interval)
    spans: list[StateSpan] = []

    def add(state: ComponentState, from_at: Instant, until_at: Instant) -> None:
        if spans and spans[-1].state is state and spans[-1].until_at == from_at:
            from_at = spans.pop().from_at
        spans.append(StateSpan(component_id, state, from_at, until_at))

    for (at, state), (following, _) in pairwise(ordered):
        if following - at <= longest:
            add(state, at, following)
        else:
            add(state, at, at + interval)
            add(ComponentState.UNKNOWN, at + interval, following)
    if ordered:
        at, state = ordered[-1]
        add(state, at, at)
    return spans


def latest_state(samples: Sequence[Sample], interval: int, now: Instant) -> ComponentState:
    """Return what the last probe saw, ``unknown`` where none looked lately."""
    at, state = max(samples, key=lambda sample: sample[0], default=(0, ComponentState.UNKNOWN))
    # The list may be a minute old itself where the source keeps its answers for that long.
    return state if now - at <= patience(interval) + MINUTE else ComponentState.UNKNOWN
