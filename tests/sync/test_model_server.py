"""Polling a made-up service desk that does everything a real one does wrong, in any order.

The machine keeps the truth (what the desk holds) and lets the real adapter poll it over a real
socket into a real store, through faults, kills and restarts. Once the desk behaves again, the
store must hold exactly the truth: every ticket as it is, every event once, every clock as a fresh
count would have it.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import DAY, HOUR, Instant, isoformat
from engagewatch.net.client import Limits
from engagewatch.providers import zendesk
from engagewatch.store.store import Store
from engagewatch.sync.polled_source import PolledSource
from engagewatch.sync.rebuild import poll_target
from engagewatch.sync.writer import Writer
from tests.fault import server as faults
from tests.fault.server import Fault, FaultServer, fault_server, says, status
from tests.provider.loopback import Request, Response
from tests.provider.zendesk_account import AGENT, CUSTOMER, USERS, reply
from tests.provider.zendesk_account import ticket as wire_ticket
from tests.sync.conftest import START, engagement_of

STATUSES = ("open", "pending", "solved")
PRIORITIES = ("low", "normal", "high", "urgent")
HELD_BACK = 60


ACTIONS = st.sampled_from(
    ("open", "open", *STATUSES, *STATUSES, *PRIORITIES, *STATUSES, "deleted", "purged")
)


@dataclass
class Desk:
    """The truth, and the exports that tell of it."""

    now: Instant = START
    opened: int = 0
    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    log: list[tuple[Instant, int, dict[str, Any]]] = field(default_factory=list)
    """Versions of tickets in the order of the export: instant, serial number, ticket."""
    audits: list[dict[str, Any]] = field(default_factory=list)
    purged: set[int] = field(default_factory=set)
    generation: int = 0
    """Cursors of an earlier generation are no longer accepted."""
    shuffled: bool = False
    doubled: bool = False
    page: int = 3

    def open(self, priority: str) -> None:
        """Take in a new ticket."""
        self.now += 1
        self.opened += 1
        new = wire_ticket(self.opened, self.now, priority=priority, submitter_id=CUSTOMER)
        self.tickets[self.opened] = new
        self.log.append((self.now, len(self.log), new))

    def change(self, number: int, **changes: Any) -> None:
        """Change fields of a ticket; the history tells of it unless it was deleted."""
        self.now += 1
        before = self.tickets[number]
        after = {**before, **changes, "updated_at": isoformat(self.now)}
        after["generated_timestamp"] = self.now
        self.tickets[number] = after
        self.log.append((self.now, len(self.log), after))
        children = [
            {
                "id": len(self.audits) * 10 + place,
                "event_type": "Change",
                name: value,
                "previous_value": before[name],
            }
            for place, (name, value) in enumerate(changes.items())
            if name in ("status", "priority") and value != "deleted"
        ]
        self.tell(number, children)

    def tell(self, number: int, children: list[dict[str, Any]]) -> None:
        if children:
            self.audits.append(
                {
                    "id": 900_000 + len(self.audits),
                    "ticket_id": number,
                    "timestamp": self.now,
                    "created_at": isoformat(self.now),
                    "updater_id": AGENT,
                    "via": "Web form",
                    "event_type": "Audit",
                    "child_events": children,
                }
            )

    def answer(self, request: Request) -> Response:
        path = request.path.removeprefix("/api/v2/")
        if path == "incremental/users/cursor.json":
            return reply({"users": USERS, "after_cursor": "u", "end_of_stream": True})
        if path == "incremental/tickets/cursor.json":
            return self._tickets(request.query)
        if path == "incremental/ticket_events.json":
            return self._events(int(request.query["start_time"]))
        if path == "tickets/show_many.json":
            ids = [int(text) for text in request.query["ids"].split(",")]
            held = [self.tickets[one] for one in ids if one in self.tickets]
            return reply({"tickets": held})
        if path.startswith(("tickets/", "satisfaction_ratings", "approval_requests")):
            return Response(404, b'{"error": "RecordNotFound"}')
        return reply({"groups": [], "next_page": None})

    def _visible(self) -> list[tuple[Instant, int, dict[str, Any]]]:
        return [
            entry
            for entry in self.log
            if entry[0] <= self.now - HELD_BACK and entry[2]["id"] not in self.purged
        ]

    def _tickets(self, query: Mapping[str, str]) -> Response:
        if "cursor" in query:
            generation, _, place = query["cursor"].partition(":")
            if int(generation) != self.generation:
                return Response(422, b'{"error": "InvalidCursor"}')
            start = int(place)
            entries = [entry for entry in self._visible() if entry[1] >= start]
        else:
            entries = [entry for entry in self._visible() if entry[0] >= int(query["start_time"])]
        page = entries[: self.page]
        after = page[-1][1] + 1 if page else (start if "cursor" in query else 0)
        records = [entry[2] for entry in page]
        return reply(
            {
                "tickets": self._mixed(records),
                "after_cursor": f"{self.generation}:{after}",
                "end_of_stream": len(page) == len(entries),
            }
        )

    def _events(self, start: Instant) -> Response:
        if start > self.now - HELD_BACK:
            return Response(422, b'{"error": "StartTimeTooRecent"}')
        later = [
            audit for audit in self.audits if start <= audit["timestamp"] <= self.now - HELD_BACK
        ]
        page = later[: self.page]
        while len(page) < len(later) and later[len(page)]["timestamp"] == page[-1]["timestamp"]:
            page.append(later[len(page)])
        return reply(
            {
                "ticket_events": self._mixed(page),
                "end_time": page[-1]["timestamp"] if page else None,
                "next_page": "more" if page else None,
                "end_of_stream": len(page) == len(later),
                "count": len(page),
            }
        )

    def _mixed(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self.doubled:
            records = records + records
        return records[::-1] if self.shuffled else records


FAULTS: Mapping[str, Fault] = {
    "reset": faults.reset,
    "reset in body": faults.reset_in_body,
    "closed early": faults.close_early,
    "half of it": faults.truncated_json,
    "no json": faults.no_json,
    "empty": faults.empty_body,
    "login page": faults.login_page,
    "server error": status(500),
    "rate limit": status(429, Retry_After="1"),
    "not found": status(404),
    "ahead": faults.dated("Fri, 31 Dec 2100 23:59:59 GMT"),
    "behind": faults.dated("Mon, 01 Jan 1990 00:00:00 GMT"),
    "empty list": says(reply({"tickets": [], "users": [], "ticket_events": []})),
}


class Polling(RuleBasedStateMachine):
    """The desk, its faults, and the poller; see the module's text."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.desk = Desk()
        self.skew = 0

    @initialize()
    def open(self) -> None:
        self.serve()
        self.start_program()

    def serve(self) -> None:
        self.context = fault_server(self.desk.answer)
        self.server: FaultServer = self.runner.run(self.context.__aenter__())
        self.settings = SourceSettings(
            "desk", "zendesk", self.server.url, requests_per_minute=1_000_000
        )
        self.engagement: Engagement = engagement_of(self.settings)

    def start_program(self) -> None:
        self.store = Store.open(self.folder / "history.db")
        self.writer = Writer(self.store)
        self.source = PolledSource(
            self.engagement,
            self.settings,
            self.writer,
            lambda: self.desk.now + self.skew,
            lambda settings, engagement, _, people: zendesk.open_adapter(
                settings, engagement, "token", people
            ),
        )

    def stop_program(self) -> None:
        self.runner.run(self.source.close())
        self.writer.__exit__(None, None, None)
        self.store.close()

    def teardown(self) -> None:
        self.settle()
        self.stop_program()
        self.runner.run(self.context.__aexit__(None, None, None))
        self.runner.close()
        shutil.rmtree(self.folder)

    # What the desk does

    @rule(days_work=st.lists(st.tuples(ACTIONS, st.integers(0, 99)), min_size=4, max_size=12))
    def work(self, days_work: list[tuple[str, int]]) -> None:
        for action, pick in days_work:
            held = sorted(self.desk.tickets)
            if action == "open" or not held:
                self.desk.open(PRIORITIES[pick % 4])
                continue
            number = held[pick % len(held)]
            if action in ("deleted", "purged"):
                self.desk.change(number, status="deleted")
                del self.desk.tickets[number]
                if action == "purged":
                    self.desk.purged.add(number)
                continue
            name = "status" if action in STATUSES else "priority"
            if self.desk.tickets[number][name] != action:
                self.desk.change(number, **{name: action})
            self.desk.now += pick

    @rule(seconds=st.sampled_from((5, HELD_BACK, HOUR, 2 * DAY)))
    def pass_time(self, seconds: int) -> None:
        self.desk.now += seconds

    @rule(seconds=st.sampled_from((-HOUR, -30, 0, 30, HOUR)))
    def skew_our_clock(self, seconds: int) -> None:
        self.skew = seconds

    @rule()
    def expire_cursors(self) -> None:
        self.desk.generation += 1

    @rule(doubled=st.booleans(), shuffled=st.booleans(), page=st.sampled_from((1, 3, 50)))
    def deliver_differently(self, doubled: bool, shuffled: bool, page: int) -> None:
        self.desk.doubled, self.desk.shuffled, self.desk.page = doubled, shuffled, page

    @rule(after=st.integers(0, 6), name=st.sampled_from(sorted(FAULTS)), times=st.integers(1, 3))
    def misbehave(self, after: int, name: str, times: int) -> None:
        self.server.then(*[None] * after, *[FAULTS[name]] * times)

    # What the program does

    @rule()
    def poll(self) -> None:
        self.server.server_time = self.desk.now
        self.health = self.runner.run(self.source.poll())

    @rule(requests=st.integers(1, 8))
    def be_killed_during_a_poll(self, requests: int) -> None:
        """End in the middle, keep nothing of what was in memory, start again."""

        async def interrupted() -> None:
            polling = asyncio.create_task(self.source.poll())
            until = len(self.server.seen) + requests
            while not polling.done() and len(self.server.seen) < until:  # noqa: ASYNC110
                await asyncio.sleep(0)
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)

        self.server.server_time = self.desk.now
        self.runner.run(interrupted())
        self.stop_program()
        self.start_program()

    # What must hold

    def settle(self) -> None:
        """Let the desk behave, poll until nothing is left to say, and compare."""
        self.server.plan.clear()
        self.skew = 0
        # Waits that a fault demanded are over by then, in a new process.
        self.stop_program()
        self.runner.run(self.context.__aexit__(None, None, None))
        self.serve()
        self.start_program()
        for _ in range(2):
            self.desk.now += DAY + HOUR
            self.poll()
            assert self.health.failure is None, self.health.error
        self.compare()

    def compare(self) -> None:
        rows = self.store.connection.execute("SELECT id, status, priority, deleted FROM ticket")
        stored = {int(row[0]): row[1:] for row in rows}
        for number, held in self.desk.tickets.items():
            assert stored[number] == (held["status"], held["priority"], 0)
        assert stored.keys() >= self.desk.tickets.keys()
        for number in stored.keys() - self.desk.tickets.keys():
            if number in self.desk.purged:
                continue  # its end was never told; open ones are found by asking, see below
            assert stored[number][2] == 1
        still_open = set(map(int, self.store.open_tickets("northwind", "desk", 1000)))
        gone = still_open - self.desk.tickets.keys()
        refused = bool(self.store.shrinkages("northwind", "desk"))
        assert not gone or refused
        changes = self.store.connection.execute(
            "SELECT t.id, e.at, e.kind, e.value FROM event e JOIN ticket t ON t.key = e.ticket_key "
            "WHERE e.kind IN ('status_changed', 'priority_changed') AND e.value <> 'deleted'"
        ).fetchall()
        told = [
            (str(audit["ticket_id"]), audit["timestamp"], f"{name}_changed", child[name])
            for audit in self.desk.audits
            for child in audit["child_events"]
            for name in ("status", "priority")
            if name in child and audit["ticket_id"] in stored
        ]
        assert sorted(changes) == sorted(told)
        target = poll_target(self.store, self.engagement, self.settings)
        assert self.store.verify("northwind", "desk", target.folder.fold) == []


def test_whatever_happens_the_store_ends_up_with_the_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "engagewatch.providers.zendesk.account.Limits",
        lambda per_minute, **more: Limits(per_minute, timeout=2, pause=0, **more),
    )
    run_state_machine_as_test(
        Polling,
        settings=settings(
            max_examples=50,
            stateful_step_count=14,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
