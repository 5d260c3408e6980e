"""Reading views off the event loop: one thread, one store, results in the order asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.participation import Part
from engagewatch.views.freshness import FreshnessLine
from engagewatch.views.keys import FigureKey, TicketKey
from engagewatch.views.period import Period, parse_period

if TYPE_CHECKING:
    from engagewatch.store.store import Store
    from engagewatch.views.at_risk import AtRiskView
    from engagewatch.views.brief import BriefView
    from engagewatch.views.clock_view import ClockView
    from engagewatch.views.contrary import ContraryView
    from engagewatch.views.credits import CreditsView
    from engagewatch.views.disputes import DisputesView
    from engagewatch.views.evidence import WaitsView
    from engagewatch.views.incident_page import IncidentPage
    from engagewatch.views.meeting_list import MeetingsView
    from engagewatch.views.onboarding import OnboardingView
    from engagewatch.views.onboarding_task import TaskView
    from engagewatch.views.outlook import OutlookView
    from engagewatch.views.participation import ParticipationView
    from engagewatch.views.participation_part import PartView
    from engagewatch.views.portfolio import PortfolioView
    from engagewatch.views.promises import PromisesView
    from engagewatch.views.service_page import ServicePage
    from engagewatch.views.services import ServicesView
    from engagewatch.views.sla import SlaView
    from engagewatch.views.source_lists import SourceView
    from engagewatch.views.sources import SourcesView
    from engagewatch.views.then_now import ThenNowView
    from engagewatch.views.then_now_felt import FeltView
    from engagewatch.views.tickets import TicketsView
    from engagewatch.views.trend import TrendView
    from engagewatch.views.waiting import WaitingView
    from engagewatch.views.why import WhyView

ViewT = TypeVar("ViewT")


class Snapshot(NamedTuple):
    """A screen's view with the freshness of the sources it was made from."""

    view: object
    freshness: tuple[FreshnessLine, ...]


