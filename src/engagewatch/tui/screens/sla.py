"""SLA: both ledgers of a month under the same rules, and where the provider's figure differs."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.tui.navigation import Place
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.months import period_line, turn
from engagewatch.tui.screens.participation_layout import relief, relief_detail
from engagewatch.tui.screens.sheet_page import SheetPage
from engagewatch.tui.widgets.columns import Column, Fitted, fitted_to, table_lines
from engagewatch.tui.widgets.interval_bar import interval_bar
from engagewatch.tui.widgets.lines import BLANK, Line, Part, Parts, part, spread, wrapped
from engagewatch.views.keys import FigureKey
from engagewatch.views.relief import ReliefBlock
from engagewatch.views.sla import Disagreement, LedgerBlock, SlaRow, SlaView

_BAR = 20

_ROWS: tuple[Column[SlaRow], ...] = (
    Column("priority", "Prio", lambda row: part(row.priority, "bold"), 4, 12, 0),
    Column("duty", "Duty", lambda row: part(row.obligation_words), 14, 16, 0),
    Column("target", "Target", lambda row: part(row.target_words), 6, 8, 3, right=True),
    Column("met", "Met of judged", lambda row: part(row.met_words, "bold"), 18, 24, 0),
    Column("verdict", "Verdict", lambda row: part(_short(row.contract_words), row.contract_tone),
           8, 17, 0),
    Column("evidence", "Evidence", lambda row: part(
        _short(row.evidence_words), row.evidence_tone), 15, 24, 1),
    Column("left", "Misses left", lambda row: _misses_left(row), 11, 11, 4, right=True),
    Column("pending", "Open", lambda row: part(f"{row.pending:,}" if row.pending else "−", "dim"),
           4, 6, 5, right=True),
    Column("claimed", "They claim", lambda row: _claimed(row), 20, 30, 2),
    Column("felt", "As felt", lambda row: part(row.felt_words or "−", "dim"), 9, 16, 5),
    Column("range", "95% interval, │ promised", lambda row: interval_bar(
        row.low, row.high, row.promised, _BAR), 24, 24, 6),
)  # fmt: skip


_SHORTER = {"nothing to judge": "none yet"}


def _short(words: str) -> str:
    """Return a verdict without what explains it; the detail has it in full."""
    words = words.split("; ")[0].split(": ")[0].split(", ")[0]
    return _SHORTER.get(words, words.removeprefix("shown to be "))


def _misses_left(row: SlaRow) -> Parts:
    left = row.misses_left
    if left is None or row.promised is None:
        return part("−", "dim")
    return part(f"{left:,}", "bad" if left < 0 else "warning" if left == 0 else "")


def _claimed(row: SlaRow) -> Parts:
    if row.claimed_met is None:
        return part(row.claimed_words, "dim")
    differ = f"  {row.disagreements} differ" if row.disagreements else ""
    return (Part(row.claimed_words), Part(differ, "warning"))


def _misses(row: SlaRow) -> str:
    """Return how many misses are left, where the verdict does not say so already."""
    told = not row.judged or "miss" in row.contract_words
    return "" if told else f"; {row.misses_left_words}"


def row_detail(row: SlaRow, block: LedgerBlock, width: int) -> list[Line]:
    """Return one row of a ledger in full."""
    interval = f", 95% interval {row.interval_words}" if row.interval_words else ""
    promised = f"; promised {row.promised:g}%" if row.promised is not None else ""
    left_out = [
        f"{count:,} {words}"
        for count, words in (
            (row.pending, "open and not due"),
            (row.excluded, "excluded"),
            (row.unknown, "unknown"),
        )
        if count
    ]
    tail = f" Not judged: {', '.join(left_out)}." if left_out else ""
    felt = f"; as felt, by the calendar without pauses: {row.felt_words}" if row.felt_words else ""
    return [
        Line((Part(f"{row.priority} {row.obligation_words}", "bold"),
              Part(f"  {block.title}, within {row.target_words}", "dim"))),
        *wrapped(f"{row.met_words}{interval}{promised}.{tail}", width),
        *wrapped(f"By count: {row.contract_words}{_misses(row)}", width, row.contract_tone),
        *wrapped(f"By evidence: {row.evidence_words}", width, row.evidence_tone),
        *wrapped(f"Their tool: {row.claimed_words}{felt}", width, "dim"),
    ]  # fmt: skip


def total_detail(block: LedgerBlock, rules: str, excused: str, width: int) -> list[Line]:
    """Return one side's whole ledger in full; ``excused`` is what our time explains in it."""
    total = block.total
    note = f"; {total.note}" if total.note else ""
    return [
        *wrapped(block.title, width, "bold"),
        *wrapped(f"In time: {total.value}{note}.", width, total.tone),
        *(wrapped(excused, width, "notice") if excused else ()),
        *wrapped(rules, width, "dim"),
    ]


