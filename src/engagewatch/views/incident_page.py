"""One outage minute by minute: signs, posts, tickets and probes, with its base rate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engagewatch.engine.candour import Candour, Unadmitted
from engagewatch.engine.day_strip import midnight
from engagewatch.engine.signs import CLUSTER_WITHIN, Failure, Opening
from engagewatch.engine.user_minutes import UserMinutes, user_minutes
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import DAY, MINUTE, Instant, to_datetime, zone
from engagewatch.model.service import ComponentState, Incident
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.views import signs, wording
from engagewatch.views.component_state import STATE_TONES, STATE_WORDS
from engagewatch.views.keys import TicketKey
from engagewatch.views.service_story import Story, read_story
from engagewatch.views.services import since_when
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_WEEK = 7 * DAY
_MANY_WEEKS = 2
"""Under so many weeks on record no rate is told."""
_DISRUPTIVE = frozenset({ComponentState.DOWN, ComponentState.PARTIAL})
_DEGRADED_ONLY = "minor"


class MomentKind(StrEnum):
    """Who a moment of the time line is told by."""

    POST = "post"
    PROBE = "probe"
    TICKET = "ticket"
    POLL = "poll"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of an outage."""

    key: str
    at: Instant
    at_words: str
    """E.g. ``Mon 2 Mar 09:12``."""
    offset_words: str
    """From the first sign, e.g. ``+40m``."""
    kind: MomentKind
    who: str
    words: str
    tone: Tone
    ticket: TicketKey | None = None


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """One outage, told by the provider or not."""

    as_of: Instant
    key: str
    title: str
    status_words: str
    """E.g. ``resolved, critical: ERP``; ``never admitted: Printing``."""
    tone: Tone
    candour_words: str
    lasted_words: str
    users_words: str
    """User-minutes lost, at least and at most; says so where that is not known."""
    users: UserMinutes | None
    """``None`` where nobody was cut off."""
    base_rate_words: str
    moments: tuple[Moment, ...]
    """In order of time."""
    url: str


def build(store: Store, engagement: Engagement, now: Instant, key: str) -> IncidentPage | None:
    """Return the outage called ``key``; ``None`` if it is no longer known.

    ``key`` is that of an incident's row, or of a row of what was never admitted.
    """
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    begun = midnight(engagement.started, zone(engagement.timezone))
    # How many people make a cluster hangs on the stretch it is counted over: a row of the services
    # screen is looked up the way that screen counts.
    for since in dict.fromkeys((begun, since_when(engagement, now))):
        with snapshot(store):
            story = read_story(store, engagement, of, since, now, with_tickets=True)
        for source, incident in story.incidents:
            if key == f"{source}/{incident.id}":
                return _told(story, source, incident, key)
        for one in story.never_admitted:
            if signs.never_key(one) == key:
                return _never(story, one, key)
    return None


def _told(story: Story, source: str, incident: Incident, key: str) -> IncidentPage:
    services = story.services_of(source, incident)
    found = story.candours.get((source, incident.id))
    end = story.now if incident.resolved_at is None else min(incident.resolved_at, story.now)
    sign_at = found.first_sign_at if found else incident.started_at
    start = min(sign_at, incident.started_at)
    names = [signs.service_name(story, one) for one in sorted(services)]
    cut_off = incident.impact != _DEGRADED_ONLY or any(
        change.state in _DISRUPTIVE for change in incident.changes
    )
    openings = found.openings if found else ()
    users = _users(story, openings, services, start, end) if cut_off else None
    moments = [
        *_posts(story, source, incident),
        *_probes(story, found.failures if found else ()),
        *_tickets(openings),
        *_polls(story, services, start, end),
    ]
    if found is not None:
        moments.append(_first_sign(found.first_sign_at, signs.SIGN_WORDS[found.kind]))
    lasted = wording.span(max(0, end - start))
    return IncidentPage(
        as_of=story.now,
        key=key,
        title=incident.name,
        status_words=f"{incident.status}, {incident.impact}: "
        + (wording.listed(names) or "no service named"),
        tone=Tone.WARNING if incident.resolved_at is None else Tone.PLAIN,
        candour_words="" if found is None else _sentence(story, found),
        lasted_words=f"{lasted} so far" if incident.resolved_at is None else lasted,
        users_words=_users_words(users),
        users=users,
        base_rate_words=base_rate_words(story, services),
        moments=_placed(story, moments, sign_at),
        url=incident.url,
    )


