"""``engagewatch.toml``, beside the engagements folder: how the terminal interface looks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engagewatch.config.problems import ConfigError, Problem, RejectedError

FILE = "engagewatch.toml"


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the terminal interface looks."""

    theme: str | None = None
    """Name of a theme; ``None`` takes the usual one."""
    ascii: bool = False
    """Draw with ASCII only."""


def load_preferences(config_dir: Path, themes: Collection[str]) -> Preferences:
    """Return the preferences kept in a configuration directory; the usual ones if there are none.

    Raises:
        ConfigError: the file cannot be used; holds everything that is wrong with it.
    """
    path = config_dir / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Preferences()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError([Problem(path, 0, 0, "", f"cannot be read: {reason}")]) from None

    import tomli

    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        from engagewatch.config.syntax import syntax_problem

        raise ConfigError([syntax_problem(path, text, error)]) from None
    found: dict[str, Any] = {}
    problems = []
    for key, value in document.items():
        try:
            found[key] = _read(key, value, themes)
        except RejectedError as error:
            problems.append(_problem(path, text, key, error))
    if problems:
        raise ConfigError(problems)
    return Preferences(**found)


def _read(key: str, value: object, themes: Collection[str]) -> object:
    from engagewatch.config.suggestions import did_you_mean, one_of

    if key == "theme":
        if value in themes:
            return value
        hint = did_you_mean(value, themes) if isinstance(value, str) else ""
        raise RejectedError("there is no such theme", hint or f"use {one_of(themes)}")
    if key == "ascii":
        if isinstance(value, bool):
            return value
        raise RejectedError("this must be true or false, without quotes", "write ascii = true")
    known = ("theme", "ascii")
    hint = did_you_mean(key, known) or f"there are {', '.join(known)}"
    raise RejectedError("there is no such key here", hint)


def _problem(path: Path, text: str, key: str, error: RejectedError) -> Problem:
    from engagewatch.config.positions import Positions

    line, column = Positions(text).of_key([key])
    return Problem(path, line, column, key, error.message, error.suggestion)
