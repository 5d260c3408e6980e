"""Business time of a clock at a moment: what it has consumed, and what it has left."""

from __future__ import annotations

from dataclasses import replace

from engagewatch.engine.calendars import Calendar, compile_calendar
from engagewatch.model.clock import Clock, ClockState
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.policy import ALWAYS


class OpenTime:
    """Measures clocks on the engagement's calendars, compiled when first asked for.

    The public holidays of a region take a tenth of a second to look up, which a first screen does
    not have. ``quick`` does without them where the clock itself proves that none lies in its way:
    its stored due instant was worked out with them. Only for a clock that is overdue the proof is
    missing; public holidays since its due instant then count as usual days.
    """

    def __init__(self, engagement: Engagement, *, quick: bool = False) -> None:
        """Measure on the calendars of ``engagement``."""
        self._specs = {ALWAYS.name: ALWAYS, **engagement.calendars}
        self._quick = quick
        self._compiled: dict[tuple[str, bool], Calendar | None] = {}

    def calendar(self, name: str) -> Calendar | None:
        """Return the compiled calendar ``name``; ``None`` if the engagement file dropped it."""
        return self._calendar(name, usual=False)

    def _calendar(self, name: str, *, usual: bool) -> Calendar | None:
        """Return a calendar, without its public holidays if ``usual``."""
        key = name, usual
        if key not in self._compiled:
            spec = self._specs.get(name)
            if spec is not None and usual:
                spec = replace(spec, region=None)
            self._compiled[key] = None if spec is None else compile_calendar(spec)
        return self._compiled[key]

    def consumed(self, clock: Clock, now: Instant) -> int:
        """Return the business seconds counted up to ``now``."""
        left = self.left(clock, now)
        if left is not None and clock.target is not None:
            return clock.target - left
        calendar = self.calendar(clock.calendar)
        if clock.running_since is None or clock.stopped_at is not None or calendar is None:
            return clock.consumed
        return clock.consumed + max(0, calendar.seconds_between(clock.running_since, now))

    def left(self, clock: Clock, now: Instant) -> int | None:
        """Return the business seconds to the target, negative when overspent.

        ``None`` without a target, or where the clock's calendar is not known any more.
        """
        if clock.target is None:
            return None
        since = clock.running_since
        if clock.state is not ClockState.RUNNING or since is None:
            return clock.target - clock.consumed
        remaining = clock.target - clock.consumed
        if self._quick:
            quickly = self._left_quickly(clock, remaining, since, now)
            if quickly is not None:
                return quickly
        calendar = self.calendar(clock.calendar)
        if calendar is None:
            return None
        return remaining - max(0, calendar.seconds_between(since, now))

    def _left_quickly(
        self, clock: Clock, remaining: int, since: Instant, now: Instant
    ) -> int | None:
        """Return the business seconds left without public holidays, ``None`` if they matter."""
        due = clock.due_at
        usual = self._calendar(clock.calendar, usual=True)
        if usual is None or due is None:
            return None
        if due < now:
            return -usual.seconds_between(due, now)
        if usual.seconds_between(since, due) != remaining:
            return None
        return usual.seconds_between(now, due)
