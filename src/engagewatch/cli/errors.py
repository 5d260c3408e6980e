"""How a command gives up."""

from __future__ import annotations


class CommandError(Exception):
    """The command cannot go on; the message tells the user what to do about it."""

    def __init__(self, message: str, code: int = 2) -> None:
        """Give up with an exit code: 1 it failed, 2 wrong usage or configuration."""
        super().__init__(message)
        self.code = code


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The process was told to end."""

    def __init__(self, number: int) -> None:
        """``number`` is that of the signal."""
        super().__init__("stopped")
        self.code = 128 + number
        """The exit code a shell expects."""
