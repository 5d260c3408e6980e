"""Flags: what needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side


class Severity(IntEnum):
    """How much a flag matters; orders the brief."""

    NOTICE = 1
    ATTENTION = 2
    URGENT = 3


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that needs a person, with its evidence and its next step."""

    rule: str
    """Which rule raised it, e.g. ``client_reply_overdue``."""
    key: str
    """Stable identity of the thing flagged, so that it can be acknowledged."""
    severity: Severity
    side: Side
    """Whose move it is."""
    title: str
    detail: str
    next_step: str
    since: Instant | None = None
    owner: str | None = None
    weight: float = 0.0
    """Consequence within its severity: larger comes first."""
    ticket: tuple[str, str] | None = None
    """(source, ticket id) of the evidence, where it is one ticket."""
    screen: str = ""
    """Which screen shows the evidence otherwise: ``services``, ``sla``, ``sources``, ..."""
    about: str = ""
    """Subject of the item on the list of what waits on the client that it is about, if any.

    What is entered about that item holds for the flag, and the other way round.
    """

    @property
    def subject(self) -> str:
        """Under which something is entered about it."""
        return self.about or self.key
