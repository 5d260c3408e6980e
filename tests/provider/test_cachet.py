"""Cachet 2 and 3: times in the page's own zone, incidents that never say when they were over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engagewatch.model.freshness import Failure
from engagewatch.model.instants import MINUTE
from engagewatch.model.service import ComponentChange, ComponentState
from engagewatch.net.errors import SourceError
from tests.provider.loopback import Request, Response
from tests.provider.samples import Read, at
from tests.provider.status_samples import (
    DOWN,
    EVIL,
    JSON,
    LOGIN,
    UNKNOWN,
    UP,
    answer,
    checked,
    pulled,
    site,
    states,
)

LISBON = "Europe/Lisbon"


def paged(records: list[Any], per_page: int = 50) -> Callable[[Request], dict[str, Any]]:
    """Answer as version 2 does."""

    def page(request: Request) -> dict[str, Any]:
        number = int(request.query["page"])
        total = max(1, -(-len(records) // per_page))
        pagination = {"total": len(records), "current_page": number, "total_pages": total}
        part = records[(number - 1) * per_page : number * per_page]
        return {"meta": {"pagination": pagination}, "data": part}

    return page


def component(number: int, status: object, **more: object) -> dict[str, Any]:
    return {"id": number, "name": f"C{number}", "status": status, "enabled": True, **more}


def incident(number: int, status: int, **more: object) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Incident {number}",
        "message": "We are looking.",
        "status": 1,
        "latest_status": status,
        "component_id": 1,
        "component_status": 4,
        "occurred_at": "2026-07-01 10:00:00",
        "created_at": "2026-07-01 10:05:00",
        "updated_at": "2026-07-01 13:00:00",
        **more,
    }


def post(number: int, status: int, time: str) -> dict[str, Any]:
    return {"id": number, "status": status, "message": "News.", "created_at": f"2026-07-01 {time}"}


FIXED_POSTS = [post(1, 2, "10:30:00"), post(2, 4, "11:00:00")]


def version_2(
    components: list[Any] | None = None,
    incidents: list[Any] | None = None,
    posts: dict[int, list[Any]] | None = None,
    per_page: int = 50,
    **more: Any,
) -> dict[str, Any]:
    root = "/api/v1"
    return {
        f"{root}/version": {"meta": {}, "data": "2.4.1"},
        f"{root}/components": paged(components or [], per_page),
        f"{root}/components/groups": paged([{"id": 3, "name": "Office"}]),
        f"{root}/incidents": paged(incidents or [], per_page),
        f"{root}/schedules": paged([]),
        **{f"{root}/incidents/{key}/updates": paged(one) for key, one in (posts or {}).items()},
        **more,
    }


SUMMER = at("2026-07-02T00:00:00")
SUMMER_DATE = {"Date": "Thu, 02 Jul 2026 00:00:00 GMT", **JSON}


async def cachet(
    documents: dict[str, Any], stream: str, cursor: str | None = None, **more: Any
) -> Read:
    """Read on a day in July, as the server has it too."""
    answers = site(documents)

    def handler(request: Request) -> Response:
        given = answers(request)
        assert isinstance(given, Response)
        return Response(given.status, given.body, {**given.headers, "Date": SUMMER_DATE["Date"]})

    more = {"timezone": LISBON, **more}
    return await pulled("cachet", handler, stream, cursor, now=SUMMER, **more)


async def test_components_of_version_2_under_their_headings() -> None:
    listed = [component(number, number) for number in range(5)]
    listed += [component(6, 1, enabled=False), component(7, 9), component(8, 1, group_id=3)]
    (batch,) = (await cachet(version_2(listed, per_page=3), "components")).batches
    assert states(batch) == {
        "C0": UNKNOWN,
        "C1": UP,
        "C2": ComponentState.DEGRADED,
        "C3": ComponentState.PARTIAL,
        "C4": DOWN,
        "C7": UNKNOWN,
        "C8": UP,
    }
    assert batch.observed
    assert batch.components[-1].group == "Office"


async def test_a_state_nobody_knows_is_shown_by_the_check_as_it_is() -> None:
    lines = await checked("cachet", site(version_2([component(1, 9)])))
    assert [line.ok for line in lines] == [True, False]
    assert '"9" (C1)' in lines[1].detail


async def test_an_incident_is_over_when_a_post_says_so_in_the_zone_of_the_page() -> None:
    documents = version_2(incidents=[incident(1, 4)], posts={1: FIXED_POSTS})
    (one,) = (await cachet(documents, "incidents")).batches[0].incidents
    # 11:00 in Lisbon's summer.
    assert one.resolved_at == at("2026-07-01T10:00:00")
    assert (one.started_at, one.posted_at) == (at("2026-07-01T09:00:00"), at("2026-07-01T09:05:00"))
    assert (one.status, one.component_ids) == ("fixed", ("1",))
    assert one.changes == (ComponentChange("1", one.started_at, DOWN),)
    assert [update.status for update in one.updates] == ["", "identified", "fixed"]


async def test_the_zone_is_the_engagements_unless_told() -> None:
    documents = version_2(incidents=[incident(1, 4)], posts={1: FIXED_POSTS})
    got = await cachet(documents, "incidents", timezone="Asia/Tokyo")
    assert got.batches[0].incidents[0].resolved_at == at("2026-07-01T02:00:00")
    with pytest.raises(SourceError) as caught:
        await cachet(documents, "incidents", timezone="Mars/Base")
    assert caught.value.failure is Failure.CONFIGURATION


async def test_an_incident_that_no_post_ends_is_over_when_last_touched_or_open() -> None:
    documents = version_2(incidents=[incident(2, 4), incident(1, 3)], posts={2: [], 1: []})
    fixed, watched = (await cachet(documents, "incidents")).batches[0].incidents
    assert fixed.resolved_at == at("2026-07-01T12:00:00")
    assert (watched.status, watched.resolved_at) == ("watching", None)


async def test_after_the_first_poll_only_what_may_have_changed_is_read() -> None:
    asked: list[str] = []
    incidents = [incident(number, 4) for number in range(9, 0, -1)]
    incidents[5]["latest_status"] = 2
    posts = dict.fromkeys(range(1, 11), FIXED_POSTS)

    def counted() -> dict[str, Any]:
        documents = version_2(incidents=incidents, posts=posts, per_page=3)
        return {
            path: (lambda request, one=one: asked.append(request.path) or one(request))
            if callable(one)
            else one
            for path, one in documents.items()
        }

    first = await cachet(counted(), "incidents")
    assert len(first.batches[0].incidents) == 9
    assert first.batches[0].lists_open
    asked.clear()
    incidents.insert(0, incident(10, 1))
    incidents[6]["latest_status"] = 4
    again = await cachet(counted(), "incidents", first.cursor)
    (batch,) = again.batches
    assert [one.id for one in batch.incidents] == ["10", "4"]
    assert not batch.lists_open
    assert sum(path.endswith("/updates") for path in asked) == 2
    assert sum(path.endswith("/incidents") for path in asked) == 3
    # An open one that was deleted is looked for to the end, and then it is over.
    del incidents[0]
    gone = await cachet(counted(), "incidents", again.cursor)
    assert gone.batches[0].lists_open


async def test_what_old_versions_kept_as_incidents_but_is_planned_work_is_refused() -> None:
    got = await cachet(version_2(incidents=[incident(1, 0), {"id": 2}, 5]), "incidents")
    assert got.batches[0].incidents == ()
    assert not got.batches[0].lists_open
    assert len(got.refused) == 3


async def test_planned_work_ends_when_it_is_completed() -> None:
    works = [
        {
            "id": 1,
            "name": "Patches",
            "status": 2,
            "scheduled_at": "2026-07-01 20:00:00",
            "completed_at": "2026-07-01 21:30:00",
            "created_at": "2026-06-20 09:00:00",
            "components": [{"id": 12, "component_id": 1}],
        },
        {"id": 2, "status": 1, "scheduled_at": "2026-07-02 00:00:00", "completed_at": None},
        {"id": 3, "status": 0},
    ]
    got = await cachet(version_2(**{"/api/v1/schedules": paged(works)}), "schedules")
    done, under_way = got.batches[0].maintenances
    assert (done.status, done.component_ids) == ("completed", ("1",))
    assert (done.from_at, done.until_at) == (at("2026-07-01T19:00:00"), at("2026-07-01T20:30:00"))
    assert under_way.until_at == SUMMER
    assert [refused.record for refused in got.refused] == ["planned work 3"]


def time_3(text: str | None) -> dict[str, str | None]:
    return {"human": "3 days ago", "string": text}


def resource(number: int, kind: str, **attributes: object) -> dict[str, Any]:
    return {"id": str(number), "type": kind, "attributes": {"id": number, **attributes}}


def simple_paged(records: list[Any], per_page: int = 50) -> Callable[[Request], dict[str, Any]]:
    """Answer as version 3 does: without a total."""

    def page(request: Request) -> dict[str, Any]:
        number = int(request.query["page"])
        more = len(records) > number * per_page
        return {
            "data": records[(number - 1) * per_page : number * per_page],
            "links": {"first": "/?page=1", "next": "/?page=2" if more else None},
            "meta": {"current_page": number, "per_page": per_page},
        }

    return page


def version_3() -> dict[str, Any]:
    human = {"human": "Fixed", "value": 4}
    incidents = [
        resource(
            number,
            "incidents",
            name="Slow",
            status=human,
            occurred=time_3("2026-07-01 10:00:00"),
            created=time_3("2026-07-01 10:00:00"),
            updated=time_3("2026-07-01 13:00:00"),
        )
        for number in (2, 1)
    ]
    posts = [resource(1, "updates", status=human, created=time_3("2026-07-01 11:00:00"))]
    components = [
        resource(1, "components", name="Mail", status=4, enabled=True),
        resource(2, "components", name="VPN", status={"human": "x", "value": 6}),
    ]
    return {
        "/api/version": {"data": {"version": "3.0.0"}, "meta": [], "links": []},
        "/api/components": simple_paged(components, 1),
        "/api/component-groups": simple_paged([resource(3, "componentGroups", name="Office")]),
        "/api/incidents": simple_paged(incidents, 1),
        "/api/incidents/1/updates": simple_paged(posts),
        "/api/incidents/2/updates": simple_paged(posts),
        "/api/schedules": simple_paged(
            [
                resource(
                    4,
                    "schedules",
                    name="Patches",
                    status={"human": "Complete", "value": 2},
                    scheduled=time_3("2026-07-01 20:00:00"),
                    completed=time_3("2026-07-01 21:00:00"),
                )
            ]
        ),
    }


async def test_version_3_is_found_out_and_unwrapped() -> None:
    (batch,) = (await cachet(version_3(), "components")).batches
    assert states(batch) == {"Mail": DOWN, "VPN": ComponentState.MAINTENANCE}
    (batch,) = (await cachet(version_3(), "incidents")).batches
    assert [one.id for one in batch.incidents] == ["2", "1"]
    assert {one.resolved_at for one in batch.incidents} == {at("2026-07-01T10:00:00")}
    (batch,) = (await cachet(version_3(), "schedules", version=3)).batches
    (work,) = batch.maintenances
    assert work.until_at - work.from_at == 60 * MINUTE


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (Response(429, b"{}", JSON), Failure.RATE_LIMITED),
        (LOGIN, Failure.CONTRACT),
        (answer({"data": [{"name": "no id"}]}), Failure.CONTRACT),
        (answer({"error": 1}), Failure.CONTRACT),
    ],
)
async def test_no_answer_is_no_data(response: Response, failure: Failure) -> None:
    documents = version_2(**{"/api/v1/components": response})
    with pytest.raises(SourceError) as caught:
        await cachet(documents, "components")
    assert caught.value.failure is failure
    (line,) = await checked("cachet", site(documents))
    assert not line.ok


async def test_a_page_that_is_no_cachet_says_so() -> None:
    (line,) = await checked("cachet", site({}))
    assert not line.ok
    assert "404" in line.detail


async def test_hostile_texts_are_harmless() -> None:
    listed = [component(1, 1, name=EVIL)]
    incidents = [incident(1, 1, name=EVIL, message=EVIL, permalink="javascript:alert(1)")]
    documents = version_2(listed, incidents, {1: [{**FIXED_POSTS[0], "message": EVIL}]})
    batches = [
        *(await cachet(documents, "components")).batches,
        *(await cachet(documents, "incidents")).batches,
    ]
    assert not any(sign in repr(batches) for sign in ("\\x1b", "\\x07", "\\u202e", "javascript"))
