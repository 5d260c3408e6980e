"""Bars over time: whose court a ticket was in, and which of that time a clock counted.

All bars of one ticket share a :class:`TimeScale`, so that what stands below each other happened at
the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.cells import cell_len

from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant, to_datetime, to_instant, zone
from engagewatch.model.sides import Side
from engagewatch.tui.glyphs import CLOSED, COUNTED, COURT_FILLS, DUE, EVENT, NOT_COUNTED, TICK
from engagewatch.tui.widgets.lines import Part, Parts

_STEPS = (
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
    91 * DAY,
    364 * DAY,
)
_EVEN: Mapping[str, int] = {}
_LABEL_ROOM = 11
"""Cells a label of the time axis needs, with the space after it."""


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Maps instants of a span to the cells of a bar."""

    start: Instant
    end: Instant
    width: int

    @property
    def span(self) -> int:
        """Seconds shown; at least one."""
        return max(1, self.end - self.start)

    def cell(self, at: Instant) -> int:
        """Return the cell that holds an instant, from 0 to ``width - 1``."""
        return min(self.width - 1, max(0, (at - self.start) * self.width // self.span))

    def instant(self, cell: int) -> Instant:
        """Return the first instant of a cell."""
        return self.start + cell * self.span // self.width

    def __contains__(self, at: Instant) -> bool:
        """Whether an instant is on the scale."""
        return self.start <= at <= self.end


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time that belongs to something: a side, or a way of counting."""

    from_at: Instant
    until_at: Instant
    value: str


def court_bar(stretches: Sequence[Stretch], scale: TimeScale, names: dict[Side, str]) -> Parts:
    """Return the bar of courts: one run of cells per court, with its name in it where it fits.

    ``value`` of a stretch is a :class:`Side`. A cell shows the side that held the ball for most of
    it; every side has its own fill, so the bar reads without colour.
    """
    parts: list[Part] = []
    for value, count in _runs(_dominant(stretches, scale)):
        if not value:
            parts.append(Part(" " * count))
            continue
        side = Side(value)
        fill, role = COURT_FILLS[side], side.value
        label = f" {names[side]} "
        size = cell_len(label)
        if size + 2 > count:
            parts.append(Part(fill * count, role))
            continue
        left = (count - size) // 2
        parts.append(Part(fill * left, role))
        parts.append(Part(label, f"{role} reverse"))
        parts.append(Part(fill * (count - size - left), role))
    return tuple(parts)


COUNTED_TIME, PAUSED_TIME, CLOSED_TIME = "counted", "paused", "closed"
_WEIGHTS = {COUNTED_TIME: 30, PAUSED_TIME: 10}
"""On a long bar a cell is hours: what was counted in it matters more than that it closed after."""


def clock_bar(
    stretches: Sequence[Stretch], scale: TimeScale, role: str, due_at: Instant | None
) -> Parts:
    """Return the bar of one clock: counted time heavy, pauses broken, closed hours dotted.

    The due instant is marked where it lies on the scale.
    """
    signs = {COUNTED_TIME: COUNTED, PAUSED_TIME: NOT_COUNTED, CLOSED_TIME: CLOSED}
    roles = {COUNTED_TIME: role, PAUSED_TIME: "client", CLOSED_TIME: "faint"}
    cells = _dominant(stretches, scale, _WEIGHTS)
    due = scale.cell(due_at) if due_at is not None and due_at in scale else None
    parts: list[Part] = []
    at = 0
    for value, count in _runs(cells):
        text = signs.get(value, " ") * count
        paint = roles.get(value, "")
        if due is not None and at <= due < at + count:
            parts += [
                Part(text[: due - at], paint),
                Part(DUE, f"{role} bold"),
                Part(text[due - at + 1 :], paint),
            ]
        else:
            parts.append(Part(text, paint))
        at += count
    return tuple(item for item in parts if item.text)


def event_marks(events: Iterable[tuple[Instant, str]], scale: TimeScale) -> Parts:
    """Return a row of dots where events happened, each in the role of the side that acted."""
    cells = [""] * scale.width
    for at, role in events:
        if at in scale:
            cells[scale.cell(at)] = role or "dim"
    return tuple(Part((EVENT if role else " ") * count, role) for role, count in _runs(cells))


def time_axis(scale: TimeScale, timezone: str) -> Parts:
    """Return the labels of the scale: a tick and a day or an hour, as dense as there is room."""
    here = zone(timezone)
    most = max(1, scale.width // _LABEL_ROOM)
    step = next((step for step in _STEPS if scale.span // step < most), _STEPS[-1])
    text = ""
    shown_day = None
    for tick in _ticks(scale, step, to_datetime(scale.start, here)):
        cell = scale.cell(tick)
        if cell < len(text) + (1 if text else 0):
            continue
        local = to_datetime(tick, here)
        day = f"{local:%a} {local.day} {local:%b}"
        label = day if step >= DAY or local.date() != shown_day else f"{local:%H:%M}"
        if step < DAY and local.date() != shown_day and (local.hour or local.minute):
            label = f"{local:%a %H:%M}"
        shown_day = local.date()
        if cell + 1 + len(label) > scale.width:
            break
        text = text.ljust(cell) + TICK + label
    return (Part(text.ljust(scale.width), "dim"),)


def _ticks(scale: TimeScale, step: int, start: datetime) -> Iterable[Instant]:
    """Yield the instants of the axis: round local times, days at midnight."""
    yield scale.start
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    if step >= DAY:
        days = step // DAY
        local = midnight + timedelta(days=days)
        while (at := to_instant(local)) <= scale.end:
            yield at
            local += timedelta(days=days)
        return
    at = to_instant(midnight)
    while at <= scale.end:
        if at > scale.start:
            yield at
        at += step


def _dominant(
    stretches: Sequence[Stretch], scale: TimeScale, weights: Mapping[str, int] = _EVEN
) -> list[str]:
    """Return for each cell the value that holds most of it, by weight; empty where nothing does."""
    best = [0] * scale.width
    cells = [""] * scale.width
    for stretch in stretches:
        if stretch.until_at <= scale.start or stretch.from_at >= scale.end:
            continue
        first, last = scale.cell(stretch.from_at), scale.cell(max(stretch.until_at - 1, 0))
        for cell in range(first, last + 1):
            begin = max(stretch.from_at, scale.instant(cell))
            share = min(stretch.until_at, scale.instant(cell + 1)) - begin
            share *= weights.get(stretch.value, 1)
            if share > best[cell]:
                best[cell], cells[cell] = share, stretch.value
    return cells


def _runs(cells: Sequence[str]) -> Iterable[tuple[str, int]]:
    """Yield runs of equal neighbours as (value, length)."""
    at = 0
    for index in range(1, len(cells) + 1):
        if index == len(cells) or cells[index] != cells[at]:
            yield cells[at], index - at
            at = index
