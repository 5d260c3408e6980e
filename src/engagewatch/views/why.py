"""Why this number: how a figure is counted, and from which tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engagewatch.engine.consequence import HOLDS_WORDS
from engagewatch.engine.flag_rules_tickets import SILENT_AFTER
from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.clocks import Tally, period_clocks, tallies
from engagewatch.store.queries.retention import kept_since
from engagewatch.store.queries.scope import rule_versions, scope, snapshot
from engagewatch.store.queries.tickets import open_tickets
from engagewatch.views import at_risk, tickets, waiting, wording
from engagewatch.views.clock_words import TONES, because, how_it_counts, state_of
from engagewatch.views.kept import removed_words
from engagewatch.views.keys import PLAN_KINDS, FigureKey, FigureKind, TicketKey
from engagewatch.views.ledger import attainment_of, met_words, span_of
from engagewatch.views.period import Period, month_of, parse_period
from engagewatch.views.policy import rules_named
from engagewatch.views.sla import rules_words
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

MOST_TICKETS = 500
"""Tickets listed; ``total`` tells how many there are."""


@dataclass(frozen=True, slots=True)
class WhyTicket:
    """One ticket in a figure."""

    key: str
    ticket: TicketKey | None
    """``None`` for what is in no ticket."""
    reference: str
    subject: str
    words: str
    """How it counts, e.g. ``missed: resolution took 5h 10m of 4h``."""
    tone: Tone


@dataclass(frozen=True, slots=True)
class WhyView:
    """The derivation of one figure."""

    title: str
    """What the figure is, e.g. ``Resolution, P2, March 2026``."""
    value: str
    """As it was shown."""
    formula: str
    """How it is counted, in words."""
    met: int | None
    judged: int | None
    not_counted: tuple[str, ...]
    """What was left out and how often, e.g. ``3 not due yet``, ``2 excluded: merged``."""
    rule_version: str
    """Fingerprint of the rules the clocks were counted with; empty where no rule enters."""
    as_of: Instant
    as_of_words: str
    tickets: tuple[WhyTicket, ...]
    """Those that count against it first."""
    total: int
    """All tickets (or clocks) in it, listed or not."""


_LEDGERS = {
    Side.PROVIDER: (
        Obligation.FIRST_RESPONSE,
        Obligation.NEXT_RESPONSE,
        Obligation.UPDATE,
        Obligation.RESOLUTION,
    ),
    Side.CLIENT: (Obligation.REPLY, Obligation.APPROVAL),
}

_ORDER = (
    ClockState.MISSED,
    ClockState.MET,
    ClockState.RUNNING,
    ClockState.PAUSED,
    ClockState.EXCLUDED,
    ClockState.UNKNOWN,
)


def build(store: Store, engagement: Engagement, now: Instant, figure: FigureKey) -> WhyView:
    """Return the derivation of ``figure`` as known at ``now``."""
    if figure.kind is FigureKind.ATTAINMENT:
        return _attainment(store, engagement, now, figure)
    if figure.kind in (FigureKind.PARTICIPATION, FigureKind.WAITS, FigureKind.RELIEF):
        from engagewatch.views import participation_why

        return participation_why.build(store, engagement, now, figure)
    if figure.kind in (FigureKind.UPTIME, FigureKind.CANDOUR):
        from engagewatch.views import services_why

        return services_why.build(store, engagement, now, figure)
    if figure.kind is FigureKind.WAITING:
        return _waiting(store, engagement, now)
    if figure.kind is FigureKind.AT_RISK:
        return _at_risk(store, engagement, now)
    if figure.kind is FigureKind.SILENT:
        return _silent(store, engagement, now)
    if figure.kind is FigureKind.TICKETS:
        return _listed(store, engagement, now, figure.filter_text)
    if figure.kind in (FigureKind.DISPUTES, FigureKind.CREDIT):
        from engagewatch.views import contract_why

        return contract_why.build(store, engagement, now, figure)
    if figure.kind is FigureKind.METRIC:
        from engagewatch.views import measure_why

        return measure_why.build(store, engagement, now, figure)
    if figure.kind is FigureKind.THEN_NOW:
        from engagewatch.views import then_now_why

        return then_now_why.build(store, engagement, now, figure)
    if figure.kind is FigureKind.ATTENDANCE:
        from engagewatch.views import meeting_why

        return meeting_why.build(store, engagement, now)
    if figure.kind in PLAN_KINDS:
        from engagewatch.views import onboarding_why

        return onboarding_why.build(store, engagement, now, figure)
    return _open(store, engagement, now)


def _attainment(store: Store, engagement: Engagement, now: Instant, figure: FigureKey) -> WhyView:
    timezone = engagement.timezone
    period = parse_period(figure.period, timezone) if figure.period else month_of(now, timezone)
    span = span_of(engagement, period, now)
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    if figure.obligation is not None:
        obligations: tuple[Obligation, ...] = (figure.obligation,)
    elif figure.ledger is not None:
        obligations = _LEDGERS[figure.ledger]
    else:
        obligations = tuple(Obligation)
    with snapshot(store):
        found = tallies(store, of, span, obligations)
        clocks = [
            clock
            for obligation in obligations
            for clock in period_clocks(store, of, span, obligation, figure.priority, MOST_TICKETS)
        ]
        versions = rule_versions(store, of)
        emptied = kept_since(store, of)
    tally = sum(
        (
            tally
            for (_, priority), tally in found.items()
            if figure.priority is None or priority == figure.priority
        ),
        Tally(),
    )
    attainment = attainment_of(tally, None)
    clocks.sort(
        key=lambda one: (
            _ORDER.index(state_of(one.clock, now)),
            -(one.clock.due_at or one.clock.started_at),
            one.ticket_id,
        )
    )
    reasons = Counter(
        because(one.clock).removeprefix(": ")
        for one in clocks
        if one.clock.state is ClockState.EXCLUDED
    )
    return WhyView(
        title=_attainment_title(figure, period),
        value=met_words(attainment),
        formula="Met of judged. Judged is every clock with a target that ended, and every open one "
        f"whose due time has passed. {rules_words(engagement)}",
        met=tally.met,
        judged=tally.judged,
        not_counted=(
            *_left_out(tally, reasons),
            *removed_words(engagement, period, emptied, now),
        ),
        rule_version=rules_named(versions),
        as_of=now,
        as_of_words=wording.moment(now, timezone, now),
        tickets=tuple(
            WhyTicket(
                key=f"{one.source}/{one.ticket_id}/{one.clock.obligation}/{one.clock.round}",
                ticket=TicketKey(one.source, one.ticket_id),
                reference=one.reference,
                subject=one.subject,
                words=how_it_counts(one.clock, timezone, now),
                tone=TONES[state_of(one.clock, now)],
            )
            for one in clocks[:MOST_TICKETS]
        ),
        total=tally.judged + tally.pending + tally.excluded + tally.unknown,
    )


def _attainment_title(figure: FigureKey, period: Period) -> str:
    if figure.obligation is not None:
        what = wording.duty(figure.obligation).capitalize()
    elif figure.ledger is not None:
        what = "The provider's ledger" if figure.ledger is Side.PROVIDER else "Our ledger"
    else:
        what = "Both ledgers"
    priority = f", {figure.priority}" if figure.priority else ""
    return f"{what}{priority}, {period.words}"


def _left_out(tally: Tally, reasons: Counter[str]) -> tuple[str, ...]:
    found = []
    if tally.pending:
        found.append(f"{tally.pending:,} not due yet or paused")
    if tally.excluded:
        why = "; ".join(f"{count} because {reason}" for reason, count in reasons.most_common())
        found.append(f"{tally.excluded:,} excluded{f' ({why})' if why else ''}")
    if tally.unknown:
        found.append(f"{tally.unknown:,} that cannot be told from what the source shows")
    return tuple(found)


def _waiting(store: Store, engagement: Engagement, now: Instant) -> WhyView:
    view = waiting.build(store, engagement, now)
    return now_view(
        engagement,
        now,
        title="Waiting on us",
        value=wording.counted(view.total, "item"),
        formula="Every question and approval that stands open with us, every open ticket whose "
        "status says that we are awaited, all open requests to rate the service as one, and what "
        "is ours to do in the plan and before meetings. A ticket counts once per open question. "
        "What holds up most stands first: " + ", ".join(HOLDS_WORDS.values()) + "; among equals "
        "the larger credit, more days of the plan, what is past our own target, the more urgent "
        "priority, and what has waited longest.",
        not_counted=(
            *(f"{item.reference} {item.put_off_words}" for item in view.put_off),
            *view.not_known,
        ),
        tickets=[
            WhyTicket(
                key=item.key,
                ticket=item.ticket,
                reference=item.reference,
                subject=item.subject,
                words=f"{HOLDS_WORDS[item.consequence.holds]}; {item.kind_words} since "
                f"{item.since_words}; {item.asked_words}",
                tone=item.tone,
            )
            for item in view.items
        ],
    )


def _at_risk(store: Store, engagement: Engagement, now: Instant) -> WhyView:
    view = at_risk.build(store, engagement, now)
    rows = [row for row in view.rows if row.state is ClockState.MISSED or row.due_soon]
    others = len(view.rows) - len(rows) - view.untargeted
    left_out = [f"{wording.counted(others, 'open clock')} neither missed nor due soon"]
    if view.untargeted:
        left_out.append(f"{wording.counted(view.untargeted, 'open clock')} without a target")
    return now_view(
        engagement,
        now,
        title="Provider at risk",
        value=wording.counted(len(rows), "clock"),
        formula="The provider's open clocks that are past their target, or that run with at most a "
        "quarter of it left, or that are due within the hour.",
        not_counted=tuple(left_out),
        tickets=[
            WhyTicket(
                key=row.key,
                ticket=row.ticket,
                reference=row.reference,
                subject=row.subject,
                words=f"{row.obligation_words} {row.state_words}, {row.remaining_words}",
                tone=row.tone,
            )
            for row in rows
        ],
    )


def _silent(store: Store, engagement: Engagement, now: Instant) -> WhyView:
    view = at_risk.build(store, engagement, now)
    return now_view(
        engagement,
        now,
        title="Silent tickets",
        value=wording.counted(len(view.silent), "ticket"),
        formula="Every open ticket that waits for the provider or for us, and on which that side "
        f"has written nothing public for {wording.span(SILENT_AFTER)} or more. Time before the "
        "ticket came to that side does not count.",
        not_counted=(),
        tickets=[
            WhyTicket(
                key=row.key,
                ticket=row.ticket,
                reference=row.reference,
                subject=row.subject,
                words=f"{row.silence_words} from {row.awaited_words}, since {row.since_words}",
                tone=row.tone,
            )
            for row in view.silent
        ],
    )


def _listed(store: Store, engagement: Engagement, now: Instant, filter_text: str) -> WhyView:
    view = tickets.build(store, engagement, now, filter_text=filter_text)
    left_out = view.total - len(view.rows)
    derivation = now_view(
        engagement,
        now,
        title=f"Tickets under the filter {filter_text}" if filter_text else "Tickets",
        value=view.summary,
        formula="Every ticket that the sources have shown, open or finished"
        + (", that the filter lets through." if filter_text else "."),
        not_counted=(f"{left_out:,} that the filter leaves out",) if left_out else (),
        tickets=[
            WhyTicket(
                key=f"{row.source}/{row.ticket_id}",
                ticket=TicketKey(row.source, row.ticket_id),
                reference=row.reference,
                subject=row.subject,
                words=f"{'open for' if row.finished_at is None else 'finished after'} "
                f"{wording.span(tickets.age(row, now))}, status {row.status}",
                tone=Tone.PLAIN,
            )
            for row in view.rows[:MOST_TICKETS]
        ],
    )
    return replace(derivation, total=len(view.rows))


def _open(store: Store, engagement: Engagement, now: Instant) -> WhyView:
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    found = [one for one in open_tickets(store, of) if one.standing.finished_at is None]
    found.sort(key=lambda one: (one.created_at, one.id))
    return now_view(
        engagement,
        now,
        title="Open tickets",
        value=wording.counted(len(found), "ticket"),
        formula="Every ticket that is not resolved, closed, cancelled, merged or deleted.",
        not_counted=(),
        tickets=[
            WhyTicket(
                key=f"{one.source}/{one.id}",
                ticket=TicketKey(one.source, one.id),
                reference=one.reference,
                subject=one.subject,
                words=f"open for {wording.span(now - one.created_at)}, "
                f"{wording.IN_COURT[one.standing.court]}",
                tone=Tone.PLAIN,
            )
            for one in found
        ],
    )


def now_view(
    engagement: Engagement,
    now: Instant,
    *,
    title: str,
    value: str,
    formula: str,
    not_counted: tuple[str, ...],
    tickets: Sequence[WhyTicket],
) -> WhyView:
    """Return the derivation of a figure about this moment, which no rule enters."""
    return WhyView(
        title=title,
        value=value,
        formula=formula,
        met=None,
        judged=None,
        not_counted=not_counted,
        rule_version="",
        as_of=now,
        as_of_words=wording.moment(now, engagement.timezone, now),
        tickets=tuple(tickets[:MOST_TICKETS]),
        total=len(tickets),
    )
