"""Every story of the demonstration is there to be seen: on the screens, within a minute."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import pytest

from engagewatch.demo.settings import TOKEN_VARIABLE
from engagewatch.engine.promises import PromiseState
from engagewatch.engine.signals import Finding
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import EntryKind
from engagewatch.model.instants import DAY
from engagewatch.model.metric import Metric
from engagewatch.model.sides import Side
from engagewatch.store.queries.entries import entries
from engagewatch.store.store import Store
from engagewatch.views import (
    at_risk,
    brief,
    disputes,
    onboarding,
    outlook,
    participation,
    promises,
    relief,
    trend,
    waiting,
)
from engagewatch.views import credits as credit_views
from engagewatch.views.disputes import DisputeState
from engagewatch.views.measures import Measures
from engagewatch.views.period import Period, month_of
from engagewatch.views.tone import Tone
from engagewatch.views.waiting_list import put_off_words
from tests.demo.simulation import ANCHOR
from tests.demo.watched import NOW, told_once

ENTERED = {
    EntryKind.SEALED,
    EntryKind.FROZEN,
    EntryKind.CREDIT_CLAIMED,
    EntryKind.DISPUTED,
    EntryKind.NUDGED,
    EntryKind.ACKNOWLEDGED,
    EntryKind.ASSIGNED,
    EntryKind.SNOOZED,
}


class Watched(NamedTuple):
    store: Store
    engagement: Engagement

    @property
    def month(self) -> Period:
        return month_of(NOW, self.engagement.timezone)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.getbasetemp()
    if folder.name.startswith("popen-"):
        folder = folder.parent  # so that the workers of one run share the story
    folder /= "story"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(TOKEN_VARIABLE, "")
        path, engagement = asyncio.run(told_once(folder))
    with Store.open(path, read_only=True) as store:
        yield Watched(store, engagement)


# -- our side ------------------------------------------------------------------------------------


def test_the_finance_approver_holds_up_a_roll_out_at_a_price(seen: Watched) -> None:
    items = waiting.build(*seen, NOW).items
    hers = [item for item in items if item.person == "Ruth Okafor (Finance approver)"]
    task = next(item for item in hers if item.kind is Obligation.TASK)
    approval = max(
        (item for item in hers if item.kind is Obligation.APPROVAL), key=lambda one: one.age
    )
    assert items.index(task) < 3
    assert task.blocks.startswith("G6 scanners, by ")
    assert task.overdue
    assert approval.age > 14 * DAY
    assert approval.overdue
    assert "scanners" in task.subject
    assert "scanners" in approval.subject
    plan = onboarding.build(*seen, NOW)
    assert any("G6 scanners" in gate.name for gate in plan.gates)


def test_a_week_of_unanswered_questions_excuses_two_misses_and_costs_money(seen: Watched) -> None:
    block = relief.build(*seen, NOW, seen.month)
    assert len(block.rows) == 2
    assert block.misses > 10
    assert all("candidate, notice missing" in row.standing_words for row in block.rows)
    assert block.cost is not None
    assert (block.cost.difference or Decimal(0)) > 0


def test_the_status_and_the_questions_disagree_both_ways(seen: Watched) -> None:
    view = participation.build(*seen, NOW)
    assert view.waits.unasked.tickets >= 3
    assert view.waits.uncredited.tickets >= 3
    assert view.headline.startswith("lagging")
    assert view.their_headline == "no part is behind its target"


def test_something_was_said_of_what_waits(seen: Watched) -> None:
    view = waiting.build(*seen, NOW)
    assert [line.followed for line in view.nudges.lines].count(True) >= 3
    assert any(line.followed is False for line in view.nudges.lines)
    assert any(line.pending for line in view.nudges.lines)
    assert any(item.noted_words for item in view.items)
    assert any(item.assigned_words for item in view.items)
    (put_off,) = view.put_off
    assert "MFA" in put_off.subject
    assert put_off.put_off_words == put_off_words(put_off.handling)


def test_a_flag_of_the_providers_is_acknowledged(seen: Watched) -> None:
    flags = brief.build(*seen, NOW).all_flags
    noted = [flag for flag in flags if "acknowledged" in flag.said_words]
    assert any("label printer" in flag.title for flag in noted)


def test_some_tickets_are_silent(seen: Watched) -> None:
    assert 2 <= len(at_risk.build(*seen, NOW).silent) <= 25


# -- the contract's side ---------------------------------------------------------------------------


def test_promises_stand_every_way_they_can(seen: Watched) -> None:
    view = promises.build(*seen, NOW)
    assert {row.state for row in view.rows} == set(PromiseState) - {PromiseState.NOT_STARTED}
    assert (view.amended, view.late) == (1, 1)
    assert all("sealed" in row.sealed_words for row in view.rows)
    (amended,) = [row for row in view.rows if row.amendments]
    assert "target 15 became 25" in amended.amendments[0]
    assert any(row.can_tell_words.startswith("likely by") for row in view.rows)


def test_last_months_credit_can_be_claimed_and_an_older_one_was(seen: Watched) -> None:
    view = credit_views.build(*seen, NOW)
    last = view.rows[1]
    assert last.is_complete
    assert last.can_claim
    assert "days left" in last.claim_words
    assert any(row.claim_words.startswith("claimed") and row.owed for row in view.rows[2:])
    assert sum(row.can_claim for row in view.rows) == 1


def test_the_month_is_lost_for_one_share_and_alive_for_others(seen: Watched) -> None:
    rows = [row for row in outlook.build(*seen, NOW).rows if row.side is Side.PROVIDER]
    assert 1 <= sum(row.is_lost for row in rows) <= 3
    assert sum(row.outlook_words.startswith("alive") for row in rows) >= 4


def test_of_last_month_more_is_known_than_when_it_was_frozen(seen: Watched) -> None:
    view = outlook.build(*seen, NOW, seen.month.previous())
    assert view.frozen_words.endswith("2 counts known otherwise now.")
    assert sum(bool(row.frozen_words) for row in view.rows) == 2
    before = outlook.build(*seen, NOW, seen.month.previous().previous())
    assert before.frozen_words.endswith("nothing is known otherwise now.")


def test_most_of_the_trend_is_routine_and_the_sla_hides_what_gets_worse(seen: Watched) -> None:
    view = trend.build(*seen, NOW)
    signals = [row for row in view.rows if row.finding is Finding.SIGNAL]
    assert any(row.worse and row.key == Metric.REOPEN_RATE for row in signals)
    assert any(row.tone is Tone.GOOD and row.key == Metric.FIRST_RESPONSE_MEDIAN for row in signals)
    assert sum(row.finding is Finding.ROUTINE for row in view.rows) >= 7
    assert "kept, while these get worse" in view.watermelon
    assert "reopened" in view.watermelon


def test_two_disputes_are_under_way(seen: Watched) -> None:
    rows = disputes.build(*seen, NOW, seen.month).rows
    assert {row.state for row in rows} == {
        DisputeState.OPEN, DisputeState.RAISED, DisputeState.ACCEPTED
    }  # fmt: skip
    assert {row.in_favour_of for row in rows} == {Side.PROVIDER, Side.CLIENT}
    before = disputes.build(*seen, NOW, seen.month.previous()).rows
    assert DisputeState.REJECTED in {row.state for row in before}


@pytest.mark.parametrize(
    ("metric", "low", "high"),
    [
        (Metric.ONE_TOUCH, 0.2, 0.45),
        (Metric.REPEAT_RATE, 0.04, 0.18),
        (Metric.SATISFACTION, 0.7, 0.95),
        (Metric.REOPEN_RATE, 0.03, 0.14),
        (Metric.TICKETS_PER_USER, 2.0, 3.5),
    ],
)
def test_figures_are_those_of_an_ordinary_desk(
    seen: Watched, metric: Metric, low: float, high: float
) -> None:
    last = seen.month.previous()
    reading = Measures(seen.store, seen.engagement, last.start, NOW).reading(metric, last)
    assert reading.value is not None
    assert low < reading.value < high


def test_what_was_entered_twice_is_there_once(seen: Watched) -> None:
    everything = entries(seen.store, seen.engagement.id)
    kept = [one for one in everything if "-demo-" in one.id and one.kind in ENTERED]
    assert {one.kind for one in kept} == ENTERED
    told = Counter((one.at, one.kind, one.subject) for one in kept)
    assert max(told.values()) == 1
    assert all(one.at <= ANCHOR for one in kept)
