"""The simulated status page answers as the real one does."""

from __future__ import annotations

import json

from engagewatch.demo.exchange import Site
from engagewatch.demo.page import MAJOR, OPERATIONAL, PageComponent, Post, StatusPage, Update
from engagewatch.demo.site_statuspage import StatuspageSite
from engagewatch.model.instants import DAY, HOUR, MINUTE, parse_iso
from tests.demo.simulation import ANCHOR, ask, read, sites

STATES = {
    *("operational", "degraded_performance", "partial_outage", "major_outage"),
    "under_maintenance",
}


def test_the_summary_shows_what_is_going_on(page: Site) -> None:
    summary = read(page, "/api/v2/summary.json")
    assert set(summary) == {"page", "status", "components", "incidents", "scheduled_maintenances"}
    assert summary["status"] == {
        "indicator": "minor",
        "description": "Partially Degraded Service",
    }
    assert {"id", "name", "url", "time_zone", "updated_at"} <= set(summary["page"])
    assert [incident["status"] for incident in summary["incidents"]] == ["identified"]
    assert summary["scheduled_maintenances"]
    assert {m["status"] for m in summary["scheduled_maintenances"]} == {"scheduled"}


def test_components_are_listed_under_their_groups(page: Site) -> None:
    rows = read(page, "/api/v2/components.json")["components"]
    groups = {row["id"]: row for row in rows if row["group"]}
    members = [row for row in rows if not row["group"]]
    assert len(members) == 10
    assert len(groups) == 3
    for row in rows:
        assert row["status"] in STATES
        assert {"created_at", "position", "page_id", "only_show_if_degraded"} <= set(row)
    for row in members:
        assert row["id"] in groups[row["group_id"]]["components"]
    network = next(row for row in groups.values() if row["name"] == "Network")
    assert network["status"] == "degraded_performance"


def test_incidents_are_told_newest_first(page: Site) -> None:
    incidents = read(page, "/api/v2/incidents.json")["incidents"]
    created = [parse_iso(incident["created_at"]) for incident in incidents]
    assert created == sorted(created, reverse=True)
    assert 25 <= len(incidents) <= 50
    assert {incident["impact"] for incident in incidents} == {"minor", "major", "critical"}
    for incident in incidents:
        updates = incident["incident_updates"]
        shown = [parse_iso(update["display_at"]) for update in updates]
        assert shown == sorted(shown, reverse=True)
        assert incident["status"] == updates[0]["status"]
        changes = updates[-1]["affected_components"]
        assert {"code", "name", "old_status", "new_status"} == set(changes[0])
        assert changes[0]["new_status"] != OPERATIONAL
        if incident["resolved_at"] is not None:
            assert parse_iso(incident["resolved_at"]) > created[incidents.index(incident)]


def test_a_late_admission_is_put_back_afterwards(page: Site) -> None:
    def started(now: int) -> tuple[str, str] | None:
        for incident in read(page, "/api/v2/incidents.json", now)["incidents"]:
            if incident["id"] == late["id"]:
                return incident["created_at"], incident["started_at"]
        return None

    late = next(
        incident
        for incident in read(page, "/api/v2/incidents.json")["incidents"]
        if parse_iso(incident["created_at"]) - parse_iso(incident["started_at"]) == 40 * MINUTE
    )
    posted = parse_iso(late["created_at"])
    assert started(posted - 1) is None
    at_first = started(posted + MINUTE)
    assert at_first is not None
    assert at_first[0] == at_first[1]
    afterwards = started(posted + DAY)
    assert afterwards is not None
    assert afterwards[1] < afterwards[0]


def test_planned_work_has_its_window(page: Site) -> None:
    every = read(page, "/api/v2/scheduled-maintenances.json")["scheduled_maintenances"]
    assert {row["impact"] for row in every} == {"maintenance"}
    assert {row["status"] for row in every} == {"scheduled", "completed"}
    for row in every:
        assert parse_iso(row["scheduled_for"]) < parse_iso(row["scheduled_until"])
        assert row["components"]
    upcoming = read(page, "/api/v2/scheduled-maintenances/upcoming.json")
    assert len(upcoming["scheduled_maintenances"]) >= 2
    now = ANCHOR + 160 * MINUTE
    active = read(page, "/api/v2/scheduled-maintenances/active.json", now)
    assert [row["status"] for row in active["scheduled_maintenances"]] == ["in_progress"]


def test_an_unchanged_page_needs_no_body(page: Site) -> None:
    first = ask(page, "/api/v2/summary.json")
    tag = first.headers["ETag"]
    again = ask(page, "/api/v2/summary.json", ANCHOR + 5, if_none_match=tag)
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    changed = ask(page, "/api/v2/summary.json", ANCHOR + HOUR, if_none_match=tag)
    assert changed.status == 200
    assert changed.headers["ETag"] != tag


def test_an_unknown_path_answers_with_a_web_page(page: Site) -> None:
    response = ask(page, "/history")
    assert response.status == 404
    assert response.headers["Content-Type"].startswith("text/html")


def test_only_the_last_fifty_incidents_are_listed() -> None:
    component = PageComponent("c1", "Mail", "", 1)
    posts = [
        Post(
            f"i{n:03d}",
            f"Incident {n}",
            "critical",
            n * HOUR,
            [
                Update(f"a{n}", n * HOUR, "investigating", "", {"c1": MAJOR}),
                Update(f"b{n}", n * HOUR + 60, "resolved", "", {"c1": OPERATIONAL}),
            ],
            ("c1",),
        )
        for n in range(1, 61)
    ]
    site = StatuspageSite(StatusPage("key", "Page", 0, [component], posts, []))
    incidents = json.loads(ask(site, "/api/v2/incidents.json").body)["incidents"]
    assert [incident["id"] for incident in incidents] == [f"i{n:03d}" for n in range(60, 10, -1)]


def test_the_carrier_is_away_now_and_comes_back() -> None:
    carrier = sites()["carrier-status"]
    assert ask(carrier, "/api/v2/summary.json").status == 503
    assert (
        read(carrier, "/api/v2/summary.json", ANCHOR + 30 * MINUTE)["status"]["indicator"] == "none"
    )
