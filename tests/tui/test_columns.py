"""Columns: which are shown, how wide, in which order."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engagewatch.tui.widgets.columns import (
    GAP,
    Column,
    arranged,
    fit_columns,
    fitted_to,
    header,
    measure,
    row_parts,
)
from engagewatch.tui.widgets.lines import part, width_of

Row = tuple[str, str, int | None]

COLUMNS: tuple[Column[Row], ...] = (
    Column("id", "Id", lambda row: part(row[0]), 4, 6, 0, value=lambda row: row[0]),
    Column("text", "Text", lambda row: part(row[1]), 8, 30, 1, fair=20),
    Column("size", "Size", lambda row: part(str(row[2])), 4, 8, 2, right=True,
           value=lambda row: row[2], largest_first=True),
    Column("extra", "Extra", lambda row: part("x" * 10), 10, 10, 5),
)  # fmt: skip
ROWS: list[Row] = [("a1", "short", 3), ("a2", "a text of some length", None), ("a3", "t", 12)]


@given(st.integers(4, 200))
def test_a_row_is_as_wide_as_its_header_and_never_wider_than_the_room(width: int) -> None:
    fitted = fitted_to(COLUMNS, ROWS, width)
    widths = {width_of(row_parts(fitted, row)) for row in ROWS}
    assert widths == {width_of(header(fitted, "size", descending=True))}
    assert widths.pop() <= width


def test_the_least_important_columns_go_first() -> None:
    shown = {
        width: [item.column.key for item in fitted_to(COLUMNS, ROWS, width)]
        for width in (80, 40, 21, 15, 6)
    }
    assert shown[80] == ["id", "text", "size", "extra"]
    assert shown[40] == ["id", "text", "size"]
    assert shown[21] == ["id", "text", "size"]
    assert shown[15] == ["id", "text"]
    assert shown[6] == ["id"]


def test_an_extra_column_never_costs_the_others_their_fair_width() -> None:
    with_extra = {item.column.key: item.width for item in fitted_to(COLUMNS, ROWS, 80)}
    assert with_extra["text"] >= 20


def test_room_is_shared_among_those_that_want_it() -> None:
    wants = measure(COLUMNS, ROWS)
    fitted = fit_columns(COLUMNS[:3], wants[:3], 4 + 8 + 4 + 2 * GAP + 3)
    assert [item.width for item in fitted] == [4, 10, 5]


def test_a_column_that_no_row_fills_gives_its_room_to_the_others() -> None:
    named = (replace(COLUMNS[0], only_if_filled=True), *COLUMNS[1:])
    kept = fit_columns(named, measure(named, ROWS), 60)
    empty = (replace(named[0], cell=lambda _: ()), *named[1:])
    fitted = fit_columns(empty, measure(empty, ROWS), 60)
    assert [item.column.key for item in fitted] == [item.column.key for item in kept][1:]


def test_rows_without_a_value_come_last_both_ways() -> None:
    up = [row[0] for row in arranged(COLUMNS, ROWS, "size", descending=False)]
    down = [row[0] for row in arranged(COLUMNS, ROWS, "size", descending=True)]
    assert up == ["a1", "a3", "a2"]
    assert down == ["a3", "a1", "a2"]


def test_without_a_sort_the_order_is_the_views() -> None:
    assert arranged(COLUMNS, ROWS, None, descending=False) == ROWS
