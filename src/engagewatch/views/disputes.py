"""Disputes: every clock on which the provider's tool and our count differ, by cause, both ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engagewatch.engine.disagreements import Substitution, disagreements_of
from engagewatch.engine.readings import claimed_verdict
from engagewatch.engine.variations import Cause
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries.clocks import PeriodClock, claim_tallies, disagreements
from engagewatch.store.queries.entries import entries
from engagewatch.store.queries.retention import kept_since
from engagewatch.store.queries.scope import Scope, scope, snapshot
from engagewatch.store.queries.tickets import find_ticket
from engagewatch.views import wording
from engagewatch.views.claims import claim_words
from engagewatch.views.clock_words import how_it_counts, state_of
from engagewatch.views.entering import make_entry
from engagewatch.views.kept import removed_words
from engagewatch.views.keys import TicketKey, handle_of
from engagewatch.views.ledger import span_of
from engagewatch.views.period import Period, month_of
from engagewatch.views.policy import policy_of
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

MOST = 200
"""Disputes of a month that are looked into; ``total`` tells how many there are."""
_COUNTED = 100_000
"""So many are counted, by whom they favour."""


class DisputeState(StrEnum):
    """How far a dispute has come."""

    OPEN = "open"
    """Nobody has raised it."""
    RAISED = "raised"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DROPPED = "dropped"
    """Not worth raising."""


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """One clock on which the two differ."""

    key: str
    """``source/ticket/obligation``: under which its state is entered."""
    short: str
    """A short name to type on a command line."""
    ticket: TicketKey
    reference: str
    subject: str
    priority: str
    obligation: Obligation
    duty_words: str
    claimed: str
    """``met`` or ``missed`` by the provider's tool."""
    ours: str
    in_favour_of: Side
    """Whom the claim favours."""
    claim_words: str
    """What their tool says, with its times."""
    our_words: str
    """What we count, with its times."""
    cause: str
    """In one or two words; ``unexplained`` where no exchange of rules makes the two agree."""
    explanations: tuple[str, ...]
    """What their tool may do differently: each sentence explains it by itself."""
    state: DisputeState
    state_words: str
    """With the day and the note."""
    tone: Tone


@dataclass(frozen=True, slots=True)
class DisputesView:
    """The disputes of a month, those not settled first."""

    as_of: Instant
    period: Period
    rows: tuple[DisputeRow, ...]
    total: int
    compared: int
    summary: str
    causes: tuple[tuple[str, int, int], ...]
    """(cause, in the provider's favour, in ours) of ``rows``, the most frequent first."""


_CAUSES = {
    Cause.DEFINITION: "what stops the clock",
    Cause.CALENDAR: "which hours count",
    Cause.PAUSE: "what pauses it",
    Cause.PRIORITY: "a changed priority",
    Cause.REOPENING: "a reopening",
    Cause.TARGET: "another target",
}
UNEXPLAINED = "unexplained"

_ORDER = tuple(DisputeState)
_TONES = {
    DisputeState.OPEN: Tone.WARNING,
    DisputeState.RAISED: Tone.NOTICE,
    DisputeState.ACCEPTED: Tone.GOOD,
    DisputeState.REJECTED: Tone.BAD,
    DisputeState.DROPPED: Tone.PLAIN,
}


def build(
    store: Store, engagement: Engagement, now: Instant, period: Period | None = None
) -> DisputesView:
    """Return where claims and our count differ in ``period``, the current month unless given."""
    period = period or month_of(now, engagement.timezone)
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    span = span_of(engagement, period, now)
    with snapshot(store):
        claims = claim_tallies(store, of, span)
        emptied = kept_since(store, of)
        contested = [
            one
            for obligation in sorted({key[0] for key, one in claims.items() if one.disagreements})
            for one in disagreements(store, of, span, obligation, _COUNTED)
        ]
        said = {
            entry.subject: entry for entry in entries(store, engagement.id, [EntryKind.DISPUTED])
        }
        # What somebody said something about is shown, however many there are.
        contested.sort(key=lambda one: _key(one) not in said)
        rows = [_row(store, engagement, of, one, said, now) for one in contested[:MOST]]
    rows.sort(key=lambda row: _ORDER.index(row.state))
    compared = sum(one.judged for one in claims.values())
    return DisputesView(
        as_of=now,
        period=period,
        rows=tuple(rows),
        total=len(contested),
        compared=compared,
        summary=" ".join(
            (
                _summary(contested, rows, compared, period),
                *removed_words(engagement, period, emptied, now),
            )
        ),
        causes=_by_cause(rows),
    )


