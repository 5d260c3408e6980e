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
    noted,
    opened,
    replied,
)

from engagewatch.engine.fold import policy_version
from engagewatch.model.batch import Batch
from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Claim, Person
from engagewatch.views import clock_view
from engagewatch.views.clock_view import ClockView, ObligationLine, TicketNotFoundError
from engagewatch.views.policy import policy_of


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (world := opened(tmp_path)).store:
        yield world


def asked_and_answered(world: World, **fields: object) -> None:
    """A ticket of Monday: answered, asked about at noon, answered on Tuesday, still open."""
    world.ticket(
        "1",
        "03-09 10:00",
        replied("03-09 10:20"),
        noted("03-09 11:00"),
        replied("03-09 12:00", asks=True),
        moved("03-09 12:00", "pending"),
        answered("03-10 11:00"),
        moved("03-10 11:00", "open", "pending"),
        **fields,  # type: ignore[arg-type]
    )


def view_of(world: World, name: str = "1", now: int = NOW) -> ClockView:
    return clock_view.build(world.store, world.engagement, now, "desk", name)


def line(view: ClockView, obligation: Obligation) -> ObligationLine:
    return next(one for one in view.obligations if one.obligation is obligation)


def test_the_bar_has_no_holes_and_its_courts_sum_to_the_elapsed_time(world: World) -> None:
    asked_and_answered(world)
    view = view_of(world)
    assert [segment.side for segment in view.bar] == [Side.PROVIDER, Side.CLIENT, Side.PROVIDER]
    assert view.bar[0].from_at == at("03-09 10:00")
    assert view.bar[-1].until_at == NOW
    assert view.bar[-1].is_open
    for left, right in zip(view.bar, view.bar[1:], strict=False):
        assert left.until_at == right.from_at
    assert view.elapsed == 48 * HOUR
    assert sum(total.seconds for total in view.totals) == view.elapsed
    assert sum(total.share for total in view.totals) == pytest.approx(1)
    assert {total.words: total.span_words for total in view.totals} == {
        "provider": "1d 1h",
        "us": "23h",
        "third party": "0m",
        "nobody": "0m",
    }
    assert view.bar[1].words.startswith("us: Mon 9 Mar 12:00 to Tue 10 Mar 11:00 (23h)")


def test_every_obligation_shows_what_counted_and_what_paused(world: World) -> None:
    asked_and_answered(world)
    view = view_of(world)
    resolution = line(view, Obligation.RESOLUTION)
    # Two hours on Monday, six on Tuesday and one today; the seven of our wait are taken out.
    assert resolution.consumed == 9 * HOUR
    assert resolution.consumed_words == "9h of 8h"
    assert resolution.share == pytest.approx(9 / 8)
    assert (resolution.paused, resolution.paused_words) == (7 * HOUR, "7h")
    assert resolution.state is ClockState.MISSED
    assert resolution.due_words == "was due Tue 10 Mar 17:00"
    counted = [segment.seconds for segment in resolution.segments if segment.counted]
    assert sum(counted) == resolution.consumed
    first = line(view, Obligation.FIRST_RESPONSE)
    assert (first.state, first.consumed_words) == (ClockState.MET, "20m of 30m")
    reply = line(view, Obligation.REPLY)
    assert (reply.ledger, reply.state) == (Side.CLIENT, ClockState.MISSED)
    assert reply.consumed_words == "7h of 4h"
    assert view.explanation == resolution.sentence
    assert view.explained == resolution.key
    assert view.explanation


def test_the_sentence_is_of_the_clock_that_matters_most_now(world: World) -> None:
    # Two working days for the approval ended on Tuesday evening; the resolution stands still.
    world.ticket(
        "1",
        "03-06 09:00",
        replied("03-06 09:05"),
        approval_requested("03-06 10:00"),
        moved("03-06 10:00", "pending"),
    )
    view = view_of(world)
    assert line(view, Obligation.RESOLUTION).state is ClockState.PAUSED
    approval = line(view, Obligation.APPROVAL)
    assert (approval.state, view.explained) == (ClockState.MISSED, approval.key)
    assert view.explanation == approval.sentence
    assert view.explanation.startswith("Overdue by")
    # Before it was overdue, it was what ran out next.
    before = view_of(world, now=at("03-09 12:00"))
    assert before.explained == approval.key
    assert before.explanation.startswith("Running")


def test_without_anything_open_the_sentence_is_of_the_last_resolution(world: World) -> None:
    asked_and_answered(world)
    world.ticket("2", "03-09 10:00", replied("03-09 16:00"), moved("03-09 17:00", "solved"))
    view = view_of(world, "2")
    assert line(view, Obligation.FIRST_RESPONSE).state is ClockState.MISSED
    assert view.explained == line(view, Obligation.RESOLUTION).key


