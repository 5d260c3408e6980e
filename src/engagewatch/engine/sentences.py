"""The sentence that explains a clock: what was allowed, what was counted, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence

from engagewatch.engine import reasons
from engagewatch.engine.phrases import moment, working_span
from engagewatch.model.clock import Clock, ClockState
from engagewatch.model.instants import MINUTE


def verdict(
    clock: Clock,
    state: ClockState,
    *,
    consumed: int,
    bounds: tuple[int, int],
    pauses: Sequence[tuple[int, str]],
    standing_still: bool,
    timezone: str,
) -> str:
    """Return why ``clock`` is in ``state``, having consumed ``consumed`` business seconds by now.

    ``bounds`` are the least and the most that it may have consumed, ``pauses`` the seconds left
    out and why, ``standing_still`` whether it is paused at present.
    """
    if state is ClockState.EXCLUDED and clock.reason != reasons.NO_TARGET:
        return f"Not judged, because {reasons.WORDS[clock.reason]}."
    paused = _paused(pauses)
    count = _Words(clock, consumed, timezone)
    if clock.target is None:
        why = reasons.WORDS[reasons.NO_TARGET]
        return f"{_capital(count.counted)} {count.window}{paused}; {why}."
    if state is ClockState.UNKNOWN:
        least, most = (working_span(seconds) for seconds in bounds)
        return (
            f"Cannot tell, because {reasons.WORDS[clock.reason]}: {count.allowed} allowed, "
            f"between {least} and {most} counted {count.window}."
        )
    if state is ClockState.MET:
        head = f"Met with {count.margin} to spare" if count.margin else "Met exactly on target"
        return f"{head}: {count.allowed} allowed, {count.counted} {count.window}{paused}."
    if state is ClockState.PAUSED:
        why = pauses[-1][1].split(" (")[0] if pauses else "paused"
        return f"{_capital(why)}: {count.share} {count.window}."
    if state is ClockState.RUNNING:
        due = f"; due {count.due}" if clock.due_at is not None else ""
        return f"Running: {count.share} {count.window}{paused}{due}."
    return _missed(clock, count, paused, standing_still=standing_still)


class _Words:
    """The parts that most sentences are made of."""

    def __init__(self, clock: Clock, consumed: int, timezone: str) -> None:
        target = clock.target or 0
        margin = abs(target - consumed)
        # Where the verdict hangs on seconds, seconds are shown.
        exact = 0 < margin < MINUTE
        self.allowed = _span(target, exact=exact)
        self.counted = f"{_span(consumed, exact=exact)} counted"
        self.share = f"{_span(consumed, exact=exact)} of {self.allowed} counted"
        self.margin = _span(margin, exact=exact) if margin else ""
        start = moment(clock.started_at, timezone)
        self.window = f"since {start}"
        if clock.stopped_at is not None:
            self.window = f"between {start} and {moment(clock.stopped_at, timezone)}"
        self.due = moment(clock.due_at, timezone) if clock.due_at is not None else ""


def _missed(clock: Clock, count: _Words, paused: str, *, standing_still: bool) -> str:
    if clock.stopped_at is None:
        still = "; it stands still at present, which does not undo that" if standing_still else ""
        return (
            f"Overdue by {count.margin}: {count.allowed} allowed, {count.counted} {count.window}"
            f"{paused}; it was due {count.due}{still}."
        )
    ending = ""
    if clock.reason == reasons.BREACHED_BEFORE_CHANGE:
        ending = f"; what {clock.priority} allowed was missed before that changed"
    elif clock.reason:
        ending = f"; {reasons.WORDS[clock.reason]}"
    head = f"Missed by {count.margin}" if count.margin else "Missed exactly on target"
    return f"{head}: {count.allowed} allowed, {count.counted} {count.window}{paused}{ending}."


def _paused(pauses: Sequence[tuple[int, str]]) -> str:
    """Return what was left out, e.g. ``; a further 1h 30m was paused while ...``."""
    totals: dict[str, int] = {}
    for seconds, why in pauses:
        clause = why.split(" (")[0]
        totals[clause] = totals.get(clause, 0) + seconds
    parts = [
        f"{working_span(seconds)} was {clause}" for clause, seconds in totals.items() if seconds
    ]
    return f"; a further {' and '.join(parts)}" if parts else ""


def _span(seconds: int, *, exact: bool) -> str:
    """Return a span in hours and minutes, with its seconds if they matter."""
    rest = seconds % MINUTE
    if not exact or not rest:
        return working_span(seconds) if seconds else "0m"
    return f"{working_span(seconds - rest)} {rest}s" if seconds >= MINUTE else f"{rest}s"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
