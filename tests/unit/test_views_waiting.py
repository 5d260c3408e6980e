from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from views_world import (
    HOUR,
    LOG,
    NORTHWIND,
    NOW,
    World,
    answered,
    approval_requested,
    at,
    moved,
    opened,
    replied,
)

from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import NameDisplay, Privacy
from engagewatch.model.sides import StatusMeaning
from engagewatch.views import waiting
from engagewatch.views.keys import TicketKey
from engagewatch.views.waiting import Asked


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (world := opened(tmp_path)).store:
        yield world


def test_a_question_waits_on_us_with_its_age_its_price_and_its_nudge(world: World) -> None:
    # Asked Tuesday 16:00; the office closed an hour later and opened an hour ago.
    world.ticket(
        "1", "03-10 14:00", replied("03-10 16:00", asks=True), moved("03-10 16:00", "pending")
    )
    (item,) = waiting.build(world.store, world.engagement, NOW).items
    assert item.ticket == TicketKey("desk", "1")
    assert item.kind is Obligation.REPLY
    assert item.person == "Lee Park"
    assert item.since == at("03-10 16:00")
    assert (item.age_words, item.working_age_words) == ("18h", "2h")
    assert item.due_words == "due Wed 11 Mar 12:00"
    assert not item.overdue
    assert item.asked is Asked.EVIDENCED
    # Two of eight hours had gone by when it was asked.
    assert item.blocks == "pauses resolution, 6h left"
    assert (item.blocked_obligation, item.blocked_remaining) == (Obligation.RESOLUTION, 6 * HOUR)
    assert item.nudge == (
        "#1 (Subject 1) has waited for an answer from us since Tue 10 Mar 16:00. Until then work "
        "on its resolution stands still with 6h to spare. Could you answer it, or name who can?"
    )


def test_a_wait_past_our_own_target_says_by_how_much(world: World) -> None:
    world.ticket(
        "1", "03-10 09:00", replied("03-10 10:00", asks=True), moved("03-10 10:00", "pending")
    )
    view = waiting.build(world.store, world.engagement, NOW)
    # Seven hours on Tuesday and one today, of the four we allow ourselves.
    assert view.items[0].due_words == "overdue by 4h"
    assert view.items[0].overdue
    assert view.summary == "1 item waits on us, oldest 1d; 1 past our own target."


def test_a_status_without_a_question_is_told_as_that(world: World) -> None:
    world.ticket("1", "03-10 09:00", replied("03-10 09:10"), moved("03-10 12:00", "pending"))
    (item,) = waiting.build(world.store, world.engagement, NOW).items
    assert item.asked is Asked.CLAIMED
    assert item.asked_words == "status only: no question on record"
    assert item.due_words == "no target set"
    assert item.since == at("03-10 12:00")
    assert "though we see no open question" in item.nudge


def test_an_approval_is_one_item_held_by_whom_it_was_written_to(world: World) -> None:
    world.ticket(
        "1",
        "03-09 09:00",
        replied("03-09 10:00", asks=True),
        approval_requested("03-09 10:00"),
        moved("03-09 10:00", "pending"),
        requester="okafor",
    )
    (item,) = waiting.build(world.store, world.engagement, NOW).items
    assert item.kind is Obligation.APPROVAL
    assert item.person == "Ruth Okafor (Finance approver)"
    assert "Could you approve it, refuse it, or name who decides?" in item.nudge


def test_an_approval_is_held_by_whoever_the_source_names(world: World) -> None:
    world.ticket(
        "1",
        "03-09 09:00",
        approval_requested("03-09 10:00", of="okafor"),
        approval_requested("03-09 11:00", of="nobody-we-met"),
        requester="lee",
    )
    items = waiting.build(world.store, world.engagement, NOW).items
    assert [item.person for item in items] == ["Ruth Okafor (Finance approver)", "nobody-we-met"]


def test_the_weightier_priority_comes_first_then_what_is_later(world: World) -> None:
    late = (replied("03-10 09:30", asks=True), moved("03-10 09:30", "pending"))
    fresh = (replied("03-11 09:30", asks=True), moved("03-11 09:30", "pending"))
    world.ticket("fresh", "03-11 09:00", *fresh)
    world.ticket("late", "03-10 09:00", *late)
    world.ticket("grave", "03-11 09:00", *fresh, priority="urgent")
    view = waiting.build(world.store, world.engagement, NOW)
    assert [item.reference for item in view.items] == ["#grave", "#late", "#fresh"]


def test_what_was_answered_waits_on_us_no_more(world: World) -> None:
    world.ticket(
        "1",
        "03-10 09:00",
        replied("03-10 10:00", asks=True),
        moved("03-10 10:00", "pending"),
        answered("03-10 11:00"),
    )
    view = waiting.build(world.store, world.engagement, NOW)
    assert view.items == ()
    assert view.summary == "Nothing waits on us."


def test_roles_only_hides_every_name(world: World) -> None:
    asked = (replied("03-10 16:00", asks=True), moved("03-10 16:00", "pending"))
    world.ticket("1", "03-10 14:00", *asked, requester="okafor")
    world.ticket("2", "03-10 14:00", *asked, requester="lee")
    world.ticket("3", "03-10 14:00", *asked, requester="")
    view = waiting.build(world.store, world.engagement, NOW, roles_only=True)
    people = {item.reference: item.person for item in view.items}
    assert people == {"#1": "Finance approver", "#2": "one of us", "#3": "nobody named"}
    private = replace(NORTHWIND, privacy=Privacy(names=NameDisplay.ROLES))
    assert waiting.build(world.store, private, NOW) == view


def test_a_source_without_messages_cannot_tell_whether_anything_was_asked(tmp_path: Path) -> None:
    log = replace(LOG, meanings={"waiting": StatusMeaning.CLIENT, "open": StatusMeaning.PROVIDER})
    world = opened(tmp_path, replace(NORTHWIND, sources=(log,)))
    with world.store:
        world.ticket("1", "03-10 14:00", moved("03-10 16:00", "waiting"), source="log")
        view = waiting.build(world.store, world.engagement, NOW)
    assert [item.asked for item in view.items] == [Asked.UNKNOWN]
    assert view.not_known == ("Whether log really asked: it shows statuses, but no messages.",)
