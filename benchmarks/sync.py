"""A first synchronisation end to end, next to what its parts cost by themselves.

    python benchmarks/sync.py                     100,000 tickets with 500,000 events
    python benchmarks/sync.py --tickets 20000

A process of its own serves a Zendesk account on loopback; this one polls it the way the product
does: adapter, engine and store, every page one transaction. The bare parts are measured in the same
run: downloading the same bytes, decoding the same JSON, inserting as many rows into one table
without an index. Meanwhile an event loop in the main thread, where the screens would be, notes how
long it was ever kept waiting.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import multiprocessing
import random
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

import apsw
import msgspec

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import SourceHealth
from engagewatch.model.instants import isoformat
from engagewatch.model.policy import ALWAYS, CalendarSpec, Duration, ServiceLevel, Window
from engagewatch.providers.registry import open_adapter
from engagewatch.store.store import Store
from engagewatch.sync.rebuild import poll_target
from engagewatch.sync.runner import poll_source
from engagewatch.sync.writer import Writer

START = 1_750_000_000
STEP = 60
PAGE = 1000
CUSTOMER, AGENT = 7001, 5002
EVENTS_EACH = 5
INCREMENT = 1000
TICK = 0.005
WEIGHED_EVERY = 0.05
TARGET_SECONDS = 4.0
TARGET_INCREMENT = 0.3
TARGET_BLOCKED = 0.05
TARGET_MEMORY = 64 << 20


# What is served


def ticket(number: int, *, version: int = 0) -> dict[str, object]:
    at = START + STEP * number
    return {
        "url": f"https://contoso.zendesk.com/api/v2/tickets/{number}.json",
        "id": number,
        "created_at": isoformat(at),
        "updated_at": isoformat(at + 9000 + version),
        "generated_timestamp": at + 9000 + version,
        "type": "incident",
        "subject": f"Printer {number} on floor {number % 40} is out of order",
        "description": "Since Monday it prints nothing but blank pages. " * 4,
        "priority": ("urgent", "high", "normal", "low")[number % 4],
        "status": "open" if version else "solved",
        "requester_id": CUSTOMER,
        "submitter_id": CUSTOMER,
        "assignee_id": AGENT,
        "group_id": 44,
        "tags": ["printer"],
        "custom_fields": [{"id": 36001, "value": "hardware"}],
        "satisfaction_rating": {"score": "unoffered"},
    }


def audit(number: int, index: int) -> dict[str, object]:
    at = START + STEP * number + 600 + 6000 * index
    author = AGENT if index % 2 == 0 else CUSTOMER
    was, became = (("new", "open"), ("open", "solved"))[index % 2]
    key = number * 10 + index
    return {
        "id": key,
        "ticket_id": number,
        "timestamp": at,
        "created_at": isoformat(at),
        "updater_id": author,
        "via": "Web form",
        "event_type": "Audit",
        "child_events": [
            {
                "id": key * 10,
                "event_type": "Comment",
                "type": "Comment",
                "author_id": author,
                "body": "Could you tell which tray it draws from? " * 3,
                "public": True,
            },
            {"id": key * 10 + 1, "event_type": "Change", "status": became, "previous_value": was},
        ],
    }


def pages_of(name: str, records: Sequence[dict[str, object]]) -> list[bytes]:
    """Return an export's pages; a cursor is the number of the page."""
    encode = msgspec.json.Encoder().encode
    pages = []
    for first in range(0, max(len(records), 1), PAGE):
        page = records[first : first + PAGE]
        number = first // PAGE + 1
        last = first + PAGE >= len(records)
        pages.append(
            encode(
                {
                    name: page,
                    "after_cursor": str(number),
                    "end_of_stream": last,
                    "end_time": page[-1].get("timestamp") if page else None,
                    "next_page": "more" if page else None,
                    "count": len(page),
                }
            )
        )
    return pages


