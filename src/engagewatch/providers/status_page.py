"""What adapters of status sources share: an opening check, words nobody knows, batches, windows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from msgspec import field

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, Instant
from engagewatch.model.service import (
    Component,
    ComponentState,
    Incident,
    Maintenance,
    StateSpan,
)
from engagewatch.model.text import safe_text
from engagewatch.net.errors import SourceError
from engagewatch.providers.access import basic_or_bearer
from engagewatch.providers.base import CheckLine, Description
from engagewatch.providers.cursors import Cursor
from engagewatch.providers.opened import HttpAdapter
from engagewatch.providers.wire import each

NAME_LIMIT = 200
PLANNED_AHEAD = 2 * 366 * DAY
"""How far ahead planned work is believed."""
_WORD_LIMIT = 40

_T = TypeVar("_T")


class Known(Cursor, frozen=True):
    """The cursor of a list of incidents: what need not be read again."""

    newest: int = -1
    """The highest number read."""
    open: list[str] = field(default_factory=list)


class StatusAdapter(HttpAdapter):
    """An open status source; the first of its streams lists the components."""

    streams: tuple[str, ...]

    def __init__(
        self,
        settings: SourceSettings,
        description: Description,
        base_url: str,
        secret: str | None = None,
        *,
        forbidden_advice: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare to read below ``base_url``; nothing is requested yet."""
        shown = basic_or_bearer(settings.user, secret) if secret else None
        super().__init__(settings, base_url, shown, forbidden_advice, headers=headers)
        self.description = description
        self._settings = settings
        self._unknown_words: dict[str, str] = {}
        """By component's name, the word of its state that nobody knows."""

    def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield what is new in a stream."""
        raise NotImplementedError

    async def check(self) -> list[CheckLine]:
        """List the components once and say what there is; never raises."""
        what = self.streams[0]
        try:
            listed = await self._listed()
        except SourceError as error:
            return [CheckLine(False, what, error.message)]
        return [components_line(what, listed), *self._words_line(what)]

    async def _listed(self) -> list[Component]:
        """Return the components that are listed now.

        Raises:
            SourceError: they cannot be read.
        """
        raise NotImplementedError

    def _state(
        self, meanings: Mapping[str, ComponentState], word: object, of: str
    ) -> ComponentState:
        """Return the state a source's word stands for.

        A word without a meaning is unknown, and kept as it is for :meth:`_worded` and the check.
        """
        state = meanings.get(str(word).lower())
        if state is None:
            self._unknown_words[of] = safe_text(str(word), _WORD_LIMIT)
            return ComponentState.UNKNOWN
        self._unknown_words.pop(of, None)
        return state

    def _worded(self, batch: Batch) -> Batch:
        """Return a batch with the source's own words for states that nobody knows."""
        words = self._unknown_words
        components = tuple(
            replace(one, word=words.get(one.name, ""))
            if one.state is ComponentState.UNKNOWN
            else one
            for one in batch.components
        )
        return replace(batch, components=components)

    def _words_line(self, what: str) -> list[CheckLine]:
        if not self._unknown_words:
            return []
        words = ", ".join(f'"{word}" ({of})' for of, word in sorted(self._unknown_words.items()))
        detail = f"states this adapter has no meaning for are shown as unknown: {words}"
        return [CheckLine(False, what, safe_text(detail, 500))]


def components_line(what: str, components: Iterable[Component]) -> CheckLine:
    """Return what there is to watch, with the first few by name."""
    names = [component.name for component in components]
    more = ", ..." if len(names) > 5 else ""
    detail = f"{len(names)} components: {', '.join(names[:5])}{more}"
    return CheckLine(bool(names), what, detail if names else "no component is listed")


def components_batch(
    stream: str,
    components: Iterable[Component],
    refused: Sequence[Refused],
    at: Instant,
    *,
    records: int,
    spans: Iterable[StateSpan] = (),
    cursor: str | None = None,
) -> Batch:
    """Return the batch of all components there are, and of what is known of their past.

    Raises:
        SourceError: not one could be read. An empty list would say that every component is gone.
    """
    listed = tuple(components)
    if refused and not listed:
        raise SourceError(Failure.CONTRACT, f"no component can be read: {refused[0].reason}")
    return Batch(
        stream,
        cursor,
        components=listed,
        refused=tuple(refused),
        records=records,
        server_time=at,
        spans=tuple(spans),
        observed=True,
    )


def incidents_batch(
    stream: str,
    wires: Iterable[_T],
    refused: Sequence[Refused],
    read: Callable[[_T], Incident],
    at: Instant,
    *,
    are_all_open: bool = False,
) -> Batch:
    """Return the batch of a list of incidents; ``are_all_open``: what is not in it is over."""
    incidents, more = each(wires, "incident", read)
    # One that cannot be read may be open, so the others cannot be told to be over.
    lists_open = are_all_open and not refused and not more
    told = tuple(incidents)
    return replace(
        _listed(stream, len(told), (*refused, *more), at), incidents=told, lists_open=lists_open
    )


def maintenances_batch(
    stream: str,
    wires: Iterable[_T],
    refused: Sequence[Refused],
    read: Callable[[_T], Maintenance],
    at: Instant,
) -> Batch:
    """Return the batch of a list of planned work."""
    works, more = each(wires, "maintenance", read)
    return replace(_listed(stream, len(works), (*refused, *more), at), maintenances=tuple(works))


def _listed(stream: str, good: int, refused: tuple[Refused, ...], at: Instant) -> Batch:
    return Batch(stream, None, refused=refused, records=good + len(refused), server_time=at)


def window(from_at: Instant | None, until_at: Instant | None) -> tuple[Instant, Instant]:
    """Return the window of planned work.

    Raises:
        ValueError: it is none.
    """
    if from_at is None or until_at is None or until_at < from_at:
        raise ValueError("its window is missing or ends before it begins")
    return from_at, until_at
