"""Problems: what is wrong with a configuration file, where, and how to put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one file. Holds no value that may be secret."""

    path: Path
    line: int
    """Counted from 1; 0 where the problem is the file as a whole."""
    column: int
    key: str
    """Where in the file's structure, e.g. ``sla[P1].calendar``; empty for the file as a whole."""
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        """Return ``file:line:column: key: message (suggestion)``."""
        place = f"{self.path}:{self.line}:{self.column}" if self.line else str(self.path)
        key = f"{self.key}: " if self.key else ""
        suggestion = f" ({self.suggestion})" if self.suggestion else ""
        return f"{place}: {key}{self.message}{suggestion}"


class ConfigError(Exception):
    """A file cannot be used; carries everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep ``problems`` in the order of the file."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class RejectedError(ValueError):
    """A value that cannot be accepted, in plain words and without repeating a secret."""

    def __init__(self, message: str, suggestion: str = "", at: tuple[str | int, ...] = ()) -> None:
        """Say what is wrong, how to fix it, and where below the value being read it is."""
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion
        self.at = at


class ManyRejectedError(ValueError):
    """Several rejections found in one value."""

    def __init__(self, items: Iterable[RejectedError]) -> None:
        """Keep every rejection."""
        self.items = tuple(items)
        super().__init__("; ".join(item.message for item in self.items))
