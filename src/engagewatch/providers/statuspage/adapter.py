"""One public status page: components now, incidents, planned work, in whichever form it serves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import TypeAlias

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import Instant
from engagewatch.model.service import Component, ComponentState
from engagewatch.model.text import safe_text
from engagewatch.net.client import Client
from engagewatch.net.errors import SourceError
from engagewatch.providers.opened import root_of
from engagewatch.providers.registry import describe
from engagewatch.providers.status_page import NAME_LIMIT, StatusAdapter
from engagewatch.providers.statuspage.flavour import (
    INCIDENTS,
    MAINTENANCES,
    SUMMARY,
    Flavour,
    Word,
)
from engagewatch.providers.statuspage.incident_io import IncidentIoPage
from engagewatch.providers.statuspage.instatus import InstatusPage
from engagewatch.providers.statuspage.original import OriginalPage
from engagewatch.providers.statuspage.read import STATES, plain

_Open: TypeAlias = Callable[[Client, Word], Flavour]
_FLAVOURS: Mapping[str, _Open] = {
    "statuspage": OriginalPage,
    "instatus": InstatusPage,
    "incident_io": IncidentIoPage,
}
"""In the order in which they are tried where the settings do not tell: the richest first."""


class StatusPage(StatusAdapter):
    """One public page: the same for everybody, it takes no credential and names nobody."""

    streams = (SUMMARY, INCIDENTS, MAINTENANCES)

    def __init__(self, settings: SourceSettings, *_: object) -> None:
        """Prepare to read; nothing is requested yet."""
        super().__init__(settings, describe(settings), root_of(settings, "api/v2"))
        wanted = str(settings.options.get("flavour", "auto"))
        names = _FLAVOURS if wanted == "auto" else (wanted,)
        self._candidates = [_FLAVOURS[name](self._client, self._word) for name in names]

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield what the page shows in one of its lists.

        Raises:
            SourceError: it could not be read.
        """
        batch = await self._read(stream, cursor, now)
        if batch is not None:
            yield self._worded(batch)

    async def _listed(self) -> list[Component]:
        batch = await self._read(SUMMARY, None, 0)
        return list(batch.components) if batch is not None else []

    async def _read(self, stream: str, cursor: str | None, now: Instant) -> Batch | None:
        """Read by the first way that works, and by that way from then on."""
        first_problem: SourceError | None = None
        for flavour in self._candidates:
            try:
                batch = await flavour.read(stream, cursor, now)
            except SourceError as error:
                if error.failure is not Failure.CONTRACT or len(self._candidates) == 1:
                    raise
                first_problem = first_problem or error
            else:
                self._candidates = [flavour]
                return batch
        assert first_problem is not None
        raise first_problem

    def _word(self, word: str | None, name: str | None) -> ComponentState:
        state = STATES.get(plain(word))
        return state or self._state({}, word or "", safe_text(name or "", NAME_LIMIT))
