"""What the flag rules look at of a plan and of meetings: late tasks, meetings missed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engagewatch.engine import situation_participation as engine
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.model.sides import Side
from engagewatch.views import wording
from engagewatch.views.meetings import AttendeeNames, MeetingsState
from engagewatch.views.people import PeopleDirectory
from engagewatch.views.waiting_items import TASK

if TYPE_CHECKING:
    from engagewatch.engine.meetings import Record
    from engagewatch.views.onboarding_plan import PlanState

_SIDES = {
    "client": Side.CLIENT,
    "shared": Side.CLIENT,
    "provider": Side.PROVIDER,
    "outgoing": Side.THIRD_PARTY,
    "third_party": Side.THIRD_PARTY,
}
"""Whose move a task is. What both have to do is told to the client, who can do its half."""


def late_tasks(plan: PlanState) -> tuple[engine.LateTask, ...]:
    """Return the tasks past their day that only their own side can finish now."""
    found = []
    for task in plan.tasks:
        if task.waits_since is None or not task.overdue:
            continue
        stake = task.stakes[0] if task.stakes else None
        holds = ""
        if stake is not None:
            holds = stake.name if stake.milestone else "the end of the plan"
        side = _SIDES[task.owner.value]
        found.append(
            engine.LateTask(
                id=task.id,
                title=task.task.title,
                side=side,
                owner=task.person,
                since=task.waits_since,
                days=task.overdue,
                holds_up=holds,
                delays=0 if stake is None else stake.days,
                spare=0 if stake is None else stake.spare,
                moved=len(task.moves),
                about=f"{TASK}{task.id}" if side is Side.CLIENT else "",
            )
        )
    return tuple(found)


def missed_meetings(
    meetings: MeetingsState, engagement: Engagement, people: PeopleDirectory, now: Instant
) -> tuple[engine.MissedMeetings, ...]:
    """Return how often each required role was missing from the last meetings of its series."""
    names = AttendeeNames(people)
    by_group: dict[str, list[Record]] = {}
    for record in meetings.records:
        if record.is_over(now):
            by_group.setdefault(record.group, []).append(record)
    found = []
    for group, records in by_group.items():
        for who in dict.fromkeys(one.who for one in records[-1].required()):
            running = list(_missed_running(reversed(records), who))
            if not running:
                continue
            last = next(one for one in records[-1].required() if one.who == who)
            found.append(
                engine.MissedMeetings(
                    group=group,
                    who=who,
                    words=names.show(records[-1], last),
                    side=last.side or Side.NOBODY,
                    running=len(running),
                    dates=tuple(
                        wording.day(one.from_at, engagement.timezone, now) for one in running
                    ),
                )
            )
    return tuple(found)


def _missed_running(latest_first: Iterable[Record], who: str) -> Iterable[Record]:
    """Yield the last meetings that somebody missed; one that nobody recorded ends the row."""
    for record in latest_first:
        attendee = next((one for one in record.required() if one.who == who), None)
        if attendee is None or attendee.excused:
            continue
        if attendee.came is not False:
            return
        yield record
