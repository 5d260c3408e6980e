"""An open source that is read by HTTP: what every such adapter does alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from typing import TypeAlias

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import Instant
from engagewatch.net.client import Answer, Client, Limits
from engagewatch.net.errors import SourceError
from engagewatch.providers.access import started_at
from engagewatch.providers.base import CheckLine
from engagewatch.providers.exclusion import Exclusion
from engagewatch.providers.registry import describe

UNREADABLE = frozenset({403, 404})
"""How a server says that something is not there, or not for this account."""
GONE = 404

Reading: TypeAlias = Callable[[str | None, Instant], AsyncIterator[Batch]]
"""Reads a stream from its cursor on; the instant is now."""


class HttpAdapter:
    """One source, read with one client."""

    def __init__(
        self,
        settings: SourceSettings,
        base_url: str,
        authorization: str | None = None,
        advice: str = "",
        *,
        searches: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare to read below ``base_url``; nothing is requested yet.

        ``advice`` says what to ask for if the credential may not read something. ``searches`` are
        paths that read although they are asked by POST. ``headers`` go with every request.
        """
        self.description = describe(settings)
        self._client = Client(
            base_url,
            Limits(settings.requests_per_minute or self.description.requests_per_minute),
            authorization=authorization,
            reach=settings.reach,
            forbidden_advice=advice,
            searches=searches,
            headers=headers,
        )
        self._unreadable: set[str] = set()
        """Kinds of things that the account may not read at all."""

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._client.requests

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _optional(
        self, what: str, path: str, query: Mapping[str, str | int] | None = None
    ) -> Answer | None:
        """Return an answer, ``None`` where there is none or the account may not read such things.

        Raises:
            SourceError: the source could not be asked.
        """
        if what in self._unreadable:
            return None
        try:
            return await self._client.get(path, query)
        except SourceError as error:
            if error.status not in UNREADABLE:
                raise
            if error.status != GONE:
                self._unreadable.add(what)
            return None


class TicketAdapter(HttpAdapter):
    """One ticketing source."""

    def __init__(
        self,
        settings: SourceSettings,
        engagement: Engagement,
        below: str,
        authorization: str,
        advice: str,
        *,
        searches: Iterable[str] = (),
    ) -> None:
        """Prepare to read what ``engagement`` covers, ``below`` the configured address.

        See :class:`HttpAdapter`.
        """
        self._root = root_of(settings, below)
        url = f"{self._root}/{below}"
        super().__init__(settings, url, authorization, advice, searches=searches)
        self._started = started_at(engagement)
        self._exclusion = Exclusion(engagement.privacy)
        self._prepared = False

    @property
    def streams(self) -> tuple[str, ...]:
        """What to pull, in this order."""
        return tuple(self._readings())

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the pages of one stream since ``cursor``.

        Raises:
            SourceError: a page could not be read; those before it stay good.
        """
        reading = self._readings()[stream]
        await self._ready()
        async for batch in reading(cursor, now):
            yield batch

    def _readings(self) -> Mapping[str, Reading]:
        """Return how each stream is read, by its name."""
        raise NotImplementedError

    async def _ready(self) -> None:
        if not self._prepared:
            await self._prepare()
            self._prepared = True

    async def _prepare(self) -> None:
        """Learn what has to be known before anything is read; called once."""


def root_of(settings: SourceSettings, *endings: str) -> str:
    """Return the configured address without a slash, and without ``endings`` that it may have."""
    root = settings.url.rstrip("/")
    for ending in endings:
        root = root.removesuffix(f"/{ending}")
    return root


async def unless(
    asking: Awaitable[Answer], statuses: Collection[int] = UNREADABLE
) -> Answer | None:
    """Return the answer, ``None`` where it is an error of one of ``statuses``.

    Raises:
        SourceError: it is another error.
    """
    try:
        return await asking
    except SourceError as error:
        if error.status not in statuses:
            raise
        return None


async def tried(
    what: str, asking: Awaitable[object], told: str = "can be read", without: str = ""
) -> CheckLine:
    """Return what came of a small request; ``without`` says what is missed if it cannot be made."""
    try:
        await asking
    except SourceError as error:
        return CheckLine(False, what, f"{error.message}; {without}" if without else error.message)
    return CheckLine(True, what, told)
