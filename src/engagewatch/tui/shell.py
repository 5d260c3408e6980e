"""The shell: everything around a page, and the way between pages."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.screen import Screen

from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry
from engagewatch.model.instants import MINUTE, Instant
from engagewatch.model.redaction import redacted
from engagewatch.model.text import safe_text
from engagewatch.tui.context import Edited, Polling, TuiContext
from engagewatch.tui.navigation import Frame, Navigation, Place
from engagewatch.tui.page import Page
from engagewatch.tui.pages import KINDS, SCREENS, make_page, page_type
from engagewatch.tui.reading import Reader, Snapshot, Views
from engagewatch.tui.shell_keys import SHELL_BINDINGS
from engagewatch.tui.terminal import Terminal
from engagewatch.tui.widgets.breadcrumbs import Breadcrumbs
from engagewatch.tui.widgets.filter_bar import FilterBar
from engagewatch.tui.widgets.freshness_line import FreshnessLine
from engagewatch.tui.widgets.key_bar import KeyBar
from engagewatch.tui.widgets.screen_tabs import ScreenTabs, Tab
from engagewatch.tui.widgets.too_small import LEAST_HEIGHT, LEAST_WIDTH, TooSmall

if TYPE_CHECKING:
    from engagewatch.tui.screens.brief import BriefPage

CHECK_SECONDS = 2.0
"""How often the store is asked whether anything changed; asking draws nothing."""
PATIENCE = 0.15
"""Seconds a view may take before its page is shown empty, to be filled in when it comes."""


class Shell(Screen[None]):
    """The one screen of the app. Pages come and go in it; overlays open above it."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - declared by Screen
        (0, "-too-narrow"),
        (LEAST_WIDTH, "-narrow"),
        (100, "-normal"),
        (150, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - declared by Screen
        (0, "-too-short"),
        (LEAST_HEIGHT, "-tiny"),
        (20, "-short"),
        (30, "-tall"),
    ]

    BINDINGS: ClassVar[list[BindingType]] = SHELL_BINDINGS

    def __init__(self, context: TuiContext, reader: Reader) -> None:
        """Start at home."""
        super().__init__()
        self._surroundings = context
        self._reader = reader
        self._engagements = {engagement.id: engagement for engagement in context.engagements}
        self.navigation = Navigation(self._home())
        self._tabs = ScreenTabs(
            [
                Tab(kind.key, kind.name, kind.title, kind.short or kind.title)
                for kind in SCREENS
                if kind.key
            ]
        )
        self._crumbs = Breadcrumbs()
        self._freshness = FreshnessLine()
        self._keys = KeyBar(self.label_of)
        self._filter = FilterBar()
        self._page: Page[Any] | None = None
        self._minute = context.now() // MINUTE
        self._reading = self._looking = False
        self._changes = 0
        self._first_reading: asyncio.Future[None] | None = None
        self._file_trouble = self._noted_trouble = ""
        self._elsewhere = False
        self._terminal: Terminal | None = None
        self.polling: Polling | None = None

    # First frame.

    def compose(self) -> ComposeResult:
        """Make the first frame with what the store holds already."""
        frame = self.navigation.current
        page = self._page = self._make_page(frame)
        try:
            now = self._surroundings.now()
            snapshot = self._reader.read_now(partial(self._snapshot, page, now))
            frame.view, frame.freshness = snapshot.view, snapshot.freshness
            frame.as_of_change = self._changes
        except Exception as error:  # noqa: BLE001 - other screens may be readable all the same
            page.problem = self._could_not_read(error)
        self._show_place()
        with Horizontal(id="top"):
            yield self._crumbs
            yield self._freshness
        yield self._tabs
        yield page
        yield self._filter
        yield self._keys
        yield TooSmall()

    def on_mount(self) -> None:
        """Watch for changes, and let polling begin once the first frame is on screen."""
        self._terminal = Terminal(self.app)
        self.set_interval(CHECK_SECONDS, self._check)
        self.call_after_refresh(self._settle_in)
        if self._surroundings.problems:
            self.say(self._surroundings.problems[0], "bad")

    def _settle_in(self) -> None:
        # What was made for the first frame stays; collecting among it was put off until now.
        gc.freeze()
        gc.enable()
        self._start_polling()

    @work(group="polling", exit_on_error=False)
    async def _start_polling(self) -> None:
        await self._begin_polling()

    async def _begin_polling(self) -> None:
        start = self._surroundings.start_polling
        if start is None:
            return
        try:
            self.polling = await asyncio.to_thread(start)
        except Exception as error:  # noqa: BLE001 - what is stored can be read all the same
            self.say(f"polling could not start: {error}", "bad")

    # Reading.

    @property
    def page(self) -> Page[Any]:
        """The page on screen."""
        if self._page is None:
            raise RuntimeError("the shell has no page before it is composed")
        return self._page

    @property
    def engagements(self) -> tuple[Engagement, ...]:
        """Every engagement, in the order they are shown."""
        return tuple(self._engagements.values())

    @property
    def engagement(self) -> Engagement | None:
        """The engagement on screen; ``None`` in the portfolio."""
        identity = self.navigation.current.place.engagement
        return None if identity is None else self._engagements[identity]

    def _make_page(self, frame: Frame) -> Page[Any]:
        identity = frame.place.engagement
        return make_page(frame, None if identity is None else self._engagements[identity])

    @staticmethod
    def _snapshot(page: Page[Any], now: Instant, views: Views) -> Snapshot:
        engagement = page.frame.place.engagement
        return Snapshot(page.read(views, now), views.freshness(engagement, now))

    def _check(self) -> None:
        if self._terminal is not None:
            self._terminal.leave_if_gone()
        # A look that takes long is not cut off by the next: what it found would be forgotten.
        if not (self._reading or self._looking):
            self._looking = True
            self._look()

    @work(group="look", exit_on_error=False)
    async def _look(self) -> None:
        try:
            await self._look_around()
        finally:
            self._looking = False

    async def _look_around(self) -> None:
        """Read again if anything changed, or if ages read differently by now."""
        await self._take_in_edits()
        self._note_trouble()
        self._note_who_polls()
        try:
            changed = await self._reader.read(lambda views: views.changed())
        except Exception as error:  # noqa: BLE001 - a store out of reach must not end the screen
            self.say(f"the history cannot be read: {error}", "bad")
            return
        minute = self._surroundings.now() // MINUTE
        if changed or minute != self._minute:
            self._minute = minute
            self._read_what_changed()

    def _read_what_changed(self) -> None:
        self._changes += 1
        self.read_again()

    @work(group="view", exclusive=True, exit_on_error=False)
    async def read_again(self) -> None:
        """Read the page's view in the background and show what differs."""
        await self._read(self.page)

    async def _read(self, page: Page[Any]) -> None:
        self._reading = True
        as_of_change = self._changes
        try:
            build = partial(self._snapshot, page, self._surroundings.now())
            snapshot = await self._reader.read(build)
        except Exception as error:  # noqa: BLE001 - one view must not take the others down
            self._report(page, error)
            return
        finally:
            self._reading = False
        page.problem = ""
        self._freshness.show_trouble(self._trouble())
        page.frame.view, page.frame.freshness = snapshot.view, snapshot.freshness
        page.frame.as_of_change = as_of_change
        if page is not self._page:
            return
        if page.is_mounted:
            page.show()
        self._show_place()
        self.refresh_bindings()

    @staticmethod
    def _could_not_read(error: Exception) -> str:
        told = f"could not read this screen: {type(error).__name__}: {error}"
        return safe_text(redacted(told), 300)

    def _trouble(self) -> str:
        """Return what stands in the way of current numbers, beside what the sources say."""
        return (self.polling.trouble if self.polling is not None else "") or self._file_trouble

    def _note_trouble(self) -> None:
        trouble = self._trouble()
        if trouble != self._noted_trouble:
            self._noted_trouble = trouble
            self._freshness.show_trouble(trouble)

    def _note_who_polls(self) -> None:
        elsewhere = self.polling is not None and self.polling.elsewhere
        if self._elsewhere and not elsewhere:
            self.say("the engagewatch that polled has ended; polling goes on here")
        self._elsewhere = elsewhere

    def _report(self, page: Page[Any], error: Exception) -> None:
        """Say what went wrong, and that what is on screen is not what is stored by now."""
        page.problem = self._could_not_read(error)
        self.say(page.problem, "bad")
        if page.view is not None:
            self._freshness.show_trouble("this screen is out of date")
        elif page.is_mounted:
            page.show()

    # Edited engagement files.

    def _home(self) -> Place:
        """Return where to start: all engagements, or the only one there is."""
        identities = list(self._engagements)
        return Place("brief", identities[0]) if len(identities) == 1 else Place("portfolio")

    async def _take_in_edits(self) -> None:
        take_in = self._surroundings.take_in_edits
        if take_in is None:
            return
        try:
            edited = await asyncio.to_thread(take_in)
        except Exception as error:  # noqa: BLE001 - what is in use can be used on
            self.say(f"the engagement files cannot be read again: {error}", "bad")
            return
        if edited is not None:
            self.app.call_later(self._use, edited)

    async def _use(self, edited: Edited) -> None:
        """Show and poll the engagements as their files are now; stay where the reader is."""
        self._file_trouble = "mistake in a file: last good version in use"
        if not edited.problems:
            self._file_trouble = ""
            self.say("the engagement files were read again")
        else:
            self.say(edited.problems[0], "bad")
        self._note_trouble()
        if edited.engagements == self.engagements:
            return
        self._engagements = {engagement.id: engagement for engagement in edited.engagements}
        await self._reader.read(lambda views: views.use(edited.engagements))
        self._changes += 1
        here = self.navigation.current.place.engagement
        if self.navigation.home != self._home() or here not in (None, *self._engagements):
            self.navigation = Navigation(self._home())
        await self.go(self.navigation.current)
        self._poll_anew()

    @work(group="polling", exit_on_error=False)
    async def _poll_anew(self) -> None:
        if self.polling is not None:
            await asyncio.to_thread(self.polling.stop)
            await self._begin_polling()

    # Going places.

    async def go(self, frame: Frame) -> None:
        """Show a frame: its last view at once if it has one, else as soon as it is read."""
        await self._close_filter()
        if self._first_reading is not None:
            # Nobody waits for it any more; what is wanted now must not queue behind it.
            self._first_reading.cancel()
            self._first_reading = None
        page = self._make_page(frame)
        if frame.view is None:
            self._first_reading = asyncio.ensure_future(self._read(page))
            await asyncio.wait([self._first_reading], timeout=PATIENCE)
        with self.app.batch_update():
            left, self._page = self.page, page
            await left.remove()
            await self.mount(page, before=self._filter)
            self._show_place()
        if self._first_reading is None and frame.as_of_change != self._changes:
            self.read_again()
        self.refresh_bindings()

    def _show_place(self) -> None:
        crumbs = []
        for frame in self.navigation.trail:
            place = frame.place
            engagement = self._engagements.get(place.engagement or "")
            if engagement is not None and engagement.name not in crumbs:
                crumbs.append(engagement.name)
            page = self._page
            if page is not None and frame is page.frame:
                crumbs.append(page.crumb())
            else:
                crumbs.append(place.label or KINDS[place.screen].title)
        self._crumbs.show_crumbs(crumbs)
        self._freshness.show_freshness(self.navigation.current.freshness)
        root = next(
            (frame.place.screen for frame in self.navigation.trail if frame.place.engagement), ""
        )
        self._tabs.show_tabs(KINDS[root].tab if root else "")
        self._tabs.display = bool(root)

    async def on_page_go(self, event: Page.Go) -> None:
        """Go where the page leads."""
        event.stop()
        frame = self.navigation.enter(event.place)
        if frame.view is None and event.view is not None:
            left = self.page.frame
            frame.view, frame.freshness = event.view, left.freshness
            frame.as_of_change = left.as_of_change
        await self.go(frame)

    async def on_screen_tabs_chosen(self, event: ScreenTabs.Chosen) -> None:
        """Go to the tab the mouse chose."""
        event.stop()
        await self.action_visit(event.screen_name)

    async def action_visit(self, name: str) -> None:
        """Go to one of the engagement's screens."""
        engagement = self._chosen_engagement()
        if engagement is None:
            return
        place = Place(name, engagement)
        if place != self.navigation.current.place:
            await self.go(self.navigation.switch(place))

    def _chosen_engagement(self) -> str | None:
        """Return the engagement on screen, or in the portfolio the one under the cursor."""
        engagement = self.navigation.current.place.engagement
        listing = self.page.listing
        # Before the first rows are laid out there is no cursor, and so no choice.
        if engagement is None and listing is not None and listing.cursor is not None:
            target = self.page.place_of(listing.cursor)
            engagement = None if target is None else target.engagement
        return engagement

    async def action_sibling(self) -> None:
        """Turn to the list that belongs to this one, of the same month if both have months."""
        name, left = self.page.sibling, self.navigation.current
        if name is None:
            return
        frame = self.navigation.switch(Place(name, left.place.engagement))
        if self.page.has_periods and page_type(name).has_periods and frame.period != left.period:
            frame.period, frame.view = left.period, None
        await self.go(frame)

    async def action_portfolio(self) -> None:
        """Go to all engagements."""
        await self.go(self.navigation.go_home())

    async def action_back(self) -> None:
        """Take away the filter, if there is one; else go one level back."""
        listing = self.page.listing
        if listing is not None and listing.state.filter_text:
            self.page.apply_filter("")
            return
        if self.navigation.can_go_back:
            await self.go(self.navigation.back())

    async def enter_engagement(self, identity: str) -> None:
        """Go to the brief of an engagement."""
        await self.go(self.navigation.switch(Place("brief", identity)))

    # What can be done here.

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Offer only what makes sense on the page at hand."""
        page = self._page
        if page is None:
            return True
        if action == "visit":
            return self._chosen_engagement() is not None
        if action == "portfolio":
            return len(self._engagements) > 1
        if action == "back":
            listing = page.listing
            filtered = listing is not None and bool(listing.state.filter_text)
            return self.navigation.can_go_back or filtered
        offers: dict[str, Callable[[], object]] = {
            "filter": lambda: page.can_filter,
            "why": page.figure,
            "contrary": page.figure,
            "nudge": page.nudge,
            "copy": page.reference,
            "link": page.link,
            "period": lambda: page.has_periods,
            "sibling": lambda: page.sibling,
        }
        return bool(offers[action]()) if action in offers else True

    def label_of(self, identity: str) -> str:
        """Return what a key is called on this page, where its binding cannot know; else nothing."""
        sibling = self.page.sibling
        if identity != "sibling" or sibling is None:
            return ""
        return KINDS[sibling].title

    def say(self, text: str, role: str = "accent") -> None:
        """Show a short message in the key bar."""
        self._keys.say(safe_text(redacted(text), 300), role)

    def action_copy(self) -> None:
        """Copy the reference under the cursor to the terminal's clipboard."""
        reference = self.page.reference()
        if reference:
            self.app.copy_to_clipboard(reference)
            self.say(f"copied {reference}")

    def action_link(self) -> None:
        """Copy the address under the cursor to the terminal's clipboard."""
        link = self.page.link()
        if link:
            self.app.copy_to_clipboard(link)
            self.say(f"copied {link}")

    def action_nudge(self) -> None:
        """Copy the reminder for what is under the cursor; sending it is up to the reader."""
        nudge = self.page.nudge()
        if nudge:
            self.app.copy_to_clipboard(nudge)
            done = f"copied, paste it where you talk: {nudge}"
            self.say(done)
            make = self.page.nudge_entries()
            if make is not None and self._surroundings.enter is not None:
                self._enter(make, done)

    def action_poll(self) -> None:
        """Poll now if polling runs here; read the store again in any case."""
        if self.polling is not None and self.polling.elsewhere:
            self.say("another engagewatch polls this history; read again what it stored")
        elif self.polling is not None:
            self.polling.request(self.navigation.current.place.engagement)
            self.say("polling now")
        else:
            self.say("read again what is stored; polling does not run here")
        self.read_again()

    def action_period(self, step: int) -> None:
        """Show the month before or after."""
        self.page.step_period(step)
        self.read_again()

    def on_brief_page_seen(self, event: BriefPage.Seen) -> None:
        """Remember what the reader has seen."""
        event.stop()
        self._mark_seen(event.engagement, event.at)

    @work(group="seen", exit_on_error=False)
    async def _mark_seen(self, engagement: str, at: Instant) -> None:
        mark = self._surroundings.mark_seen
        if mark is None:
            self.say("the history is open for reading only; nothing was marked", "warning")
            return
        try:
            await asyncio.to_thread(mark, engagement, at)
        except Exception as error:  # noqa: BLE001 - a busy or full disk must not end the screen
            self.say(f"could not be marked: {error}", "bad")
            return
        self.say("marked as seen")
        self._read_what_changed()

    def on_page_enter(self, event: Page.Enter) -> None:
        """Keep what the reader entered."""
        event.stop()
        self._enter(event.make, event.done)

    @work(group="enter", exit_on_error=False)
    async def _enter(self, make: Callable[[Instant], Sequence[Entry]], done: str) -> None:
        enter = self._surroundings.enter
        if enter is None:
            self.say("the history is open for reading only; nothing was entered", "warning")
            return
        try:
            await asyncio.to_thread(enter, make(self._surroundings.now()))
        except Exception as error:  # noqa: BLE001 - a busy or full disk must not end the screen
            self.say(f"could not be entered: {error}", "bad")
            return
        self.say(done)
        self._read_what_changed()

    @work(group="why", exclusive=True, exit_on_error=False)
    async def action_why(self) -> None:
        """Show how the figure under the cursor is counted."""
        figure, engagement = self.page.figure(), self.engagement
        if figure is None or engagement is None:
            return
        from engagewatch.tui.overlay import Overlay
        from engagewatch.tui.why import place_of, why_lines

        now = self._surroundings.now()
        view = await self._reader.read(lambda views: views.why(engagement.id, now, figure))
        place = await self.app.push_screen_wait(
            Overlay(
                "Why this number",
                partial(why_lines, view),
                partial(place_of, view, engagement.id),
                close_key="i",
            )
        )
        if place is not None:
            await self.go(self.navigation.enter(place))

    @work(group="why", exclusive=True, exit_on_error=False)
    async def action_contrary(self) -> None:
        """Show what speaks against the figure under the cursor."""
        figure, engagement = self.page.figure(), self.engagement
        if figure is None or engagement is None:
            return
        from engagewatch.tui.contrary import contrary_lines
        from engagewatch.tui.overlay import Overlay

        now = self._surroundings.now()
        view = await self._reader.read(lambda views: views.contrary(engagement.id, now, figure))
        self.app.push_screen(
            Overlay(
                "What speaks against it",
                partial(contrary_lines, view),
                close_key="exclamation_mark",
            )
        )

    def action_help(self) -> None:
        """Show what this screen is and which keys work on it."""
        from engagewatch.tui.help import help_lines, key_rows
        from engagewatch.tui.overlay import Overlay

        rows = key_rows(self, self.label_of)
        layout = partial(help_lines, self.page.about, rows)
        self.app.push_screen(Overlay(f"Help: {self.page.title}", layout, close_key="question_mark"))

    # The filter.

    async def action_filter(self) -> None:
        """Type a filter."""
        listing = self.page.listing
        if listing is None:
            return
        self.add_class("-filtering")
        await self._filter.open(listing.state.filter_text)
        self._filter.show_words(self.page.filter_words())

    async def on_filter_bar_changed(self, event: FilterBar.Changed) -> None:
        """Apply the filter as it is typed."""
        event.stop()
        self.page.apply_filter(event.text)

    def on_page_shown(self, event: Page.Shown) -> None:
        """Say how much the filter leaves while it is typed."""
        event.stop()
        if self.has_class("-filtering"):
            self._filter.show_words(self.page.filter_words())

    async def on_filter_bar_closed(self, event: FilterBar.Closed) -> None:
        """Go back to the list."""
        event.stop()
        if not event.keep:
            self.page.apply_filter("")
        await self._close_filter()
        self.page.focus_listing()

    async def _close_filter(self) -> None:
        if self.has_class("-filtering"):
            self.remove_class("-filtering")
            self.page.focus_listing()
