"""Durations as an engagement file writes them: ``15m``, ``4h``, ``1h30m``, ``2d``, ``1bd``."""

from __future__ import annotations

import re
from decimal import Decimal

from engagewatch.config.problems import RejectedError
from engagewatch.model.policy import Duration

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(bd|[smhd])", re.IGNORECASE)
_WHOLE = re.compile(rf"\s*(?:{_PART.pattern}\s*)+", re.IGNORECASE)
_LONGEST = 10 * 366 * 86400
"""Ten years: anything longer is a slip of the keyboard, and would not fit a calendar."""

_WORDS = {
    "second": "s",
    "sec": "s",
    "minute": "m",
    "min": "m",
    "hour": "h",
    "hr": "h",
    "day": "d",
    "businessday": "bd",
    "workingday": "bd",
    "workday": "bd",
}
_HOW = 'write it like "15m", "4h", "1h30m", "2d" or "1bd" (one business day)'


def parse_duration(text: object) -> Duration:
    """Return the duration that ``text`` writes.

    Hours and minutes count seconds of open time; ``d`` is 24 hours and ``bd`` one business day,
    which is the open time of a usual day of the calendar it is measured on.

    Raises:
        RejectedError: it is not text, not a duration, zero, or longer than ten years.
    """
    if not isinstance(text, str):
        number = isinstance(text, int | float) and not isinstance(text, bool)
        hint = f'write its unit too, for example "{text}s", "{text}m" or "{text}h"'
        raise RejectedError("a duration is text with a unit", hint if number else _HOW)
    if _WHOLE.fullmatch(text) is None:
        raise RejectedError(f'"{text[:40]}" is not a duration', _nearest(text) or _HOW)
    seconds = days = Decimal(0)
    for amount, unit in _PART.findall(text):
        if unit.lower() == "bd":
            days += Decimal(amount)
        else:
            seconds += Decimal(amount) * _SECONDS[unit.lower()]
    if days * 86400 + seconds > _LONGEST:
        raise RejectedError(f'"{text[:40]}" is longer than ten years', _HOW)
    if days and seconds:
        raise RejectedError(
            f'"{text}" mixes business days with hours', 'use one of them, for example "2bd" or "9h"'
        )
    if days != int(days) or seconds != int(seconds):
        raise RejectedError(f'"{text}" is not a whole number of seconds or business days', _HOW)
    if not days and not seconds:
        raise RejectedError("a duration of zero", "leave the key out where nothing is promised")
    return Duration(seconds=int(seconds), business_days=int(days))


def parse_seconds(text: object) -> int:
    """Return a duration in seconds of real time, where business days make no sense.

    Raises:
        RejectedError: as :func:`parse_duration`, or the duration is in business days.
    """
    duration = parse_duration(text)
    if duration.business_days:
        raise RejectedError(
            f'"{text}" is in business days, but this is real time', 'write it like "5m" or "24h"'
        )
    return duration.seconds


def _nearest(text: str) -> str:
    """Suggest the duration meant by words such as ``4 hours``."""
    match = re.fullmatch(r"\s*(\d+)\s*([a-z ]+?)s?\s*", text, re.IGNORECASE)
    if match is None:
        return ""
    unit = _WORDS.get(match[2].replace(" ", "").lower())
    return f'did you mean "{match[1]}{unit}"?' if unit else ""
