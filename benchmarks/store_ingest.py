"""How fast batches are stored, and that a change costs the same in a small store and a large one.

    python benchmarks/store_ingest.py                      stores of 10k, 100k and 1M tickets
    python benchmarks/store_ingest.py --sizes 10000 50000  others

Every ticket has five events, one claim, a standing and three clocks. The fold is made beforehand,
so that only storing is measured. The yardstick is the same library adding five-column rows to a
table without any index, in transactions as large: what the disk and SQLite allow.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import apsw

from engagewatch.model.batch import Batch
from engagewatch.model.clock import Clock, ClockState, CourtTime, Fold, Obligation, Standing
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim, Event, EventKind, Ticket
from engagewatch.store.store import Store

START = 1_750_000_000
ENGAGEMENT, SOURCE = "northwind", "desk"
PAGE = 500
EVENTS = 5
CHANGED = 100
ROUNDS = 15
TARGET_ROWS = 60_000
TARGET_RATIO = 2.0


def ticket(number: int, version: int = 0) -> Ticket:
    """Return version ``version`` of a ticket as a service desk would describe it."""
    created = START + 37 * number
    return Ticket(
        id=str(number),
        reference=f"INC{number:07}",
        subject=f"Printer on floor {number % 40} is out of order",
        status="open" if version % 2 else "solved",
        priority=f"P{number % 4 + 1}",
        created_at=created,
        updated_at=created + 5000 + version,
        requester=f"user {number % 300}",
        assignee=f"agent {number % 20}",
        group="service desk",
        category="incident",
        url=f"https://desk.example.net/tickets/{number}",
        tags=("vip",),
        claims=(Claim(Obligation.RESOLUTION, met=True, elapsed=5000, target=14400),),
    )


def event(number: int, index: int) -> Event:
    """Return one event of a ticket."""
    return Event(
        ticket_id=str(number),
        id=f"{number}:{index}",
        at=START + 37 * number + 600 * index,
        kind=EventKind.REPLIED if index else EventKind.OPENED,
        side=Side.PROVIDER if index % 2 else Side.CLIENT,
        actor=f"user {number % 300}",
    )


def fold(of: Ticket) -> Fold:
    """Return a fold of a usual shape: a standing and three clocks, one of which changed."""
    at, until = of.created_at, of.updated_at
    standing = Standing(
        court=Side.NOBODY,
        court_since=until,
        elapsed=CourtTime(provider=until - at - 1000, client=1000),
        business=CourtTime(provider=until - at - 1000, client=1000),
        finished_at=until,
        reopened=0,
        last_provider_word=until,
        last_client_word=at + 3000,
        claimed_wait=1000,
        evidenced_wait=900,
    )
    return Fold(
        standing,
        (
            clock(of, Obligation.FIRST_RESPONSE, at + 600),
            clock(of, Obligation.REPLY, at + 3000),
            clock(of, Obligation.RESOLUTION, until),
        ),
    )


def clock(of: Ticket, obligation: Obligation, stopped_at: int) -> Clock:
    """Return a clock that was stopped."""
    return Clock(
        obligation=obligation,
        round=1,
        state=ClockState.MET,
        started_at=of.created_at,
        stopped_at=stopped_at,
        consumed=stopped_at - of.created_at,
        running_since=None,
        target=14400,
        due_at=of.created_at + 14400,
        calendar="office",
        priority=of.priority or "",
        felt=stopped_at - of.created_at,
        owner=of.assignee,
    )


def prepared(tickets: Sequence[Ticket]) -> Callable[[Ticket, Sequence[Event]], Fold]:
    """Return a fold that only looks up what was folded beforehand."""
    folds = {one.id: fold(one) for one in tickets}
    return lambda of, _events: folds[of.id]


def page(first: int) -> Batch:
    """Return a page of new tickets with all their events."""
    numbers = range(first, first + PAGE)
    return Batch(
        stream="tickets",
        cursor=str(first),
        tickets=tuple(map(ticket, numbers)),
        events=tuple(event(number, index) for number in numbers for index in range(EVENTS)),
    )


def change(size: int, round_number: int) -> Batch:
    """Return a page of changed tickets, spread over a store of ``size``, with one event each."""
    numbers = range(round_number, size, size // CHANGED)[:CHANGED]
    return Batch(
        stream="tickets",
        cursor=f"change {round_number}",
        tickets=tuple(ticket(number, round_number + 1) for number in numbers),
        events=tuple(event(number, EVENTS + round_number) for number in numbers),
    )


def seconds_to_store(store: Store, batch: Batch) -> float:
    """Store a batch; return the seconds it took."""
    folds = prepared(batch.tickets)
    begun = time.perf_counter()
    store.ingest(ENGAGEMENT, SOURCE, batch, folds, START)
    return time.perf_counter() - begun


def seconds_of_bare_inserts(folder: Path, rows: int) -> float:
    """Return the seconds plain inserts of as many rows take."""
    connection = apsw.Connection(str(folder / "bare.db"))
    connection.pragma("journal_mode", "WAL")
    connection.pragma("synchronous", "NORMAL")
    connection.execute(
        "CREATE TABLE bare (key INTEGER PRIMARY KEY, a INTEGER, b TEXT, c TEXT, d TEXT)"
    )
    size = PAGE * (EVENTS + 1)
    begun = time.perf_counter()
    for first in range(0, rows, size):
        with connection:
            connection.executemany(
                "INSERT INTO bare VALUES (?, ?, ?, ?, ?)",
                ((n, START + n, "replied", "client", "user 7") for n in range(first, first + size)),
            )
    taken = time.perf_counter() - begun
    connection.close()
    return taken


def build(path: Path, size: int) -> tuple[Store, float]:
    """Return a store of ``size`` tickets and the seconds spent storing them."""
    store = Store.open(path)
    store.register_source(ENGAGEMENT, SOURCE, "benchmark")
    return store, sum(seconds_to_store(store, page(first)) for first in range(0, size, PAGE))


def import_line(folder: Path, size: int, taken: float) -> tuple[str, bool]:
    """Return how fast a store of ``size`` tickets was filled, and whether that is fast enough."""
    rows = size * (EVENTS + 1)
    sample = min(rows, 300_000)
    bare = seconds_of_bare_inserts(folder, sample) * rows / sample
    (folder / "bare.db").unlink()
    speed, ratio = rows / taken, taken / bare
    line = (
        f"import {size:>9,} tickets: {speed:>9,.0f} tickets and events/s, {ratio:.1f}x bare inserts"
    )
    return line, speed >= TARGET_ROWS


def measure(folder: Path, sizes: Sequence[int]) -> Iterator[tuple[str, bool]]:
    """Yield lines of the report, each with whether it meets its target."""
    stores: dict[int, Store] = {}
    for size in sizes:
        stores[size], taken = build(folder / f"{size}.db", size)
        yield import_line(folder, size, taken)
    first: dict[int, list[float]] = {size: [] for size in sizes}
    again: dict[int, list[float]] = {size: [] for size in sizes}
    for number in range(ROUNDS):
        # Side by side, so that a busy moment of the machine falls on all of them.
        for size, store in stores.items():
            batch = change(size, number)
            first[size].append(seconds_to_store(store, batch))
            again[size].append(seconds_to_store(store, batch))
    smallest = statistics.median(first[sizes[0]])
    for size in sizes:
        ratio = statistics.median(first[size]) / smallest
        new, old = (1000 * statistics.median(times[size]) for times in (first, again))
        line = f"change {CHANGED} of {size:>9,} tickets: {new:5.1f} ms ({ratio:.2f}x the smallest "
        yield line + f"store); delivered again: {old:.1f} ms", ratio <= TARGET_RATIO
    for store in stores.values():
        store.close()


def main() -> int:
    """Run the benchmark; return 0 if every target is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    sizes = sorted(parser.parse_args().sizes)
    met = True
    with tempfile.TemporaryDirectory() as folder:
        for line, good in measure(Path(folder), sizes):
            print(line if good else f"{line}  MISSED")
            met = met and good
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
