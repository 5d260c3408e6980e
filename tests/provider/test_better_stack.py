"""Better Stack: links that stay on the origin, incidents that tell the time between polls."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, HOUR
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
    seen,
    site,
    states,
)

MAIL = "monitor:1"


def moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(NOW + seconds, UTC):%Y-%m-%dT%H:%M:%S}.662Z"


def monitor(number: int, status: str, **more: object) -> dict[str, Any]:
    attributes = {
        "url": f"https://m{number}.example",
        "pronounceable_name": f"M{number}",
        "status": status,
        "check_frequency": 60,
        "last_checked_at": moment(-30),
        "updated_at": "2026-01-10T00:00:00.000Z",
        "monitor_group_id": 5,
        **more,
    }
    return {"id": str(number), "type": "monitor", "attributes": attributes}


def outage(number: int, start: int, end: int | None, about: int | None = 1) -> dict[str, Any]:
    monitor_data = {"data": {"id": str(about), "type": "monitor"}} if about else None
    return {
        "id": str(number),
        "type": "incident",
        "attributes": {
            "name": "m1.example",
            "cause": "Status 500",
            "started_at": moment(start),
            "acknowledged_at": None,
            "acknowledged_by": "Somebody",
            "resolved_at": None if end is None else moment(end),
            "status": "Started" if end is None else "Resolved",
        },
        "relationships": {"monitor": monitor_data} if about else {},
    }


def listed(*records: object, following: str | None = None) -> dict[str, Any]:
    return {"data": list(records), "pagination": {"first": "", "prev": None, "next": following}}


def documents(*monitors: object, **more: Any) -> dict[str, Any]:
    group = {"id": "5", "attributes": {"name": "Office"}}
    return {
        "/api/v2/monitors": listed(*monitors),
        "/api/v2/heartbeats": listed(),
        "/api/v2/monitor-groups": listed(group),
        "/api/v3/incidents": listed(),
        **more,
    }


async def better_stack(
    answers: dict[str, Any], cursor: str | None = None, now: int = NOW
) -> tuple[Read, Read]:
    """Poll both streams, as the scheduler does."""
    handler = site(answers)

    def dated(request: Request) -> Response:
        response = handler(request)
        assert isinstance(response, Response)
        date = f"{datetime.fromtimestamp(now, UTC):%a, %d %b %Y %H:%M:%S} GMT"
        return Response(response.status, response.body, {**response.headers, "Date": date})

    async with loopback(dated) as server:
        adapter = adapter_of("better_stack", server, secret="s3cret")
        try:
            monitors = await read(adapter, "monitors", None, now)
            return monitors, await read(adapter, "incidents", cursor, now)
        finally:
            await adapter.aclose()


async def test_monitors_and_heartbeats_are_listed_with_their_states() -> None:
    words = ("up", "down", "validating", "maintenance", "paused", "pending", "wobbly")
    monitors = [monitor(number, word) for number, word in enumerate(words, 1)]
    heartbeat = {"id": "1", "attributes": {"name": "Backup", "status": "up"}}
    answers = documents(*monitors, **{"/api/v2/heartbeats": listed(heartbeat)})
    (batch,) = (await better_stack(answers))[0].batches
    assert states(batch) == {
        "M1": UP,
        "M2": DOWN,
        "M3": DOWN,
        "M4": ComponentState.MAINTENANCE,
        "M5": UNKNOWN,
        "M6": UNKNOWN,
        "M7": UNKNOWN,
        "Backup": UP,
    }
    assert (batch.components[0].id, batch.components[0].group) == (MAIL, "Office")
    assert batch.components[-1].id == "heartbeat:1"


async def test_a_monitor_whose_probes_are_overdue_is_unknown() -> None:
    answers = documents(monitor(1, "up", last_checked_at=moment(-HOUR)))
    assert states((await better_stack(answers))[0].batches[0]) == {"M1": UNKNOWN}


async def test_pages_follow_their_links() -> None:
    def monitors(request: Request) -> dict[str, Any]:
        following = f"http://{request.headers['host']}/api/v2/monitors?page=2"
        if request.query.get("page") == "2":
            return listed(monitor(2, "up"), {"attributes": {}})
        return listed(monitor(1, "up"), following=following)

    (batch,) = (await better_stack(documents(**{"/api/v2/monitors": monitors})))[0].batches
    assert states(batch) == {"M1": UP, "M2": UP}
    assert len(batch.refused) == 1


async def test_a_link_that_leaves_the_origin_is_not_followed_and_gets_no_token() -> None:
    async with loopback(site({"/steal": listed(monitor(2, "up"))})) as thief:
        away = listed(monitor(1, "up"), following=f"{thief.url}/steal")
        with pytest.raises(SourceError) as caught:
            await better_stack(documents(**{"/api/v2/monitors": away}))
        assert caught.value.failure is Failure.TRUST
        assert thief.seen == []


async def test_links_that_turn_in_circles_come_to_an_end() -> None:
    def monitors(request: Request) -> dict[str, Any]:
        following = f"http://{request.headers['host']}/api/v2/monitors?page=1"
        return listed(monitor(1, "up"), following=following)

    with pytest.raises(SourceError, match="without an end"):
        await better_stack(documents(**{"/api/v2/monitors": monitors}))


async def test_an_incident_is_an_outage_of_its_monitor() -> None:
    answers = documents(
        monitor(1, "up"), **{"/api/v3/incidents": listed(outage(25, -HOUR, -1800), outage(1, 0, 0))}
    )
    (batch,) = (await better_stack(answers))[1].batches
    incident = batch.incidents[0]
    assert (incident.id, incident.status, incident.component_ids) == ("25", "resolved", (MAIL,))
    assert (incident.started_at, incident.resolved_at) == (NOW - HOUR, NOW - 1800)
    assert incident.changes[0].state is DOWN
    assert incident.updates[0].text == "Status 500"
    # What was before the first poll is known to be down only where it was.
    assert seen(batch, MAIL) == [("down", -HOUR, -1800)]


async def test_between_two_polls_the_rest_was_up() -> None:
    first = await better_stack(documents(monitor(1, "up")))
    later = NOW + 3 * HOUR
    fresh = monitor(1, "up", last_checked_at=moment(3 * HOUR))
    incidents = listed(outage(1, HOUR, HOUR + 600), outage(2, HOUR + 300, HOUR + 900))
    answers = documents(fresh, **{"/api/v3/incidents": incidents})
    (batch,) = (await better_stack(answers, first[1].cursor, later))[1].batches
    assert seen(batch, MAIL) == [
        ("up", 0, HOUR),
        ("down", HOUR, HOUR + 600),
        ("down", HOUR + 600, HOUR + 900),
        ("up", HOUR + 900, 3 * HOUR),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"status": "paused"}, {}),
        ({}, {"status": "paused"}),
        ({}, {"updated_at": moment(HOUR)}),
        ({}, {"maintenance_from": "01:00:00"}),
    ],
)
async def test_of_a_monitor_that_may_have_been_paused_only_outages_are_known(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    first = await better_stack(documents(monitor(1, **{"status": "up", **before})))
    fresh = {"status": "up", "last_checked_at": moment(3 * HOUR), **after}
    answers = documents(monitor(1, **fresh), **{"/api/v3/incidents": listed(outage(1, 60, 120))})
    (batch,) = (await better_stack(answers, first[1].cursor, NOW + 3 * HOUR))[1].batches
    assert seen(batch, MAIL) == [("down", 60, 120)]


async def test_an_open_incident_is_read_again_until_it_is_over() -> None:
    days: list[str] = []
    open_since = -9 * DAY

    def incidents(request: Request) -> dict[str, Any]:
        days.append(request.query["from"])
        return listed(outage(1, open_since, None), outage(2, -60, None, about=None))

    answers = documents(monitor(1, "down"), **{"/api/v3/incidents": incidents})
    first = await better_stack(answers)
    assert first[1].batches[0].incidents[1].component_ids == ()
    assert seen(first[1].batches[0], MAIL) == [("down", open_since, 0)]
    await better_stack(answers, first[1].cursor)
    # From the start of the engagement, then from the day before the open one began.
    assert days == ["2026-01-04", "2026-02-20"]
    assert at("2026-02-21T09:00:00") == NOW + open_since


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (Response(401, b'{"errors":"Invalid Team API token"}', JSON), Failure.AUTHENTICATION),
        (Response(429, b"too many", {"Retry-After": "30"}), Failure.RATE_LIMITED),
        (LOGIN, Failure.AUTHENTICATION),
        (answer({"errors": "no"}), Failure.CONTRACT),
    ],
)
async def test_no_answer_is_no_data(response: Response, failure: Failure) -> None:
    answers = documents(**{"/api/v2/monitors": response})
    with pytest.raises(SourceError) as caught:
        await better_stack(answers)
    assert caught.value.failure is failure
    assert "s3cret" not in str(caught.value)


async def test_the_check_names_monitors_and_says_what_may_not_be_read() -> None:
    refused = Response(403, b"{}", JSON)
    answers = documents(monitor(1, "up"), monitor(2, "odd"), **{"/api/v3/incidents": refused})
    lines = await checked("better_stack", site(answers), secret="s3cret")
    assert [line.ok for line in lines] == [True, False, False]
    assert lines[0].detail == "2 components: M1, M2"
    assert '"odd" (M2)' in lines[1].detail
    assert "token of the team" in lines[2].detail


async def test_it_does_not_start_without_a_token() -> None:
    with pytest.raises(SourceError) as caught:
        await checked("better_stack", site({}))
    assert caught.value.failure is Failure.CONFIGURATION


async def test_hostile_texts_are_harmless_and_nobody_is_named() -> None:
    bad = outage(1, -60, None)
    bad["attributes"] |= {"name": EVIL, "cause": EVIL, "status": EVIL}
    answers = documents(
        monitor(1, EVIL, pronounceable_name=EVIL), **{"/api/v3/incidents": listed(bad)}
    )
    monitors, incidents = await better_stack(answers)
    shown = repr([*monitors.batches, *incidents.batches])
    assert not any(sign in shown for sign in ("\\x1b", "\\x07", "\\u202e", "Somebody"))
