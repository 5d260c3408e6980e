"""Which screens there are: their keys, titles and pages. A page is imported when first shown."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple, cast

from engagewatch.model.engagement import Engagement
from engagewatch.tui.navigation import Frame
from engagewatch.tui.page import Page


class ScreenKind(NamedTuple):
    """One screen. ``key`` is empty for screens that are only drilled into."""

    name: str
    key: str
    title: str
    about: str
    """What it shows, in a few words."""
    module: str
    page: str
    short: str = ""
    """Its title in the tabs where there is no room for all of them; empty for the title itself."""
    under: str = ""
    """The screen in whose tab it is, if it has none and its module is not named after one."""

    @property
    def tab(self) -> str:
        """Name of the screen in the tabs that it belongs to."""
        return self.name if self.key else self.under or self.module


SCREENS: tuple[ScreenKind, ...] = (
    ScreenKind("brief", "1", "Brief", "what needs a person", "brief", "BriefPage"),
    ScreenKind("waiting", "2", "Waiting on us", "who owes what", "waiting", "WaitingPage", "Wait"),
    ScreenKind(
        "at_risk", "3", "At risk", "what is about to breach", "at_risk", "AtRiskPage", "Risk"
    ),
    ScreenKind(
        "services", "4", "Services", "what is up and down", "services", "ServicesPage", "Serv"
    ),
    ScreenKind(
        "service", "", "Service", "one service", "service_page", "ServicePageScreen", "", "services"
    ),
    ScreenKind(
        "incident", "", "Outage", "one outage", "service_page", "IncidentPageScreen", "", "services"
    ),
    ScreenKind("sla", "5", "SLA", "both ledgers by month", "sla", "SlaPage"),
    ScreenKind("trend", "6", "Trend", "better or noise", "trend", "TrendPage"),
    ScreenKind("series", "", "Series", "one series large", "trend", "SeriesPage"),
    ScreenKind(
        "promises", "7", "Promises", "what was promised", "promises", "PromisesPage", "Prom"
    ),
    ScreenKind(
        "participation",
        "8",
        "Participation",
        "do both sides take part",
        "participation",
        "ParticipationPage",
        "Part",
    ),
    ScreenKind(
        "then_now", "9", "Then & now", "before and since", "then_now", "ThenNowPage", "Then"
    ),
    ScreenKind("eras", "", "Both records", "side by side", "then_now", "ErasPage"),
    ScreenKind("measure", "", "Measure", "one measure large", "then_now", "MeasurePage"),
    ScreenKind(
        "felt", "", "Felt vs was", "a guess first", "then_now_felt", "FeltPage", "", "then_now"
    ),
    ScreenKind(
        "outlook", "", "Outlook", "what the month can be", "outlook", "OutlookPage", "", "sla"
    ),
    ScreenKind(
        "disputes", "", "Disputes", "where figures differ", "disputes", "DisputesPage", "", "sla"
    ),
    ScreenKind(
        "credits", "", "Credits", "what falling short owes", "credits", "CreditsPage", "", "sla"
    ),
    ScreenKind("promise", "", "Promise", "one promise's path", "promises", "PromisePage"),
    ScreenKind("tickets", "t", "Tickets", "all of them", "tickets", "TicketsPage", "Tick"),
    ScreenKind(
        "meetings", "m", "Meetings", "who came, what for", "meetings", "MeetingsPage", "Meet"
    ),
    ScreenKind("meeting", "", "Meeting", "one meeting", "meetings", "MeetingPage"),
    ScreenKind("sources", "s", "Sources", "how polling goes", "sources", "SourcesPage", "Src"),
    ScreenKind("source", "", "Source", "what is listed of one", "sources", "SourcePage"),
    ScreenKind("nudges", "", "Nudges", "reminders copied", "waiting", "NudgesPage"),
    ScreenKind("part", "", "Part", "one part of it", "participation", "PartPage"),
    ScreenKind("waits", "", "Waits", "claimed and evidenced", "participation", "WaitsPage"),
    ScreenKind("silent", "", "Silent", "what has gone silent", "at_risk", "SilentPage"),
    ScreenKind("portfolio", "", "Portfolio", "all engagements", "portfolio", "PortfolioPage"),
    ScreenKind(
        "onboarding", "o", "On-boarding", "plan and slip", "onboarding", "OnboardingPage", "Plan"
    ),
    ScreenKind("plan_task", "", "Task", "one task of the plan", "onboarding", "PlanTaskPage"),
    ScreenKind("clock", "", "Ticket", "one ticket's time", "clock", "ClockPage"),
)

KINDS = {kind.name: kind for kind in SCREENS}


def page_type(screen: str) -> type[Page[Any]]:
    """Return what shows a screen."""
    kind = KINDS[screen]
    module = import_module(f"engagewatch.tui.screens.{kind.module}")
    return cast("type[Page[Any]]", getattr(module, kind.page))


def make_page(frame: Frame, engagement: Engagement | None) -> Page[Any]:
    """Return a new page for a frame."""
    return page_type(frame.place.screen)(frame, engagement)
