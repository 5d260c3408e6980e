"""Invitations, what was taken on in meetings, and meetings missed, as they wait and are flagged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from views_world import NORTHWIND, NOW, World, at, opened

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import Role, SourceSettings
from engagewatch.model.entry import EntryKind, Value
from engagewatch.model.flag import Severity
from engagewatch.model.meeting import Invitee, Meeting, MeetingSeries
from engagewatch.model.sides import Side
from engagewatch.views import attending, brief, waiting
from engagewatch.views.entering import make_entry

CALENDAR = SourceSettings("calendar", "ics", url="https://calendar.example.net/it.ics")
ENGAGEMENT = replace(
    NORTHWIND,
    sources=(*NORTHWIND.sources, CALENDAR),
    people=(
        Role("Finance approver", "R. Okafor", matches=("okafor@northwind.example",)),
        Role("Service manager", "Z. Hall", Side.PROVIDER, matches=("zoe@contoso.example",)),
    ),
    meetings=(
        MeetingSeries("Service review", "Service review", ("Finance approver", "Service manager")),
    ),
)
REVIEWS = ("02-23", "03-02", "03-09")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (world := opened(tmp_path, ENGAGEMENT)).store:
        yield world


def meeting(day: str, **changes: object) -> Meeting:
    made = Meeting(
        id=f"review@{day}",
        title="Service review",
        from_at=at(f"{day} 14:00"),
        until_at=at(f"{day} 15:00"),
        invitees=(
            Invitee("okafor@northwind.example", "Ruth Okafor", Side.CLIENT),
            Invitee("zoe@contoso.example", "Zoe Hall", Side.PROVIDER),
        ),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def store(world: World, *days: str) -> None:
    meetings = tuple(meeting(day) for day in days)
    world.store_batch("calendar", Batch("meetings", None, meetings=meetings), at("02-20 09:00"))


def enter(world: World, day: str, kind: EntryKind, values: dict[str, Value]) -> str:
    entry = make_entry("northwind", at(f"{day} 16:00"), kind, f"calendar/review@{day}", values)
    world.store.enter([entry])
    return entry.id


def missed(world: World, who: str, *days: str) -> None:
    for day in days:
        enter(world, day, EntryKind.ATTENDED, {"who": who, "came": False})


def test_an_invitation_nobody_answered_waits_until_it_is_put_off(world: World) -> None:
    store(world, "03-16")
    (item,) = waiting.build(world.store, ENGAGEMENT, NOW).items
    assert (item.kind_words, item.subject) == ("meeting", "Service review")
    assert item.due_words == "on Mon 16 Mar 14:00"
    assert not item.overdue
    assert "Finance approver" in item.person
    until = attending.parse_until("3d", attending.local_day(NOW, "Europe/London"))
    world.store.enter(
        [attending.put_off("northwind", NOW, item.key, "meeting", item.state, until, "asked")]
    )
    assert waiting.build(world.store, ENGAGEMENT, NOW).total == 0
    # Moved to another day it is another question.
    moved = meeting("03-16", from_at=at("03-17 14:00"), until_at=at("03-17 15:00"))
    world.store_batch("calendar", Batch("meetings", None, meetings=(moved,)), NOW)
    assert waiting.build(world.store, ENGAGEMENT, NOW).total == 1


def test_what_we_took_on_waits_from_the_day_after_it_was_due(world: World) -> None:
    store(world, "03-02")
    values: dict[str, Value] = {
        "text": "Send the leavers", "side": "client", "owner": "Finance approver",
        "due": "2026-03-10", "state": "open",
    }  # fmt: skip
    enter(world, "03-02", EntryKind.ACTION, values)
    assert waiting.build(world.store, ENGAGEMENT, at("03-10 23:00")).total == 0
    (item,) = waiting.build(world.store, ENGAGEMENT, NOW).items
    assert (item.kind_words, item.subject) == ("action", "Send the leavers")
    assert item.due_words == "overdue by 1 day"
    assert item.person == "R. Okafor (Finance approver)"
    assert "taken on in Service review" in item.asked_words


def test_what_the_provider_took_on_does_not_wait_on_us(world: World) -> None:
    store(world, "03-02")
    values: dict[str, Value] = {
        "text": "Patch", "side": "provider", "due": "2026-03-05", "state": "open",
    }  # fmt: skip
    enter(world, "03-02", EntryKind.ACTION, values)
    assert waiting.build(world.store, ENGAGEMENT, NOW).total == 0


@pytest.mark.parametrize(
    ("who", "side"), [("Finance approver", Side.CLIENT), ("Service manager", Side.PROVIDER)]
)
def test_two_meetings_missed_running_are_flagged_on_either_side(
    world: World, who: str, side: Side
) -> None:
    store(world, *REVIEWS)
    enter(world, "02-23", EntryKind.ATTENDED, {"who": who, "came": True})
    missed(world, who, "03-02", "03-09")
    flags = [
        flag
        for flag in brief.build(world.store, ENGAGEMENT, NOW).all_flags
        if flag.rule == "meetings_missed"
    ]
    assert [(flag.side, flag.severity) for flag in flags] == [(side, Severity.ATTENTION)]
    assert flags[0].title == f"Service review: {who} missed 2 running"
    assert "Mon 9 Mar and Mon 2 Mar" in flags[0].detail


def test_a_meeting_nobody_recorded_is_not_counted_as_missed(world: World) -> None:
    store(world, *REVIEWS)
    missed(world, "Finance approver", "02-23", "03-02")
    found = brief.build(world.store, ENGAGEMENT, NOW).all_flags
    assert "meetings_missed" not in [flag.rule for flag in found]


def test_an_excused_absence_neither_counts_nor_ends_the_row(world: World) -> None:
    store(world, *REVIEWS)
    missed(world, "Finance approver", "02-23", "03-09")
    excused: dict[str, Value] = {"who": "Finance approver", "came": False, "excused": True}
    enter(world, "03-02", EntryKind.ATTENDED, excused)
    found = brief.build(world.store, ENGAGEMENT, NOW).all_flags
    assert [flag.rule for flag in found].count("meetings_missed") == 1
