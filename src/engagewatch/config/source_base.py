"""What every ``[[sources]]`` table has, whatever its kind."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from engagewatch.config.fields import SecondsField, Table
from engagewatch.config.problems import RejectedError

SHORTEST_INTERVAL = 5
LONGEST_INTERVAL = 86400


def _interval(seconds: int) -> int:
    if not SHORTEST_INTERVAL <= seconds <= LONGEST_INTERVAL:
        raise RejectedError("polls are between 5 seconds and a day apart", 'the usual is "5m"')
    return seconds


RequestsField = Annotated[int, Field(ge=1, le=600)]


class SourceTable(Table):
    """What every source has."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$", examples=["desk"])]
    """Short name of the source; screens and messages use it."""
    interval: Annotated[SecondsField, AfterValidator(_interval)] = Field(
        default=300, examples=["5m"]
    )
    """Time between polls."""