def _row(
    store: Store,
    engagement: Engagement,
    of: Scope,
    one: PeriodClock,
    said: dict[str, Entry],
    now: Instant,
) -> DisputeRow:
    clock = one.clock
    key = _key(one)
    met = claimed_verdict(one.claim, clock) is True
    found = _explained(store, engagement, of, one, now)
    state, words = _state(engagement, said.get(key), now)
    return DisputeRow(
        key=key,
        short=handle_of(key),
        ticket=TicketKey(one.source, one.ticket_id),
        reference=one.reference,
        subject=one.subject,
        priority=clock.priority,
        obligation=clock.obligation,
        duty_words=f"{clock.priority} {wording.duty(clock.obligation)}".strip(),
        claimed="met" if met else "missed",
        ours=wording.CLOCK_STATES[state_of(clock, now)],
        in_favour_of=_favoured(one),
        claim_words=claim_words(one.claim, clock),
        our_words=how_it_counts(clock, engagement.timezone, now),
        cause=_cause(found),
        explanations=tuple(" and ".join(each.words) for each in found),
        state=state,
        state_words=words,
        tone=_TONES[state],
    )


def _key(one: PeriodClock) -> str:
    return f"{one.source}/{one.ticket_id}/{one.clock.obligation}"


def _favoured(one: PeriodClock) -> Side:
    """Return whom the claim favours: whoever owes it if it says met, else the other side."""
    ledger = one.clock.ledger
    if claimed_verdict(one.claim, one.clock) is True:
        return ledger
    return Side.CLIENT if ledger is Side.PROVIDER else Side.PROVIDER


def _explained(
    store: Store, engagement: Engagement, of: Scope, one: PeriodClock, now: Instant
) -> Sequence[Substitution]:
    stored = find_ticket(store, of, one.source, one.ticket_id)
    if stored is None:
        return ()
    policy = policy_of(store, engagement, engagement.source(one.source))
    for most_rules in (1, 2):
        for found in disagreements_of(
            stored.ticket, stored.events, policy, now, most_rules=most_rules
        ):
            if found.obligation is one.clock.obligation and found.explanations:
                return found.explanations
    return ()


def _cause(found: Sequence[Substitution]) -> str:
    """Return what explains it: the one thing all explanations share, else the first of each."""
    if not found:
        return UNEXPLAINED
    kinds = list(dict.fromkeys(cause for one in found for cause in one.causes))
    if len(kinds) == 1:
        return _CAUSES[kinds[0]]
    if all(len(one.causes) == 1 for one in found):
        return " or ".join(_CAUSES[kind] for kind in kinds[:2])
    return "two rules together"


def _state(engagement: Engagement, entry: Entry | None, now: Instant) -> tuple[DisputeState, str]:
    if entry is None:
        return DisputeState.OPEN, "not raised"
    try:
        state = DisputeState(entry.text("state"))
    except ValueError:
        return DisputeState.OPEN, "noted in a way that cannot be read"
    words = f"{state} {wording.day(entry.at, engagement.timezone, now)}"
    note = entry.text("note")
    return state, f"{words}: {note}" if note else words


def _by_cause(rows: Sequence[DisputeRow]) -> tuple[tuple[str, int, int], ...]:
    counted = Counter((row.cause, row.in_favour_of) for row in rows)
    causes = Counter(row.cause for row in rows)
    return tuple(
        (cause, counted[cause, Side.PROVIDER], counted[cause, Side.CLIENT])
        for cause, _ in causes.most_common()
    )


def _summary(
    contested: Sequence[PeriodClock], rows: Sequence[DisputeRow], compared: int, period: Period
) -> str:
    total = len(contested)
    if not compared:
        return f"{period.words}: the provider's tool says nothing to compare with."
    if not total:
        return f"{period.words}: all {compared:,} claims agree with our count."
    theirs = sum(_favoured(one) is Side.PROVIDER for one in contested)
    verb = "favours" if theirs == 1 else "favour"
    words = f"{period.words}: {total:,} of {compared:,} differ; {theirs:,} {verb} the provider, "
    words += f"{total - theirs:,} us"
    states: Counter[DisputeState] = Counter(row.state for row in rows)
    del states[DisputeState.OPEN]
    told = [f"{count} {state}" for state in DisputeState if (count := states[state])]
    return f"{words}; {', '.join(told)}." if told else f"{words}; none raised yet."


def disputed(engagement: str, now: Instant, key: str, state: DisputeState, note: str = "") -> Entry:
    """Return that the dispute called ``key`` has come to ``state``."""
    values = {"state": str(state), "note": note} if note else {"state": str(state)}
    return make_entry(engagement, now, EntryKind.DISPUTED, key, values)


def parse_state(text: str) -> DisputeState:
    """Return the state meant by ``raised``, ``accepted``, ``rejected``, ``dropped`` or ``open``.

    Raises:
        ValueError: it is none of these.
    """
    for state in DisputeState:
        if text.strip().lower() in (state, state[:3]):
            return state
    raise ValueError(f'"{text}" is not one of {wording.listed([str(one) for one in DisputeState])}')
