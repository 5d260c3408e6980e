"""How fast adapters translate, next to what the parsing underneath costs by itself.

    python benchmarks/provider_reading.py                     a made-up log of 150,000 rows
    python benchmarks/provider_reading.py --log FILE --scatter

The yardstick of an event log is ``csv.reader`` walking the same file; that of a Zendesk page is
``json.loads`` of the same bytes. Times are processor time, the best of several alternating runs.
With ``--scatter`` the rows lie in order of time instead of ticket by ticket, which is the other way
that logs come; memory then holds one state per ticket.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import isoformat
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Person
from engagewatch.providers.eventlog.adapter import BATCH_ROWS, EventLog
from engagewatch.providers.registry import open_adapter
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.zendesk.pages import PageReader
from engagewatch.providers.zendesk.people import Directory

NOW = 1_800_000_000
RUNS = 5
ROWS_PER_SECOND = 60_000
HEADER = [
    "number", "incident_state", "made_sla", "caller_id", "opened_at", "sys_updated_at",
    "priority", "assignment_group", "assigned_to", "category", "sys_updated_by",
    *(f"extra_{n}" for n in range(25)),
]  # fmt: skip
STATES = ["New", "Active", "Awaiting User Info", "Active", "Resolved", "Closed"]
OPTIONS = {
    "timezone": "Europe/Lisbon",
    "time_format": "%d/%m/%Y %H:%M",
    "missing": ("?", ""),
    "rows": "states",
    "columns": {
        "ticket": "number",
        "at": "sys_updated_at",
        "status": "incident_state",
        "created_at": "opened_at",
        "priority": "priority",
        "group": "assignment_group",
        "assignee": "assigned_to",
        "requester": "caller_id",
        "category": "category",
        "actor": "sys_updated_by",
        "claimed_resolution_met": "made_sla",
    },
}


def make_log(path: Path, tickets: int, *, scatter: bool) -> None:
    """Write a log as wide as a real export, six rows to a ticket."""
    chance = random.Random(1)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = []
    for number in range(tickets):
        at = opened = start + timedelta(minutes=chance.randrange(500_000))
        caller, group, agent = (str(chance.randrange(limit)) for limit in (5000, 80, 230))
        for state in STATES:
            at += timedelta(minutes=chance.randrange(1, 900))
            row = [f"{number:07}", state, "true", caller, f"{opened:%d/%m/%Y %H:%M}"]
            row += [f"{at:%d/%m/%Y %H:%M}", "3", group, agent, "170", "12", *["?"] * 25]
            rows.append((at, row))
    if scatter:
        rows.sort(key=lambda pair: pair[0])
    with gzip.open(path, "wt", newline="", compresslevel=1) as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(row for _, row in rows)


def engagement_of(*sources: SourceSettings) -> Engagement:
    return Engagement(
        id="benchmark",
        name="Benchmark",
        client="Client",
        provider="Provider",
        started=date(2026, 1, 1),
        timezone="UTC",
        calendars={},
        sources=sources,
    )


def log_adapter(path: Path) -> EventLog:
    settings = SourceSettings("log", "eventlog", options={**OPTIONS, "path": str(path)})
    adapter = open_adapter(settings, engagement_of(settings), None)
    assert isinstance(adapter, EventLog)
    return adapter


def best_of(*functions: Callable[[], object]) -> list[float]:
    """Return the least processor time of each, run in turn."""
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(RUNS):
        for function, taken in zip(functions, times, strict=True):
            before = time.process_time()
            function()
            taken.append(time.process_time() - before)
    return [min(taken) for taken in times]


def read_csv(path: Path) -> int:
    with gzip.open(path, "rt", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def measure_log(path: Path) -> None:
    adapter = log_adapter(path)

    def translate() -> int:
        return sum(batch.records for batch in adapter._batches(NOW, BATCH_ROWS))

    rows = translate()
    plain, ours = best_of(lambda: read_csv(path), translate)
    tracemalloc.start()
    translate()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    met = "met" if rows / ours >= ROWS_PER_SECOND else "MISSED"
    print(
        f"event log: {rows:,} rows, {rows / ours:,.0f} rows/s (target {ROWS_PER_SECOND:,}: {met})"
    )
    print(f"  {ours / plain:.1f} times csv.reader alone; peak {peak / 2**20:.0f} MiB of objects")


def zendesk_page() -> bytes:
    """Return a page of a thousand updates of the usual kinds."""
    audits = []
    for number in range(1000):
        at = NOW - 86_400 * 30 + 60 * number
        agent = number % 3 > 0
        children: list[dict[str, object]] = []
        if number % 4 < 3:
            body = "Could you tell which version this is? " * 8
            children.append(
                {
                    "id": 10 * number,
                    "type": "Comment",
                    "event_type": "Comment",
                    "author_id": 5002 if agent else 7001,
                    "body": body,
                    "html_body": f"<p>{body}</p>",
                    "plain_body": body,
                    "public": number % 5 > 0,
                }
            )
        if number % 2:
            change = {"id": 10 * number + 1, "event_type": "Change", "via": "Web form"}
            children.append({**change, "status": "pending", "previous_value": "open"})
        audits.append(
            {
                "id": 1_000_000 + number,
                "ticket_id": number // 6,
                "timestamp": at,
                "created_at": isoformat(at),
                "updater_id": 5002 if agent else 7001,
                "via": "Web form",
                "system": {"client": "Mozilla/5.0", "ip_address": "192.0.2.17"},
                "metadata": {},
                "event_type": "Audit",
                "merged_ticket_ids": [],
                "child_events": children,
            }
        )
    page = {"ticket_events": audits, "end_time": NOW, "next_page": None, "end_of_stream": True}
    return json.dumps(page).encode()


def measure_zendesk() -> None:
    people = {
        "5002": Person("5002", "Agent", Side.PROVIDER),
        "7001": Person("7001", "Customer", Side.CLIENT),
    }
    reader = PageReader(engagement_of(), "", Directory(people, KnownRoles(())), ())
    body = zendesk_page()

    def translate() -> int:
        page = reader.audits(body)
        reader.strangers(page.audits)
        events, _ = reader.events(page.audits, NOW)
        return len(events)

    events = translate()
    plain, ours = best_of(lambda: json.loads(body), translate)
    print(f"Zendesk: {events:,} events of 1,000 updates, {ours / events * 1e6:.1f} us an event")
    print(f"  {ours / plain:.1f} times json.loads of the same {len(body) / 2**20:.1f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--log", type=Path, help="a packed CSV file in the layout of the sample")
    parser.add_argument("--tickets", type=int, default=25_000)
    parser.add_argument("--scatter", action="store_true", help="rows in order of time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.log
        if path is None:
            path = Path(folder) / "log.csv.gz"
            make_log(path, options.tickets, scatter=options.scatter)
        measure_log(path)
    measure_zendesk()


if __name__ == "__main__":
    main()
