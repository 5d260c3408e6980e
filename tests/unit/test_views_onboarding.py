"""The on-boarding in words: sentences, gates, hours, and each figure's derivation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from engagewatch.config.templates import render_plan
from engagewatch.model.engagement import Engagement, NameDisplay, Privacy, Role
from engagewatch.model.entry import EntryKind
from engagewatch.model.plan import FloatRule, Onboarding, Owner
from engagewatch.model.policy import ALWAYS
from engagewatch.store.store import Store
from engagewatch.views import onboarding, onboarding_entering, onboarding_task, why
from engagewatch.views.entering import make_entry
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.onboarding import OnboardingView
from engagewatch.views.onboarding_plan import plan_state
from engagewatch.views.onboarding_words import about_hours, split_words
from engagewatch.views.why import WhyView

START = date(2026, 1, 5)


def at(day: int) -> int:
    moment = datetime(START.year, START.month, START.day, 12, tzinfo=UTC) + timedelta(day)
    return int(moment.timestamp())


class World:
    def __init__(self, store: Store, plan: Path) -> None:
        plan.write_text(render_plan(1))
        self.store = store
        self.engagement = Engagement(
            id="acme",
            name="Acme / Contoso",
            client="Acme",
            provider="Contoso",
            started=START,
            timezone="UTC",
            calendars={ALWAYS.name: ALWAYS},
            sources=(),
            people=(Role("Sponsor", "R. Okafor"),),
            onboarding=Onboarding(START, plan, weekly_client_hours=8),
        )

    def done(self, **tasks: int) -> None:
        for task, day in tasks.items():
            on = (START + timedelta(day)).isoformat()
            entry = make_entry("acme", at(day), EntryKind.TASK_DONE, task, {"on": on, "note": ""})
            self.store.enter([entry])

    def view(self, day: int) -> OnboardingView:
        return onboarding.build(self.store, self.engagement, at(day))

    def why(self, day: int, kind: FigureKind, subject: str = "") -> WhyView:
        return why.build(self.store, self.engagement, at(day), FigureKey(kind, subject=subject))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Store.open(tmp_path / "history.db") as store:
        yield World(store, tmp_path / "plan.csv")


def test_at_the_signature_it_says_what_the_plan_will_ask_of_us(world: World) -> None:
    view = world.view(0)
    assert view.hours_sentence == "This plan needs about 80 hours from us in the first 30 days."
    assert view.end is not None
    assert view.end.sentence == "The end of the plan is expected on Fri 10 Apr, as planned."


def test_later_it_says_what_the_coming_days_ask(world: World) -> None:
    world.done(A01=2)
    words = world.view(7).hours_sentence
    assert words.startswith("The next 7 days need about ")
    assert words.endswith("we said 8 a week.")


def test_a_passed_gate_keeps_its_slip(world: World) -> None:
    world.done(A01=2, A02=3, A11=10)
    gate = world.view(11).gates[0]
    assert gate.name == "G1 kick-off"
    assert gate.expected_words == "passed Thu 15 Jan"
    assert gate.words == "3 days late: both 3"


def test_the_next_gate_tells_whose_days_it_waits_for(world: World) -> None:
    world.done(A01=2, A02=10)
    gate = world.view(10).next_gate
    assert gate is not None
    assert "4 days later than planned: provider 4." in gate.sentence


def test_what_comes_next_is_late_due_or_starting_within_a_week(world: World) -> None:
    world.done(A01=2)
    names = [row.key for row in world.view(7).coming]
    assert "A02" in names, "late"
    assert "B04" not in names, "starts on day 14"
    assert "C02" in names, "starts on day 12"


def test_names_are_shown_only_where_privacy_allows(world: World) -> None:
    def who() -> str:
        row = world.view(1).row("A01")
        assert row is not None
        return row.person

    assert who() == "R. Okafor (Sponsor)"
    world.engagement = replace(world.engagement, privacy=Privacy(names=NameDisplay.ROLES))
    assert who() == "sponsor"


def test_every_figure_has_a_derivation_that_agrees(world: World) -> None:
    world.done(A01=6, A02=3, A03=9)
    view = world.view(12)
    for figure in view.figures:
        derived = why.build(world.store, world.engagement, at(12), figure.key)
        assert figure.value == derived.value
        assert derived.formula
    for gate in view.gates:
        derived = why.build(world.store, world.engagement, at(12), gate.figure)
        assert derived.tickets[-1].reference == gate.key


def test_the_slip_is_derived_link_by_link(world: World) -> None:
    world.done(A01=2, A02=10)
    derived = world.why(10, FigureKind.PLAN_SLIP, "A11")
    assert [(line.reference, line.words) for line in derived.tickets] == [
        ("A02", "7 days late: 7 days own (provider)"),
        ("A11", "4 days late: 4 days inherited"),
    ]
    assert derived.not_counted == ("spare days used up on the way: provider 3",)


def test_a_task_tells_what_it_waited_for_and_what_it_holds_up(world: World) -> None:
    world.done(A01=2)
    view = onboarding_task.build(world.store, world.engagement, at(10), "A02")
    assert view.held == ("11 days with the provider, from Mon 5 Jan",)
    assert view.stakes[0].startswith("G1 kick-off, planned for Mon 12 Jan: 4 days late")
    world.done(A02=10)
    view = onboarding_task.build(world.store, world.engagement, at(12), "A11")
    assert view.held == (
        "7 days waiting for A02 (provider), from Thu 8 Jan to Wed 14 Jan",
        "3 days with both, from Thu 15 Jan",
    )
    with pytest.raises(onboarding_task.TaskNotFoundError):
        onboarding_task.build(world.store, world.engagement, at(10), "Z9")


def test_without_a_plan_it_says_what_to_do(world: World) -> None:
    world.engagement = replace(world.engagement, onboarding=None)
    assert "init --onboarding" in world.view(0).problems[0]


def test_tenths_of_days_still_sum_to_the_whole() -> None:
    parts: dict[Owner | None, Fraction] = {
        Owner.OUTGOING: Fraction(35, 13),
        Owner.PROVIDER: Fraction(56, 13),
    }
    assert split_words(parts) == "provider 4.3, outgoing provider 2.7"
    thirds: dict[Owner | None, Fraction] = {
        Owner.CLIENT: Fraction(1, 3),
        Owner.PROVIDER: Fraction(1, 3),
        Owner.SHARED: Fraction(1, 3),
    }
    assert split_words(thirds) == "us 0.4, provider 0.3, both 0.3"


def test_the_rule_that_divides_spare_days_is_named(world: World) -> None:
    assert world.engagement.onboarding is not None
    assert "late first" in world.view(3).float_words
    proportional = replace(world.engagement.onboarding, float_rule=FloatRule.PROPORTIONAL)
    world.engagement = replace(world.engagement, onboarding=proportional)
    assert "in proportion" in world.view(3).float_words


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (83.6, "about 80 hours"),
        (33, "about 35 hours"),
        (7.4, "about 7 hours"),
        (0.6, "about 1 hour"),
    ],
)
def test_hours_are_told_no_more_exactly_than_they_are_known(hours: float, words: str) -> None:
    assert about_hours(hours) == words


def test_what_makes_no_sense_is_refused(world: World) -> None:
    world.done(A01=2)
    state = plan_state(world.store, world.engagement, at(5))
    assert state is not None
    one = state.task("A01")
    assert one is not None
    with pytest.raises(ValueError, match="reopen it first"):
        onboarding_entering.done("acme", at(5), one, START)
    with pytest.raises(ValueError, match="still to come"):
        onboarding_entering.parse_past_day("2026-02-01", START)
    assert onboarding_entering.parse_past_day("yesterday", START) == START - timedelta(1)


def test_hours_to_come_are_told_by_week_and_overdue_ones_at_once(world: World) -> None:
    first = world.view(0).figures[-1]
    assert first.value == "about 80 hours"
    assert first.note.endswith("; we said 8")
    world.done(A01=2)
    weeks = world.view(30).figures[-1].note.removeprefix("by week ").split(";")[0].split(", ")
    assert float(weeks[0]) > sum(float(week) for week in weeks[1:])


def test_what_is_typed_cannot_harm_a_screen(world: World) -> None:
    state = plan_state(world.store, world.engagement, at(0))
    assert state is not None
    one = state.task("A01")
    assert one is not None
    entry = onboarding_entering.noted("acme", at(0), one, "see\x1b[2J\x07 the wiki " + "x" * 900)
    note = str(entry.values["note"])
    assert "\x1b" not in note
    assert len(note) <= onboarding_entering.LONGEST_NOTE
