"""Opening hours laid out in time: a calendar's windows as intervals of epoch seconds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from engagewatch.model.instants import DAY, MINUTE, Instant
from engagewatch.model.policy import CalendarSpec, CalendarVersion, Window

_ORDINAL_OF_EPOCH = date(1970, 1, 1).toordinal()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=512)
def public_holidays(region: str, year: int) -> Mapping[date, str]:
    """Return the public holidays of ``region`` in ``year`` with their names.

    ``region`` is an ISO 3166 country, or country and subdivision joined by a hyphen (``GB-ENG``).

    Raises:
        ValueError: the holidays package does not know the region.
    """
    import holidays  # slow to import, and most runs need no holidays

    country, _, subdivision = region.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    except NotImplementedError as error:
        raise ValueError(f"no public holidays are known for region {region!r}") from error
    return dict(found.items())


def open_intervals(
    spec: CalendarSpec, local_zone: ZoneInfo, low: Instant, high: Instant
) -> Iterator[tuple[Instant, Instant]]:
    """Yield the open intervals within ``[low, high)`` in order; neighbours may touch.

    Between two changes of the zone's offset local time is plain addition, so windows are laid out
    in wall-clock seconds and shifted piece by piece. That is exact on the days clocks change.
    """
    walls = _merged(_wall_intervals(spec, low, high))
    wall_starts = [start for start, _ in walls]
    wall_ends = [end for _, end in walls]
    for since, until, offset in _offsets(local_zone, low, high):
        first = bisect_right(wall_ends, since + offset)
        beyond = bisect_left(wall_starts, until + offset)
        for row in range(first, beyond):
            start, end = wall_starts[row] - offset, wall_ends[row] - offset
            yield max(start, since), min(end, until)


def without(
    intervals: Iterable[tuple[int, int]], closures: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield what is left of ``intervals``, which are in order, outside ``closures``."""
    closed = _merged(closures)
    for begin, end in intervals:
        start = begin
        for closing, opening in closed[bisect_right(closed, start, key=_end) :]:
            if closing >= end:
                break
            if closing > start:
                yield start, closing
            start = opening
        if start < end:
            yield start, end


def _end(interval: tuple[int, int]) -> int:
    return interval[1]


def windows_on(spec: CalendarSpec, day: date) -> tuple[Window, ...]:
    """Return the windows that start on a local date."""
    for exception in spec.exceptions:
        if exception.day == day:
            return exception.windows
    version = spec.version_on(day)
    if version.region is not None and day in public_holidays(version.region, day.year):
        return ()
    return version.weekly[day.weekday()]


def _wall_intervals(spec: CalendarSpec, low: Instant, high: Instant) -> Iterator[tuple[int, int]]:
    """Yield the windows of every day, as seconds of a local clock that has no offset changes."""
    own_days = {
        exception.day.toordinal() - _ORDINAL_OF_EPOCH: exception.windows
        for exception in spec.exceptions
    }
    # Two days to spare on either side hold every offset and every window past midnight.
    for version, first, beyond in _versions(spec, low // DAY - 2, high // DAY + 2):
        special = dict.fromkeys(_holidays(version.region, first, beyond), ()) | own_days
        weekly = [
            tuple((window.start * MINUTE, window.end * MINUTE) for window in windows)
            for windows in version.weekly
        ]
        for day in range(first, beyond):
            windows = weekly[(day + 3) % 7]  # 1970-01-01 was a Thursday
            if day in special:
                windows = tuple((w.start * MINUTE, w.end * MINUTE) for w in special[day])
            midnight = day * DAY
            for start, end in windows:
                yield midnight + start, midnight + end


def _versions(
    spec: CalendarSpec, first: int, beyond: int
) -> Iterator[tuple[CalendarVersion, int, int]]:
    """Yield the versions of ``spec`` and the days, since 1970-01-01, that each rules."""
    version = CalendarVersion(date.min, spec.weekly, spec.region)
    for following in spec.versions:
        turn = min(max(following.since.toordinal() - _ORDINAL_OF_EPOCH, first), beyond)
        yield version, first, turn
        version, first = following, turn
    yield version, first, beyond


def _holidays(region: str | None, first: int, beyond: int) -> Iterator[int]:
    """Yield the public holidays of a span of days, in days since 1970-01-01."""
    if region is None or first >= beyond:
        return
    low, high = (_EPOCH + timedelta(days=day) for day in (first, beyond))
    for year in range(low.year, high.year + 1):
        for day in public_holidays(region, year):
            yield day.toordinal() - _ORDINAL_OF_EPOCH


def _offsets(local_zone: ZoneInfo, low: Instant, high: Instant) -> Iterator[tuple[int, int, int]]:
    """Yield ``(since, until, offset)`` pieces of ``[low, high)`` in which the offset is constant.

    Zones are probed once a day: none changes its offset twice within a day.
    """
    since, offset = low, _offset(local_zone, low)
    for probe in range(low + DAY, high + DAY, DAY):
        found = _offset(local_zone, probe)
        if found == offset:
            continue
        before, after = probe - DAY, probe
        while after - before > 1:
            middle = (before + after) // 2
            if _offset(local_zone, middle) == offset:
                before = middle
            else:
                after = middle
        if after >= high:
            break
        yield since, after, offset
        since, offset = after, found
    yield since, high, offset


def _offset(local_zone: ZoneInfo, at: Instant) -> int:
    offset = datetime.fromtimestamp(at, local_zone).utcoffset()
    return 0 if offset is None else offset // _SECOND


def _merged(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the union of ``intervals`` as disjoint, sorted intervals that do not touch."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def open_seconds(windows: Iterable[Window]) -> int:
    """Return the open seconds of one weekday; windows that overlap count once."""
    merged = _merged((window.start, window.end) for window in windows)
    return sum(end - start for start, end in merged) * MINUTE
