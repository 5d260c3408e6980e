"""What happens after the anchor: a desk at work, one change every few seconds.

The live desk looks at a ticket before it acts on it, so whatever the hour, what happens next makes
sense: a waiting client answers, an unanswered ticket is picked up, an old one is solved.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from itertools import count

from engagewatch.demo.case import WITH_SUPPLIER, Case, Office, status
from engagewatch.demo.catalogue import TOPICS
from engagewatch.demo.desk import Record, Via
from engagewatch.model.instants import HOUR, MINUTE, Instant

FIRST_HOURS = 4 * HOUR
"""How long the desk is at its busiest."""
DAYLONG = 25 * HOUR
"""How far the future is written."""

_PRIORITIES = ("high", "normal", "normal", "normal", "low", "low")
_IMPATIENT = 4
"""Up to which pace the client's answers come by themselves."""


class LiveDesk:
    """Goes on with open tickets and lets new ones come in."""

    def __init__(self, office: Office, anchor: Instant, records: Iterable[Record]) -> None:
        """Take over the open ones among ``records``; the caller leaves out those with a script."""
        self.office = office
        self.rng = office.rng
        self.anchor = anchor
        self.opened: list[Record] = []
        self._topics = [topic for topic in TOPICS for _ in range(topic.weight)]
        self._users = [user for user in office.crowd.users if user.pace < _IMPATIENT]
        self._due: list[tuple[Instant, int, Callable[[Instant], None]]] = []
        self._serial = count()
        self._open = [self._resumed(record) for record in records if self._is_open(record)]
        self._solved: list[Case] = []

    def run(self) -> list[Record]:
        """Write the live hours; return the tickets that came in."""
        at = self.anchor
        first, later = self.office.profile.live_gaps
        while at < self.anchor + DAYLONG:
            at += self.rng.randint(*(first if at < self.anchor + FIRST_HOURS else later))
            self._step(at)
        return self.opened

    def _step(self, at: Instant) -> None:
        if self._due and self._due[0][0] <= at:
            _, _, act = heapq.heappop(self._due)
            act(at)
            return
        wanted = self.office.profile.open_tickets
        if self.rng.random() < 0.045 * wanted / max(1, len(self._open)):
            self._new(at)
        elif self._solved and self.rng.random() < 0.03:
            self._again(at)
        elif self._open:
            self._act(at, self._pick())

    def _pick(self) -> Case:
        """Return some open ticket, older ones more often."""
        one, other = self.rng.choice(self._open), self.rng.choice(self._open)
        return min(one, other, key=lambda case: case.record.created_at)

    def _later(self, at: Instant, act: Callable[[Instant], None]) -> None:
        heapq.heappush(self._due, (at, next(self._serial), act))

    # -- what can happen ------------------------------------------------------------------------

    def _new(self, at: Instant) -> None:
        rng = self.rng
        topic = rng.choice(self._topics)
        priority = rng.choice(_PRIORITIES)
        case = Case.open(
            self.office,
            at,
            rng.choice(self._users),
            self.office.subject(topic.subjects),
            topic.body,
            kind=topic.kind,
            team=topic.team,
            category=topic.key,
            via=rng.choice((Via.EMAIL, Via.FORM)),
            priority=priority if rng.random() < 0.6 else None,
        )
        if case.record.via is Via.EMAIL:
            case.acknowledge(at + rng.randrange(2, 8))
        self.opened.append(case.record)
        agent = rng.choice(self.office.agents_of(topic.team))

        def take(now: Instant) -> None:
            case.triage(now, agent, priority)
            self._later(now + rng.randrange(60, 7 * MINUTE), begin)

        def begin(now: Instant) -> None:
            case.answer(now, "first")
            self._open.append(case)

        self._later(at + rng.randrange(90, 5 * MINUTE), take)

    def _act(self, at: Instant, case: Case) -> None:
        current = case.record.state(at)["status"]
        if case.agent is None:
            case.triage(at, self.rng.choice(self.office.agents_of("Service Desk")), "normal")
        elif current == "pending":
            self._wait(at, case)
        elif current == "hold":
            if self.rng.random() < 0.3:
                case.answer(at, "update", status("open"))
            else:
                case.note(at)
        elif self._client_spoke_last(case):
            self._respond(at, case)
        else:
            self._proceed(at, case)

    def _wait(self, at: Instant, case: Case) -> None:
        if self.rng.random() < 0.5 / case.requester.pace:
            case.reply(at)
        else:
            case.note(at)

    def _respond(self, at: Instant, case: Case) -> None:
        draw = self.rng.random()
        if draw < 0.3:
            self._solve(at, case)
        elif draw < 0.5:
            case.answer(at, "question", status("pending"))
        else:
            case.answer(at, "update")

    def _proceed(self, at: Instant, case: Case) -> None:
        draw = self.rng.random()
        if draw < 0.09:
            self._solve(at, case)
        elif draw < 0.20:
            case.answer(at, "question", status("pending"))
        elif draw < 0.38:
            case.answer(at, "update")
        elif draw < 0.46:
            case.reply(at, "chaser")
        elif draw < 0.56:
            case.set(at, {"assignee_id": self.rng.choice(self.office.agents).id})
        elif draw < 0.59:
            case.note(at, status("hold", WITH_SUPPLIER))
        else:
            case.note(at)

    def _solve(self, at: Instant, case: Case) -> None:
        case.answer(at, "solution", status("solved"))
        self._open.remove(case)
        self._solved.append(case)
        if self.rng.random() < 0.3:
            score = "bad" if self.rng.random() < 0.12 else "good"
            asked = at + self.rng.randrange(5 * MINUTE, 30 * MINUTE)
            self._later(asked, lambda now: case.rate(now, score, now + 200))

    def _again(self, at: Instant) -> None:
        case = self.rng.choice(self._solved)
        self._solved.remove(case)
        case.reply(at, "again")
        self._open.append(case)

    # -- looking at a ticket --------------------------------------------------------------------

    def _resumed(self, record: Record) -> Case:
        state = record.state(self.anchor)
        members = {member.id: member for member in self.office.crowd.everybody}
        agent = members.get(state.get("assignee_id", 0))
        return Case(self.office, record, members[record.requester], agent)

    def _is_open(self, record: Record) -> bool:
        return record.state(self.anchor)["status"] not in ("solved", "closed", "deleted")

    def _client_spoke_last(self, case: Case) -> bool:
        for audit in reversed(case.record.audits):
            if audit.comment is not None and audit.comment.public:
                return audit.author == case.requester.id
        return False
