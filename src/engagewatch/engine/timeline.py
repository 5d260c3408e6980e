"""Piecewise-constant component states over time: who says what, and the worst of it.

A timeline is a sorted list of non-overlapping pieces ``(from, until, state)`` with gaps where
nothing is said. A gap is never filled with "up".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from engagewatch.model.instants import Instant
from engagewatch.model.service import ComponentState, Incident, Maintenance, StateSpan

Piece = tuple[Instant, Instant, ComponentState]
"""From (included), until (excluded), state."""

LONGEST_GAP = 900
"""Seconds between two polls over which the earlier state is taken to hold; longer is unknown."""

BADNESS = {
    ComponentState.UNKNOWN: 0,
    ComponentState.UP: 1,
    ComponentState.MAINTENANCE: 2,
    ComponentState.DEGRADED: 3,
    ComponentState.PARTIAL: 4,
    ComponentState.DOWN: 5,
}
"""Orders states from best to worst; what is unknown yields to anything known."""

_BY_IMPACT = {
    "minor": ComponentState.DEGRADED,
    "major": ComponentState.PARTIAL,
    "critical": ComponentState.DOWN,
    "maintenance": ComponentState.MAINTENANCE,
}


def worst(states: Iterable[ComponentState]) -> ComponentState:
    """Return the worst of ``states``; ``unknown`` of none."""
    return max(states, key=BADNESS.__getitem__, default=ComponentState.UNKNOWN)


def observed_pieces(spans: Iterable[StateSpan]) -> list[Piece]:
    """Return what polls saw of one component.

    Between two polls at most :data:`LONGEST_GAP` apart the earlier state is taken to hold; a longer
    gap stays open. A poll that could not tell (``unknown``) leaves a gap as well.
    """
    ordered = sorted(spans, key=lambda span: (span.from_at, span.until_at))
    pieces: list[Piece] = []
    for index, span in enumerate(ordered):
        until = span.until_at
        if index + 1 < len(ordered):
            following = ordered[index + 1].from_at
            if following - until <= LONGEST_GAP:
                until = following
        if until > span.from_at and span.state is not ComponentState.UNKNOWN:
            pieces.append((span.from_at, until, span.state))
    return pieces


def reported_pieces(
    component_id: str, incidents: Iterable[Incident], until: Instant
) -> list[Piece]:
    """Return the trouble the provider's page tells of one component, without the "up" between.

    Each incident says a state from its start (the page may back-date it) through its updates to its
    resolution, or to ``until`` while unresolved; where incidents overlap the worst state holds. An
    incident that gives no component states counts with the state its impact stands for: minor is
    degraded, major is partial, critical is down.
    """
    pieces: list[Piece] = []
    for incident in incidents:
        end = until if incident.resolved_at is None else incident.resolved_at
        changes = _changes(component_id, incident)
        stops = [at for at, _ in changes[1:]] + [end]
        for (start, state), stop in zip(changes, stops, strict=False):
            stop = min(stop, end)
            if start < stop and state not in (ComponentState.UP, ComponentState.UNKNOWN):
                pieces.append((start, stop, state))
    return flatten(pieces)


def _changes(component_id: str, incident: Incident) -> list[tuple[Instant, ComponentState]]:
    """Return when the incident put the component into which state, in order."""
    ordered = sorted(incident.changes, key=lambda change: change.at)
    changes = [
        (change.at, change.state) for change in ordered if change.component_id == component_id
    ]
    if not changes:
        state = _BY_IMPACT.get(incident.impact)
        if state is None or component_id not in incident.component_ids:
            return []
        return [(incident.started_at, state)]
    # What the first post says held from the start it names; a component drawn in later did not.
    if changes[0][0] == ordered[0].at:
        changes[0] = (min(incident.started_at, changes[0][0]), changes[0][1])
    return changes


def announced_windows(
    component_id: str, maintenances: Iterable[Maintenance]
) -> list[tuple[Instant, Instant]]:
    """Return the windows of planned work on one component, as far as they were announced ahead.

    Work announced after it began counts from its announcement on.
    """
    windows = []
    for work in maintenances:
        start = max(work.from_at, work.announced_at)
        if component_id in work.component_ids and start < work.until_at:
            windows.append((start, work.until_at))
    return windows


def flatten(pieces: Iterable[Piece]) -> list[Piece]:
    """Return ``pieces`` without overlaps: wherever several speak the worst state holds."""
    steps: list[tuple[Instant, int, ComponentState]] = []
    for start, stop, state in pieces:
        steps += ((start, 1, state), (stop, -1, state))
    steps.sort(key=lambda step: step[0])
    open_states = dict.fromkeys(ComponentState, 0)
    flat: list[Piece] = []
    previous: Instant = 0
    for at, change, state in steps:
        standing = [each for each, count in open_states.items() if count]
        if at > previous and standing:
            said = worst(standing)
            if flat and flat[-1][1] == previous and flat[-1][2] is said:
                flat[-1] = (flat[-1][0], at, said)
            else:
                flat.append((previous, at, said))
        open_states[state] += change
        previous = at
    return flat


def clipped(pieces: Sequence[Piece], start: Instant, end: Instant) -> Iterator[Piece]:
    """Yield what lies within [start, end) of ``pieces``, which are in order and do not overlap."""
    first = bisect_right(pieces, start, key=_piece_end)
    for index in range(first, len(pieces)):
        a, b, state = pieces[index]
        if a >= end:
            return
        yield max(a, start), min(b, end), state


def _piece_end(piece: Piece) -> Instant:
    return piece[1]
