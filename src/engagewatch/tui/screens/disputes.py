"""Disputes: where the provider's figures and ours differ, and how far each has come."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.tui.dialog import Dialog, Field
from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.navigation import Place
from engagewatch.tui.page import Page
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.months import turn
from engagewatch.tui.screens.table_page import TablePage
from engagewatch.tui.widgets.columns import Column
from engagewatch.tui.widgets.lines import Line, Part, Parts, part, wrapped
from engagewatch.views import wording
from engagewatch.views.disputes import (
    DisputeRow,
    DisputeState,
    DisputesView,
    disputed,
    parse_state,
)
from engagewatch.views.keys import FigureKey, FigureKind

COLUMNS: tuple[Column[DisputeRow], ...] = (
    Column("ticket", "Ticket", lambda row: part(row.reference, "bold"), 7, 14, 0,
           value=lambda row: row.reference),
    Column("duty", "Duty", lambda row: part(row.duty_words), 12, 22, 2,
           value=lambda row: row.duty_words),
    Column("theirs", "They say", lambda row: part(row.claimed), 8, 8, 0,
           value=lambda row: row.claimed),
    Column("ours", "We count", lambda row: part(row.ours), 8, 8, 0, value=lambda row: row.ours),
    Column("favours", "Favours", lambda row: part(
        "us" if row.in_favour_of is Side.CLIENT else "provider", row.in_favour_of.value), 8, 8, 1,
           value=lambda row: row.in_favour_of),
    Column("cause", "Because of", lambda row: part(row.cause), 18, 34, 0,
           value=lambda row: row.cause),
    Column("state", "State", lambda row: part(
        f"{TONE_SIGNS[row.tone]} {row.state}", row.tone), 10, 12, 0, value=lambda row: row.state),
    Column("subject", "Subject", lambda row: part(row.subject, "dim"), 14, 50, 3,
           only_if_filled=True, value=lambda row: row.subject.casefold()),
)  # fmt: skip


def dispute_detail(row: DisputeRow, width: int) -> list[Line]:
    """Return one dispute in full: both accounts, and what may explain the difference."""
    lines = wrapped(f"{row.reference}  {row.duty_words}: {row.state_words}", width, "bold")
    lines += wrapped(f"They say {row.claim_words}; we count {row.our_words}.", width)
    if row.explanations:
        first, *others = row.explanations
        lines += wrapped(f"Their tool {first}.", width, "accent")
        if others:
            lines += wrapped(f"Or it {'; or it '.join(others)}.", width, "dim")
    else:
        lines += wrapped("No one or two rules exchanged make the two agree.", width, "dim")
    return lines


class DisputesPage(TablePage[DisputesView, DisputeRow]):
    """The month's differences, those nobody raised first."""

    title: ClassVar[str] = "Disputes"
    sibling: ClassVar[str | None] = "credits"
    has_periods: ClassVar[bool] = True
    about: ClassVar[tuple[str, ...]] = (
        (
            "Every clock of the month on which the provider's own tool and our count differ, in "
            "both directions, with the rule that explains it: our rules are exchanged one at a "
            "time, then two, until the numbers agree."
        ),
        (
            "d notes how far a dispute has come: raised, accepted, rejected or dropped. enter "
            "shows the ticket's clock, which is the evidence. engagewatch disputes exports them."
        ),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "dispute", "Dispute", id="dispute", tooltip="Note how far it has come"),
    ]

    def read(self, views: Views, now: Instant) -> DisputesView:
        """Return the disputes of the month."""
        return views.disputes(self.engagement_id, now, self.frame.period)

    def step_period(self, step: int) -> None:
        """Turn to the month before or after; not past the current one."""
        turn(self.frame, self.view, step)

    def columns(self) -> Sequence[Column[DisputeRow]]:
        """Return the table's columns."""
        return COLUMNS

    def rows(self, view: DisputesView) -> Sequence[DisputeRow]:
        """Return the disputes."""
        return view.rows

    def key_of(self, row: DisputeRow) -> Hashable:
        """Return a dispute's identity."""
        return row.key

    def headline(self, view: DisputesView) -> Parts:
        """Say how many differ, for whom, and how far they have come."""
        return part(view.summary, "bold")

    def note(self, view: DisputesView) -> Parts:
        """Say the most frequent cause."""
        if not view.causes:
            return ()
        cause, theirs, ours = view.causes[0]
        return (Part(f"mostly {cause} ({wording.counted(theirs + ours, 'ticket')})", "dim"),)

    def detail(self, row: DisputeRow, width: int) -> list[Line]:
        """Return a dispute in full."""
        return dispute_detail(row, width)

    def nothing(self, view: DisputesView) -> str:
        """Say that nothing differs, or that nothing is claimed."""
        return view.summary

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the ticket's clock: the evidence."""
        for row in self.view.rows if self.view is not None else ():
            if row.key == key:
                return Place("clock", self.engagement_id, row.ticket, row.reference)
        return None

    def figure(self) -> FigureKey | None:
        """Explain how many differ."""
        view = self.view
        return None if view is None else FigureKey(FigureKind.DISPUTES, period=view.period.key)

    def reference(self) -> str | None:
        """Return the reference under the cursor."""
        return None if self.row is None else self.row.reference

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to note a state only where there is a dispute."""
        if action == "dispute":
            return self.row is not None
        return super().check_action(action, parameters)

    def action_dispute(self) -> None:
        """Ask how far the dispute has come, and take it down."""
        row = self.row
        if row is None:
            return
        engagement = self.engagement_id

        def keep(answers: Mapping[str, str] | None) -> None:
            if answers is None:
                return
            state, note = parse_state(answers["state"]), answers["note"]
            self.post_message(
                Page.Enter(
                    lambda now: (disputed(engagement, now, row.key, state, note),),
                    f"{row.reference}: dispute {state}",
                )
            )

        def wrong(text: str) -> str:
            try:
                parse_state(text)
            except ValueError as error:
                return str(error)
            return ""

        fields = [
            Field(
                "state",
                "State",
                hint="raised, accepted, rejected, dropped or open",
                required="How far has it come?",
                check=wrong,
                choices=tuple(str(state) for state in DisputeState),
            ),
            Field("note", "Note", hint="said in the review of 7 May; may be left empty"),
        ]
        about = f"{row.duty_words}: they say {row.claimed}, we count {row.ours}."
        self.app.push_screen(Dialog(f"Dispute {row.reference}", fields, about=about), keep)
