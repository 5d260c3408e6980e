"""Where the reader is: a stack of frames, each with its own cursor, sort, filter and scroll.

Plain data, so that going in and back can be tested without a terminal. Cursors are kept by row
*key*: a refresh that moves, adds or removes rows never moves the reader.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import NamedTuple

from engagewatch.views.freshness import FreshnessLine


class Place(NamedTuple):
    """What a frame shows: a screen, of an engagement, of one thing in it."""

    screen: str
    engagement: str | None = None
    subject: Hashable | None = None
    """The ticket, figure, ... that the screen is about, where it is about one."""
    label: str = ""
    """What the breadcrumbs call it, where the screen's title does not say enough."""


@dataclass(slots=True)
class ListState:
    """Where the reader is in one list. Survives refreshes and visits elsewhere."""

    cursor: Hashable | None = None
    """Key of the row under the cursor."""
    index: int = 0
    """Its position when last seen: where the cursor goes if the row is gone."""
    offset: int = 0
    """Lines between the top of the window and the row, so that a refresh does not jump."""
    top: int = 0
    """First visible line, for lists without a cursor."""
    filter_text: str = ""
    sort: str | None = None
    """Column key; ``None`` for the order the view came in."""
    descending: bool = False


@dataclass(slots=True)
class Frame:
    """One visited place, with the state of its lists and its last view."""

    place: Place
    lists: dict[str, ListState] = field(default_factory=dict)
    period: str | None = None
    """The month shown, e.g. ``2026-03``; ``None`` for the current one."""
    face: str = ""
    """Which of its faces is shown, where a screen has several; empty for the first."""
    view: object | None = None
    """What was shown last, so that coming back shows it at once."""
    freshness: tuple[FreshnessLine, ...] = ()
    """How fresh its sources were then."""
    as_of_change: int = -1
    """Which change of the history the view takes in: while there is none since, it is current."""

    def list_state(self, name: str = "main") -> ListState:
        """Return the state of one of its lists, made on first use."""
        return self.lists.setdefault(name, ListState())


class Navigation:
    """The stack of frames. The first is home; there is always at least one."""

    def __init__(self, home: Place) -> None:
        """Start at ``home``."""
        self._home = Frame(home)
        self._stack: list[Frame] = [self._home]
        self._roots: dict[Place, Frame] = {home: self._home}

    @property
    def home(self) -> Place:
        """Where it started."""
        return self._home.place

    @property
    def current(self) -> Frame:
        """The frame on screen."""
        return self._stack[-1]

    @property
    def trail(self) -> tuple[Frame, ...]:
        """All frames from home to the current one."""
        return tuple(self._stack)

    @property
    def can_go_back(self) -> bool:
        """Whether there is a frame to go back to."""
        return self.current is not self._home

    def enter(self, place: Place) -> Frame:
        """Go one level in, to a new frame. Entering the same place again changes nothing."""
        if self.current.place != place:
            self._stack.append(Frame(place))
        return self.current

    def back(self) -> Frame:
        """Go one level back; from another screen beside home, to home."""
        if len(self._stack) > 1:
            self._stack.pop()
        else:
            self._stack = [self._home]
        return self.current

    def switch(self, place: Place) -> Frame:
        """Go to one of the screens of an engagement, as a number key does.

        What was drilled into is left. The frames of the screens themselves are remembered, so that
        their cursors are where they were. Where home is the portfolio, it stays below them; where
        home is itself a screen of the engagement, they stand beside it.
        """
        frame = self._roots.setdefault(place, Frame(place))
        beside_home = frame is self._home or self._home.place.engagement is not None
        self._stack = [frame] if beside_home else [self._home, frame]
        return self.current

    def go_home(self) -> Frame:
        """Go to the first frame."""
        self._stack = [self._home]
        return self.current
