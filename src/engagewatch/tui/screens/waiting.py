"""Waiting on us: who holds what, since when, and what it holds up."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry
from engagewatch.model.instants import Instant
from engagewatch.tui import attending
from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.navigation import Frame, Place
from engagewatch.tui.page import Page
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.table_page import TablePage
from engagewatch.tui.widgets.columns import Column
from engagewatch.tui.widgets.lines import Line, Part, Parts, part, wrapped
from engagewatch.views.attending import nudged
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.nudges import NudgeLine
from engagewatch.views.tone import Tone
from engagewatch.views.waiting import WaitingItem, WaitingView

COLUMNS: tuple[Column[WaitingItem], ...] = (
    Column("ticket", "What", lambda row: part(row.reference, _role(row, "bold")), 7, 14, 0,
           value=lambda row: row.reference),
    Column("age", "Waits", lambda row: part(_age(row), _role(row, row.tone)), 9, 10, 0,
           right=True, value=lambda row: row.age, largest_first=True),
    Column("who", "Who", lambda row: part(row.person, "" if row.person_known else "unknown"),
           16, 34, 0, fair=24, value=lambda row: row.person.casefold()),
    Column("owed", "Owes", lambda row: part(row.kind_words), 8, 8, 5,
           value=lambda row: row.kind_words),
    Column("subject", "Subject", lambda row: part(row.subject, _role(row, "")), 26, 70, 2, fair=40,
           only_if_filled=True,
           value=lambda row: row.subject.casefold()),
    Column("due", "Our target", lambda row: _target(row), 20, 24, 4,
           value=lambda row: row.due_at),
    Column("blocks", "Holds up", lambda row: _price(row), 24, 34, 1,
           value=lambda row: row.blocked_remaining),
)  # fmt: skip

NUDGE_COLUMNS: tuple[Column[NudgeLine], ...] = (
    Column("at", "Copied", lambda row: part(row.at_words, "dim"), 16, 21, 0,
           value=lambda row: row.at, largest_first=True),
    Column("about", "What", lambda row: part(row.about, "bold"), 10, 24, 0,
           value=lambda row: row.about),
    Column("words", "What followed", lambda row: part(row.words, row.tone), 24, 60, 0,
           value=lambda row: row.words),
)  # fmt: skip


def _role(row: WaitingItem, role: str) -> str:
    """Return how a cell is painted: what somebody has seen is quiet."""
    return "dim" if row.acknowledged or row.put_off_words else role


def _age(row: WaitingItem) -> str:
    """Return the age, marked where it is past our own target."""
    quiet = row.acknowledged or row.put_off_words
    sign = f"{TONE_SIGNS[Tone.BAD]} " if row.overdue and not quiet else ""
    return f"{sign}{row.age_words}"


def _target(row: WaitingItem) -> Parts:
    if row.put_off_words:
        return part(row.put_off_words, "dim")
    role = "bad" if row.overdue and not row.acknowledged else "dim"
    return part(row.due_words, role)


def _price(row: WaitingItem) -> Parts:
    """Return the money that hangs on it, if any, then what it holds up."""
    held = Part(row.blocks.removeprefix("pauses "), "dim")
    if not row.credit_words:
        return (held,)
    money = row.credit_words.removesuffix(" of service credit")
    return (Part(money, "warning"), Part("  "), held)


def detail_lines(row: WaitingItem, width: int) -> list[Line]:
    """Return one item in full, with the reminder that ``n`` copies."""
    lines = wrapped(f"{row.reference}  {row.subject}", width, "bold")[:2]
    working = "" if row.working_age is None else f" ({row.working_age_words} of working time)"
    lines += wrapped(
        f"{row.kind_words} owed by {row.person} since {row.since_words}{working}; {row.due_words}",
        width,
    )
    said = [
        words
        for words in (row.put_off_words, row.assigned_words, row.noted_words, row.nudged_words)
        if words
    ]
    if said:
        lines += wrapped("; ".join(said), width, "warning")
    named = f"{row.priority}, {row.status}" if row.priority else row.status
    money = f" {row.credit_words} hangs on it." if row.credit_words else ""
    evidence = f"{named}: {row.asked_words}. {_bearing(row.blocks)}{money}"
    lines += wrapped(evidence, width, "dim")
    return lines + wrapped(row.nudge, width, "accent")


def _bearing(blocks: str) -> str:
    """Return what the wait does to the provider's clocks, as a sentence."""
    if blocks.startswith("pauses "):
        return f"Meanwhile it {blocks}."
    return f"Meanwhile {blocks}." if " runs on" in blocks else f"It holds up {blocks}."


