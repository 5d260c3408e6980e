"""At risk: which clocks run out next, and which tickets have gone silent."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from engagewatch.model.instants import Instant
from engagewatch.tui.glyphs import CLOCK_SIGNS
from engagewatch.tui.navigation import Place
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.table_page import TablePage
from engagewatch.tui.widgets.columns import Column
from engagewatch.tui.widgets.lines import Line, Part, Parts, part, wrapped
from engagewatch.tui.widgets.meter import meter
from engagewatch.views.at_risk import AtRiskView, RiskRow, SilentRow
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.wording import span

_METER = 8


def _state(row: RiskRow) -> Parts:
    return part(f"{CLOCK_SIGNS[row.state]} {row.state_words}", row.tone)


def _share(row: RiskRow) -> str:
    return "     " if row.share is None else f"{min(row.share, 9.99) * 100:4.0f}%"


RISK_COLUMNS: tuple[Column[RiskRow], ...] = (
    Column("state", "Clock", _state, 10, 10, 0, value=lambda row: row.state_words),
    Column("left", "Time left", lambda row: part(row.remaining_words, row.tone), 16, 24, 0,
           value=lambda row: row.remaining),
    Column("used", "Used", lambda row: (*meter(row.share, _METER, row.tone),
                                        Part(_share(row), "dim")), _METER + 5, _METER + 5, 6,
           value=lambda row: row.share, largest_first=True),
    Column("duty", "Duty", lambda row: part(row.obligation_words), 14, 16, 1,
           value=lambda row: row.obligation_words),
    Column("priority", "Prio", lambda row: part(row.priority), 4, 8, 3,
           value=lambda row: row.priority),
    Column("ticket", "Ticket", lambda row: part(row.reference, "bold"), 7, 14, 0,
           value=lambda row: row.reference),
    Column("subject", "Subject", lambda row: part(row.subject), 20, 60, 2, fair=40,
           only_if_filled=True,
           value=lambda row: row.subject.casefold()),
    Column("court", "Court", lambda row: part(row.court_words, row.court.value), 8, 11, 5,
           value=lambda row: row.court_words),
    Column("counting", "Counting", lambda row: part(row.calendar_words, "dim"), 8, 32, 7,
           value=lambda row: row.calendar_words),
    Column("owner", "Their owner", lambda row: part(row.owner, "dim"), 12, 26, 8,
           value=lambda row: row.owner.casefold()),
)  # fmt: skip


SILENT_COLUMNS: tuple[Column[SilentRow], ...] = (
    Column("silence", "Silent for", lambda row: part(span(row.silence), row.tone), 11, 11, 0,
           right=True, value=lambda row: row.silence, largest_first=True),
    Column("awaited", "Awaits", lambda row: part(row.awaited_words, row.awaited.value), 8, 11,
           0, value=lambda row: row.awaited_words),
    Column("priority", "Prio", lambda row: part(row.priority), 4, 8, 3,
           value=lambda row: row.priority),
    Column("ticket", "Ticket", lambda row: part(row.reference, "bold"), 7, 14, 0,
           value=lambda row: row.reference),
    Column("subject", "Subject", lambda row: part(row.subject), 14, 70, 1, fair=40,
           only_if_filled=True,
           value=lambda row: row.subject.casefold()),
    Column("since", "Last word", lambda row: part(row.since_words, "dim"), 16, 20, 2,
           value=lambda row: row.since),
    Column("owner", "Who", lambda row: part(row.owner, "dim"), 12, 26, 4,
           value=lambda row: row.owner.casefold()),
)  # fmt: skip


def risk_detail(row: RiskRow, width: int) -> list[Line]:
    """Return one clock in full."""
    due = f"due {row.due_words}" if row.due_at is not None else row.due_words
    counted = " of counted time" if row.remaining is not None else ""
    return [
        *wrapped(f"{row.reference}  {row.subject}", width, "bold")[:2],
        *wrapped(
            f"{row.obligation_words} at {row.priority} is {row.state_words}: "
            f"{row.remaining_words}{counted}; {due}",
            width,
            row.tone,
        ),
        *wrapped(f"The clock: {row.calendar_words}. Court: {row.court_words}.", width),
        *wrapped(f"Their owner: {row.owner}.", width, "dim"),
    ]


class AtRiskPage(TablePage[AtRiskView, RiskRow]):
    """The provider's open clocks."""

    title: ClassVar[str] = "At risk"
    about: ClassVar[tuple[str, ...]] = (
        (
            "The provider's open clocks, the nearest first: missed ones that still stand open, "
            "then those about to be. A paused clock does not run out; a closed calendar stops "
            "it until it opens again."
        ),
        "tab turns to the tickets on which nobody has said anything for long.",
    )
    sibling: ClassVar[str | None] = "silent"

    def read(self, views: Views, now: Instant) -> AtRiskView:
        """Return the open clocks and the silent tickets."""
        return views.at_risk(self.engagement_id, now)

    def columns(self) -> Sequence[Column[RiskRow]]:
        """Return the table's columns."""
        return RISK_COLUMNS

    def rows(self, view: AtRiskView) -> Sequence[RiskRow]:
        """Return the clocks."""
        return view.rows

    def key_of(self, row: RiskRow) -> Hashable:
        """Return a clock's identity."""
        return row.key

    def headline(self, view: AtRiskView) -> Parts:
        """Say how many clocks are missed, due soon and paused."""
        role = "bad" if view.missed else "warning" if view.due_soon else "bold"
        return part(view.summary.rstrip("."), role)

    def detail(self, row: RiskRow, width: int) -> list[Line]:
        """Return a clock in full."""
        return risk_detail(row, width)

    def nothing(self, view: AtRiskView) -> str:
        """Say that no clock is open, and what that does not cover."""
        return " ".join(("No clock of the provider's is open.", *view.not_known))

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the ticket."""
        return ticket_place(self.engagement_id, self.view.rows if self.view else (), key)

    def figure(self) -> FigureKey | None:
        """Explain the count of clocks at risk."""
        return FigureKey(FigureKind.AT_RISK)

    def reference(self) -> str | None:
        """Return the reference under the cursor."""
        return None if self.row is None else self.row.reference

    def link(self) -> str | None:
        """Return the address under the cursor."""
        return None if self.row is None else self.row.url or None


class SilentPage(TablePage[AtRiskView, SilentRow]):
    """Open tickets on which somebody's word is missing."""

    title: ClassVar[str] = "Silent"
    about: ClassVar[tuple[str, ...]] = (
        (
            "Open tickets by the time since anybody's last public word, the longest silence "
            "first, and whose word is missing: the side in whose court the ticket is."
        ),
        "tab turns back to the clocks.",
    )
    sibling: ClassVar[str | None] = "at_risk"

    def read(self, views: Views, now: Instant) -> AtRiskView:
        """Return the open clocks and the silent tickets."""
        return views.at_risk(self.engagement_id, now)

    def columns(self) -> Sequence[Column[SilentRow]]:
        """Return the table's columns."""
        return SILENT_COLUMNS

    def rows(self, view: AtRiskView) -> Sequence[SilentRow]:
        """Return the silent tickets."""
        return view.silent

    def key_of(self, row: SilentRow) -> Hashable:
        """Return a row's identity."""
        return row.key

    def headline(self, view: AtRiskView) -> Parts:
        """Say how many are silent."""
        count = len(view.silent)
        noun = "ticket has" if count == 1 else "tickets have"
        return part(f"{count} {noun} gone silent", "bold")

    def detail(self, row: SilentRow, width: int) -> list[Line]:
        """Return a row in full."""
        return [
            *wrapped(f"{row.reference}  {row.subject}", width, "bold")[:2],
            *wrapped(
                f"{row.silence_words}: the last public word was {row.since_words}; the next one "
                f"is awaited from {row.awaited_words} ({row.owner})",
                width,
            ),
        ]

    def nothing(self, view: AtRiskView) -> str:
        """Say that no ticket is silent, and what that does not cover."""
        return " ".join(("No open ticket has gone silent.", *view.not_known))

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the ticket."""
        return ticket_place(self.engagement_id, self.view.silent if self.view else (), key)

    def figure(self) -> FigureKey | None:
        """Explain the count of silent tickets."""
        return FigureKey(FigureKind.SILENT)

    def reference(self) -> str | None:
        """Return the reference under the cursor."""
        return None if self.row is None else self.row.reference

    def link(self) -> str | None:
        """Return the address under the cursor."""
        return None if self.row is None else self.row.url or None


def ticket_place(
    engagement: str, rows: Sequence[RiskRow] | Sequence[SilentRow], key: Hashable
) -> Place | None:
    """Return the ticket of the row with a key."""
    for row in rows:
        if row.key == key:
            return Place("clock", engagement, row.ticket, row.reference)
    return None
