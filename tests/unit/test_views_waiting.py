from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
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
    surveyed,
)

from engagewatch.engine.consequence import Holds
from engagewatch.model.clock import Obligation
from engagewatch.model.credits import CreditRule, Credits, CreditShape, CreditTier, Fee
from engagewatch.model.engagement import NameDisplay, Privacy
from engagewatch.model.entry import Entry
from engagewatch.model.plan import Onboarding
from engagewatch.model.policy import Duration
from engagewatch.model.sides import StatusMeaning
from engagewatch.views import attending, brief, waiting
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


# What people say about what waits.

ASKED = (replied("03-10 16:00", asks=True), moved("03-10 16:00", "pending"))
SUBJECT = "desk/1/reply/1"


def say(world: World, *entries: Entry) -> None:
    world.store.enter(entries)


def put_off_until(world: World, day: date, when: str = "03-11 09:30") -> None:
    (item,) = waiting.build(world.store, world.engagement, at(when)).items
    say(
        world,
        attending.put_off(
            "northwind", at(when), item.key, item.reference, item.state, day, "leave"
        ),
    )


def test_what_is_put_off_is_counted_apart_until_its_day(world: World) -> None:
    world.ticket("1", "03-10 14:00", *ASKED)
    put_off_until(world, date(2026, 3, 13))
    view = waiting.build(world.store, world.engagement, NOW)
    assert (view.total, len(view.put_off)) == (0, 1)
    assert view.put_off[0].put_off_words == "put off until Fri 13 Mar: leave"
    assert view.summary == "Nothing waits on us; 1 put off."
    assert waiting.build(world.store, world.engagement, at("03-12 23:59")).total == 0
    # At midnight in London, not in UTC.
    assert waiting.build(world.store, world.engagement, at("03-13 00:00")).total == 1


def test_a_new_question_ends_putting_off(world: World) -> None:
    world.ticket("1", "03-10 14:00", *ASKED)
    put_off_until(world, date(2026, 3, 13))
    world.ticket("1", "03-10 14:00", *ASKED, replied("03-11 09:45", asks=True))
    assert waiting.build(world.store, world.engagement, NOW).total == 1


def test_a_new_due_time_ends_putting_off(world: World) -> None:
    world.ticket("1", "03-10 14:00", *ASKED)
    put_off_until(world, date(2026, 3, 13))
    stricter = replace(
        NORTHWIND,
        participation=replace(
            NORTHWIND.participation, reply={"default": Duration(seconds=3 * HOUR)}
        ),
    )
    changed = World(world.store, stricter)
    changed.refold()
    assert waiting.build(world.store, stricter, NOW).total == 1


def test_what_is_acknowledged_keeps_its_place(world: World) -> None:
    world.ticket("1", "03-10 14:00", *ASKED)
    (item,) = waiting.build(world.store, world.engagement, NOW).items
    say(world, attending.acknowledged("northwind", NOW, item.key, "#1", item.state, "on it"))
    (item,) = waiting.build(world.store, world.engagement, NOW).items
    assert item.acknowledged
    assert item.noted_words == "acknowledged Wed 11 Mar 10:00: on it"


@pytest.mark.parametrize(
    ("to", "roles_only", "shown"),
    [
        ("finance approver", False, "R. Okafor (Finance approver)"),
        ("finance approver", True, "Finance approver"),
        ("Lee", False, "Lee"),
        ("Lee", True, "somebody of us"),
    ],
)
def test_an_assignment_shows_as_privacy_allows(
    world: World, to: str, roles_only: bool, shown: str
) -> None:
    world.ticket("1", "03-10 14:00", *ASKED)
    say(world, attending.assigned("northwind", NOW, SUBJECT, "#1", to))
    view = waiting.build(world.store, world.engagement, NOW, roles_only=roles_only)
    assert view.items[0].person == shown


def test_a_flag_about_it_shows_whom_it_was_assigned_to(world: World) -> None:
    world.ticket("1", "03-10 09:00", replied("03-10 10:00", asks=True))
    world.ticket("2", "03-10 09:00", replied("03-10 10:00", asks=True))
    say(world, attending.assigned("northwind", NOW, SUBJECT, "#1", "Finance approver"))
    flags = brief.build(world.store, world.engagement, NOW).all_flags
    owners = {flag.subject: flag.owner for flag in flags if flag.rule == "client_reply_overdue"}
    assert owners == {SUBJECT: "R. Okafor (Finance approver)", "desk/2/reply/1": "Lee Park"}


def test_putting_off_an_item_puts_off_the_flag_about_it(world: World) -> None:
    world.ticket("1", "03-10 09:00", replied("03-10 10:00", asks=True))
    before = brief.build(world.store, world.engagement, NOW)
    put_off_until(world, date(2026, 3, 13))
    after = brief.build(world.store, world.engagement, NOW)
    assert [flag.subject for flag in after.put_off] == [SUBJECT]
    assert len(after.all_flags) == len(before.all_flags) - 1
    assert after.put_off[0].said_words == "put off until Fri 13 Mar: leave"


def test_what_is_entered_later_is_not_known_yet(world: World) -> None:
    world.ticket("1", "03-10 14:00", *ASKED)
    say(world, attending.assigned("northwind", NOW + 60, SUBJECT, "#1", "Lee"))
    assert waiting.build(world.store, world.engagement, NOW).items[0].person == "Lee Park"


