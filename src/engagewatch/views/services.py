"""Services: components now and over ninety days, incidents with their candour, planned work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engagewatch.engine.day_strip import midnight
from engagewatch.engine.silence import COVERAGE_NEEDS
from engagewatch.engine.statistics import percent
from engagewatch.model.engagement import Engagement, RunBy
from engagewatch.model.instants import DAY, MINUTE, Instant, zone
from engagewatch.model.service import Component, ComponentState, Maintenance
from engagewatch.store.queries.scope import scope, snapshot
from engagewatch.views import signs, wording
from engagewatch.views.component_state import state_summary
from engagewatch.views.components import STRIP_DAYS, ComponentRow, DayCell, component_row
from engagewatch.views.period import Period, month_of
from engagewatch.views.policy import tells_services
from engagewatch.views.service_story import Story, read_story
from engagewatch.views.signs import SignsView
from engagewatch.views.tone import Tone
from engagewatch.views.two_accounts import TwoAccounts, two_accounts

if TYPE_CHECKING:
    from engagewatch.store.store import Store

__all__ = [
    "ComponentRow", "DayCell", "IncidentRow", "MaintenanceRow", "ServicesView", "build",
    "build_with_signs",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident as the provider tells it, with how long it took to tell."""

    key: str
    source: str
    incident_id: str
    name: str
    status: str
    impact: str
    is_open: bool
    started_at: Instant
    started_words: str
    posted_at: Instant
    resolved_at: Instant | None
    duration: int
    """Seconds from start to resolution, or to ``now`` while open."""
    duration_words: str
    posted_lag: int
    """Seconds from start to the provider's first public word."""
    posted_lag_words: str
    """E.g. ``told after 31m``, ``told at once``."""
    components: tuple[str, ...]
    """Names; empty where the page links none."""
    tone: Tone
    url: str
    services: tuple[str, ...] = ()
    """The same in lower case, as far as the page lists them."""
    lag: int | None = None
    """Seconds from the first sign to that word, negative where they told first; ``None`` where
    signs were not looked for, or where it is not for the provider to tell us."""
    lag_words: str = ""
    """E.g. ``told 40m after our probes failed``."""
    short_lag_words: str = ""


@dataclass(frozen=True, slots=True)
class MaintenanceRow:
    """Planned work that lies ahead or is under way."""

    key: str
    source: str
    name: str
    status: str
    from_at: Instant
    until_at: Instant
    words: str
    """E.g. ``Sat 7 Mar 22:00 for 4h, announced 6d ahead``."""
    notice: int
    """Seconds between the announcement and its start."""
    under_way: bool
    components: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServicesView:
    """All that the status sources of an engagement tell."""

    as_of: Instant
    period: Period
    is_watched: bool
    """Whether any status source is configured."""
    components: tuple[ComponentRow, ...]
    incidents: tuple[IncidentRow, ...]
    """Open ones first, then newest first; those of the last ninety days."""
    maintenances: tuple[MaintenanceRow, ...]
    summary: str
    """E.g. ``1 of 12 down``, ``all 12 up``, ``2 of 12 unknown``."""
    summary_tone: Tone
    quiet_days: int
    """Days of the strip on which every component was seen up and nothing was reported."""
    watched_days: int
    """Days of the strip with any sight of any component."""
    not_known: tuple[str, ...]
    two_accounts: tuple[TwoAccounts, ...] = ()
    """Services that the client's own probes watch as well as the provider."""
    signs: SignsView | None = None
    """What showed on our side, where it was looked for."""


_NAMED = 5
"""Strange words that are listed by themselves."""
_SEVERE = frozenset({"critical", "major"})


def build(
    store: Store, engagement: Engagement, now: Instant, period: Period | None = None
) -> ServicesView:
    """Return the services at ``now``; uptimes cover ``period``, the current month unless given."""
    period = period or month_of(now, engagement.timezone)
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        story = read_story(store, engagement, of, _since(engagement, now, period), now)
    return of_story(story, period)


def build_with_signs(store: Store, engagement: Engagement, now: Instant) -> ServicesView:
    """Return the services of this month, and what showed on our side over the strip's days."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    with snapshot(store):
        since = since_when(engagement, now)
        story = read_story(store, engagement, of, since, now, with_tickets=True)
    view = of_story(story, month_of(now, engagement.timezone))
    found = signs.build(story, f"the last {STRIP_DAYS} days")
    return replace(view, signs=found)


def since_when(engagement: Engagement, now: Instant) -> Instant:
    """Return from when on the screen of ``now`` counts signs."""
    return _since(engagement, now, month_of(now, engagement.timezone))


def _since(engagement: Engagement, now: Instant, period: Period) -> Instant:
    return min(now - (STRIP_DAYS + 1) * DAY, _start(engagement, period))


def _start(engagement: Engagement, period: Period) -> Instant:
    return max(period.start, midnight(engagement.started, zone(engagement.timezone)))


def of_story(story: Story, period: Period) -> ServicesView:
    """Return the services as a story tells them that reaches back far enough."""
    engagement, now = story.engagement, story.now
    span = (_start(engagement, period), period)
    rows = _side_by_side(
        [
            component_row(engagement, one, story.record((one.source, one.component.id)), span, now)
            for one in story.components
        ]
    )
    summary, tone = state_summary([row.state for row in rows])
    quiet, watched = _quiet_days(rows)
    return ServicesView(
        as_of=now,
        period=period,
        is_watched=any(tells_services(settings) for settings in engagement.sources),
        components=tuple(rows),
        incidents=incident_rows(story, now - (STRIP_DAYS + 1) * DAY),
        maintenances=_maintenances(engagement, story.works, story.names, now),
        summary=summary,
        summary_tone=tone,
        quiet_days=quiet,
        watched_days=watched,
        not_known=_not_known(rows, [one.component for one in story.components if one.listed]),
        two_accounts=two_accounts(rows),
    )


def _side_by_side(rows: Sequence[ComponentRow]) -> list[ComponentRow]:
    """Return the rows with what our own probes watch right below the provider's word on it."""
    ours: defaultdict[str, list[ComponentRow]] = defaultdict(list)
    provided = {row.name.casefold() for row in rows if row.run_by is RunBy.PROVIDER}
    for row in rows:
        if row.run_by is RunBy.CLIENT and row.name.casefold() in provided:
            ours[row.name.casefold()].append(row)
    ordered: list[ComponentRow] = []
    for row in rows:
        if row.run_by is RunBy.PROVIDER:
            ordered.append(row)
            ordered += [replace(one, group=row.group) for one in ours.pop(row.name.casefold(), ())]
        elif row.name.casefold() not in provided:
            ordered.append(row)
    return ordered


