"""How numbers read: spans, ages, moments and shares, in plain words.

Spans have at most two units. A span of calendar time may be told in days; a span of business time
never is, because a business day is not 24 hours.
"""

from __future__ import annotations

from datetime import date, datetime

from engagewatch.engine import phrases
from engagewatch.engine.phrases import counted, duty, listed
from engagewatch.model.clock import ClockState
from engagewatch.model.instants import DAY, MINUTE, Instant, to_datetime, zone
from engagewatch.model.sides import Side

__all__ = [
    "CLOCK_STATES", "COURTS", "IN_COURT", "UNKNOWN", "ago", "counted", "date_words", "day", "duty",
    "k_of_n", "listed", "moment", "month_name", "recently", "span", "working_span",
]  # fmt: skip

RECENT = 30 * DAY
"""What lies further back is told by its date: nobody reads ``412d 3h ago`` as a day."""

UNKNOWN = "cannot tell yet"
"""What stands where a number is not known. Never a zero, never a blank."""

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_FULL_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

CLOCK_STATES = {
    ClockState.RUNNING: "running",
    ClockState.PAUSED: "paused",
    ClockState.MET: "met",
    ClockState.MISSED: "missed",
    ClockState.EXCLUDED: "excluded",
    ClockState.UNKNOWN: UNKNOWN,
}
"""What each clock state is called on screen."""

COURTS = {
    Side.PROVIDER: "provider",
    Side.CLIENT: "us",
    Side.THIRD_PARTY: "third party",
    Side.NOBODY: "nobody",
}
"""Whose court, as the client's liaison says it."""

IN_COURT = {
    Side.PROVIDER: "in the provider's court",
    Side.CLIENT: "in our court",
    Side.THIRD_PARTY: "with a third party",
    Side.NOBODY: "in nobody's court",
}
"""The same within a sentence."""


def span(seconds: int) -> str:
    """Return a span of calendar time, e.g. ``3d 4h``, ``2h 10m``; ``0m`` for none at all."""
    return phrases.span(seconds) if seconds else "0m"


def working_span(seconds: int) -> str:
    """Return a span of business time in hours and minutes, never days; ``0m`` for none at all."""
    return phrases.working_span(seconds) if seconds else "0m"


def ago(at: Instant, now: Instant) -> str:
    """Return how long before ``now`` an instant was, e.g. ``2m ago``; ``just now`` under 1 min.

    An instant after ``now`` reads ``in 5m``.
    """
    if at - now >= MINUTE:
        return f"in {span(at - now)}"
    if now - at < MINUTE:
        return "just now"
    return f"{span(now - at)} ago"


def recently(at: Instant, timezone: str, now: Instant) -> str:
    """Return when something was last heard of: an age within the last 30 days, else the day."""
    return ago(at, now) if now - at < RECENT else day(at, timezone, now)


def moment(at: Instant, timezone: str, now: Instant) -> str:
    """Return an instant in a zone, e.g. ``Mon 2 Mar 09:12``; with the year if not this one."""
    local = to_datetime(at, zone(timezone))
    year = "" if local.year == to_datetime(now, zone(timezone)).year else f" {local.year}"
    return f"{_day(local)}{year} {local:%H:%M}"


def day(at: Instant, timezone: str, now: Instant) -> str:
    """Return the day of an instant in a zone, e.g. ``Mon 2 Mar``; with the year if not this one."""
    local = to_datetime(at, zone(timezone))
    year = "" if local.year == to_datetime(now, zone(timezone)).year else f" {local.year}"
    return f"{_day(local)}{year}"


def month_name(year: int, month: int) -> str:
    """Return a month, e.g. ``March 2026``."""
    return f"{_FULL_MONTHS[month - 1]} {year}"


def k_of_n(met: int, judged: int) -> str:
    """Return a share as counts, e.g. ``17 of 20``; ``none judged yet`` for no cases."""
    return f"{met:,} of {judged:,}" if judged else "none judged yet"


def date_words(on: date) -> str:
    """Return a date without its year, e.g. ``Mon 2 Mar``."""
    return f"{_WEEKDAYS[on.weekday()]} {on.day} {_MONTHS[on.month - 1]}"


def _day(local: datetime) -> str:
    return date_words(local)
