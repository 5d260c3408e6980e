"""Freshservice through the conformance kit: with activities, and without the right to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from engagewatch.model.instants import isoformat
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind
from engagewatch.testing import AdapterConformance, Desk, Request, Response, SampleTicket
from tests.provider.freshservice_account import (
    AGENT,
    CUSTOMER,
    STATUSES,
    AccountStub,
    activity,
    conversation,
    created,
    ticket,
)

NUMBERS = {one["value"]: one["id"] for one in STATUSES}
PRIORITIES = {"Low": 1, "Medium": 2, "High": 3, "Urgent": 4}


class TestFreshservice(AdapterConformance):
    adapter = "freshservice"
    statuses = ("Open", "Pending", "Resolved")
    priority = "Medium"

    def answer(self, request: Request, desk: Desk) -> Response:
        return rendered(desk).answer(request)


class TestFreshserviceWithoutActivities(TestFreshservice):
    """What was left out is as good as closed to the agent, and asked for by nobody."""

    options: ClassVar[Mapping[str, object]] = {"history": False}


def rendered(desk: Desk) -> AccountStub:
    """Return the account that holds what ``desk`` holds."""
    account = AccountStub(key=desk.token, page=desk.page, now=desk.now, junk=desk.junk)
    account.agent_name = desk.provider_name
    account.statuses = list(STATUSES)
    for place, sample in enumerate([*desk.tickets, *desk.erased]):
        number = NUMBERS.get(sample.status)
        if number is None:
            number = 70 + place
            account.statuses.append({"id": number, "value": sample.status})
        key = str(sample.number)
        course = [created(sample.created_at, sample.subject or "", sample.first_status)]
        talk = account.conversations[key] = []
        for fact in sample.facts:
            if fact.kind is EventKind.STATUS_CHANGED:
                course.append(activity(fact.at, f"set Status as {fact.value}"))
                continue
            by = CUSTOMER if fact.by is Side.CLIENT else AGENT
            private = fact.kind is EventKind.NOTED
            talk.append(conversation(fact.number, fact.at, by, "Hm.", private=private))
        account.activities[key] = list(reversed(course))
        account.tickets.append(_ticket(sample, number, desk, len(talk)))
    return account


def _ticket(sample: SampleTicket, number: int, desk: Desk, messages: int) -> Any:
    removed = sample in desk.erased
    changes = [fact.at for fact in sample.facts if fact.kind is EventKind.STATUS_CHANGED]
    row = ticket(
        sample.number,
        sample.created_at,
        updated=desk.now - 60 if removed else sample.updated_at,
        subject=sample.subject,
        status=number,
        priority=None if sample.priority is None else PRIORITIES.get(sample.priority, 9),
        deleted=removed,
        stats={
            "status_updated_at": isoformat(changes[-1] if changes else sample.created_at),
            "inbound_count": messages,
        },
    )
    row["requester"]["name"] = desk.client_name
    return row
