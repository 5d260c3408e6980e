"""A thousand engagements on one machine: starting, the portfolio, planning polls.

    python benchmarks/many_engagements.py                     10 and 1,000 engagements
    python benchmarks/many_engagements.py --engagements 100   10 and 100

Every engagement has a file of its own and 200 tickets, ten of them open. What is told is how much
one more engagement costs: it must not depend on how many others there are. The first start
validates every file, later ones find them in the cache.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from engagewatch.config.loader import load_all
from engagewatch.engine.fold import Folder, policy_version
from engagewatch.model.batch import Batch
from engagewatch.model.engagement import Engagement
from engagewatch.model.freshness import SourceHealth
from engagewatch.store.store import Store
from engagewatch.sync.scheduler import Scheduler
from engagewatch.sync.writer import Writer
from engagewatch.views import portfolio
from engagewatch.views.policy import policy_of

FEW = 10
TICKETS = 200
OPEN = 10
REPEATS = 3
FIRST, LATER, VIEW, PLAN = (
    "first start: status --json",
    "later starts: status --json",
    "portfolio",
    "planning polls",
)
TARGETS = {FIRST: 10.0, LATER: 5.0, VIEW: 3.0, PLAN: 0.1}
"""Milliseconds that one more engagement may cost."""

TEXT = """
[engagement]
name = "Client {number:04} / Contoso IT"
client = "Client {number:04}"
provider = "Contoso IT"
started = 2025-03-03
timezone = "Europe/London"
[calendars.office]
hours = {{ mon-fri = ["08:00-18:00"] }}
holidays = "GB-ENG"
[[sources]]
id = "desk"
kind = "zendesk"
url = "https://client{number}.zendesk.com"
user = "watch@client.example"
token = {{ env = "DESK_TOKEN" }}
[[sla]]
priority = "P1"
calendar = "office"
first_response = "15m"
resolution = "4h"
attainment = "95%"
[[sla]]
priority = "P2"
calendar = "office"
first_response = "30m"
resolution = "8h"
attainment = "95%"
[[sla]]
priority = "P3"
calendar = "office"
first_response = "4h"
resolution = "24h"
attainment = "95%"
[participation]
calendar = "office"
reply = "1bd"
"""


@dataclass(frozen=True, slots=True)
class Home:
    """A folder with engagement files and a filled store."""

    folder: Path
    engagements: tuple[Engagement, ...]

    @property
    def store(self) -> Path:
        return self.folder / "data" / "engagewatch.db"


def made(folder: Path, size: int, now: int) -> Home:
    """Write ``size`` engagement files, and a store in which each has its tickets."""
    (folder / "engagements").mkdir(parents=True)
    for number in range(size):
        file = folder / "engagements" / f"client{number:04}.toml"
        file.write_text(TEXT.format(number=number), encoding="utf-8")
    loaded = load_all(folder)
    assert not loaded.problems, loaded.problems[0]
    home = Home(folder, loaded.engagements)
    fill(home, now)
    return home


def fill(home: Home, now: int) -> None:
    """Store the same tickets for each engagement, counted once for all of them."""
    import random

    import views

    dice = random.Random(7)
    pages = []
    for number in range(TICKETS):
        is_open = number >= TICKETS - OPEN
        opened = now - (TICKETS - number) * (3600 if is_open else 86_400)
        pages.append(views.ticket(number, opened, finished=not is_open, dice=dice))
    batch = Batch(
        "tickets",
        "1",
        tuple(page.tickets[0] for page in pages),
        tuple(event for page in pages for event in page.events),
    )
    engagement = home.engagements[0]
    home.store.parent.mkdir()
    with Store.open(home.store) as store:
        policy = policy_of(store, engagement, engagement.sources[0])
        folder = Folder(policy)
        folds = {
            page.tickets[0].id: folder.fold(page.tickets[0], list(page.events)) for page in pages
        }
        version = policy_version(policy)
        for one in home.engagements:
            store.register_source(one.id, "desk", "zendesk")
            store.ingest(one.id, "desk", batch, lambda ticket, _: folds[ticket.id], now)
            store.record_health(
                SourceHealth(one.id, "desk", last_attempt_at=now, last_success_at=now)
            )
        store.refold(engagement.id, "desk", folder.fold, version)


def best(work: Callable[[], object]) -> float:
    """Return the shortest of several runs, in seconds."""
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def status(home: Home) -> None:
    """Run ``engagewatch status --json``."""
    command = [str(Path(sys.executable).with_name("engagewatch"))]
    command += ["--config", str(home.folder), "--data", str(home.store.parent), "status", "--json"]
    environment = {**os.environ, "DESK_TOKEN": "token"}
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False, env=environment)


def planned(home: Home, now: int) -> None:
    """Work out when each source is polled first, as a poller does when it starts."""

    async def plan(writer: Writer) -> None:
        await Scheduler(home.engagements, writer, lambda: now)._first_attempts()

    with Store.open(home.store) as store, Writer(store) as writer:
        asyncio.run(plan(writer))


def measured(home: Home, now: int) -> dict[str, float]:
    """Return the seconds that each thing takes."""
    begun = time.perf_counter()
    status(home)
    first = time.perf_counter() - begun
    with Store.open(home.store, read_only=True) as store:
        portfolio.build(store, home.engagements[:1], now)
        view = best(lambda: portfolio.build(store, home.engagements, now))
    return {
        FIRST: first,
        LATER: best(lambda: status(home)),
        VIEW: view,
        PLAN: best(lambda: planned(home, now)),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure few and many engagements; return 1 if one more costs too much."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engagements", type=int, default=1000)
    many = parser.parse_args(arguments).engagements
    now = int(time.time())
    good = True
    with tempfile.TemporaryDirectory(prefix="engagewatch-many-") as name:
        small = measured(made(Path(name) / "few", FEW, now), now)
        large = measured(made(Path(name) / "many", many, now), now)
    print(f"{'':30}{FEW:>8,}{many:>10,}   each one more")
    for what, seconds in large.items():
        each = 1000 * (seconds - small[what]) / (many - FEW)
        met = each <= TARGETS[what]
        good = good and met
        print(
            f"{what:30}{small[what]:>7.2f}s{seconds:>9.2f}s   {each:.2f} ms "
            f"(at most {TARGETS[what]}){'' if met else '  MISSED'}"
        )
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