class Account:
    """The pages served: everything first, then what changed."""

    def __init__(self, size: int) -> None:
        audits = [audit(number, index) for number in range(size) for index in (0, 1)]
        audits.sort(key=lambda one: one["timestamp"])  # type: ignore[arg-type,return-value]
        changed = random.Random(1).sample(range(size), min(INCREMENT, size))
        self.tickets = pages_of("tickets", [ticket(number) for number in range(size)])
        self.audits = pages_of("ticket_events", audits)
        self.audit_times = [one["timestamp"] for one in audits[PAGE - 1 :: PAGE]]
        people = [
            {"id": CUSTOMER, "name": "Nora", "email": "nora@client.example", "role": "end-user"},
            {"id": AGENT, "name": "Ada", "email": "ada@desk.example", "role": "agent"},
        ]
        self.users = pages_of("users", people)
        self.more_tickets = pages_of("tickets", [ticket(number, version=1) for number in changed])
        end = START + STEP * size + 20_000
        more = []
        for place, number in enumerate(sorted(changed)):
            one = audit(number, 2)
            one.update(timestamp=end + place, created_at=isoformat(end + place))
            more.append(one)
        self.more_audits = pages_of("ticket_events", more)

    def answer(self, path: str, query: dict[str, str]) -> bytes | None:
        """Return a page; nothing for what the account does not have."""
        if path.endswith("users/cursor.json"):
            return self.users[0]
        if path.endswith("tickets/cursor.json"):
            place = int(query.get("cursor", "0"))
            return (self.tickets + self.more_tickets)[place]
        if path.endswith("ticket_events.json"):
            start = int(query["start_time"])
            place = sum(1 for at in self.audit_times if at <= start)  # type: ignore[operator]
            if place < len(self.audits):
                return self.audits[place]
            return self.more_audits[0]
        return b'{"groups": [], "next_page": null}' if path.endswith("groups.json") else None


