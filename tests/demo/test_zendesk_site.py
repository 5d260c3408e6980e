"""The simulated ticketing tool answers as the real one does."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

from engagewatch.demo.exchange import Site
from engagewatch.demo.scenario import Stage
from engagewatch.demo.server import Limits
from engagewatch.model.instants import DAY, HOUR, MINUTE, parse_iso
from tests.demo.simulation import (
    ANCHOR,
    BASIC,
    TOKEN,
    all_events,
    all_tickets,
    ask,
    pages,
    path_of,
    read,
    sites,
)

EXPORT = "/api/v2/incremental/tickets/cursor.json"
EVENTS = "/api/v2/incremental/ticket_events.json"
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


# -- who may ask ---------------------------------------------------------------------------------


@pytest.mark.parametrize("authorization", [BASIC, f"Bearer {TOKEN}"])
def test_both_kinds_of_token_open_it(desk: Site, authorization: str) -> None:
    assert ask(desk, "/api/v2/users/me.json", authorization=authorization).status == 200


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer wrong",
        "Basic !!!",
        "Basic " + base64.b64encode(f"monitor@northwind.example:{TOKEN}".encode()).decode(),
        "Basic " + base64.b64encode(b"monitor@northwind.example/token:wrong").decode(),
        f"Digest {TOKEN}",
    ],
)
def test_nobody_else_gets_in(desk: Site, authorization: str) -> None:
    response = ask(desk, "/api/v2/users/me.json", authorization=authorization)
    assert response.status == 401
    assert json.loads(response.body) == {"error": "Couldn't authenticate you"}


def test_it_only_answers_get(desk: Site) -> None:
    assert ask(desk, "/api/v2/tickets/41000.json", method="POST").status == 405


def test_an_unknown_path_is_not_found(desk: Site) -> None:
    response = ask(desk, "/api/v2/nothing.json")
    assert response.status == 404
    assert json.loads(response.body)["error"] == "InvalidEndpoint"


def test_a_tickets_link_leads_to_a_page_that_escapes_it(desk: Site, stage: Stage) -> None:
    hostile = next(r for r in stage.desk.records.values() if "<script>" in r.subject)
    response = ask(desk, f"/agent/tickets/{hostile.id}", authorization="")
    assert response.status == 200
    assert b"<script>" not in response.body
    assert b"&lt;script&gt;" in response.body
    assert ask(desk, "/agent/tickets/1", authorization="").status == 404


# -- limits --------------------------------------------------------------------------------------


def test_too_many_requests_are_told_when_to_come_back() -> None:
    strict = sites(limits=Limits(incremental_per_minute=3))["alder-finch-desk"]
    target, now = f"{EXPORT}?start_time=0&per_page=1", ANCHOR + 20
    left = [ask(strict, target, now).headers["ratelimit-remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    refused = ask(strict, target, now)
    assert refused.status == 429
    assert refused.headers["Retry-After"] == "40"
    assert refused.headers["X-Rate-Limit-Remaining"] == "0"
    assert ask(strict, "/api/v2/users/me.json", now).status == 200  # not an export
    assert ask(strict, target, now + 40).status == 200


def test_the_latest_minute_is_held_back() -> None:
    held = sites(limits=Limits(incremental_per_minute=100))["alder-finch-desk"]
    now = ANCHOR + HOUR
    tickets = read(held, f"{EXPORT}?start_time={now - HOUR}", now)["tickets"]
    assert max(ticket["generated_timestamp"] for ticket in tickets) <= now - MINUTE
    events = read(held, f"{EVENTS}?start_time={now - 61}", now)["ticket_events"]
    assert all(event["timestamp"] <= now - MINUTE for event in events)


@pytest.mark.parametrize("path", [EXPORT, EVENTS, "/api/v2/incremental/users/cursor.json"])
def test_a_start_within_the_latest_minute_is_refused(path: str) -> None:
    held = sites(limits=Limits())["alder-finch-desk"]
    response = ask(held, f"{path}?start_time={ANCHOR - 59}")
    assert response.status == 422
    assert json.loads(response.body)["error"] == "StartTimeTooRecent"
    assert ask(held, f"{path}?start_time={ANCHOR - 60}").status == 200


@pytest.mark.parametrize(
    "query",
    [
        "",
        "start_time=yesterday",
        "start_time=0&per_page=0",
        "start_time=0&per_page=1001",
        "cursor=?",
    ],
)
def test_nonsense_is_refused(desk: Site, query: str) -> None:
    assert ask(desk, f"{EXPORT}?{query}").status == 400


# -- tickets -------------------------------------------------------------------------------------


def test_paging_gives_every_ticket_once(desk: Site) -> None:
    tickets = all_tickets(desk, size=700)
    assert len({ticket["id"] for ticket in tickets}) == len(tickets) > 5900
    order = [ticket["generated_timestamp"] for ticket in tickets]
    assert order == sorted(order)
    assert len(all_tickets(desk, size=1000)) == len(tickets)


def test_a_ticket_has_the_fields_of_a_real_one(desk: Site) -> None:
    page = read(desk, f"{EXPORT}?start_time=0&per_page=200&include=metric_sets,groups")
    assert set(page) == {
        *("tickets", "metric_sets", "groups", "after_url", "after_cursor"),
        *("before_url", "before_cursor", "end_of_stream"),
    }
    for ticket in page["tickets"]:
        assert {
            *("url", "id", "external_id", "via", "created_at", "updated_at"),
            *("generated_timestamp", "type", "subject", "raw_subject", "description", "priority"),
            *("status", "custom_status_id", "recipient", "requester_id", "submitter_id"),
            *("assignee_id", "organization_id", "group_id", "collaborator_ids", "follower_ids"),
            *("email_cc_ids", "problem_id", "has_incidents", "is_public", "due_at", "tags"),
            *("custom_fields", "satisfaction_rating", "ticket_form_id", "brand_id"),
            *("followup_ids", "from_messaging_channel", "fields"),
        } <= set(ticket)
        assert ISO.fullmatch(ticket["created_at"])
        assert ISO.fullmatch(ticket["updated_at"])
        assert ticket["priority"] in ("urgent", "high", "normal", "low", None)
        assert ticket["status"] in ("new", "open", "pending", "hold", "solved", "closed", "deleted")
    for ticket, metrics in zip(page["tickets"], page["metric_sets"], strict=True):
        assert metrics["ticket_id"] == ticket["id"]
        for name in ("reply_time", "full_resolution_time", "requester_wait_time"):
            assert set(metrics[f"{name}_in_minutes"]) == {"calendar", "business"}


def test_the_figures_of_the_tool_add_up(desk: Site) -> None:
    page = read(desk, f"{EXPORT}?start_time=0&per_page=1000&include=metric_sets")
    seen = 0
    for metrics in page["metric_sets"]:
        whole = metrics["full_resolution_time_in_minutes"]["calendar"]
        if whole is None or metrics["reopens"]:
            continue
        seen += 1
        parts = ("requester_wait_time_in_minutes", "agent_wait_time_in_minutes")
        assert abs(whole - sum(metrics[part]["calendar"] for part in parts)) <= 2
        assert metrics["solved_at"] is not None
    assert seen > 800


def test_deleted_tickets_show_once_more_and_are_gone_elsewhere(
    desk: Site, events: list[dict[str, Any]]
) -> None:
    deleted = [ticket["id"] for ticket in all_tickets(desk) if ticket["status"] == "deleted"]
    assert len(deleted) >= 5
    for id_ in deleted:
        response = ask(desk, f"/api/v2/tickets/{id_}/audits.json")
        assert response.status == 404
        assert json.loads(response.body) == {"error": "RecordNotFound", "description": "Not found"}
    assert not {event["ticket_id"] for event in events} & set(deleted)


# -- what happened to them -----------------------------------------------------------------------


def test_events_come_in_order_and_all_of_them(events: list[dict[str, Any]]) -> None:
    assert len(events) > 50_000
    assert [event["timestamp"] for event in events] == sorted(e["timestamp"] for e in events)
    ids = [child["id"] for event in events for child in event["child_events"]]
    assert len(set(ids)) == len(ids)


def test_an_events_page_never_ends_within_a_second(desk: Site) -> None:
    first = f"{EVENTS}?start_time={ANCHOR - 30 * DAY}&per_page=7"
    seen: set[int] = set()
    for page, _ in zip(pages(desk, first, "next_page"), range(60), strict=False):
        events = page["ticket_events"]
        assert page["count"] == len(events)
        assert page["end_time"] == events[-1]["timestamp"]
        new = {event["id"] for event in events} - seen
        again = [event for event in events if event["id"] not in new]
        assert new
        assert all(event["timestamp"] == events[0]["timestamp"] for event in again)
        seen |= new


def test_a_changed_field_is_itself_a_key(desk: Site) -> None:
    events = all_events(desk, start=ANCHOR - 10 * DAY)
    changes = [
        child
        for event in events
        for child in event["child_events"]
        if child["event_type"] == "Change"
    ]
    moved = [child for child in changes if "status" in child]
    assert moved
    assert all("previous_value" in child and "field_name" not in child for child in changes)
    assert {"new", "open", "pending", "solved"} >= {c["previous_value"] for c in moved} - {"hold"}
    tagged = [child for child in changes if "tags" in child]
    assert all({"added_tags", "removed_tags"} <= set(child) for child in tagged)


def test_messages_come_in_full_or_as_a_mention(desk: Site) -> None:
    start = ANCHOR - 2 * DAY
    full = [
        child
        for event in all_events(desk, start=start)
        for child in event["child_events"]
        if child["event_type"] == "Comment"
    ]
    assert {comment["public"] for comment in full} == {True, False}
    assert all(comment["body"] == comment["plain_body"] for comment in full)
    bare = read(desk, f"{EVENTS}?start_time={start}")["ticket_events"]
    mentions = [c for e in bare for c in e["child_events"] if c["event_type"] == "Comment"]
    assert mentions
    assert all("body" not in mention and mention["comment_present"] for mention in mentions)


def test_automatic_receipts_come_by_rule(desk: Site) -> None:
    events = all_events(desk, start=ANCHOR - 5 * DAY)
    receipts = [
        event
        for event in events
        if any("automatic message" in child.get("body", "") for child in event["child_events"])
    ]
    assert receipts
    assert {event["via"] for event in receipts} == {"Rule"}


def test_one_tickets_audits_tell_the_same_as_the_bulk_export(desk: Site) -> None:
    events = all_events(desk, start=ANCHOR - 20 * DAY)
    id_ = next(
        event["ticket_id"]
        for event in events
        if any(child["event_type"] == "Create" for child in event["child_events"])
    )
    mine = [event for event in events if event["ticket_id"] == id_]
    page = read(desk, f"/api/v2/tickets/{id_}/audits.json?page[size]=2")
    audits = page["audits"]
    while page["meta"]["has_more"]:
        page = read(desk, path_of(page["links"]["next"]))
        audits += page["audits"]
    assert [audit["id"] for audit in audits] == [event["id"] for event in mine]
    for audit, event in zip(audits, mine, strict=True):
        assert parse_iso(audit["created_at"]) == event["timestamp"]
        told = [e.get("value") for e in audit["events"] if e.get("field_name") == "status"]
        keyed = [child["status"] for child in event["child_events"] if "status" in child]
        assert told == keyed
        assert all(
            e["value"] is None or isinstance(e["value"], str | list)
            for e in audit["events"]
            if "value" in e
        )


def test_hostile_text_arrives_unharmed(desk: Site) -> None:
    subjects = " ".join(ticket["subject"] for ticket in all_tickets(desk))
    for hostile in ("\x1b[31m", "\u202e", "[red]", "会議室"):
        assert hostile in subjects


# -- the rest ------------------------------------------------------------------------------------


def test_people_come_page_by_page(desk: Site) -> None:
    first = "/api/v2/incremental/users/cursor.json?start_time=0&per_page=50"
    users = [user for page in pages(desk, first, "after_url") for user in page["users"]]
    assert len(users) == len({user["id"] for user in users}) == 163
    assert {user["role"] for user in users} == {"end-user", "agent", "admin"}
    some = ",".join(str(user["id"]) for user in users[:3])
    shown = read(desk, f"/api/v2/users/show_many.json?ids={some},1")["users"]
    assert [user["id"] for user in shown] == [user["id"] for user in users[:3]]


def test_small_lists_are_there(desk: Site) -> None:
    labels = {s["agent_label"] for s in read(desk, "/api/v2/custom_statuses")["custom_statuses"]}
    assert {"Awaiting approval", "With supplier", "Pending"} <= labels
    schedule = read(desk, "/api/v2/business_hours/schedules")["schedules"][0]
    assert schedule["intervals"][0] == {"start_time": 1440 + 480, "end_time": 1440 + 1080}
    ratings = read(desk, "/api/v2/satisfaction_ratings?start_time=0")["satisfaction_ratings"]
    assert len(ratings) == 100
    assert {rating["score"] for rating in ratings} == {"good", "bad"}
