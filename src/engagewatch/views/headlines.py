"""Headline figures: both ledgers, what waits on us, what is at risk, what is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engagewatch.model.engagement import Engagement
from engagewatch.model.flag import Flag
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.views import wording
from engagewatch.views.figure import Figure
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.ledger import total
from engagewatch.views.policy import has_tickets
from engagewatch.views.situation import Gathered
from engagewatch.views.tone import Tone

AT_RISK_RULES = ("provider_clock_missed", "provider_due_soon")
"""Flag rules on the provider's open clocks: missed, and due soon."""


def figures(gathered: Gathered, engagement: Engagement, now: Instant) -> tuple[Figure, ...]:
    """Return the headline figures: both ledgers, what waits on us, what is at risk, what is open.

    Before any ticketing source was read they cannot be told, which is not the same as zero.
    """
    ledgers = tuple(
        total(gathered.counts, side, gathered.period) for side in (Side.PROVIDER, Side.CLIENT)
    )
    if not tickets_known(gathered, engagement):
        return tuple(
            replace(figure, value=wording.UNKNOWN, tone=Tone.UNKNOWN) for figure in ledgers
        ) + tuple(
            Figure(label, wording.UNKNOWN, "no ticketing source read yet", Tone.UNKNOWN, key)
            for label, key in (
                ("Waiting on us", FigureKey(FigureKind.WAITING)),
                ("Provider at risk", FigureKey(FigureKind.AT_RISK)),
                ("Open tickets", FigureKey(FigureKind.OPEN)),
            )
        )
    since = [item.since for item in gathered.waiting.items]
    soon, missed = at_risk_counts(gathered.flags)
    open_now = sum(ticket.standing.finished_at is None for ticket in gathered.open_tickets)
    oldest = f"oldest {wording.span(now - min(since))}" if since else ""
    risk_tone = Tone.BAD if missed else Tone.WARNING if soon else Tone.GOOD
    return (
        *ledgers,
        Figure(
            label="Waiting on us",
            value=wording.counted(len(since), "item"),
            note=oldest,
            tone=Tone.NOTICE if since else Tone.GOOD,
            key=FigureKey(FigureKind.WAITING),
            count=len(since),
        ),
        Figure(
            label="Provider at risk",
            value=at_risk_words(soon, missed),
            note="",
            tone=risk_tone,
            key=FigureKey(FigureKind.AT_RISK),
            count=soon + missed,
        ),
        Figure(
            label="Open tickets",
            value=f"{open_now:,}",
            note="",
            tone=Tone.PLAIN,
            key=FigureKey(FigureKind.OPEN),
            count=open_now,
        ),
    )


def at_risk_counts(flags: Iterable[Flag]) -> tuple[int, int]:
    """Return how many of the provider's open clocks are due soon, and how many are missed."""
    missed_rule, soon_rule = AT_RISK_RULES
    rules = [flag.rule for flag in flags]
    return rules.count(soon_rule), rules.count(missed_rule)


def at_risk_words(soon: int, missed: int) -> str:
    """Return e.g. ``1 missed, 3 due soon``, ``none``."""
    parts = ((missed, "missed"), (soon, "due soon"))
    return ", ".join(f"{count} {words}" for count, words in parts if count) or "none"


def tickets_known(gathered: Gathered, engagement: Engagement) -> bool:
    """Return whether any ticketing source has ever been read."""
    read = {health.source for health in gathered.healths if health.last_success_at is not None} | {
        ticket.source for ticket in gathered.open_tickets
    }
    return any(settings.id in read and has_tickets(settings) for settings in engagement.sources)
