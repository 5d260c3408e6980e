"""Uptime Kuma's public pages: beats in UTC, what pending means, slugs that are not there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engagewatch.model.freshness import Failure
from engagewatch.model.instants import MINUTE
from engagewatch.model.service import ComponentState
from engagewatch.net.errors import SourceError
from tests.provider.loopback import Request, Response, loopback
from tests.provider.samples import NOW, Read, at, read
from tests.provider.status_samples import (
    DOWN,
    EVIL,
    JSON,
    LOGIN,
    UNKNOWN,
    UP,
    adapter_of,
    answer,
    checked,
    pulled,
    seen,
    site,
    states,
)

PAGE_PATH = "/api/status-page/office"
BEATS_PATH = "/api/status-page/heartbeat/office"
HISTORY_PATH = f"{PAGE_PATH}/incident-history"


def beat(seconds: int, status: int) -> dict[str, Any]:
    moment = datetime.fromtimestamp(NOW + seconds, UTC)
    return {"status": status, "time": f"{moment:%Y-%m-%d %H:%M:%S}.123", "msg": "", "ping": 12}


def every_minute(*statuses: int) -> list[dict[str, Any]]:
    """Return beats a minute apart, the last one at 09:00."""
    return [beat((index - len(statuses) + 1) * 60, one) for index, one in enumerate(statuses)]


def page(**more: object) -> dict[str, Any]:
    return {
        "config": {"slug": "office", "title": "Office"},
        "incident": None,
        "publicGroupList": [
            {
                "id": 1,
                "name": "Services",
                "monitorList": [
                    {"id": 1, "name": "Mail", "type": "http"},
                    {"id": 2, "name": "VPN", "type": "ping"},
                ],
            },
            {"id": 2, "name": "All", "monitorList": [{"id": 1, "name": "Mail"}]},
        ],
        "maintenanceList": [],
        **more,
    }


def documents(beats: object = None, **more: Any) -> dict[str, Any]:
    beats = {"1": every_minute(1, 1, 1), "2": every_minute(1, 0, 0)} if beats is None else beats
    return {
        PAGE_PATH: page(),
        BEATS_PATH: {"heartbeatList": beats, "uptimeList": {"1_24": 0.7}},
        **more,
    }


async def kuma(stream: str = "monitors", cursor: str | None = None, **more: Any) -> Read:
    return await pulled("uptime_kuma", site(documents(**more)), stream, cursor, page="office")


async def test_monitors_are_listed_once_with_what_their_last_beat_saw() -> None:
    (batch,) = (await kuma()).batches
    assert batch.observed
    assert states(batch) == {"Mail": UP, "VPN": DOWN}
    assert [(one.id, one.group, one.position) for one in batch.components] == [
        ("1", "Services", 0),
        ("2", "Services", 1),
    ]


async def test_beats_are_utc_and_tell_the_time_between_polls() -> None:
    (batch,) = (await kuma()).batches
    assert seen(batch, "2") == [("up", -120, -60), ("down", -60, 0)]
    assert seen(batch, "1") == [("up", -120, 0)]


async def test_a_probe_that_is_tried_again_counts_as_down_as_uptime_kuma_counts_it() -> None:
    (batch,) = (await kuma(beats={"1": every_minute(1, 2, 0, 1, 3)})).batches
    assert [state for state, _, _ in seen(batch, "1")] == ["up", "down", "up", "maintenance"]
    assert states(batch)["Mail"] is ComponentState.MAINTENANCE


async def test_time_without_beats_is_unknown_not_up() -> None:
    beats = [*every_minute(1, 1, 1), beat(-1000, 1), beat(-1060, 1), beat(-1120, 1)]
    (batch,) = (await kuma(beats={"1": beats})).batches
    assert seen(batch, "1") == [("up", -1120, -940), ("unknown", -940, -120), ("up", -120, 0)]


async def test_a_monitor_that_beats_no_more_is_unknown() -> None:
    old = [beat(-7200 + second, 1) for second in (0, 60, 120)]
    (batch,) = (await kuma(beats={"1": old, "2": []})).batches
    assert states(batch) == {"Mail": UNKNOWN, "VPN": UNKNOWN}
    assert seen(batch, "1") == [("up", -7200, -7080)]


async def test_unknown_states_and_broken_beats_take_nothing_else_down() -> None:
    beats = {"1": [*every_minute(1, 9), {"status": 1, "time": "soon"}, 5, {"time": None}]}
    handler = site(documents(beats=beats))
    (batch,) = (await pulled("uptime_kuma", handler, "monitors", page="office")).batches
    assert states(batch)["Mail"] is UNKNOWN
    assert len(batch.refused) == 3
    lines = await checked("uptime_kuma", handler, page="office")
    assert [line.ok for line in lines] == [True, False]
    assert '"9" (Mail)' in lines[1].detail


@pytest.mark.parametrize(
    "response",
    [
        Response(404, b'{"status":"fail","msg":"Status Page Not Found"}', JSON),
        answer({"config": {}, "incident": None, "publicGroupList": [], "maintenanceList": []}),
    ],
)
async def test_a_page_that_is_not_there_is_an_error_though_its_heartbeats_answer(
    response: Response,
) -> None:
    empty = {PAGE_PATH: response, BEATS_PATH: {"heartbeatList": {}, "uptimeList": {}}}
    with pytest.raises(SourceError, match='no public status page "office"') as caught:
        await pulled("uptime_kuma", site(empty), "monitors", page="office")
    assert caught.value.failure is Failure.CONTRACT
    (line,) = await checked("uptime_kuma", site(empty), page="office")
    assert not line.ok


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (LOGIN, Failure.CONTRACT),
        (Response(429, b"{}", JSON), Failure.RATE_LIMITED),
        (answer({"ok": False}), Failure.CONTRACT),
    ],
)
async def test_no_page_is_no_data(response: Response, failure: Failure) -> None:
    with pytest.raises(SourceError) as caught:
        await kuma(**{PAGE_PATH: response})
    assert caught.value.failure is failure


def post(number: int, *, active: bool, **more: object) -> dict[str, Any]:
    return {
        "id": number,
        "style": "danger",
        "title": f"Post {number}",
        "content": "We look into it.",
        "active": active,
        "pin": active,
        "createdDate": "2026-03-01 10:00:00",
        "lastUpdatedDate": None if active else "2026-03-01 12:00:00",
        **more,
    }


async def test_a_pinned_post_of_version_1_is_over_once_it_is_gone() -> None:
    got = await kuma("incidents", **{PAGE_PATH: page(incident=post(1, active=True))})
    (incident,) = got.batches[0].incidents
    assert (incident.id, incident.status, incident.impact) == ("1", "active", "danger")
    assert incident.started_at == at("2026-03-01T10:00:00")
    assert incident.resolved_at is None
    (gone,) = (await kuma("incidents")).batches
    assert gone.incidents == ()
    assert gone.lists_open
    broken = await kuma("incidents", **{PAGE_PATH: page(incident=post(1, active=True, id=None))})
    assert len(broken.refused) == 1
    assert not broken.batches[0].lists_open


async def test_posts_of_version_2_are_read_to_the_oldest_once_and_then_only_the_new() -> None:
    pages = {
        "": ([post(5, active=True), post(4, active=False)], "c1"),
        "c1": ([post(3, active=False), post(2, active=True)], "c2"),
        "c2": ([post(1, active=False)], None),
    }
    asked: list[str] = []

    def history(request: Request) -> dict[str, Any]:
        cursor = request.query.get("cursor", "")
        asked.append(cursor)
        incidents, following = pages[cursor]
        return {
            "ok": True,
            "incidents": incidents,
            "total": 5,
            "nextCursor": following,
            "hasMore": following is not None,
        }

    own = {PAGE_PATH: page(incidents=[post(5, active=True)]), HISTORY_PATH: history}
    first = await kuma("incidents", **own)
    (batch,) = first.batches
    assert sorted(incident.id for incident in batch.incidents) == ["1", "2", "3", "4", "5"]
    assert batch.lists_open
    assert {one.id: one.resolved_at for one in batch.incidents}["4"] == at("2026-03-01T12:00:00")
    assert asked == ["", "c1", "c2"]

    asked.clear()
    pages["c1"] = ([post(3, active=False), post(2, active=False)], "c2")
    (again,) = (await kuma("incidents", first.cursor, **own)).batches
    assert sorted(incident.id for incident in again.incidents) == ["2", "5"]
    assert asked == ["", "c1"]
    assert not again.lists_open


async def test_planned_work_is_in_its_own_zone_and_once_for_each_window() -> None:
    works = [
        {
            "id": 7,
            "title": "Patches",
            "strategy": "recurring-weekday",
            "status": "scheduled",
            "timezone": "Europe/Lisbon",
            "timeslotList": [
                {"startDate": "2026-04-04T22:00", "endDate": "2026-04-05T01:00"},
                {"startDate": "2026-04-11T22:00", "endDate": "2026-04-12T01:00"},
            ],
        },
        {
            "id": 8,
            "strategy": "single",
            "timezone": "Nowhere/City",
            "timezoneOffset": "+02:00",
            "timeslotList": [{"startDate": "2026-04-04T22:00", "endDate": "2026-04-04T23:00"}],
        },
        {"id": 9, "strategy": "manual", "status": "inactive", "timeslotList": []},
        {"id": 10, "timezone": "Nowhere/City", "timeslotList": [{"startDate": "x"}]},
    ]
    got = await kuma("incidents", **{PAGE_PATH: page(maintenanceList=works)})
    first, second, third = got.batches[0].maintenances
    # Lisbon keeps summer time by then.
    assert (first.from_at, first.until_at) == (at("2026-04-04T21:00:00"), at("2026-04-05T00:00:00"))
    assert first.id != second.id
    assert (third.id, third.from_at) == ("8", at("2026-04-04T20:00:00"))
    assert [refused.record for refused in got.refused] == ["maintenance 10"]


async def test_hostile_texts_are_harmless() -> None:
    own = page(incident=post(1, active=True, title=EVIL, content=EVIL * 1000, style=EVIL))
    own["publicGroupList"][0]["monitorList"][0]["name"] = EVIL
    monitors = (await kuma(**{PAGE_PATH: own})).batches
    incidents = (await kuma("incidents", **{PAGE_PATH: own})).batches
    assert not any(sign in repr([*monitors, *incidents]) for sign in ("\\x1b", "\\x07", "\\u202e"))


async def test_one_poll_takes_three_requests() -> None:
    async with loopback(site(documents())) as server:
        adapter = adapter_of("uptime_kuma", server, page="office")
        await read(adapter, "monitors")
        await read(adapter, "incidents")
        assert adapter.requests == 3
        await adapter.aclose()


async def test_beats_from_tomorrow_are_not_believed() -> None:
    beats = {"1": [*every_minute(1, 1, 1), beat(3 * 1440 * MINUTE, 0)]}
    (batch,) = (await kuma(beats=beats)).batches
    assert states(batch)["Mail"] is UP
    assert len(batch.refused) == 1
