"""Drawing charts in character cells: points, intervals, lines to hold them against, and axes.

A terminal of 80 columns has room for about a dozen months of one series. Drawing these cell by cell
keeps every point beside its label and has an ASCII face like all else; charting libraries for
terminals draw in Braille dots, which have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from engagewatch.tui.widgets.lines import Line, Part, Parts, packed
from engagewatch.views.chart import Chart, ChartPoint, LineKind

POINT, HOLLOW, MARKED = "●", "○", "◆"
SPAN = "│"
LINE_SIGNS = {
    LineKind.PATH: "─",
    LineKind.LIMIT: "╌",
    LineKind.CENTRE: "─",
    LineKind.BEFORE: "╌",
}
_LINE_ROLES = {
    LineKind.PATH: "accent",
    LineKind.LIMIT: "dim",
    LineKind.CENTRE: "dim",
    LineKind.BEFORE: "dim",
}
_LEAST_CELL = 3
"""Cells that a period takes at least."""
_MOST_CELL = 9
_SHADE = "░"


def chart_lines(chart: Chart, width: int, height: int) -> list[Line]:
    """Return a chart in at most ``height`` rows, its axis and labels below; no title, no legend.

    Where there is no room for all periods, the latest ones are drawn.
    """
    if not chart.ticks:
        return [Line((Part("nothing to draw yet", "dim"),))]
    # Ticks stand evenly: as many rows lie between any two of them.
    steps = max(1, len(chart.ticks) - 1)
    height = max(1, (height - 1) // steps) * steps + 1
    gutter = max(len(tick.words) for tick in chart.ticks) + 1
    room = max(_LEAST_CELL, width - gutter - 1)
    shown = min(len(chart.points), room // _LEAST_CELL)
    cell = min(_MOST_CELL, room // max(1, shown))
    first = len(chart.points) - shown
    grid = _Grid(shown * cell, height, chart)
    for place, point in enumerate(chart.points[first:]):
        if point.shaded:
            grid.shade(place * cell, cell)
    for line in chart.lines:
        grid.run(line.values[first:], cell, LINE_SIGNS[line.kind], _LINE_ROLES[line.kind])
    for place, point in enumerate(chart.points[first:]):
        grid.point(place * cell + cell // 2, point)
    labels = {grid.row_of(tick.value): tick.words for tick in chart.ticks}
    rows = [
        Line((Part(labels.get(row, "").rjust(gutter - 1), "dim"), Part(" │", "faint"), *parts))
        for row, parts in enumerate(grid.rows())
    ]
    axis = Part(" " * (gutter - 1) + " └" + "─" * (shown * cell), "faint")
    names = _labels([point.label for point in chart.points[first:]], cell)
    return [*rows, Line((axis,)), Line((Part(" " * (gutter + 1)), Part(names, "dim")))]


def chart_legend(chart: Chart, width: int) -> list[Line]:
    """Return what the signs of a chart mean, as far as it has them."""
    groups: list[Parts] = []
    points = [point for point in chart.points if point.value is not None]
    if any(not point.open for point in points):
        groups.append((Part(POINT), Part(" as measured", "dim")))
    if any(point.open for point in points):
        groups.append((Part(HOLLOW), Part(" not over, or too few to tell", "dim")))
    if any(point.marked for point in points):
        groups.append((Part(MARKED, "bold"), Part(" signal", "dim")))
    if any(point.low is not None for point in points):
        groups.append((Part(SPAN, "dim"), Part(" 95% interval", "dim")))
    seen: set[tuple[str, str]] = set()
    for line in chart.lines:
        sign = (LINE_SIGNS[line.kind], line.label)
        if sign not in seen:
            seen.add(sign)
            groups.append(
                (Part(sign[0] * 2, _LINE_ROLES[line.kind]), Part(f" {line.label}", "dim"))
            )
    if any(point.shaded for point in chart.points):
        groups.append((Part(_SHADE * 2, "faint"), Part(" change-over, not judged", "dim")))
    return packed(groups, width)


class _Grid:
    """Cells with a sign and a role each; what is drawn later covers what was there."""

    def __init__(self, width: int, height: int, chart: Chart) -> None:
        self._height = height
        self._low, self._high = chart.low, chart.high
        self._cells = [[(" ", "")] * width for _ in range(height)]

    def row_of(self, value: float) -> int:
        """Return the row of a value, 0 at the top; values beyond the scale are at its ends."""
        share = (value - self._low) / ((self._high - self._low) or 1.0)
        return round((1 - min(1.0, max(0.0, share))) * (self._height - 1))

    def shade(self, start: int, cells: int) -> None:
        for row in self._cells:
            row[start : start + cells] = [(_SHADE, "faint")] * cells

    def run(self, values: tuple[float | None, ...], cell: int, sign: str, role: str) -> None:
        for place, value in enumerate(values):
            if value is not None:
                row = self._cells[self.row_of(value)]
                row[place * cell : (place + 1) * cell] = [(sign, role)] * cell

    def point(self, column: int, point: ChartPoint) -> None:
        if point.value is None:
            return
        if point.low is not None and point.high is not None:
            high = point.high if isfinite(point.high) else self._high
            for row in range(self.row_of(high), self.row_of(point.low) + 1):
                self._cells[row][column] = (SPAN, "dim")
        sign = MARKED if point.marked else HOLLOW if point.open else POINT
        self._cells[self.row_of(point.value)][column] = (sign, f"bold {point.tone}")

    def rows(self) -> list[Parts]:
        found = []
        for cells in self._cells:
            parts: list[Part] = []
            for sign, role in cells:
                if parts and parts[-1].role == role:
                    parts[-1] = Part(parts[-1].text + sign, role)
                else:
                    parts.append(Part(sign, role))
            found.append(tuple(parts))
        return found


def _labels(labels: Sequence[str], cell: int) -> str:
    """Return the labels under their points; where cells are narrow, only every so many of them.

    The last point always has its label: it is the one a reader looks for.
    """
    longest = max(map(len, labels), default=0)
    every = max(1, -(-(longest + 1) // cell))
    row = [" "] * (len(labels) * cell)
    for place in range(len(labels) - 1, -1, -every):
        size = len(labels[place])
        # One that would stand out beyond an end of the axis stands at that end.
        start = max(0, min(place * cell + (cell - size) // 2, len(row) - size))
        row[start : start + size] = labels[place]
    return "".join(row)[: len(labels) * cell].rstrip()
