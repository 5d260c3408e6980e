"""Reading engagement files: every problem of every file at once, and the good files regardless."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engagewatch.config.ownership import is_writable_by_others
from engagewatch.config.problems import ConfigError, Problem
from engagewatch.model.engagement import Engagement

if TYPE_CHECKING:
    from engagewatch.config.cache import EngagementCache

LARGEST = 1_000_000
"""Bytes of an engagement file that are read; a longer one is some other file by mistake."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")


def is_engagement_id(text: str) -> bool:
    """Return whether ``text`` can name an engagement, and so its file."""
    return _ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a configuration directory holds."""

    engagements: tuple[Engagement, ...]
    problems: tuple[Problem, ...]


def engagement_files(config_dir: Path) -> list[Path]:
    """Return the engagement files of a configuration directory, in order of name."""
    return sorted(
        path
        for path in (config_dir / "engagements").glob("*.toml")
        if not path.name.startswith(".")
    )


def load_all(config_dir: Path, cache: EngagementCache | None = None) -> Loaded:
    """Load every engagement of a configuration directory; a bad file does not hide the others.

    Unchanged files are taken from ``cache``, and those validated anew are put into it.
    """
    engagements: list[Engagement] = []
    problems: list[Problem] = []
    for path in engagement_files(config_dir):
        try:
            engagements.append(load_engagement(path, cache))
        except ConfigError as error:
            problems.extend(error.problems)
    if cache is not None:
        cache.save()
    return Loaded(tuple(engagements), tuple(problems))


def load_engagement(path: Path, cache: EngagementCache | None = None) -> Engagement:
    """Load one engagement file.

    Raises:
        ConfigError: the file cannot be used; holds everything that is wrong with it.
    """
    text, writable_by_others = _read(path)
    # Whether commands may run depends on more than the text, so such a file is always checked.
    if cache is None or writable_by_others:
        return _validate(path, text, writable_by_others=writable_by_others)
    engagement = cache.get(path, text)
    if engagement is None:
        engagement = _validate(path, text, writable_by_others=False)
        cache.put(path, text, engagement)
    return engagement


def _validate(path: Path, text: str, *, writable_by_others: bool) -> Engagement:
    # These take long to import, and a start with unchanged files does without them.
    import tomli
    from pydantic import ValidationError

    from engagewatch.config.build import build
    from engagewatch.config.crosschecks import crosschecks, refused_commands
    from engagewatch.config.findings import findings
    from engagewatch.config.placing import place
    from engagewatch.config.schema import EngagementFile
    from engagewatch.config.syntax import syntax_problem

    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise ConfigError([syntax_problem(path, text, error)]) from None
    except RecursionError:
        raise ConfigError([Problem(path, 0, 0, "", "brackets are nested too deeply")]) from None
    between = crosschecks(document)
    if writable_by_others:
        between += refused_commands(document)
    try:
        file = EngagementFile.model_validate(document)
    except ValidationError as error:
        raise ConfigError(place(path, text, document, findings(error, document), between)) from None
    if between:
        raise ConfigError(place(path, text, document, [], between))
    return build(file, path)


def _read(path: Path) -> tuple[str, bool]:
    """Return the file's text, and whether anyone but the user could have written it."""
    if not is_engagement_id(path.stem):
        raise ConfigError(
            [
                Problem(
                    path,
                    0,
                    0,
                    "",
                    "the file's name is the engagement's id and may hold only letters, digits, "
                    "dots, dashes and underscores",
                    "rename it",
                )
            ]
        )
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            raw = file.read(LARGEST + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError([Problem(path, 0, 0, "", f"cannot be read: {reason}")]) from None
    if len(raw) > LARGEST:
        raise ConfigError([Problem(path, 0, 0, "", "is too large to be an engagement file")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        raise ConfigError(
            [Problem(path, line, column, "", "is not UTF-8 text", "save the file as UTF-8")]
        ) from None
    return text.replace("\r\n", "\n"), is_writable_by_others(status)
