"""Promises: the register, and one promise with its path, its seal and what was changed since."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from engagewatch.model.instants import Instant
from engagewatch.tui.glyphs import TONE_SIGNS
from engagewatch.tui.navigation import Place
from engagewatch.tui.reading import Views
from engagewatch.tui.screens.sheet_page import SheetPage
from engagewatch.tui.screens.table_page import TablePage
from engagewatch.tui.widgets.chart import chart_legend, chart_lines
from engagewatch.tui.widgets.columns import Column
from engagewatch.tui.widgets.lines import BLANK, Line, Part, Parts, part, wrapped
from engagewatch.views.keys import FigureKey
from engagewatch.views.promises import PromiseRow, PromisesView

CHART_ROWS = 10

COLUMNS: tuple[Column[PromiseRow], ...] = (
    Column("promise", "Promise", lambda row: part(row.title, "bold"), 26, 44, 0, fair=30,
           value=lambda row: row.title.casefold()),
    Column("verdict", "Verdict", lambda row: part(
        f"{TONE_SIGNS[row.tone]} {row.state_words}", row.tone), 17, 20, 0,
           value=lambda row: row.state),
    Column("now", "Now", lambda row: part(row.now_words if row.metric else "−"), 9, 18, 0,
           right=True,
           value=lambda row: row.now_words),
    Column("path", "By now", lambda row: part(row.path_words, "dim"), 8, 12, 2, right=True),
    Column("target", "Target", lambda row: part(row.target_words), 8, 12, 1, right=True),
    Column("by", "By", lambda row: part(row.by_words, "dim"), 15, 15, 4),
    Column("tell", "Can be told", lambda row: part(row.can_tell_words, "dim"), 16, 26, 3),
    Column("mark", "", lambda row: _marks(row), 7, 18, 5),
)  # fmt: skip


def _marks(row: PromiseRow) -> Parts:
    """Return whether the goalposts moved, or were set up after the ball was kicked."""
    words = []
    if row.amendments:
        words.append("amended")
    if row.sealed_late:
        words.append("late")
    return part(", ".join(words), "warning")


def promise_detail(row: PromiseRow, width: int) -> list[Line]:
    """Return one promise in a few lines: where it stands, against what, and since when."""
    return [
        *wrapped(f"{row.title}: {row.state_words}", width, "bold"),
        *wrapped(_standing(row), width),
        *wrapped(f"Said in {row.said_in}; {row.sealed_words}.", width, "dim"),
    ]


def _standing(row: PromiseRow) -> str:
    if row.metric is None:
        return "Nothing in the catalogue measures it; it is kept in mind here."
    parts = [f"{row.now_words} in {row.period_words} ({row.count_words})"]
    if row.interval_words:
        parts.append(f"95% interval {row.interval_words}")
    if row.path_words:
        parts.append(f"{row.path_words} was to be reached by then")
    parts.append(f"before: {row.baseline_words}")
    if row.can_tell_words:
        parts.append(f"can be told {row.can_tell_words}")
    return "; ".join(parts) + "."


class PromisesPage(TablePage[PromisesView, PromiseRow]):
    """What was promised, and whether it comes."""

    title: ClassVar[str] = "Promises"
    about: ClassVar[tuple[str, ...]] = (
        (
            "Every promised efficiency of the engagement file, held against its path from what it "
            "was before to what it is to be. Behind and ahead are said only where the whole "
            "interval is on one side of the path; otherwise nothing can be told yet, and the date "
            "says when it could."
        ),
        (
            "A promise is sealed when it is first seen. Later changes of its terms are listed as "
            "amendments; one that was written down when there were data already is marked late."
        ),
        "enter shows a promise with its path; i tells how its number is counted.",
    )

    def read(self, views: Views, now: Instant) -> PromisesView:
        """Return the register."""
        return views.promises(self.engagement_id, now)

    def columns(self) -> Sequence[Column[PromiseRow]]:
        """Return the table's columns."""
        return COLUMNS

    def rows(self, view: PromisesView) -> Sequence[PromiseRow]:
        """Return the promises."""
        return view.rows

    def key_of(self, row: PromiseRow) -> Hashable:
        """Return a promise's id."""
        return row.key

    def headline(self, view: PromisesView) -> Parts:
        """Say how the promises stand."""
        return part(view.summary, "bold")

    def note(self, view: PromisesView) -> Parts:
        """Say how many were changed or written down late."""
        words = [
            f"{count} {what}"
            for count, what in ((view.amended, "amended"), (view.late, "sealed late"))
            if count
        ]
        return part(", ".join((*words, *view.not_known)), "dim")

    def detail(self, row: PromiseRow, width: int) -> list[Line]:
        """Return a promise in a few lines."""
        return promise_detail(row, width)

    def nothing(self, _view: PromisesView) -> str:
        """Say how promises come here."""
        return "Nothing is written down. Each [[promises]] of the engagement file stands here."

    def place_of(self, key: Hashable) -> Place | None:
        """Lead to the promise's path and seal."""
        for row in self.view.rows if self.view is not None else ():
            if row.key == key:
                return Place("promise", self.engagement_id, row.key, row.title)
        return None

    def view_for(self, place: Place) -> object | None:
        """Hand the view on: a promise is a part of it."""
        return self.view if place.screen == "promise" else None

    def figure(self) -> FigureKey | None:
        """Explain the number under the cursor."""
        return None if self.row is None else self.row.figure