def serve(size: int, pipe: Connection) -> None:
    """Serve an account until the process is ended."""
    from urllib.parse import parse_qsl, urlsplit

    account = Account(size)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                target = urlsplit(head.split(b" ", 2)[1].decode())
                found = account.answer(target.path, dict(parse_qsl(target.query)))
                status, body = (404, b"{}") if found is None else (200, found)
                writer.write(
                    b"HTTP/1.1 %d Said\r\nContent-Type: application/json\r\n"
                    b"Date: Mon, 23 Nov 2026 12:00:00 GMT\r\n"
                    b"Content-Length: %d\r\n\r\n" % (status, len(body)) + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        pipe.send((server.sockets[0].getsockname()[1], len(account.tickets), len(account.audits)))
        await server.serve_forever()

    asyncio.run(main())


# What is measured


@dataclass
class Watch:
    """How long an event loop in the main thread was ever kept waiting, and memory meanwhile."""

    longest: float = 0.0
    memory: int = 0
    processor: float = 0.0
    """Seconds of processor time the process took, which other processes disturb less."""


def engagement_of(settings: SourceSettings) -> Engagement:
    days = ((Window(9 * 60, 18 * 60),),) * 5 + ((), ())
    office = CalendarSpec("office", "Europe/Lisbon", days, region="PT")
    levels = tuple(
        ServiceLevel(
            priority=name,
            calendar="office",
            targets={
                Obligation.FIRST_RESPONSE: Duration(3600),
                Obligation.RESOLUTION: Duration(8 * 3600),
            },
        )
        for name in ("urgent", "high", "normal", "low")
    )
    return Engagement(
        id="benchmark",
        name="Benchmark",
        client="Client",
        provider="Provider",
        started=date(2025, 6, 1),
        timezone="Europe/Lisbon",
        calendars={"24x7": ALWAYS, "office": office},
        sources=(settings,),
        service_levels=levels,
    )


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def poll_in_thread(
    path: Path, settings: SourceSettings, now: int
) -> tuple[float, SourceHealth, Watch]:
    """Poll once on a thread of its own; return seconds, health and what the main thread felt.

    The seconds are those of the poll: a poller opens its store once and keeps it open.
    """
    result: list[tuple[float, SourceHealth]] = []

    async def poll() -> tuple[float, SourceHealth]:
        with Store.open(path) as store, Writer(store) as writer:
            engagement = engagement_of(settings)
            target = poll_target(store, engagement, settings)
            store.register_source(engagement.id, settings.id, settings.adapter)
            adapter = open_adapter(settings, engagement, "token", {})
            try:
                begun = time.perf_counter()
                health = await poll_source(target, adapter, writer, lambda: now)
                return time.perf_counter() - begun, health
            finally:
                await adapter.aclose()

    def work() -> None:
        result.append(asyncio.run(poll()))

    watch = Watch()
    base = resident()
    used = time.process_time()

    async def feel() -> None:
        thread = threading.Thread(target=work)
        thread.start()
        last = weighed = time.perf_counter()
        while thread.is_alive():
            await asyncio.sleep(TICK)
            at = time.perf_counter()
            watch.longest = max(watch.longest, at - last - TICK)
            last = at
            if at - weighed > WEIGHED_EVERY:
                # At every turn, asking the system would take a twentieth of the time measured.
                weighed = at
                watch.memory = max(watch.memory, resident() - base)
        thread.join()

    asyncio.run(feel())
    watch.processor = time.process_time() - used
    return (*result[0], watch)


def download(
    port: int, tickets: int, audits: int, times: Sequence[int]
) -> tuple[float, list[bytes]]:
    """Return the seconds it takes to fetch every page over one connection, and the pages."""
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    bodies = []
    for place in range(tickets):
        connection.request("GET", f"/incremental/tickets/cursor.json?cursor={place}")
        bodies.append(connection.getresponse().read())
    for place in range(audits):
        start = times[place - 1] + 1 if place else 0
        connection.request("GET", f"/incremental/ticket_events.json?start_time={start}")
        bodies.append(connection.getresponse().read())
    connection.close()
    return time.perf_counter() - begun, bodies


def decode(bodies: Sequence[bytes]) -> float:
    begun = time.perf_counter()
    for body in bodies:
        json.loads(body)
    return time.perf_counter() - begun


def insert(folder: Path, rows: int) -> float:
    """Return the seconds plain inserts of as many rows take, in transactions of a page."""
    connection = apsw.Connection(str(folder / "bare.db"))
    connection.pragma("journal_mode", "WAL")
    connection.pragma("synchronous", "NORMAL")
    connection.execute(
        "CREATE TABLE bare (key INTEGER PRIMARY KEY, a INTEGER, b TEXT, c TEXT, d TEXT)"
    )
    begun = time.perf_counter()
    for first in range(0, rows, PAGE):
        with connection:
            connection.executemany(
                "INSERT INTO bare VALUES (?, ?, ?, ?, ?)",
                ((n, START + n, "replied", "client", "user 7") for n in range(first, first + PAGE)),
            )
    taken = time.perf_counter() - begun
    connection.close()
    return taken


def report(line: str, met: bool) -> bool:
    print(line if met else f"{line}  MISSED", flush=True)
    return met


def main() -> int:
    """Run the benchmark; return 0 if every target is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tickets", type=int, default=100_000)
    size = parser.parse_args().tickets
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(size, theirs), daemon=True)
    server.start()
    port, ticket_pages, audit_pages = ours.recv()
    audit_times = sorted(
        START + STEP * number + 600 + 6000 * index for number in range(size) for index in (0, 1)
    )[PAGE - 1 :: PAGE]
    settings = SourceSettings(
        "desk", "zendesk", f"http://127.0.0.1:{port}", user="", requests_per_minute=10_000_000
    )
    now = START + STEP * size + 10_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        used = time.process_time()
        downloading, bodies = download(port, ticket_pages, audit_pages, audit_times)
        decoding = decode(bodies)
        del bodies
        inserting = insert(folder, size * (1 + EVENTS_EACH))
        bare = downloading + decoding + inserting
        used = time.process_time() - used
        print(
            f"bare parts: download {downloading:.2f} s + decode {decoding:.2f} s + "
            f"insert {inserting:.2f} s = {bare:.2f} s"
        )
        path = folder / "history.db"
        taken, health, watch = poll_in_thread(path, settings, now)
        with Store.open(path, read_only=True) as store:
            stored = [
                store.connection.execute(f"SELECT count(*) FROM {table}").get
                for table in ("ticket", "event", "clock")
            ]
        print(f"stored: {stored[0]:,} tickets, {stored[1]:,} events, {stored[2]:,} clocks", end="")
        print(f" {health.error}" if health.error else "")
        scale = size / 100_000
        met = [
            stored[0] == size,
            report(
                f"first sync: {taken:.2f} s, {size / taken:,.0f} tickets/s, "
                f"{taken / bare:.1f}x the bare parts "
                f"(processor time {watch.processor:.1f} s, {watch.processor / used:.1f}x)",
                taken <= TARGET_SECONDS * scale,
            ),
            report(
                f"memory grown by {watch.memory / 2**20:.0f} MiB", watch.memory <= TARGET_MEMORY
            ),
            report(
                f"longest wait of the main thread's loop: {1000 * watch.longest:.0f} ms",
                watch.longest <= TARGET_BLOCKED,
            ),
        ]
        taken, health, watch = poll_in_thread(path, settings, now + 300)
        print(f"  {health.error}" if health.error else "", end="")
        met.append(
            report(
                f"increment of {INCREMENT:,} tickets: {taken:.2f} s "
                f"(loop waited {1000 * watch.longest:.0f} ms)",
                taken <= TARGET_INCREMENT,
            )
        )
    server.terminate()
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
