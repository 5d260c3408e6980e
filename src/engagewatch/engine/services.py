"""Uptime of components: what was observed, what the provider reported, and what nobody knows.

Three sorts of time are kept apart, and together they are all the time there is:

- *observed*: our polls saw the component's state;
- *reported*: not polled, but covered by the history the provider's page tells;
- *unknown*: neither. It is never counted as up.

Planned work announced ahead is taken out where the promise says so; work announced after it began
counts from its announcement.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from engagewatch.engine.timeline import (
    Piece,
    announced_windows,
    clipped,
    observed_pieces,
    reported_pieces,
)
from engagewatch.model.engagement import UptimePromise
from engagewatch.model.instants import Instant
from engagewatch.model.service import ComponentState, Incident, Maintenance, StateSpan

Measure = Callable[[Instant, Instant], int]
"""Seconds that count between two instants: a calendar's ``seconds_between``."""

_TOLERANCE = 1e-12


def _all_seconds(start: Instant, end: Instant) -> int:
    return end - start


@dataclass(frozen=True, slots=True)
class History:
    """The stretch for which the page's incident list is known to be complete.

    A page lists only its latest incidents: it reaches from the oldest one ever seen on it to the
    moment it was last read, and before that nothing is known.
    """

    since: Instant
    until: Instant


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of one component: what polls saw and what the page told."""

    component_id: str
    observed: tuple[Piece, ...]
    reported: tuple[Piece, ...]
    """The trouble the page tells; within ``history`` the rest is reported as up."""
    history: History | None
    windows: tuple[tuple[Instant, Instant], ...]
    """Planned work, as far as announced ahead."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Seconds per state."""

    up: int = 0
    degraded: int = 0
    partial: int = 0
    down: int = 0
    maintenance: int = 0

    @property
    def total(self) -> int:
        """Seconds in all states."""
        return self.up + self.degraded + self.partial + self.down + self.maintenance

    def __add__(self, other: Tally) -> Tally:
        """Return the seconds of both."""
        return Tally(
            self.up + other.up,
            self.degraded + other.degraded,
            self.partial + other.partial,
            self.down + other.down,
            self.maintenance + other.maintenance,
        )


@dataclass(frozen=True, slots=True)
class ComponentTime:
    """How one component's time divides up. ``observed + reported_only + unknown`` is the total."""

    component_id: str
    seconds: int
    """Seconds that count between the two ends."""
    observed: Tally
    reported_only: Tally
    """Where nobody polled but the page's history tells."""
    unknown: int
    reported: Tally
    """The page's whole story, polled or not: the provider's own reading."""

    @property
    def coverage(self) -> float:
        """Share of the time that was observed, 0 to 1."""
        return self.observed.total / self.seconds if self.seconds else 0.0

    @property
    def known(self) -> Tally:
        """Observed where polled, reported elsewhere."""
        return self.observed + self.reported_only


class UptimeVerdict(StrEnum):
    """Where a promise stands. With holes in the record only what no hole could change is said."""

    KEPT = "kept"
    BREACHED = "breached"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Uptime:
    """Availability over the time that is known, and the verdict on the promise."""

    share: float | None
    """Up over known time, maintenance taken out as promised; ``None`` when nothing is known."""
    down_seconds: float
    """Weighted seconds of downtime."""
    allowed_seconds: float
    """Downtime the promise allows over the whole stretch."""
    excluded_seconds: int
    """Announced and shown maintenance taken out."""
    unknown_seconds: int
    coverage: float
    """Known share of the time, 0 to 1."""
    verdict: UptimeVerdict


def record(
    component_id: str,
    spans: Iterable[StateSpan],
    incidents: Sequence[Incident],
    maintenances: Iterable[Maintenance],
    history: History | None,
    agreed: Iterable[tuple[Instant, Instant]] = (),
) -> Record:
    """Gather what is known of one component. ``spans`` of other components are left aside.

    ``agreed`` are windows of planned work besides those that the page announced.
    """
    own = [span for span in spans if span.component_id == component_id]
    reported = () if history is None else reported_pieces(component_id, incidents, history.until)
    return Record(
        component_id=component_id,
        observed=tuple(observed_pieces(own)),
        reported=tuple(reported),
        history=history,
        windows=(*announced_windows(component_id, maintenances), *agreed),
    )


def as_posted(incident: Incident) -> Incident:
    """Return an incident as the page told it at the time: nothing before its first post."""
    posted = incident.posted_at
    return replace(
        incident,
        started_at=max(incident.started_at, posted),
        changes=tuple(replace(one, at=max(one.at, posted)) for one in incident.changes),
    )


def account(known: Record, start: Instant, end: Instant) -> list[Piece]:
    """Return what is known of [start, end): seen where polled, else told; gaps where neither."""
    pieces: list[Piece] = []
    for a, b, seen, told in _segments(known, start, end):
        state = told if seen is None else seen
        if state is None:
            continue
        if pieces and pieces[-1][1] == a and pieces[-1][2] is state:
            pieces[-1] = (pieces[-1][0], b, state)
        else:
            pieces.append((a, b, state))
    return pieces