def _never(story: Story, one: Unadmitted, key: str) -> IncidentPage:
    row = signs.never_row(story, one)
    openings = one.openings
    begin = min([one.first_sign_at, *(each.at for each in openings)])
    users = _users(story, openings, {one.service}, begin, one.until_at)
    provider = story.engagement.provider
    moments = [
        *_probes(story, one.failures),
        *_tickets(openings),
        *_polls(story, {one.service}, begin, one.until_at),
        _first_sign(one.first_sign_at, signs.SIGN_WORDS[one.kind]),
    ]
    return IncidentPage(
        as_of=story.now,
        key=key,
        title=f"{row.name}: {row.sign_words}",
        status_words=f"never admitted: {row.name}",
        tone=row.tone,
        candour_words=f"{provider}'s page told of nothing on {row.name} at the time, nor since.",
        lasted_words=row.lasted_words,
        users_words=_users_words(users),
        users=users,
        base_rate_words=base_rate_words(story, {one.service}),
        moments=_placed(story, moments, one.first_sign_at),
        url="",
    )


def base_rate_words(story: Story, services: Iterable[str]) -> str:
    """Return how often there was an outage on ``services``: no verdict from a single one."""
    wanted = set(services)
    timezone = zone(story.engagement.timezone)
    began = midnight(story.engagement.started, timezone)
    known = [
        history.since
        for source, _ in {key for one in wanted for key in story.provided.get(one, ())}
        if (history := story.history(source)) is not None
    ]
    since = max(began, story.since, min(known, default=began))
    weeks = (story.now - since) // _WEEK
    names = wording.listed([signs.service_name(story, one) for one in sorted(wanted)])
    if not wanted or weeks < _MANY_WEEKS:
        return "How often it happens cannot be told yet; before the engagement: unknown."
    told = sum(
        bool(story.services_of(source, incident) & wanted)
        for source, incident in story.incidents
        if (source, incident.id) in story.candours and incident.started_at >= since
    )
    never = sum(
        one.service in wanted and one.first_sign_at >= since for one in story.never_admitted
    )
    hidden = f", {never} of them never admitted" if never else ""
    return f"{told + never} on {names} in {weeks} weeks{hidden}; before: unknown."


# -- the time line ----------------------------------------------------------------------------


_Told = tuple[Instant, MomentKind, str, str, Tone, TicketKey | None]
"""When, told by whom, their name, what, how bad, the ticket."""


def _posts(story: Story, source: str, incident: Incident) -> list[_Told]:
    found: list[_Told] = []
    if incident.started_at < incident.posted_at:
        words = "the start that the page names"
        found.append((incident.started_at, MomentKind.POST, source, words, Tone.PLAIN, None))
    for index, update in enumerate(sorted(incident.updates, key=lambda one: one.at)):
        first = "first post, " if index == 0 and update.at == incident.posted_at else ""
        text = f": {update.text}" if update.text else ""
        words = f"{first}{update.status}{text}"
        found.append((update.at, MomentKind.POST, source, words, Tone.NOTICE, None))
    if not incident.updates:
        words = "first post"
        found.append((incident.posted_at, MomentKind.POST, source, words, Tone.NOTICE, None))
    for change in incident.changes:
        name = story.names.get((source, change.component_id), change.component_id)
        words = f"{name} {STATE_WORDS[change.state]}"
        tone = STATE_TONES[change.state]
        found.append((change.at, MomentKind.POST, source, words, tone, None))
    if incident.resolved_at is not None and not incident.updates:
        found.append((incident.resolved_at, MomentKind.POST, source, "resolved", Tone.GOOD, None))
    return [one for one in found if one[0] <= story.now]


