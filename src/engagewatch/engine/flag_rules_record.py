"""Flag rules on the record itself: sources that cannot be read, periods lost, statuses unmapped."""

from __future__ import annotations

from engagewatch.engine.budget import Outlook, budget, certain_outlook
from engagewatch.engine.phrases import counted, duty, moment, span
from engagewatch.engine.situation import PeriodCount, Situation, SourceNow, UnmappedStatus
from engagewatch.engine.statistics import share_text
from engagewatch.model.flag import Flag, Severity
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side

PATIENCE = 3
"""Failed polls in a row before a failure that may pass by itself is flagged."""

_PASSING = frozenset({Failure.TRANSIENT, Failure.RATE_LIMITED})

_REMEDIES = {
    Failure.AUTHENTICATION: "Renew the access the engagement file refers to, then refresh.",
    Failure.CONFIGURATION: "Correct the source in the engagement file; `engagewatch check` helps.",
    Failure.TRUST: "Find out why the connection is not trusted before anything is changed.",
    Failure.CONTRACT: "Run `engagewatch check`: the source answers in a way that cannot be read.",
    Failure.RATE_LIMITED: "Wait, or poll less often: the source asks for fewer requests.",
    Failure.TRANSIENT: "Wait: polling goes on by itself. If it lasts, ask whoever runs the source.",
}


def source_flags(source: SourceNow, situation: Situation, now: Instant) -> list[Flag]:
    """Flag a source that fails, or whose data is older than two polling intervals."""
    health = source.health
    if health.failing_since is not None and health.failure is not None:
        passing = health.failure in _PASSING
        if passing and health.failures < PATIENCE:
            return []
        return [
            Flag(
                rule="source_failing",
                key=f"source_failing:{health.source}",
                severity=Severity.ATTENTION,
                side=Side.NOBODY if passing else Side.CLIENT,
                title=f"Source {health.source} cannot be read",
                detail=f"{_sentence(health.error)} {_stands_at(source, situation)}".strip(),
                next_step=_REMEDIES[health.failure],
                since=health.failing_since,
                weight=700.0,
                screen="sources",
            )
        ]
    seen = health.last_success_at
    if seen is None or now - seen <= 2 * source.interval:
        return []
    return [
        Flag(
            rule="source_stale",
            key=f"source_stale:{health.source}",
            severity=Severity.NOTICE,
            side=Side.CLIENT,
            title=f"Source {health.source} was last read {span(now - seen)} ago",
            detail=f"It is to be read every {span(source.interval)}. "
            f"{_stands_at(source, situation)}",
            next_step="Refresh, or leave `engagewatch sync --watch` running.",
            since=seen,
            weight=350.0,
            screen="sources",
        )
    ]


def _sentence(words: str) -> str:
    return words if not words or words.endswith((".", "!", "?")) else f"{words}."


def _stands_at(source: SourceNow, situation: Situation) -> str:
    seen = source.health.last_success_at
    if seen is None:
        return "Nothing has been read from it yet."
    return f"Its figures stand as of {moment(seen, situation.timezone)}."


def period_flags(period: PeriodCount, situation: Situation) -> list[Flag]:
    """Flag a period that can no longer be kept, or has no miss left. Same for both ledgers."""
    count = period.attainment
    if count.target is None:
        return []
    outlook = certain_outlook(count.met, count.judged, period.expected_more, count.target)
    whole = budget(count, period.expected_more)
    debtor = situation.name(period.obligation.ledger)
    what = f"{period.level} {duty(period.obligation)}"
    share = share_text(count.target)
    if outlook is Outlook.LOST:
        rule, weight = "period_lost", 450.0
        title = f"{what}: {period.period_words} can no longer reach {share}"
        chances = "out of reach even if all that is still expected is met"
        step = "List the misses for the review, with what the contract says follows from them."
    elif whole is not None and whole.used > 0 and whole.left == 0 and outlook is Outlook.ALIVE:
        rule, weight = "budget_used_up", 400.0
        title = f"{what}: no miss left in {period.period_words}"
        chances = f"one more miss and {share} is out of reach at the usual number of tickets"
        step = "Watch the open ones of this priority first."
    else:
        return []
    return [
        Flag(
            rule=rule,
            key=f"{rule}:{period.level}:{period.obligation.value}:{period.period}",
            severity=Severity.ATTENTION,
            side=period.obligation.ledger,
            title=title,
            detail=f"{debtor}: {count.words()} so far, "
            f"{counted(count.missed, 'miss', 'misses')}; {chances}.",
            next_step=step,
            weight=weight / (1 + period.rank),
            screen="sla",
        )
    ]


def unmapped_flags(unmapped: UnmappedStatus) -> list[Flag]:
    """Flag a status without a meaning: the time of its tickets cannot be told apart."""
    tickets = counted(unmapped.tickets, "ticket")
    return [
        Flag(
            rule="status_unmapped",
            key=f"status_unmapped:{unmapped.source}:{unmapped.status}",
            severity=Severity.NOTICE,
            side=Side.CLIENT,
            title=f'Status "{unmapped.status}" has no meaning yet',
            detail=f"{tickets} of source {unmapped.source} had it; whose court they were in then "
            "is unknown.",
            next_step="Say under [sources.courts] in the engagement file whose court it means.",
            weight=50.0 + min(50, unmapped.tickets),
            screen="sources",
        )
    ]
