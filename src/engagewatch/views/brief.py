"""The brief: what changed, what needs a person, how both ledgers stand, what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine.handling import UNHANDLED
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.flag import Flag, Severity
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.store.queries import changes as stored
from engagewatch.store.queries.scope import Scope, scope, snapshot
from engagewatch.store.queries.sources import refusal_counts
from engagewatch.views import wording
from engagewatch.views.figure import Figure
from engagewatch.views.freshness import FreshnessLine
from engagewatch.views.freshness import lines as freshness_lines
from engagewatch.views.headlines import figures
from engagewatch.views.keys import TicketKey, handle_of
from engagewatch.views.policy import ticketing_without_messages
from engagewatch.views.situation import Gathered, gather
from engagewatch.views.tone import Tone
from engagewatch.views.waiting_items import WaitingItem
from engagewatch.views.waiting_list import noted_words, put_off_words

if TYPE_CHECKING:
    from engagewatch.store.store import Store

MOST_ATTENTION_LINES = 5
"""More than this is an alarm list, not a brief."""


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """One thing that changed since the last look."""

    key: str
    words: str
    """E.g. ``#48213 Printer on floor 2: resolved Mon 2 Mar 09:12``."""
    at: Instant
    ticket: TicketKey | None


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change since the last look: how many, and the latest few."""

    kind: str
    """``opened``, ``resolved``, ``missed``, ``waiting``, ``incidents``, ...; stable."""
    count: int
    words: str
    """E.g. ``3 tickets opened``."""
    items: tuple[ChangedItem, ...]
    """The latest few, newest first."""


@dataclass(frozen=True, slots=True)
class AttentionLine:
    """One flag as the brief shows it."""

    key: str
    """The flag's stable identity."""
    rule: str
    severity: Severity
    severity_words: str
    tone: Tone
    side: Side
    whose_move: str
    """``provider`` or ``us``, in words."""
    title: str
    detail: str
    next_step: str
    since: Instant | None
    since_words: str
    """E.g. ``overdue since Mon 2 Mar 09:12``; empty where it has no beginning."""
    owner: str
    """Name or role of the one who holds it; empty where the source does not tell."""
    ticket: TicketKey | None
    screen: str
    """Which screen holds the evidence when it is no single ticket."""
    subject: str
    """Under which something is entered about it."""
    short: str
    """A few letters to type for it in a command; the same every day."""
    state: str
    """Text of the facts whose change ends what was entered."""
    said_words: str = ""
    """E.g. ``acknowledged Mon 2 Mar 09:12: on it`` or ``put off until Mon 9 Mar: on holiday``."""
    quiet: bool = False
    """Somebody has seen it as it is, or put it off."""


@dataclass(frozen=True, slots=True)
class BriefView:
    """The first screen of an engagement."""

    engagement: str
    name: str
    as_of: Instant
    as_of_words: str
    period: str
    """The month the ledgers cover, in words."""
    seen_at: Instant | None
    seen_words: str
    """E.g. ``since you last looked, Mon 2 Mar 09:12`` or ``first look``."""
    waiting_words: str
    """E.g. ``4 items wait on us, oldest 6d; 1 past our own target.``"""
    waiting_first: WaitingItem | None
    """The most consequential of them; ``None`` if nothing waits."""
    changes: tuple[Change, ...]
    """Kinds with at least one change; empty when nothing changed."""
    attention: tuple[AttentionLine, ...]
    """At most five flags, ordered by consequence."""
    more: int
    """Flags beyond those."""
    checks: int
    """How many checks were run."""
    checks_words: str
    """E.g. ``41 checks run, 3 less pressing flags not shown``."""
    all_flags: tuple[AttentionLine, ...]
    """Every flag in the same order, the first five included."""
    put_off: tuple[AttentionLine, ...]
    """Flags that somebody put off, until their day or until they change."""
    figures: tuple[Figure, ...]
    """Both ledgers this month, waiting on us, at risk, open."""
    freshness: tuple[FreshnessLine, ...]
    not_known: tuple[str, ...]
    """What these figures do not cover, one sentence each; empty when nothing is missing."""


