"""How long each view takes to build, and what ten times the tickets cost.

Two synthetic stores are made with the real engine: 2,500 and 25,000 tickets over a year, 150 of
them open in either. A view that reads only what is open and one month's counts should cost nearly
the same on both; the ticket list, which shows everything, should grow with it.

    python benchmarks/views.py
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from engagewatch.engine.fold import Folder
from engagewatch.model.batch import Batch
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant, to_instant, zone
from engagewatch.model.policy import (
    ALWAYS,
    CalendarSpec,
    Duration,
    Participation,
    ServiceLevel,
    Window,
)
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim, Event, EventKind, Person, Ticket
from engagewatch.store.store import Store
from engagewatch.views import (
    at_risk,
    brief,
    evidence,
    participation,
    portfolio,
    relief,
    sla,
    sources,
    tickets,
    waiting,
)
from engagewatch.views.policy import policy_of

LONDON = "Europe/London"
NOW = to_instant(datetime(2026, 3, 18, 11, tzinfo=zone(LONDON)))
OPEN = 150
REPEATS = 7

OFFICE = CalendarSpec("office", LONDON, ((Window(480, 1080),),) * 5 + ((), ()), region="GB-ENG")
DESK = SourceSettings("desk", "zendesk", url="https://desk.example.net")

ENGAGEMENT = Engagement(
    id="bench",
    name="Northwind / Contoso IT",
    client="Northwind",
    provider="Contoso IT",
    started=date(2025, 3, 3),
    timezone=LONDON,
    calendars={"office": OFFICE, "24x7": ALWAYS},
    sources=(DESK,),
    service_levels=tuple(
        ServiceLevel(
            name,
            "office",
            {
                Obligation.FIRST_RESPONSE: Duration(seconds=first),
                Obligation.RESOLUTION: Duration(seconds=resolution),
            },
            attainment=0.95,
        )
        for name, first, resolution in (
            ("P1", 15 * MINUTE, 4 * HOUR),
            ("P2", 30 * MINUTE, 8 * HOUR),
            ("P3", 4 * HOUR, 24 * HOUR),
            ("P4", 8 * HOUR, 72 * HOUR),
        )
    ),
    participation=Participation("office", {"default": Duration(business_days=1)}, attainment=0.9),
)


def ticket(number: int, opened: Instant, *, finished: bool, dice: random.Random) -> Batch:
    """Return one ticket: answered, often asked about, and as a rule resolved."""
    name = str(number)
    at = opened
    events = []

    def add(kind: EventKind, side: Side | None, **fields: object) -> None:
        actor = "agent" if side is Side.PROVIDER else f"user{number % 400}"
        events.append(Event(name, f"{name}-{len(events)}", at, kind, side, actor, **fields))  # type: ignore[arg-type]

    add(EventKind.OPENED, Side.CLIENT, value="open")
    at += dice.randint(2, 90) * MINUTE
    add(EventKind.REPLIED, Side.PROVIDER, asks=True)
    status = "open"
    if dice.random() < 0.4:
        status = "pending"
        add(EventKind.STATUS_CHANGED, Side.PROVIDER, value="pending", previous="open")
        if finished or dice.random() < 0.5:
            at += dice.randint(1, 30) * HOUR
            add(EventKind.REPLIED, Side.CLIENT)
            add(EventKind.STATUS_CHANGED, Side.CLIENT, value="open", previous="pending")
            status = "open"
    if finished:
        at += dice.randint(1, 40) * HOUR
        add(EventKind.REPLIED, Side.PROVIDER)
        add(EventKind.STATUS_CHANGED, Side.PROVIDER, value="solved", previous=status)
        status = "solved"
    made = Ticket(
        id=name,
        reference=f"#{name}",
        subject=f"Something is the matter with machine {number % 977}",
        status=status,
        priority=dice.choice(("P1", "P2", "P3", "P3", "P3", "P4")),
        created_at=opened,
        updated_at=at,
        requester=f"user{number % 400}",
        assignee="agent",
        claims=(Claim(Obligation.RESOLUTION, met=dice.random() < 0.97),),
    )
    return Batch("tickets", None, (made,), tuple(events))


def filled(path: Path, size: int) -> Store:
    """Return a store of ``size`` tickets, the last :data:`OPEN` of them open."""
    dice = random.Random(7)
    store = Store.open(path)
    store.register_source(ENGAGEMENT.id, DESK.id, DESK.adapter)
    people = tuple(Person(f"user{number}", f"User {number}", Side.CLIENT) for number in range(400))
    store.ingest(ENGAGEMENT.id, DESK.id, Batch("people", None, people=people), lambda *_: None, NOW)  # type: ignore[arg-type,return-value]
    fold = Folder(policy_of(store, ENGAGEMENT, DESK)).fold
    step = 365 * DAY // size
    for first in range(0, size, 1000):
        made = []
        for number in range(first, min(first + 1000, size)):
            is_open = number >= size - OPEN
            opened = NOW - (size - number) * step - 3 * DAY
            if is_open:
                opened = NOW - (size - number) * HOUR
            made.append(ticket(number, opened, finished=not is_open, dice=dice))
        batch = Batch(
            "tickets",
            None,
            tuple(one.tickets[0] for one in made),
            tuple(event for one in made for event in one.events),
        )
        store.ingest(ENGAGEMENT.id, DESK.id, batch, fold, NOW)
    store.mark_seen(ENGAGEMENT.id, NOW - DAY)
    return store


def best(build: Callable[[], object]) -> float:
    """Return the shortest of several runs in milliseconds, after one to warm up."""
    build()
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        build()
        times.append(time.perf_counter() - started)
    return 1000 * min(times)


def builds(store: Store) -> dict[str, Callable[[], object]]:
    """Return what is measured, by name."""
    listed = tickets.build(store, ENGAGEMENT, NOW)
    return {
        "portfolio": lambda: portfolio.build(store, (ENGAGEMENT,), NOW),
        "brief": lambda: brief.build(store, ENGAGEMENT, NOW),
        "waiting on us": lambda: waiting.build(store, ENGAGEMENT, NOW),
        "at risk": lambda: at_risk.build(store, ENGAGEMENT, NOW),
        "sla": lambda: sla.build(store, ENGAGEMENT, NOW),
        "participation": lambda: participation.build(store, ENGAGEMENT, NOW),
        "waits": lambda: evidence.build(store, ENGAGEMENT, NOW),
        "relief": lambda: relief.build(store, ENGAGEMENT, NOW),
        "sources": lambda: sources.build(store, ENGAGEMENT, NOW),
        "tickets": lambda: tickets.build(store, ENGAGEMENT, NOW),
        "tickets, filtered": lambda: listed.narrowed("machine 11"),
        "tickets, sorted": lambda: listed.sorted_by("reference"),
    }


def main() -> int:
    """Make both stores, measure, print a table."""
    with tempfile.TemporaryDirectory() as folder:
        small = filled(Path(folder) / "small.db", 2_500)
        large = filled(Path(folder) / "large.db", 25_000)
        with small, large:
            few, many = builds(small), builds(large)
            print(f"{'':20}{'2,500 tickets':>15}{'25,000 tickets':>16}{'ratio':>8}")
            for name in few:
                short, long = best(few[name]), best(many[name])
                print(f"{name:20}{short:12.1f} ms{long:13.1f} ms{long / short:8.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
