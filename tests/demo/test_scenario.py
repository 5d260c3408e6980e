"""The story holds what it is there to show, whenever it is told."""

from __future__ import annotations

from collections import Counter

import pytest

from engagewatch.demo.catalogue import HOSTILE_SUBJECTS
from engagewatch.demo.desk import Record, Via
from engagewatch.demo.metric_set import metric_set
from engagewatch.demo.people import Role
from engagewatch.demo.profile import OFFICE, ZONE
from engagewatch.demo.scenario import Stage, alder_finch, northwind
from engagewatch.engine.calendars import compile_calendar
from engagewatch.model.instants import DAY, HOUR, MINUTE, parse_iso, to_datetime, zone
from tests.demo.simulation import ANCHOR, SEED

FINISHED = {"solved", "closed", "deleted"}


def past(stage: Stage) -> list[Record]:
    return [record for record in stage.desk.records.values() if record.created_at <= ANCHOR]


def open_at(stage: Stage, now: int) -> list[Record]:
    return [
        record
        for record in stage.desk.records.values()
        if record.created_at <= now and record.state(now)["status"] not in FINISHED
    ]


def test_it_is_fourteen_months_of_a_busy_desk(stage: Stage) -> None:
    assert 13.5 * 30 * DAY < ANCHOR - stage.started < 14.5 * 30 * DAY
    assert 5900 <= len(past(stage)) <= 6100
    updates = sum(len(record.until(ANCHOR)) for record in past(stage))
    assert 50_000 <= updates <= 65_000
    roles = Counter(member.role for member in stage.desk.members)
    assert roles[Role.END_USER] == 150
    assert roles[Role.AGENT] + roles[Role.ADMIN] == 13  # twelve people and a service account


def test_tickets_come_in_when_people_work(stage: Stage) -> None:
    local = zone(ZONE)
    moments = [to_datetime(record.created_at, local) for record in past(stage)]
    weekdays = Counter(moment.weekday() for moment in moments)
    assert weekdays[0] == max(weekdays.values())
    assert weekdays[5] + weekdays[6] < len(moments) / 25
    hours = Counter(moment.hour for moment in moments)
    assert sum(hours[hour] for hour in range(8, 18)) > 0.85 * len(moments)
    assert len(hours) > 18  # and a few at night


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-23T10:30:00Z",
        "2026-06-13T03:10:00Z",
        "2027-01-01T16:00:00Z",
        "2026-10-25T00:59:00Z",
    ],
)
def test_today_is_interesting_whatever_the_hour(moment: str) -> None:
    anchor = parse_iso(moment)
    stage = northwind(SEED, anchor)
    now = open_at(stage, anchor)
    assert 45 <= len(now) <= 75
    states = [record.state(anchor) for record in now]
    assert sum(state["status"] == "pending" for state in states) >= 9
    assert sum(state["priority"] is None for state in states) >= 2
    assert {state["status"] for state in states} == {"new", "open", "pending", "hold"}

    urgent = [r for r in now if r.state(anchor)["priority"] == "urgent" and r.story == "due soon"]
    assert len(urgent) == 1
    assert 0 < urgent[0].created_at + 4 * HOUR - anchor < HOUR

    stories = Counter(record.story for record in now)
    assert stories["waiting on client"] == 8
    assert stories["overdue"] == 3
    assert stories["silent"] == 3
    assert stories["parked"] >= 1
    assert stories["hostile"] >= 5

    degraded = [state for state, _ in stage.page.states(anchor).values() if state != "operational"]
    assert "degraded_performance" in degraded
    planned = [post.window for post in stage.page.maintenances if post.window is not None]
    assert any(start > anchor for start, _ in planned)


def test_waits_on_the_client_have_different_ages(stage: Stage) -> None:
    asked = sorted(
        record.until(ANCHOR)[-1].at
        for record in open_at(stage, ANCHOR)
        if record.story == "waiting on client"
    )
    hours = compile_calendar(OFFICE)
    ages = [hours.seconds_between(at, ANCHOR) / HOUR for at in asked]
    assert ages[-1] < 1
    assert ages[0] > 20
    finance = stage.desk.member_by_id
    slow = [
        record
        for record in open_at(stage, ANCHOR)
        if finance[record.requester].email == "r.okafor@northwind.example"
        and "awaiting_approval" in record.state(ANCHOR)["tags"]
    ]
    assert len(slow) >= 3


def test_first_answers_start_slow_and_get_better(stage: Stage) -> None:
    def late(since: float, until: float) -> float:
        judged = missed = 0
        for record in past(stage):
            age = (record.created_at - stage.started) / DAY
            if not since <= age < until or record.audits[0].author != record.requester:
                continue
            replies = [
                audit.at
                for audit in record.until(ANCHOR)
                if audit.comment is not None
                and audit.comment.public
                and audit.via is Via.FORM
                and audit.author != record.requester
                and audit is not record.audits[0]
            ]
            if replies and record.state(replies[0])["priority"] == "normal":
                judged += 1
                open_time = compile_calendar(OFFICE).seconds_between(record.created_at, replies[0])
                missed += open_time > 4 * HOUR
        return missed / judged

    assert late(0, 30) > 0.25
    assert late(150, 280) < 0.07
    bad_week = (ANCHOR - 131 * DAY - stage.started) / DAY
    assert late(bad_week, bad_week + 7) > 0.3


