"""Charts as plain data: points over periods, lines to hold them against, and a readable scale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, isfinite, log10

from engagewatch.views.tone import Tone


class LineKind(StrEnum):
    """What a line across a chart is."""

    PATH = "path"
    """What was promised."""
    LIMIT = "limit"
    """A natural limit of routine variation."""
    CENTRE = "centre"
    """The average that points vary around."""
    BEFORE = "before"
    """What it was before, by somebody's memory: an outline, never a bar."""


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One period on the horizontal axis."""

    label: str
    """Under the axis, e.g. ``Mar``."""
    value: float | None
    """``None`` where nothing can be told: no point is drawn."""
    low: float | None = None
    high: float | None = None
    """The 95 % interval, where there is one."""
    tone: Tone = Tone.PLAIN
    marked: bool = False
    """A point that deserves a "why"."""
    open: bool = False
    """The period is not over, or too little was seen: drawn hollow."""
    shaded: bool = False
    """A stretch that is not judged, such as the change-over."""


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A line to hold points against, one value per point."""

    kind: LineKind
    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the vertical axis."""

    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one series."""

    title: str
    points: tuple[ChartPoint, ...]
    lines: tuple[ChartLine, ...]
    low: float
    """Lower end of the vertical axis."""
    high: float
    ticks: tuple[Tick, ...]


def make_chart(
    title: str,
    points: Sequence[ChartPoint],
    lines: Sequence[ChartLine],
    words: Callable[[float], str],
    *,
    step_base: float = 1.0,
    floor_at: float | None = 0.0,
    ceiling_at: float | None = None,
) -> Chart:
    """Return a chart whose scale holds every point and line, with about four round ticks.

    ``step_base`` is the unit that steps are round in: 3600 for hours, 0.01 for percents. The scale
    never leaves ``floor_at`` and ``ceiling_at``, which are what values can be at all.
    """
    values = [value for point in points for value in (point.value,) if value is not None]
    for line in lines:
        values += [value for value in line.values if value is not None]
    if not values:
        return Chart(title, tuple(points), tuple(lines), 0.0, 1.0, ())
    # Intervals may be far wider than what there is to see: they may reach out of the chart.
    low, high = _stretched(min(values), max(values), points)
    if floor_at is not None:
        low = max(floor_at, low)
    if ceiling_at is not None:
        high = min(ceiling_at, high)
    if high <= low:
        high = low + step_base
    step = _round_step((high - low) / 3, step_base)
    low, high = floor(low / step) * step, ceil(high / step) * step
    if ceiling_at is not None:
        high = min(ceiling_at, high)
    count = round((high - low) / step)
    ticks = tuple(Tick(low + place * step, words(low + place * step)) for place in range(count + 1))
    return Chart(title, tuple(points), tuple(lines), low, high, ticks)


def _stretched(low: float, high: float, points: Iterable[ChartPoint]) -> tuple[float, float]:
    room = (high - low) or abs(high) or 1.0
    for point in points:
        if point.low is not None and isfinite(point.low):
            low = max(min(low, point.low), low - room)
        if point.high is not None and isfinite(point.high):
            high = min(max(high, point.high), high + room)
    return low, high


def _round_step(rough: float, base: float) -> float:
    """Return a round number of ``base`` units near ``rough``: 1, 2 or 5 times a power of ten."""
    units = max(rough / base, 1e-9)
    power = 10.0 ** floor(log10(units))
    for factor in (1, 2, 5, 10):
        if units <= factor * power:
            return factor * power * base
    return 10 * power * base
