"""What every list has in common: a cursor that follows a key, motion keys, scrolling, the mouse."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from engagewatch.tui.navigation import ListState
from engagewatch.tui.widgets.painted import Painted


class Listing(Painted, ScrollView, can_focus=True):
    """A scrolling list of items, each one or more lines high, with a cursor by key.

    A subclass says which items there are and where their lines lie; it paints them itself.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="list-up", tooltip="Up one row"),
        Binding("down,j", "move(1)", "Down", show=False, id="list-down", tooltip="Down one row"),
        Binding(
            "pageup,ctrl+b",
            "page(-1)",
            "Page up",
            show=False,
            id="list-page-up",
            tooltip="Up one page",
        ),
        Binding(
            "pagedown,ctrl+f",
            "page(1)",
            "Page down",
            show=False,
            id="list-page-down",
            tooltip="Down one page",
        ),
        Binding("home,g", "edge(-1)", "Top", show=False, id="list-top", tooltip="To the top"),
        Binding("end,G", "edge(1)", "End", show=False, id="list-end", tooltip="To the end"),
    ]

    class Moved(Message):
        """The cursor rests on another item."""

        def __init__(self, listing: Listing, key: Hashable | None) -> None:
            """Tell which list and which item."""
            super().__init__()
            self.listing = listing
            self.key = key

        @property
        def control(self) -> Listing:
            """The list, for selectors."""
            return self.listing

        def can_replace(self, message: Message) -> bool:
            """Only the last of several moves matters."""
            return isinstance(message, Listing.Moved) and message.listing is self.listing

    class Opened(Message):
        """An item was chosen with the mouse."""

        def __init__(self, listing: Listing, key: Hashable) -> None:
            """Tell which list and which item."""
            super().__init__()
            self.listing = listing
            self.key = key

        @property
        def control(self) -> Listing:
            """The list, for selectors."""
            return self.listing

    header_height = 0
    """Lines at the top that do not scroll."""

    def __init__(self, state: ListState, *, id: str | None = None) -> None:  # noqa: A002
        """Show the list where ``state`` left it; moves are written back to it."""
        super().__init__(id=id)
        self.state = state
        self.laid_out_width = 0
        self._laid_out_size = Size(0, 0)
        self._settled = False

    # What a subclass provides.

    def lay_out(self, width: int) -> None:
        """Prepare what is painted for a width in cells; paints nothing."""
        raise NotImplementedError

    def item_count(self) -> int:
        """Return how many items the cursor can rest on."""
        raise NotImplementedError

    def item_key(self, index: int) -> Hashable:
        """Return the key of an item."""
        raise NotImplementedError

    def item_index(self, key: Hashable) -> int | None:
        """Return where the item of a key is, or ``None`` if there is none."""
        raise NotImplementedError

    def item_lines(self, index: int) -> tuple[int, int]:
        """Return the first line of an item and the line after its last."""
        raise NotImplementedError

    def line_count(self) -> int:
        """Return how many lines scroll."""
        raise NotImplementedError

    # The cursor.

    @property
    def cursor(self) -> Hashable | None:
        """Key of the item under the cursor."""
        return self.state.cursor

    @property
    def window_height(self) -> int:
        """Scrolling lines in sight."""
        return max(1, self.scrollable_content_region.height - self.header_height)

    @property
    def top(self) -> int:
        """First scrolling line in sight."""
        return self.scroll_offset.y

    def place_cursor(self, index: int, *, follow: bool = True) -> None:
        """Put the cursor on an item and bring it into sight."""
        count = self.item_count()
        if not count:
            return
        index = min(max(0, index), count - 1)
        before, key = self.state.cursor, self.item_key(index)
        self.state.cursor, self.state.index = key, index
        if before != key:
            for changed in (before, key):
                self._refresh_item(changed)
            self.post_message(self.Moved(self, key))
        if follow:
            self._bring_into_sight(index)
        self._remember()

    def _refresh_item(self, key: Hashable | None) -> None:
        index = self.item_index(key) if key is not None else None
        if index is not None:
            first, last = self.item_lines(index)
            self.refresh_lines(first + self.header_height, last - first)

    def _bring_into_sight(self, index: int) -> None:
        first, last = self.item_lines(index)
        height = self.window_height
        top = self.top
        if index == 0 and first < height:
            top = 0
        elif index == self.item_count() - 1 and self.line_count() - first <= height:
            top = max(0, self.line_count() - height)
        elif first < top:
            top = first
        elif last > top + height:
            top = min(first, last - height)
        self._scroll_top(top)

    def _scroll_top(self, top: int) -> None:
        if top != self.top:
            self.scroll_to(y=top, animate=False, force=True)

    def _remember(self) -> None:
        self.state.top = self.top
        index = self.item_index(self.state.cursor) if self.state.cursor is not None else None
        if index is not None:
            self.state.index = index
            self.state.offset = self.item_lines(index)[0] - self.top

    def ensure_laid_out(self) -> bool:
        """Lay out if the width is not the one laid out for; return whether that was so.

        Called before the first line is painted, so that the very first frame has everything in
        place, the window included.
        """
        if self.size == self._laid_out_size:
            return False
        width = self.scrollable_content_region.width
        if width <= 0:
            return False
        self._laid_out_size = self.size
        if width == self.laid_out_width:
            return False
        self.laid_out_width = width
        self.lay_out(width)
        self.set_reactive(ScrollView.scroll_y, float(self._wanted_top()))
        return True

    def on_resize(self) -> None:
        """Lay out for the new size, the cursor's row staying in sight."""
        self.ensure_laid_out()
        self.fit_virtual_size()
        self.settle()
        self._settled = True
        self.refresh()

    def fit_virtual_size(self) -> None:
        """Tell the scrollbar how much there is."""
        height = max(1, self.line_count()) + self.header_height
        self.virtual_size = Size(self.scrollable_content_region.width, height)

    def settle(self) -> None:
        """After the items changed: find the cursor's row again and keep it where it was in sight.

        If the row is gone the cursor stays at its place in the order.
        """
        self._scroll_top(self._wanted_top())

    def _wanted_top(self) -> int:
        """Return the first line that should be in sight, and put the cursor on an item.

        A list seen for the first time starts at its top, headings included.
        """
        count = self.item_count()
        height = self.window_height
        last_top = max(0, self.line_count() - height)
        if not count:
            return min(self.state.top, last_top)
        key = self.state.cursor
        found = self.item_index(key) if key is not None else None
        index = min(self.state.index, count - 1) if found is None else found
        self.state.cursor, self.state.index = self.item_key(index), index
        if found is None:
            self.post_message(self.Moved(self, self.state.cursor))
        first, after = self.item_lines(index)
        if key is None:
            self.state.offset = first
            return 0
        if index == 0 and self.state.offset >= first:
            return 0
        offset = min(max(0, self.state.offset), max(0, height - (after - first)))
        return min(max(0, first - offset), last_top)

    # Actions.

    def action_move(self, step: int) -> None:
        """Move the cursor by items, or scroll by lines where there are none."""
        if not self.item_count():
            self.scroll_to(y=self.top + step, animate=False, force=True)
            self.state.top = self.top
            return
        index = self._current_index()
        target = index + step
        if not 0 <= target < self.item_count():
            # Past the last item there may be lines to read: scroll to them.
            self.scroll_to(y=self.top + step, animate=False, force=True)
            self._remember()
            return
        self.place_cursor(target)

    def action_page(self, step: int) -> None:
        """Move by a window."""
        height = self.window_height
        if not self.item_count():
            self.scroll_to(y=self.top + step * height, animate=False, force=True)
            self.state.top = self.top
            return
        first, _ = self.item_lines(self._current_index())
        target = self._item_at_or_near(first + step * height)
        self.scroll_to(y=self.top + step * height, animate=False, force=True)
        self.place_cursor(target)

    def action_edge(self, direction: int) -> None:
        """Go to the first or last item."""
        if not self.item_count():
            top = 0 if direction < 0 else self.line_count()
            self.scroll_to(y=top, animate=False, force=True)
            self.state.top = self.top
            return
        self.place_cursor(0 if direction < 0 else self.item_count() - 1)

    def _current_index(self) -> int:
        found = self.item_index(self.state.cursor) if self.state.cursor is not None else None
        return found if found is not None else min(self.state.index, self.item_count() - 1)

    def _item_at_or_near(self, line: int) -> int:
        low, high = 0, self.item_count() - 1
        while low < high:
            middle = (low + high) // 2
            if self.item_lines(middle)[1] <= line:
                low = middle + 1
            else:
                high = middle
        return low

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse clicked; a second click opens."""
        line = event.y - self.header_height + self.top
        if event.y < self.header_height or not self.item_count():
            return
        index = self._item_at_or_near(line)
        first, last = self.item_lines(index)
        if not first <= line < last:
            return
        if event.chain > 1:
            self.post_message(self.Opened(self, self.item_key(index)))
        else:
            self.place_cursor(index, follow=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Remember where the window is, also when the mouse wheel moved it.

        Before the first layout there is nothing to remember, only to restore.
        """
        super().watch_scroll_y(old_value, new_value)
        if self._settled and self.is_attached:
            self._remember()