def test_every_kind_of_trouble_is_in_it(stage: Stage) -> None:
    stories = Counter(record.story for record in past(stage))
    assert stories["lowered"] >= 6
    assert stories["parked"] >= 60
    assert stories["approval"] >= 80
    assert stories["merged"] >= 10
    assert stories["hostile"] >= 10
    assert stories["deleted"] >= 8
    assert stories["told late"] >= 8
    assert stories["never told"] >= 4
    assert {r.subject for r in past(stage)} & set(HOSTILE_SUBJECTS)

    reopened = by_agent = acknowledged = rated = without_priority = 0
    for record in past(stage):
        audits = record.until(ANCHOR)
        reopened += any(
            audit.previous.get("status") == "solved" and audit.changes.get("status") == "open"
            for audit in audits
        )
        by_agent += audits[0].author != record.requester
        acknowledged += any(a.via is Via.RULE and a.comment is not None for a in audits)
        state = record.state(ANCHOR)
        rated += state.get("satisfaction_score") in ("good", "bad")
        without_priority += state["priority"] is None
    assert reopened > 200
    assert by_agent > 400
    assert acknowledged > 2000
    assert rated > 400
    assert 100 < without_priority < 500


def test_a_lowered_priority_comes_just_before_it_would_be_missed(stage: Stage) -> None:
    hours = compile_calendar(OFFICE)
    lowered = [
        record
        for record in past(stage)
        if record.story == "lowered" and record.state(ANCHOR)["status"] == "closed"
    ]
    assert len(lowered) >= 5
    for record in lowered:
        change = next(a for a in record.audits if a.previous.get("priority") == "high")
        assert change.changes["priority"] == "normal"
        spent = hours.seconds_between(record.created_at, change.at)
        assert 8 * HOUR - 11 * MINUTE <= spent < 8 * HOUR


def test_a_parked_ticket_was_never_asked_anything(stage: Stage) -> None:
    for record in past(stage):
        if record.story != "parked" or record.state(ANCHOR)["status"] != "closed":
            continue
        into = [a for a in record.audits if a.changes.get("status") == "pending"]
        assert any(audit.comment is None or not audit.comment.public for audit in into)


def test_a_week_without_an_answer_explains_two_misses(stage: Stage) -> None:
    hours = compile_calendar(OFFICE)
    slow = [record for record in past(stage) if record.story == "asked in vain"]
    assert len(slow) == 2
    for record in slow:
        asked = next(a for a in record.audits if a.comment and "?" in a.comment.body)
        answer = next(a for a in record.audits if a.author == record.requester and a.at > asked.at)
        solved = next(a for a in record.audits if a.changes.get("status") == "solved")
        waited = hours.seconds_between(asked.at, answer.at)
        assert waited > 45 * HOUR
        assert hours.seconds_between(record.created_at, solved.at) - waited < 8 * HOUR
        assert all(a.changes.get("status") != "pending" for a in record.audits)


def test_the_receipt_counts_as_a_reply_to_the_tool_itself(stage: Stage) -> None:
    """Which is what makes its figure better than the contract's."""
    hours = compile_calendar(OFFICE)
    record = next(
        record
        for record in past(stage)
        if record.via is Via.EMAIL and hours.is_open(record.created_at)
    )
    assert metric_set(stage.desk, record, ANCHOR, hours)["reply_time_in_minutes"]["business"] == 0


def test_merged_tickets_name_a_survivor_that_exists(stage: Stage) -> None:
    merged = [record for record in past(stage) if "closed_by_merge" in record.state(ANCHOR)["tags"]]
    survivors = {id_ for r in past(stage) for audit in r.audits for id_ in audit.merged}
    assert {record.id for record in merged} <= survivors
    for record in merged:
        assert record.state(ANCHOR)["status"] == "closed"
        words = record.audits[-1].comment
        assert words is not None
        survivor = int(words.body.rstrip(".").rsplit("#", 1)[1])
        assert record.id in {id_ for a in stage.desk.records[survivor].audits for id_ in a.merged}


def test_one_outage_was_admitted_forty_minutes_late(stage: Stage) -> None:
    late = [post for post in stage.page.incidents if post.backdated_at is not None]
    assert len(late) == 1
    post = late[0]
    assert post.created_at - post.started_at == 40 * MINUTE
    first = min(record.created_at for record in past(stage) if record.story == "told late")
    assert 35 * MINUTE <= post.created_at - first <= 41 * MINUTE
    told = [r for r in past(stage) if r.story == "told late" and r.created_at < post.created_at]
    assert len(told) >= 8


def test_the_smaller_engagement_is_healthy_and_small() -> None:
    stage = alder_finch(SEED, ANCHOR)
    assert 560 <= len(past(stage)) <= 640
    assert sum(member.role is Role.END_USER for member in stage.desk.members) == 30
    assert 3 <= len(open_at(stage, ANCHOR)) <= 14
    assert {state for state, _ in stage.page.states(ANCHOR).values()} == {"operational"}
    subjects = " ".join(record.subject for record in past(stage))
    assert "Case system" in subjects
    assert not {"ERP", "depot", "Warehouse"} & set(subjects.split())
