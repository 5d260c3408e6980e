"""Prometheus: text for numbers, empty for unknown, gaps that are no outages."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import pytest

from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, HOUR, MINUTE
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

MAIL = "instance=https://mail.example,job=blackbox"
_SECONDS = {"s": 1, "m": MINUTE, "h": HOUR, "d": DAY}
_QUERY = re.compile(r"(?:(count|avg)_over_time\()?(.+)\[(\d+)([smhd])\]\)?")


class Server:
    """Evaluates the two functions over samples, as Prometheus does."""

    def __init__(self, **samples: Mapping[int, float]) -> None:
        self.samples = samples
        self.selector = "probe_success"
        self.extra: dict[str, Any] = {}
        self.ranges: list[int] = []

    def __call__(self, request: Request) -> Response:
        matched = _QUERY.fullmatch(request.query["query"])
        assert matched
        function, selector, number, unit = matched.groups()
        window = int(number) * _SECONDS[unit]
        if request.path == "/api/v1/query":
            times = [NOW]
        else:
            assert request.path == "/api/v1/query_range"
            start, end, step = (int(request.query[name]) for name in ("start", "end", "step"))
            times = list(range(start, end + 1, step))
            self.ranges.append(len(times))
            if len(times) > 11_000:
                error = "exceeded maximum resolution of 11,000 points per timeseries"
                body = {"status": "error", "errorType": "bad_data", "error": error}
                return Response(400, answer(body).body, JSON)
        result = []
        for name, samples in self.samples.items() if selector == self.selector else ():
            moments = sorted(samples)
            ordered = [samples[moment] for moment in moments]
            values = []
            if function is None:
                values = [[at, f"{one:g}"] for at, one in sorted(samples.items())]
                values = [pair for pair in values if NOW - window < pair[0] <= NOW]
            for at in times if function else ():
                inside = ordered[bisect_right(moments, at - window) : bisect_right(moments, at)]
                if inside:
                    value = len(inside) if function == "count" else sum(inside) / len(inside)
                    values.append([at, "NaN" if math.isnan(value) else f"{value:g}"])
            metric = {"instance": f"https://{name}.example", "job": "blackbox"}
            if values and function and request.path == "/api/v1/query":
                result.append({"metric": metric, "value": values[-1]})
            elif values:
                result.append({"metric": metric, "values": values})
        data = {"resultType": "vector", "result": result}
        return answer({"status": "success", "data": data, **self.extra})


def every_minute(minutes: int, value: float = 1, until: int = 0) -> dict[int, float]:
    """Return samples a minute apart, the last one ``until`` seconds after 09:00."""
    return {NOW + until - 30 - minute * MINUTE: value for minute in range(minutes)}


async def prometheus(server: Server, cursor: str | None = None, **options: Any) -> Read:
    options = {"backfill": 2 * HOUR, **options}
    return await pulled("prometheus", server, "targets", cursor, **options)


async def test_targets_are_what_their_samples_say() -> None:
    server = Server(mail=every_minute(120), vpn=every_minute(120, 0))
    (batch,) = (await prometheus(server)).batches
    assert states(batch) == {"https://mail.example": UP, "https://vpn.example": DOWN}
    assert {one.group for one in batch.components} == {"blackbox"}
    assert batch.observed
    ((state, from_at, until_at),) = seen(batch, MAIL)
    assert state == "up"
    assert from_at == pytest.approx(-2 * HOUR, abs=120)
    assert until_at == pytest.approx(0, abs=120)


async def test_an_outage_between_two_polls_is_seen() -> None:
    samples = {**every_minute(120), **every_minute(10, 0, until=-30 * MINUTE)}
    (batch,) = (await prometheus(Server(mail=samples))).batches
    outage = next(span for span in seen(batch, MAIL) if span[0] == "down")
    assert outage[1] == pytest.approx(-40 * MINUTE, abs=2 * MINUTE)
    assert outage[2] == pytest.approx(-30 * MINUTE, abs=2 * MINUTE)


async def test_time_without_samples_is_a_gap_and_not_an_outage() -> None:
    samples = {at: 1.0 for at in every_minute(120) if not -40 < (at - NOW) / MINUTE < -30}
    (batch,) = (await prometheus(Server(mail=samples))).batches
    assert [state for state, _, _ in seen(batch, MAIL)] == ["up", "unknown", "up"]
    gap = seen(batch, MAIL)[1]
    assert gap[2] - gap[1] == pytest.approx(10 * MINUTE, abs=2 * MINUTE)


async def test_a_target_that_vanished_is_listed_no_more_and_not_down() -> None:
    server = Server(mail=every_minute(120), vpn=every_minute(100, until=-20 * MINUTE))
    (batch,) = (await prometheus(server)).batches
    assert states(batch) == {"https://mail.example": UP}
    vpn = seen(batch, MAIL.replace("mail", "vpn"))
    assert [state for state, _, _ in vpn] == ["up", "unknown"]


async def test_a_sample_that_is_still_on_its_way_opens_no_gap() -> None:
    samples = every_minute(118, until=-2 * MINUTE)
    (batch,) = (await prometheus(Server(mail=samples))).batches
    assert states(batch) == {"https://mail.example": UP}
    assert [state for state, _, _ in seen(batch, MAIL)] == ["up"]


async def test_values_are_text_and_some_are_no_numbers() -> None:
    server = Server(mail=every_minute(120, math.nan), vpn=every_minute(120, 7))
    (batch,) = (await prometheus(server)).batches
    assert set(states(batch).values()) == {UNKNOWN}

    def odd(request: Request) -> Response:
        good = {"metric": {"instance": "a"}, "value": [NOW, "60"], "values": [[NOW, "1"]]}
        bad = {"metric": {"instance": "b"}, "value": [NOW, "?"], "values": [[NOW, "?"]]}
        infinite = {"metric": {"instance": "c"}, "value": [NOW, "60"], "values": [[NOW, "+Inf"]]}
        return answer({"status": "success", "data": {"result": [good, bad, infinite, 5]}})

    got = await pulled("prometheus", odd, "targets", backfill=HOUR)
    assert states(got.batches[-1]) == {"a": UP, "c": UNKNOWN}
    assert len(got.refused) == 2


async def test_a_metric_nobody_knows_is_an_empty_success_and_said_so() -> None:
    server = Server(mail=every_minute(10))
    (batch,) = (await prometheus(server, selector="probe_sucess")).batches
    assert batch.observed
    assert batch.components == ()
    (line,) = await checked("prometheus", server, selector="probe_sucess")
    assert not line.ok
    assert "probe_sucess" in line.detail


async def test_a_long_range_is_asked_in_pieces_that_are_each_stored() -> None:
    samples = every_minute(15 * 1440)
    server = Server(mail=samples)
    got = await pulled("prometheus", server, "targets", backfill=15 * DAY)
    assert len(got.batches) == 3
    assert max(server.ranges) <= 10_000
    cursors = [int(batch.cursor or "") for batch in got.batches]
    assert cursors == sorted(cursors)
    assert [batch.observed for batch in got.batches] == [False, False, True]
    assert {state for batch in got.batches for state, _, _ in seen(batch, MAIL)} == {"up"}

    # A poll that was cut off goes on from the piece that was stored last.
    again = await pulled("prometheus", server, "targets", got.batches[1].cursor)
    assert len(again.batches) == 1
    assert again.batches[0].cursor == got.cursor


async def test_a_poll_reads_only_what_is_new_and_a_little_before() -> None:
    server = Server(mail=every_minute(120))
    cursor = (await prometheus(server)).cursor
    server.ranges.clear()
    (batch,) = (await prometheus(server, cursor)).batches
    assert server.ranges[0] <= 6
    assert seen(batch, MAIL)[0][1] >= -7 * MINUTE


async def test_the_same_time_is_cut_at_the_same_places_again() -> None:
    server = Server(mail={**every_minute(120), **every_minute(5, 0, until=-60 * MINUTE)})
    first = (await prometheus(server)).batches[0]
    assert (await prometheus(server)).batches[0].spans == first.spans


async def test_probes_that_are_far_apart_are_read_in_windows_as_long() -> None:
    samples = {NOW - 30 - 1200 * number: 1.0 for number in range(6)}
    (batch,) = (await prometheus(Server(mail=samples))).batches
    assert states(batch) == {"https://mail.example": UP}
    assert [state for state, _, _ in seen(batch, MAIL)] == ["up"]


async def test_a_target_that_is_watched_since_minutes_is_read_as_finely() -> None:
    server = Server(mail={NOW - 2 * number: float(number > 20) for number in range(100)})
    (batch,) = (await prometheus(server)).batches
    (outage,) = [span for span in seen(batch, MAIL) if span[0] == "down"]
    assert outage[1] == pytest.approx(-40, abs=6)


async def test_the_check_tells_how_much_is_covered() -> None:
    server = Server(mail=every_minute(1440), vpn=every_minute(360))
    lines = await checked("prometheus", server)
    assert all(line.ok for line in lines)
    assert lines[0].detail == "2 components: https://mail.example, https://vpn.example"
    assert re.search(r"25% of the last day at the least \(https://vpn.example\)", lines[1].detail)


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (Response(401, b"", JSON), Failure.AUTHENTICATION),
        (Response(429, b"{}", JSON), Failure.RATE_LIMITED),
        (LOGIN, Failure.CONTRACT),
        (answer({"status": "error", "errorType": "bad_data", "error": "parse"}), Failure.CONTRACT),
    ],
)
async def test_no_answer_is_no_data(response: Response, failure: Failure) -> None:
    documents = {"/api/v1/query": response}
    with pytest.raises(SourceError) as caught:
        await pulled("prometheus", site(documents), "targets")
    assert caught.value.failure is failure
    (line,) = await checked("prometheus", site(documents))
    assert not line.ok


@pytest.mark.parametrize(
    ("user", "header"), [("", "Bearer s3cret"), ("watch", "Basic d2F0Y2g6czNjcmV0")]
)
async def test_the_credential_is_a_bearer_token_or_a_password(user: str, header: str) -> None:
    async with loopback(Server(mail=every_minute(10))) as server:
        adapter = adapter_of("prometheus", server, secret="s3cret", user=user, backfill=HOUR)
        await read(adapter, "targets")
        assert {request.headers["authorization"] for request in server.seen} == {header}
        assert adapter.requests == 2
        await adapter.aclose()


async def test_hostile_labels_are_harmless_and_long_ones_stay_apart() -> None:
    def hostile(request: Request) -> Response:
        result = [
            {
                "metric": {"instance": EVIL + "x" * 3000 + tail, "job": EVIL},
                "value": [NOW, "60"],
                "values": [[NOW, "1"]],
            }
            for tail in "ab"
        ]
        return answer({"status": "success", "data": {"result": result}})

    batch = (await pulled("prometheus", hostile, "targets", backfill=HOUR)).batches[-1]
    assert not any(sign in repr(batch) for sign in ("\\x1b", "\\x07", "\\u202e"))
    assert len({component.id for component in batch.components}) == 2


async def test_a_tenant_is_named_with_every_request() -> None:
    server = Server(mail={NOW - number * MINUTE: 1.0 for number in range(30)})
    tenants: list[str | None] = []

    def behind_mimir(request: Request) -> Response:
        tenant = request.headers.get("x-scope-orgid")
        tenants.append(tenant)
        return server(request) if tenant == "northwind" else Response(401, b"no org id\n")

    got = await pulled("prometheus", behind_mimir, "targets", tenant="northwind")
    assert len(got.batches[-1].components) == 1
    assert len(tenants) > 1
    assert set(tenants) == {"northwind"}
    with pytest.raises(SourceError) as caught:
        await pulled("prometheus", behind_mimir, "targets")
    assert caught.value.failure is Failure.AUTHENTICATION
    assert tenants[-1] is None
