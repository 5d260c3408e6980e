"""Jira Service Management through the conformance kit: Cloud and Data Center."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind
from engagewatch.providers.jira.requests import POSTED
from engagewatch.testing import AdapterConformance, Desk, Request, Response, SampleTicket
from tests.provider.jira_site import (
    AGENT,
    CUSTOMER,
    SLA_FIELD,
    SiteStub,
    change,
    comment,
    issue,
    moved,
)

NUMBERS = {"In Progress": "3", "Waiting for customer": "10012", "Resolved": "5"}
NO_CYCLE = {"id": "4", "name": "Time to resolution", "completedCycles": []}


class TestJiraCloud(AdapterConformance):
    adapter = "jira"
    statuses = ("In Progress", "Waiting for customer", "Resolved")
    priority = "Medium"
    options: ClassVar[Mapping[str, object]] = {"projects": ["ITSD"]}
    searches = POSTED
    tells_deletion = False  # a deleted issue and one moved away look alike
    cloud = True

    def answer(self, request: Request, desk: Desk) -> Response:
        return rendered(desk, cloud=self.cloud).answer(request)


class TestJiraDataCenter(TestJiraCloud):
    cloud = False


def rendered(desk: Desk, *, cloud: bool) -> SiteStub:
    """Return the site that holds what ``desk`` holds."""
    site = SiteStub(cloud=cloud, page=desk.page, token=desk.token, junk=desk.junk)
    site.root = "/rest/"
    agent = {**AGENT, "displayName": desk.provider_name}
    customer = {**CUSTOMER, "displayName": desk.client_name}
    for sample in desk.tickets:
        row = _issue(sample, agent, customer)
        told = row["fields"]["comment"]["comments"]
        entries = site.histories[row["id"]] = []
        for fact in sample.facts:
            if fact.kind is EventKind.STATUS_CHANGED:
                step = moved(NUMBERS[fact.previous], NUMBERS[fact.value])
                entries.append(change(fact.number, fact.at, step, by=agent))
                continue
            by = customer if fact.by is Side.CLIENT else agent
            public = fact.kind is EventKind.REPLIED
            told.append(comment(fact.number, fact.at, by, "Hm.", public))
        row["fields"]["comment"]["total"] = len(told)
        site.issues.append(row)
    return site


def _issue(sample: SampleTicket, agent: Any, customer: Any) -> Any:
    return issue(
        sample.number,
        sample.created_at,
        updated=sample.updated_at,
        summary=sample.subject,
        status={"id": NUMBERS.get(sample.status, "7700"), "name": sample.status},
        priority=None if sample.priority is None else {"id": "3", "name": sample.priority},
        comment={"comments": [], "total": 0},
        reporter=customer,
        creator=customer,
        assignee=agent,
        **{SLA_FIELD: NO_CYCLE},
    )
