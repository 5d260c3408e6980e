"""Measuring: any metric of the catalogue, in any span of time, from what the store holds.

A :class:`Measures` reads each kind of data once, when first asked for it, so that a screen of many
metrics and months costs a few queries. It is made for one view and thrown away with it.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING, TypeAlias

from engagewatch.engine.attainment import Attainment
from engagewatch.engine.calendars import compile_calendar
from engagewatch.engine.candour import lags
from engagewatch.engine.durations import Observation
from engagewatch.engine.flow import (
    BOUNCED_FROM,
    Rate,
    Stretch,
    TicketFlow,
    one_touch,
    reopened,
    silent_repeats,
)
from engagewatch.engine.metrics import (
    NOTHING,
    Reading,
    of_durations,
    of_level,
    of_part,
    of_rate,
    of_share,
)
from engagewatch.engine.ratings import is_satisfied
from engagewatch.engine.signs import LONGEST_LEAD
from engagewatch.engine.silence import COVERAGE_NEEDS, PERCENT_NEEDS
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, to_datetime, zone
from engagewatch.model.metric import Metric
from engagewatch.model.sides import Side
from engagewatch.store.queries import measures as stored
from engagewatch.store.queries.clocks import Span, Tallies, Tally, tallies
from engagewatch.store.queries.scope import scope
from engagewatch.views import services
from engagewatch.views.components import ComponentRow
from engagewatch.views.period import Period, month_of
from engagewatch.views.policy import policy_of, ticketing_without_messages
from engagewatch.views.service_story import Story, read_story

if TYPE_CHECKING:
    from engagewatch.store.store import Store

ALL = "*"
"""The scope that takes in every priority, or every component."""

MEDIANS = {
    Metric.FIRST_RESPONSE_MEDIAN: Obligation.FIRST_RESPONSE,
    Metric.RESOLUTION_MEDIAN: Obligation.RESOLUTION,
    Metric.REPLY_MEDIAN: Obligation.REPLY,
    Metric.APPROVAL_MEDIAN: Obligation.APPROVAL,
}
ATTAINMENTS = {
    Metric.FIRST_RESPONSE_ATTAINMENT: Obligation.FIRST_RESPONSE,
    Metric.RESOLUTION_ATTAINMENT: Obligation.RESOLUTION,
    Metric.REPLY_ATTAINMENT: Obligation.REPLY,
    Metric.APPROVAL_ATTAINMENT: Obligation.APPROVAL,
}


_Sorted: TypeAlias = tuple[list[Instant], list[stored.Course]]
"""Tickets in order of an instant of theirs, and these instants."""

_FlowRate: TypeAlias = Callable[[Iterable[TicketFlow], Instant, Stretch | None], Rate]


class Measures:
    """What metrics come to in months of one engagement, as known at ``now``."""

    def __init__(self, store: Store, engagement: Engagement, since: Instant, now: Instant) -> None:
        """Make ready to measure months from ``since`` on; nothing is read yet."""
        self._store = store
        self._engagement = engagement
        self._since = since
        self._now = now
        self._of = scope(store, engagement.id, (source.id for source in engagement.sources))
        self._timed: dict[Obligation, list[stored.Timed]] = {}
        self._tallies: dict[str, Tallies] = {}
        self._stocks: dict[Instant, list[stored.Course]] = {}

    def reading(self, metric: Metric, period: Period, scope_name: str = ALL) -> Reading:
        """Return what ``metric`` came to in ``period``, of one priority or component, or of all.

        A month under way is measured as far as it has come.
        """
        if period.start > self._now:
            return NOTHING
        if metric in MEDIANS:
            return self._median(MEDIANS[metric], period, scope_name)
        if metric in ATTAINMENTS:
            attainment = self.attainment(ATTAINMENTS[metric], period, scope_name)
            return of_share(attainment.met, attainment.judged)
        return self._others[metric](period, scope_name)

    def attainment(self, obligation: Obligation, period: Period, scope_name: str) -> Attainment:
        """Return the contract's count of an obligation in a month, of one priority or of all."""
        found = self._tallies_of(period)
        total = sum(
            (
                tally
                for (kind, priority), tally in found.items()
                if kind is obligation and _fits(priority, scope_name)
            ),
            Tally(),
        )
        return Attainment(
            total.met,
            total.judged,
            excluded=total.excluded,
            unknown=total.unknown,
            pending=total.pending,
        )

    def _tallies_of(self, period: Period) -> Tallies:
        if period.key not in self._tallies:
            span = Span(period.start, period.end, self._now, self._engagement.rules)
            self._tallies[period.key] = tallies(self._store, self._of, span)
        return self._tallies[period.key]

    def _median(self, obligation: Obligation, period: Period, scope_name: str) -> Reading:
        return of_durations(
            Observation(self._length(clock), clock.stopped_at is not None)
            for clock in self._timed_of(obligation)
            if clock.started_at in period and _fits(clock.priority, scope_name)
        )

    def _timed_of(self, obligation: Obligation) -> list[stored.Timed]:
        if obligation not in self._timed:
            self._timed[obligation] = stored.timed(
                self._store, self._of, obligation, self._since, self._now
            )
        return self._timed[obligation]

    def _length(self, clock: stored.Timed) -> int:
        if clock.running_since is None or clock.running_since >= self._now:
            return clock.consumed
        calendar = compile_calendar(self._engagement.calendars[clock.calendar])
        return clock.consumed + calendar.seconds_between(clock.running_since, self._now)

    @cached_property
    def _others(self) -> dict[Metric, Callable[[Period, str], Reading]]:
        return {
            Metric.TICKETS_PER_USER: self._per_user,
            Metric.REOPEN_RATE: lambda month, of: self._flow_rate(reopened, month, of),
            Metric.ONE_TOUCH: lambda month, of: self._flow_rate(one_touch, month, of),
            Metric.REPEAT_RATE: lambda month, of: self._flow_rate(silent_repeats, month, of),
            Metric.BACKLOG: self._backlog,
            Metric.BACKLOG_AGE: self._backlog_age,
            Metric.UPTIME: self._uptime,
            Metric.CANDOUR_LAG: self._candour,
            Metric.SATISFACTION: self._satisfaction,
            Metric.COST_PER_TICKET: self._cost,
            Metric.CLIENT_WAIT_SHARE: self._client_wait,
        }

    @cached_property
    def courses(self) -> Sequence[stored.Course]:
        """Every ticket that was open at some time since the first month."""
        return stored.courses(
            self._store, self._of, self._since, self._now + 1, self._engagement.rules
        )

    @cached_property
    def flows(self) -> Sequence[tuple[stored.Course, TicketFlow]]:
        """The same tickets as :mod:`engagewatch.engine.flow` counts them."""
        from engagewatch.engine.fold import Folder
        from engagewatch.engine.returns import first_return

        silent = set(ticketing_without_messages(self._engagement))
        folders = {
            settings.id: Folder(policy_of(self._store, self._engagement, settings))
            for settings in self._engagement.sources
            if settings.id in self._of.sources.values()
        }
        back = {
            (source, ticket.id): first_return(folders[source], ticket, events)
            for source, ticket, events in stored.reopened_tickets(self._store, self._of)
        }
        return [
            (
                course,
                TicketFlow(
                    opened_at=course.opened_at,
                    finished_at=course.finished_at,
                    court=course.court,
                    requester=course.requester,
                    category=course.category,
                    reopened_after=back.get((course.source, course.id)),
                    provider_words=None if course.source in silent else course.provider_words,
                ),
            )
            for course in self.courses
        ]

    def _flow_rate(self, rate: _FlowRate, period: Period, scope_name: str) -> Reading:
        found = rate(
            [flow for course, flow in self.flows if _fits(course.priority, scope_name)],
            self._now,
            (period.start, period.end),
        )
        return of_share(found.count, found.of)

    def opened(self, period: Period, scope_name: str = ALL) -> int:
        """Return how many tickets our side opened in a period."""
        return sum(
            course.opened_by is Side.CLIENT and _fits(course.priority, scope_name)
            for course in _within(self._by_opening, period)
        )

    def resolved(self, period: Period) -> int:
        """Return how many tickets were resolved in a period for good so far."""
        return len(_within(self._by_finish, period))

    @cached_property
    def _by_opening(self) -> _Sorted:
        return _sorted((course.opened_at, course) for course in self.courses)

    @cached_property
    def _by_finish(self) -> _Sorted:
        return _sorted(
            (course.finished_at, course)
            for course in self.courses
            if course.finished_at is not None
        )

    def bounced(self, period: Period) -> float | None:
        """Return the share of resolved tickets that were handed on three times or more.

        ``None`` where too few were resolved, or where nobody sees who had them.
        """
        done = _within(self._by_finish, period)
        if len(done) < PERCENT_NEEDS or not any(course.assignments for course in self.courses):
            return None
        # The first assignment hands nothing on.
        return sum(course.assignments > BOUNCED_FROM for course in done) / len(done)

    def longest_wait(self, period: Period) -> float | None:
        """Return the longest that anybody had waited for a public answer, in calendar seconds.

        As it was in the period: a wait that went on after its end counts up to there.
        """
        end = min(period.end, self._now)
        waits = [
            min(end, end if clock.stopped_at is None else clock.stopped_at) - clock.started_at
            for obligation in (Obligation.FIRST_RESPONSE, Obligation.NEXT_RESPONSE)
            for clock in self._timed_of(obligation)
            if clock.started_at < end
            and (clock.stopped_at is None or clock.stopped_at >= period.start)
        ]
        return float(max(waits)) if waits else None

    def _per_user(self, period: Period, scope_name: str) -> Reading:
        return of_rate(self.opened(period, scope_name), self.user_months(period))

    def user_months(self, period: Period) -> float:
        """Return users times months served in a month, as far as it has come; 0 if not known."""
        here = zone(self._engagement.timezone)
        day = max(to_datetime(period.start, here).date(), self._engagement.started)
        end = to_datetime(min(period.end - 1, self._now), here).date()
        served = 0.0
        while day <= end:
            served += self._engagement.users_on(day) / monthrange(day.year, day.month)[1]
            day += timedelta(days=1)
        return served

    def _open_at(self, period: Period, scope_name: str) -> tuple[Instant, list[stored.Course]]:
        at = min(period.end, self._now)
        if at not in self._stocks:
            instants, opened = self._by_opening
            self._stocks[at] = [
                course
                for course in opened[: bisect_left(instants, at)]
                if course.finished_at is None or course.finished_at >= at
            ]
        return at, [one for one in self._stocks[at] if _fits(one.priority, scope_name)]

    def _backlog(self, period: Period, scope_name: str) -> Reading:
        _, found = self._open_at(period, scope_name)
        return of_level(len(found), len(found))

    def _backlog_age(self, period: Period, scope_name: str) -> Reading:
        at, found = self._open_at(period, scope_name)
        ages = [at - course.opened_at for course in found]
        return of_level(median(ages) if ages else None, len(ages))

    def _uptime(self, period: Period, scope_name: str) -> Reading:
        view = services.build(self._store, self._engagement, self._now, period)
        shares = [
            share
            for row in view.components
            if _fits(row.name, scope_name) and (share := _share_up(row)) is not None
        ]
        # Of several components the worst one: an average would hide it.
        return of_level(min(shares, default=None), len(shares))

    @cached_property
    def _story(self) -> Story:
        since = self._since - LONGEST_LEAD
        return read_story(
            self._store, self._engagement, self._of, since, self._now, with_tickets=True
        )

    def _candour(self, period: Period, _: str) -> Reading:
        story = self._story
        began = {(source, one.id): one.started_at for source, one in story.incidents}
        told = [one for key, one in story.candours.items() if began[key] in period]
        never = [one for one in story.never_admitted if one.first_sign_at in period]
        return of_durations(lags(told, never, self._now))

    def _satisfaction(self, period: Period, _: str) -> Reading:
        given = stored.ratings(self._store, self._of, period.start, period.end)
        verdicts = [is_satisfied(value) for _, value, _, _ in given]
        known = [verdict for verdict in verdicts if verdict is not None]
        return of_share(sum(known), len(known))

    def _cost(self, period: Period, scope_name: str) -> Reading:
        clause = self._engagement.credits
        fee = clause.fee_on(date(period.year, period.month, 1)) if clause else None
        count = self.opened(period, scope_name)
        if fee is None or period.end > self._now or not count:
            return of_level(None, count)
        return of_level(float(fee) / count, count)

    def _client_wait(self, period: Period, scope_name: str) -> Reading:
        done = [
            course
            for course in _within(self._by_finish, period)
            if _fits(course.priority, scope_name)
        ]
        return of_part(
            sum(course.elapsed_client for course in done),
            sum(course.elapsed for course in done),
            len(done),
        )


def _share_up(row: ComponentRow) -> float | None:
    """Return the uptime we saw, or the provider's own account where we watched too little."""
    if row.coverage >= COVERAGE_NEEDS or row.reported is None:
        return row.observed
    return row.reported


def months_until(engagement: Engagement, now: Instant, count: int) -> list[Period]:
    """Return the last ``count`` months, the one under way included, none before the engagement."""
    here = zone(engagement.timezone)
    month = month_of(now, engagement.timezone)
    months: list[Period] = []
    while len(months) < count and to_datetime(month.end - 1, here).date() >= engagement.started:
        months.append(month)
        month = month.previous()
    return months[::-1]


def _sorted(pairs: Iterable[tuple[Instant, stored.Course]]) -> _Sorted:
    ordered = sorted(pairs, key=lambda pair: pair[0])
    return [at for at, _ in ordered], [course for _, course in ordered]


def _within(found: _Sorted, period: Period) -> list[stored.Course]:
    instants, courses = found
    return courses[bisect_left(instants, period.start) : bisect_left(instants, period.end)]


def _fits(name: str, wanted: str) -> bool:
    return wanted == ALL or name.casefold() == wanted.casefold()
