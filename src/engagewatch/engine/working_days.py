"""Targets in working days that end on a day, not after so many hours.

A working day is a local date on which a window of the calendar starts. From outside the opening
hours such a target counts from the next opening. It is turned into the open seconds up to its end,
so pauses move it on and it is judged as any other target.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import NamedTuple

from engagewatch.engine.calendars import Calendar, NeverOpenError
from engagewatch.engine.opening_hours import windows_on
from engagewatch.model.instants import Instant, to_datetime, to_instant, zone

_LONGEST_CLOSURE = 3660
"""Days without an opening after which no more are looked for."""


class WorkingDays(NamedTuple):
    """A number of working days, and what is added to them."""

    days: int
    seconds: int
    """Further open seconds, as in ``1bd 4h``."""
    to_the_end: bool
    """To the end of the last day; else to the time of day at which it began."""
    timezone: str
    """Whose midnight ends a day."""

    def allowed(self, calendar: Calendar, start: Instant) -> int:
        """Return the open seconds of ``calendar`` that this allows from ``start`` on.

        Raises:
            NeverOpenError: the calendar has too few openings after ``start``.
        """
        local = zone(self.timezone)
        begun = to_datetime(calendar.next_opening(start), local)
        day, left, searched = begun.date(), self.days, 0
        while left:
            day += timedelta(days=1)
            searched += 1
            if windows_on(calendar.spec, day):
                left, searched = left - 1, 0
            elif searched > _LONGEST_CLOSURE:
                raise NeverOpenError(f"calendar {calendar.name!r} does not open after {begun}")
        midnight = datetime.combine(day, time(), local)
        if self.to_the_end:
            ends = [window.end for window in windows_on(calendar.spec, day)]
            due = midnight + timedelta(minutes=max(ends, default=1440))
        else:
            due = datetime.combine(day, begun.time(), local)
        return calendar.seconds_between(start, to_instant(due)) + self.seconds
