"""Validated engagements, kept between runs so that a start need not validate unchanged files.

Validation imports pydantic, compiles the schema and looks up public holidays: several times what
everything else at start-up costs. An entry is used only while the file's text, its path and the
program's own code are exactly those it was made from, and nobody else can write to the cache; in
any other case the file is validated again. Secrets are not in it, as they are not in the files.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

import engagewatch
from engagewatch.config.ownership import is_writable_by_others
from engagewatch.model.engagement import Engagement

_FILE = "engagements.json"

_KINDS = {
    "baseline": ("Grade",),
    "clock": ("Obligation",),
    "credits": ("CreditRule", "Credits", "CreditShape", "CreditTier", "Fee", "Tripwire"),
    "engagement": (
        "Engagement", "Headcount", "NameDisplay", "Privacy", "Reach", "Role", "RunBy",
        "SecretKind", "SecretReference", "SourceSettings", "UptimePromise",
    ),
    "meeting": ("MeetingSeries",),
    "metric": ("Metric",),
    "plan": ("FloatRule", "Onboarding"),
    "policy": (
        "Amendment", "BusinessDay", "CalendarSpec", "CalendarVersion", "CountBy", "DateException",
        "Duration", "Participation", "Pause", "PriorityChange", "Relief", "Reopen",
        "ResolutionStop", "Rules", "ServiceLevel", "Window",
    ),
    "promise": ("PathShape", "PathStep", "Promise", "PromiseBaseline"),
    "sides": ("Side", "StatusMeaning"),
}  # fmt: skip
"""What may be made from the cache, by module: nothing but these, plain values, dates and paths.

A module is imported when something of it is met: few contracts have all of them.
"""

_MODULES = {name: module for module, names in _KINDS.items() for name in names}


def _kind(name: str) -> Any:
    """Return a class by its name.

    Raises:
        KeyError: nothing of that name may be made.
    """
    return getattr(import_module(f"engagewatch.model.{_MODULES[name]}"), name)


class EngagementCache:
    """The cache in one data directory. Read once; written back by :meth:`save` if it changed."""

    def __init__(self, data_dir: Path) -> None:
        """Read what ``data_dir`` holds; nothing usable means an empty cache."""
        self._path = data_dir / _FILE
        self._build = _build()
        self._entries = self._read()
        self._kept: dict[str, Any] = {}

    def get(self, path: Path, text: str) -> Engagement | None:
        """Return the engagement made from exactly this text at this path, if it is known."""
        key = str(path.absolute())
        entry = self._entries.get(key)
        if not isinstance(entry, dict) or entry.get("text") != text:
            return None
        try:
            found = _decode(entry["engagement"])
        except (KeyError, TypeError, ValueError, IndexError):
            return None
        if not isinstance(found, Engagement):
            return None
        self._kept[key] = entry
        return found

    def put(self, path: Path, text: str, validated: Engagement) -> None:
        """Remember what a text was validated to."""
        # A package's own options may hold what JSON cannot; such a file is validated every time.
        with suppress(TypeError):
            self._kept[str(path.absolute())] = {"text": text, "engagement": _encode(validated)}

    def save(self) -> None:
        """Write the entries used or made since the cache was read, if they are not those it held.

        A cache that cannot be written is no reason to stop; the next start is slower, that is all.
        """
        if self._kept == self._entries or not self._path.parent.is_dir():
            return
        new = self._path.with_name(f"{_FILE}.{os.getpid()}")
        with suppress(OSError):
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump({"build": self._build, "files": self._kept}, file, ensure_ascii=False)
            new.replace(self._path)

    def _read(self) -> dict[str, Any]:
        try:
            with self._path.open(encoding="utf-8") as file:
                if is_writable_by_others(os.fstat(file.fileno())):
                    return {}
                document = json.load(file)
        except (OSError, ValueError):
            return {}
        if not isinstance(document, dict) or document.get("build") != self._build:
            return {}
        files = document.get("files")
        return files if isinstance(files, dict) else {}


def _build() -> list[Any]:
    """Return what identifies the code that validates: a working copy changes between releases."""
    rooms = Path(engagewatch.__file__).parent
    newest = [
        max(entry.stat().st_mtime_ns for entry in os.scandir(rooms / room) if entry.is_file())
        for room in ("config", "model")
    ]
    return [engagewatch.__version__, sys.version, str(rooms), *newest]


def _encode(value: object) -> Any:
    """Return ``value`` as JSON holds it; what is no plain value becomes a list with its kind."""
    if isinstance(value, Enum):
        return [type(value).__name__, value.value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if is_dataclass(value):
        return [type(value).__name__, *(_encode(getattr(value, one.name)) for one in fields(value))]
    if isinstance(value, dict):
        return ["dict", *([_encode(key), _encode(item)] for key, item in value.items())]
    if isinstance(value, tuple | list):
        return [type(value).__name__, *(_encode(item) for item in value)]
    if type(value) is date:
        return ["date", value.isoformat()]
    if isinstance(value, Decimal):
        return ["decimal", str(value)]
    if isinstance(value, Path):
        return ["path", str(value)]
    raise TypeError(f"a {type(value).__name__} cannot be kept")


def _decode(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    kind, *items = value
    if kind == "dict":
        return {_decode(key): _decode(item) for key, item in items}
    if kind == "tuple":
        return tuple(_decode(item) for item in items)
    if kind == "list":
        return [_decode(item) for item in items]
    if kind == "date":
        return date.fromisoformat(items[0])
    if kind == "decimal":
        return Decimal(items[0])
    if kind == "path":
        return Path(items[0])
    return _kind(kind)(*(_decode(item) for item in items))
