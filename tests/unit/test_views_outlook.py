"""Where a month is heading: clinched, alive, lost, and how it stood when it was frozen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from views_world import LONDON, NORTHWIND, NOW, World, at, moved, opened, replied

from engagewatch.model.entry import Entry, EntryKind
from engagewatch.views import outlook
from engagewatch.views.outlook import OutlookRow
from engagewatch.views.period import month
from engagewatch.views.tone import Tone

FEBRUARY = month(2026, 2, LONDON)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return opened(tmp_path)


def in_time(world: World, count: int, day: str = "03-09") -> None:
    for place in range(count):
        world.ticket(
            f"{day}-{place}",
            f"{day} 10:{place:02d}",
            replied(f"{day} 10:{place:02d}"),
            moved(f"{day} 11:{place:02d}", "solved"),
        )


def late(world: World, name: str, day: str) -> None:
    world.ticket(name, f"{day} 09:00", replied(f"{day} 09:10"), moved(f"{day} 18:30", "solved"))


def row(world: World, key: str, now: int = NOW) -> OutlookRow:
    view = outlook.build(world.store, world.engagement, now)
    return next(row for row in view.rows if row.key == key)


def test_a_month_with_more_misses_than_it_can_afford_is_lost_while_it_lasts(world: World) -> None:
    in_time(world, 6)
    for number in range(4):
        day = f"03-0{number + 2}"
        world.ticket(f"late{number}", f"{day} 09:00", replied(f"{day} 09:10"),
                     moved("03-09 18:00", "solved"))  # fmt: skip
    found = row(world, "resolution/P2")
    assert found.is_lost
    assert found.outlook_words == "lost already"
    view = outlook.build(world.store, world.engagement, NOW)
    assert view.summary == "March 2026 is lost already for P2 resolution."
    assert view.tone is Tone.BAD
    assert view.rows[0].key == "resolution/P2", "what is lost comes first"


def test_an_open_month_is_alive_with_a_band(world: World) -> None:
    in_time(world, 12)
    found = row(world, "resolution/P2")
    assert found.outlook_words.startswith("alive: ")
    assert "%" in found.outlook_words
    assert found.budget_words.startswith("1 miss allowed of about")
    view = outlook.build(world.store, world.engagement, NOW)
    assert view.summary.startswith("March 2026 is not lost: 0 clinched, ")


def test_a_month_that_is_over_is_kept_or_broken(world: World) -> None:
    in_time(world, 6, "02-09")
    view = outlook.build(world.store, world.engagement, NOW, FEBRUARY)
    assert view.is_complete
    assert view.summary == "February 2026 is over: every promised share was kept."
    late(world, "late", "02-10")
    world.ticket("slow", "02-11 09:00", replied("02-11 09:10"), moved("02-13 16:00", "solved"))
    view = outlook.build(world.store, world.engagement, NOW, FEBRUARY)
    assert "broken for P2 resolution" in view.summary
    assert view.frozen_words == "February 2026 was not frozen at its end."


def test_what_is_known_otherwise_than_when_the_month_was_frozen(world: World) -> None:
    in_time(world, 6, "02-09")
    frozen = {"resolution/P2": "5/5", "first_response/P2": "6/6"}
    when = at("03-01 00:10")
    world.store.enter([Entry("1", "northwind", when, EntryKind.FROZEN, "2026-02", frozen)])
    view = outlook.build(world.store, world.engagement, NOW, FEBRUARY)
    by_key = {row.key: row for row in view.rows}
    assert by_key["resolution/P2"].frozen_words == "was 5 of 5 when the month was frozen"
    assert by_key["first_response/P2"].frozen_words == ""
    assert view.frozen_words == "Frozen Sun 1 Mar; 1 count known otherwise now."


def test_our_own_shares_stand_beside_the_providers(world: World) -> None:
    from views_world import answered

    world.ticket(
        "asked",
        "03-09 09:00",
        replied("03-09 09:10", asks=True),
        moved("03-09 09:10", "pending"),
        answered("03-09 10:00"),
        moved("03-09 10:00", "open", "pending"),
    )
    found = row(world, "reply/P2")
    assert found.met_words == "1 of 1"
    assert found.side.value == "client"


def test_without_a_promised_share_nothing_is_foretold(tmp_path: Path) -> None:
    levels = tuple(replace(level, attainment=None) for level in NORTHWIND.service_levels)
    plain = replace(NORTHWIND, service_levels=levels)
    world = opened(tmp_path, plain)
    in_time(world, 3)
    view = outlook.build(world.store, world.engagement, NOW)
    assert not [row for row in view.rows if row.side.value == "provider"]
    assert "nothing is promised as a share" in view.summary


def test_fast_misses_burn_the_budget(world: World) -> None:
    in_time(world, 8, "03-02")
    for number in range(3):
        world.ticket(f"late{number}", f"03-10 09:0{number}", replied("03-10 09:10"),
                     moved("03-10 17:00", "solved"))  # fmt: skip
        world.ticket(f"slow{number}", f"03-09 09:1{number}", replied("03-09 09:20"),
                     moved("03-10 16:50", "solved"))  # fmt: skip
    found = row(world, "resolution/P2")
    assert "misses in" in found.burn_words
    assert "% of the budget" in found.burn_words
