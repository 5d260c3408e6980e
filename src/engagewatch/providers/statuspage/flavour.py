"""What the ways of reading a status page have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from engagewatch.model.batch import Batch
from engagewatch.model.instants import Instant
from engagewatch.model.service import ComponentState

SUMMARY, INCIDENTS, MAINTENANCES = "summary", "incidents", "scheduled_maintenances"

Word: TypeAlias = Callable[[str | None, str | None], ComponentState]
"""Returns the state a page's word stands for; takes the word, and the component's name."""


class Flavour(Protocol):
    """One way of reading a page."""

    async def read(self, stream: str, cursor: str | None, now: Instant) -> Batch | None:
        """Return what the page shows in one of its lists, ``None`` where that did not change.

        Raises:
            SourceError: it could not be read.
        """
        ...
