"""What each part of taking part comes to, for one side in one month.

Both sides are counted on the same rows and by the same rules. Where a side owes nothing of a kind
there is no count, and the reason stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engagewatch.engine.attainment import Attainment
from engagewatch.engine.calendars import compile_calendar
from engagewatch.engine.meetings import Attendee, Record
from engagewatch.engine.participation import PartCount
from engagewatch.engine.reasons import NO_TARGET
from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.participation import Part
from engagewatch.model.plan import Owner
from engagewatch.model.policy import ALWAYS
from engagewatch.model.sides import Side
from engagewatch.store.queries.clocks import PeriodClock, begun_clocks, open_and_late, period_clocks
from engagewatch.store.queries.people import one_by_one
from engagewatch.store.queries.scope import scope
from engagewatch.views.clock_words import state_of
from engagewatch.views.ledger import contract_of, span_of
from engagewatch.views.measures import ALL, Measures
from engagewatch.views.meetings import MeetingsState, meetings_state
from engagewatch.views.onboarding_plan import PlanState, TaskState, plan_state
from engagewatch.views.people import PeopleDirectory
from engagewatch.views.period import Period

if TYPE_CHECKING:
    from engagewatch.store.store import Store

MOST_CLOCKS = 500
"""Clocks of one duty listed in a month."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One part of one side in one month, and what stands behind it."""

    count: PartCount
    about: str
    """What is counted, or why nothing is."""


class PartCounts:
    """Counts every part of both sides, month by month; each kind of data is read once."""

    def __init__(
        self,
        store: Store,
        engagement: Engagement,
        since: Instant,
        now: Instant,
        *,
        roles_only: bool,
    ) -> None:
        """Make ready to count months from ``since`` on; nothing is read yet."""
        self._store = store
        self._engagement = engagement
        self._now = now
        self._roles_only = roles_only
        self.of = scope(store, engagement.id, (source.id for source in engagement.sources))
        self.people = PeopleDirectory(engagement, one_by_one(store, self.of), roles_only=roles_only)
        self._measures = Measures(store, engagement, since, now)

    @cached_property
    def meetings(self) -> MeetingsState:
        """All meetings as known now."""
        return meetings_state(self._store, self._engagement, self._now, roles_only=self._roles_only)

    @cached_property
    def plan(self) -> PlanState | None:
        """The on-boarding plan as it stands now, where there is one."""
        return plan_state(self._store, self._engagement, self._now)

    def tasks(self, side: Side, period: Period) -> list[tuple[TaskState, Clock]]:
        """Return the promised dates of a side's tasks that fall into a month; shared ones too."""
        if self.plan is None:
            return []
        current = self._now in period
        return [
            (task, clock)
            for task in self.plan.tasks
            if task.owner in _TASK_OWNERS[side]
            for clock in task.clocks
            if (current if clock.due_at is None else clock.due_at - 1 in period)
        ]

    def attendance_state(self, record: Record, attendee: Attendee) -> ClockState:
        """Return how a required attendance stands."""
        # Whether somebody came is the same in every calendar.
        return record.clock(attendee, compile_calendar(ALWAYS), self._now).state

    def obligation(self, part: Part, side: Side, period: Period) -> Obligation | None:
        """Return the duty in tickets that a part is made of; ``None`` where it is made of none."""
        if side is Side.CLIENT:
            return _OURS.get(part)
        if part is not Part.REPLIES:
            return None
        contract = contract_of(self._engagement, period, self._now)
        promised = {duty for level in contract.service_levels for duty in level.targets}
        return next((duty for duty in _ANSWERS if duty in promised), None)

    def of_part(self, part: Part, side: Side, period: Period) -> Counted:
        """Return one part of one side in a month, with what of it stands open."""
        attainment, about = self.attainment(part, side, period)
        oldest, holder = self._oldest(part, side, period) if attainment else (None, "")
        return Counted(PartCount(part, side, attainment, oldest, holder), about)

    def attainment(self, part: Part, side: Side, period: Period) -> tuple[Attainment | None, str]:
        """Return the count of a part in a month, and what is counted; ``None`` and why not."""
        if part is Part.ATTENDANCE:
            return self._attendance(side, period)
        if part is Part.TASKS:
            return self._tasks(side, period)
        obligation = self.obligation(part, side, period)
        if obligation is None:
            return None, _NOT_OWED[part]
        about = _ABOUT[obligation]
        if obligation is Obligation.SURVEY and not self._engagement.participation.survey_within:
            return self._answered_surveys(period), about
        counted = self._measures.attainment(obligation, period, ALL)
        return _with_target(counted, self.target(part, side, period)), about

    def target(self, part: Part, side: Side, period: Period) -> float | None:
        """Return the share promised of a part, 0 to 1; ``None`` where none, or no single one, is.

        The shares of the client's side are its own, and bind nobody else.
        """
        ours = self._engagement.participation
        if side is Side.CLIENT:
            if part is Part.SURVEYS:
                return ours.survey
            return ours.attendance if part is Part.ATTENDANCE else ours.attainment
        obligation = self.obligation(part, side, period)
        if obligation is None:
            return None
        contract = contract_of(self._engagement, period, self._now)
        shares = {
            level.attainment for level in contract.service_levels if obligation in level.targets
        }
        return shares.pop() if len(shares) == 1 else None

    def clocks(self, part: Part, side: Side, period: Period) -> Sequence[PeriodClock]:
        """Return the clocks that a part is made of in a month, missed ones first."""
        obligation = self.obligation(part, side, period)
        if obligation is None:
            return ()
        if obligation is Obligation.SURVEY and not self._engagement.participation.survey_within:
            return self._surveys(period)
        span = span_of(self._engagement, period, self._now)
        return period_clocks(self._store, self.of, span, obligation, limit=MOST_CLOCKS)

    def _tasks(self, side: Side, period: Period) -> tuple[Attainment | None, str]:
        if self.plan is None:
            return None, "there is no plan of tasks"
        states = [state_of(clock, self._now) for _, clock in self.tasks(side, period)]
        met, missed = states.count(ClockState.MET), states.count(ClockState.MISSED)
        counted = Attainment(
            met=met,
            judged=met + missed,
            target=self.target(Part.TASKS, side, period),
            excluded=states.count(ClockState.EXCLUDED),
            unknown=states.count(ClockState.UNKNOWN),
            pending=states.count(ClockState.RUNNING) + states.count(ClockState.PAUSED),
        )
        return counted, "dates of the plan that were kept; shared tasks count for both sides"

    def _attendance(self, side: Side, period: Period) -> tuple[Attainment | None, str]:
        if not self.meetings.records:
            return None, "no meetings are known"
        counted = self.meetings.attendance(side, period.start, period.end)
        return counted, "required attendances at meetings that took place"

    def _surveys(self, period: Period) -> list[PeriodClock]:
        return begun_clocks(self._store, self.of, Obligation.SURVEY, period.start, period.end)

    def _answered_surveys(self, period: Period) -> Attainment:
        """Return how many requests made in the month were answered, however late."""
        states = [answered(one.clock) for one in self._surveys(period)]
        judged = [state for state in states if state is not None]
        return Attainment(
            met=sum(judged),
            judged=len(judged),
            target=self._engagement.participation.survey,
            excluded=len(states) - len(judged),
        )

    def _oldest(self, part: Part, side: Side, period: Period) -> tuple[Instant | None, str]:
        """Return since when the oldest late item waits that is open, and the role it is with.

        It may be from an earlier month: what was due then and still waits is late now.
        """
        if part is Part.TASKS:
            return self._oldest_task(side, period)
        obligation = self.obligation(part, side, period)
        if obligation is None or obligation is Obligation.SURVEY:
            return None, ""
        late = open_and_late(self._store, self.of, obligation, min(period.end, self._now))
        if not late:
            return None, ""
        shown = self.people.show(late[0].source, holder(late[0], side), side)
        return late[0].clock.started_at, shown.role

    def _oldest_task(self, side: Side, period: Period) -> tuple[Instant | None, str]:
        before = min(period.end, self._now)
        late = [
            (clock.started_at, task.task.role)
            for task in (self.plan.tasks if self.plan is not None else ())
            if task.owner in _TASK_OWNERS[side]
            for clock in task.clocks
            if clock.is_open and clock.due_at is not None and clock.due_at < before
        ]
        return min(late, default=(None, ""))


