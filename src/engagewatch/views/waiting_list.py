"""Everything that waits on the client at a moment, sorted by consequence, with what was said of it.

The brief, the portfolio, "why this number" and the screen itself count from this one list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engagewatch.engine.consequence import grave_first
from engagewatch.engine.handling import HANDLED, UNHANDLED, Handling, handlings
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant
from engagewatch.store.queries.entries import entries
from engagewatch.store.queries.people import one_by_one
from engagewatch.store.queries.presence import knows_meetings
from engagewatch.store.queries.scope import Scope
from engagewatch.store.queries.tickets import OpenTicket, open_surveys
from engagewatch.views import wording
from engagewatch.views.attending import local_day
from engagewatch.views.credit_at_stake import CreditAtStake
from engagewatch.views.keys import handle_of
from engagewatch.views.open_work import awaited_of_us
from engagewatch.views.people import PeopleDirectory
from engagewatch.views.waiting_items import (
    ACTION,
    SURVEYS_LAPSE,
    TASK,
    TicketDesk,
    WaitingItem,
)

if TYPE_CHECKING:
    from engagewatch.store.store import Store
    from engagewatch.views.meetings import MeetingsState
    from engagewatch.views.onboarding_plan import PlanState


@dataclass(frozen=True, slots=True)
class WaitingList:
    """What waits on the client, the most consequential first."""

    items: tuple[WaitingItem, ...]
    put_off: tuple[WaitingItem, ...]
    """Off the list until their day, or until they change."""
    handled: Mapping[str, Handling]
    """What was entered, by subject: of flags and of what waits no more, too."""
    plan: PlanState | None
    """The on-boarding plan; ``None`` without one."""
    meetings: MeetingsState | None
    """``None`` where none is known."""

    @property
    def done(self) -> dict[str, Instant | None]:
        """When what is in no ticket was done, by subject; ``None`` while it is not."""
        found: dict[str, Instant | None] = {}
        for task in () if self.plan is None else self.plan.tasks:
            found[f"{TASK}{task.id}"] = task.clocks[-1].stopped_at if task.clocks else None
        for record in () if self.meetings is None else self.meetings.records:
            found |= {f"{ACTION}{action.id}": action.ended_at for action in record.actions}
        return found

    @property
    def overdue(self) -> int:
        """How many items are past our own target."""
        return sum(item.overdue for item in self.items)

    @property
    def oldest_since(self) -> Instant | None:
        """Since when the oldest item waits; ``None`` if nothing does."""
        return min((item.since for item in self.items), default=None)

    def summary(self, now: Instant) -> str:
        """Return e.g. ``4 items wait on us, oldest 6d; 1 past our own target; 2 put off.``"""
        put_off = f"; {len(self.put_off)} put off" if self.put_off else ""
        if self.oldest_since is None:
            return f"Nothing waits on us{put_off}."
        verb = "waits" if len(self.items) == 1 else "wait"
        past = f"; {self.overdue} past our own target" if self.overdue else ""
        return (
            f"{wording.counted(len(self.items), 'item')} {verb} on us, oldest "
            f"{wording.span(now - self.oldest_since)}{past}{put_off}."
        )


def waiting_list(
    store: Store,
    engagement: Engagement,
    of: Scope,
    tickets: Sequence[OpenTicket],
    now: Instant,
    *,
    roles_only: bool = False,
    quick: bool = False,
) -> WaitingList:
    """Return what waits on the client; ``tickets`` are all that are open.

    ``roles_only`` hides names. ``quick`` leaves out what needs public holidays: the working age of
    items, and when tasks of the plan were done.
    """
    people = PeopleDirectory(engagement, one_by_one(store, of), roles_only=roles_only)
    at_stake = CreditAtStake(store, engagement, now)
    desk = TicketDesk(engagement, people, now, at_stake, quick=quick)
    items = [desk.item(ticket, clock) for ticket in tickets for clock in awaited_of_us(ticket)]
    surveys = desk.surveys(open_surveys(store, of, now - SURVEYS_LAPSE))
    if surveys is not None:
        items.append(surveys)
    plan = _plan(store, engagement, now, quick=quick)
    meetings = _meetings(store, engagement, of, now, roles_only=roles_only)
    if plan is not None or meetings is not None:
        from engagewatch.views.waiting_plan import PlanDesk

        planned = PlanDesk(engagement, people, now, roles_only=roles_only, quick=quick)
        if plan is not None:
            items += planned.tasks(plan)
        if meetings is not None:
            items += planned.meetings(meetings)
    entered = (entry for entry in entries(store, engagement.id, HANDLED) if entry.at <= now)
    handled = handlings(entered)
    listed, put_off = _arranged(items, handled, engagement, people, now)
    return WaitingList(tuple(listed), tuple(put_off), handled, plan, meetings)


def _plan(store: Store, engagement: Engagement, now: Instant, *, quick: bool) -> PlanState | None:
    if engagement.onboarding is None:
        return None
    # Most engagements are long past it: they need not wait for what it imports.
    from engagewatch.views.onboarding_plan import plan_state

    return plan_state(store, engagement, now, quick=quick)


def _meetings(
    store: Store, engagement: Engagement, of: Scope, now: Instant, *, roles_only: bool
) -> MeetingsState | None:
    if not knows_meetings(store, of):
        return None
    # Where there are none, nobody need wait for what it imports.
    from engagewatch.views.meetings import meetings_state

    return meetings_state(store, engagement, now, roles_only=roles_only)


def _arranged(
    items: Iterable[WaitingItem],
    handled: Mapping[str, Handling],
    engagement: Engagement,
    people: PeopleDirectory,
    now: Instant,
) -> tuple[list[WaitingItem], list[WaitingItem]]:
    """Return items with what was said of them, sorted, and those that are put off."""
    timezone = engagement.timezone
    today = local_day(now, timezone)
    listed: list[WaitingItem] = []
    put_off: list[WaitingItem] = []
    for item in items:
        handling = handled.get(item.key, UNHANDLED)
        told = _told(replace(item, short=handle_of(item.key)), handling, people, timezone, now)
        if handling.is_put_off(today, item.state):
            put_off.append(replace(told, put_off_words=put_off_words(handling)))
        else:
            listed.append(told)
    for rows in (listed, put_off):
        rows.sort(key=lambda item: grave_first(item.consequence, item.since, item.key))
    return listed, put_off


def put_off_words(handling: Handling) -> str:
    """Return e.g. ``put off until Mon 9 Mar: on holiday``."""
    if handling.until is None:
        return ""
    why = f": {handling.why}" if handling.why else ""
    return f"put off until {wording.date_words(handling.until)}{why}"


def noted_words(handling: Handling, state: str, timezone: str, now: Instant) -> str:
    """Return e.g. ``acknowledged Mon 2 Mar 09:12: on it``; empty if that is not said of it now."""
    if handling.acknowledged_at is None or not handling.is_acknowledged(state):
        return ""
    note = f": {handling.note}" if handling.note else ""
    return f"acknowledged {wording.moment(handling.acknowledged_at, timezone, now)}{note}"


def _told(
    item: WaitingItem,
    handling: Handling,
    people: PeopleDirectory,
    timezone: str,
    now: Instant,
) -> WaitingItem:
    if handling is UNHANDLED:
        return item
    person, known, assigned = item.person, item.person_known, ""
    if handling.assigned_at is not None:
        person, known = people.holding(handling.assigned_to).words, True
        assigned = f"assigned {wording.moment(handling.assigned_at, timezone, now)}"
    nudged = ""
    if handling.nudges:
        times = len(handling.nudges)
        often = f" ({times} times)" if times > 1 else ""
        nudged = f"nudged {wording.moment(handling.nudges[-1], timezone, now)}{often}"
    return replace(
        item,
        person=person,
        person_known=known,
        handling=handling,
        assigned_words=assigned,
        noted_words=noted_words(handling, item.state, timezone, now),
        nudged_words=nudged,
    )
