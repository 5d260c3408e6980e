"""ServiceNow through the conformance kit: with its audit, and with the audit closed."""

from __future__ import annotations

from typing import Any

import pytest

from engagewatch.model.instants import Instant, isoformat
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind
from engagewatch.testing import AdapterConformance, Desk, Request, Response, SampleTicket
from tests.provider.servicenow_instance import (
    AGENT,
    CALLER,
    LABELS,
    Instance,
    audit,
    incident,
    journal,
    user,
)

NUMBERS = {"In Progress": ("2", ""), "Awaiting Caller": ("3", "1"), "Resolved": ("6", "")}


class TestServiceNow(AdapterConformance):
    adapter = "servicenow"
    statuses = ("In Progress", "Awaiting Caller", "Resolved")
    priority = "3 - Moderate"
    tells_deletion = False  # a deleted record vanishes; whether it was deleted, it says if asked

    def answer(self, request: Request, desk: Desk) -> Response:
        return rendered(desk).answer(request)


class TestServiceNowWithoutTheAudit(TestServiceNow):
    def answer(self, request: Request, desk: Desk) -> Response:
        instance = rendered(desk)
        # Closed without a word: no row is shown.
        instance.tables["sys_audit"] = []
        return instance.answer(request)

    def test_check_tells_what_can_be_read_and_never_raises(self) -> None:
        with pytest.raises(AssertionError, match="read access to sys_audit"):
            super().test_check_tells_what_can_be_read_and_never_raises()


def stamp(at: Instant) -> str:
    return isoformat(at).replace("T", " ").replace("Z", "")


def rendered(desk: Desk) -> Instance:
    """Return the instance that holds what ``desk`` holds."""
    people = [user(CALLER, "caller"), user(AGENT, "agent")]
    people[0]["name"], people[1]["name"] = desk.client_name, desk.provider_name
    tables: dict[str, list[Any]] = {name: [] for name in ("incident", "sys_audit")}
    tables |= {"sys_user": people, "sys_journal_field": []}
    labels = {name: dict(known) for name, known in LABELS.items()}
    labels["priority"] |= {"9": "9 - Odd"}
    for place, sample in enumerate(desk.tickets):
        state, hold = NUMBERS.get(sample.status, (f"77{place}", ""))
        labels["state"].setdefault(state, sample.status)
        tables["incident"].append(_incident(sample, state, hold, labels, place))
        for fact in sample.facts:
            if fact.kind is EventKind.STATUS_CHANGED:
                before, after = NUMBERS[fact.previous], NUMBERS[fact.value]
                for name, old, new in zip(("state", "hold_reason"), before, after, strict=True):
                    if old != new:
                        row = audit(str(sample.number), stamp(fact.at), fact.number, name, old, new)
                        tables["sys_audit"].append({**row, "user": "agent"})
                continue
            by = "caller" if fact.by is Side.CLIENT else "agent"
            element = "work_notes" if fact.kind is EventKind.NOTED else "comments"
            tables["sys_journal_field"].append(
                journal(f"j{fact.number}", str(sample.number), stamp(fact.at), by, "Hm.", element)
            )
    return Instance(tables, token=desk.token, labels=labels, junk=desk.junk, page=desk.page)


def _incident(
    sample: SampleTicket, state: str, hold: str, labels: dict[str, dict[str, str]], place: int
) -> dict[str, Any]:
    priority = "" if sample.priority is None else "3"
    if sample.priority not in (None, "3 - Moderate"):
        priority = f"8{place}"
        labels["priority"][priority] = str(sample.priority)
    return incident(
        str(sample.number),
        stamp(sample.updated_at),
        number=f"INC{sample.number}",
        short_description=sample.subject or "",
        state=state,
        hold_reason=hold,
        priority=priority,
        opened_at=stamp(sample.created_at),
        sys_created_on=stamp(sample.created_at),
        sys_mod_count=str(len(sample.facts)),
    )
