"""A page: one screen of the shell, from a view to widgets."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, Generic, TypeVar, cast

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry
from engagewatch.model.instants import Instant
from engagewatch.tui.navigation import Frame, Place
from engagewatch.tui.reading import Views
from engagewatch.tui.widgets.lines import Line, part, wrapped
from engagewatch.tui.widgets.listing import Listing
from engagewatch.views.keys import FigureKey

ViewT = TypeVar("ViewT")


class Page(Widget, Generic[ViewT]):
    """Shows one frame. It reads its view in the reading thread and lays it out on the loop.

    What a page can do is what its methods return: keys for which there is nothing to do here are
    neither shown nor obeyed.
    """

    ALLOW_SELECT = False

    title: ClassVar[str] = ""
    """What the breadcrumbs call it."""
    about: ClassVar[tuple[str, ...]] = ()
    """How to read it: the help's first paragraphs."""
    can_filter: ClassVar[bool] = False
    has_periods: ClassVar[bool] = False
    sibling: ClassVar[str | None] = None
    """The screen that ``tab`` turns to, where two belong together."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "open",
            "Open",
            key_display="enter",
            id="open",
            tooltip="Open what the cursor is on",
        ),
    ]

    class Go(Message):
        """Another place is wanted."""

        def __init__(self, place: Place, view: object | None = None) -> None:
            """Tell which, and its view if that is at hand already."""
            super().__init__()
            self.place = place
            self.view = view

    class Enter(Message):
        """The reader entered something that is to be kept."""

        def __init__(self, make: Callable[[Instant], Sequence[Entry]], done: str) -> None:
            """Tell how the entries are made at an instant, and what to say once they are kept."""
            super().__init__()
            self.make = make
            self.done = done

    class Shown(Message):
        """Other rows are on show; only the last of several such notices matters."""

        def can_replace(self, message: Message) -> bool:
            """Replace an earlier one."""
            return isinstance(message, Page.Shown)

    def __init__(self, frame: Frame, engagement: Engagement | None) -> None:
        """Show ``frame``; its view, if it has one, is shown at once."""
        super().__init__(markup=False)
        self.frame = frame
        self.engagement = engagement
        self.problem = ""
        """Why there is no view yet, if reading it failed."""

    @property
    def view(self) -> ViewT | None:
        """The view on show; ``None`` until the first one is read."""
        return cast("ViewT | None", self.frame.view)

    @property
    def engagement_id(self) -> str:
        """The engagement's id."""
        if self.engagement is None:
            raise ValueError(f"{type(self).__name__} needs an engagement")
        return self.engagement.id

    # What a page provides.

    def read(self, views: Views, now: Instant) -> ViewT:
        """Return the view as of ``now``; runs in the reading thread, touches no widget."""
        raise NotImplementedError

    def show(self) -> None:
        """Lay the view out; called when it changed and once when mounted."""
        raise NotImplementedError

    @property
    def listing(self) -> Listing | None:
        """The list that has the cursor."""
        return None

    def crumb(self) -> str:
        """Return what the breadcrumbs call it now."""
        return self.frame.place.label or self.title

    def place_of(self, _key: Hashable) -> Place | None:
        """Return where opening an item leads; ``None`` if nowhere."""
        return None

    def view_for(self, _place: Place) -> object | None:
        """Return the view of a place it leads to, if that is the one on show here."""
        return None

    def figure(self) -> FigureKey | None:
        """Return the figure under the cursor, for "why this number"."""
        return None

    def reference(self) -> str | None:
        """Return the ticket reference under the cursor, for copying."""
        return None

    def link(self) -> str | None:
        """Return the address of what is under the cursor, for copying."""
        return None

    def nudge(self) -> str | None:
        """Return the reminder for what is under the cursor, for copying."""
        return None

    def nudge_entries(self) -> Callable[[Instant], Sequence[Entry]] | None:
        """Return how copying that reminder is taken down; ``None`` where it is not."""
        return None

    def apply_filter(self, text: str) -> None:
        """Show only what matches ``text``."""

    def step_period(self, step: int) -> None:
        """Turn to the month before or after, where there are months."""

    def filter_words(self) -> str:
        """Return how much the filter leaves, e.g. ``12 of 340``."""
        return ""

    # Shared behaviour.

    def waiting_lines(self, width: int) -> list[Line]:
        """Return what stands where there is no view: that it is being read, or why it cannot be."""
        if self.problem:
            return wrapped(self.problem, width, "bad")
        return [Line(part("reading…", "dim"))]

    def on_mount(self) -> None:
        """Show what is there, and take the keys."""
        if self.view is not None:
            self.show()
        self.focus_listing()

    def focus_listing(self) -> None:
        """Give the keys to the list."""
        if self.listing is not None:
            self.listing.focus(scroll_visible=False)

    def _target(self) -> Place | None:
        listing = self.listing
        if listing is None or listing.cursor is None:
            return None
        return self.place_of(listing.cursor)

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Offer ``enter`` only where it leads somewhere."""
        if action == "open":
            return self._target() is not None
        return True

    def action_open(self) -> None:
        """Open the item under the cursor."""
        place = self._target()
        if place is not None:
            self.post_message(self.Go(place, self.view_for(place)))

    def on_listing_opened(self, event: Listing.Opened) -> None:
        """Open the item the mouse chose."""
        event.stop()
        place = self.place_of(event.key)
        if place is not None:
            self.post_message(self.Go(place, self.view_for(place)))

    def on_listing_moved(self, event: Listing.Moved) -> None:
        """The keys that work may differ on another row."""
        event.stop()
        self.cursor_moved()
        self.screen.refresh_bindings()

    def cursor_moved(self) -> None:
        """React to another row under the cursor, e.g. by showing its detail."""
