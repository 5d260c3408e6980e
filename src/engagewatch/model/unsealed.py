"""Frozen nouns, made fast.

A frozen dataclass sets each of its fields through ``object.__setattr__``; for a clock of sixteen
fields that costs more than all the counting behind it, and a first read makes a million events. So
where nouns are made by the million, a twin class with the same slots that is not frozen is filled
in, and then given its frozen class for good: ``thing.__class__ = Clock``.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar, cast

from engagewatch.model.clock import Clock, CourtTime, Standing
from engagewatch.model.ticket import Event, Ticket

_T = TypeVar("_T")


def _unsealed(frozen: type[_T]) -> type[_T]:
    """Return a class with the slots of ``frozen`` that is not frozen and takes every field.

    To the type checker it is ``frozen`` itself, which its objects are to become.
    """
    names = [field.name for field in fields(frozen)]  # type: ignore[arg-type]
    # The initialiser that a dataclass would write, without the rest of what makes one: that takes
    # milliseconds, and a command that prints one line needs these classes too.
    body = "".join(f"\n    self.{name} = {name}" for name in names)
    made: dict[str, Any] = {}
    exec(f"def __init__(self, {', '.join(names)}):{body}", made)  # noqa: S102 - our own names
    members = {"__slots__": tuple(names), "__init__": made["__init__"]}
    return cast("type[_T]", type(f"Unsealed{frozen.__name__}", (), members))


UnsealedClock = _unsealed(Clock)
UnsealedStanding = _unsealed(Standing)
UnsealedCourtTime = _unsealed(CourtTime)
UnsealedEvent = _unsealed(Event)
UnsealedTicket = _unsealed(Ticket)
