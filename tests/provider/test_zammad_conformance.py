"""Zammad through the conformance kit: with its search, without, and as a customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind
from engagewatch.testing import AdapterConformance, Desk, Request, Response, SampleTicket
from tests.provider.zammad_server import (
    AGENT,
    CUSTOMER,
    STATES,
    Server,
    article,
    ms,
    state_row,
    ticket,
)


class TestZammad(AdapterConformance):
    adapter = "zammad"
    statuses = ("open", "pending reminder", "closed")
    priority = "2 normal"

    def answer(self, request: Request, desk: Desk) -> Response:
        return rendered(desk).answer(request)


class TestZammadWithoutElasticsearch(TestZammad):
    def answer(self, request: Request, desk: Desk) -> Response:
        server = rendered(desk)
        server.elasticsearch = False
        return server.answer(request)


class TestZammadAsACustomer(TestZammad):
    """Neither states nor history nor internal notes; the rest must be as good."""

    options: ClassVar[Mapping[str, object]] = {"history": False}
    sees_notes = False

    def answer(self, request: Request, desk: Desk) -> Response:
        server = rendered(desk)
        server.customer = True
        return server.answer(request)


def rendered(desk: Desk) -> Server:
    """Return the installation that holds what ``desk`` holds."""
    server = Server(page=desk.page, token=desk.token)
    server.names = {AGENT: desk.provider_name, CUSTOMER: desk.client_name}
    for sample in desk.tickets:
        server.tickets.append(_ticket(sample))
        first = article(
            7 * sample.number - 400,
            sample.number,
            sample.created_at,
            sender="Customer",
            created_by_id=CUSTOMER,
        )
        server.articles[sample.number] = [first]
        server.rows[sample.number] = []
        for fact in sample.facts:
            if fact.kind is EventKind.STATUS_CHANGED:
                server.rows[sample.number].append(
                    state_row(fact.number, sample.number, fact.at, fact.previous, fact.value)
                )
                continue
            client = fact.by is Side.CLIENT
            server.articles[sample.number].append(
                article(
                    fact.number,
                    sample.number,
                    fact.at,
                    sender="Customer" if client else "Agent",
                    created_by_id=CUSTOMER if client else AGENT,
                    internal=fact.kind is EventKind.NOTED,
                )
            )
    server.tickets += desk.junk
    return server


def _ticket(sample: SampleTicket) -> dict[str, object]:
    numbers = {name: key for key, name, _ in STATES}
    return ticket(
        sample.number,
        sample.created_at,
        number=str(sample.number),
        title=sample.subject,
        priority=sample.priority,
        state=sample.status,
        state_id=numbers.get(sample.status, 77),
        updated_at=ms(sample.updated_at),
        article_count=1 + sum(fact.kind is not EventKind.STATUS_CHANGED for fact in sample.facts),
    )
