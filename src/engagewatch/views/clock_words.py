"""One clock of a period in words: how it counts, and why."""

from __future__ import annotations

from engagewatch.engine.reasons import WORDS
from engagewatch.model.clock import Clock, ClockState
from engagewatch.model.instants import Instant
from engagewatch.views import wording
from engagewatch.views.tone import Tone

TONES = {
    ClockState.MET: Tone.GOOD,
    ClockState.MISSED: Tone.BAD,
    ClockState.RUNNING: Tone.PLAIN,
    ClockState.PAUSED: Tone.NOTICE,
    ClockState.EXCLUDED: Tone.PLAIN,
    ClockState.UNKNOWN: Tone.UNKNOWN,
}


def state_of(clock: Clock, now: Instant) -> ClockState:
    """Return the state at ``now``; a paused clock that is already overspent is missed as well."""
    if clock.is_open and clock.due_at is not None and clock.due_at < now:
        return ClockState.MISSED
    return clock.state_at(now)


def because(clock: Clock) -> str:
    """Return why a clock is left out or how it ended, as ``: the ticket was merged``, or empty."""
    reason = WORDS.get(clock.reason, clock.reason)
    return f": {reason}" if reason else ""


def spent(clock: Clock) -> str:
    """Return what a clock consumed of its target, e.g. ``5h 10m of 4h``."""
    consumed = wording.working_span(clock.consumed)
    if clock.target is None:
        return f"{consumed}, no target"
    return f"{consumed} of {wording.working_span(clock.target)}"


def how_it_counts(clock: Clock, timezone: str, now: Instant) -> str:
    """Return how a clock counts in its period, e.g. ``missed: resolution took 5h 10m of 4h``."""
    state = state_of(clock, now)
    words = wording.CLOCK_STATES[state]
    duty = wording.duty(clock.obligation)
    if state in (ClockState.EXCLUDED, ClockState.UNKNOWN):
        return f"{words}{because(clock)}"
    if not clock.is_open:
        return f"{words}: {duty} took {spent(clock)}"
    if clock.due_at is None:
        return f"{words}: {duty} stands still at {spent(clock)}"
    due = wording.moment(clock.due_at, timezone, now)
    return f"{words}: {duty} still open, {'was due' if clock.due_at < now else 'due'} {due}"
