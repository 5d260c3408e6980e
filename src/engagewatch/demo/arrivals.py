"""When tickets come in: by weekday, hour and season, as on a real desk."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import accumulate
from random import Random

from engagewatch.demo.profile import ZONE
from engagewatch.engine.calendars import Calendar
from engagewatch.model.instants import DAY, HOUR, Instant, to_datetime, to_instant, zone

_WEEKDAYS = (1.28, 1.10, 1.02, 0.98, 0.82, 0.07, 0.05)
_HOURLY = (
    0.05, 0.03, 0.03, 0.03, 0.08, 0.2, 0.7, 2.2, 6.5, 10.5, 10.0, 8.2,
    5.6, 7.2, 9.0, 8.0, 5.8, 3.0, 1.1, 0.5, 0.4, 0.3, 0.15, 0.1,
)  # fmt: skip
_HOURS = list(accumulate(_HOURLY))


def arrival_times(
    rng: Random,
    hours: Calendar,
    started: Instant,
    anchor: Instant,
    count: int,
    weight: Callable[[Instant], float],
) -> list[Instant]:
    """Return about ``count`` instants from ``started`` to ``anchor``, in order.

    ``weight`` says how busy the day of an instant is, where 1 is usual. A public holiday sees
    little more than a Sunday.
    """
    local = zone(ZONE)
    days = []
    day = to_datetime(started, local).date()
    while (noon := to_instant(datetime.combine(day, time(12), local))) < anchor + DAY:
        usual = _WEEKDAYS[day.weekday()]
        if usual > 0.5 and not hours.is_open(noon):
            usual = 0.1
        midnight = to_instant(datetime.combine(day, time(), local))
        length = min(1.0, max(0.0, _share_of_day(anchor - midnight)))
        days.append((midnight, usual * weight(noon) * rng.uniform(0.75, 1.25), length))
        day += timedelta(days=1)
    scale = count / sum(volume * length for _, volume, length in days)
    times = []
    owed = 0.0
    for midnight, volume, _ in days:
        owed += volume * scale
        while owed >= 1:
            owed -= 1
            at = midnight + _second_of_day(rng)
            if started <= at <= anchor:
                times.append(at)
    times.sort()
    return times


def _second_of_day(rng: Random) -> int:
    hour = bisect_right(_HOURS, rng.random() * _HOURS[-1])
    return hour * HOUR + rng.randrange(HOUR)


def _share_of_day(seconds: int) -> float:
    """Return how much of a day's tickets come in its first ``seconds``."""
    if seconds >= DAY:
        return 1.0
    hour, rest = divmod(max(0, seconds), HOUR)
    before = _HOURS[hour - 1] if hour else 0.0
    return (before + _HOURLY[hour] * rest / HOUR) / _HOURS[-1]
