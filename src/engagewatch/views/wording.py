"""How numbers read: spans, ages, moments and shares, in plain words.

Spans have at most two units. A span of calendar time may be told in days; a span of business time
never is, because a business day is not 24 hours.
"""

from __future__ import annotations

from datetime import datetime

from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant, to_datetime, zone
from engagewatch.model.sides import Side

UNKNOWN = "cannot tell yet"
"""What stands where a number is not known. Never a zero, never a blank."""

FEWEST_FOR_PERCENT = 10
"""Fewer judged clocks than this are shown as a count alone."""

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_FULL_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

OBLIGATIONS = {
    Obligation.FIRST_RESPONSE: "first response",
    Obligation.NEXT_RESPONSE: "next response",
    Obligation.UPDATE: "update",
    Obligation.RESOLUTION: "resolution",
    Obligation.REPLY: "reply",
    Obligation.APPROVAL: "approval",
    Obligation.TASK: "task",
    Obligation.ATTENDANCE: "attendance",
    Obligation.SURVEY: "survey",
}
"""What each duty is called on screen."""

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


def span(seconds: int) -> str:
    """Return a span of calendar time, e.g. ``3d 4h``, ``2h 10m``, ``5m``, ``under 1m``."""
    seconds = abs(seconds)
    if seconds < DAY:
        return working_span(seconds)
    days, rest = divmod(seconds, DAY)
    hours = rest // HOUR
    return f"{days}d {hours}h" if hours and days < 100 else f"{days}d"


def working_span(seconds: int) -> str:
    """Return a span of business time: hours and minutes, never days, e.g. ``31h 5m``."""
    seconds = abs(seconds)
    if seconds == 0:
        return "0m"
    if seconds < MINUTE:
        return "under 1m"
    hours, rest = divmod(seconds, HOUR)
    minutes = rest // MINUTE
    if not hours:
        return f"{minutes}m"
    return f"{hours}h {minutes}m" if minutes else f"{hours}h"


def ago(at: Instant, now: Instant) -> str:
    """Return how long before ``now`` an instant was, e.g. ``2m ago``; ``just now`` under 1 min.

    An instant after ``now`` reads ``in 5m``.
    """
    if at - now >= MINUTE:
        return f"in {span(at - now)}"
    if now - at < MINUTE:
        return "just now"
    return f"{span(now - at)} ago"


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


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a count with its noun, e.g. ``1 ticket``, ``0 tickets``."""
    noun = singular if number == 1 else (plural or f"{singular}s")
    return f"{number:,} {noun}"


def k_of_n(met: int, judged: int) -> str:
    """Return a share as counts, e.g. ``17 of 20``; ``none judged yet`` for no cases."""
    return f"{met:,} of {judged:,}" if judged else "none judged yet"


def percent(met: int, judged: int) -> float | None:
    """Return ``met / judged`` in percent, or ``None`` where there are too few cases to say one."""
    if judged < FEWEST_FOR_PERCENT:
        return None
    return 100.0 * met / judged


def percent_words(value: float | None) -> str:
    """Return a percentage, e.g. ``94.1%``; empty where silence applies.

    It is cut, not rounded up, so that 99.96 never reads as 100.
    """
    if value is None:
        return ""
    if value >= 100.0:
        return "100%"
    return f"{int(value * 10) / 10:.1f}%"


def _day(local: datetime) -> str:
    return f"{_WEEKDAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"
