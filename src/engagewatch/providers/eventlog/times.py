"""Times as event logs write them, into instants."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, EARLIEST, Instant, isoformat, zone
from engagewatch.net.errors import SourceError

_FUTURE = 366 * DAY
"""How far ahead of now an instant may lie; due dates do, by a year at most."""


class TimeReader:
    """Reads the times of one log."""

    def __init__(self, timezone: str, time_format: str | None, now: Instant) -> None:
        """Times without an offset are local to ``timezone``; ``None`` as format is ISO 8601.

        Raises:
            SourceError: there is no such time zone.
        """
        try:
            self._zone: ZoneInfo = zone(timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise SourceError(
                Failure.CONFIGURATION, f'no time zone is called "{timezone}"'
            ) from None
        self._format = time_format
        self._parse = _parser(time_format, self._zone)
        self._latest = now + _FUTURE

    def read(self, text: str) -> Instant:
        """Return the instant that ``text`` names.

        A local time that the clocks skipped is read an hour later, one that came twice as its first
        occurrence.

        Raises:
            ValueError: it is no time in this format, lies before 1990, or more than a year ahead.
        """
        try:
            moment = self._parse(text.strip())
        except ValueError:
            wanted = self._format or "an ISO 8601 time"
            raise ValueError(f'"{text}" is not {wanted}') from None
        # Before 1970 this rounds up instead of down, but such instants are refused.
        instant = int(moment.timestamp())
        if instant < EARLIEST:
            raise ValueError(f'"{text}" lies before {isoformat(EARLIEST)[:4]}')
        if instant > self._latest:
            raise ValueError(f'"{text}" lies more than a year in the future')
        return instant


_ORDER = ("year", "month", "day", "hour", "minute", "second")
_PATTERNS = {
    "d": "(?P<day>[0-9]{1,2})",
    "m": "(?P<month>[0-9]{1,2})",
    "Y": "(?P<year>[0-9]{4})",
    "H": "(?P<hour>[0-9]{1,2})",
    "M": "(?P<minute>[0-9]{1,2})",
    "S": "(?P<second>[0-9]{1,2})",
    "f": "[0-9]{1,6}",  # an instant is a whole second
}


def _parser(time_format: str | None, zone: ZoneInfo) -> Callable[[str], datetime]:
    """Return what reads a time in this format, as local to ``zone`` where it has no offset.

    Formats of plain numbers (``%d/%m/%Y %H:%M``) are most of those met; a pattern made once reads
    them several times faster than ``strptime``, which takes what is left.
    """
    if time_format is None:
        return lambda text: _local(datetime.fromisoformat(text), zone)
    parts = re.split(r"%(.)", time_format)
    codes = parts[1::2]
    numeric = set(codes) <= _PATTERNS.keys() and len(set(codes)) == len(codes)
    if not numeric or not {"d", "m", "Y"} <= set(codes):
        return lambda text: _local(datetime.strptime(text, time_format), zone)  # noqa: DTZ007
    pattern = re.compile(
        "".join(
            _PATTERNS[part] if place % 2 else re.escape(part).replace(r"\ ", r"\s+")
            for place, part in enumerate(parts)
        )
    )
    names = [name for name in _ORDER if name in pattern.groupindex]
    if names != list(_ORDER[: len(names)]):  # minutes without hours, say
        return lambda text: _local(datetime.strptime(text, time_format), zone)  # noqa: DTZ007

    def read(text: str) -> datetime:
        found = pattern.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return datetime(*map(int, found.group(*names)), tzinfo=zone)  # type: ignore[misc,arg-type]

    return read


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
