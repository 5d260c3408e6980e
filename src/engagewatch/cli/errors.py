"""How a command gives up."""

from __future__ import annotations


class CommandError(Exception):
    """The command cannot go on; the message tells the user what to do about it."""

    def __init__(self, message: str, code: int = 2) -> None:
        """Give up with an exit code: 1 it failed, 2 wrong usage or configuration."""
        super().__init__(message)
        self.code = code
