"""Instants: whole seconds since 1970-01-01T00:00:00Z.

Inside engagewatch an instant is an ``int`` of epoch seconds. It is always UTC, compares and
subtracts without allocation, and is what the store keeps. Aware datetimes exist only at the edges:
wire formats, the public calendar API and what a person reads.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

Instant: TypeAlias = int
"""Seconds since the Unix epoch, UTC."""

TimeSource: TypeAlias = Callable[[], Instant]
"""The injected clock: returns the current instant. Only edges hold one."""

MINUTE = 60
HOUR = 3600
DAY = 86400

EARLIEST: Instant = 631_152_000
"""1990-01-01T00:00:00Z. Earlier instants in remote data are treated as missing."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_instant(moment: datetime) -> Instant:
    """Return the epoch seconds of an aware datetime, rounded down.

    Raises:
        ValueError: ``moment`` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone; got a naive datetime")
    return (moment - _EPOCH) // timedelta(seconds=1)


def to_datetime(instant: Instant, zone: tzinfo = UTC) -> datetime:
    """Return ``instant`` as an aware datetime in ``zone`` (UTC unless told)."""
    return datetime.fromtimestamp(instant, zone)


def parse_iso(text: str) -> Instant:
    """Parse an ISO 8601 date and time that carries an offset or ``Z``.

    Raises:
        ValueError: the text is not ISO 8601, or has no offset.
    """
    return to_instant(datetime.fromisoformat(text))


def isoformat(instant: Instant) -> str:
    """Return ``instant`` as ``2026-03-02T09:00:00Z``."""
    return to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Return the IANA time zone called ``name``.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such zone.
    """
    return ZoneInfo(name)


def month_bounds(year: int, number: int, timezone: str) -> tuple[Instant, Instant]:
    """Return the first instant of a month in a zone, and the first one after it."""
    after = (year + 1, 1) if number == 12 else (year, number + 1)
    here = zone(timezone)
    return (
        to_instant(datetime(year, number, 1, tzinfo=here)),
        to_instant(datetime(*after, 1, tzinfo=here)),
    )
