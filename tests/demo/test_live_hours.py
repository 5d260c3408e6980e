"""Time goes on: what is to come shows when its moment comes, and makes sense."""

from __future__ import annotations

from itertools import pairwise

from engagewatch.demo.exchange import Site
from engagewatch.demo.scenario import Stage
from engagewatch.model.instants import DAY, HOUR, MINUTE
from tests.demo.simulation import ANCHOR, all_events, all_tickets, read


def test_something_changes_every_few_seconds_in_the_first_hours(stage: Stage) -> None:
    moments = [a.at for a in stage.desk.timeline if ANCHOR <= a.at < ANCHOR + 4 * HOUR]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert 8 <= sum(gaps) / len(gaps) <= 20
    assert max(gaps) <= 30


def test_it_is_still_alive_a_day_later(stage: Stage) -> None:
    moments = [a.at for a in stage.desk.timeline if 4 * HOUR <= a.at - ANCHOR <= DAY]
    assert max(later - earlier for earlier, later in pairwise(moments)) <= 2 * MINUTE
    assert max(moments) > ANCHOR + DAY - 2 * MINUTE


def test_the_desk_keeps_up_with_what_comes_in(stage: Stage) -> None:
    for hour in range(0, 25, 4):
        now = ANCHOR + hour * HOUR
        still_open = [
            record
            for record in stage.desk.records.values()
            if record.created_at <= now
            and record.state(now)["status"] not in ("solved", "closed", "deleted")
        ]
        assert 35 <= len(still_open) <= 85


def test_a_poll_a_minute_later_brings_just_the_changes(desk: Site) -> None:
    first = "/api/v2/incremental/tickets/cursor.json?start_time=0&per_page=1000"
    page = read(desk, first)
    while not page["end_of_stream"]:
        page = read(desk, page["after_url"].removeprefix("http://desk.test"))
    again = read(desk, page["after_url"].removeprefix("http://desk.test"))
    assert again["tickets"] == []
    assert again["after_cursor"] == page["after_cursor"]
    later = read(desk, page["after_url"].removeprefix("http://desk.test"), ANCHOR + MINUTE)
    assert 1 <= len(later["tickets"]) <= 12
    events = all_events(desk, ANCHOR + MINUTE, ANCHOR + 1)
    assert {e["ticket_id"] for e in events} == {t["id"] for t in later["tickets"]}


def test_the_future_does_not_show(desk: Site) -> None:
    assert all(ticket["generated_timestamp"] <= ANCHOR for ticket in all_tickets(desk))
    assert all(event["timestamp"] <= ANCHOR for event in all_events(desk, start=ANCHOR - DAY))


def test_a_component_recovers_within_the_half_hour(page: Site) -> None:
    def wifi(now: int) -> str:
        rows = read(page, "/api/v2/components.json", now)["components"]
        return next(row["status"] for row in rows if row["name"] == "Office Wi-Fi")

    assert wifi(ANCHOR) == "degraded_performance"
    assert wifi(ANCHOR + 30 * MINUTE) == "operational"


def test_the_next_maintenance_begins_and_ends(page: Site) -> None:
    def states(now: int) -> list[str]:
        rows = read(page, "/api/v2/components.json", now)["components"]
        return [row["status"] for row in rows]

    assert "under_maintenance" not in states(ANCHOR)
    assert "under_maintenance" in states(ANCHOR + 160 * MINUTE)
    assert "under_maintenance" not in states(ANCHOR + 200 * MINUTE)


def test_nothing_happens_to_a_ticket_after_its_end(stage: Stage) -> None:
    for record in stage.desk.records.values():
        closed = [a.at for a in record.audits if a.changes.get("status") in ("closed", "deleted")]
        for audit in record.audits:
            if closed and audit.at > closed[0]:
                # A rating may still come in; work may not.
                assert set(audit.changes) <= {"satisfaction_score"}
                assert audit.comment is None
