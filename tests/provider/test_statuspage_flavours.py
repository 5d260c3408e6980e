"""Pages of Instatus and incident.io: found out by themselves, and forgetful."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engagewatch.model.batch import Batch
from engagewatch.model.freshness import Failure
from engagewatch.model.service import ComponentChange, ComponentState
from engagewatch.net.errors import SourceError
from tests.provider.loopback import Response, loopback
from tests.provider.samples import at, read
from tests.provider.status_samples import (
    DOWN,
    EVIL,
    JSON,
    LOGIN,
    UNKNOWN,
    UP,
    adapter_of,
    checked,
    pulled,
    site,
    states,
)

INSTATUS: dict[str, Any] = {
    "/v2/components.json": {
        "components": [
            {"id": "c1", "name": "Mail", "status": "OPERATIONAL", "group": None},
            {"id": "c2", "name": "VPN", "status": "MAJOROUTAGE", "group": {"name": "Remote"}},
            {"id": "c3", "name": "Web", "status": "DEGRADEDPERFORMANCE"},
            {"id": "c4", "name": "Files", "status": "UNDERMAINTENANCE"},
            {"id": "c5", "name": "Odd", "status": "WOBBLY"},
        ]
    },
    "/summary.json": {
        "page": {"name": "Contoso", "url": "https://contoso.example", "status": "HASISSUES"},
        "activeIncidents": [
            {
                "id": "i1",
                "name": "VPN is down",
                "started": "2026-03-02T08:30:00.000Z",
                "status": "INVESTIGATING",
                "impact": "MAJOROUTAGE",
                "url": "https://contoso.example/i1",
                "updatedAt": "2026-03-02T08:45:00.000Z",
            }
        ],
        "activeMaintenances": [
            {
                "id": "m1",
                "name": "Patches",
                "start": "2026-03-07T20:00:00.000Z",
                "status": "NOTSTARTEDYET",
                "duration": "90",
            },
            {"id": "m2", "start": "2026-03-07T20:00:00.000Z", "duration": "a while"},
        ],
    },
}
INCIDENT_IO: dict[str, Any] = {
    "/api/v1/summary": {
        "page_title": "Contoso",
        "page_url": "https://contoso.example",
        "ongoing_incidents": [
            {
                "id": "i1",
                "name": "Slow VPN",
                "status": "identified",
                "url": "https://contoso.example/i1",
                "last_update_at": "2026-03-02T08:45:00.000Z",
                "last_update_message": "We found it.",
                "current_worst_impact": "partial_outage",
                "affected_components": [
                    {"id": "c2", "name": "VPN", "current_status": "full_outage"}
                ],
            }
        ],
        "in_progress_maintenances": [
            {
                "id": "m1",
                "name": "Patches",
                "status": "maintenance_in_progress",
                "started_at": "2026-03-02T08:00:00Z",
                "scheduled_end_at": "2026-03-02T10:00:00Z",
                "affected_components": [{"id": "c1"}],
            }
        ],
        "scheduled_maintenances": [
            {
                "id": "m2",
                "status": "maintenance_scheduled",
                "starts_at": "2026-03-07T20:00:00Z",
                "ends_at": "2026-03-07T22:00:00Z",
            },
            {"id": "m3", "starts_at": "2026-03-07T20:00:00Z"},
        ],
    }
}
ALL_CLEAR = {
    "/api/v1/summary": {
        "page_title": "Contoso",
        "ongoing_incidents": [],
        "in_progress_maintenances": [],
        "scheduled_maintenances": [],
    }
}


async def batch_of(
    documents: dict[str, Any], stream: str = "summary", cursor: str | None = None, **more: Any
) -> Batch:
    (batch,) = (await pulled("statuspage", site(documents), stream, cursor, **more)).batches
    return batch


async def test_a_page_of_instatus_lists_its_components() -> None:
    batch = await batch_of(INSTATUS, flavour="auto")
    assert states(batch) == {
        "Mail": UP,
        "VPN": DOWN,
        "Web": ComponentState.DEGRADED,
        "Files": ComponentState.MAINTENANCE,
        "Odd": UNKNOWN,
    }
    assert batch.components[1].group == "Remote"
    assert {one.name: one.word for one in batch.components if one.word} == {"Odd": "WOBBLY"}
    lines = await checked("statuspage", site(INSTATUS), flavour="instatus")
    assert '"WOBBLY" (Odd)' in lines[1].detail


async def test_a_page_of_instatus_tells_of_the_moment_only() -> None:
    batch = await batch_of(INSTATUS, "incidents")
    (incident,) = batch.incidents
    assert (incident.status, incident.impact) == ("investigating", "majoroutage")
    assert incident.started_at == at("2026-03-02T08:30:00")
    assert incident.resolved_at is None
    assert batch.lists_open
    # Nothing the matter, and the lists are not even there.
    quiet = {**INSTATUS, "/summary.json": {"page": {"status": "UP"}}}
    calm = await batch_of(quiet, "incidents")
    assert calm.incidents == ()
    assert calm.lists_open
    assert (await batch_of(quiet, "scheduled_maintenances")).maintenances == ()


async def test_minutes_of_planned_work_may_be_text() -> None:
    batch = await batch_of(INSTATUS, "scheduled_maintenances")
    (work,) = batch.maintenances
    assert (work.from_at, work.until_at) == (at("2026-03-07T20:00:00"), at("2026-03-07T21:30:00"))
    assert [refused.record for refused in batch.refused] == ["maintenance m2"]


async def test_a_page_of_incident_io_is_one_component() -> None:
    batch = await batch_of(INCIDENT_IO)
    assert states(batch) == {"Contoso": ComponentState.PARTIAL}
    assert states(await batch_of(ALL_CLEAR)) == {"Contoso": UP}
    works_only = {**INCIDENT_IO["/api/v1/summary"], "ongoing_incidents": []}
    batch = await batch_of({"/api/v1/summary": works_only})
    assert states(batch) == {"Contoso": ComponentState.MAINTENANCE}


@pytest.mark.parametrize("incident", [{"id": "i1", "current_worst_impact": "wobbly"}, 5])
async def test_trouble_of_an_unknown_kind_is_not_taken_for_up(incident: object) -> None:
    page = {**ALL_CLEAR["/api/v1/summary"], "ongoing_incidents": [incident]}
    assert states(await batch_of({"/api/v1/summary": page})) == {"Contoso": UNKNOWN}


async def test_an_incident_that_only_tells_its_last_word_began_when_first_seen() -> None:
    first = await batch_of(INCIDENT_IO, "incidents")
    (incident,) = first.incidents
    told_at = at("2026-03-02T08:45:00")
    assert (incident.started_at, incident.component_ids) == (told_at, ("page", "c2"))
    assert incident.changes == (
        ComponentChange("page", told_at, ComponentState.PARTIAL),
        ComponentChange("c2", told_at, DOWN),
    )
    later = dict(INCIDENT_IO["/api/v1/summary"]["ongoing_incidents"][0])
    later |= {"last_update_at": "2026-03-02T08:58:00Z", "current_worst_impact": "full_outage"}
    page = {**ALL_CLEAR["/api/v1/summary"], "ongoing_incidents": [later]}
    again = await batch_of({"/api/v1/summary": page}, "incidents", first.cursor)
    assert again.incidents[0].started_at == told_at
    assert again.incidents[0].changes[0].at == at("2026-03-02T08:58:00")
    gone = await batch_of(ALL_CLEAR, "incidents", again.cursor)
    assert gone.lists_open
    assert gone.incidents == ()


async def test_both_kinds_of_planned_work_have_windows() -> None:
    batch = await batch_of(INCIDENT_IO, "scheduled_maintenances")
    now, soon = batch.maintenances
    assert (now.from_at, now.until_at) == (at("2026-03-02T08:00:00"), at("2026-03-02T10:00:00"))
    assert (now.component_ids, soon.id) == (("c1",), "m2")
    assert len(batch.refused) == 1


@pytest.mark.parametrize(
    ("documents", "paths"),
    [
        (INSTATUS, ["/api/v2/summary.json", "/v2/components.json"]),
        (
            INCIDENT_IO,
            ["/api/v2/summary.json", "/v2/components.json", "/api/v1/summary"],
        ),
    ],
)
async def test_what_serves_the_page_is_found_out_once(
    documents: dict[str, Any], paths: list[str]
) -> None:
    async with loopback(site(documents)) as server:
        adapter = adapter_of("statuspage", server)
        await read(adapter, "summary")
        await read(adapter, "summary")
        await adapter.aclose()
    assert [request.path for request in server.seen] == [*paths, paths[-1]]


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (Response(429, b"{}", JSON), Failure.RATE_LIMITED),
        (Response(403, b"{}", JSON), Failure.AUTHENTICATION),
        (LOGIN, Failure.CONTRACT),
    ],
)
async def test_a_page_that_does_not_answer_is_not_taken_for_another_kind(
    response: Response, failure: Failure
) -> None:
    with pytest.raises(SourceError) as caught:
        await batch_of({"/api/v2/summary.json": response})
    assert caught.value.failure is failure


@pytest.mark.parametrize("changed", [INSTATUS, INCIDENT_IO])
async def test_hostile_texts_are_harmless(changed: dict[str, Any]) -> None:
    def poisoned(value: Any, spare: Callable[[str], bool]) -> Any:
        if isinstance(value, dict):
            return {key: one if spare(key) else poisoned(one, spare) for key, one in value.items()}
        if isinstance(value, list):
            return [poisoned(one, spare) for one in value]
        return EVIL if isinstance(value, str) else value

    times = ("id", "started", "start", "duration", "updatedAt")
    documents = poisoned(changed, lambda key: key in times or key.endswith("_at"))
    for stream in ("summary", "incidents", "scheduled_maintenances"):
        batch = await batch_of(documents, stream)
        assert not any(sign in repr(batch) for sign in ("\\x1b", "\\x07", "\\u202e"))
