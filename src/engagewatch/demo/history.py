"""The past: thousands of tickets, each with a course of its own.

What is to be shown (a late start, a bad week, pauses nobody asked for, ...) is dealt out evenly by
:class:`Share` and not left to chance, so that every seed tells the same story with other people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import cycle

from engagewatch.demo.arrivals import arrival_times
from engagewatch.demo.case import GROUPS, WITH_SUPPLIER, Case, Office, status
from engagewatch.demo.catalogue import (
    APPROVALS,
    HOSTILE_SUBJECTS,
    ONBOARDING,
    TOPICS,
    Topic,
)
from engagewatch.demo.desk import Record, Via
from engagewatch.demo.people import Member
from engagewatch.demo.profile import FINANCE_APPROVER, LEVELS, ZONE, Level, Quality
from engagewatch.engine.calendars import Calendar, compile_calendar
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant, to_datetime, to_instant, zone

ONBOARDING_DAYS = 35
PRACTISED_DAYS = 84
"""For how long they have answered sooner than before."""
CLOSED_AFTER = 4 * DAY
"""How long a solved ticket stays open to the requester before the automation closes it."""


class Share:
    """Deals out "yes" so often that its share keeps up with what was asked for."""

    def __init__(self, start: float = 0.5) -> None:
        """Begin ``start`` of the way to the first "yes"."""
        self._owed = start

    def falls(self, share: float) -> bool:
        """Return whether this one is a "yes"."""
        self._owed += share
        if self._owed < 1:
            return False
        self._owed -= 1
        return True


@dataclass(slots=True)
class Course:
    """How one ticket is going to go."""

    first_response: int
    """Open seconds from creation to the first public answer."""
    resolution: int
    """Open seconds of the provider's own time until the ticket is solved for good."""
    calendar: Calendar
    level: Level
    rounds: int = 0
    """Questions to the client."""
    unmarked: bool = False
    """The status does not say that the client is asked."""
    parked: int = 0
    """Open seconds on pending without a question."""
    held: bool = False
    """With a supplier for a while."""
    reopened: bool = False
    lowered: bool = False
    """The priority is lowered ten minutes before it would be missed."""
    bounced: bool = False
    at_once: bool = False
    """The first answer is the solution."""


def _months_before(anchor: Instant) -> tuple[Instant, Instant, Instant]:
    """Return when the month of ``anchor`` began, the one before it, and the one before that."""
    local = to_datetime(anchor, zone(ZONE))
    begins = []
    for back in range(3):
        years, month = divmod(local.year * 12 + local.month - 1 - back, 12)
        begins.append(to_instant(datetime(years, month + 1, 1, tzinfo=zone(ZONE))))
    return begins[0], begins[1], begins[2]