def _probes(story: Story, failures: Iterable[Failure]) -> list[_Told]:
    found: list[_Told] = []
    for one in failures:
        who, name = signs.who(story, one.source), signs.service_name(story, one.service)
        down = (one.from_at, MomentKind.PROBE, who, f"{name} fails", Tone.BAD, None)
        found.append(down)
        if one.until_at < story.now - CLUSTER_WITHIN:
            words = f"{name} no longer fails, after {wording.span(one.until_at - one.from_at)}"
            found.append((one.until_at, MomentKind.PROBE, who, words, Tone.GOOD, None))
    return found


def _tickets(openings: Iterable[Opening]) -> list[_Told]:
    return [
        (
            one.at,
            MomentKind.TICKET,
            signs.TICKETS,
            f"{one.reference} {one.subject}".strip(),
            Tone.PLAIN,
            TicketKey(one.source, one.ticket_id),
        )
        for one in openings
    ]


def _polls(story: Story, services: Iterable[str], start: Instant, end: Instant) -> list[_Told]:
    """Return when our polls first saw the page show another state."""
    found: list[_Told] = []
    for service in services:
        for key in story.provided.get(service, ()):
            for from_at, _, state in story.record(key).observed:
                if start - CLUSTER_WITHIN <= from_at <= end + CLUSTER_WITHIN:
                    name = signs.service_name(story, service)
                    words = f"seen to show {name} {STATE_WORDS[state]}"
                    tone = STATE_TONES[state]
                    found.append((from_at, MomentKind.POLL, key[0], words, tone, None))
    return found


def _first_sign(at: Instant, words: str) -> _Told:
    return (at, MomentKind.SIGN, "", f"first sign: {words}", Tone.NOTICE, None)


def _placed(story: Story, told: Sequence[_Told], sign_at: Instant) -> tuple[Moment, ...]:
    order = list(MomentKind)
    timezone = story.engagement.timezone
    return tuple(
        Moment(
            key=f"{at}/{place}",
            at=at,
            at_words=wording.moment(at, timezone, story.now),
            offset_words=_offset(at - sign_at),
            kind=kind,
            who=who,
            words=words,
            tone=tone,
            ticket=ticket,
        )
        for place, (at, kind, who, words, tone, ticket) in enumerate(
            sorted(told, key=lambda one: (one[0], order.index(one[1]), one[3]))
        )
    )


def _offset(seconds: int) -> str:
    if abs(seconds) < MINUTE:
        return "0m"
    return f"{'+' if seconds > 0 else '-'}{wording.span(abs(seconds))}"


def _sentence(story: Story, found: Candour) -> str:
    return f"{story.engagement.provider} {signs.lag_words(found)}."


# -- user-minutes -----------------------------------------------------------------------------


def _users(
    story: Story,
    openings: Iterable[Opening],
    services: Iterable[str],
    start: Instant,
    end: Instant,
) -> UserMinutes:
    wanted = frozenset(services)
    day = to_datetime(start, zone(story.engagement.timezone)).date()
    about = [one for one in openings if one.services & wanted]
    return user_minutes(about, start, end, story.engagement.users_on(day) or None)


def _users_words(users: UserMinutes | None) -> str:
    if users is None:
        return "none counted: by the page's account nobody was cut off"
    if users.low is None and users.high is None:
        return "unknown: nobody wrote in, and how many are served is not told"
    if users.low is None:
        return f"unknown; {users.high:,} at most, if everybody served was cut off throughout"
    wrote = wording.counted(users.people, "person", "people")
    low = f"{users.low:,} at least ({wrote} wrote in)"
    if users.high is None:
        return f"{low}; how many are served is not told"
    return f"{low}, {users.high:,} at most (everybody served)"