SEVERITY_WORDS = {
    Severity.URGENT: "urgent",
    Severity.ATTENTION: "needs attention",
    Severity.NOTICE: "worth knowing",
}

SEVERITY_TONES = {
    Severity.URGENT: Tone.BAD,
    Severity.ATTENTION: Tone.WARNING,
    Severity.NOTICE: Tone.NOTICE,
}

_BEGINNINGS = {
    "provider_clock_missed": "overdue since",
    "client_reply_overdue": "overdue since",
    "approval_overdue": "overdue since",
    "provider_due_soon": "running since",
    "client_reply_due_soon": "running since",
    "approval_due_soon": "running since",
}
"""What began at a flag's instant, where ``since`` alone would leave open which: the clock or its
breach."""

_ITEMS_SHOWN = 5


def build(store: Store, engagement: Engagement, now: Instant) -> BriefView:
    """Return the brief of one engagement as known at ``now``.

    Reads counts and open rows only: its cost does not grow with the tickets that are finished.
    """
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        gathered = gather(store, engagement, of, now)
        seen_at = store.seen_at(engagement.id)
        changes = () if seen_at is None else _changes(store, engagement, of, seen_at, now)
        refused = refusal_counts(store, of)
    flags, put_off = (
        tuple(_attention(flag, gathered, engagement, now) for flag in found)
        for found in (gathered.flags, gathered.put_off_flags)
    )
    attention = flags[:MOST_ATTENTION_LINES]
    more = len(flags) - len(attention)
    fresh = freshness_lines(engagement, gathered.healths, now)
    return BriefView(
        engagement=engagement.id,
        name=engagement.name,
        as_of=now,
        as_of_words=wording.moment(now, engagement.timezone, now),
        period=gathered.period.words,
        seen_at=seen_at,
        seen_words="first look"
        if seen_at is None
        else f"since you last looked, {wording.moment(seen_at, engagement.timezone, now)}",
        waiting_words=gathered.waiting.summary(now),
        waiting_first=next(iter(gathered.waiting.items), None),
        changes=changes,
        attention=attention,
        more=more,
        checks=gathered.checks,
        checks_words=_checks_words(gathered.checks, more, len(put_off)),
        all_flags=flags,
        put_off=put_off,
        figures=figures(gathered, engagement, now),
        freshness=fresh,
        not_known=_not_known(gathered, engagement, fresh, refused, now),
    )


def _attention(
    flag: Flag, gathered: Gathered, engagement: Engagement, now: Instant
) -> AttentionLine:
    handling = gathered.waiting.handled.get(flag.subject, UNHANDLED)
    state = gathered.state_of(flag)
    put_off = flag in gathered.put_off_flags
    said = (
        put_off_words(handling)
        if put_off
        else noted_words(handling, state, engagement.timezone, now)
    )
    since = ""
    if flag.since is not None:
        began = _BEGINNINGS.get(flag.rule, "since")
        since = f"{began} {wording.moment(flag.since, engagement.timezone, now)}"
    return AttentionLine(
        key=flag.key,
        rule=flag.rule,
        severity=flag.severity,
        severity_words=SEVERITY_WORDS[flag.severity],
        tone=SEVERITY_TONES[flag.severity],
        side=flag.side,
        whose_move=wording.COURTS[flag.side],
        title=flag.title,
        detail=flag.detail,
        next_step=flag.next_step,
        since=flag.since,
        since_words=since,
        owner=_owner(flag, gathered),
        ticket=None if flag.ticket is None else TicketKey(*flag.ticket),
        screen=flag.screen,
        subject=flag.subject,
        short=handle_of(flag.subject),
        state=state,
        said_words=said,
        quiet=bool(said),
    )


