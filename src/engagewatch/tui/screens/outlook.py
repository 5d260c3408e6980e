"""Outlook: what a month can still become, share by share."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.months import period_line, turn
from engagewatch.tui.screens.sheet_page import SheetPage
from engagewatch.tui.widgets.columns import Column, fitted_to, table_lines
from engagewatch.tui.widgets.lines import BLANK, Line, Part, part, wrapped
from engagewatch.views.keys import FigureKey
from engagewatch.views.outlook import OutlookRow, OutlookView

COLUMNS: tuple[Column[OutlookRow], ...] = (
    Column("title", "Promised share", lambda row: part(row.title, "bold"), 16, 28, 0),
    Column("outlook", "Outlook", lambda row: part(
        f"{TONE_SIGNS[row.tone]} {row.outlook_words}", row.tone), 16, 20, 0),
    Column("met", "Met so far", lambda row: part(row.met_words), 10, 16, 1, right=True),
    Column("left", "Misses", lambda row: part(row.left_words), 17, 18, 0),
    Column("budget", "Budget", lambda row: part(row.budget_words, "dim"), 30, 48, 3),
    Column("burn", "", lambda row: part(row.burn_words or row.frozen_words, "warning"), 16, 54, 2,
           only_if_filled=True),
)  # fmt: skip


class OutlookPage(SheetPage[OutlookView]):
    """What the month can still become."""

    title: ClassVar[str] = "Outlook"
    sibling: ClassVar[str | None] = "disputes"
    has_periods: ClassVar[bool] = True
    about: ClassVar[tuple[str, ...]] = (
        (
            "Each promised share of the month: clinched if it will be kept whatever comes, lost if "
            "it cannot be kept any more, else alive with a chance. A month that is lost already is "
            "the time to talk: from then on nothing holds the provider to it."
        ),
        (
            "The budget is the misses that the promise affords. A month is frozen when it is over; "
            "what is known otherwise later stands beside it."
        ),
    )

    def read(self, views: Views, now: Instant) -> OutlookView:
        """Return the outlook of the month."""
        return views.outlook(self.engagement_id, now, self.frame.period)

    def step_period(self, step: int) -> None:
        """Turn to the month before or after; not past the current one."""
        turn(self.frame, self.view, step)

    def lay_out(self, view: OutlookView, width: int) -> list[Line]:
        """Return the month's verdict, then both sides' shares."""
        sign = Part(f"{TONE_SIGNS[view.tone]} ", view.tone)
        first, *more = wrapped(view.summary, width - 2, f"{view.tone} bold")
        lines = [
            period_line(view.period.words, width, is_complete=view.is_complete),
            Line((sign, *first.parts)),
            *more,
            *(wrapped(view.frozen_words, width, "dim") if view.frozen_words else ()),
        ]
        fitted = fitted_to(COLUMNS, view.rows, width)
        for side, title in ((Side.PROVIDER, "The provider's"), (Side.CLIENT, "Ours")):
            rows = [row for row in view.rows if row.side is side]
            if rows:
                lines += [BLANK, Line(part(title, f"{side.value} bold"))]
                lines += table_lines(fitted, rows, lambda row: row.key)
        lines.append(BLANK)
        for sentence in view.terms:
            lines += wrapped(sentence, width, "faint")
        return lines

    def row(self, key: Hashable) -> OutlookRow | None:
        """Return the share with that key."""
        for row in self.view.rows if self.view is not None else ():
            if row.key == key:
                return row
        return None

    def detail(self, _view: OutlookView, key: Hashable, width: int) -> list[Line]:
        """Return a share in full."""
        row = self.row(key)
        if row is None:
            return []
        lines = [
            Line((Part(f"{row.title}  ", "bold"), Part(row.outlook_words, row.tone))),
            *wrapped(f"{row.met_words} met; {row.budget_words}: {row.left_words}", width),
        ]
        for words in (row.burn_words, row.frozen_words):
            if words:
                lines += wrapped(words, width, "warning")
        return lines

    def figure(self) -> FigureKey | None:
        """Explain the count under the cursor."""
        row = self.row(self._sheet.cursor) if self._sheet.cursor is not None else None
        return None if row is None else row.figure
