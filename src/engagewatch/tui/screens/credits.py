"""Credits: months and what they owe us, under each reading, and the rules behind one month."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from engagewatch.model.instants import Instant
from engagewatch.tui.dialog import Dialog, Field
from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.page import Page
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.table_page import TablePage
from engagewatch.tui.widgets.columns import Column
from engagewatch.tui.widgets.lines import Line, Part, Parts, part, wrapped
from engagewatch.views.credits import CreditRow, CreditsView, claimed
from engagewatch.views.keys import FigureKey, FigureKind

COLUMNS: tuple[Column[CreditRow], ...] = (
    Column("month", "Month", lambda row: part(_month(row), "bold"), 20, 24, 0,
           value=lambda row: row.key, largest_first=True),
    Column("contract", "Credit", lambda row: part(row.contract_words, row.tone), 10, 16, 0,
           right=True, value=lambda row: row.owed),
    Column("relief", "After relief", lambda row: part(row.relief_words, "dim"), 12, 16, 2,
           right=True),
    Column("claimed", "By their claim", lambda row: part(row.claimed_words, "dim"), 14, 16, 3,
           right=True),
    Column("felt", "As felt", lambda row: part(row.felt_words, "dim"), 10, 16, 4, right=True),
    Column("claim", "Claim", lambda row: part(row.claim_words, row.tone if row.can_claim else ""),
           36, 44, 1),
)  # fmt: skip


def _month(row: CreditRow) -> str:
    return row.words if row.is_complete else f"{row.words} so far"


def credit_detail(row: CreditRow, width: int) -> list[Line]:
    """Return a month's rules, and what the other readings would owe."""
    head = f"{_month(row)}: {row.contract_words} of {row.fee_words}"
    lines = wrapped(head, width, "bold")
    for rule in row.rules:
        text = f"{rule.name}: {rule.measured_words}"
        if rule.outcome_words:
            text += f"; {rule.outcome_words}"
        sign, *rest = wrapped(text, width - 2)
        lines.append(Line((Part(f"{TONE_SIGNS[rule.tone]} ", rule.tone), *sign.parts)))
        lines += [Line((Part("  "), *more.parts)) for more in rest]
    others = [f"by the provider's claim {row.claimed_words}", f"as felt {row.felt_words}"]
    if row.relief_words:
        others.insert(0, f"after relief for our own time {row.relief_words}")
    lines += wrapped("; ".join((*others, *row.notes)) + ".", width, "dim")
    return lines


class CreditsPage(TablePage[CreditsView, CreditRow]):
    """The credit clause, month by month."""

    title: ClassVar[str] = "Credits"
    sibling: ClassVar[str | None] = "sla"
    can_filter: ClassVar[bool] = False
    about: ClassVar[tuple[str, ...]] = (
        (
            "What the contract's credit clause comes to for each month, from exact counts. Beside "
            "it stands what it would be after relief for our own time, by the provider's own "
            "claims, and by the calendar without pauses, as the people who waited felt it."
        ),
        "c notes that a month's credit was claimed; nothing is ever sent.",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "claim", "Claimed", id="claim", tooltip="Note that this credit was claimed"),
    ]

    def read(self, views: Views, now: Instant) -> CreditsView:
        """Return the months' credits."""
        return views.credits(self.engagement_id, now)

    def columns(self) -> Sequence[Column[CreditRow]]:
        """Return the table's columns."""
        return COLUMNS

    def rows(self, view: CreditsView) -> Sequence[CreditRow]:
        """Return the months, the latest first."""
        return view.rows

    def key_of(self, row: CreditRow) -> Hashable:
        """Return the month."""
        return row.key

    def headline(self, view: CreditsView) -> Parts:
        """Say what can be claimed."""
        return part(f"{TONE_SIGNS[view.tone]} {view.summary}", f"{view.tone} bold")

    def note(self, view: CreditsView) -> Parts:
        """Say how near the tripwires are."""
        return tuple(Part(words, tone) for words, tone in view.tripwires[:1])

    def detail(self, row: CreditRow, width: int) -> list[Line]:
        """Return a month's rules; below them the clause and its tripwires."""
        lines = credit_detail(row, width)
        for words, tone in self.view.tripwires if self.view is not None else ():
            lines += wrapped(words, width, tone)
        return lines

    def nothing(self, view: CreditsView) -> str:
        """Say why there are no months."""
        return view.summary

    def figure(self) -> FigureKey | None:
        """Explain the month's credit."""
        return None if self.row is None else FigureKey(FigureKind.CREDIT, period=self.row.key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to note a claim only where there is one to make."""
        if action == "claim":
            return self.row is not None and self.row.can_claim
        return super().check_action(action, parameters)

    def action_claim(self) -> None:
        """Ask for a reference, and take down that the credit was claimed."""
        row = self.row
        if row is None:
            return
        engagement, month, words = self.engagement_id, row.key, row.words

        def keep(answers: Mapping[str, str] | None) -> None:
            if answers is not None:
                note = answers["note"]
                self.post_message(
                    Page.Enter(
                        lambda now: (claimed(engagement, now, month, note),),
                        f"noted that the credit of {words} was claimed",
                    )
                )

        field = Field("note", "Reference", hint="letter of 7 December; may be left empty")
        about = f"{row.contract_words} for {words}. It is noted here; nothing is sent."
        self.app.push_screen(Dialog("Credit claimed", [field], about=about), keep)
