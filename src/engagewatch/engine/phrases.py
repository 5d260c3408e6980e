"""Plain words for spans, moments and counts in the sentences the engine writes."""

from __future__ import annotations

from collections.abc import Sequence

from engagewatch.model.clock import Obligation
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant, to_datetime, zone

_WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_DUTIES = {
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


def duty(obligation: Obligation) -> str:
    """Return what an obligation is called in a sentence."""
    return _DUTIES[obligation]


def working_span(seconds: int) -> str:
    """Return business time in hours and minutes, e.g. ``31h 5m``: a business day is not 24 h."""
    seconds = abs(seconds)
    if seconds < MINUTE:
        return "under 1m"
    hours, rest = divmod(seconds, HOUR)
    minutes = rest // MINUTE
    if not hours:
        return f"{minutes}m"
    return f"{hours}h {minutes}m" if minutes else f"{hours}h"


def span(seconds: int) -> str:
    """Return calendar time in at most two units, e.g. ``3d 4h`` or ``2h 10m``."""
    seconds = abs(seconds)
    if seconds < DAY:
        return working_span(seconds)
    days, rest = divmod(seconds, DAY)
    hours = rest // HOUR
    return f"{days}d {hours}h" if hours else f"{days}d"


def moment(at: Instant, timezone: str) -> str:
    """Return an instant in a zone, e.g. ``Mon 2 Mar 09:12``."""
    local = to_datetime(at, zone(timezone))
    day, month = _WEEKDAYS[local.weekday()], _MONTHS[local.month - 1]
    return f"{day} {local.day} {month} {local:%H:%M}"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a count with its noun: ``1 miss``, ``2 misses``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def listed(names: Sequence[str], shown: int = 3) -> str:
    """Return names in a row, the surplus counted: ``Mail, VPN, Files and 2 more``."""
    head = list(names[:shown])
    rest = len(names) - len(head)
    if rest:
        return f"{', '.join(head)} and {rest} more"
    if len(head) < 2:
        return "".join(head)
    return f"{', '.join(head[:-1])} and {head[-1]}"