def _owner(flag: Flag, gathered: Gathered) -> str:
    """Return who holds it: whom we assigned it to, else whom the source names."""
    for item in gathered.waiting.items:
        if item.key == flag.about and item.assigned_words:
            return item.person
    return flag.owner or ""


def _checks_words(checks: int, more: int, put_off: int) -> str:
    rest = f"{wording.counted(more, 'less pressing flag')} not shown" if more else "no more flags"
    later = f", {put_off} put off" if put_off else ""
    return f"{wording.counted(checks, 'check')} run, {rest}{later}"


def _changes(
    store: Store, engagement: Engagement, of: Scope, seen: Instant, now: Instant
) -> tuple[Change, ...]:
    asked = (store, of, seen, now, _ITEMS_SHOWN)
    found = (
        ("missed", stored.missed(*asked), "due time passed unmet", "due times passed unmet"),
        ("waiting", stored.came_to_us(*asked), "ticket came to us", "tickets came to us"),
        ("opened", stored.opened(*asked), "ticket opened", "tickets opened"),
        ("resolved", stored.resolved(*asked), "ticket resolved", "tickets resolved"),
        ("incidents", stored.incidents_posted(*asked), "incident posted", "incidents posted"),
    )
    return tuple(
        Change(
            kind=kind,
            count=happened.count,
            words=wording.counted(happened.count, singular, plural),
            items=tuple(_changed(kind, one, engagement, now) for one in happened.latest),
        )
        for kind, happened, singular, plural in found
        if happened.count
    )


def _changed(
    kind: str, one: stored.StoredChange, engagement: Engagement, now: Instant
) -> ChangedItem:
    what = f"{wording.duty(Obligation(one.obligation))} was due" if one.obligation else kind
    if kind == "waiting":
        what = "came to us"
    elif kind == "incidents":
        what = "posted"
    name = f"{one.reference} {one.subject}".strip()
    return ChangedItem(
        key=f"{kind}:{one.source}:{one.id}:{one.obligation}:{one.at}",
        words=f"{name}: {what} {wording.moment(one.at, engagement.timezone, now)}",
        at=one.at,
        ticket=None if kind == "incidents" else TicketKey(one.source, one.id),
    )


def _not_known(
    gathered: Gathered,
    engagement: Engagement,
    fresh: Iterable[FreshnessLine],
    refused: Mapping[str, int],
    now: Instant,
) -> tuple[str, ...]:
    found = []
    for line in fresh:
        if line.data_as_of is None:
            found.append(f"{line.source} has never been read: nothing of it is in these figures.")
        elif (
            not line.is_current
            or now - line.data_as_of > 2 * engagement.source(line.source).interval
        ):
            since = wording.moment(line.data_as_of, engagement.timezone, now)
            found.append(f"What has happened at {line.source} since {since}.")
    found += [
        f"What stood in {wording.counted(number, 'record')} of {source} that could not be read."
        for source, number in refused.items()
        if number
    ]
    found += [
        f"Who wrote when at {source}: it shows no messages, so waits are read from statuses."
        for source in ticketing_without_messages(engagement)
    ]
    if gathered.situation.unmapped:
        number = len(gathered.situation.unmapped)
        found.append(
            f"Whose court tickets were in under {wording.counted(number, 'status', 'statuses')} "
            "without a meaning."
        )
    untargeted = sum(
        any(clock.target is None and clock.ledger is Side.PROVIDER for clock in ticket.clocks)
        for ticket in gathered.open_tickets
    )
    if untargeted:
        found.append(
            f"Whether {wording.counted(untargeted, 'open ticket')} will be in time: the contract "
            "sets no target for something in them."
        )
    unknown = sum(row.attainment.unknown for row in gathered.counts)
    if unknown:
        found.append(f"How {wording.counted(unknown, 'clock')} of this month ended.")
    if not gathered.component_states:
        found.append("The state of any service: no status source has told of one.")
    return tuple(found)
