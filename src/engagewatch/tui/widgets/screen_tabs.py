"""The second line: the screens of an engagement and the keys that lead to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.message import Message
from textual.strip import Strip

from engagewatch.tui.glyphs import ELLIPSIS
from engagewatch.tui.widgets.lines import Part, clip_parts
from engagewatch.tui.widgets.painted import Painted

_MARGIN = 2
_MORE = f"{ELLIPSIS} "
"""Stands in place of the tabs that gave way."""


class ScreenTabs(Painted):
    """Shows (key, screen, title) triples; the one on screen stands out."""

    class Chosen(Message):
        """A screen was clicked."""

        def __init__(self, screen_name: str) -> None:
            """Tell which."""
            super().__init__()
            self.screen_name = screen_name

    def __init__(self, tabs: Sequence[tuple[str, str, str]]) -> None:
        """Take the tabs in order."""
        super().__init__()
        self._tabs = tuple(tabs)
        self._active = ""
        self._counts: dict[str, tuple[str, str]] = {}

    def show_tabs(self, active: str, counts: Mapping[str, tuple[str, str]] | None = None) -> None:
        """Mark a screen as the current one; ``counts`` gives (words, role) to stand beside some."""
        changed = dict(counts) if counts is not None else self._counts
        if (active, changed) != (self._active, self._counts):
            self._active, self._counts = active, changed
            self.refresh()

    def _placed(self) -> list[tuple[int, int, str, list[Part]]]:
        """Return (first cell, cell after, screen, parts) of each tab on show."""
        placed = self._in_a_row()
        last = next((after for _, after, screen, _ in placed if screen == self._active), 0)
        room = self.size.width - 1 - len(_MORE)
        if last <= room:
            return placed
        # The screen one is on is always named: the first ones give way.
        kept = [tab for tab in placed if last - tab[0] + _MARGIN + len(_MORE) <= room]
        offset = kept[0][0] - _MARGIN - len(_MORE) if kept else 0
        return [
            (first - offset, after - offset, screen, parts) for first, after, screen, parts in kept
        ]

    def _in_a_row(self) -> list[tuple[int, int, str, list[Part]]]:
        placed: list[tuple[int, int, str, list[Part]]] = []
        at = _MARGIN
        compact = sum(len(title) + 4 for _, _, title in self._tabs) + 12 > self.size.width
        for key, screen, title in self._tabs:
            active = screen == self._active
            parts = [Part(key, "key"), Part(f" {title}", "bold underline" if active else "dim")]
            words, role = self._counts.get(screen, ("", ""))
            if words:
                parts.append(Part(f" {words}", role))
            size = sum(len(text) for text, _ in parts)
            placed.append((at, at + size, screen, parts))
            at += size + (2 if compact else 3)
        return placed

    def render_line(self, _y: int) -> Strip:
        """Paint the tabs."""
        width = self.size.width
        parts: list[Part] = []
        at = 0
        placed = self._placed()
        if placed and placed[0][2] != self._tabs[0][1]:
            parts.append(Part(" " * _MARGIN + _MORE, "dim"))
            at = _MARGIN + len(_MORE)
        for first, after, _, tab in placed:
            parts += [Part(" " * (first - at)), *tab]
            at = after
        return self.to_strip(clip_parts(parts, width - 1), width, self.base_style)

    def on_click(self, event: events.Click) -> None:
        """Go to the screen that was clicked."""
        for first, after, screen, _ in self._placed():
            if first <= event.x < after:
                self.post_message(self.Chosen(screen))
