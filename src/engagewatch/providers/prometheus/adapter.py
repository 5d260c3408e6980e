"""One metric that is 1 while a target is up and 0 while it is not.

Each query asks for the share of good samples in windows as long as the scrape interval. A window
without a sample has no value at all: a target that vanished, or a Prometheus that was down, leaves
a gap and not an outage.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant
from engagewatch.model.service import Component, ComponentState, StateSpan
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import Person
from engagewatch.net.errors import SourceError
from engagewatch.providers.base import CheckLine, Description
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.prometheus.windows import (
    Range,
    component_id,
    ranges,
    spans_of_windows,
    state_of,
    window_length,
)
from engagewatch.providers.prometheus.wire import Envelope, Series
from engagewatch.providers.status_page import NAME_LIMIT, StatusAdapter, components_line
from engagewatch.providers.wire import PageFormat, read_each

TARGETS = "targets"
MOST_POINTS = 10_000
"""Steps of one query; Prometheus refuses more than 11,000 for a series."""
_MOST_VALUES = 200_000
"""Values of one answer, over all series."""
_OVERLAP = 5 * MINUTE
"""What is read again at each poll: samples may come in late."""

_TENANT = "X-Scope-OrgID"
"""The header by which Mimir, Cortex and Loki tell tenants apart."""

_ANSWER = PageFormat(Envelope[Series], Envelope[Raw], "the answer to a query")
_series = Decoder(Series)


def describe(settings: SourceSettings) -> Description:
    """Describe the adapter."""
    return BUILT_IN["prometheus"](settings)


def open_adapter(
    settings: SourceSettings,
    engagement: Engagement,  # noqa: ARG001 - metrics are the same for everybody
    secret: str | None,
    people: Mapping[str, Person],  # noqa: ARG001 - it names nobody
) -> Prometheus:
    """Return the adapter of one metric."""
    return Prometheus(settings, secret)


@dataclass(slots=True)
class _Target:
    """A series, and when it was last seen in which state."""

    labels: Mapping[str, str]
    at: Instant
    state: ComponentState


class Prometheus(StatusAdapter):
    """One metric of one server."""

    streams = (TARGETS,)

    def __init__(self, settings: SourceSettings, secret: str | None) -> None:
        """Prepare to read; nothing is requested yet."""
        root = settings.url.rstrip("/").removesuffix("/api/v1")
        options = settings.options
        tenant = options.get("tenant")
        super().__init__(
            settings,
            describe(settings),
            f"{root}/api/v1",
            secret,
            forbidden_advice="ask for read access to the query API; with several tenants, that "
            "tenant names yours",
            headers={} if tenant is None else {_TENANT: str(tenant)},
        )
        self._selector = str(options.get("selector", "probe_success"))
        self._label = str(options.get("label", "instance"))
        self._group_label = str(options.get("group_label", "job"))
        backfill = options.get("backfill")
        self._backfill = backfill if isinstance(backfill, int) else 15 * DAY

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield what the probes saw since ``cursor``, and at the end which targets there are.

        Raises:
            SourceError: a query was not answered.
        """
        step, number, at = await self._window(now)
        if not number:
            # A metric nobody knows is an empty success; nothing is watched, and nothing is down.
            yield Batch(stream, None, server_time=at, observed=True)
            return
        overlap = max(_OVERLAP, 3 * step)
        start = at - self._backfill if cursor is None else int(cursor) - overlap
        points = max(min(MOST_POINTS, _MOST_VALUES // number), 60)
        targets: dict[str, _Target] = {}
        todo = ranges(min(start, at - overlap), at, step, points)
        for part in todo:
            is_last = part is todo[-1]
            spans, refused, records = await self._read_range(part, targets, is_last=is_last)
            if cursor is None and part is todo[0]:
                # Before a series began there is nothing to say of it.
                spans = [span for span in spans if span.from_at > part.start or _is_known(span)]
            listed: tuple[Component, ...] = ()
            if is_last:
                # A series that has no fresh sample has vanished: that is not zero.
                present = {key: one for key, one in targets.items() if part.end - one.at <= overlap}
                listed = self._components(present)
            yield Batch(
                stream,
                str(part.end),
                components=listed,
                spans=tuple(spans),
                refused=tuple(refused),
                records=records,
                server_time=at if is_last else None,
                observed=is_last,
            )

    async def check(self) -> list[CheckLine]:
        """Say what is watched, and how much of the last day there are samples for."""
        try:
            lately, labels, _ = await self._counts("1h", 0)
            counts, _, _ = await self._counts("1d", 0)
        except SourceError as error:
            return [CheckLine(False, TARGETS, error.message)]
        if not lately:
            detail = f"no target: nothing in the last hour matches {self._selector}"
            return [CheckLine(False, TARGETS, safe_text(detail))]
        unknown = ComponentState.UNKNOWN
        listed = self._components({key: _Target(labels[key], 0, unknown) for key in lately})
        expected = max(lately.values()) * DAY / HOUR
        shares = {one.name: min(counts.get(one.id, 0) / expected, 1.0) for one in listed}
        least = min(shares, key=shares.__getitem__)
        detail = (
            f"samples for {shares[least]:.0%} of the last day at the least ({least}); "
            "the rest is unknown"
        )
        return [components_line(TARGETS, listed), CheckLine(True, "coverage", safe_text(detail))]

    async def _window(self, now: Instant) -> tuple[int, int, Instant]:
        """Return the length of a window, the number of series, and the server's now."""
        latest, _, at = await self._query("query", {"query": f"{self._selector}[10m]"}, now)
        times = [[moment for moment, _ in one.values] for one in latest]
        if any(len(one) > 1 for one in times):
            return window_length(times, 0), len(latest), at
        counts, _, at = await self._counts("1h", now)
        return window_length((), max(counts.values(), default=0)), len(counts), at

    async def _counts(
        self, window: str, now: Instant
    ) -> tuple[dict[str, float], dict[str, Mapping[str, str]], Instant]:
        """Return how many samples each series has in the window until the server's now, its
        labels, and that now: clocks may differ.
        """
        query = {"query": f"count_over_time({self._selector}[{window}])"}
        found, refused, at = await self._query("query", query, now)
        if refused and not found:
            raise SourceError(
                Failure.CONTRACT, f"no series of the answer can be read: {refused[0].reason}"
            )
        counts = {
            component_id(one.metric): float(one.value[1]) for one in found if one.value is not None
        }
        return counts, {component_id(one.metric): one.metric for one in found}, at

    async def _read_range(
        self, part: Range, targets: dict[str, _Target], *, is_last: bool
    ) -> tuple[list[StateSpan], list[Refused], int]:
        query: dict[str, str | int] = {
            "query": f"avg_over_time({self._selector}[{part.step}s])",
            "start": part.start + part.step,
            "end": part.end,
            "step": part.step,
        }
        found, refused, _ = await self._query("query_range", query, part.end)
        spans: list[StateSpan] = []
        for one in found:
            key = component_id(one.metric)
            windows = [(round(at), state_of(value)) for at, value in one.values]
            spans += spans_of_windows(key, windows, part, is_last=is_last)
            if windows:
                at, state = windows[-1]
                targets[key] = _Target(one.metric, at, state)
        return spans, refused, sum(len(one.values) for one in found)

    async def _query(
        self, kind: str, query: Mapping[str, str | int], now: Instant
    ) -> tuple[list[Series], list[Refused], Instant]:
        answer = await self._client.get(kind, query)
        told = _ANSWER.decode(answer.body)
        if told.status != "success" or told.data is None:
            raise SourceError(Failure.CONTRACT, f"the query failed: {told.error}")
        found, refused = read_each(told.data.result, _series, "series", _checked)
        return found, refused, answer.server_time or now

    def _components(self, targets: Mapping[str, _Target]) -> tuple[Component, ...]:
        def name(labels: Mapping[str, str]) -> str:
            return safe_text(labels.get(self._label, ""), NAME_LIMIT)

        ordered = sorted(targets.items(), key=lambda pair: (name(pair[1].labels), pair[0]))
        return tuple(
            Component(
                id=key,
                name=name(target.labels) or key,
                state=target.state,
                group=safe_text(target.labels.get(self._group_label, ""), NAME_LIMIT),
                position=place,
            )
            for place, (key, target) in enumerate(ordered)
        )


def _is_known(span: StateSpan) -> bool:
    return span.state is not ComponentState.UNKNOWN


def _checked(one: Series) -> Series:
    """Return a series whose values are numbers.

    Raises:
        ValueError: one of them is not.
    """
    for _, value in (*one.values, *([one.value] if one.value is not None else ())):
        float(value)
    return one
