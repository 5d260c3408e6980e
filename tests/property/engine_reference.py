"""A second, slow engine: it asks of every five minutes what was true in them.

Written from the definitions alone, without intervals, bisection or state machines, so that an
error in those does not show up here as well. Good only for tickets whose events lie on five-minute
marks, each at an instant of its own, and for calendars whose hours do.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from engagewatch.model.clock import Obligation
from engagewatch.model.instants import HOUR, MINUTE, Instant, to_instant
from engagewatch.model.policy import (
    Amendment,
    CalendarSpec,
    CalendarVersion,
    DateException,
    Duration,
    Participation,
    Pause,
    Policy,
    PriorityChange,
    Reopen,
    Rules,
    ServiceLevel,
    Window,
)
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Event, EventKind, Ticket

STEP = 5 * MINUTE

ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",  # changes its clocks by half an hour
    "America/Santiago",  # changes them at midnight
    "Asia/Kolkata",  # has half an hour and no change
)
CHANGES = {
    "Europe/London": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "America/Santiago": ("2026-04-05", "2026-09-06"),
    "Asia/Kolkata": ("2026-03-29", "2026-10-25"),
}


def is_open(spec: CalendarSpec, at: Instant) -> bool:
    """Whether the wall clock reads a time inside a window, by looking at the clock."""
    local = datetime.fromtimestamp(at, ZoneInfo(spec.timezone))
    minute = local.hour * 60 + local.minute
    yesterday = local.date() - timedelta(days=1)
    return any(w.start <= minute < w.end for w in _windows(spec, local.date())) or any(
        w.start <= minute + 1440 < w.end for w in _windows(spec, yesterday)
    )


def _windows(spec: CalendarSpec, day: date) -> Sequence[Window]:
    for exception in spec.exceptions:
        if exception.day == day:
            return exception.windows
    week = spec.weekly
    for version in spec.versions:
        if day >= version.since:
            week = version.weekly
    return week[day.weekday()]


@dataclass
class SlowClock:
    """What the slow engine says of one duty."""

    started_at: Instant
    stopped_at: Instant | None
    consumed: int
    target: int | None
    due_at: Instant | None
    paused_now: bool


class SlowEngine:
    """One ticket, asked step by step."""

    def __init__(self, ticket: Ticket, events: Sequence[Event], policy: Policy) -> None:
        self.ticket = ticket
        self.events = sorted(events, key=lambda event: event.at)
        self.policy = policy
        self.created = ticket.created_at
        self.end = self.events[-1].at
        self._open: dict[tuple[str, Instant], bool] = {}
        self._born: Instant | None = None

    # What is true at an instant.

    def before(self, at: Instant) -> list[Event]:
        return [event for event in self.events if event.at <= at]

    def meaning(self, at: Instant) -> StatusMeaning | None:
        raw = self.events[0].value
        for event in self.before(at):
            if event.kind is EventKind.STATUS_CHANGED:
                raw = event.value
        return self.policy.meanings.get(raw)

    def finished(self, at: Instant) -> bool:
        meaning = self.meaning(at)
        return meaning is not None and meaning.is_finished

    def waiting(self, at: Instant) -> bool:
        return self.meaning(at) is StatusMeaning.CLIENT

    def answered(self, at: Instant) -> bool:
        """Whether the client spoke last since the status began to say waiting."""
        if not self.policy.rules.resume_at_reply or not self.waiting(at):
            return False
        last = None
        for event in self.before(at):
            if event.kind is EventKind.STATUS_CHANGED and not self.waiting(event.at - 1):
                last = None
            elif event.kind is EventKind.REPLIED:
                last = event.side
            elif event.kind is EventKind.APPROVAL_DECIDED and self.approval_pending(event.at - 1):
                last = Side.CLIENT
        return last is Side.CLIENT

    def approval_pending(self, at: Instant) -> bool:
        pending: set[str] = set()
        for event in self.before(at):
            if self.finished(event.at):
                pending.clear()
            elif event.kind is EventKind.APPROVAL_REQUESTED:
                pending.add(event.value)
            elif event.kind is EventKind.APPROVAL_DECIDED:
                pending.discard(event.value)
        return bool(pending)

    def court(self, at: Instant) -> Side:
        if self.finished(at):
            return Side.NOBODY
        if self.approval_pending(at):
            return Side.CLIENT
        if self.answered(at):
            return Side.PROVIDER
        meaning = self.meaning(at)
        return Side.NOBODY if meaning is None else meaning.court

    def asking(self, index: int) -> bool:
        """Whether event ``index`` puts a question to the client."""
        event = self.events[index]
        if event.kind is not EventKind.REPLIED or event.side is not Side.PROVIDER:
            return False
        if self.finished(event.at):
            return False
        if event.asks and self.approval_pending(event.at):
            return False
        if event.asks:
            return True
        for later in self.events[index + 1 :]:
            if later.at - event.at > self.policy.rules.question_window:
                return False
            if later.kind is EventKind.REPLIED:  # the client answered, or the provider asked anew
                return False
            if later.kind is EventKind.APPROVAL_REQUESTED:
                return False
            if later.kind is EventKind.STATUS_CHANGED:
                was, now = self.waiting(later.at - 1), self.waiting(later.at)
                if now and not was:
                    return not self.approval_pending(later.at)
                if self.finished(later.at) or (was and not now):
                    return False
        return False

    def question_open(self, at: Instant) -> bool:
        return any(
            since <= at and (until is None or at < until) for since, until in self.questions()
        )

    def questions(self) -> list[tuple[Instant, Instant | None]]:
        """When questions stood open, one after the other."""
        rounds: list[tuple[Instant, Instant | None]] = []
        since = None
        for index, event in enumerate(self.events):
            if self.asking(index):
                since = event.at if since is None else since
            elif since is None:
                continue
            elif (
                (event.kind is EventKind.REPLIED and event.side is Side.CLIENT)
                or self.finished(event.at)
                or (self.waiting(event.at - 1) and not self.waiting(event.at))
            ):
                rounds.append((since, event.at))
                since = None
            elif (
                event.kind is EventKind.APPROVAL_REQUESTED
                and event.at - since <= self.policy.rules.question_window
            ):
                since = None  # what it asked for was the approval
        return rounds if since is None else [*rounds, (since, None)]

    def paused(self, at: Instant) -> bool:
        if self.policy.rules.born_paused_counts and at < self.born_paused_until():
            response = self.first_response_at()
            return response is not None and response <= at
        return self.held_up(at)

    def born_paused_until(self) -> Instant:
        """When the pause that the ticket was created in ended; its creation if there was none."""
        if self._born is None:
            self._born = self.created
            while self.held_up(self._born) and self._born <= self.end:
                self._born += STEP
        return self._born

    def held_up(self, at: Instant) -> bool:
        rules = self.policy.rules
        if self.finished(at):
            return False
        meaning = self.meaning(at)
        if meaning is StatusMeaning.THIRD_PARTY and rules.third_party_pauses:
            return True
        if (meaning is None or meaning is StatusMeaning.NOBODY) and rules.nobody_pauses:
            return True
        if rules.pause is Pause.CLAIMED:
            return meaning is StatusMeaning.CLIENT and not self.answered(at)
        if rules.pause is Pause.EVIDENCED:
            return self.question_open(at) or self.approval_pending(at)
        return False

    def open_at(self, name: str, at: Instant) -> bool:
        if name == "24x7":
            return True
        key = (name, at)
        if key not in self._open:
            self._open[key] = is_open(self.policy.calendars[name], at)
        return self._open[key]

    def provider_works(self, name: str, at: Instant) -> bool:
        if not self.policy.rules.maintenance_counts and any(
            since <= at < until for since, until in self.policy.maintenance
        ):
            return False
        return self.open_at(name, at)

    def late(self, clock: SlowClock) -> bool:
        assert clock.target is not None
        if self.policy.rules.exactly_on_target_is_met:
            return clock.consumed > clock.target
        return clock.consumed >= clock.target

    # How time divides up.

    def courts(self, until: Instant, calendar: str) -> dict[Side, int]:
        totals = dict.fromkeys(Side, 0)
        for at in range(self.created, until, STEP):
            if self.open_at(calendar, at):
                totals[self.court(at)] += STEP
        return totals

    # Clocks.

    def day(self, at: Instant) -> date:
        return datetime.fromtimestamp(at, ZoneInfo(self.policy.timezone)).date()

    def contract_changes(self) -> list[Instant]:
        """The first event under each contract that came while the ticket lived."""
        if self.policy.rules.amendment is Amendment.BY_CREATION:
            return []
        turns = {level.since for level in self.policy.service_levels if level.since is not None}
        found = []
        for turn in turns:
            later = [event.at for event in self.events if self.day(event.at) >= turn]
            if later and self.day(self.created) < turn:
                found.append(later[0])
        return found

    def level(self, priority: str | None, at: Instant) -> ServiceLevel | None:
        by_creation = self.policy.rules.amendment is Amendment.BY_CREATION
        born = self.day(self.created if by_creation else at)
        found = None
        for level in self.policy.service_levels:  # the rows of a priority stand in order of time
            begun = level.since is None or born >= level.since
            if level.priority == priority and begun:
                found = level
        return found

    def priority(self, at: Instant | None) -> str | None:
        changes = [event for event in self.events if event.kind is EventKind.PRIORITY_CHANGED]
        value = changes[0].previous if changes else self.ticket.priority
        for event in changes:
            if at is None or event.at <= at:
                value = event.value
        return value

    def first_response_at(self) -> Instant | None:
        for event in self.events:
            if event.kind is EventKind.REPLIED and event.side is Side.PROVIDER:
                return event.at
        return None

    def first_response(self) -> SlowClock:
        stop = self.first_response_at()
        if stop is None and self.finished(self.end):
            stop = max(
                e.at for e in self.events if not self.finished(e.at - 1) and self.finished(e.at)
            )
        pausing = self.policy.rules.first_response_pauses
        return self.provider_clock(
            Obligation.FIRST_RESPONSE,
            self.created,
            stop,
            lambda at: not (pausing and self.paused(at)),
        )

    def resolutions(self) -> list[SlowClock]:
        """One clock per cycle, as the reopening rule divides the work."""
        rules = self.policy.rules
        turns = [
            event.at
            for event in self.events
            if self.finished(event.at) != self.finished(event.at - 1)
        ]
        cycles: list[SlowClock] = []
        start, stop = self.created, None
        for at in turns:
            if self.finished(at):
                stop = at
            elif stop is not None and not self.continues(stop, at):
                cycles.append(self.resolution(start, stop))
                start, stop = at, None
            else:
                stop = None
        cycles.append(self.resolution(start, stop))
        assert rules.reopen in Reopen
        return cycles

    def continues(self, stop: Instant, reopened: Instant) -> bool:
        rules = self.policy.rules
        if rules.reopen is Reopen.NEW_CYCLE:
            return False
        level = self.level(self.priority(None), self.end)
        assert level is not None
        gap = sum(
            STEP for at in range(stop, reopened, STEP) if self.provider_works(level.calendar, at)
        )
        return gap <= rules.reopen_within.seconds

    def resolution(self, start: Instant, stop: Instant | None) -> SlowClock:
        with_gap = self.policy.rules.reopen is Reopen.CONTINUE_WITH_GAP
        return self.provider_clock(
            Obligation.RESOLUTION,
            start,
            stop,
            lambda at: not self.paused(at) and (with_gap or not self.finished(at)),
        )

    def replies(self) -> list[SlowClock]:
        return [self.reply(since, until) for since, until in self.questions()]

    def reply(self, start: Instant, stop: Instant | None) -> SlowClock:
        participation = self.policy.participation
        target = participation.reply["default"].seconds
        return self.count(participation.calendar, target, start, stop, lambda at: True)

    def surveys(self) -> list[SlowClock]:
        clocks, since = [], None
        within = self.policy.participation.survey_within
        assert within is not None

        def survey(start, stop):
            target = within.seconds
            return self.count(
                self.policy.participation.calendar, target, start, stop, lambda _: True
            )

        for event in self.events:
            if event.kind is EventKind.SURVEYED and since is None:
                since = event.at
            elif event.kind is EventKind.RATED and since is not None:
                clocks.append(survey(since, event.at))
                since = None
        return clocks if since is None else [*clocks, survey(since, None)]

    def provider_clock(self, obligation, start, stop, counts) -> SlowClock:
        """Judge by the last priority up to the stop, unless an earlier one was broken before."""
        changes = [
            event.at
            for event in self.events
            if event.kind is EventKind.PRIORITY_CHANGED and (stop is None or event.at <= stop)
        ]
        rule = self.policy.rules.priority_change
        if rule is PriorityChange.AT_CREATION:
            return self.under(obligation, self.created, start, stop, counts, start)
        amended = [at for at in self.contract_changes() if stop is None or at <= stop]
        held = [self.created, *sorted({*changes, *amended})]
        for since, until in pairwise(held):
            if until <= start:
                continue
            counts_from = max(start, since) if rule is PriorityChange.FROM_CHANGE else start
            before = self.under(obligation, since, start, until, counts, counts_from)
            if self.late(before):
                return self.under(obligation, since, start, stop, counts, counts_from)
        counts_from = max(start, held[-1]) if rule is PriorityChange.FROM_CHANGE else start
        return self.under(obligation, held[-1], start, stop, counts, counts_from)

    def under(self, obligation, since, start, stop, counts, counts_from) -> SlowClock:
        level = self.level(self.priority(since), since)
        assert level is not None
        target = level.targets[obligation].seconds
        works = self.provider_works
        clock = self.count(level.calendar, target, counts_from, stop, counts, works)
        clock.started_at = start
        return clock

    def count(self, calendar, target, start, stop, counts, works=None) -> SlowClock:
        """Step through the duty's time; after its end, on to where the target would run out."""
        works = works or self.open_at
        end = self.end if stop is None else stop
        consumed, due = 0, None
        for at in range(start, end, STEP):
            if counts(at) and works(calendar, at):
                consumed += STEP
                if consumed == target and due is None:
                    due = at + STEP
        paused_now = stop is None and not counts(self.end)
        if due is None and not paused_now:
            rest, at = target - consumed, end
            while rest > 0:
                if works(calendar, at):
                    rest -= STEP
                at += STEP
            due = at
        clock = SlowClock(start, stop, consumed, target, due, paused_now)
        if paused_now and not self.late(clock):
            clock.due_at = None
        elif not self.policy.rules.exactly_on_target_is_met and clock.due_at is not None:
            clock.due_at -= 1  # the last second that is in time
        return clock


