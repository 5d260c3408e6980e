"""Columns that share a width: numbers aligned, the least important dropped first."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from engagewatch.tui.glyphs import ASCENDING, DESCENDING
from engagewatch.tui.widgets.lines import Line, Part, Parts, fit, fit_parts, width_of

RowT = TypeVar("RowT")

GAP = 2
"""Cells between columns."""
EXTRA = 5
"""Columns of this rank or higher are shown only where they cost the others nothing."""


@dataclass(frozen=True, slots=True)
class Column(Generic[RowT]):
    """One column of a table."""

    key: str
    title: str
    cell: Callable[[RowT], Parts]
    least: int
    """Fewest cells it is worth showing in."""
    most: int
    """Cells it never needs more than."""
    rank: int = 0
    """0 always stays; of the others, the highest is dropped first where room is short."""
    fair: int = 0
    """Cells it should have before any column of :data:`EXTRA` rank is shown."""
    right: bool = False
    """Numbers and spans stand at the right of their column."""
    value: Callable[[RowT], object] | None = None
    """What the column sorts by; ``None`` if it does not sort. A row's ``None`` goes last."""
    largest_first: bool = False
    """The direction of its first sort."""
    only_if_filled: bool = False
    """Not shown where no row has anything in it."""


@dataclass(frozen=True, slots=True)
class Fitted(Generic[RowT]):
    """A column that is shown, with its width in cells."""

    column: Column[RowT]
    width: int


def measure(columns: Sequence[Column[RowT]], rows: Iterable[RowT]) -> list[int]:
    """Return how wide each column would like to be for these rows; 0 for one not to be shown."""
    rows = list(rows)
    wants = [max(column.least, _title_width(column)) for column in columns]
    for row in rows:
        for index, column in enumerate(columns):
            if wants[index] < column.most:
                wants[index] = min(column.most, max(wants[index], width_of(column.cell(row))))
    for index, column in enumerate(columns):
        if column.only_if_filled and rows and not any(width_of(column.cell(row)) for row in rows):
            wants[index] = 0
    return wants


def fit_columns(
    columns: Sequence[Column[RowT]], wants: Sequence[int], width: int
) -> list[Fitted[RowT]]:
    """Return the columns that fit into ``width`` cells, each as wide as there is room for.

    Columns are dropped by rank until the rest fit at their least width. What room is left over is
    shared out cell by cell among those that want more, so that none grows at the cost of all.
    """
    filled = (index for index, want in enumerate(wants) if want)
    by_rank = sorted(filled, key=lambda index: (columns[index].rank, index))
    shown = [index for index in by_rank if columns[index].rank < EXTRA]
    while len(shown) > 1 and _total(columns[index].least for index in shown) > width:
        shown.pop()
    fair = [max(columns[index].least, min(columns[index].fair, wants[index])) for index in shown]
    for index in by_rank:
        extra = columns[index]
        if extra.rank >= EXTRA and _total((*fair, extra.least)) <= width:
            shown.append(index)
            fair.append(extra.least)
    widths = {index: columns[index].least for index in shown}
    room = width - _total(widths.values())
    if room < 0:
        widths[shown[0]] = max(1, widths[shown[0]] + room)
    while room > 0:
        wanting = [index for index in shown if widths[index] < wants[index]]
        if not wanting:
            break
        for index in wanting[:room]:
            widths[index] += 1
        room -= min(room, len(wanting))
    return [Fitted(columns[index], widths[index]) for index in sorted(shown)]


def header(
    fitted: Sequence[Fitted[RowT]], sort: str | None = None, *, descending: bool = False
) -> Parts:
    """Return the titles, with an arrow at the column that sorts."""
    parts: list[Part] = []
    for index, (column, width) in enumerate((item.column, item.width) for item in fitted):
        if index:
            parts.append(Part(" " * GAP))
        if column.key == sort:
            title = column.title + (DESCENDING if descending else ASCENDING)
            parts.append(Part(fit(title, width, right=column.right), "accent bold"))
        else:
            parts.append(Part(fit(column.title, width, right=column.right), "dim"))
    return tuple(parts)


def row_parts(fitted: Sequence[Fitted[RowT]], row: RowT) -> Parts:
    """Return the cells of one row, each in its column."""
    parts: list[Part] = []
    last = len(fitted) - 1
    for index, item in enumerate(fitted):
        gap = " " * GAP if index < last else ""
        right = item.column.right
        cell = item.column.cell(row)
        if len(cell) == 1:
            text, role = cell[0]
            parts.append(Part(fit(text, item.width, right=right) + gap, role))
            continue
        parts.extend(fit_parts(cell, item.width, right=right))
        if gap:
            parts.append(Part(gap))
    return tuple(parts)


def table_lines(
    fitted: Sequence[Fitted[RowT]],
    rows: Iterable[RowT],
    key_of: Callable[[RowT], Hashable | None] = lambda _: None,
) -> list[Line]:
    """Return a short table as lines of a sheet: titles, then one line per row."""
    return [
        Line(header(fitted)),
        *(Line(row_parts(fitted, row), key_of(row)) for row in rows),
    ]


def fitted_to(
    columns: Sequence[Column[RowT]], rows: Sequence[RowT], width: int
) -> list[Fitted[RowT]]:
    """Return the columns fitted to what all of ``rows`` need."""
    return fit_columns(columns, measure(columns, rows), width)


def arranged(
    columns: Sequence[Column[RowT]], rows: Sequence[RowT], sort: str | None, *, descending: bool
) -> list[RowT]:
    """Return rows sorted by the value of a column; rows without a value come last both ways."""
    value = next((column.value for column in columns if column.key == sort), None)
    if value is None:
        return list(rows)
    known = [row for row in rows if value(row) is not None]
    unknown = [row for row in rows if value(row) is None]
    known.sort(key=value, reverse=descending)  # type: ignore[arg-type]
    return known + unknown


def _title_width(column: Column[RowT]) -> int:
    return len(column.title) + (1 if column.value is not None else 0)


def _total(widths: Iterable[int]) -> int:
    widths = list(widths)
    return sum(widths) + GAP * max(0, len(widths) - 1)
