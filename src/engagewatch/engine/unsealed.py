"""Frozen results, made fast.

A frozen dataclass sets each of its fields through ``object.__setattr__``; for a clock of sixteen
fields that costs more than all the counting behind it. So a fold fills in a twin class with the
same slots that is not frozen, and then gives the object its frozen class for good.
"""

from __future__ import annotations

from dataclasses import fields, make_dataclass
from typing import TypeVar, cast

from engagewatch.model.clock import Clock, CourtTime, Standing

_T = TypeVar("_T")


def _unsealed(frozen: type[_T]) -> type[_T]:
    """Return a class with the fields and slots of ``frozen`` that is not frozen.

    To the type checker it is ``frozen`` itself, which its objects are to become:
    ``thing.__class__ = frozen``.
    """
    names = [field.name for field in fields(frozen)]  # type: ignore[arg-type]
    twin = make_dataclass(f"Unsealed{frozen.__name__}", names, slots=True, eq=False, repr=False)
    return cast("type[_T]", twin)


UnsealedClock = _unsealed(Clock)
UnsealedStanding = _unsealed(Standing)
UnsealedCourtTime = _unsealed(CourtTime)
