"""What every adapter offers, and what is known of one without opening it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from engagewatch.model.engagement import Engagement, SourceKind, SourceSettings
from engagewatch.model.instants import Instant
from engagewatch.model.sides import StatusMeaning

if TYPE_CHECKING:
    from engagewatch.model.batch import Absence, Batch
    from engagewatch.model.ticket import Person


@dataclass(frozen=True, slots=True)
class Description:
    """What can be said of an adapter before it is opened."""

    name: str
    kind: SourceKind
    default_meanings: Mapping[str, StatusMeaning] = field(default_factory=dict)
    """Status (lower case) to meaning, before the engagement file's own overrides."""
    has_messages: bool = False
    """It tells who wrote when."""
    has_history: bool = False
    """It tells when a ticket's status changed."""
    requests_per_minute: int = 0
    """Polite default budget; 0 where nothing is requested over a network."""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One thing ``engagewatch check`` found out about a source."""

    ok: bool
    what: str
    """The thing checked, e.g. ``tickets``."""
    detail: str
    """What was read, or what failed and how to fix it; safe to print."""


class Adapter(Protocol):
    """An open source: reads its streams page by page, and writes nothing anywhere.

    The streams are pulled in the order listed: one that names people comes before the one whose
    records refer to them.
    """

    @property
    def description(self) -> Description:
        """What the adapter is."""
        ...

    @property
    def streams(self) -> tuple[str, ...]:
        """What to pull, in this order; each has a cursor of its own."""
        ...

    @property
    def requests(self) -> int:
        """HTTP requests made so far by this object."""
        ...

    def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield what is new in ``stream`` since ``cursor`` (``None``: from the beginning).

        Each batch carries the cursor that is true once the batch is stored; ``None`` leaves the
        stored one as it is. Nothing new gives no batch, or an empty one.

        Raises:
            SourceError: the source could not be read; what was yielded before stays good.
        """
        ...

    async def check(self) -> list[CheckLine]:
        """Try every stream with small requests and say what could be read; never raises."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class Backfilling(Protocol):
    """What an adapter adds that reads history in streams of its own.

    Each such stream has its own cursor. They are pulled after all the others and for a bounded time
    per poll, so that what is new never waits for what is old.
    """

    @property
    def backfill(self) -> frozenset[str]:
        """Those of :attr:`Adapter.streams` that walk through history."""
        ...


@runtime_checkable
class Sweeping(Protocol):
    """What an adapter adds that can be asked about tickets by id: deletions come to light so."""

    async def absent(self, ids: Sequence[str]) -> list[Absence]:
        """Return those of ``ids`` that the source does not show when asked for them.

        Only what the source itself calls missing is ``gone``; what may merely not be read is not.

        Raises:
            SourceError: the source could not be asked.
        """
        ...


class AdapterFactory(Protocol):
    """What a module must offer to be named under the entry point group ``engagewatch.adapters``."""

    def describe(self, settings: SourceSettings) -> Description:
        """Describe the adapter as configured. Must be cheap: no network, no heavy imports."""
        ...

    def open_adapter(
        self,
        settings: SourceSettings,
        engagement: Engagement,
        secret: str | None,
        people: Mapping[str, Person],
    ) -> Adapter:
        """Return an open adapter.

        ``people`` holds those already known from earlier polls, by id: a source that tells only of
        changed people does not repeat them.

        Raises:
            SourceError: the settings cannot work.
        """
        ...
