"""What the pages with one table have in common: a headline, the table, and its row in full."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from textual.app import ComposeResult

from engagewatch.model.engagement import Engagement
from engagewatch.tui.navigation import Frame
from engagewatch.tui.page import Page, ViewT
from engagewatch.tui.widgets.columns import Column, arranged
from engagewatch.tui.widgets.detail import Detail
from engagewatch.tui.widgets.headline import Headline
from engagewatch.tui.widgets.lines import Line, Part, Parts, part, wrapped
from engagewatch.tui.widgets.listing import Listing
from engagewatch.tui.widgets.ticket_table import TicketTable
from engagewatch.views.filtering import holds, parse_filter

RowT = TypeVar("RowT")


class TablePage(Page[ViewT], Generic[ViewT, RowT]):
    """A page whose list is one table, filtered and sorted here."""

    can_filter: ClassVar[bool] = True

    def __init__(self, frame: Frame, engagement: Engagement | None) -> None:
        """Make the widgets."""
        super().__init__(frame, engagement)
        self._headline = Headline()
        self._table: TicketTable[RowT] = TicketTable(
            self.columns(), self.key_of, frame.list_state(), empty=self.empty_lines
        )
        self._detail = Detail(self._detail_lines)

    # What a page provides.

    def columns(self) -> Sequence[Column[RowT]]:
        """Return the table's columns."""
        raise NotImplementedError

    def rows(self, view: ViewT) -> Sequence[RowT]:
        """Return all rows, in the view's order."""
        raise NotImplementedError

    def key_of(self, row: RowT) -> Hashable:
        """Return a row's identity."""
        raise NotImplementedError

    def headline(self, view: ViewT) -> Parts:
        """Return the page's answer in one sentence."""
        raise NotImplementedError

    def detail(self, row: RowT, width: int) -> list[Line]:
        """Return a row in full."""
        raise NotImplementedError

    def nothing(self, view: ViewT) -> str:
        """Return what an empty table means."""
        raise NotImplementedError

    def note(self, _view: ViewT) -> Parts:
        """Return what stands right of the headline, while there is no filter and there is room."""
        return ()

    # The rest follows.

    def compose(self) -> ComposeResult:
        """Headline, table, and the row in full below it."""
        yield self._headline
        yield self._table
        yield self._detail

    @property
    def listing(self) -> Listing:
        """The table."""
        return self._table

    @property
    def row(self) -> RowT | None:
        """The row under the cursor."""
        return self._table.current_row

    def shown_rows(self, view: ViewT) -> Sequence[RowT]:
        """Return the rows under the filter, in the order asked for."""
        state = self._table.state
        columns: dict[str, Column[Any]] = {column.key: column for column in self._table.columns}
        terms = parse_filter(state.filter_text, columns.keys())
        rows = self.rows(view)
        if terms:
            rows = [row for row in rows if self._holds(terms, columns, row)]
        return arranged(self._table.columns, rows, state.sort, descending=state.descending)

    @staticmethod
    def _holds(terms: Any, columns: dict[str, Column[RowT]], row: RowT) -> bool:
        def by_column(key: str) -> str:
            return "".join(text for text, _ in columns[key].cell(row)).lower()

        return holds(terms, "\n".join(by_column(key) for key in columns), by_column)

    def total_rows(self, view: ViewT) -> int:
        """Return how many rows there are without a filter."""
        return len(self.rows(view))

    def show(self) -> None:
        """Show the view's rows, the cursor where it was."""
        view = self.view
        if view is None:
            self._table.set_rows(())
            return
        self._table.set_rows(self.shown_rows(view))
        filtered = self._filter_note()
        self._headline.show_parts(
            self.headline(view), filtered or self.note(view), right_gives_way=not filtered
        )
        self._detail.redraw()
        self.post_message(self.Shown())

    def _filter_note(self) -> Parts:
        state = self._table.state
        if state.filter_text:
            return (
                Part("/", "key"),
                Part(state.filter_text, "accent"),
                Part(f"  {self.filter_words()}", "dim"),
            )
        return ()

    def filter_words(self) -> str:
        """Return how much the filter leaves."""
        if self.view is None:
            return ""
        return f"{len(self._table.rows):,} of {self.total_rows(self.view):,}"

    def apply_filter(self, text: str) -> None:
        """Show only the rows that match."""
        self._table.state.filter_text = text
        self.rearrange()

    def on_ticket_table_rearranged(self, event: TicketTable.Rearranged) -> None:
        """Show the rows in another order, from the top if the cursor's row is in sight there."""
        event.stop()
        self._table.state.offset = self._table.window_height
        self.rearrange()

    def rearrange(self) -> None:
        """Show the rows under the filter and in the order that the table's state asks for."""
        self.show()

    def cursor_moved(self) -> None:
        """Show the row under the cursor in full."""
        self._detail.redraw()

    def _detail_lines(self, width: int) -> list[Line]:
        row = self.row
        return [] if row is None else self.detail(row, width)

    def empty_lines(self, width: int) -> list[Line]:
        """Return the words that stand where no row is: never a blank that reads as all well."""
        if self.view is None:
            return self.waiting_lines(width)
        if self._table.state.filter_text:
            return [Line(part("Nothing matches the filter. esc takes it away.", "dim"))]
        return [Line(), *wrapped(self.nothing(self.view), width, "dim")]