class Views:
    """Every question the screens ask of the store. Each method imports only its own view."""

    def __init__(self, store: Store, engagements: Sequence[Engagement]) -> None:
        """Answer from ``store`` about ``engagements``."""
        self._store = store
        self._engagements = {engagement.id: engagement for engagement in engagements}

    def use(self, engagements: Sequence[Engagement]) -> None:
        """Answer about other engagements from now on, or about the same as they are now."""
        self._engagements = {engagement.id: engagement for engagement in engagements}

    def changed(self) -> bool:
        """Return whether anything was stored, by any process, since this was last asked."""
        return self._store.changed()

    def freshness(self, engagement: str | None, now: Instant) -> tuple[FreshnessLine, ...]:
        """Return how fresh the sources of an engagement are."""
        if engagement is None:
            return ()
        from engagewatch.views import freshness

        chosen = self._engagements[engagement]
        return freshness.lines(chosen, self._store.health(engagement), now)

    def portfolio(self, now: Instant) -> PortfolioView:
        """Return all engagements, worst first."""
        from engagewatch.views import portfolio

        return portfolio.build(self._store, tuple(self._engagements.values()), now)

    def brief(self, engagement: str, now: Instant) -> BriefView:
        """Return what needs a person."""
        from engagewatch.views import brief

        return brief.build(self._store, self._engagements[engagement], now)

    def waiting(self, engagement: str, now: Instant) -> WaitingView:
        """Return what waits on the client."""
        from engagewatch.views import waiting

        return waiting.build(self._store, self._engagements[engagement], now)

    def at_risk(self, engagement: str, now: Instant) -> AtRiskView:
        """Return open provider clocks by the time left."""
        from engagewatch.views import at_risk

        return at_risk.build(self._store, self._engagements[engagement], now)

    def services(self, engagement: str, now: Instant) -> ServicesView:
        """Return components, incidents and planned work, and what showed on our side."""
        from engagewatch.views import services

        return services.build_with_signs(self._store, self._engagements[engagement], now)

    def service(self, engagement: str, now: Instant, service: str) -> ServicePage:
        """Return one service month by month."""
        from engagewatch.views import service_page

        return service_page.build(self._store, self._engagements[engagement], now, service)

    def incident(self, engagement: str, now: Instant, key: str) -> IncidentPage | None:
        """Return one outage minute by minute."""
        from engagewatch.views import incident_page

        return incident_page.build(self._store, self._engagements[engagement], now, key)

    def sla(self, engagement: str, now: Instant, period: str | None) -> SlaView:
        """Return both ledgers of a month."""
        from engagewatch.views import sla

        chosen = self._engagements[engagement]
        return sla.build(self._store, chosen, now, self._month(chosen, period))

    def participation(self, engagement: str, now: Instant, period: str | None) -> ParticipationView:
        """Return how both sides take part in a month."""
        from engagewatch.views import participation

        chosen = self._engagements[engagement]
        month = self._month(chosen, period)
        return participation.build(self._store, chosen, now, month, trends=False)

    def part(self, engagement: str, now: Instant, part: Part, period: str | None) -> PartView:
        """Return what is behind one part of it."""
        from engagewatch.views import participation_part

        chosen = self._engagements[engagement]
        month = self._month(chosen, period)
        return participation_part.build(self._store, chosen, now, part, month)

    def waits(self, engagement: str, now: Instant, period: str | None) -> WaitsView:
        """Return claimed and evidenced waiting for us in a month."""
        from engagewatch.views import evidence

        chosen = self._engagements[engagement]
        return evidence.build(self._store, chosen, now, self._month(chosen, period))

    @staticmethod
    def _month(engagement: Engagement, period: str | None) -> Period | None:
        return parse_period(period, engagement.timezone) if period else None

    def tickets(self, engagement: str, now: Instant) -> TicketsView:
        """Return every ticket, the latest change first."""
        from engagewatch.views import tickets

        return tickets.build(self._store, self._engagements[engagement], now)

    def clock(self, engagement: str, now: Instant, ticket: TicketKey) -> ClockView:
        """Return one ticket's time."""
        from engagewatch.views import clock_view

        return clock_view.build(self._store, self._engagements[engagement], now, *ticket)

    def meetings(self, engagement: str, now: Instant) -> MeetingsView:
        """Return all meetings, those to come first."""
        from engagewatch.views import meeting_list

        return meeting_list.build(self._store, self._engagements[engagement], now)

    def sources(self, engagement: str, now: Instant) -> SourcesView:
        """Return how polling goes."""
        from engagewatch.views import sources

        return sources.build(self._store, self._engagements[engagement], now)

    def source(self, engagement: str, now: Instant, source: str) -> SourceView:
        """Return one source with everything that is listed of it."""
        from engagewatch.views import source_lists

        return source_lists.build(self._store, self._engagements[engagement], now, source)

    def onboarding(self, engagement: str, now: Instant) -> OnboardingView:
        """Return the on-boarding plan as it stands."""
        from engagewatch.views import onboarding

        return onboarding.build(self._store, self._engagements[engagement], now)

    def plan_task(self, engagement: str, now: Instant, task: str) -> TaskView:
        """Return one task of the plan with its evidence."""
        from engagewatch.views import onboarding_task

        return onboarding_task.build(self._store, self._engagements[engagement], now, task)

    def outlook(self, engagement: str, now: Instant, period: str | None) -> OutlookView:
        """Return where the promised shares of a month are heading."""
        from engagewatch.views import outlook

        chosen = self._engagements[engagement]
        month = parse_period(period, chosen.timezone) if period else None
        return outlook.build(self._store, chosen, now, month)

    def disputes(self, engagement: str, now: Instant, period: str | None) -> DisputesView:
        """Return where the provider's tool and our count differ in a month."""
        from engagewatch.views import disputes

        chosen = self._engagements[engagement]
        month = parse_period(period, chosen.timezone) if period else None
        return disputes.build(self._store, chosen, now, month)

    def credits(self, engagement: str, now: Instant) -> CreditsView:
        """Return what falling short comes to in money, month by month."""
        from engagewatch.views import credits as months

        return months.build(self._store, self._engagements[engagement], now)

    def trend(self, engagement: str, now: Instant) -> TrendView:
        """Return what the series of an engagement allow to say."""
        from engagewatch.views import trend

        return trend.build(self._store, self._engagements[engagement], now)

    def promises(self, engagement: str, now: Instant) -> PromisesView:
        """Return what was promised and where it stands."""
        from engagewatch.views import promises

        return promises.build(self._store, self._engagements[engagement], now)

    def contrary(self, engagement: str, now: Instant, figure: FigureKey) -> ContraryView:
        """Return what speaks against a figure."""
        from engagewatch.views import contrary

        return contrary.build(self._store, self._engagements[engagement], now, figure)

    def then_now(self, engagement: str, now: Instant) -> ThenNowView:
        """Return the record from before and the record since."""
        from engagewatch.views import then_now

        return then_now.build(self._store, self._engagements[engagement], now)

    def felt(self, engagement: str, now: Instant) -> FeltView:
        """Return the guesses so far, and what they are held against."""
        from engagewatch.views import then_now_felt

        return then_now_felt.build(self._store, self._engagements[engagement], now)

    def why(self, engagement: str, now: Instant, figure: FigureKey) -> WhyView:
        """Return how a figure is counted, and from which tickets."""
        from engagewatch.views import why

        return why.build(self._store, self._engagements[engagement], now, figure)

    def close(self) -> None:
        """Close the store."""
        self._store.close()


class Reader:
    """Builds views in one thread, so that no query ever holds up a key press.

    The very first view is read in place, before the first frame is drawn.
    """

    def __init__(self, views: Views) -> None:
        """Read through ``views``."""
        self._views = views
        self._lock = Lock()
        self._thread: ThreadPoolExecutor | None = None

    def read_now(self, build: Callable[[Views], ViewT]) -> ViewT:
        """Return what ``build`` makes, blocking."""
        with self._lock:
            return build(self._views)

    async def read(self, build: Callable[[Views], ViewT]) -> ViewT:
        """Return what ``build`` makes, in the reading thread."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="views")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self.read_now, build)

    def close(self) -> None:
        """Wait for the view being built, if any, and close the store."""
        if self._thread is not None:
            self._thread.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            self._views.close()
