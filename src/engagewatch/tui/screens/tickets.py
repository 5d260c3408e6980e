"""The ticket list: every ticket, tens of thousands of them, filtered and sorted by any column."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from functools import partial
from typing import ClassVar

from textual import work

from engagewatch.model.instants import Instant
from engagewatch.tui.navigation import Place
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.table_page import TablePage
from engagewatch.tui.widgets.columns import Column
from engagewatch.tui.widgets.lines import Line, Part, Parts, packed, part, wrapped
from engagewatch.views.keys import FigureKey, FigureKind, TicketKey
from engagewatch.views.tickets import COLUMNS, TicketRow, TicketsView
from engagewatch.views.tone import Tone

_RANKS = {
    "reference": 0,
    "subject": 1,
    "status": 2,
    "court": 3,
    "priority": 4,
    "resolution": 5,
    "due": 6,
    "updated": 7,
    "age": 8,
    "first_response": 9,
    "owner": 10,
}
_LEAST = {
    "reference": 8,
    "subject": 24,
    "priority": 4,
    "status": 9,
    "court": 9,
    "age": 7,
    "resolution": 10,
    "updated": 11,
    "owner": 12,
}
_TITLES = {"priority": "Prio"}
_MOST = {"subject": 90}
_LARGEST_FIRST = frozenset({"age", "updated"})


class TicketsPage(TablePage[TicketsView, TicketRow]):
    """Rows are values; only those in sight are put into words."""

    title: ClassVar[str] = "Tickets"
    about: ClassVar[tuple[str, ...]] = (
        (
            "Every ticket of the engagement. / narrows the list: words must all be found; "
            "!word must not; court:us looks in one column; quotes keep words together. The "
            "arrows sort by a column, v turns the order round."
        ),
    )

    _in_words: tuple[TicketsView, TicketRow, tuple[str, ...], tuple[Tone, ...]] | None = None

    def read(self, views: Views, now: Instant) -> TicketsView:
        """Return every ticket, under the filter and in the order asked for."""
        return self._arranged(views.tickets(self.engagement_id, now))

    def columns(self) -> Sequence[Column[TicketRow]]:
        """Return the columns of the view."""
        return tuple(
            Column(
                column.key,
                _TITLES.get(column.key, column.title),
                partial(self._cell, index),
                _LEAST.get(column.key, column.width),
                max(column.width, _MOST.get(column.key, 0)),
                _RANKS.get(column.key, 11),
                right=column.align_right,
                value=_by_view,
                largest_first=column.key in _LARGEST_FIRST,
                only_if_filled=column.key == "subject",
            )
            for index, column in enumerate(COLUMNS)
        )

    def _cell(self, index: int, row: TicketRow) -> Parts:
        view = self.view
        if view is None:
            return ()
        # The columns of a row are asked for one after the other; its words are made once.
        if self._in_words is None or self._in_words[0] is not view or self._in_words[1] is not row:
            self._in_words = (view, row, view.cells(row), view.tones(row))
        _, _, cells, tones = self._in_words
        return part(cells[index], "bold" if index == 0 else tones[index].value)

    def rows(self, view: TicketsView) -> Sequence[TicketRow]:
        """Return the rows as the view has them."""
        return view.rows

    def shown_rows(self, view: TicketsView) -> Sequence[TicketRow]:
        """Return the rows as the view has them: it was filtered and sorted in a thread."""
        return view.rows

    def rearrange(self) -> None:
        """Filter and sort in a thread: there may be tens of thousands of tickets."""
        self._rearrange()

    @work(group="arrange", exclusive=True, exit_on_error=False)
    async def _rearrange(self) -> None:
        view = self.view
        if view is None:
            return
        arranged = await asyncio.to_thread(self._arranged, view)
        if self.view is not view:
            # It was read again meanwhile, perhaps under the filter before this one.
            self.rearrange()
            return
        self.frame.view = arranged
        self.show()

    def _arranged(self, view: TicketsView) -> TicketsView:
        state = self.frame.list_state()
        if view.filter_text != state.filter_text:
            view = view.narrowed(state.filter_text)
        sort = state.sort or "updated"
        descending = state.descending if state.sort else True
        if (view.sort, view.descending) != (sort, descending):
            view = view.sorted_by(sort, descending=descending)
        return view

    def total_rows(self, view: TicketsView) -> int:
        """Return how many tickets there are."""
        return view.total

    def key_of(self, row: TicketRow) -> Hashable:
        """Return a ticket's identity."""
        return TicketKey(row.source, row.ticket_id)

    def headline(self, view: TicketsView) -> Parts:
        """Say how many tickets there are."""
        return part(view.summary, "bold")

    def detail(self, row: TicketRow, width: int) -> list[Line]:
        """Return a ticket in full."""
        view = self.view
        if view is None:
            return []
        cells, tones = view.cells(row), view.tones(row)
        lines = wrapped(f"{row.reference}  {row.subject}", width, "bold")[:2]
        facts: list[Parts] = []
        for column, words, tone in zip(COLUMNS, cells, tones, strict=True):
            if column.key in ("reference", "subject") or not words:
                continue
            role = tone.value if tone is not Tone.PLAIN else ""
            facts.append((Part(f"{column.title.lower()} ", "dim"), Part(words, role)))
        if row.category:
            facts.append((Part("category ", "dim"), Part(row.category)))
        if row.reopened:
            facts.append((Part("reopened ", "dim"), Part(f"{row.reopened}x", "warning")))
        return lines + packed(facts, width)

    def nothing(self, _view: TicketsView) -> str:
        """Say that there are none."""
        return "No ticket is stored yet. s shows how the sources are doing."

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the ticket."""
        row = self.row
        if not isinstance(key, TicketKey):
            return None
        return Place("clock", self.engagement_id, key, row.reference if row is not None else "")

    def figure(self) -> FigureKey | None:
        """Explain the list as it is narrowed now."""
        return FigureKey(FigureKind.TICKETS, filter_text=self.frame.list_state().filter_text)

    def reference(self) -> str | None:
        """Return the reference under the cursor."""
        return None if self.row is None else self.row.reference


def _by_view(row: TicketRow) -> object:
    """Stand for a column's value: the view sorts, the table only needs to know that it can."""
    return row.reference
