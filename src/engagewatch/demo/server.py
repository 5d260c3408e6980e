"""The simulated provider: two engagements' tools behind real sockets."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import TracebackType

from engagewatch.demo.exchange import Request, Response, Site
from engagewatch.demo.http_server import LoopbackServer
from engagewatch.demo.probes import ProbeSite
from engagewatch.demo.profile import OFFICE
from engagewatch.demo.scenario import Stage, alder_finch, carrier, northwind
from engagewatch.demo.settings import DEFAULT_SEED, wall_clock
from engagewatch.demo.site_statuspage import StatuspageSite
from engagewatch.demo.site_zendesk import ZendeskSite
from engagewatch.engine.calendars import compile_calendar
from engagewatch.model.instants import HOUR, MINUTE, Instant, TimeSource


@dataclass(frozen=True, slots=True)
class Limits:
    """How strictly the ticketing tools treat those who ask."""

    hold_back: int = MINUTE
    """Seconds by which the exports lag behind."""
    requests_per_minute: int = 700
    incremental_per_minute: int = 10


GENEROUS = Limits(hold_back=3, requests_per_minute=6000, incremental_per_minute=6000)
"""For a demonstration: what happened shows at once, and nobody waits for a budget."""


class SimulatedProvider:
    """Everything a monitor may ask, on loopback ports. A context manager.

    The tools are ``northwind-desk``, ``northwind-status``, ``alder-finch-desk``,
    ``alder-finch-status``, ``carrier-status`` and ``northwind-probes``. The story is written when
    first asked for.
    """

    def __init__(
        self,
        port: int = 0,
        seed: int = DEFAULT_SEED,
        *,
        anchor: Instant | None = None,
        clock: TimeSource = wall_clock,
        token: str | None = None,
        limits: Limits = GENEROUS,
    ) -> None:
        """Listen on ``port`` and the five that follow, or on free ones if it is 0.

        ``anchor`` is the instant at which the past ends and the live hours begin; now, unless
        told. ``token`` opens the ticketing tools; a random one unless told.

        Raises:
            OSError: a port is taken.
        """
        self.anchor = clock() if anchor is None else anchor
        self.token = secrets.token_urlsafe(24) if token is None else token
        sites = simulated_sites(seed, self.anchor, self.token, limits)
        self._server = LoopbackServer(sites, clock, port)
        self.urls: Mapping[str, str] = self._server.urls

    @property
    def url(self) -> str:
        """Where the larger engagement's ticketing tool is."""
        return self.urls["northwind-desk"]

    @property
    def status_url(self) -> str:
        """Where the larger engagement's status page is."""
        return self.urls["northwind-status"]

    def start(self) -> None:
        """Begin to answer."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering; safe from any thread, and more than once."""
        self._server.stop()

    def __enter__(self) -> SimulatedProvider:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def simulated_sites(
    seed: int, anchor: Instant, token: str, limits: Limits = GENEROUS
) -> dict[str, Site]:
    """Return every site by name, each made when it is first asked."""
    hours = compile_calendar(OFFICE)

    def desk(stage: Callable[[], Stage]) -> Site:
        return _LazySite(
            lambda: ZendeskSite(
                stage().desk,
                hours,
                token,
                hold_back=limits.hold_back,
                requests_per_minute=limits.requests_per_minute,
                incremental_per_minute=limits.incremental_per_minute,
            )
        )

    def page(stage: Callable[[], Stage]) -> Site:
        return _LazySite(lambda: StatuspageSite(stage().page))

    larger = lru_cache(maxsize=1)(lambda: northwind(seed, anchor))
    smaller = lru_cache(maxsize=1)(lambda: alder_finch(seed, anchor))
    # The carrier's page is out of order now and then, as pages of third parties are.
    away = [(anchor - HOUR, anchor + 20 * MINUTE)]
    away += [(anchor + n * HOUR, anchor + n * HOUR + 10 * MINUTE) for n in range(2, 24, 3)]
    return {
        "northwind-desk": desk(larger),
        "northwind-status": page(larger),
        "alder-finch-desk": desk(smaller),
        "alder-finch-status": page(smaller),
        "carrier-status": StatuspageSite(carrier(anchor), away),
        "northwind-probes": _LazySite(lambda: ProbeSite(larger().page, larger().desk, anchor)),
    }


class _LazySite:
    """A site that is made at the first request."""

    def __init__(self, make: Callable[[], Site]) -> None:
        self._make = make

    @cached_property
    def _site(self) -> Site:
        return self._make()

    def respond(self, request: Request, now: Instant) -> Response:
        """Answer ``request`` as of ``now``."""
        return self._site.respond(request, now)
