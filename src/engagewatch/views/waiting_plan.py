"""What waits on the client outside of tickets: tasks of the plan, meetings, what was taken on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from engagewatch.engine.consequence import Consequence, Holds
from engagewatch.engine.handling import state_of
from engagewatch.engine.meetings import Action, ActionState, Record
from engagewatch.engine.onboarding import Stage
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.instants import Instant, to_instant, zone
from engagewatch.model.sides import Side
from engagewatch.views import wording
from engagewatch.views.attending import local_day
from engagewatch.views.meetings import MeetingsState, ToConfirm
from engagewatch.views.onboarding_plan import PlanState, Stake, TaskState
from engagewatch.views.open_time import OpenTime
from engagewatch.views.people import PeopleDirectory
from engagewatch.views.tone import Tone
from engagewatch.views.waiting_items import ACTION, TASK, Asked, WaitingItem

_DOCUMENTS = re.compile(
    r"\b(agreement|contract|document|form|inventory|letters?|notice|register|report|signed)\b",
    re.IGNORECASE,
)
"""A task whose evidence is called so is a document that is waited for."""

_PRESSING = (Stage.LATE, Stage.DUE)


class PlanDesk:
    """Makes the items that stand in no ticket."""

    def __init__(
        self,
        engagement: Engagement,
        people: PeopleDirectory,
        now: Instant,
        *,
        roles_only: bool = False,
        quick: bool = False,
    ) -> None:
        """Make items of ``engagement`` as of ``now``; ``quick`` leaves out their working age."""
        self._engagement = engagement
        self._people = people
        self._now = now
        self._roles_only = roles_only
        self._today = local_day(now, engagement.timezone)
        self._calendar = (
            None if quick else OpenTime(engagement).calendar(engagement.participation.calendar)
        )

    def tasks(self, plan: PlanState) -> Iterator[WaitingItem]:
        """Yield the tasks that only our side can finish now, and that are late or about due.

        What can be started, but is due later, is for the plan's own screen.
        """
        for task in plan.tasks:
            if task.waits_on_client and task.stage in _PRESSING:
                yield self._task(task)

    def meetings(self, state: MeetingsState) -> Iterator[WaitingItem]:
        """Yield the invitations we have not answered, and what we took on and have not done."""
        for invitation in state.to_confirm:
            yield self._invitation(invitation)
        for record, action in _overdue(state.records, self._today):
            yield self._action(record, action, state.carried_over(action))

    def _task(self, task: TaskState) -> WaitingItem:
        since = min(self._now, task.waits_since if task.waits_since is not None else self._now)
        stake = task.stakes[0] if task.stakes else None
        overdue = task.overdue > 0
        if overdue:
            due_words = f"overdue by {wording.counted(task.overdue, 'day')}"
        else:
            due_words = f"due {wording.date_words(task.promised)}"
        if task.moves:
            due_words += f", moved {_times(len(task.moves))}"
        is_document = bool(_DOCUMENTS.search(task.task.evidence))
        blocks = _stake_words(stake)
        person = task.task.role if self._roles_only else task.person
        return self._item(
            key=f"{TASK}{task.id}",
            screen="plan_task",
            evidence=task.id,
            reference=task.id,
            subject=task.task.title,
            kind=Obligation.TASK,
            kind_words="document" if is_document else "task",
            status=task.stage.value.replace("_", " "),
            person=person,
            since=since,
            due_at=self._end_of(task.promised),
            due_words=due_words,
            overdue=overdue,
            asked_words=f"what shows it done is {task.task.evidence}"
            if task.task.evidence
            else "as the plan has it",
            blocks=blocks,
            consequence=_of_task(stake, overdue),
            state=state_of(task.promised),
            nudge=self._task_nudge(task, since, blocks, stake),
            url="",
        )

    def _task_nudge(self, task: TaskState, since: Instant, blocks: str, stake: Stake | None) -> str:
        when = wording.day(since, self._engagement.timezone, self._now)
        was = "was" if task.overdue else "is"
        due = f"it {was} due {wording.date_words(task.promised)}"
        cost = "" if stake is None else f" It holds up {blocks}."
        return (
            f"{task.id} ({task.task.title}) has waited for us since {when}; {due}.{cost} "
            "Could you finish it, say a new date, or name who can?"
        )

    def _invitation(self, one: ToConfirm) -> WaitingItem:
        return self._item(
            key=one.key,
            screen="meeting",
            evidence=one.meeting,
            reference="meeting",
            subject=one.title,
            kind=Obligation.ATTENDANCE,
            kind_words="meeting",
            status="invited",
            person=one.who,
            since=min(one.since, self._now),
            due_at=one.from_at,
            due_words=f"on {one.when_words}",
            overdue=False,
            asked_words=one.words,
            blocks="who comes, and what can be decided",
            consequence=Consequence(Holds.WORK),
            state=state_of(one.from_at),
            nudge=one.nudge,
            url=one.url,
        )

    def _action(self, record: Record, action: Action, carried: int) -> WaitingItem:
        due = action.dues[-1]
        late = (self._today - due).days
        moved = f", moved {_times(action.promised_anew)}" if action.promised_anew else ""
        over = f", carried over {wording.counted(carried, 'meeting')}" if carried else ""
        owner = self._people.holding(action.owner).words if action.owner else ""
        return self._item(
            key=f"{ACTION}{action.id}",
            screen="meeting",
            evidence=record.key,
            reference="action",
            subject=action.text,
            kind=Obligation.TASK,
            kind_words="action",
            status="open",
            person=owner,
            since=min(action.taken_at, self._now),
            due_at=self._end_of(due),
            due_words=f"overdue by {wording.counted(late, 'day')}{moved}",
            overdue=True,
            asked_words=f"taken on in {record.title}{over}",
            blocks="what was agreed in a meeting",
            consequence=Consequence(Holds.WORK, overdue=True),
            state=state_of(due),
            nudge=f"{action.text}: we took this on in {record.title}, for "
            f"{wording.date_words(due)}. Could you finish it, say a new date, or name who can?",
            url=record.url,
        )

    def _item(
        self,
        *,
        key: str,
        screen: str,
        evidence: str,
        reference: str,
        subject: str,
        kind: Obligation,
        kind_words: str,
        status: str,
        person: str,
        since: Instant,
        due_at: Instant,
        due_words: str,
        overdue: bool,
        asked_words: str,
        blocks: str,
        consequence: Consequence,
        state: str,
        nudge: str,
        url: str,
    ) -> WaitingItem:
        calendar, now = self._calendar, self._now
        working = None if calendar is None else max(0, calendar.seconds_between(since, now))
        return WaitingItem(
            key=key,
            short="",
            ticket=None,
            screen=screen,
            evidence=evidence,
            reference=reference,
            subject=subject,
            kind=kind,
            kind_words=kind_words,
            status=status,
            person=person or "nobody named",
            person_known=bool(person),
            since=since,
            # Plans and meetings go by days.
            since_words=wording.day(since, self._engagement.timezone, now),
            age=now - since,
            age_words=wording.span(now - since),
            working_age=working,
            working_age_words=wording.UNKNOWN if working is None else wording.working_span(working),
            target=None,
            due_at=due_at,
            due_words=due_words,
            overdue=overdue,
            asked=Asked.EVIDENCED,
            asked_words=asked_words,
            priority="",
            blocks=blocks,
            blocked_obligation=None,
            blocked_remaining=None,
            credit_words="",
            consequence=consequence,
            state=state,
            tone=Tone.BAD if overdue else Tone.NOTICE,
            nudge=nudge,
            url=url,
        )

    def _end_of(self, day: date) -> Instant:
        """Return the last second of a local day."""
        local = zone(self._engagement.timezone)
        return to_instant(datetime.combine(day + timedelta(1), time(), tzinfo=local)) - 1


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _stake_words(stake: Stake | None) -> str:
    """Return what a task holds up, as in ``G2 restore, by 3 days``."""
    if stake is None:
        return "nothing else of the plan"
    name = stake.name if stake.milestone else "the end of the plan"
    if stake.days:
        return f"{name}, by {wording.counted(stake.days, 'day')}"
    if not stake.spare:
        return f"{name}, no day to spare"
    return f"{name}, {wording.counted(stake.spare, 'day')} to spare"


def _of_task(stake: Stake | None, overdue: bool) -> Consequence:
    if stake is None:
        return Consequence(Holds.OURS, overdue=overdue)
    holds = Holds.WORK if stake.spare else Holds.GO_LIVE
    return Consequence(holds, plan_days=stake.days, overdue=overdue)


def _overdue(records: Iterable[Record], today: date) -> Iterator[tuple[Record, Action]]:
    """Yield our own actions whose day has passed, with the meeting they were taken on in."""
    for record in records:
        for action in record.actions:
            is_ours = action.side is Side.CLIENT and action.state is ActionState.OPEN
            if is_ours and action.dues and action.dues[-1] < today:
                yield record, action
