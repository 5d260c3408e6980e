"""Courts: how a ticket's time divides among the four sides, and where it stands now."""

from __future__ import annotations

from collections.abc import Iterable

from engagewatch.engine.calendars import Calendar
from engagewatch.engine.history import History, OpenSpan
from engagewatch.model.clock import CourtTime, Standing
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.model.unsealed import UnsealedCourtTime, UnsealedStanding

_PROVIDER = Side.PROVIDER
_CLIENT = Side.CLIENT
_THIRD_PARTY = Side.THIRD_PARTY


def standing_of(history: History, business: Calendar, *, has_messages: bool) -> Standing:
    """Return whose court the ticket is in and how its time divides up to ``court_since``.

    Both divisions are exact: their parts sum to the elapsed, and to the open, seconds from
    creation to ``court_since``.
    """
    until = history.court_since
    elapsed, counted = _divide(history, business)
    standing = UnsealedStanding(
        history.court,
        until,
        elapsed,
        counted,
        history.finishes[-1].at if history.finished else None,
        history.reopened,
        history.last_provider_word,
        history.last_client_word,
        _length(history.claimed, until) if history.claimed else 0,
        _evidenced(history, until) if has_messages else None,
        history.unmapped,
    )
    standing.__class__ = Standing
    return standing


def evidence(history: History) -> list[OpenSpan]:
    """Return when a question or an approval stood open with the client: disjoint, in order."""
    asked = [*history.questions, *history.approvals] if history.approvals else history.questions
    spans = [(since, until) for since, until, _ in asked if until is None or until > since]
    return union(spans) if history.approvals else spans


def union(spans: Iterable[OpenSpan]) -> list[OpenSpan]:
    """Return the union of ``spans``: disjoint, in order, at most the last one open."""
    merged: list[OpenSpan] = []
    for since, until in sorted(spans, key=lambda span: span[0]):
        if merged:
            last_since, last_until = merged[-1]
            if last_until is None:
                break
            if since <= last_until:
                merged[-1] = (last_since, None if until is None else max(until, last_until))
                continue
        merged.append((since, until))
    return merged


def _divide(history: History, business: Calendar) -> tuple[CourtTime, CourtTime]:
    provider = client = third_party = nobody = 0
    open_provider = open_client = open_third_party = open_nobody = 0
    counts = history.counts(business)
    before = counts[history.created]
    for since, until, court in history.spans:
        after = counts[until]
        if court is _PROVIDER:
            provider += until - since
            open_provider += after - before
        elif court is _CLIENT:
            client += until - since
            open_client += after - before
        elif court is _THIRD_PARTY:
            third_party += until - since
            open_third_party += after - before
        else:
            nobody += until - since
            open_nobody += after - before
        before = after
    elapsed = UnsealedCourtTime(provider, client, third_party, nobody)
    elapsed.__class__ = CourtTime
    counted = UnsealedCourtTime(open_provider, open_client, open_third_party, open_nobody)
    counted.__class__ = CourtTime
    return elapsed, counted


def _evidenced(history: History, end: Instant) -> int:
    if not history.questions and not history.approvals:
        return 0
    return _length(evidence(history), end)


def _length(spans: Iterable[OpenSpan], end: Instant) -> int:
    """Return the seconds that disjoint ``spans`` take up before ``end``."""
    length = 0
    for since, until in spans:
        if since < end:
            length += (end if until is None or until > end else until) - since
    return length
