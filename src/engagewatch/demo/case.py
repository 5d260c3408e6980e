"""One ticket being written: every update is one line, in the words of the tool's fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from engagewatch.demo.catalogue import ACKNOWLEDGEMENT, fill, say
from engagewatch.demo.desk import SYSTEM, Audit, Comment, Record, Via
from engagewatch.demo.people import Crowd, Member, Role
from engagewatch.demo.profile import Profile
from engagewatch.engine.calendars import Calendar
from engagewatch.model.instants import MINUTE, Instant

GROUPS: Mapping[str, int] = {"Service Desk": 44, "Infrastructure": 45, "Applications": 46}


@dataclass(frozen=True, slots=True)
class CustomStatus:
    """A status of the tool's own making within one of the five categories."""

    id: int
    category: str
    agent_label: str
    end_user_label: str
    default: bool


CUSTOM_STATUSES: Sequence[CustomStatus] = (
    CustomStatus(9_001_001, "new", "New", "Submitted", default=True),
    CustomStatus(9_001_002, "open", "Open", "Open", default=True),
    CustomStatus(9_001_003, "pending", "Pending", "Awaiting your reply", default=True),
    CustomStatus(9_001_004, "hold", "On-hold", "Open", default=True),
    CustomStatus(9_001_005, "solved", "Solved", "Solved", default=True),
    CustomStatus(9_001_011, "pending", "Awaiting approval", "Awaiting approval", default=False),
    CustomStatus(9_001_012, "hold", "With supplier", "With supplier", default=False),
)
_DEFAULT_STATUS = {status.category: status.id for status in CUSTOM_STATUSES if status.default}
AWAITING_APPROVAL = 9_001_011
WITH_SUPPLIER = 9_001_012


def status(name: str, custom: int | None = None) -> dict[str, Any]:
    """Return the field changes of a move to status ``name``."""
    if custom is None:
        custom = _DEFAULT_STATUS["solved" if name == "closed" else name]
    return {"status": name, "custom_status_id": custom}


@dataclass(slots=True)
class Office:
    """What all tickets of one engagement share while they are being written."""

    profile: Profile
    rng: Random
    crowd: Crowd
    hours: Calendar
    _next_ticket: int = 0

    @property
    def agents(self) -> list[Member]:
        """Those who work on tickets; whoever manages the account does not."""
        return [agent for agent in self.crowd.agents if agent.role is Role.AGENT]

    def agents_of(self, team: str) -> list[Member]:
        """Return the agents of one team; all of them where it has none of its own."""
        return [agent for agent in self.agents if agent.department == team] or self.agents

    def subject(self, templates: Sequence[str]) -> str:
        """Return a subject after one of ``templates``, in the client's own words."""
        return self.profile.localised(fill(self.rng, self.rng.choice(templates)))

    def provisional_id(self) -> int:
        """Return a ticket id; final ids follow the order of creation."""
        self._next_ticket += 1
        return self._next_ticket