def _quiet_days(rows: Sequence[ComponentRow]) -> tuple[int, int]:
    """Return on how many days all components were up all day, and on how many any was known."""
    quiet = watched = 0
    for cells in zip(*(row.strip for row in rows), strict=True):
        known = [cell for cell in cells if cell.state is not ComponentState.UNKNOWN]
        watched += bool(known)
        quiet += bool(cells) and all(
            cell.state is ComponentState.UP and not cell.partial for cell in cells
        )
    return quiet, watched


def incident_rows(story: Story, since: Instant) -> tuple[IncidentRow, ...]:
    """Return the incidents that were open at ``since`` or later, open ones first."""
    engagement, now, names = story.engagement, story.now, story.names
    rows = []
    for source, incident in story.incidents:
        if incident.started_at > now or (incident.resolved_at or now) < since:
            continue
        is_open = incident.resolved_at is None or incident.resolved_at > now
        end = now if is_open or incident.resolved_at is None else incident.resolved_at
        duration = max(0, end - incident.started_at)
        lag = max(0, incident.posted_at - incident.started_at)
        severe = incident.impact in _SEVERE
        # Without the tickets a first sign would be none.
        found = story.candours.get((source, incident.id)) if story.has_tickets else None
        span = wording.span(duration)
        rows.append(
            IncidentRow(
                key=f"{source}/{incident.id}",
                source=source,
                incident_id=incident.id,
                name=incident.name,
                status=incident.status,
                impact=incident.impact,
                is_open=is_open,
                started_at=incident.started_at,
                started_words=wording.moment(incident.started_at, engagement.timezone, now),
                posted_at=incident.posted_at,
                resolved_at=None if is_open else incident.resolved_at,
                duration=duration,
                duration_words=f"{span} so far" if is_open else span,
                posted_lag=lag,
                posted_lag_words="told at once"
                if lag < MINUTE
                else f"told after {wording.span(lag)}",
                components=_names(source, incident.component_ids, names),
                services=tuple(sorted(story.services_of(source, incident))),
                lag=None if found is None else found.lag,
                lag_words="" if found is None else signs.lag_words(found),
                short_lag_words="" if found is None else signs.short_lag_words(found),
                tone=(Tone.BAD if severe else Tone.WARNING) if is_open else Tone.PLAIN,
                url=incident.url,
            )
        )
    rows.sort(key=lambda row: (not row.is_open, -row.started_at, row.key))
    return tuple(rows)


def _maintenances(
    engagement: Engagement,
    works: Iterable[tuple[str, Maintenance]],
    names: Mapping[tuple[str, str], str],
    now: Instant,
) -> tuple[MaintenanceRow, ...]:
    rows = []
    for source, work in works:
        if work.until_at <= now:
            continue
        notice = work.from_at - work.announced_at
        begins = wording.moment(work.from_at, engagement.timezone, now)
        told = (
            f"announced {wording.span(notice)} ahead" if notice > 0 else "announced after it began"
        )
        rows.append(
            MaintenanceRow(
                key=f"{source}/{work.id}",
                source=source,
                name=work.name,
                status=work.status,
                from_at=work.from_at,
                until_at=work.until_at,
                words=f"{begins} for {wording.span(work.until_at - work.from_at)}, {told}",
                notice=notice,
                under_way=work.from_at <= now,
                components=_names(source, work.component_ids, names),
            )
        )
    rows.sort(key=lambda row: (row.from_at, row.key))
    return tuple(rows)


def _names(
    source: str, ids: Iterable[str], names: Mapping[tuple[str, str], str]
) -> tuple[str, ...]:
    return tuple(names.get((source, name), name) for name in ids)


def _not_known(rows: Sequence[ComponentRow], listed: Sequence[Component]) -> tuple[str, ...]:
    if not rows:
        return ("No status source has told of any component yet.",)
    found = []
    named = [f'"{one.word}" ({one.name})' for one in listed if one.word]
    if named:
        more = f", and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        found.append(f"What these states mean: {', '.join(named[:_NAMED])}{more}.")
    unknown = sum(row.state is ComponentState.UNKNOWN for row in rows)
    if unknown:
        found.append(f"The state of {wording.counted(unknown, 'component')} now.")
    thin = [row for row in rows if row.coverage < COVERAGE_NEEDS]
    if thin:
        least = min(row.coverage for row in thin)
        found.append(
            f"{wording.counted(len(thin), 'component')} watched for less than 95% of the period "
            f"(the least {percent(int(least * 1000), 1000, 0)}); the rest of the time is unknown, "
            "not up."
        )
    return tuple(found)
