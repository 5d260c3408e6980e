"""Trend: every series with its verdict in words, the ages of what is open, and one series large."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from engagewatch.engine.signals import Finding
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.tui.glyphs import COURT_FILLS, TONE_SIGNS
from engagewatch.tui.navigation import Place
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.sheet_page import SheetPage
from engagewatch.tui.widgets.chart import chart_legend, chart_lines
from engagewatch.tui.widgets.columns import Column, fitted_to, table_lines
from engagewatch.tui.widgets.lines import (
    BLANK,
    Line,
    Part,
    Parts,
    clip_parts,
    packed,
    part,
    wrapped,
)
from engagewatch.tui.widgets.sparkline import sparkline
from engagewatch.views import wording
from engagewatch.views.keys import FigureKey
from engagewatch.views.trend import SeriesRow, TrendView

CHART_ROWS = 13
_SPARK = 20

COLUMNS: tuple[Column[SeriesRow], ...] = (
    Column("series", "Series", lambda row: part(row.title, "bold"), 22, 30, 0),
    Column("latest", "Latest", lambda row: part(row.latest_words), 8, 15, 0, right=True),
    Column("verdict", "Verdict", lambda row: part(
        f"{TONE_SIGNS[row.tone]} {row.short_words}", row.tone), 26, 28, 0),
    Column("usual", "Usual", lambda row: part(row.usual_words, "dim"), 14, 24, 2),
    Column("shape", "Lately", lambda row: sparkline(row.values, _SPARK), _SPARK, _SPARK, 3),
)  # fmt: skip

_CELL = 7
"""Cells of one age in the grid."""
_WHOM = {
    Side.PROVIDER: "the provider",
    Side.CLIENT: "us",
    Side.THIRD_PARTY: "a third party",
    Side.NOBODY: "nobody",
}


def ages(view: TrendView, width: int) -> list[Line]:
    """Return the open tickets by priority and age, each cell marked with the court of most."""
    if not view.open_total:
        return []
    head = f"{wording.counted(view.open_total, 'open ticket')} by age in days, the oldest "
    lines = [Line((Part(f"{head}{view.oldest_words}", "heading"),))]
    label = max(len(row.priority) for row in view.ages) + 2
    titles = "".join(title.rjust(_CELL) for title in view.age_labels)
    lines.append(Line((Part(" " * label), Part(f"{titles}{'all'.rjust(_CELL)}", "dim"))))
    for row in view.ages:
        is_sum = row is view.ages[-1]
        parts = [Part(row.priority.ljust(label), "dim" if is_sum else "bold")]
        for cell in row.cells:
            if cell.court is None:
                parts.append(Part(f"{'·':>{_CELL - 1}} ", "faint"))
                continue
            parts.append(Part(f"{cell.count:>{_CELL - 1},}"))
            parts.append(Part(COURT_FILLS[cell.court], cell.court.value))
        parts.append(Part(f"{row.total:>{_CELL},}", "bold"))
        lines.append(Line(clip_parts(parts, width)))
    groups: list[Parts] = [
        (Part(COURT_FILLS[side], side.value), Part(f" mostly with {_WHOM[side]}", "dim"))
        for side in view.courts
    ]
    return [*lines, *packed(groups, width)]


class TrendPage(SheetPage[TrendView]):
    """Better, worse or noise."""

    title: ClassVar[str] = "Trend"
    about: ClassVar[tuple[str, ...]] = (
        (
            "Each series is held against limits made from its own first periods after the "
            "change-over. Inside them it varies as it always did, and asking why will not help; a "
            "point outside, or eight in a row on one side, is a signal."
        ),
        (
            "Latest is the last whole week or month. The second line says whether anything gets "
            "worse while the SLA looks kept."
        ),
        "enter shows a series large; i tells how its number is counted.",
    )

    def read(self, views: Views, now: Instant) -> TrendView:
        """Return every series."""
        return views.trend(self.engagement_id, now)

    def lay_out(self, view: TrendView, width: int) -> list[Line]:
        """Return the series and the ages of what is open."""
        lines = wrapped(view.summary, width, "bold")
        sign = Part(f"{TONE_SIGNS[view.watermelon_tone]} ", view.watermelon_tone)
        first, *more = wrapped(view.watermelon, width - 2)
        lines += [Line((sign, *first.parts)), *more, BLANK]
        fitted = fitted_to(COLUMNS, view.rows, width)
        lines += table_lines(fitted, view.rows, lambda row: row.key)
        stock = ages(view, width)
        return [*lines, BLANK, *stock] if stock else lines

    def detail(self, view: TrendView, key: Hashable, width: int) -> list[Line]:
        """Return the verdict on a series in full."""
        for row in view.rows:
            if row.key == key:
                usual = f"usually {row.usual_words}"
                if row.finding is Finding.CANNOT_TELL:
                    usual = row.usual_words
                return [
                    Line((Part(row.title, "bold"), Part(f"  {row.latest_words}; {usual}"))),
                    *wrapped(row.verdict_words, width, row.tone),
                ]
        return []

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the series' chart."""
        for row in self.view.rows if self.view is not None else ():
            if row.key == key:
                return Place("series", self.engagement_id, row.key, row.title)
        return None

    def view_for(self, place: Place) -> object | None:
        """Hand the view on: a series is a part of it."""
        return self.view if place.screen == "series" else None

    def figure(self) -> FigureKey | None:
        """Explain the number under the cursor."""
        for row in self.view.rows if self.view is not None else ():
            if row.key == self._sheet.cursor:
                return row.figure
        return None


class SeriesPage(SheetPage[TrendView]):
    """One series as a process chart."""

    title: ClassVar[str] = "Series"
    has_detail: ClassVar[bool] = False
    about: ClassVar[tuple[str, ...]] = (
        (
            "One series by week or month, with the limits of what is usual for it. They were made "
            "from its first periods and stay: limits that follow the data forgive every decline."
        ),
    )

    def read(self, views: Views, now: Instant) -> TrendView:
        """Return every series."""
        return views.trend(self.engagement_id, now)

    @property
    def row(self) -> SeriesRow | None:
        """The series on show."""
        for row in self.view.rows if self.view is not None else ():
            if row.key == self.frame.place.subject:
                return row
        return None

    def lay_out(self, _view: TrendView, width: int) -> list[Line]:
        """Return the chart, and what it allows to say."""
        row = self.row
        if row is None:
            return wrapped("This series is not measured any more.", width, "dim")
        sign = Part(f"{TONE_SIGNS[row.tone]} ", row.tone)
        first, *more = wrapped(row.verdict_words, width - 2, f"{row.tone} bold")
        usual = (
            row.usual_words if row.finding is Finding.CANNOT_TELL else f"usually {row.usual_words}"
        )
        return [
            Line((sign, *first.parts), "verdict"),
            *more,
            Line((Part(f"{row.title}: {row.latest_words} in the last whole period; {usual}"),)),
            BLANK,
            *chart_lines(row.chart, width, CHART_ROWS),
            *chart_legend(row.chart, width),
        ]

    def figure(self) -> FigureKey | None:
        """Explain its number."""
        return None if self.row is None else self.row.figure