def promise_lines(row: PromiseRow, width: int) -> list[Line]:
    """Return one promise in full: verdict, chart, seal, amendments."""
    verdict = (Part(f"{TONE_SIGNS[row.tone]} {row.state_words}", f"{row.tone} bold"),)
    lines = [Line((Part(f"{row.title}  ", "bold"), *verdict), "verdict")]
    lines += wrapped(_standing(row), width, key="verdict")
    if row.text:
        lines += [*wrapped(f"“{row.text}”", width, "dim")]
    if row.chart is not None:
        lines += [BLANK, *chart_lines(row.chart, width, CHART_ROWS)]
        lines += chart_legend(row.chart, width)
    lines += [BLANK, Line(part("On record", "heading"))]
    target = f"target {row.target_words}" if row.target_words else "no target"
    lines += wrapped(f"{target}{f' by {row.by_words}' if row.by_words else ''}", width)
    lines += wrapped(f"before: {row.baseline_words}", width)
    lines += wrapped(f"said in {row.said_in}", width)
    tone = "warning" if row.sealed_late else ""
    seal = f" ({row.digest})" if row.digest else ""
    lines += wrapped(f"{row.sealed_words}{seal}", width, tone)
    if row.amendments:
        lines += [BLANK, Line(part("Amendments", "heading"))]
        for words in row.amendments:
            lines += wrapped(words, width, "warning")
    elif row.digest:
        lines += wrapped("never amended", width, "dim")
    return lines


class PromisePage(SheetPage[PromisesView]):
    """One promise with its path."""

    title: ClassVar[str] = "Promise"
    has_detail: ClassVar[bool] = False
    about: ClassVar[tuple[str, ...]] = (
        (
            "One promise: what it came to each month with its interval, the path it was to take, "
            "what it was before, and everything that was changed about it since it was sealed."
        ),
    )

    def read(self, views: Views, now: Instant) -> PromisesView:
        """Return the register."""
        return views.promises(self.engagement_id, now)

    @property
    def promise(self) -> PromiseRow | None:
        """The promise on show."""
        for row in self.view.rows if self.view is not None else ():
            if row.key == self.frame.place.subject:
                return row
        return None

    def lay_out(self, _view: PromisesView, width: int) -> list[Line]:
        """Return the promise in full."""
        if self.promise is None:
            return wrapped("This promise is no longer in the engagement file.", width, "dim")
        return promise_lines(self.promise, width)

    def figure(self) -> FigureKey | None:
        """Explain its number."""
        return None if self.promise is None else self.promise.figure
