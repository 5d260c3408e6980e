"""The app: wiring only. What is shown lives in the pages, what surrounds them in the shell."""

from __future__ import annotations

import asyncio
import signal
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.reactive import reactive

from engagewatch.tui.context import TuiContext
from engagewatch.tui.crash import crash_report, keep_crash
from engagewatch.tui.reading import Reader, Views
from engagewatch.tui.shell import Shell
from engagewatch.tui.styles import THEMES
from engagewatch.tui.themes import DEFAULT_THEME, THEME_TITLES


def _commands() -> type[Provider]:
    from engagewatch.tui.palette import Commands

    return Commands


class EngagewatchApp(App[None]):
    """engagewatch in a terminal."""

    CSS_PATH = "engagewatch.tcss"
    TITLE = "engagewatch"
    COMMANDS: ClassVar = {_commands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+p",
            "command_palette",
            "Palette",
            show=False,
            id="palette",
            tooltip="Command palette",
        ),
        Binding("q,ctrl+q", "quit", "Quit", key_display="q", id="quit", tooltip="Quit"),
        # From anywhere, also from within help or the palette.
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True, id="leave", tooltip="Quit"),
    ]

    ascii_signs = reactive(False)

    def __init__(self, context: TuiContext, views: Views | None = None) -> None:
        """Show what ``views`` tells; it is opened from the context's store unless given."""
        super().__init__()
        self.context = context
        self.animation_level = "none"
        for theme in THEMES.values():
            self.register_theme(theme)
        self._start_with(context.theme if context.theme in THEME_TITLES else DEFAULT_THEME)
        self.set_reactive(EngagewatchApp.ascii_signs, context.ascii_signs)
        self.set_class(context.ascii_signs, "-ascii")
        self.reader = Reader(views or Views(context.open_store(), context.engagements))
        self.shell = Shell(context, self.reader)

    def _start_with(self, theme: str) -> None:
        # Set the usual way, it would have all style sheets read twice before the first frame.
        self.set_reactive(App.theme, theme)
        self.stylesheet.set_variables(self.get_css_variables())
        dark = self.current_theme.dark
        self.update_classes({"-dark-mode": dark, "-light-mode": not dark}, update=False)

    def get_default_screen(self) -> Shell:
        """Show the shell from the first frame on."""
        return self.shell

    def on_mount(self) -> None:
        """Leave the terminal as it was when asked to end from outside."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # What is ignored stays ignored: that is how nohup works.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self.exit, None, 128 + number)

    def action_toggle_signs(self) -> None:
        """Switch between drawn signs and ASCII."""
        self.ascii_signs = not self.ascii_signs

    def watch_ascii_signs(self) -> None:
        """Repaint everything with the other signs."""
        self.set_class(self.ascii_signs, "-ascii")
        self.refresh_css(animate=False)

    def _fatal_error(self) -> None:
        """Report a crash without the values of local variables."""
        error = self._exception
        report = "engagewatch stopped"
        if error is not None:
            kept = keep_crash(error, self.context.crash_file)
            report = crash_report(error, kept)
        from rich.text import Text

        self._exit_renderables.append(Text(report))
        self._close_messages_no_wait()
