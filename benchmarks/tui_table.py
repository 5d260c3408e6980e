"""The ticket table beside Textual's DataTable: 10,000 rows of eight columns at 140x40.

Both are driven by the same keys in one process, in turn, A B A B, and the medians of their CPU time
are compared: a page down, a row down, and taking in all rows anew, as after a poll.

    python benchmarks/tui_table.py
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from rich.text import Text
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import DataTable

from engagewatch import tui
from engagewatch.tui.navigation import ListState
from engagewatch.tui.styles import THEMES
from engagewatch.tui.themes import DEFAULT_THEME
from engagewatch.tui.widgets.columns import Column
from engagewatch.tui.widgets.lines import Parts, part
from engagewatch.tui.widgets.ticket_table import TicketTable

ROWS = 10_000
SIZE = (140, 40)
ROUNDS = 5
KEYS = 20
TARGETS = {"page down": 3.0, "row down": 1.0, "reload": 20.0}
"""How many times less CPU than DataTable each takes at least."""


class Row(NamedTuple):
    reference: str
    subject: str
    priority: str
    status: str
    court: str
    age: str
    resolution: str
    owner: str


def make_rows(version: int) -> list[Row]:
    """Return the rows; one in fifty differs between versions."""
    courts = ("provider", "us", "third party", "nobody")
    states = ("running", "met", "missed", "paused")
    return [
        Row(
            f"#{50_000 - index}",
            f"Printer {index % 311} on floor {index % 7} prints blank pages",
            f"P{index % 4 + 1}",
            "open" if index % 3 else "pending",
            courts[index % 4],
            f"{index % 90}d {index % 24}h",
            states[(index + (version if index % 50 == 0 else 0)) % 4],
            f"A. Kaya {index % 17}",
        )
        for index in range(ROWS)
    ]


def cell(at: int, row: Row) -> Parts:
    """Return one cell of a row."""
    return part(row[at], ROLES[at])


ROLES = ("bold", "", "", "dim", "provider", "", "good", "dim")
WIDTHS = (8, 44, 4, 10, 11, 8, 10, 14)


class OurTable(App[None]):
    """Rows in the ticket table."""

    CSS_PATH = Path(tui.__file__).parent / "engagewatch.tcss"

    def __init__(self) -> None:
        super().__init__()
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = DEFAULT_THEME
        columns = tuple(
            Column(name, name, partial(cell, at), WIDTHS[at], WIDTHS[at])
            for at, name in enumerate(Row._fields)
        )
        self.table: TicketTable[Row] = TicketTable(columns, lambda row: row.reference, ListState())

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()
        self.load(make_rows(0))

    def load(self, rows: list[Row]) -> None:
        self.table.set_rows(rows)


class TheirTable(App[None]):
    """The same rows in a DataTable; its cells are Text so that no markup is read into them."""

    def __init__(self) -> None:
        super().__init__()
        self.table: DataTable[Text] = DataTable(cursor_type="row")

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        for name, width in zip(Row._fields, WIDTHS, strict=True):
            self.table.add_column(name, width=width)
        self.table.focus()
        self.load(make_rows(0))

    def load(self, rows: list[Row]) -> None:
        self.table.clear()
        for row in rows:
            self.table.add_row(*(Text(cell) for cell in row), key=row.reference)


async def cpu_ms(work: Callable[[], Awaitable[None]]) -> float:
    """Return the CPU milliseconds that ``work`` takes in this process."""
    start = time.process_time()
    await work()
    return (time.process_time() - start) * 1000


async def measure(app: OurTable | TheirTable) -> dict[str, float]:
    """Return CPU milliseconds per page down, per row down and per reload."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        figures = {}
        for name, key in (("page down", "pagedown"), ("row down", "down")):
            await press(pilot, key, 3)
            figures[name] = await cpu_ms(partial(press, pilot, key, KEYS)) / KEYS
        rows = make_rows(1)

        async def reload() -> None:
            app.load(rows)
            await pilot.pause()

        figures["reload"] = await cpu_ms(reload)
        return figures


async def press(pilot: Pilot[None], key: str, times: int) -> None:
    """Press a key and let the app draw after each."""
    for _ in range(times):
        await pilot.press(key)


async def main() -> int:
    """Measure both tables in turn, print the comparison; 1 if a target is missed."""
    found: dict[str, dict[str, list[float]]] = {"ours": {}, "DataTable": {}}
    for _ in range(ROUNDS):
        for name, app in (("ours", OurTable()), ("DataTable", TheirTable())):
            for figure, value in (await measure(app)).items():
                found[name].setdefault(figure, []).append(value)
    print(f"{ROWS:,} rows, {len(WIDTHS)} columns, {SIZE[0]}x{SIZE[1]}; CPU ms, median of {ROUNDS}")
    print(f"{'':12}{'ours':>8}{'DataTable':>12}{'times less':>12}{'target':>8}")
    missed = False
    for figure, target in TARGETS.items():
        ours = statistics.median(found["ours"][figure])
        theirs = statistics.median(found["DataTable"][figure])
        missed |= theirs / ours < target
        print(f"{figure:12}{ours:8.1f}{theirs:12.1f}{theirs / ours:12.1f}{target:8.0f}")
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
