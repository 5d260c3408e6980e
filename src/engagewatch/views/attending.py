"""What a person says about a thing that waits, as entries: assigned, acknowledged, put off, ..."""

from __future__ import annotations

from datetime import date, timedelta

from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import Instant, to_datetime, zone
from engagewatch.views.entering import make_entry

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHOWN = 12
"""Characters of what was typed that are told back; the rest of the line says what to type."""
_LONGEST = 366
"""Days: putting off for longer is forgetting."""


def local_day(now: Instant, timezone: str) -> date:
    """Return the local date at an instant."""
    return to_datetime(now, zone(timezone)).date()


def parse_until(text: str, today: date) -> date:
    """Return the day meant by ``2026-03-09``, ``3d``, ``2w``, ``tomorrow`` or ``monday``.

    Raises:
        ValueError: it is none of these, or not after ``today``, or more than a year ahead.
    """
    wanted = text.strip().lower()
    day = _day(wanted, today)
    if day is None:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        raise ValueError(f'"{shown}" is not a day: write 3d, 2w, monday or 2026-03-09')
    if day <= today:
        raise ValueError(f"{day} is not after today")
    if (day - today).days > _LONGEST:
        raise ValueError(f"{day} is more than a year ahead")
    return day


def _day(wanted: str, today: date) -> date | None:
    if wanted == "tomorrow":
        return today + timedelta(days=1)
    for number, name in enumerate(_WEEKDAYS):
        if len(wanted) >= 3 and name.startswith(wanted):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    if wanted[-1:] in ("d", "w") and wanted[:-1].isascii() and wanted[:-1].isdigit():
        days = int(wanted[:-1]) * (7 if wanted[-1] == "w" else 1)
        return today + timedelta(days=min(days, _LONGEST + 1))
    try:
        return date.fromisoformat(wanted)
    except ValueError:
        return None


def assigned(engagement: str, now: Instant, subject: str, about: str, to: str) -> Entry:
    """Return that somebody has it now; an empty ``to`` takes the assignment back."""
    return make_entry(engagement, now, EntryKind.ASSIGNED, subject, {"to": to, "about": about})


def acknowledged(
    engagement: str, now: Instant, subject: str, about: str, state: str, note: str
) -> Entry:
    """Return that somebody has seen it as it is."""
    values = {"note": note, "state": state, "about": about}
    return make_entry(engagement, now, EntryKind.ACKNOWLEDGED, subject, values)


def put_off(
    engagement: str, now: Instant, subject: str, about: str, state: str, until: date, why: str
) -> Entry:
    """Return that it is to come back on the local day ``until``, or when it changes."""
    values = {"until": until.isoformat(), "why": why, "state": state, "about": about}
    return make_entry(engagement, now, EntryKind.SNOOZED, subject, values)


def woken(engagement: str, now: Instant, subject: str, about: str) -> Entry:
    """Return that it is to come back at once."""
    return make_entry(engagement, now, EntryKind.WOKEN, subject, {"about": about})


def nudged(engagement: str, now: Instant, subject: str, about: str, kind: str) -> Entry:
    """Return that a reminder was copied, to be sent by whoever copied it.

    Whom it went to is not kept: the tool does not know, and needs it for nothing.
    """
    return make_entry(engagement, now, EntryKind.NUDGED, subject, {"about": about, "kind": kind})
