"""The clocks of both ledgers, and the statistics over them: pure functions without a present.

The names below are the public face, each loaded when first used:

- :class:`Calendar`, :func:`compile_calendar`: open seconds between instants, and due instants.
- :class:`Folder`, :func:`policy_version`: one ticket's events to its standing and clocks.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engagewatch.engine.calendars import Calendar, NeverOpenError, compile_calendar
    from engagewatch.engine.fold import Folder, policy_version

__all__ = ["Calendar", "Folder", "NeverOpenError", "compile_calendar", "policy_version"]

_HOMES = {
    "Calendar": "calendars",
    "NeverOpenError": "calendars",
    "compile_calendar": "calendars",
    "Folder": "fold",
    "policy_version": "fold",
}


def __getattr__(name: str) -> object:
    """Load a public name from its module when it is first asked for (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
