"""The command palette: every binding that works here, the themes and the engagements."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from engagewatch.tui.pages import SCREENS
from engagewatch.tui.themes import THEME_TITLES

if TYPE_CHECKING:
    from engagewatch.tui.shell import Shell


_MOVES = ("list-", "table-")
"""Bindings that move about in a list are for the keys alone."""


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the palette."""

    title: str
    key: str
    run: Callable[[], object]


class Commands(Provider):
    """Derives its commands from the bindings, so that the palette never disagrees with the keys."""

    def _commands(self) -> Iterable[Command]:
        app = self.app
        shell = cast("Shell", app.screen_stack[0])
        seen = set()
        for key, (_, binding, enabled, _) in self.screen.active_bindings.items():
            identity = binding.id or binding.action
            moves = identity.startswith(_MOVES)
            if enabled and binding.tooltip and identity not in seen and not moves:
                seen.add(identity)
                display = app.get_key_display(binding)
                yield Command(binding.tooltip, display, partial(app.simulate_key, key))
        # A page may use the key of a screen for something of its own.
        for kind in SCREENS:
            if kind.key and f"visit-{kind.name}" not in seen and shell.engagement is not None:
                run = partial(shell.action_visit, kind.name)
                yield Command(f"{kind.title}: {kind.about}", "", run)
        for name, title in THEME_TITLES.items():
            yield Command(f"Theme: {title}", "", partial(setattr, app, "theme", name))
        switch_signs = partial(app.run_action, "toggle_signs")
        yield Command("Switch between drawn and ASCII signs", "", switch_signs)
        for engagement in shell.engagements:
            yield Command(
                f"Go to {engagement.name}", "", partial(shell.enter_engagement, engagement.id)
            )

    async def discover(self) -> Hits:
        """Offer everything, in order."""
        for command in self._commands():
            yield DiscoveryHit(_display(command), command.run, text=command.title)

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.title)
            if score > 0:
                yield Hit(score, _display(command), command.run, text=command.title)


def _display(command: Command) -> Content:
    title = Content(command.title)
    return title + Content(f"   {command.key}").stylize("dim") if command.key else title
