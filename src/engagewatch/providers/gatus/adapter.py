"""One Gatus instance.

Its latest results, a hundred unless set up otherwise, cover the time between polls. Where they do
not reach back to the last poll, an endpoint's events and hourly response times are asked for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from itertools import chain
from urllib.parse import quote

from msgspec.json import Decoder

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import Instant
from engagewatch.model.service import Component, ComponentState, StateSpan
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Person
from engagewatch.net.errors import SourceError
from engagewatch.providers.gatus.events import STATES, Turn, spans_of_turns, watched_stretches
from engagewatch.providers.gatus.wire import Endpoint, Event, Hours, Result
from engagewatch.providers.listing import Listing
from engagewatch.providers.opened import root_of
from engagewatch.providers.registry import describe
from engagewatch.providers.samples import Sample, latest_state, spans_of, usual_interval
from engagewatch.providers.status_page import NAME_LIMIT, StatusAdapter, components_batch
from engagewatch.providers.wire import PageFormat, instant, latest_credible, read_each

ENDPOINTS = "endpoints"
_PAGE_SIZE = 100

_PAGE = Listing(Endpoint, "endpoint", "the list of endpoints")
_ONE = PageFormat(Endpoint, Endpoint, "the endpoint")
_HOURS = PageFormat(Hours, Hours, "the list of response times")

_result = Decoder(Result)
_event = Decoder(Event)


@dataclass(frozen=True, slots=True)
class _Watched:
    """An endpoint with its latest results."""

    key: str
    """As the API names it."""
    component: Component
    samples: list[Sample]
    refused: list[Refused]


class Gatus(StatusAdapter):
    """One instance."""

    streams = (ENDPOINTS,)

    def __init__(
        self,
        settings: SourceSettings,
        engagement: Engagement,  # noqa: ARG002 - what is watched is the same for everybody
        secret: str | None,
        people: Mapping[str, Person],  # noqa: ARG002 - it names nobody
    ) -> None:
        """Prepare to read; nothing is requested yet."""
        super().__init__(
            settings,
            describe(settings),
            f"{root_of(settings, 'api/v1')}/api/v1/endpoints",
            secret,
            forbidden_advice="ask for the name and password that protect the instance",
        )

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the endpoints with what their probes saw.

        Raises:
            SourceError: the instance could not be read.
        """
        watched, refused, at = await self._watched(now)
        polled_at = None if cursor is None else int(cursor)
        spans: list[StateSpan] = []
        for one in watched:
            spans += spans_of(one.component.id, one.samples, usual_interval(one.samples))
            first = min((at for at, _ in one.samples), default=at)
            if polled_at is None or polled_at < first:
                spans += await self._before(one, first, at)
        yield components_batch(
            stream,
            [one.component for one in watched],
            [*refused, *chain.from_iterable(one.refused for one in watched)],
            at,
            records=sum(len(one.samples) for one in watched),
            spans=spans,
            cursor=str(at),
        )

    async def _listed(self) -> list[Component]:
        watched, _, _ = await self._watched(0)
        return [one.component for one in watched]

    async def _watched(self, now: Instant) -> tuple[list[_Watched], list[Refused], Instant]:
        answer = await self._client.get("statuses", {"page": 1, "pageSize": _PAGE_SIZE})
        at = answer.server_time or now
        rows = _PAGE.decode(answer)
        watched = [self._read(one, place, at) for place, one in enumerate(rows.found)]
        return watched, rows.refused, at

    def _read(self, wire: Endpoint, place: int, now: Instant) -> _Watched:
        key = safe_text(wire.key, NAME_LIMIT)
        name = safe_text(wire.name or "", NAME_LIMIT) or key

        def sample(result: Result) -> Sample:
            if result.success is None:
                return _moment(result.timestamp, now), ComponentState.UNKNOWN
            state = ComponentState.UP if result.success else ComponentState.DOWN
            return _moment(result.timestamp, now), state

        samples, refused = read_each(wire.results or (), _result, f"result of {name},", sample)
        state = latest_state(samples, usual_interval(samples), now)
        group = safe_text(wire.group or "", NAME_LIMIT)
        return _Watched(wire.key, Component(key, name, state, group, place), samples, refused)

    async def _before(self, one: _Watched, first: Instant, now: Instant) -> list[StateSpan]:
        """Return what is known of an endpoint before its oldest result, as far as hours tell."""
        key = quote(one.key, safe="")
        try:
            answer = await self._client.get(f"{key}/response-times/24h/history")
            hours = _HOURS.decode(answer.body)
            answer = await self._client.get(f"{key}/statuses", {"page": 1, "pageSize": 1})
            events = _ONE.decode(answer.body).events or ()
        except SourceError as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                # Older versions have no such list, and a deleted endpoint has nothing.
                return []
            raise

        def turn(event: Event) -> Turn:
            return _moment(event.timestamp, now), STATES.get(event.type, ComponentState.UNKNOWN)

        turns, _ = read_each(events, _event, "event", turn)
        # An hour without probes may be listed with a response time of nothing.
        probed = (
            milliseconds // 1000
            for milliseconds, value in zip(hours.timestamps, hours.values, strict=False)
            if value > 0
        )
        return spans_of_turns(one.component.id, turns, watched_stretches(probed), first)


def _moment(text: str, now: Instant) -> Instant:
    """Return the second of a time that is given to the nanosecond.

    Raises:
        ValueError: it cannot be used.
    """
    at = instant(text, latest_credible(now))
    if at is None:
        raise ValueError("its time cannot be used")
    return at
