"""Public status pages: what is listed, what is unknown, and what a page's posts tell."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from engagewatch.model.engagement import SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.service import ComponentChange, ComponentState, Incident
from engagewatch.net.errors import SourceError
from engagewatch.providers.registry import open_adapter
from engagewatch.providers.statuspage import StatusPage
from tests.provider.loopback import SERVER_TIME, Loopback, Request, Response, loopback
from tests.provider.samples import Read, at, engagement_of, read

JSON = {"Content-Type": "application/json; charset=utf-8"}
PAGE = {"id": "kctbh9vrtdwd", "name": "Contoso", "url": "https://status.contoso.example"}


def component(id_: str, status: str, **more: object) -> dict[str, Any]:
    return {"id": id_, "name": id_.upper(), "status": status, "group": False, **more}


SUMMARY: dict[str, Any] = {
    "page": PAGE,
    "status": {"indicator": "minor", "description": "Partially Degraded Service"},
    "components": [
        component("mail", "operational", group_id="g1", updated_at="2026-03-02T08:58:00.000Z"),
        {"id": "g1", "name": "Office", "status": "operational", "group": True, "components": []},
        component("vpn", "degraded_performance"),
        component("files", "partial_outage"),
        component("phone", "major_outage"),
        component("web", "under_maintenance"),
        component("odd", "wobbly"),
        {"id": "bare"},
    ],
    "incidents": [],
    "scheduled_maintenances": [],
}
INCIDENT: dict[str, Any] = {
    "id": "i1",
    "name": "Slow mail",
    "status": "resolved",
    "impact": "minor",
    "created_at": "2026-03-01T07:58:00.000Z",
    "started_at": "2026-03-01T07:50:00.000Z",
    "resolved_at": "2026-03-01T09:30:00.000+01:00",
    "shortlink": "https://stspg.example/i1",
    "components": [{"id": "mail", "name": "Mail"}],
    "incident_updates": [
        {
            "id": "u2",
            "status": "resolved",
            "body": "Back to normal.",
            "display_at": "2026-03-01T08:30:00.000Z",
            "affected_components": [
                {"code": "mail", "old_status": "major_outage", "new_status": "operational"}
            ],
        },
        {
            "id": "u1",
            "status": "investigating",
            "body": "We are looking.",
            "display_at": "2026-03-01T07:58:00.000Z",
            "affected_components": [
                {"code": "mail", "old_status": "operational", "new_status": "major_outage"},
                {"code": "vpn", "old_status": "operational", "new_status": "strange"},
            ],
        },
    ],
}
MAINTENANCE: dict[str, Any] = {
    "id": "m1",
    "name": "Firewall",
    "status": "scheduled",
    "impact": "maintenance",
    "created_at": "2026-02-20T10:00:00.000Z",
    "scheduled_for": "2026-03-07T20:00:00.000Z",
    "scheduled_until": "2026-03-07T22:00:00.000Z",
    "components": [{"id": "vpn"}],
    "incident_updates": [],
}


def page_of(**lists: Any) -> Any:
    bodies = {
        "summary": SUMMARY,
        "incidents": {"page": PAGE, "incidents": [INCIDENT]},
        "scheduled-maintenances": {"page": PAGE, "scheduled_maintenances": [MAINTENANCE]},
        **lists,
    }

    def handler(request: Request) -> Response:
        name = request.path.removeprefix("/api/v2/").removesuffix(".json")
        body = bodies.get(name, Response(404, b"{}", JSON))
        return (
            body if isinstance(body, Response) else Response(200, json.dumps(body).encode(), JSON)
        )

    return handler


def adapter_of(server: Loopback) -> StatusPage:
    settings = SourceSettings(
        id="status", adapter="statuspage", url=server.url, requests_per_minute=1000
    )
    adapter = open_adapter(settings, engagement_of(settings), None)
    assert isinstance(adapter, StatusPage)
    return adapter


async def pulled(stream: str, **lists: Any) -> Read:
    async with loopback(page_of(**lists)) as server:
        adapter = adapter_of(server)
        try:
            return await read(adapter, stream)
        finally:
            await adapter.aclose()


async def only_incident(**changes: object) -> Incident:
    got = await pulled("incidents", incidents={"incidents": [{**INCIDENT, **changes}]})
    (incident,) = got.batches[0].incidents
    return incident


async def test_components_are_observed_as_they_are_and_never_guessed() -> None:
    (batch,) = (await pulled("summary")).batches
    assert batch.observed
    assert batch.server_time == SERVER_TIME
    assert {one.id: one.state for one in batch.components} == {
        "mail": ComponentState.UP,
        "vpn": ComponentState.DEGRADED,
        "files": ComponentState.PARTIAL,
        "phone": ComponentState.DOWN,
        "web": ComponentState.MAINTENANCE,
        "odd": ComponentState.UNKNOWN,
        "bare": ComponentState.UNKNOWN,
    }
    mail = batch.components[0]
    assert (mail.name, mail.group, mail.position) == ("MAIL", "Office", 0)
    assert mail.updated_at == at("2026-03-02T08:58:00")
    assert batch.components[-1].name == "bare"


async def test_a_component_that_cannot_be_read_is_refused_alone() -> None:
    summary = {"components": [*SUMMARY["components"], {"name": "nameless"}, 5]}
    (batch,) = (await pulled("summary", summary=summary)).batches
    assert len(batch.components) == 7
    assert [refused.record for refused in batch.refused] == ["component without an id"] * 2


async def test_a_page_without_one_usable_component_is_an_error_not_an_empty_list() -> None:
    with pytest.raises(SourceError, match="no component") as caught:
        await pulled("summary", summary={"components": [{"name": "x"}]})
    assert caught.value.failure is Failure.CONTRACT
    assert (await pulled("summary", summary={"components": []})).batches[0].observed


async def test_an_incident_keeps_its_posts_in_order_and_what_they_changed() -> None:
    incident = await only_incident()
    assert (incident.id, incident.name, incident.status, incident.impact) == (
        "i1",
        "Slow mail",
        "resolved",
        "minor",
    )
    assert incident.posted_at == at("2026-03-01T07:58:00")
    assert incident.started_at == at("2026-03-01T07:50:00")
    assert incident.resolved_at == at("2026-03-01T08:30:00")
    assert [update.id for update in incident.updates] == ["u1", "u2"]
    assert incident.updates[0].text == "We are looking."
    assert incident.component_ids == ("mail", "vpn")
    assert incident.changes == (
        ComponentChange("mail", at("2026-03-01T07:58:00"), ComponentState.DOWN),
        ComponentChange("vpn", at("2026-03-01T07:58:00"), ComponentState.UNKNOWN),
        ComponentChange("mail", at("2026-03-01T08:30:00"), ComponentState.UP),
    )
    assert incident.url == "https://stspg.example/i1"


async def test_pages_that_only_resemble_the_original() -> None:
    sparse = await only_incident(
        started_at=None, resolved_at=None, created_at=None, components=None, shortlink=None
    )
    assert sparse.posted_at == sparse.started_at == at("2026-03-01T07:58:00")
    assert sparse.resolved_at == at("2026-03-01T08:30:00")  # by the post that says so
    still = await only_incident(status="monitoring", resolved_at=None)
    assert still.resolved_at is None


async def test_times_that_contradict_each_other_are_put_right() -> None:
    late = await only_incident(started_at="2026-03-01T08:20:00Z")
    assert late.started_at == late.posted_at
    early = await only_incident(resolved_at="2026-03-01T06:00:00Z")
    assert early.resolved_at == early.started_at


async def test_links_that_are_no_web_links_are_dropped() -> None:
    assert (await only_incident(shortlink="javascript:alert(1)")).url == ""
    assert (await only_incident(shortlink="file:///etc/passwd")).url == ""


async def test_planned_work_has_a_window_or_is_refused() -> None:
    backwards = {**MAINTENANCE, "id": "m2", "scheduled_until": "2026-03-07T19:00:00Z"}
    endless = {**MAINTENANCE, "id": "m3", "scheduled_until": None}
    listed = {"scheduled_maintenances": [MAINTENANCE, backwards, endless]}
    (batch,) = (
        await pulled("scheduled_maintenances", **{"scheduled-maintenances": listed})
    ).batches
    (work,) = batch.maintenances
    assert (work.id, work.status, work.component_ids) == ("m1", "scheduled", ("vpn",))
    assert work.announced_at == at("2026-02-20T10:00:00")
    assert (work.from_at, work.until_at) == (at("2026-03-07T20:00:00"), at("2026-03-07T22:00:00"))
    assert [refused.record for refused in batch.refused] == ["maintenance m2", "maintenance m3"]


async def test_a_page_that_did_not_change_is_an_observation_all_the_same() -> None:
    def handler(request: Request) -> Response:
        if request.headers.get("if-none-match") == 'W/"1"':
            return Response(304, b"", {"ETag": 'W/"1"', "Date": "Mon, 02 Mar 2026 09:05:00 GMT"})
        answer = page_of()(request)
        return Response(200, answer.body, {**JSON, "ETag": 'W/"1"'})

    async with loopback(handler) as server:
        adapter = adapter_of(server)
        first = (await read(adapter, "summary")).batches[0]
        again = (await read(adapter, "summary")).batches[0]
        assert len((await read(adapter, "incidents")).batches) == 1
        assert (await read(adapter, "incidents")).batches == []
        await adapter.aclose()
    assert again.components == first.components
    assert again.observed
    assert again.server_time == SERVER_TIME + 300


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (Response(200, b"<html>Private page: log in", JSON), Failure.CONTRACT),
        (Response(302, b"", {"Location": "https://login.example/"}), Failure.TRUST),
        (Response(404, b"{}", JSON), Failure.CONTRACT),
        (Response(200, b'{"ongoing_incidents": []}', JSON), Failure.CONTRACT),
        (Response(429, b"{}", JSON), Failure.RATE_LIMITED),
    ],
)
async def test_no_answer_is_no_data_and_says_so(response: Response, failure: Failure) -> None:
    with pytest.raises(SourceError) as caught:
        await pulled("summary", summary=response)
    assert caught.value.failure is failure


async def test_a_check_names_what_is_listed() -> None:
    async with loopback(page_of()) as server:
        adapter = adapter_of(server)
        line, odd = await adapter.check()
        await adapter.aclose()
    assert line.ok
    assert line.detail == "7 components: MAIL, VPN, FILES, PHONE, WEB, ..."
    assert not odd.ok
    assert '"wobbly" (ODD)' in odd.detail
    async with loopback(page_of(summary=Response(404, b"{}", JSON))) as server:
        adapter = adapter_of(server)
        (line,) = await adapter.check()
        await adapter.aclose()
    assert not line.ok


async def test_hostile_posts_are_harmless() -> None:
    evil = "\x1b]0;owned\x07\u202e"
    updates = [{**INCIDENT["incident_updates"][0], "body": evil * 2000, "status": evil}]
    incident = await only_incident(name=evil, impact=evil, incident_updates=updates)
    assert not any(control in repr(incident) for control in ("\\x1b", "\\x07", "\\u202e"))
    assert len(incident.updates[0].text) <= 1000


@pytest.mark.real_data
@pytest.mark.skipif(
    "ENGAGEWATCH_TEST_DATA" not in os.environ, reason="ENGAGEWATCH_TEST_DATA is not set"
)
async def test_six_years_of_a_real_page() -> None:
    path = Path(os.environ["ENGAGEWATCH_TEST_DATA"]) / "github_status_incidents.jsonl.gz"
    with gzip.open(path, "rt") as lines:
        records = [json.loads(line) for line in lines]
    for record in records:
        record["components"] = [{"id": name} for name in record["components"]]
        record["incident_updates"] = [
            {
                "id": f"{record['id']}-{number}",
                "status": update["status"],
                "display_at": update["at"],
                "affected_components": [
                    {"code": one["name"], "new_status": one["new"]} for one in update["components"]
                ],
            }
            for number, update in enumerate(record.pop("updates"))
        ]
    # The page is read on a day after its last incident.
    now = {"Date": "Tue, 01 Sep 2026 09:00:00 GMT", **JSON}
    body = Response(200, json.dumps({"incidents": records}).encode(), now)
    got = await pulled("incidents", incidents=body)
    incidents = got.batches[0].incidents
    assert got.refused == []
    assert len(incidents) == 917
    assert sum(len(incident.updates) for incident in incidents) == 4963
    unresolved = {incident.status for incident in incidents if incident.resolved_at is None}
    assert unresolved.isdisjoint({"resolved", "postmortem"})
    assert all(incident.started_at <= incident.posted_at for incident in incidents)
    states = Counter(change.state for incident in incidents for change in incident.changes)
    assert states[ComponentState.DOWN] > 0
    assert states[ComponentState.UNKNOWN] == 0
