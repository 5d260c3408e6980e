"""What was seen of a component over time: spans of one state, in order and without overlap.

Two hands write them. Our own polls extend the last span, or start another. What a source's own
probes saw is laid over what is stored, so that the time between two polls becomes known; laying it
over twice changes nothing, as sources tell their latest probes again with every poll.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import apsw

from engagewatch.model.instants import MINUTE, Instant
from engagewatch.model.service import Component, ComponentState, StateSpan

LONGEST_GAP = 15 * MINUTE
"""Seconds between two polls that saw the same state which still count as seen. After a longer gap
a new span starts, and the time between stays unknown."""

_Span: TypeAlias = tuple[Instant, Instant, str]
"""From, until, state."""

_LAST_SPAN = """
SELECT from_at, until_at, state FROM state_span
WHERE source_key = ? AND component_id = ? ORDER BY from_at DESC LIMIT 1
"""

_BACKWARDS = """
SELECT from_at, until_at, state FROM state_span
WHERE source_key = ? AND component_id = ? AND from_at <= ? ORDER BY from_at DESC
"""

_EXTEND_SPAN = """
UPDATE state_span SET until_at = ? WHERE source_key = ? AND component_id = ? AND from_at = ?
"""

_START_SPAN = """
INSERT INTO state_span (source_key, component_id, from_at, until_at, state) VALUES (?, ?, ?, ?, ?)
"""

_DROP_SPAN = """
DELETE FROM state_span WHERE source_key = ? AND component_id = ? AND from_at = ?
"""


def observe(
    connection: apsw.Connection, source_key: int, component: Component, at: Instant
) -> None:
    """Store that a poll saw a component in its state at ``at``."""
    last = connection.execute(_LAST_SPAN, (source_key, component.id)).fetchone()
    if last is not None:
        from_at, until_at, state = last
        if at <= until_at:
            # An answer from a cache, or one that was overtaken: that time is already known.
            return
        if state == component.state and at - until_at <= LONGEST_GAP:
            connection.execute(_EXTEND_SPAN, (at, source_key, component.id, from_at))
            return
    connection.execute(_START_SPAN, (source_key, component.id, at, at, component.state))


def put_spans(connection: apsw.Connection, source_key: int, spans: Iterable[StateSpan]) -> None:
    """Lay what a source's own probes saw over what is stored.

    A state the probes saw replaces whatever is stored of its time: they look more often than we do.
    That no probe ran (``unknown``) replaces nothing, and keeps the time from being bridged.
    """
    by_component: defaultdict[str, list[_Span]] = defaultdict(list)
    for span in spans:
        by_component[span.component_id].append((span.from_at, span.until_at, span.state.value))
    for component_id, told in by_component.items():
        _lay_over(connection, (source_key, component_id), sorted(told))


def _lay_over(connection: apsw.Connection, of: tuple[int, str], told: list[_Span]) -> None:
    first = told[0][0] - LONGEST_GAP
    last = max(until_at for _, until_at, _ in told) + LONGEST_GAP
    stored: list[_Span] = []
    for from_at, until_at, state in connection.execute(_BACKWARDS, (*of, last)):
        if until_at < first:
            break
        stored.append((from_at, until_at, state))
    stored.reverse()
    merged = _merged(stored, told)
    before, after = set(stored), set(merged)
    connection.executemany(_DROP_SPAN, ((*of, span[0]) for span in sorted(before - after)))
    connection.executemany(_START_SPAN, ((*of, *span) for span in sorted(after - before)))


def _merged(stored: Sequence[_Span], told: Sequence[_Span]) -> list[_Span]:
    known = [span for span in told if span[2] != ComponentState.UNKNOWN]
    unknown = [span for span in told if span[2] == ComponentState.UNKNOWN]
    kept = _without(stored, known)
    gaps = _without(unknown, sorted([*kept, *known]))
    return _joined(sorted([*kept, *known, *gaps]))


def _without(spans: Iterable[_Span], taken: Sequence[_Span]) -> list[_Span]:
    """Return the parts of ``spans`` outside ``taken``, which is in order and without overlap."""
    left: list[_Span] = []
    for from_at, until_at, state in spans:
        at = from_at
        for index in range(bisect_left(taken, from_at, key=_end), len(taken)):
            start, stop, _ = taken[index]
            if start > until_at:
                break
            if start > at:
                left.append((at, start, state))
            # No two spans of a component start at once, so a single probe takes a second.
            at = max(at, stop, start + 1)
        if at < until_at or at == from_at:
            left.append((at, until_at, state))
    return left


def _end(span: _Span) -> Instant:
    return span[1]


def _joined(spans: Iterable[_Span]) -> list[_Span]:
    """Return spans in order, with neighbours of one state joined where no long gap parts them."""
    joined: list[_Span] = []
    for span in spans:
        if joined and joined[-1][2] == span[2] and span[0] - joined[-1][1] <= LONGEST_GAP:
            joined[-1] = (joined[-1][0], max(joined[-1][1], span[1]), span[2])
        else:
            joined.append(span)
    return joined
