"""The bottom line: the keys that work here, from the bindings themselves, or a short message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from textual import events
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer

from engagewatch.tui.widgets.lines import Part, Parts, clip_parts, width_of
from engagewatch.tui.widgets.painted import Painted

MESSAGE_SECONDS = 5
_PINNED = ("help", "quit")
_GAP = 2


class KeyHint(NamedTuple):
    """One key as the bar shows it."""

    id: str
    key: str
    label: str
    action: str
    """The key to press for it."""


def hints(screen: Screen[Any], label_of: Callable[[str], str] = lambda _: "") -> list[KeyHint]:
    """Return the shown bindings that work now, those of the focused part first.

    ``label_of`` tells what the binding of an id does here, where the binding cannot know.
    """
    found: dict[str, KeyHint] = {}
    for key, (_, binding, enabled, _) in screen.active_bindings.items():
        identity = binding.id or binding.action
        if binding.show and enabled and identity not in found:
            display = binding.key_display or screen.app.get_key_display(binding)
            label = (label_of(identity) or binding.description).lower()
            found[identity] = KeyHint(identity, display, label, key)
    return list(found.values())


def place_hints(shown: list[KeyHint], width: int) -> list[tuple[int, KeyHint]]:
    """Return the hints that fit with the cell each starts at; help and quit always stay."""
    pinned = [hint for hint in shown if hint.id in _PINNED]
    others = [hint for hint in shown if hint.id not in _PINNED]
    reserved = sum(_size(hint) + _GAP for hint in pinned)
    placed: list[tuple[int, KeyHint]] = []
    at = 0
    for hint in others:
        if at + _size(hint) + _GAP + reserved > width + _GAP:
            break
        placed.append((at, hint))
        at += _size(hint) + _GAP
    for hint in pinned:
        placed.append((at, hint))
        at += _size(hint) + _GAP
    return placed


def _size(hint: KeyHint) -> int:
    return len(hint.key) + 1 + len(hint.label)


class KeyBar(Painted):
    """Shows keys; for a few seconds it may say something instead."""

    def __init__(self, label_of: Callable[[str], str]) -> None:
        """Start with the keys; ``label_of`` names those whose bindings cannot."""
        super().__init__()
        self._label_of = label_of
        self._message: Parts = ()
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Follow the bindings as focus and pages change."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _: object) -> None:
        self.refresh()

    @property
    def message(self) -> str:
        """What it says at the moment; empty while it shows keys."""
        return "".join(text for text, _ in self._message)

    def say(self, text: str, role: str = "accent") -> None:
        """Show a message for a few seconds."""
        self._message = (Part(text, role),)
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(MESSAGE_SECONDS, self._fall_silent)
        self.refresh()

    def _fall_silent(self) -> None:
        self._message = ()
        self._timer = None
        self.refresh()

    def render_line(self, _y: int) -> Strip:
        """Paint the keys or the message."""
        width = self.size.width
        parts: list[Part] = [Part("  ")]
        if self._message:
            parts += clip_parts(self._message, width - 3)
        else:
            for at, hint in place_hints(hints(self.screen, self._label_of), width - 3):
                space = at + 2 - width_of(parts)
                parts += [
                    Part(" " * space),
                    Part(hint.key, "key"),
                    Part(f" {hint.label}", "dim"),
                ]
        return self.to_strip(parts, width, self.base_style)

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        if self._message:
            self._fall_silent()
            return
        for at, hint in place_hints(hints(self.screen, self._label_of), self.size.width - 3):
            if at + 2 <= event.x < at + 2 + _size(hint):
                self.app.simulate_key(hint.action)
