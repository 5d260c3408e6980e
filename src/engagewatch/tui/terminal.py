"""The terminal that the app runs in, which may go away without a signal."""

from __future__ import annotations

import signal
import sys
from typing import Any

from textual.app import App


class Terminal:
    """Watches over the terminal of an app, if it has one."""

    def __init__(self, app: App[Any]) -> None:
        """Note whether there is a terminal now."""
        self._app = app
        self._is_there = not app.is_headless and sys.stdin.isatty()

    def leave_if_gone(self) -> None:
        """End the app where the terminal went away, instead of reading it for ever."""
        if self._is_there and not sys.stdin.isatty():
            self._app.exit(return_code=128 + signal.SIGHUP)
