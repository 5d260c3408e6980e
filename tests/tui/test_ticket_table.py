"""The table: cursor, window and repaints, at any length."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from engagewatch import tui
from engagewatch.tui.navigation import ListState
from engagewatch.tui.styles import THEMES
from engagewatch.tui.themes import DEFAULT_THEME
from engagewatch.tui.widgets.columns import Column
from engagewatch.tui.widgets.lines import part
from engagewatch.tui.widgets.ticket_table import TicketTable

STYLES = Path(tui.__file__).parent / "engagewatch.tcss"


@dataclass(frozen=True)
class Row:
    key: int
    words: str


COLUMNS: tuple[Column[Row], ...] = (
    Column("key", "Key", lambda row: part(str(row.key)), 6, 8, 0, value=lambda row: row.key),
    Column("words", "Words", lambda row: part(row.words), 10, 60, 1),
)


def rows(count: int) -> list[Row]:
    return [Row(index, f"row {index}") for index in range(count)]


class Watched(TicketTable[Row]):
    """Counts the lines it is asked to repaint."""

    def __init__(self, state: ListState) -> None:
        super().__init__(COLUMNS, lambda row: row.key, state)
        self.repainted: list[int] = []

    def refresh_lines(self, y_start: int, line_count: int = 1) -> None:
        self.repainted += range(y_start, y_start + line_count)
        super().refresh_lines(y_start, line_count)


class TableApp(App[None]):
    CSS_PATH = STYLES

    def __init__(self, count: int, state: ListState | None = None) -> None:
        super().__init__()
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = DEFAULT_THEME
        self.table = Watched(state or ListState())
        self._count = count

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.set_rows(rows(self._count))
        self.table.focus()


async def test_keys_move_by_row_page_and_end() -> None:
    app = TableApp(1000)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "down", "k")
        assert app.table.cursor == 1
        await pilot.press("pagedown")
        assert app.table.cursor == 1 + app.table.window_height
        await pilot.press("G")
        assert app.table.cursor == 999
        assert app.table.top == 1000 - app.table.window_height
        await pilot.press("g")
        assert (app.table.cursor, app.table.top) == (0, 0)


async def test_a_changed_row_repaints_its_line_and_no_other() -> None:
    app = TableApp(100)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.table.repainted.clear()
        changed = rows(100)
        changed[7] = Row(7, "row X")
        app.table.set_rows(changed)
        assert app.table.repainted == [8]  # the header is line 0


async def test_the_same_rows_again_repaint_nothing() -> None:
    app = TableApp(100)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.table.repainted.clear()
        app.table.set_rows(rows(100))
        assert app.table.repainted == []


async def test_rows_arriving_above_leave_the_cursors_row_where_it_is_in_sight() -> None:
    app = TableApp(200)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["pagedown"] * 3)
        key = app.table.cursor
        line = app.table.item_lines(app.table.item_index(key) or 0)[0] - app.table.top
        app.table.set_rows([Row(-index, "new") for index in range(1, 31)] + rows(200))
        await pilot.pause()
        assert app.table.cursor == key
        assert app.table.item_lines(app.table.item_index(key) or 0)[0] - app.table.top == line


async def test_a_table_made_again_starts_where_its_state_left_it() -> None:
    state = ListState()
    app = TableApp(500, state)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["pagedown"] * 4, "down")
        key, top = app.table.cursor, app.table.top
    again = TableApp(500, state)
    async with again.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert (again.table.cursor, again.table.top) == (key, top)


async def test_the_wheel_scrolls_without_moving_the_cursor() -> None:
    app = TableApp(500)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for _ in range(3):
            app.table._scroll_down_for_pointer(animate=False)
        await pilot.pause()
        assert app.table.top > 0
        assert app.table.cursor == 0


@pytest.mark.parametrize("count", [0, 1, 25_000])
async def test_only_rows_in_sight_are_put_into_words(count: int) -> None:
    seen: set[int] = set()

    def words(row: Row) -> tuple[object, ...]:
        seen.add(row.key)
        return part(row.words)  # type: ignore[return-value]

    columns = (Column("words", "Words", words, 10, 60, 0),)  # type: ignore[arg-type]
    table: TicketTable[Row] = TicketTable(columns, lambda row: row.key, ListState())

    class OneTable(TableApp):
        def compose(self) -> ComposeResult:
            yield table

    app = OneTable(0)
    app.table = table  # type: ignore[assignment]
    async with app.run_test(size=(80, 24)) as pilot:
        table.set_rows(rows(count))
        await pilot.pause()
        assert len(seen) <= 200 + table.window_height
        assert table.region == Region(0, 0, 80, 24)
