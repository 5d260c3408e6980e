"""Waiting on us: who holds what, since when, and what it holds up."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from engagewatch.model.instants import Instant
from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.navigation import Place
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.table_page import TablePage
from engagewatch.tui.widgets.columns import Column
from engagewatch.tui.widgets.lines import Line, Parts, part, wrapped
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.tone import Tone
from engagewatch.views.waiting import WaitingItem, WaitingView

COLUMNS: tuple[Column[WaitingItem], ...] = (
    Column("ticket", "Ticket", lambda row: part(row.reference, "bold"), 7, 14, 0,
           value=lambda row: row.reference),
    Column("age", "Waits", lambda row: part(_age(row), row.tone), 9, 10, 0,
           right=True, value=lambda row: row.age, largest_first=True),
    Column("who", "Who", lambda row: part(row.person, "" if row.person_known else "unknown"),
           16, 34, 0, fair=24, value=lambda row: row.person.casefold()),
    Column("owed", "Owes", lambda row: part(row.kind_words), 8, 8, 5,
           value=lambda row: row.kind_words),
    Column("subject", "Subject", lambda row: part(row.subject), 26, 70, 1, fair=40,
           only_if_filled=True,
           value=lambda row: row.subject.casefold()),
    Column("due", "Our target", lambda row: part(row.due_words, "bad" if row.overdue else "dim"),
           20, 24, 4, value=lambda row: row.due_at),
    Column("blocks", "Holds up", lambda row: part(
        row.blocks.removeprefix("pauses "), "dim"), 24, 34, 2,
           value=lambda row: row.blocked_remaining),
)  # fmt: skip


def _age(row: WaitingItem) -> str:
    """Return the age, marked where it is past our own target."""
    return f"{TONE_SIGNS[Tone.BAD]} {row.age_words}" if row.overdue else row.age_words


def detail_lines(row: WaitingItem, width: int) -> list[Line]:
    """Return one item in full, with the reminder that ``n`` copies."""
    lines = wrapped(f"{row.reference}  {row.subject}", width, "bold")[:2]
    lines += wrapped(
        f"{row.kind_words} owed by {row.person} since {row.since_words}"
        f" ({row.working_age_words} of working time); {row.due_words}",
        width,
    )
    named = f"{row.priority}, {row.status}" if row.priority else row.status
    evidence = f"{named}: {row.asked_words}. {_bearing(row.blocks)}"
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
            "Everything that waits for our side: a reply or an approval that somebody owes, "
            "since when, and which of the provider's clocks it stops."
        ),
        "n copies a polite reminder for the row; nothing is ever sent.",
    )

    def read(self, views: Views, now: Instant) -> WaitingView:
        """Return what waits on us."""
        return views.waiting(self.engagement_id, now)

    def columns(self) -> Sequence[Column[WaitingItem]]:
        """Return the table's columns."""
        return COLUMNS

    def rows(self, view: WaitingView) -> Sequence[WaitingItem]:
        """Return the items."""
        return view.items

    def key_of(self, row: WaitingItem) -> Hashable:
        """Return an item's identity."""
        return row.key

    def headline(self, view: WaitingView) -> Parts:
        """Say how much waits and since when."""
        return part(view.summary.rstrip("."), "bad" if view.overdue else "bold")

    def detail(self, row: WaitingItem, width: int) -> list[Line]:
        """Return an item in full."""
        return detail_lines(row, width)

    def nothing(self, view: WaitingView) -> str:
        """Say that nothing waits, and what that does not cover."""
        return " ".join(("Nothing waits on us.", *view.not_known))

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the ticket."""
        for row in self.view.items if self.view is not None else ():
            if row.key == key:
                return Place("clock", self.engagement_id, row.ticket, row.reference)
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