def component_time(
    known: Record,
    start: Instant,
    end: Instant,
    *,
    exclude_maintenance: bool = True,
    measure: Measure = _all_seconds,
) -> ComponentTime:
    """Divide up [start, end) for one component.

    With ``exclude_maintenance`` time inside an announced window is maintenance whatever state was
    seen; without, the seen state counts. ``measure`` narrows the time to a calendar's open hours.
    """
    observed: dict[ComponentState, int] = {}
    reported_only: dict[ComponentState, int] = {}
    reported: dict[ComponentState, int] = {}
    unknown = 0
    for a, b, seen, told in _segments(known, start, end):
        seconds = measure(a, b)
        if exclude_maintenance and any(begin <= a and b <= stop for begin, stop in known.windows):
            seen = None if seen is None else ComponentState.MAINTENANCE
            told = None if told is None else ComponentState.MAINTENANCE
        if told is not None:
            reported[told] = reported.get(told, 0) + seconds
        if seen is not None:
            observed[seen] = observed.get(seen, 0) + seconds
        elif told is not None:
            reported_only[told] = reported_only.get(told, 0) + seconds
        else:
            unknown += seconds
    return ComponentTime(
        component_id=known.component_id,
        seconds=measure(start, end) if start < end else 0,
        observed=_tally(observed),
        reported_only=_tally(reported_only),
        unknown=unknown,
        reported=_tally(reported),
    )


_Segment = tuple[Instant, Instant, ComponentState | None, ComponentState | None]


def _segments(known: Record, start: Instant, end: Instant) -> Iterator[_Segment]:
    """Yield [start, end) in stretches over which nothing changes: (from, until, seen, told)."""
    seen = list(clipped(known.observed, start, end))
    told = list(clipped(known.reported, start, end))
    history = known.history
    cuts = {start, end}
    for a, b, _ in (*seen, *told):
        cuts |= {a, b}
    for a, b in known.windows:
        cuts |= {a, b}
    if history is not None:
        cuts |= {history.since, history.until}
    ordered = sorted(cut for cut in cuts if start <= cut <= end)
    for a, b in pairwise(ordered):
        said = _state_during(told, a, b)
        if said is None and history is not None and history.since <= a and b <= history.until:
            said = ComponentState.UP
        yield a, b, _state_during(seen, a, b), said


def _state_during(pieces: Sequence[Piece], a: Instant, b: Instant) -> ComponentState | None:
    index = bisect_right(pieces, a, key=_piece_start) - 1
    if index >= 0 and b <= pieces[index][1]:
        return pieces[index][2]
    return None


def _piece_start(piece: Piece) -> Instant:
    return piece[0]


def _tally(seconds: Mapping[ComponentState, int]) -> Tally:
    return Tally(
        up=seconds.get(ComponentState.UP, 0),
        degraded=seconds.get(ComponentState.DEGRADED, 0),
        partial=seconds.get(ComponentState.PARTIAL, 0),
        down=seconds.get(ComponentState.DOWN, 0),
        maintenance=seconds.get(ComponentState.MAINTENANCE, 0),
    )


def observed_uptime(time: ComponentTime, promise: UptimePromise) -> Uptime:
    """Judge the promise by what was observed alone."""
    return _uptime(time.observed, time.seconds, promise)


def known_uptime(time: ComponentTime, promise: UptimePromise) -> Uptime:
    """Judge the promise by what was observed, and by the provider's word where nobody polled."""
    return _uptime(time.known, time.seconds, promise)


def reported_uptime(time: ComponentTime, promise: UptimePromise) -> Uptime:
    """Judge the promise by the provider's word alone."""
    return _uptime(time.reported, time.seconds, promise)


def _uptime(tally: Tally, seconds: int, promise: UptimePromise) -> Uptime:
    """Uptime = (known - excluded - down) / (known - excluded).

    What is unknown could have been all up or all down. The promise is kept if it holds even then
    all down, breached if it fails even then all up, and otherwise cannot be told.
    """
    down = sum(
        weight * getattr(tally, state.value)
        for state, weight in _weights(promise).items()
        if weight
    )
    excluded = tally.maintenance if promise.exclude_maintenance else 0
    counted = tally.total - excluded
    unknown = seconds - tally.total
    judged = counted + unknown
    allowed = (1 - promise.uptime) * judged
    if counted == 0:
        verdict = UptimeVerdict.CANNOT_TELL
    elif down > allowed + _TOLERANCE * judged:
        verdict = UptimeVerdict.BREACHED
    elif down + unknown <= allowed + _TOLERANCE * judged:
        verdict = UptimeVerdict.KEPT
    else:
        verdict = UptimeVerdict.CANNOT_TELL
    return Uptime(
        share=(counted - down) / counted if counted else None,
        down_seconds=down,
        allowed_seconds=allowed,
        excluded_seconds=excluded,
        unknown_seconds=unknown,
        coverage=tally.total / seconds if seconds else 0.0,
        verdict=verdict,
    )


def _weights(promise: UptimePromise) -> Mapping[ComponentState, float]:
    """Return the share of its time each state counts as down.

    Maintenance that is not excluded is downtime unless the promise weighs it otherwise.
    """
    weights = {ComponentState.DOWN: 1.0}
    if not promise.exclude_maintenance:
        weights[ComponentState.MAINTENANCE] = 1.0
    for name, weight in promise.weights.items():
        weights[ComponentState(name)] = weight
    if promise.exclude_maintenance:
        weights.pop(ComponentState.MAINTENANCE, None)
    weights.pop(ComponentState.UNKNOWN, None)
    return weights