class WaitingPage(TablePage[WaitingView, WaitingItem]):
    """The client's side of the ball, the most consequential first."""

    title: ClassVar[str] = "Waiting on us"
    about: ClassVar[tuple[str, ...]] = (
        (
            "Everything that waits for our side: who owes what since when, and which of the "
            "provider's clocks, which days of the plan and which credit it holds up. What holds "
            "up most stands first; how new it is does not matter."
        ),
        (
            "n copies a polite reminder and notes that you did; nothing is ever sent. a says that "
            "somebody has seen it, z puts it off until a day, and o assigns it. (On-boarding, "
            "elsewhere on o, is on O here.)"
        ),
        "tab turns to the reminders copied so far, and whether an answer followed.",
    )
    sibling: ClassVar[str | None] = "nudges"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "n",
            "screen.nudge",
            "Nudge",
            id="nudge-here",
            tooltip="Copy a polite reminder, and note that you did",
        ),
        Binding("a", "acknowledge", "Ack", id="acknowledge", tooltip="Say that it was seen"),
        Binding("o", "assign", "Assign", id="assign", tooltip="Say who has it"),
        Binding("z", "put_off", "Snooze", id="put-off", tooltip="Put it off until a day"),
        Binding("z", "wake", "Wake", id="wake", tooltip="Bring it back now"),
        Binding(
            "Z",
            "show_put_off",
            "Put off",
            id="show-put-off",
            tooltip="Show or hide what is put off",
        ),
    ]

    def __init__(self, frame: Frame, engagement: Engagement | None) -> None:
        """Show what is on the list."""
        super().__init__(frame, engagement)
        self._with_put_off = False

    def read(self, views: Views, now: Instant) -> WaitingView:
        """Return what waits on us."""
        return views.waiting(self.engagement_id, now)

    def columns(self) -> Sequence[Column[WaitingItem]]:
        """Return the table's columns."""
        return COLUMNS

    def rows(self, view: WaitingView) -> Sequence[WaitingItem]:
        """Return the items, and what is put off if asked for."""
        return (*view.items, *view.put_off) if self._with_put_off else view.items

    def key_of(self, row: WaitingItem) -> Hashable:
        """Return an item's identity."""
        return row.key

    def headline(self, view: WaitingView) -> Parts:
        """Say how much waits and since when."""
        return part(view.summary.rstrip("."), "bad" if view.overdue else "bold")

    def note(self, view: WaitingView) -> Parts:
        """Say what came of the reminders."""
        return part(view.nudges.words, "dim") if view.nudges.words else ()

    def detail(self, row: WaitingItem, width: int) -> list[Line]:
        """Return an item in full."""
        return detail_lines(row, width)

    def nothing(self, view: WaitingView) -> str:
        """Say that nothing waits, and what that does not cover."""
        put_off = len(view.put_off)
        hidden = f"Put off: {put_off}; Z shows them." if put_off and not self._with_put_off else ""
        return " ".join(
            words for words in ("Nothing waits on us.", hidden, *view.not_known) if words
        )

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the ticket, or to the screen that holds the evidence."""
        for row in (*self.view.items, *self.view.put_off) if self.view is not None else ():
            if row.key != key:
                continue
            if row.ticket is not None:
                return Place("clock", self.engagement_id, row.ticket, row.reference)
            label = row.reference if row.kind is Obligation.TASK else row.subject
            return Place(row.screen, self.engagement_id, row.evidence, label)
        return None

    def figure(self) -> FigureKey | None:
        """Explain the count of what waits."""
        return FigureKey(FigureKind.WAITING)

    def reference(self) -> str | None:
        """Return the reference under the cursor."""
        return None if self.row is None else self.row.reference

    def link(self) -> str | None:
        """Return the address under the cursor."""
        return None if self.row is None else self.row.url or None

    def nudge(self) -> str | None:
        """Return the reminder under the cursor."""
        return None if self.row is None else self.row.nudge

    def nudge_entries(self) -> Callable[[Instant], Sequence[Entry]] | None:
        """Return how copying the reminder under the cursor is noted."""
        row, engagement = self.row, self.engagement_id
        if row is None:
            return None
        return lambda now: (nudged(engagement, now, row.key, row.reference, row.kind_words),)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done with the row under the cursor."""
        row = self.row
        if action in ("acknowledge", "assign", "put_off"):
            return row is not None and not row.put_off_words
        if action == "wake":
            return row is not None and bool(row.put_off_words)
        if action == "show_put_off":
            return self.view is not None and bool(self.view.put_off)
        return super().check_action(action, parameters)

    def action_acknowledge(self) -> None:
        """Say that somebody has seen it."""
        self._attend(attending.acknowledge)

    def action_assign(self) -> None:
        """Say who has it."""
        self._attend(attending.assign)

    def action_put_off(self) -> None:
        """Put it off until a day."""
        self._attend(attending.put_off)

    def action_wake(self) -> None:
        """Bring back what was put off."""
        self._attend(attending.wake)

    def action_show_put_off(self) -> None:
        """Show what is put off below the list, or hide it again."""
        self._with_put_off = not self._with_put_off
        self.rearrange()
        self.screen.refresh_bindings()

    def _attend(self, act: Callable[[Page[Any], attending.Thing], None]) -> None:
        row, view, engagement = self.row, self.view, self.engagement
        if row is None or view is None or engagement is None:
            return
        words = f"{row.reference}  {row.subject}: {row.kind_words} owed by {row.person} since "
        words += f"{row.since_words}. {_bearing(row.blocks)}"
        thing = attending.Thing(engagement, row.key, row.reference, words, row.state, view.as_of)
        act(self, thing)


