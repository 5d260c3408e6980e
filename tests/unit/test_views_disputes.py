"""Disputes: both directions, the rule that explains each, and how far it has come."""

from __future__ import annotations

from pathlib import Path

import pytest
from views_world import NOW, World, answered, at, moved, opened, replied

from engagewatch.model.clock import Obligation
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim
from engagewatch.views import disputes, why
from engagewatch.views.disputes import DisputeRow, DisputeState, disputed, parse_state
from engagewatch.views.keys import FigureKey, FigureKind

MET = Claim(Obligation.RESOLUTION, met=True)
MISSED = Claim(Obligation.RESOLUTION, met=False)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One claim too good, one too hard, one that agrees."""
    world = opened(tmp_path)
    world.ticket(
        "late",
        "03-02 09:00",
        replied("03-02 09:10", asks=True),
        moved("03-02 10:00", "pending"),
        answered("03-04 10:00"),
        moved("03-04 10:00", "open", "pending"),
        moved("03-05 16:00", "solved"),
        claims=(MET,),
    )
    world.ticket("quick", "03-09 09:00", moved("03-09 10:00", "solved"), claims=(MISSED,))
    world.ticket("agreed", "03-09 09:00", moved("03-09 10:00", "solved"), claims=(MET,))
    return world


def rows(world: World) -> dict[str, DisputeRow]:
    view = disputes.build(world.store, world.engagement, NOW)
    return {row.reference: row for row in view.rows}


def test_claims_are_disputed_in_both_directions(world: World) -> None:
    found = rows(world)
    assert set(found) == {"#late", "#quick"}
    assert (found["#late"].claimed, found["#late"].ours) == ("met", "missed")
    assert found["#late"].in_favour_of is Side.PROVIDER
    assert found["#quick"].in_favour_of is Side.CLIENT
    view = disputes.build(world.store, world.engagement, NOW)
    assert view.summary == (
        "March 2026: 2 of 3 differ; 1 favours the provider, 1 us; none raised yet."
    )


def test_what_no_rule_explains_is_said_so(world: World) -> None:
    row = rows(world)["#quick"]
    assert (row.cause, row.explanations) == ("unexplained", ())


def test_a_rule_that_makes_them_agree_is_named(tmp_path: Path) -> None:
    world = opened(tmp_path)
    world.ticket(
        "weekend",
        "03-06 16:30",
        moved("03-09 11:00", "solved"),
        claims=(MISSED,),
    )
    row = rows(world)["#weekend"]
    assert row.cause == "which hours count"
    assert row.explanations


def test_how_far_a_dispute_has_come_is_kept(world: World) -> None:
    key = rows(world)["#late"].key
    world.store.enter([disputed("northwind", at("03-10 09:00"), key, DisputeState.RAISED)])
    world.store.enter(
        [disputed("northwind", at("03-11 09:00"), key, DisputeState.ACCEPTED, "in the review")]
    )
    row = rows(world)["#late"]
    assert row.state is DisputeState.ACCEPTED
    assert row.state_words == "accepted Wed 11 Mar: in the review"
    view = disputes.build(world.store, world.engagement, NOW)
    assert view.rows[0].reference == "#quick", "what nobody raised comes first"
    assert view.summary.endswith("; 1 accepted.")


def test_a_month_without_claims_has_nothing_to_dispute(tmp_path: Path) -> None:
    world = opened(tmp_path)
    world.ticket("plain", "03-09 09:00", moved("03-09 10:00", "solved"))
    view = disputes.build(world.store, world.engagement, NOW)
    assert view.rows == ()
    assert view.summary == "March 2026: the provider's tool says nothing to compare with."


@pytest.mark.parametrize(
    ("text", "state"),
    [("raised", DisputeState.RAISED), (" Acc ", DisputeState.ACCEPTED), ("rej", "rejected")],
)
def test_states_may_be_shortened(text: str, state: DisputeState) -> None:
    assert parse_state(text) is DisputeState(state)


def test_a_wrong_state_names_the_right_ones() -> None:
    with pytest.raises(ValueError, match="raised, accepted"):
        parse_state("won")


def test_the_count_of_disputes_is_explained_by_the_tickets_in_it(world: World) -> None:
    figure = FigureKey(FigureKind.DISPUTES, period="2026-03")
    view = why.build(world.store, world.engagement, NOW, figure)
    assert (view.title, view.value) == ("Disputes, March 2026", "2 of 3 differ")
    assert {row.reference: row.words for row in view.tickets} == {
        "#late": "for them: they say met, we count missed; " + rows(world)["#late"].cause,
        "#quick": "for us: they say missed, we count met; unexplained",
    }


def test_all_are_counted_and_only_the_first_are_looked_into(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disputes, "MOST", 1)
    quick = next(row.key for row in rows(world).values())
    other = {"desk/late/resolution", "desk/quick/resolution"} - {quick}
    world.store.enter([disputed("northwind", NOW, other.pop(), DisputeState.RAISED)])
    view = disputes.build(world.store, world.engagement, NOW)
    assert (len(view.rows), view.total) == (1, 2)
    assert view.rows[0].state is DisputeState.RAISED, "what somebody raised is always shown"
    assert "1 favours the provider, 1 us" in view.summary
