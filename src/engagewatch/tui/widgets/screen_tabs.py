"""The second line: the screens of an engagement and the keys that lead to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.message import Message
from textual.strip import Strip

from engagewatch.tui.widgets.lines import Part, clip_parts, width_of
from engagewatch.tui.widgets.painted import Painted

_MARGIN = 2
_GAP = 3
_NARROW_GAP = 2
_LEAST_GAP = 1


class Tab(NamedTuple):
    """One screen in the row."""

    key: str
    screen: str
    title: str
    short: str
    """Its title where there is no room for all of them."""


def fitted_titles(tabs: Sequence[Tab], active: str, width: int) -> tuple[list[str], int]:
    """Return what stands beside each key, and the cells between two tabs.

    The title of the screen on show is always whole, and every key is there. The other titles come
    as there is room for them: short ones first, from the left, then whole ones once the tabs stand
    apart. So more room never shortens a title.
    """
    titles = [tab.title if tab.screen == active else "" for tab in tabs]

    def needed(gap: int) -> int:
        words = sum(
            len(tab.key) + bool(title) + len(title) for tab, title in zip(tabs, titles, strict=True)
        )
        return words + gap * (len(tabs) - 1)

    def lengthen(longer: Sequence[str], gap: int) -> bool:
        for place, title in enumerate(longer):
            if tabs[place].screen == active:
                continue
            before, titles[place] = titles[place], title
            if needed(gap) > width:
                titles[place] = before
                return False
        return True

    if not lengthen([tab.short for tab in tabs], _LEAST_GAP) or needed(_NARROW_GAP) > width:
        return titles, _LEAST_GAP
    whole = lengthen([tab.title for tab in tabs], _NARROW_GAP)
    return titles, _GAP if whole and needed(_GAP) <= width else _NARROW_GAP


class ScreenTabs(Painted):
    """Shows the tabs in order; the one on show stands out."""

    class Chosen(Message):
        """A screen was clicked."""

        def __init__(self, screen_name: str) -> None:
            """Tell which."""
            super().__init__()
            self.screen_name = screen_name

    def __init__(self, tabs: Sequence[Tab]) -> None:
        """Take the tabs in order."""
        super().__init__()
        self._tabs = tuple(tabs)
        self._active = ""

    def show_tabs(self, active: str) -> None:
        """Mark a screen as the current one."""
        if active != self._active:
            self._active = active
            self.refresh()

    def _placed(self) -> list[tuple[int, int, str, list[Part]]]:
        """Return (first cell, cell after, screen, parts) of each tab."""
        placed: list[tuple[int, int, str, list[Part]]] = []
        at = _MARGIN
        room = self.size.width - _MARGIN - 1
        titles, gap = fitted_titles(self._tabs, self._active, room)
        for tab, title in zip(self._tabs, titles, strict=True):
            role = "bold underline" if tab.screen == self._active else "dim"
            parts = [Part(tab.key, "key")]
            if title:
                parts.append(Part(f" {title}", role))
            size = width_of(parts)
            placed.append((at, at + size, tab.screen, parts))
            at += size + gap
        return placed

    def render_line(self, _y: int) -> Strip:
        """Paint the tabs."""
        width = self.size.width
        parts: list[Part] = []
        at = 0
        for first, after, _, tab in self._placed():
            parts += [Part(" " * (first - at)), *tab]
            at = after
        return self.to_strip(clip_parts(parts, width - 1), width, self.base_style)

    def on_click(self, event: events.Click) -> None:
        """Go to the screen that was clicked."""
        for first, after, screen, _ in self._placed():
            if first <= event.x < after:
                self.post_message(self.Chosen(screen))