def test_it_agrees_with_what_the_store_keeps(world: World) -> None:
    asked_and_answered(world)
    view = view_of(world)
    rows = world.store.connection.execute("SELECT obligation, round FROM clock").fetchall()
    assert {(one.obligation, one.round) for one in view.obligations} == set(rows)
    assert (
        view.rule_version
        == policy_version(
            policy_of(world.store, world.engagement, world.engagement.source("desk"))
        )[:12]
    )


def test_three_readings_stand_side_by_side(world: World) -> None:
    asked_and_answered(
        world, claims=[Claim(Obligation.RESOLUTION, met=True, source_field="made_sla")]
    )
    readings = {one.obligation: one for one in view_of(world).readings}
    resolution = readings[Obligation.RESOLUTION]
    assert (resolution.claimed, resolution.claimed_field) == ("met", "made_sla")
    assert resolution.contract == "missed: 9h of 8h"
    assert resolution.felt == "2d"
    assert resolution.agrees is False
    silent = readings[Obligation.FIRST_RESPONSE]
    assert (silent.claimed, silent.agrees) == ("says nothing", None)


def test_events_are_told_in_order_and_in_words(world: World) -> None:
    asked_and_answered(world)
    events = view_of(world).events
    assert [event.at for event in events] == sorted(event.at for event in events)
    told = [event.words for event in events]
    assert told[0] == "opened, status new"
    assert "the provider wrote and asked something" in told
    assert "the client wrote" in told
    assert "status: open to pending" in told
    (note,) = (event for event in events if event.is_internal)
    assert note.words == "the provider wrote an internal note"
    assert events[1].who == "Zoe Hall"


def test_a_ticket_is_found_by_id_or_reference_and_missed_in_words(world: World) -> None:
    asked_and_answered(world)
    assert view_of(world, "#1") == view_of(world, "1")
    with pytest.raises(TicketNotFoundError, match="999 is not known from source desk"):
        view_of(world, "999")


def test_an_open_ticket_says_whose_court_and_a_finished_one_when(world: World) -> None:
    asked_and_answered(world)
    assert view_of(world).court_words == "in the provider's court since Tue 10 Mar 11:00"
    world.ticket("2", "03-09 10:00", replied("03-09 10:20"), moved("03-09 12:00", "solved"))
    done = view_of(world, "2")
    assert done.court_words == "finished Mon 9 Mar 12:00"
    assert not done.is_open
    assert done.bar[-1].until_at == done.finished_at == at("03-09 12:00")
    assert done.elapsed_words == "2h"


def test_roles_only_hides_every_name(world: World) -> None:
    asked_and_answered(world)
    view = clock_view.build(world.store, world.engagement, NOW, "desk", "1", roles_only=True)
    assert (view.requester, view.owner) == ("one of us", "provider staff")
    assert {event.who for event in view.events} == {"", "one of us", "provider staff"}


def test_what_could_not_be_seen_is_said(tmp_path: Path) -> None:
    log = replace(LOG, meanings={"open": StatusMeaning.PROVIDER})
    with (world := opened(tmp_path, replace(NORTHWIND, sources=(log,)))).store:
        world.ticket("1", "03-10 14:00", moved("03-10 16:00", "limbo"), source="log")
        view = clock_view.build(world.store, world.engagement, NOW, "log", "1")
    assert any("limbo" in note for note in view.not_known)


def test_an_approval_names_whom_it_waits_on_as_people_are_shown(world: World) -> None:
    world.ticket(
        "1",
        "03-06 09:00",
        approval_requested("03-06 10:00", of="okafor"),
        approval_requested("03-06 11:00"),
    )

    def requests(view: ClockView) -> list[str]:
        return [one.words for one in view.events if "approval" in one.words]

    assert requests(view_of(world)) == [
        "approval requested of Ruth Okafor (Finance approver)",
        "approval requested",
    ]
    private = clock_view.build(world.store, world.engagement, NOW, "desk", "1", roles_only=True)
    hidden = requests(private)
    assert hidden[0] == "approval requested of Finance approver"


def test_an_author_of_automatic_replies_may_be_named_by_address(tmp_path: Path) -> None:
    receipts = replace(NORTHWIND.rules, auto_reply_authors=("desk@contoso.example",))
    world = opened(tmp_path, replace(NORTHWIND, rules=receipts))
    robot = Person("4711", "Service desk", Side.PROVIDER, "Desk@Contoso.example")
    world.store_batch("desk", Batch("people", None, people=(robot,)))
    receipt = replace(replied("03-09 09:00"), actor="4711")
    world.ticket("t", "03-09 09:00", receipt, replied("03-09 09:20"))
    view = clock_view.build(world.store, world.engagement, NOW, "desk", "t")
    first = next(line for line in view.obligations if line.obligation is Obligation.FIRST_RESPONSE)
    # The receipt is no response, whatever key its author goes by.
    assert first.consumed == 20 * 60