class Historian:
    """Writes the past tickets of one engagement."""

    def __init__(self, office: Office, started: Instant, anchor: Instant) -> None:
        self.office = office
        self.rng = office.rng
        self.started = started
        self.anchor = anchor
        self._shares: defaultdict[tuple[str, str], Share] = defaultdict(
            lambda: Share(self.rng.random())
        )
        self._rushed = _months_before(anchor)[2]
        # What was late for want of our answers falls due in the month of this day.
        self._month, self._last_month, _ = _months_before(anchor - 8 * DAY)
        self._practised = anchor - PRACTISED_DAYS * DAY
        self._hostile = cycle(HOSTILE_SUBJECTS)
        self._users = [user for user in office.crowd.users if user.pace < 3]
        self._topics = [topic for topic in TOPICS for _ in range(topic.weight)]
        self._teams = {
            team: office.agents_of(team)
            for team in ("Service Desk", "Infrastructure", "Applications")
        }
        approvers = [user for user in office.crowd.users if user.pace >= 3]
        self._approvers = approvers + [
            user for user in approvers if user.email.startswith(FINANCE_APPROVER)
        ]

    def records(self) -> Iterator[Record]:
        """Yield all ordinary tickets, cut off at the anchor."""
        profile = self.office.profile
        times = arrival_times(
            self.rng, self.office.hours, self.started, self.anchor, profile.tickets, self._busy
        )
        for at in times:
            record = self._ticket(at)
            record.audits = [audit for audit in record.audits if audit.at <= self.anchor]
            yield record

    def _busy(self, at: Instant) -> float:
        age = (at - self.started) / DAY
        weight = 1.25 if age < 28 else 1.0
        return weight * (1.7 if self._in_bad_week(at) else 1.0)

    def _in_bad_week(self, at: Instant) -> bool:
        ago = (self.anchor - at) / DAY - self.office.profile.bad_week_days_ago
        return self.office.profile.bad_week is not None and -7 <= ago < 0

    def _quality(self, at: Instant) -> Quality:
        profile = self.office.profile
        if profile.bad_week is not None and self._in_bad_week(at):
            return profile.bad_week
        if at >= self._month:
            return profile.this_month
        if at >= self._last_month:
            return profile.last_month
        month = int((at - self.started) / (30.4 * DAY))
        return profile.by_month[min(month, len(profile.by_month) - 1)]

    def _falls(self, what: str, share: float, among: str = "") -> bool:
        return self._shares[what, among].falls(share)

    # -- one ticket -----------------------------------------------------------------------------

    def _ticket(self, at: Instant) -> Record:
        if self._falls("approval", 0.02) and self._approvers:
            return self._approval(at)
        topic = self._topic(at)
        priority = self._priority(topic, at)
        course = self._course(priority, at)
        case = self._opened(at, topic, priority if self.rng.random() < 0.55 else None)
        agent = self._agent(topic.team)
        self._start(case, course, agent, priority)
        if self._falls("spam", 0.002):
            case.delete(max(audit.at for audit in case.record.audits) + 6 * MINUTE)
            case.record.story = "deleted"
            return case.record
        solved_at = self._work(case, course)
        self._finish(case, course, solved_at)
        return case.record

    def _topic(self, at: Instant) -> Topic:
        if at - self.started < ONBOARDING_DAYS * DAY and self.rng.random() < 0.35:
            return self.rng.choice(ONBOARDING)
        return self.rng.choice(self._topics)

    def _priority(self, topic: Topic, at: Instant) -> str | None:
        draw = self.rng.random() - 0.05 * topic.urgency
        if self.rng.random() < 0.05:
            return None
        night = not self.office.hours.is_open(at)
        if draw < (0.045 if night else 0.012):
            return "urgent"
        if draw < 0.11:
            return "high"
        return "normal" if draw < 0.70 else "low"

    def _course(self, priority: str | None, at: Instant) -> Course:
        rng, quality = self.rng, self._quality(at)
        if priority == "urgent" and self._last_month <= at < self._month:
            # There are so few that one late would break the month, which is to look well.
            quality = replace(quality, first_response=0.0, resolution=0.0)
        level = LEVELS[priority or "normal"]
        among = priority or ""
        if priority is None or not self._falls("late answer", quality.first_response, among):
            first = int(level.first_response * (0.04 + 0.9 * rng.betavariate(1.3, 3.2)))
            if self.office.profile.eventful and at >= self._practised:
                first = int(first * 0.72)
        else:
            first = int(level.first_response * rng.uniform(1.06, 2.4))
        if priority is None or not self._falls("late", quality.resolution, among):
            used = min(0.96, rng.betavariate(1.5, 1.5 / quality.tempo - 1.5))
        else:
            used = rng.uniform(1.04, 1.9)
        course = Course(
            max(first, 75),
            max(int(level.resolution * used), first + 5 * MINUTE),
            compile_calendar(level.calendar),
            level,
        )
        if priority == "urgent":
            return course
        course.rounds = rng.choices((0, 1, 2, 3), (60, 28, 9, 3))[0]
        course.bounced = rng.random() < 0.12
        course.held = course.resolution > 6 * HOUR and rng.random() < 0.2
        # Of late they close tickets sooner, and more of them come back.
        rushed = self.office.profile.eventful and at >= self._rushed
        course.reopened = self._falls("reopened", 0.105 if rushed else 0.055)
        course.unmarked = course.rounds > 0 and self._falls("unmarked", 0.12)
        if self._falls("parked", 0.022):
            course.parked = int(level.resolution * rng.uniform(0.3, 0.9))
        if priority == "high" and self._falls("lowered", 0.02):
            course.lowered = True
            course.rounds = course.parked = 0
            course.held = course.reopened = False
            course.resolution = int(level.resolution * rng.uniform(1.2, 2.2))
        if self._is_plain(course) and self._falls("at once", 0.7):
            course.at_once = True
            course.resolution = course.first_response
        return course

    @staticmethod
    def _is_plain(course: Course) -> bool:
        """Whether nothing is in the way of solving it with the first answer."""
        late = course.resolution > course.level.resolution
        odd = course.rounds or course.parked or course.held or course.reopened or course.lowered
        return not (late or odd)

    def _opened(self, at: Instant, topic: Topic, priority: str | None) -> Case:
        rng = self.rng
        subject = self.office.subject(topic.subjects)
        if self._falls("hostile", 0.0022):
            subject = next(self._hostile)
        requester = self._requester(at)
        by_phone = rng.random() < 0.11
        return Case.open(
            self.office,
            at,
            requester,
            subject,
            topic.body,
            kind=topic.kind,
            team=topic.team,
            category=topic.key,
            via=Via.PHONE if by_phone else rng.choice((Via.EMAIL, Via.EMAIL, Via.FORM)),
            priority=priority,
            opened_by=rng.choice(self._teams["Service Desk"]) if by_phone else None,
            story="hostile" if subject in HOSTILE_SUBJECTS else "",
        )

    def _requester(self, at: Instant) -> Member:
        while True:
            user = self.rng.choice(self._users)
            if user.created_at <= at:
                return user

    def _agent(self, team: str) -> Member:
        return self.rng.choice(self._teams[team])

    def _start(self, case: Case, course: Course, agent: Member, priority: str | None) -> None:
        at, rng = case.record.audits[0].at, self.rng
        if case.record.via is Via.EMAIL:
            case.acknowledge(at + rng.randrange(2, 25))
        triaged = course.calendar.add(at, int(course.first_response * rng.uniform(0.2, 0.8)))
        case.triage(triaged, agent, priority, note=rng.random() < 0.2)

    def _work(self, case: Case, course: Course) -> Instant:
        """Write everything from the first answer to the (first) solution; return when it came."""
        rng = self.rng
        at = course.calendar.add(case.record.audits[0].at, course.first_response)
        if course.at_once:
            case.answer(at, "solution", status("solved"))
            return at
        remaining = course.resolution - course.first_response
        asks_at_once = course.rounds > 0 and rng.random() < 0.5
        if not asks_at_once:
            case.answer(at, "first")
        pieces = self._pieces(remaining, course.rounds + 1)
        for index in range(course.rounds):
            piece = 0 if index == 0 and asks_at_once else pieces[index]
            at = self._labour(case, course, at, piece)
            at = self._ask(case, course, at)
        rest = remaining - sum(pieces[: course.rounds]) + (pieces[0] if asks_at_once else 0)
        if course.reopened:
            again = int(rest * rng.uniform(0.2, 0.5))
            at = self._labour(case, course, at, rest - again)
            case.answer(at, "solution", status("solved"))
            at = self.office.hours.add(at, rng.randrange(2 * HOUR, 28 * HOUR))
            case.reply(at, "again")
            at = self._labour(case, course, at, again)
        else:
            at = self._labour(case, course, at, rest, last=True)
        case.answer(at, "solution", status("solved"))
        return at

    def _pieces(self, total: int, count: int) -> list[int]:
        shares = [self.rng.uniform(0.3, 1.0) for _ in range(count)]
        return [int(total * share / sum(shares)) for share in shares]

    def _ask(self, case: Case, course: Course, at: Instant) -> Instant:
        """Ask the client something; return when the answer came."""
        case.answer(at, "question", {} if course.unmarked else status("pending"))
        usual = self.rng.lognormvariate(0.1, 1.0) * 2.2 * HOUR
        lag = min(usual * case.requester.pace, 90 * HOUR)
        if course.unmarked:
            lag = min(lag, course.level.resolution * 0.04)
        answered = self.office.hours.add(at, max(240, int(lag)))
        case.reply(answered)
        return answered

    def _labour(
        self, case: Case, course: Course, at: Instant, seconds: int, *, last: bool = False
    ) -> Instant:
        """Let the provider work for so many open seconds; return when it is done."""
        rng, calendar = self.rng, course.calendar
        if seconds < 20 * MINUTE:
            return calendar.add(at, max(60, seconds))
        moment = calendar.add(at, int(seconds * rng.uniform(0.2, 0.4)))
        if course.lowered and last:
            target = calendar.add(case.record.audits[0].at, course.level.resolution - 10 * MINUTE)
            case.set(target, {"priority": "normal"})
            case.record.story = "lowered"
        elif course.bounced:
            team = rng.choice(("Infrastructure", "Applications"))
            case.note(moment, {"group_id": GROUPS[team]})
            case.set(moment + 2 * MINUTE, {"assignee_id": self._agent(team).id})
            course.bounced = False
        elif rng.random() < 0.75:
            case.note(moment)
        if last and course.held:
            case.note(moment + 5 * MINUTE, status("hold", WITH_SUPPLIER))
            back = calendar.add(at, int(seconds * rng.uniform(0.6, 0.85)))
            case.answer(max(back, moment + 10 * MINUTE), "update", status("open"))
        elif seconds > 8 * HOUR and rng.random() < 0.3:
            chased = calendar.add(at, int(seconds * rng.uniform(0.5, 0.7)))
            case.reply(chased, "chaser")
            case.answer(calendar.add(chased, rng.randrange(600, 3 * HOUR)), "update")
        elif seconds > 2 * HOUR and rng.random() < 0.6:
            case.answer(calendar.add(at, int(seconds * rng.uniform(0.5, 0.8))), "update")
        end = calendar.add(at, seconds)
        if last and course.parked:
            parked_at = calendar.add(at, int(seconds * 0.85))
            case.note(parked_at, status("pending"))
            case.record.story = "parked"
            end = calendar.add(calendar.add(parked_at, course.parked), 2 * MINUTE)
            case.set(end, status("open"))
            end = calendar.add(end, seconds - int(seconds * 0.85))
        return end

    def _finish(self, case: Case, course: Course, solved_at: Instant) -> None:
        rng = self.rng
        case.close(solved_at + CLOSED_AFTER)
        if not rng.random() < 0.6:
            return
        late = course.resolution > course.level.resolution
        score = None
        if rng.random() < 0.24:
            score = "bad" if self._falls("bad", 0.5 if late else 0.13) else "good"
        offered = solved_at + rng.randrange(2 * HOUR, 20 * HOUR)
        case.rate(offered, score, offered + rng.randrange(10 * MINUTE, 40 * HOUR))

    def _approval(self, at: Instant) -> Record:
        """Write a purchase that waits for somebody with a budget."""
        rng = self.rng
        approver = rng.choice(self._approvers)
        at = self.office.hours.add(at, 1)
        agent = self._agent("Service Desk")
        case = Case.approval(self.office, at, approver, agent, self.office.subject(APPROVALS))
        lag = int(rng.lognormvariate(0.0, 0.5) * approver.pace * 4 * HOUR)
        decided = self.office.hours.add(at + 3 * MINUTE, lag)
        if lag > 30 * HOUR:
            case.remind(self.office.hours.add(at, 25 * HOUR))
        case.decide(decided, "approved" if rng.random() < 0.88 else "declined")
        solved = self.office.hours.add(decided, rng.randrange(HOUR, 20 * HOUR))
        case.answer(solved, "solution", status("solved"))
        case.close(solved + CLOSED_AFTER)
        return case.record
