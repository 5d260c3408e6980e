"""Request Tracker through the conformance kit, on a server that hides rows and totals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from engagewatch.model.instants import isoformat
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import EventKind
from engagewatch.testing import AdapterConformance, Desk, Fact, Request, Response, SampleTicket
from tests.provider.request_tracker_server import Server, ticket, transaction, user


class TestRequestTracker(AdapterConformance):
    adapter = "request_tracker"
    statuses = ("open", "waiting on customer", "resolved")
    priority = "50"
    meanings: ClassVar[Mapping[str, StatusMeaning]] = {"waiting on customer": StatusMeaning.CLIENT}

    def answer(self, request: Request, desk: Desk) -> Response:
        return rendered(desk).answer(request)


def rendered(desk: Desk) -> Server:
    """Return the server that holds what ``desk`` holds."""
    server = Server(page=desk.page, zone="America/New_York", token=desk.token)
    server.names = {"pat.tech": desk.provider_name, "dana.client": desk.client_name}
    for sample in (*desk.tickets, *desk.erased):
        gone = sample in desk.erased
        server.tickets.append(_ticket(sample, "deleted" if gone else sample.status, desk))
        # Between any two rows that may be seen lies one that may not.
        opened = 7 * sample.number - 400
        server.transactions += [
            transaction(opened, sample.number, sample.created_at, "Create", "dana.client"),
            transaction(opened + 1, sample.number, sample.created_at, "EmailRecord", hidden=True),
        ]
        for fact in sample.facts:
            server.transactions += [
                _transaction(fact, sample),
                transaction(fact.number + 1, sample.number, fact.at, "Comment", hidden=True),
            ]
        if gone:
            row = transaction(90_000 + sample.number, sample.number, desk.now, "Status")
            server.transactions.append({**row, "OldValue": sample.status, "NewValue": "deleted"})
    server.tickets += desk.junk
    return server


def _ticket(sample: SampleTicket, status: str, desk: Desk) -> dict[str, object]:
    updated_at = desk.now if status == "deleted" else sample.updated_at
    return ticket(
        sample.number,
        sample.created_at,
        Subject=sample.subject,
        Status=status,
        Priority=sample.priority,
        LastUpdated=isoformat(updated_at),
        Owner=user("pat.tech"),
    )


def _transaction(fact: Fact, sample: SampleTicket) -> dict[str, object]:
    kinds = {
        EventKind.REPLIED: "Correspond",
        EventKind.NOTED: "Comment",
        EventKind.STATUS_CHANGED: "Status",
    }
    creator = "dana.client" if fact.by is Side.CLIENT else "pat.tech"
    return transaction(
        fact.number,
        sample.number,
        fact.at,
        kinds[fact.kind],
        creator,
        OldValue=fact.previous,
        NewValue=fact.value,
    )
