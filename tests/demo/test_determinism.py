"""The same seed and anchor give the same answers, to the byte."""

from __future__ import annotations

from engagewatch.model.instants import HOUR, MINUTE
from tests.demo.simulation import ANCHOR, all_tickets, ask, sites

TARGETS = (
    ("northwind-desk", "/api/v2/incremental/tickets/cursor.json?start_time=0&include=metric_sets"),
    (
        "northwind-desk",
        "/api/v2/incremental/ticket_events.json?start_time=0&include=comment_events",
    ),
    ("northwind-desk", "/api/v2/incremental/users/cursor.json?start_time=0"),
    ("northwind-desk", f"/api/v2/incremental/tickets/cursor.json?start_time={ANCHOR - 9 * HOUR}"),
    ("northwind-status", "/api/v2/summary.json"),
    ("northwind-status", "/api/v2/incidents.json"),
    ("alder-finch-desk", "/api/v2/incremental/tickets/cursor.json?start_time=0"),
    ("alder-finch-status", "/api/v2/scheduled-maintenances.json"),
    ("carrier-status", "/api/v2/summary.json"),
)


def test_two_tellings_agree() -> None:
    one, other = sites(), sites()
    for later in (0, 40 * MINUTE, 20 * HOUR):
        for name, target in TARGETS:
            now = ANCHOR + later
            assert ask(one[name], target, now) == ask(other[name], target, now)


def test_a_restart_changes_nothing_of_the_past() -> None:
    """A monitor that comes back after a restart finds what it knows, and what came since."""
    before = all_tickets(sites()["alder-finch-desk"])
    after = all_tickets(sites()["alder-finch-desk"], ANCHOR + 6 * HOUR)
    known = {ticket["id"]: ticket for ticket in after}
    for ticket in before:
        now = known[ticket["id"]]
        if now["generated_timestamp"] <= ANCHOR:
            assert now == ticket
        assert now["created_at"] == ticket["created_at"]
    assert len(after) > len(before)


def test_another_seed_tells_of_other_people() -> None:
    target = "/api/v2/incremental/users/cursor.json?start_time=0"
    one = ask(sites()["alder-finch-desk"], target)
    other = ask(sites(seed=8)["alder-finch-desk"], target)
    assert one.body != other.body