class Case:
    """Writes one ticket. The desk puts the audits in order of time in the end."""

    def __init__(
        self, office: Office, record: Record, requester: Member, agent: Member | None = None
    ) -> None:
        """Go on with ``record``; ``agent`` is who has it."""
        self.office = office
        self.record = record
        self.requester = requester
        self.agent = agent

    @classmethod
    def open(
        cls,
        office: Office,
        at: Instant,
        requester: Member,
        subject: str,
        description: str,
        *,
        kind: str,
        team: str,
        category: str,
        via: Via = Via.EMAIL,
        priority: str | None = None,
        opened_by: Member | None = None,
        story: str = "",
    ) -> Case:
        """Open a ticket; ``opened_by`` is the agent who wrote it down for the requester."""
        record = Record(
            office.provisional_id(), requester.id, via, subject, description, category, story=story
        )
        case = cls(office, record, requester, opened_by)
        fields: dict[str, Any] = {
            "subject": subject,
            **status("new" if opened_by is None else "open"),
            "priority": priority,
            "type": kind,
            "group_id": GROUPS[team],
            "requester_id": requester.id,
            "tags": [category],
        }
        if opened_by is not None:
            fields["assignee_id"] = opened_by.id
        author = requester if opened_by is None else opened_by
        case._add(at, author.id, via, fields, Comment(description))
        return case

    @classmethod
    def approval(
        cls,
        office: Office,
        at: Instant,
        approver: Member,
        agent: Member,
        subject: str,
        *,
        priority: str = "low",
        story: str = "approval",
    ) -> Case:
        """Open a purchase ticket on which ``approver`` is asked for a decision."""
        case = cls.open(
            office,
            at,
            approver,
            subject,
            "Quote attached. We need your decision before we can order.",
            kind="task",
            team="Service Desk",
            category="approval",
            via=Via.FORM,
            priority=priority,
            opened_by=agent,
            story=story,
        )
        changes = {**status("pending", AWAITING_APPROVAL), **case.tag("awaiting_approval")}
        case.write(at + 3 * MINUTE, "Do you approve this? The quote is valid for 14 days.", changes)
        return case

    def remind(self, at: Instant) -> None:
        """Ask for the decision again."""
        self.write(at, "A gentle reminder: could you decide on this, or name someone who can?")

    def decide(self, at: Instant, decision: str) -> None:
        """Let the approver decide: ``approved`` or ``declined``."""
        body = "Approved, go ahead." if decision == "approved" else "Not this quarter, declined."
        changes = {**status("open"), **self.tag(decision, without=("awaiting_approval",))}
        self._add(at, self.requester.id, Via.EMAIL, changes, Comment(body))

    def acknowledge(self, at: Instant) -> None:
        """Send the automatic receipt: a public message that nobody wrote."""
        account = self.office.crowd.service_account
        self._add(at, account.id, Via.RULE, {}, Comment(ACKNOWLEDGEMENT))

    def triage(
        self, at: Instant, agent: Member, priority: str | None, *, note: bool = False
    ) -> None:
        """Assign the ticket and settle its priority."""
        self.agent = agent
        changes: dict[str, Any] = {**status("open"), "assignee_id": agent.id}
        if self.record.audits[0].changes["priority"] != priority:
            changes["priority"] = priority
        self._add(at, agent.id, Via.FORM, changes, self._said("note", public=False, when=note))

    def answer(self, at: Instant, words: str, changes: Mapping[str, Any] | None = None) -> None:
        """Write to the requester, publicly; ``words`` names what is said."""
        self._add(at, self._agent.id, Via.FORM, dict(changes or {}), self._said(words))

    def note(self, at: Instant, changes: Mapping[str, Any] | None = None) -> None:
        """Write an internal note."""
        comment = self._said("note", public=False)
        self._add(at, self._agent.id, Via.FORM, dict(changes or {}), comment)

    def set(self, at: Instant, changes: Mapping[str, Any]) -> None:
        """Change fields without a word."""
        self._add(at, self._agent.id, Via.FORM, dict(changes), None)

    def reply(self, at: Instant, words: str = "answer") -> None:
        """Let the requester write; a pending or solved ticket opens again with it."""
        current = self.record.state(at).get("status")
        changes = status("open") if current in ("pending", "solved") else {}
        self._add(at, self.requester.id, Via.EMAIL, changes, self._said(words))

    def write(self, at: Instant, body: str, changes: Mapping[str, Any] | None = None) -> None:
        """Let the agent write ``body`` to the requester."""
        self._add(at, self._agent.id, Via.FORM, dict(changes or {}), Comment(body))

    def tag(self, *tags: str, without: Sequence[str] = ()) -> dict[str, Any]:
        """Return the change that adds ``tags`` and takes others away."""
        changes = (audit.changes for audit in reversed(self.record.audits))
        before = next(change["tags"] for change in changes if "tags" in change)
        return {"tags": [*(tag for tag in before if tag not in without), *tags]}

    def delete(self, at: Instant) -> None:
        """Throw the ticket away, as spam."""
        self.record.deleted_at = at
        self._add(at, self._agent.id, Via.FORM, {"status": "deleted"}, None)

    def close(self, at: Instant) -> None:
        """Let the automation close a solved ticket."""
        self._add(at, SYSTEM, Via.RULE, status("closed"), None)

    def merge_into(self, at: Instant, survivor: Case) -> None:
        """Close the ticket as a duplicate of ``survivor``."""
        agent = survivor._agent
        text = f"This request was closed and merged into request #{{{survivor.record.id}}}."
        changes = {**status("closed"), **self.tag("closed_by_merge"), "assignee_id": agent.id}
        self._add(at, agent.id, Via.MERGE, changes, Comment(text))
        text = f"Request #{{{self.record.id}}} was closed and merged into this one."
        note = Comment(text, public=False)
        survivor._add(at, agent.id, Via.MERGE, {}, note, merged=(self.record.id,))

    def rate(self, offered_at: Instant, score: str | None, answered_at: Instant) -> None:
        """Ask for a rating; ``score`` is ``good``, ``bad`` or ``None`` for no answer."""
        self._add(offered_at, SYSTEM, Via.RULE, {"satisfaction_score": "offered"}, None)
        if score is not None:
            rated = {"satisfaction_score": score}
            self._add(answered_at, self.requester.id, Via.EMAIL, rated, None)

    @property
    def _agent(self) -> Member:
        if self.agent is None:
            raise ValueError("nobody has taken the ticket up yet")
        return self.agent

    def _said(self, words: str, *, public: bool = True, when: bool = True) -> Comment | None:
        return Comment(say(self.office.rng, words), public) if when else None

    def _add(
        self,
        at: Instant,
        author: int,
        via: Via,
        changes: dict[str, Any],
        comment: Comment | None,
        merged: tuple[int, ...] = (),
    ) -> None:
        self.record.audits.append(Audit(at, author, via, changes, comment, merged))
