"""Waiting for the client: what the status says, against what was asked.

``claimed`` is the time a status says that the provider waits for the client; ``evidenced`` the time
a question or a request for approval really stood open. Where the two differ, the difference is
named in both directions: paused without a question on record, paused on after our reply, and our
own silence that the provider never paused for. All times are calendar seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from engagewatch.engine.compiled import CompiledPolicy
from engagewatch.engine.courts import evidence, union
from engagewatch.engine.doubts import without
from engagewatch.engine.history import History, OpenSpan
from engagewatch.engine.walk import read_history
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, EventKind, Ticket

Spans: TypeAlias = tuple[tuple[Instant, Instant], ...]
"""Disjoint stretches of time, in order."""


@dataclass(frozen=True, slots=True)
class Waits:
    """One ticket's waits for the client within a stretch of time.

    ``claimed`` is exactly what ``evidenced`` supports, plus ``unasked``, plus ``stale``;
    ``evidenced`` is exactly what ``claimed`` covers, plus ``uncredited``. What was not seen is in
    none of them.
    """

    claimed: Spans
    """The status said that the provider waits for us."""
    evidenced: Spans | None
    """A question or a request for approval stood open; ``None`` where messages are unseen."""
    unasked: Spans | None
    """Claimed, although nothing was on record to answer."""
    stale: Spans | None
    """Claimed on after we had answered."""
    uncredited: Spans | None
    """Evidenced, although the status did not say so: our silence that was not paused for."""
    unseen: Spans
    """Nobody saw what the status was."""


def waits_of(
    ticket: Ticket,
    events: Sequence[Event],
    compiled: CompiledPolicy,
    start: Instant,
    end: Instant,
) -> Waits:
    """Return the waits of ``ticket`` from ``start`` to before ``end``; what lasts, lasts to it."""
    history = read_history(ticket, events, compiled, History)
    doubts = union(history.doubts)
    claimed = without(history.claimed, doubts)
    seen = _clipped(claimed, start, end), _clipped(doubts, start, end)
    if not compiled.has_messages:
        return Waits(seen[0], None, None, None, None, seen[1])
    proven = without(evidence(history), doubts)
    unsupported = without(claimed, proven)
    stale = _common(unsupported, _answered(history, events))
    return Waits(
        claimed=seen[0],
        evidenced=_clipped(proven, start, end),
        unasked=_clipped(without(unsupported, stale), start, end),
        stale=_clipped(stale, start, end),
        uncredited=_clipped(without(proven, claimed), start, end),
        unseen=seen[1],
    )


def seconds(spans: Spans | None) -> int:
    """Return how long ``spans`` last together; 0 for none."""
    return sum(until - since for since, until in spans or ())


def _answered(history: History, events: Sequence[Event]) -> list[OpenSpan]:
    """Return each stretch that the status claimed, from our first answer within it on."""
    answers = sorted(max(event.at, history.created) for event in events if _answers(event))
    found: list[OpenSpan] = []
    for since, until in history.claimed:
        first = next((at for at in answers if at >= since), None)
        if first is not None and (until is None or first < until):
            found.append((first, until))
    return found


def _answers(event: Event) -> bool:
    if event.kind is EventKind.APPROVAL_DECIDED:
        return True
    return event.kind is EventKind.REPLIED and event.side is Side.CLIENT and not event.automatic


def _common(spans: Sequence[OpenSpan], others: Sequence[OpenSpan]) -> list[OpenSpan]:
    return without(spans, without(spans, others))


def _clipped(spans: Iterable[OpenSpan], start: Instant, end: Instant) -> Spans:
    return tuple(
        (max(since, start), end if until is None else min(until, end))
        for since, until in spans
        if since < end and (until is None or until > start)
    )