def random_case(seed: int) -> tuple[Ticket, list[Event], Policy]:
    """Return a ticket, its events and a policy, in a week in which clocks may change."""
    pick = random.Random(seed)
    zone = pick.choice(ZONES)
    change = datetime.fromisoformat(pick.choice(CHANGES[zone])).replace(tzinfo=ZoneInfo(zone))
    first = to_instant(change) - pick.randrange(0, 4 * 24) * HOUR
    first -= first % STEP
    policy = _random_policy(pick, zone, change.date())
    ticket, events = _random_ticket(pick, first)
    return ticket, events, policy


def _random_policy(pick: random.Random, zone: str, change: date) -> Policy:
    def times(*pairs: tuple[int, int]) -> tuple[Window, ...]:
        return tuple(Window(start, end) for start, end in pairs)

    week = pick.choice(
        [
            (times((540, 1020)),) * 5 + ((), ()),
            (times((510, 720), (780, 1050)),) * 6 + ((),),
            (times((1200, 1680)),) * 7,  # 20:00 to 04:00
            (times((0, 1440)),) * 7,
            (times((60, 200), (1380, 1500)),) * 7,  # in and around the hour that changes
        ]
    )
    exceptions = (
        DateException(change - timedelta(days=1), times((600, 700))),
        DateException(change + timedelta(days=2)),
    )
    later = CalendarVersion(
        change + timedelta(days=pick.choice([-1, 0, 1])), (times((480, 780), (840, 1260)),) * 7
    )
    spec = CalendarSpec(
        "desk",
        zone,
        week,
        exceptions=pick.choice([(), exceptions]),
        versions=pick.choice([(), (later,)]),
    )
    rules = Rules(
        pause=pick.choice(list(Pause)),
        third_party_pauses=pick.random() < 0.5,
        nobody_pauses=pick.random() < 0.5,
        first_response_pauses=pick.random() < 0.3,
        resume_at_reply=pick.random() < 0.7,
        reopen=pick.choice(list(Reopen)),
        reopen_within=Duration(pick.choice([2, 12, 500]) * HOUR),
        priority_change=pick.choice(
            [
                PriorityChange.FROM_CREATION,
                PriorityChange.FROM_CHANGE,
                PriorityChange.AT_CREATION,
            ]
        ),
        question_window=10 * MINUTE,
        exactly_on_target_is_met=pick.random() < 0.7,
        born_paused_counts=pick.random() < 0.4,
        maintenance_counts=pick.random() < 0.6,
        amendment=pick.choice(list(Amendment)),
    )
    levels = tuple(
        ServiceLevel(
            name,
            calendar,
            {
                Obligation.FIRST_RESPONSE: Duration(first),
                Obligation.RESOLUTION: Duration(resolution),
            },
        )
        for name, calendar, first, resolution in (
            ("high", pick.choice(["24x7", "desk"]), HOUR, 4 * HOUR),
            ("low", "desk", 4 * HOUR, 14 * HOUR),
        )
    )
    amended = tuple(
        replace(
            level,
            since=change - timedelta(days=1),
            targets={name: Duration(target.seconds * 2) for name, target in level.targets.items()},
        )
        for level in levels
    )
    middle = to_instant(datetime(change.year, change.month, change.day, 10, tzinfo=UTC))
    return Policy(
        timezone=zone,
        maintenance=((middle - 30 * HOUR, middle - 27 * HOUR), (middle, middle + 2 * HOUR)),
        calendars={"desk": spec},
        service_levels=levels + pick.choice([(), amended]),
        participation=Participation(
            "desk", {"default": Duration(3 * HOUR)}, survey_within=Duration(5 * HOUR)
        ),
        rules=rules,
        meanings={
            "new": StatusMeaning.PROVIDER,
            "open": StatusMeaning.PROVIDER,
            "pending": StatusMeaning.CLIENT,
            "supplier": StatusMeaning.THIRD_PARTY,
            "parked": StatusMeaning.NOBODY,
            "solved": StatusMeaning.RESOLVED,
        },
    )


