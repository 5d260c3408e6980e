"""SLA: both ledgers of a month under the same rules, and where the provider's figure differs."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual.app import ComposeResult

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.tui.navigation import Frame, Place
from engagewatch.tui.page import Page
from engagewatch.tui.reading import Views
from engagewatch.tui.widgets.columns import Column, Fitted, fitted_to, table_lines
from engagewatch.tui.widgets.interval_bar import interval_bar
from engagewatch.tui.widgets.lines import BLANK, Line, Part, part, spread, wrapped
from engagewatch.tui.widgets.listing import Listing
from engagewatch.tui.widgets.sheet import Sheet
from engagewatch.views.keys import FigureKey
from engagewatch.views.sla import Disagreement, LedgerBlock, SlaRow, SlaView

_BAR = 20

_ROWS: tuple[Column[SlaRow], ...] = (
    Column("priority", "Prio", lambda row: part(row.priority, "bold"), 4, 10, 0),
    Column("duty", "Duty", lambda row: part(row.obligation_words), 10, 16, 0),
    Column("target", "Target", lambda row: part(row.target_words), 6, 10, 3, right=True),
    Column("met", "Met", lambda row: part(row.met_words, "bold"), 16, 24, 0),
    Column("verdict", "Verdict", lambda row: part(row.contract_words, row.contract_tone),
           9, 17, 0),
    Column("evidence", "Evidence", lambda row: part(row.evidence_words, row.evidence_tone),
           15, 16, 1),
    Column("range", "95% interval, | promised", lambda row: interval_bar(
        row.low, row.high, row.promised, _BAR), 24, 24, 5),
    Column("left", "Budget", lambda row: part(row.misses_left_words, "dim"), 13, 22, 4),
    Column("pending", "Open", lambda row: part(f"{row.pending:,}" if row.pending else "", "dim"),
           5, 6, 6, right=True),
    Column("claimed", "They claim", lambda row: part(row.claimed_words, "dim"), 12, 22, 2),
    Column("differ", "Differ", lambda row: part(
        str(row.disagreements) if row.disagreements else "", "warning"), 6, 6, 3, right=True),
)  # fmt: skip

_DISAGREEMENTS: tuple[Column[Disagreement], ...] = (
    Column("ticket", "Ticket", lambda row: part(row.reference, "bold"), 7, 14, 0),
    Column("duty", "Duty", lambda row: part(f"{row.priority} {row.obligation_words}"), 12, 22, 1),
    Column("words", "What differs", lambda row: part(row.words), 30, 60, 0),
    Column("favours", "Favours", lambda row: part(
        "us" if row.in_favour_of is Side.CLIENT else "provider", row.in_favour_of.value), 8, 8, 0),
    Column("subject", "Subject", lambda row: part(row.subject, "dim"), 14, 60, 2),
)  # fmt: skip


def ledger(block: LedgerBlock, fitted: Sequence[Fitted[SlaRow]], width: int) -> list[Line]:
    """Return one side's ledger."""
    side = "client" if block.side is Side.CLIENT else "provider"
    total = block.total
    lines = [
        Line(
            spread(
                (Part(block.title, f"{side} bold"),),
                (Part(total.value, "bold"), Part(f"  {total.note}" if total.note else "", "dim")),
                width,
            ),
            ("figure", total.key),
        )
    ]
    if not block.rows:
        return [*lines, Line(part("nothing is promised or judged on this side", "dim"))]
    return lines + table_lines(fitted, block.rows, lambda row: ("figure", row.figure.key))


def disagreements(view: SlaView, width: int) -> list[Line]:
    """Return the clocks on which the provider's tool and our count differ."""
    compared = f"{view.disagreement_count} of {view.claims_compared:,} compared"
    lines = [
        Line(
            spread(
                part("Where their tool and our count differ", "heading"),
                part(compared, "dim") if view.claims_compared else (),
                width,
            )
        )
    ]
    if not view.claims_compared:
        return [*lines, Line(part("their tool says nothing to compare with", "dim"))]
    if not view.disagreements:
        return [*lines, Line(part("nowhere", "good"))]
    fitted = fitted_to(_DISAGREEMENTS, view.disagreements, width)
    lines += table_lines(fitted, view.disagreements, lambda row: ("ticket", row.key))
    more = view.disagreement_count - len(view.disagreements)
    if more > 0:
        lines.append(Line(part(f"and {more} more", "dim")))
    return lines


class SlaPage(Page[SlaView]):
    """A month on one sheet."""

    title: ClassVar[str] = "SLA"
    about: ClassVar[tuple[str, ...]] = (
        (
            "Met of judged, by priority and duty, for both sides under the same rules. The "
            "verdict is a count: was the promised share kept. The evidence is an inference: is "
            "the rate behind the count at or above the promise, given how few cases there are."
        ),
        (
            "“Budget” is how many further misses the promise allows this month. On any row, i "
            "tells how it is counted and from which tickets."
        ),
    )
    has_periods: ClassVar[bool] = True

    def __init__(self, frame: Frame, engagement: Engagement | None) -> None:
        """Make the sheet."""
        super().__init__(frame, engagement)
        self._sheet = Sheet(self._lay_out, frame.list_state())

    def compose(self) -> ComposeResult:
        """Show the sheet."""
        yield self._sheet

    def read(self, views: Views, now: Instant) -> SlaView:
        """Return both ledgers of the month."""
        return views.sla(self.engagement_id, now, self.frame.period)

    def show(self) -> None:
        """Lay the sheet out again."""
        self._sheet.redraw()

    def step_period(self, step: int) -> None:
        """Turn to the month before or after; not past the current one."""
        view = self.view
        if view is None:
            return
        period = view.period.next() if step > 0 else view.period.previous()
        if period.start <= view.as_of:
            self.frame.period = None if view.as_of in period else period.key

    def _lay_out(self, width: int) -> list[Line]:
        view = self.view
        if view is None:
            return [Line(part("reading…", "dim"))]
        fitted = fitted_to(_ROWS, (*view.provider.rows, *view.client.rows), width)
        state = "complete" if view.is_complete else "so far"
        lines = [
            Line(
                spread(
                    (
                        Part("[ ", "key"),
                        Part(view.period_words, "bold"),
                        Part(" ]", "key" if view.is_complete else "faint"),
                        Part(f"  {state}", "dim"),
                    ),
                    part(view.rules_words, "dim"),
                    width,
                )
            ),
            BLANK,
            *ledger(view.provider, fitted, width),
            BLANK,
            *ledger(view.client, fitted, width),
            BLANK,
            *disagreements(view, width),
        ]
        if view.not_known:
            lines.append(BLANK)
        for sentence in view.not_known:
            lines += wrapped(f"? {sentence}", width, "dim")
        return lines

    @property
    def listing(self) -> Listing:
        """The sheet."""
        return self._sheet

    def place_of(self, key: Hashable) -> Place | None:
        """Lead from a disagreement to its ticket."""
        for row in self.view.disagreements if self.view is not None else ():
            if key == ("ticket", row.key):
                return Place("clock", self.engagement_id, row.ticket, row.reference)
        return None

    def figure(self) -> FigureKey | None:
        """Return the figure under the cursor."""
        cursor = self._sheet.cursor
        if isinstance(cursor, tuple) and isinstance(cursor[1], FigureKey):
            return cursor[1]
        return None

    def reference(self) -> str | None:
        """Return the reference of the disagreement under the cursor."""
        place = self.place_of(self._sheet.cursor)
        return place.label if place is not None else None