_DISAGREEMENTS: tuple[Column[Disagreement], ...] = (
    Column("ticket", "Ticket", lambda row: part(row.reference, "bold"), 7, 14, 0),
    Column("duty", "Duty", lambda row: part(f"{row.priority} {row.obligation_words}"), 12, 22, 1),
    Column("words", "What differs", lambda row: part(
        f"{row.claimed} by their tool, {row.ours} by ours"), 30, 36, 0),
    Column("favours", "Favours", lambda row: part(
        "us" if row.in_favour_of is Side.CLIENT else "provider", row.in_favour_of.value), 8, 8, 0),
    Column("subject", "Subject", lambda row: part(row.subject, "dim"), 14, 60, 2,
           only_if_filled=True),
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


def explained(block: ReliefBlock, side: Side) -> str:
    """Return what our own time explains, as it bears on one side's ledger; empty if nothing."""
    if not block.rows:
        return ""
    if side is Side.PROVIDER:
        return f"{block.summary} {block.terms}"
    count = f"{len(block.rows)} of the provider's {block.misses} misses"
    return f"Our time explains {count}. {'' if block.cost is None else block.cost.words}".rstrip()


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


class SlaPage(SheetPage[SlaView]):
    """A month on one sheet."""

    title: ClassVar[str] = "SLA"
    sibling: ClassVar[str | None] = "outlook"
    about: ClassVar[tuple[str, ...]] = (
        (
            "Met of judged, by priority and duty, for both sides under the same rules. The "
            "verdict is a count: was the promised share kept. The evidence is an inference: is "
            "the rate behind the count at or above the promise, given how few cases there are."
        ),
        (
            "Misses left is how many further misses the promise allows this month. On any row, i "
            "tells how it is counted and from which tickets."
        ),
    )
    has_periods: ClassVar[bool] = True

    def read(self, views: Views, now: Instant) -> SlaView:
        """Return both ledgers of the month."""
        return views.sla(self.engagement_id, now, self.frame.period)

    def step_period(self, step: int) -> None:
        """Turn to the month before or after; not past the current one."""
        turn(self.frame, self.view, step)

    def lay_out(self, view: SlaView, width: int) -> list[Line]:
        """Return the month, both ledgers and the disagreements."""
        fitted = fitted_to(_ROWS, (*view.provider.rows, *view.client.rows), width)
        lines = [
            period_line(view.period_words, width, is_complete=view.is_complete),
            *ledger(view.provider, fitted, width),
            BLANK,
            *ledger(view.client, fitted, width),
            BLANK,
            *relief(view.relief, width),
            BLANK,
            *disagreements(view, width),
            BLANK,
        ]
        for sentence in view.not_known:
            lines += wrapped(f"? {sentence}", width, "dim")
        rules = f"{view.rules_words.rstrip('.')}. Rules {view.rule_version}."
        return lines + wrapped(rules, width, "faint")

    def detail(self, view: SlaView, key: Hashable, width: int) -> list[Line]:
        """Return the row under the cursor in full."""
        for block in (view.provider, view.client):
            if key == ("figure", block.total.key):
                excused = explained(view.relief, block.side)
                return total_detail(block, view.rules_words, excused, width)
            for row in block.rows:
                if key == ("figure", row.figure.key):
                    return row_detail(row, block, width)
        for miss in view.relief.rows:
            if key == ("excused", miss.key):
                return relief_detail(miss, width)
        for difference in view.disagreements:
            if key == ("ticket", difference.key):
                return [
                    *wrapped(f"{difference.reference}  {difference.subject}", width, "bold")[:2],
                    *wrapped(
                        f"{difference.priority} {difference.obligation_words}: {difference.words}.",
                        width,
                    ),
                ]
        return []

    def place_of(self, key: Hashable) -> Place | None:
        """Lead from a disagreement, or a miss that our time explains, to its ticket."""
        if self.view is None:
            return None
        for row in self.view.disagreements:
            if key == ("ticket", row.key):
                return Place("clock", self.engagement_id, row.ticket, row.reference)
        for excused in self.view.relief.rows:
            if key == ("excused", excused.key):
                return Place("clock", self.engagement_id, excused.ticket, excused.reference)
        return None

    def figure(self) -> FigureKey | None:
        """Return the figure under the cursor."""
        cursor = self._sheet.cursor
        if isinstance(cursor, tuple) and isinstance(cursor[1], FigureKey):
            return cursor[1]
        if self.view is not None and isinstance(cursor, tuple) and cursor[0] == "excused":
            return self.view.relief.figure.key
        return None

    def reference(self) -> str | None:
        """Return the reference of the ticket under the cursor."""
        place = self.place_of(self._sheet.cursor)
        return place.label if place is not None else None