def _random_ticket(pick: random.Random, created: Instant) -> tuple[Ticket, list[Event]]:
    kinds = EventKind
    at, number = created, 0
    status = pick.choice(["new", "new", "pending", "parked"])
    events = [Event("1", "e0", created, kinds.OPENED, Side.CLIENT, value=status)]
    priority = pick.choice(["high", "low"])
    first_priority, approvals = priority, []
    for number in range(1, pick.randrange(3, 14)):
        at += pick.choice([1, 1, 2, 3, 12, 40, 100, 200]) * STEP
        key = f"e{number}"
        what = pick.random()
        if what < 0.25:
            side, asks = Side.PROVIDER, pick.random() < 0.4
            events.append(Event("1", key, at, kinds.REPLIED, side, asks=asks))
        elif what < 0.45:
            events.append(Event("1", key, at, kinds.REPLIED, Side.CLIENT))
        elif what < 0.55:
            before, priority = priority, "low" if priority == "high" else "high"
            events.append(
                Event("1", key, at, kinds.PRIORITY_CHANGED, value=priority, previous=before)
            )
        elif what < 0.6:
            approvals.append(key)
            events.append(Event("1", key, at, kinds.APPROVAL_REQUESTED, value=key))
        elif what < 0.62:
            events.append(Event("1", key, at, kinds.SURVEYED, Side.PROVIDER))
        elif what < 0.64:
            events.append(Event("1", key, at, kinds.RATED, Side.CLIENT, value="good"))
        elif what < 0.67 and approvals:
            events.append(Event("1", key, at, kinds.APPROVAL_DECIDED, value=approvals.pop()))
        else:
            statuses = ["open", "pending", "pending", "supplier", "parked", "solved", "unheard of"]
            status = pick.choice([name for name in statuses if name != status])
            events.append(Event("1", key, at, kinds.STATUS_CHANGED, Side.PROVIDER, value=status))
    ticket = Ticket("1", "#1", "", status, priority, created, at)
    assert first_priority
    return ticket, events