class NudgesPage(TablePage[WaitingView, NudgeLine]):
    """The reminders that were copied, and whether an answer followed."""

    title: ClassVar[str] = "Nudges"
    about: ClassVar[tuple[str, ...]] = (
        (
            "Every reminder that was copied here, and whether an answer came within two working "
            "days of ours. It is a log of questions, not of people: whom a reminder went to is "
            "not kept."
        ),
        "tab turns back to what waits on us.",
    )
    sibling: ClassVar[str | None] = "waiting"

    def read(self, views: Views, now: Instant) -> WaitingView:
        """Return what waits on us, with the reminders."""
        return views.waiting(self.engagement_id, now)

    def columns(self) -> Sequence[Column[NudgeLine]]:
        """Return the table's columns."""
        return NUDGE_COLUMNS

    def rows(self, view: WaitingView) -> Sequence[NudgeLine]:
        """Return the reminders, the latest first."""
        return view.nudges.lines

    def key_of(self, row: NudgeLine) -> Hashable:
        """Return a reminder's identity."""
        return row.key

    def headline(self, view: WaitingView) -> Parts:
        """Say how often an answer followed."""
        return part(view.nudges.words or "no nudge was copied yet", "bold")

    def detail(self, row: NudgeLine, width: int) -> list[Line]:
        """Return a reminder in full."""
        return wrapped(f"{row.about}: copied {row.at_words}; {row.words}.", width)

    def nothing(self, view: WaitingView) -> str:
        """Say how reminders come to be here."""
        yet = "No reminder was copied yet: n on Waiting on us copies one, and notes it here."
        return " ".join((yet, *view.not_known))