def test_an_answer_within_two_working_days_follows_a_nudge(world: World) -> None:
    # Nudged on Friday at 12: the weekend does not count, so until Tuesday at 12.
    asked = (replied("03-06 10:00", asks=True), moved("03-06 10:00", "pending"))
    for name, when in (("1", "03-10 12:00"), ("2", "03-10 12:01")):
        world.ticket(name, "03-06 09:00", *asked, answered(when))
        say(
            world,
            attending.nudged("northwind", at("03-06 12:00"), f"desk/{name}/reply/1", name, "reply"),
        )
    world.ticket("3", "03-06 09:00", *asked)
    say(world, attending.nudged("northwind", at("03-11 09:30"), "desk/3/reply/1", "3", "reply"))
    say(world, attending.nudged("northwind", at("03-06 12:00"), "gone/9/reply/1", "9", "reply"))
    log = waiting.build(world.store, world.engagement, NOW).nudges
    followed = {line.about: line.followed for line in log.lines}
    assert followed == {"1": True, "2": False, "3": None, "9": None}
    assert log.lines[0].words == "open until Fri 13 Mar 09:30"
    assert log.words == "an answer followed 1 of 2 nudges within 2 working days"
    assert log.effect.percent() is None
    assert (log.effect.pending, log.effect.unknown) == (1, 1)


def test_an_answer_before_the_nudge_is_no_effect_of_it(world: World) -> None:
    asked = (replied("03-09 10:00", asks=True), moved("03-09 10:00", "pending"))
    world.ticket("1", "03-09 09:00", *asked, answered("03-09 11:00"))
    say(world, attending.nudged("northwind", at("03-09 12:00"), SUBJECT, "#1", "reply"))
    log = waiting.build(world.store, world.engagement, NOW).nudges
    assert log.effect.judged == 0
    assert log.words == "1 nudge copied, none to be judged yet"


# What is in no ticket, and what it costs.


def test_requests_to_rate_the_service_are_one_item(world: World) -> None:
    done = moved("03-10 12:00", "solved")
    for name, asked, by in (("1", "03-10 12:30", "lee"), ("2", "03-10 13:00", "okafor")):
        world.ticket(name, "03-10 09:00", done, surveyed(asked), requester=by)
    world.ticket("old", "02-10 09:00", moved("02-10 12:00", "solved"), surveyed("02-11 09:00"))
    (item,) = waiting.build(world.store, world.engagement, NOW).items
    assert (item.kind_words, item.person, item.due_words) == ("survey", "2 people", "no target set")
    assert item.since == at("03-10 12:30")
    assert item.subject == "Rate how 2 tickets went"


def test_a_ticket_comes_before_what_holds_up_no_clock(world: World) -> None:
    world.ticket("1", "03-10 09:00", moved("03-10 12:00", "solved"), surveyed("03-10 12:30"))
    world.ticket("2", "03-10 14:00", *ASKED)
    items = waiting.build(world.store, world.engagement, NOW).items
    assert [item.reference for item in items] == ["#2", "survey"]


def credits_of(below: str = "0.95") -> Credits:
    rule = CreditRule(
        "Resolutions", Obligation.RESOLUTION, tiers=(CreditTier(Decimal(below), Decimal("0.1")),)
    )
    return Credits("GBP", CreditShape.TIERS, (Fee(date(2025, 11, 3), Decimal(6400)),), (rule,))


def test_the_credit_that_hangs_on_a_held_up_clock_is_shown_and_sorts_it_up(tmp_path: Path) -> None:
    world = opened(tmp_path, replace(NORTHWIND, credits=credits_of()))
    with world.store:
        world.ticket("1", "03-10 14:00", *ASKED)
        (item,) = waiting.build(world.store, world.engagement, NOW).items
    # Nothing is judged this month: one miss of one is below 95 %, one met of one is not.
    assert item.credit_words == "GBP 640.00 of service credit"
    assert item.consequence.holds is Holds.CREDIT


def test_no_credit_hangs_on_a_clock_that_cannot_move_the_month(tmp_path: Path) -> None:
    world = opened(tmp_path, replace(NORTHWIND, credits=credits_of("0.01")))
    with world.store:
        for name in ("2", "3"):
            world.ticket(name, "03-10 09:00", moved("03-10 12:00", "solved"))
        world.ticket("1", "03-10 14:00", *ASKED)
        (item,) = waiting.build(world.store, world.engagement, NOW).items
    assert item.credit_words == ""
    assert item.consequence.holds is Holds.CONTRACT


PLAN = """\
id,title,owner,role,start,due,depends,evidence,gate
A1,Appoint a lead,client,sponsor,0,2,,both names,
B1,Confirm the inventory,client,lead,1,4,,the inventory signed,
B2,Go live,provider,lead,4,8,B1,users on it,G1 go-live
C1,Nice to have,client,lead,1,60,,a list,
"""


def planned(tmp_path: Path) -> World:
    path = tmp_path / "plan.csv"
    path.write_text(PLAN, encoding="utf-8")
    plan = Onboarding(start=date(2026, 3, 2), path=path)
    return opened(tmp_path, replace(NORTHWIND, onboarding=plan))


def test_a_late_task_of_ours_waits_with_the_days_it_holds_up(tmp_path: Path) -> None:
    world = planned(tmp_path)
    with world.store:
        world.ticket("1", "03-10 14:00", *ASKED)
        view = waiting.build(world.store, world.engagement, NOW)
        items = {item.reference: item for item in view.items}
    assert "C1" not in items  # it can be started, and presses nobody
    task = items["B1"]
    assert task.kind_words == "document"
    assert task.overdue
    assert task.due_words == "overdue by 5 days"
    assert task.consequence.plan_days > 0
    assert "G1 go-live" in task.blocks
    assert (task.screen, task.evidence) == ("plan_task", "B1")
    assert "Could you finish it, say a new date, or name who can?" in task.nudge
    # What moves the plan comes before a clock of the second priority.
    references = [item.reference for item in view.items]
    assert references.index("B1") < references.index("#1")
