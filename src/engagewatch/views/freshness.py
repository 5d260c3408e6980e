"""The freshness line of a source: how old what you see is, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure, FreshnessState, SourceHealth
from engagewatch.model.instants import MINUTE, Instant
from engagewatch.views import wording
from engagewatch.views.tone import Tone

_FAILURES = {
    Failure.TRANSIENT: "it does not answer",
    Failure.RATE_LIMITED: "it asked us to slow down",
    Failure.AUTHENTICATION: "it refuses our credentials",
    Failure.CONTRACT: "its answer cannot be read",
    Failure.TRUST: "its answer cannot be trusted",
    Failure.CONFIGURATION: "its settings need a change",
}

_CURES = {
    Failure.TRANSIENT: "It may pass by itself; if not, see whether the network lets you there.",
    Failure.RATE_LIMITED: "Give it a longer interval, or a lower requests_per_minute.",
    Failure.AUTHENTICATION: "Renew the credential where the file says it is kept, then run: "
    "engagewatch check",
    Failure.CONTRACT: "Check url and kind of the source with: engagewatch check",
    Failure.TRUST: "Name your company's authority in ca_file, or correct the url.",
    Failure.CONFIGURATION: "Correct the engagement file, then run: engagewatch check",
}

_NOBODY_POLLS = {
    FreshnessState.NEVER: "Run: engagewatch sync --once",
    FreshnessState.STALE: "Nobody polls it often enough: leave the interface open, or run: "
    "engagewatch sync --watch",
}

_TONES = {
    FreshnessState.LIVE: Tone.GOOD,
    FreshnessState.REFRESHING: Tone.PLAIN,
    FreshnessState.STALE: Tone.WARNING,
    FreshnessState.FAILING: Tone.BAD,
    FreshnessState.NEVER: Tone.UNKNOWN,
}

_WORST_FIRST = (
    FreshnessState.FAILING,
    FreshnessState.NEVER,
    FreshnessState.STALE,
    FreshnessState.REFRESHING,
    FreshnessState.LIVE,
)


@dataclass(frozen=True, slots=True)
class FreshnessLine:
    """How fresh one source's data is."""

    source: str
    adapter: str
    state: FreshnessState
    words: str
    """E.g. ``live 2m ago``, ``failing since Mon 2 Mar 09:12: it does not answer``."""
    tone: Tone
    data_as_of: Instant | None
    """The last successful poll; ``None`` if there was none."""
    next_attempt_at: Instant | None

    @property
    def is_current(self) -> bool:
        """Whether figures from this source can be read as of now."""
        return self.data_as_of is not None and self.state in (
            FreshnessState.LIVE,
            FreshnessState.REFRESHING,
        )


def failure_words(failure: Failure | None) -> str:
    """Return why polls fail, in words; empty for no failure."""
    return "" if failure is None else _FAILURES[failure]


def what_to_do(state: FreshnessState, failure: Failure | None) -> str:
    """Return what a person can do about a source in this state; empty while all is well."""
    if state is FreshnessState.FAILING and failure is not None:
        return _CURES[failure]
    return _NOBODY_POLLS.get(state, "")


def line(
    settings: SourceSettings, health: SourceHealth | None, timezone: str, now: Instant
) -> FreshnessLine:
    """Return the freshness line of one source; ``health`` is ``None`` before its first poll."""
    if health is None:
        health = SourceHealth(engagement="", source=settings.id)
    state = health.state_at(now, settings.interval)
    return FreshnessLine(
        source=settings.id,
        adapter=settings.adapter,
        state=state,
        words=_words(state, health, timezone, now),
        tone=_TONES[state],
        data_as_of=health.last_success_at,
        next_attempt_at=health.next_attempt_at,
    )


def lines(
    engagement: Engagement, healths: Iterable[SourceHealth], now: Instant
) -> tuple[FreshnessLine, ...]:
    """Return the freshness of every configured source, in the order of the engagement file."""
    by_source = {health.source: health for health in healths}
    return tuple(
        line(settings, by_source.get(settings.id), engagement.timezone, now)
        for settings in engagement.sources
    )


def summary(rows: tuple[FreshnessLine, ...]) -> tuple[str, FreshnessState, Tone]:
    """Return one line for all sources: the worst of them, named if it is not live."""
    if not rows:
        return "no sources configured", FreshnessState.NEVER, Tone.UNKNOWN
    worst = min(rows, key=lambda row: _WORST_FIRST.index(row.state))
    if worst.state is FreshnessState.LIVE:
        oldest = min(rows, key=lambda row: row.data_as_of or 0)
        return oldest.words, worst.state, worst.tone
    return f"{worst.source}: {worst.words}", worst.state, worst.tone


def _words(state: FreshnessState, health: SourceHealth, timezone: str, now: Instant) -> str:
    seen = health.last_success_at
    data = f"data from {wording.ago(seen, now)}" if seen is not None else "no data yet"
    if state is FreshnessState.NEVER:
        return "never polled"
    if state is FreshnessState.REFRESHING:
        # What is not a minute old needs no age while it is being read again.
        recent = seen is not None and now - seen < MINUTE
        return "refreshing" if recent else f"refreshing, {data}"
    if state is FreshnessState.FAILING and health.failing_since is not None:
        since = wording.moment(health.failing_since, timezone, now)
        why = failure_words(health.failure)
        return f"failing since {since}{': ' + why if why else ''}; {data}"
    if state is FreshnessState.STALE:
        return f"stale, last read {wording.ago(seen, now)}" if seen is not None else "stale"
    return f"live {wording.ago(seen, now)}" if seen is not None else "live"
