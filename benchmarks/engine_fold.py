"""How fast tickets are folded into the clocks of both ledgers, next to only walking their events.

The tickets are made up, six events each: opened, answered with a question, put to waiting, answered
by the client, taken up, solved. Four priorities, two calendars. Times are processor time, the best
of several runs that alternate with the yardstick. A million are folded as they are made, so that
memory stays bounded.

    python benchmarks/engine_fold.py                       100,000 tickets
    python benchmarks/engine_fold.py --tickets 1000000
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from engagewatch.engine.fold import Folder
from engagewatch.model.clock import Obligation
from engagewatch.model.instants import HOUR, MINUTE
from engagewatch.model.policy import (
    CalendarSpec,
    Duration,
    Participation,
    Policy,
    ServiceLevel,
    Window,
)
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Event, EventKind, Ticket

RUNS = 5
AT_ONCE = 10_000
TIMES_A_WALK = 80
FIRST = 1_735_689_600  # 2025-01-01


def main() -> int:
    """Print microseconds per ticket and memory; return 1 if folding costs too many walks."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=100_000)
    wanted = parser.parse_args().tickets
    folder = Folder(POLICY)
    made = tickets()
    sample = list(islice(made, min(wanted, AT_ONCE)))
    walking, folding = [], []
    for _ in range(RUNS):
        walking.append(seconds(lambda: walk(sample)))
        folding.append(seconds(lambda: fold(folder, sample)))
    per_ticket, ratio = min(folding) / len(sample) * 1e6, min(folding) / min(walking)
    clocks = fold(folder, sample) / len(sample)
    print(f"{per_ticket:.1f} us per ticket of six events, {clocks:.1f} clocks each: ", end="")
    print(f"{ratio:.0f} times a walk over the events (at most {TIMES_A_WALK})")

    before = memory()
    done, total = len(sample), 0.0
    while done < wanted:
        chunk = list(islice(made, min(AT_ONCE, wanted - done)))
        total += seconds(lambda part=chunk: fold(folder, part))
        done += len(chunk)
    rest = done - len(sample)
    if rest:
        print(f"{rest:,} more: {total:.2f} s, memory {memory() - before:+.0f} MiB")
    return ratio > TIMES_A_WALK


def walk(cases: Iterable[tuple[Ticket, Sequence[Event]]]) -> int:
    """Touch every event: what no fold can do without."""
    total = 0
    for _, events in cases:
        for event in events:
            total += event.at
    return total


def fold(folder: Folder, cases: Iterable[tuple[Ticket, Sequence[Event]]]) -> int:
    """Fold all tickets; return how many clocks that made."""
    clocks = 0
    for ticket, events in cases:
        clocks += len(folder.fold(ticket, events).clocks)
    return clocks


def tickets() -> Iterator[tuple[Ticket, list[Event]]]:
    """Yield made-up tickets without end, the same ones on every run."""
    pick = random.Random(6)
    client, provider, kind = Side.CLIENT, Side.PROVIDER, EventKind
    number = 0
    while True:
        number += 1
        key = str(number)
        at = created = FIRST + pick.randrange(365 * 24 * HOUR)
        events = [Event(key, f"{key}:1", at, kind.OPENED, client, "u", "new")]
        at += pick.randrange(MINUTE, 6 * HOUR)
        events.append(Event(key, f"{key}:2", at, kind.REPLIED, provider, "a", asks=True))
        at += pick.randrange(1, 5 * MINUTE)
        status = kind.STATUS_CHANGED
        events.append(Event(key, f"{key}:3", at, status, provider, "a", "pending", "new"))
        at += pick.randrange(MINUTE, 24 * HOUR)
        events.append(Event(key, f"{key}:4", at, kind.REPLIED, client, "u"))
        at += pick.randrange(1, 30)
        events.append(Event(key, f"{key}:5", at, status, client, "u", "open", "pending"))
        at += pick.randrange(MINUTE, 24 * HOUR)
        events.append(Event(key, f"{key}:6", at, status, provider, "a", "solved", "open"))
        priority = pick.choice(("urgent", "high", "normal", "low"))
        yield (
            Ticket(
                key, f"#{key}", "", "solved", priority, created, at, requester="u", assignee="a"
            ),
            events,
        )


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of ``work``."""
    start = time.process_time()
    work()
    return time.process_time() - start


def memory() -> float:
    """Return the most memory this process ever took, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _level(priority: str, name: str, calendar: str, first: int, resolution: int) -> ServiceLevel:
    targets = {
        Obligation.FIRST_RESPONSE: Duration(first),
        Obligation.RESOLUTION: Duration(resolution),
    }
    return ServiceLevel(priority, calendar, targets, matches=(name,))


POLICY = Policy(
    timezone="Europe/London",
    calendars={
        "office": CalendarSpec(
            "office", "Europe/London", ((Window(480, 1080),),) * 5 + ((), ()), region="GB-ENG"
        )
    },
    service_levels=(
        _level("P1", "urgent", "24x7", 15 * MINUTE, 4 * HOUR),
        _level("P2", "high", "office", 30 * MINUTE, 8 * HOUR),
        _level("P3", "normal", "office", 4 * HOUR, 24 * HOUR),
        _level("P4", "low", "office", 8 * HOUR, 72 * HOUR),
    ),
    participation=Participation(
        "office",
        {"P1": Duration(30 * MINUTE), "default": Duration(business_days=1)},
        Duration(business_days=2),
    ),
    meanings={
        "new": StatusMeaning.PROVIDER,
        "open": StatusMeaning.PROVIDER,
        "pending": StatusMeaning.CLIENT,
        "solved": StatusMeaning.RESOLVED,
    },
)

if __name__ == "__main__":
    raise SystemExit(main())
