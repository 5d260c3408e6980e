"""The on-boarding of the simulated engagement's second site, which slipped mostly through us.

The plan is fine until the finance approver is away and the pilot users are named twelve days late.
The provider loses some days in the pilot week. Now the decision to go live waits for the managing
director, and moves the take-over a day every day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from engagewatch.demo.profile import NORTHWIND, ZONE
from engagewatch.model.entry import Entry, EntryKind, Value
from engagewatch.model.instants import Instant, to_datetime, to_instant, zone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

PLAN = "northwind-bristol.csv"
TODAY = 62
"""The day of the plan on which the story begins to be watched."""

_DONE = {
    "N01": (2, "Daniel Price leads, Helen Marsh stands in"),
    "N04": (13, "drawing on the shared drive"),
    "N02": (8, "minutes sent"),
    "N05": (10, "letter signed by both"),
    "N03": (17, "41 people, 38 devices"),
    "N06": (19, "report with two options"),
    "N08": (28, "register complete but for the alarm system"),
    "N11": (31, "file server restored in 3 h 10 min"),
    "N07": (33, "approved after a second quotation"),
    "N09": (41, "line tested"),
    "N12": (42, "all but two mailboxes, those by hand"),
    "N10": (43, "delivery note, photographs of the rack"),
    "N15": (45, "message on the intranet, posters at the entrance"),
    "N13": (47, "eight names by mail"),
    "N14": (56, "eleven faults closed, two accepted"),
}
"""Task to the day of the plan on which it was done, and what shows it."""

_MOVED = (
    ("N07", 20, 26, "finance approver is on leave"),
    ("N07", 27, 33, "a second quotation is wanted"),
    ("N13", 36, 42, "shift plan not settled"),
    ("N13", 43, 47, "two of the eight are on leave"),
    ("N14", 50, 56, "printer faults took longer"),
    ("N16", 58, 61, "no date with the managing director"),
)
"""Task, the day it was said, the new day, why."""

_NOTED = (("N16", 60, "reminded once; papers are ready"),)


def with_onboarding(files: Mapping[str, str], anchor: Instant) -> dict[str, str]:
    """Return the engagement files with what they say of the on-boarding, and the plan."""
    name = f"{NORTHWIND.key}.toml"
    settings = (
        "\n# The second site joins: the plan by which the provider takes it over.\n"
        f'[onboarding]\nplan = "{PLAN}"\nstart = {_start(anchor)}\nclient_hours_per_week = 8\n'
    )
    plan = (Path(__file__).parent / "bristol.csv").read_text(encoding="utf-8")
    return {**files, name: files[name] + settings, PLAN: plan}


def enter(store: Store, anchor: Instant) -> None:
    """Write down what became of the tasks so far; doing so again changes nothing."""
    store.enter(list(_entries(anchor)))


def _start(anchor: Instant) -> date:
    return to_datetime(anchor, zone(ZONE)).date() - timedelta(TODAY)


def _entries(anchor: Instant) -> Iterator[Entry]:
    start = _start(anchor)

    def made(day: int, kind: EntryKind, task: str, values: Mapping[str, Value]) -> Entry:
        local = datetime.combine(start + timedelta(day), time(16, 30), tzinfo=zone(ZONE))
        at = to_instant(local)
        return Entry(f"{at:012d}-demo-{kind}-{task}", NORTHWIND.key, at, kind, task, values)

    for task, (day, note) in _DONE.items():
        on = (start + timedelta(day)).isoformat()
        yield made(day, EntryKind.TASK_DONE, task, {"on": on, "note": note})
    for task, said, day, why in _MOVED:
        due = (start + timedelta(day)).isoformat()
        yield made(said, EntryKind.TASK_MOVED, task, {"due": due, "why": why})
    for task, day, note in _NOTED:
        yield made(day, EntryKind.TASK_NOTED, task, {"note": note})
