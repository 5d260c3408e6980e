"""Times as event logs write them, into instants."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, EARLIEST, Instant, isoformat, to_instant, zone
from engagewatch.net.errors import SourceError

_CACHE_LIMIT = 100_000
_FUTURE = 366 * DAY
"""How far ahead of now an instant may lie; due dates do, by a year at most."""


class TimeReader:
    """Reads the times of one log. The same text is parsed once: logs repeat theirs a lot."""

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
        self._latest = now + _FUTURE
        self._cache: dict[str, Instant] = {}

    def read(self, text: str) -> Instant:
        """Return the instant that ``text`` names.

        A local time that the clocks skipped is read an hour later, one that came twice as its first
        occurrence.

        Raises:
            ValueError: it is no time in this format, lies before 1990, or more than a year ahead.
        """
        known = self._cache.get(text)
        if known is not None:
            return known
        try:
            moment = (
                datetime.fromisoformat(text.strip())
                if self._format is None
                else datetime.strptime(text.strip(), self._format)  # noqa: DTZ007 - zone follows
            )
        except ValueError:
            wanted = self._format or "an ISO 8601 time"
            raise ValueError(f'"{text}" is not {wanted}') from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._zone)
        try:
            instant = to_instant(moment)
        except OverflowError:
            instant = 0
        if instant < EARLIEST:
            raise ValueError(f'"{text}" lies before {isoformat(EARLIEST)[:4]}')
        if instant > self._latest:
            raise ValueError(f'"{text}" lies more than a year in the future')
        if len(self._cache) >= _CACHE_LIMIT:
            self._cache.clear()
        self._cache[text] = instant
        return instant