def holder(one: PeriodClock, side: Side) -> str | None:
    """Return the key of the person a duty is with, as far as the source tells.

    A request for approval that names nobody is written to whoever the ticket is for.
    """
    if one.clock.owner is None and side is Side.CLIENT:
        return one.requester
    return one.clock.owner


def answered(clock: Clock) -> bool | None:
    """Return whether a request to rate was answered; ``None`` where it is not judged."""
    if clock.is_open:
        return False
    # Without a target of its own such a clock is excluded when it ends, which is when it is rated.
    ended = clock.stopped_at is not None and clock.reason == NO_TARGET
    return True if ended or clock.state in (ClockState.MET, ClockState.MISSED) else None


def judged(clocks: Iterable[PeriodClock], now: Instant) -> list[tuple[PeriodClock, bool]]:
    """Return the clocks that are met or missed at ``now``, each with whether it is met."""
    found = []
    for one in clocks:
        state = state_of(one.clock, now)
        if one.clock.obligation is Obligation.SURVEY and one.clock.target is None:
            met = answered(one.clock)
            if met is not None:
                found.append((one, met))
        elif state in (ClockState.MET, ClockState.MISSED):
            found.append((one, state is ClockState.MET))
    return found


def _with_target(counted: Attainment, target: float | None) -> Attainment:
    return Attainment(
        met=counted.met,
        judged=counted.judged,
        target=target,
        excluded=counted.excluded,
        unknown=counted.unknown,
        pending=counted.pending,
    )


_OURS = {
    Part.REPLIES: Obligation.REPLY,
    Part.APPROVALS: Obligation.APPROVAL,
    Part.SURVEYS: Obligation.SURVEY,
}
"""What the client's parts are made of in tickets."""

_ABOUT = {
    Obligation.REPLY: "questions to us answered in time",
    Obligation.APPROVAL: "requests for approval decided in time",
    Obligation.SURVEY: "requests to rate the service that were answered",
    Obligation.NEXT_RESPONSE: "what we wrote answered in time",
    Obligation.FIRST_RESPONSE: "first responses in time: no next response is promised",
}

_TASK_OWNERS = {
    Side.CLIENT: (Owner.CLIENT, Owner.SHARED),
    Side.PROVIDER: (Owner.PROVIDER, Owner.SHARED),
}

_ANSWERS = (Obligation.NEXT_RESPONSE, Obligation.FIRST_RESPONSE)
"""What the provider's replies are made of: the first of these that the contract promises."""

_NOT_OWED = {
    Part.REPLIES: "the contract promises no response",
    Part.APPROVALS: "no source tells what it has to decide",
    Part.SURVEYS: "no source tells if ratings were followed up",
}
