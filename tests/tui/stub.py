"""The app on made-up views: what tests and snapshots run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from engagewatch.model.instants import Instant
from engagewatch.model.participation import Part
from engagewatch.tui.application import EngagewatchApp
from engagewatch.tui.context import TuiContext
from engagewatch.tui.reading import Views
from engagewatch.views.keys import FigureKey, TicketKey
from tests.tui import samples, samples_contract, samples_participation


class StubViews(Views):
    """Answers every question with a sample; tests put other views in its ``answers``."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {
            "portfolio": samples.PORTFOLIO,
            "brief": samples.BRIEF,
            "waiting": samples.WAITING,
            "at_risk": samples.AT_RISK,
            "services": samples.SERVICES,
            "sla": samples.SLA,
            "participation": samples_participation.PARTICIPATION,
            "part": samples_participation.PART,
            "waits": samples_participation.WAITS,
            "trend": samples_contract.TREND,
            "promises": samples_contract.PROMISES,
            "outlook": samples_contract.OUTLOOK,
            "disputes": samples_contract.DISPUTES,
            "credits": samples_contract.CREDITS,
            "sources": samples.SOURCES,
            "source": samples.SOURCE,
            "clock": samples.CLOCK,
            "why": samples.WHY,
            "freshness": samples.FRESH,
        }
        self.asked: list[tuple[Any, ...]] = []
        self.has_changed = False

    def _answer(self, name: str, *arguments: object) -> Any:
        self.asked.append((name, *arguments))
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def changed(self) -> bool:
        changed, self.has_changed = self.has_changed, False
        return changed

    def freshness(self, engagement: str | None, now: Instant) -> Any:
        return self.answers["freshness"] if engagement else ()

    def portfolio(self, now: Instant) -> Any:
        return self._answer("portfolio")

    def brief(self, engagement: str, now: Instant) -> Any:
        return self._answer("brief", engagement)

    def waiting(self, engagement: str, now: Instant) -> Any:
        return self._answer("waiting", engagement)

    def at_risk(self, engagement: str, now: Instant) -> Any:
        return self._answer("at_risk", engagement)

    def services(self, engagement: str, now: Instant) -> Any:
        return self._answer("services", engagement)

    def sla(self, engagement: str, now: Instant, period: str | None) -> Any:
        return self._answer("sla", engagement, period)

    def participation(self, engagement: str, now: Instant, period: str | None) -> Any:
        return self._answer("participation", engagement, period)

    def part(self, engagement: str, now: Instant, part: Part, period: str | None) -> Any:
        return self._answer("part", engagement, part, period)

    def waits(self, engagement: str, now: Instant, period: str | None) -> Any:
        return self._answer("waits", engagement, period)

    def trend(self, engagement: str, now: Instant) -> Any:
        return self._answer("trend", engagement)

    def promises(self, engagement: str, now: Instant) -> Any:
        return self._answer("promises", engagement)

    def outlook(self, engagement: str, now: Instant, period: str | None) -> Any:
        return self._answer("outlook", engagement, period)

    def disputes(self, engagement: str, now: Instant, period: str | None) -> Any:
        return self._answer("disputes", engagement, period)

    def credits(self, engagement: str, now: Instant) -> Any:
        return self._answer("credits", engagement)

    def tickets(self, engagement: str, now: Instant) -> Any:
        if "tickets" not in self.answers:
            self.answers["tickets"] = samples.tickets()
        return self._answer("tickets", engagement)

    def clock(self, engagement: str, now: Instant, ticket: TicketKey) -> Any:
        return self._answer("clock", engagement, ticket)

    def sources(self, engagement: str, now: Instant) -> Any:
        return self._answer("sources", engagement)

    def source(self, engagement: str, now: Instant, source: str) -> Any:
        return self._answer("source", engagement, source)

    def why(self, engagement: str, now: Instant, figure: FigureKey) -> Any:
        return self._answer("why", engagement, figure)

    def close(self) -> None:
        pass


def make_app(
    views: StubViews | None = None, *, engagements: int = 1, **settings: Any
) -> EngagewatchApp:
    """Return the app on ``views`` with one to three engagements, at the samples' Tuesday."""
    every = (
        samples.engagement(),
        samples.engagement("adatum", "Adatum"),
        samples.engagement("fabrikam", "Fabrikam"),
    )

    def no_store() -> Any:
        raise AssertionError("the stub has no store")

    context = TuiContext(
        engagements=every[:engagements],
        open_store=no_store,
        now=lambda: samples.NOW,
        **settings,
    )
    return EngagewatchApp(context, views or StubViews())


def text_of(app: EngagewatchApp) -> str:
    """Return what is on screen, without styles."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Let the app work until a condition holds."""
    for _ in range(200):
        await pilot.pause()
        if condition():
            return
    raise AssertionError(f"never came true; on screen:\n{text_of(pilot.app)}")  # type: ignore[arg-type]


async def press_until(pilot: Pilot[None], keys: str, words: str) -> None:
    """Press keys, then wait until words are on screen."""
    await pilot.press(*keys.split())
    await until(pilot, lambda: words in text_of(pilot.app))  # type: ignore[arg-type]
