"""What is told by months: which one is on show, what else there is of it, and turning to others."""

from __future__ import annotations

from typing import Protocol

from engagewatch.model.instants import Instant
from engagewatch.tui.navigation import Frame
from engagewatch.tui.widgets.lines import Line, Part, spread, width_of
from engagewatch.views.period import Period

_BESIDE = (
    Part("tab", "key"),
    Part(" outlook, disputes, credits", "dim"),
)


class OfMonth(Protocol):
    """A view of one month."""

    @property
    def period(self) -> Period:
        """The month."""

    @property
    def as_of(self) -> Instant:
        """When it was told."""


def turn(frame: Frame, view: OfMonth | None, step: int, *, is_pinned: bool = False) -> None:
    """Turn to the month before or after; not past the current one.

    The current month stays the current one when the next begins, unless ``is_pinned``: a page that
    was opened on a month would go back to that one.
    """
    if view is None:
        return
    period = view.period.next() if step > 0 else view.period.previous()
    if period.start <= view.as_of:
        is_current = view.as_of in period
        frame.period = None if is_current and not is_pinned else period.key


def month_line(words: str, *, is_complete: bool) -> Line:
    """Return the month between the keys that turn it."""
    return Line(
        (
            Part("[ ", "key"),
            Part(words, "bold"),
            Part(" ]", "key" if is_complete else "faint"),
            Part("  complete" if is_complete else "  so far", "dim"),
        )
    )


def period_line(words: str, width: int, *, is_complete: bool) -> Line:
    """Return the month between its keys, and where ``tab`` goes on from here."""
    month = month_line(words, is_complete=is_complete)
    if width_of(month.parts) + width_of(_BESIDE) + 2 > width:
        return month
    return Line(spread(month.parts, _BESIDE, width))
