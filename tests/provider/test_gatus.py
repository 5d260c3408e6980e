"""Gatus: nanosecond times, gaps between results, and events where results reach no further."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engagewatch.model.freshness import Failure
from engagewatch.model.instants import HOUR
from engagewatch.net.errors import SourceError
from tests.provider.loopback import Request, Response, loopback
from tests.provider.samples import NOW, Read, read
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

LIST = "/api/v1/endpoints/statuses"
KEY = "core_mail-server"
HISTORY = f"/api/v1/endpoints/{KEY}/response-times/24h/history"
ONE = f"/api/v1/endpoints/{KEY}/statuses"
RECENTLY = str(NOW - 600)


def moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(NOW + seconds, UTC):%Y-%m-%dT%H:%M:%S}.123456789Z"


def result(seconds: int, success: bool | None) -> dict[str, Any]:
    return {
        "status": 200,
        "duration": 35_000_000,
        "conditionResults": [{"condition": "[STATUS] == 200", "success": success}],
        "success": success,
        "timestamp": moment(seconds),
    }


def every_minute(*outcomes: bool | None) -> list[dict[str, Any]]:
    return [result((index - len(outcomes) + 1) * 60, one) for index, one in enumerate(outcomes)]


def endpoint(results: list[Any], **more: object) -> dict[str, Any]:
    return {"name": "Mail server", "group": "core", "key": KEY, "results": results, **more}


def documents(*endpoints: object, **more: Any) -> dict[str, Any]:
    return {LIST: list(endpoints), **more}


async def gatus(*endpoints: object, cursor: str | None = RECENTLY, **more: Any) -> Read:
    return await pulled("gatus", site(documents(*endpoints, **more)), "endpoints", cursor)


async def test_results_to_the_nanosecond_tell_the_time_between_polls() -> None:
    (batch,) = (await gatus(endpoint(every_minute(*[True] * 12, False, True)))).batches
    assert states(batch) == {"Mail server": UP}
    assert [(one.id, one.group) for one in batch.components] == [(KEY, "core")]
    assert seen(batch, KEY) == [("up", -780, -60), ("down", -60, 0), ("up", 0, 0)]
    assert batch.observed


async def test_time_without_results_is_unknown() -> None:
    results = [*every_minute(True, True, True)]
    results = [result(-1000 + second, True) for second in (0, 60, 120)] + results
    (batch,) = (await gatus(endpoint(results))).batches
    assert seen(batch, KEY) == [("up", -1000, -820), ("unknown", -820, -120), ("up", -120, 0)]


async def test_an_endpoint_that_is_probed_no_more_is_unknown() -> None:
    old = [result(-7200 + second, False) for second in (0, 60, 120)]
    (batch,) = (await gatus(endpoint(old, name="Old"), endpoint([], name="New", key="n"))).batches
    assert states(batch) == {"Old": UNKNOWN, "New": UNKNOWN}


async def test_what_cannot_be_read_takes_nothing_else_down() -> None:
    results = [{"timestamp": "soon", "success": True}, 7, *every_minute(True, True, None)]
    (batch,) = (await gatus(endpoint(results), {"name": "keyless"})).batches
    assert states(batch) == {"Mail server": UNKNOWN}
    assert len(batch.refused) == 3
    with pytest.raises(SourceError, match="no component can be read"):
        await gatus({"name": "keyless"})


def event(seconds: int, kind: str) -> dict[str, str]:
    return {"type": kind, "timestamp": moment(seconds)}


def with_history(events: list[dict[str, str]], hours: dict[int, float]) -> dict[str, Any]:
    return {
        ONE: endpoint(every_minute(True), events=events),
        HISTORY: {
            "timestamps": [(NOW + hour * HOUR) * 1000 for hour in hours],
            "values": list(hours.values()),
        },
    }


EVENTS = [
    event(-30 * HOUR, "START"),
    event(-30 * HOUR + 1, "HEALTHY"),
    event(-5 * HOUR, "UNHEALTHY"),
    event(-5 * HOUR + 600, "HEALTHY"),
]


async def test_events_tell_what_was_before_the_results_where_hours_were_watched() -> None:
    # Nothing is known of the hour that began at 00:00, and less of those on either side of it.
    hours = {hour: 12.0 for hour in range(-20, 0) if hour != -9}
    own = with_history(EVENTS, {**hours, -9: 0})
    (batch,) = (await gatus(endpoint(every_minute(True, True, True)), cursor=None, **own)).batches
    assert seen(batch, KEY) == [
        ("up", -120, 0),
        ("up", -19 * HOUR, -10 * HOUR),
        ("up", -7 * HOUR, -5 * HOUR),
        ("down", -5 * HOUR, -5 * HOUR + 600),
        ("up", -5 * HOUR + 600, -1 * HOUR),
    ]


async def test_events_are_asked_for_only_where_results_do_not_reach_the_last_poll() -> None:
    asked: list[str] = []
    answers = site(documents(endpoint(every_minute(*[True] * 20)), **with_history(EVENTS, {})))

    def handler(request: Request) -> Response:
        asked.append(request.path)
        return answers(request)  # type: ignore[return-value]

    got = await pulled("gatus", handler, "endpoints", RECENTLY)
    assert asked == [LIST]
    assert got.cursor == str(NOW)
    await pulled("gatus", handler, "endpoints", str(NOW - 2 * HOUR))
    assert asked[1:] == [LIST, HISTORY, ONE]


async def test_versions_without_hourly_response_times_do_without() -> None:
    (batch,) = (await gatus(endpoint(every_minute(True, True, True)), cursor=None)).batches
    assert seen(batch, KEY) == [("up", -120, 0)]


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (Response(401, b"Unauthorized", {"Content-Type": "text/plain"}), Failure.AUTHENTICATION),
        (Response(429, b"", JSON), Failure.RATE_LIMITED),
        (LOGIN, Failure.CONTRACT),
        (answer({"error": "no"}), Failure.CONTRACT),
    ],
)
async def test_no_answer_is_no_data(response: Response, failure: Failure) -> None:
    with pytest.raises(SourceError) as caught:
        await gatus(**{LIST: response})
    assert caught.value.failure is failure
    (line,) = await checked("gatus", site({LIST: response}))
    assert not line.ok


async def test_the_check_names_what_is_watched() -> None:
    (line,) = await checked("gatus", site(documents(endpoint(every_minute(False)))))
    assert (line.ok, line.detail) == (True, "1 components: Mail server")


async def test_a_password_is_sent_where_one_is_set() -> None:
    async with loopback(site(documents(endpoint(every_minute(False))))) as server:
        adapter = adapter_of("gatus", server, user="watch", secret="s3cret")
        (batch,) = (await read(adapter, "endpoints", RECENTLY)).batches
        await adapter.aclose()
    assert server.seen[0].headers["authorization"] == "Basic d2F0Y2g6czNjcmV0"
    assert states(batch) == {"Mail server": DOWN}


async def test_hostile_names_are_harmless() -> None:
    got = await gatus(endpoint(every_minute(True), name=EVIL, group=EVIL, key=EVIL), cursor=None)
    assert not any(sign in repr(got.batches) for sign in ("\\x1b", "\\x07", "\\u202e"))
