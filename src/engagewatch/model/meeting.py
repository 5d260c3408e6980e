"""Meetings of both sides, as a calendar tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side


class Answer(StrEnum):
    """What an invited person answered."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Invitee:
    """One person or role that was asked to come."""

    who: str
    """Address, name or role by which ``[[people]]`` knows them, in lower case."""
    name: str
    side: Side | None = None
    """``None`` where neither the calendar nor the engagement file tells."""
    required: bool = True
    answer: Answer = Answer.NONE
    attended: bool | None = None
    """``None`` while nobody recorded it: an accepted invitation is not attendance."""


@dataclass(frozen=True, slots=True)
class MeetingSeries:
    """A ``[[meetings]]`` row: who has to come to the meetings whose title matches."""

    name: str
    title: str
    """Compared without case; ``*`` stands for anything."""
    required: tuple[str, ...] = ()
    """Roles of ``[[people]]``, of either side."""
    attendance: float | None = None
    """Share of the required attendances to be kept, 0 to 1; ``None``: as ``[participation]``."""

    def covers(self, title: str) -> bool:
        """Return whether a meeting with that title belongs to the series."""
        return fnmatchcase(title.casefold(), self.title.casefold())


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting on one date."""

    id: str
    """Unique within its source and stable when the meeting is moved; of a series, with the date
    that the occurrence was first planned for."""
    title: str
    from_at: Instant
    until_at: Instant
    organiser: str = ""
    organised_by: Side | None = None
    called_off: bool = False
    invitees: tuple[Invitee, ...] = ()
    updated_at: Instant | None = None
    url: str = ""
