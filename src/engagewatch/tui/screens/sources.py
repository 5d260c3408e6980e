"""Sources: how polling goes, what could not be read, and what has no meaning yet."""

from __future__ import annotations

from typing import ClassVar

from engagewatch.model.freshness import FreshnessState
from engagewatch.model.instants import MINUTE, Instant
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.sheet_page import SheetPage
from engagewatch.tui.widgets.freshness_line import STATE_SIGNS
from engagewatch.tui.widgets.lines import BLANK, Line, Part, fit, packed, part, spread, wrapped
from engagewatch.views.sources import SourceRow, SourcesView

_LABEL = 14


def source_lines(row: SourceRow, width: int) -> list[Line]:
    """Return one source: its freshness, what it used and gave, and what went wrong."""
    key = row.source
    sign, role = STATE_SIGNS[row.freshness.state]
    head = (
        Part(f"{sign} ", role),
        Part(row.source, "bold"),
        Part(f"  {row.adapter}", "dim"),
        Part(f"  {row.where}", "dim"),
    )
    lines = [Line(spread(head, part(f"polled every {_interval(row.interval)}", "dim"), width), key)]
    calm = row.freshness.state in (FreshnessState.LIVE, FreshnessState.REFRESHING)
    lines += _field("freshness", row.freshness.words, width, key, "" if calm else role)
    if row.error:
        lines += _field("what to do", row.error, width, key, "bad")
    facts = [
        # A status page has no tickets; a desk that was read and has none is worth saying.
        *([f"{row.tickets:,} tickets"] if row.tickets or not row.records else []),
        f"{row.records:,} records read",
        f"{row.requests:,} requests, {row.requests_last_poll} in the last poll",
        f"next poll {row.next_words}",
        f"its clock: {row.clock_skew_words}",
    ]
    if row.failures:
        facts.insert(3, f"{row.failures} failed polls in a row")
    if row.waiting_events:
        facts.append(f"{row.waiting_events:,} events wait for their ticket")
    for index, line in enumerate(packed([part(fact) for fact in facts], width - _LABEL - 2)):
        lines.append(Line((_label("so far" if index == 0 else ""), *line.parts), key))
    if row.refused_count:
        lines += _field("not readable", f"{row.refused_count:,} records", width, key, "warning")
        for refused in row.refused:
            lines += _field("", f"{refused.record}: {refused.reason}", width, key, "dim")
    for index, unmapped in enumerate(row.unmapped):
        noun = "ticket" if unmapped.tickets == 1 else "tickets"
        words = f"“{unmapped.status}” on {unmapped.tickets:,} {noun}; give it a court in the file"
        lines += _field("no meaning" if index == 0 else "", words, width, key, "unknown")
    return lines


def _interval(seconds: int) -> str:
    return f"{seconds}s" if seconds % MINUTE else f"{seconds // MINUTE}m"


def _label(text: str) -> Part:
    return Part(f"  {fit(text, _LABEL)}", "dim")


def _field(label: str, words: str, width: int, key: str, role: str = "") -> list[Line]:
    rows = wrapped(words, width - _LABEL - 2, role)
    return [
        Line((_label(label if index == 0 else ""), *row.parts), key)
        for index, row in enumerate(rows)
    ]


class SourcesPage(SheetPage[SourcesView]):
    """One card per source."""

    title: ClassVar[str] = "Sources"
    has_detail: ClassVar[bool] = False
    about: ClassVar[tuple[str, ...]] = (
        (
            "Every source of the engagement: how old its data is, how the last poll went and "
            "what to do if it failed, which records could not be read, and which statuses the "
            "engagement file gives no meaning yet."
        ),
        "r polls now.",
    )

    def read(self, views: Views, now: Instant) -> SourcesView:
        """Return how polling goes."""
        return views.sources(self.engagement_id, now)

    def lay_out(self, view: SourcesView, width: int) -> list[Line]:
        """Return a card per source."""
        lines = wrapped(view.summary, width, "bold")
        for row in view.rows:
            lines += [BLANK, *source_lines(row, width)]
        return lines
