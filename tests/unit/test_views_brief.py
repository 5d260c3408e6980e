from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from views_world import (
    DESK,
    LOG,
    NORTHWIND,
    NOW,
    OFFICE,
    STATUS,
    World,
    answered,
    at,
    moved,
    opened,
    replied,
)

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.flag import Severity
from engagewatch.model.freshness import Failure, FreshnessState, SourceHealth
from engagewatch.model.service import ComponentState, Incident
from engagewatch.model.sides import Side
from engagewatch.views import at_risk, brief, portfolio, waiting, why
from engagewatch.views.brief import BriefView
from engagewatch.views.figure import Figure
from engagewatch.views.keys import FigureKind
from engagewatch.views.portfolio import EngagementLine
from engagewatch.views.tone import Tone


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (world := opened(tmp_path)).store:
        yield world


def figure(view: BriefView, kind: FigureKind, ledger: Side | None = None) -> Figure:
    return next(one for one in view.figures if (one.key.kind, one.key.ledger) == (kind, ledger))


def waiting_ticket(world: World, name: str, priority: str = "high") -> None:
    world.ticket(
        name,
        "03-10 09:00",
        replied("03-10 09:05", asks=True),
        moved("03-10 09:05", "pending"),
        priority=priority,
    )


def test_before_anything_was_read_nothing_is_claimed(world: World) -> None:
    view = brief.build(world.store, world.engagement, NOW)
    assert {one.value for one in view.figures} == {"cannot tell yet"}
    assert {one.tone for one in view.figures} == {Tone.UNKNOWN}
    assert [one.state for one in view.freshness] == [FreshnessState.NEVER] * 2
    assert "desk has never been read: nothing of it is in these figures." in view.not_known


def test_a_read_and_empty_desk_is_zero_and_calm(world: World) -> None:
    world.read("desk")
    world.read("status")
    view = brief.build(world.store, world.engagement, NOW)
    assert figure(view, FigureKind.WAITING).value == "0 items"
    assert figure(view, FigureKind.AT_RISK).value == "none"
    assert figure(view, FigureKind.ATTAINMENT, Side.PROVIDER).value == "none judged yet"
    assert view.attention == ()
    assert view.checks_words.endswith("run, no more flags")


def test_attention_is_five_at_most_and_the_rest_is_counted(world: World) -> None:
    for number in range(8):
        waiting_ticket(world, str(number))
    waiting_ticket(world, "grave", priority="urgent")
    view = brief.build(world.store, world.engagement, NOW)
    assert len(view.attention) == 5
    assert view.more == len(view.all_flags) - 5 > 0
    assert (
        view.checks_words == f"{view.checks} checks run, {view.more} less pressing flags not shown"
    )
    # The gravest priority leads, and its flag leads to its ticket.
    assert view.attention[0].ticket == ("desk", "grave")
    assert view.attention[0].severity is Severity.URGENT
    assert view.attention[0].whose_move == "us"
    assert view.attention[0].owner == "Lee Park"
    assert list(view.all_flags[:5]) == list(view.attention)


def test_since_when_says_what_began(world: World) -> None:
    world.ticket("1", "03-09 09:00", replied("03-09 09:05"))
    world.ticket("2", "03-10 10:30", replied("03-10 10:35"))
    view = brief.build(world.store, world.engagement, NOW)
    words = {one.ticket: one.since_words for one in view.all_flags}
    assert words["desk", "1"] == "overdue since Mon 9 Mar 17:00"
    assert words["desk", "2"] == "running since Tue 10 Mar 10:30"


def test_its_figures_agree_with_the_screens_they_lead_to(world: World) -> None:
    waiting_ticket(world, "1")
    world.ticket("2", "03-10 10:30", replied("03-10 10:35"))
    world.ticket("3", "03-09 09:00", replied("03-09 09:05"))
    world.ticket("4", "03-03 09:00", replied("03-03 09:05"), moved("03-03 10:00", "solved"))
    view = brief.build(world.store, world.engagement, NOW)
    risks = at_risk.build(world.store, world.engagement, NOW)
    assert figure(view, FigureKind.WAITING).count == 1
    assert waiting.build(world.store, world.engagement, NOW).total == 1
    assert figure(view, FigureKind.AT_RISK).count == risks.missed + risks.due_soon == 2
    assert figure(view, FigureKind.AT_RISK).value == "1 missed, 1 due soon"
    assert figure(view, FigureKind.OPEN).count == 3
    for one in view.figures:
        derivation = why.build(world.store, world.engagement, NOW, one.key)
        if one.count is not None:
            assert derivation.total == one.count
        else:
            assert (derivation.met, derivation.judged) == (one.met, one.judged)


def test_the_first_look_has_nothing_to_compare_with(world: World) -> None:
    waiting_ticket(world, "1")
    view = brief.build(world.store, world.engagement, NOW)
    assert (view.seen_at, view.seen_words, view.changes) == (None, "first look", ())


def test_what_changed_since_the_last_look_is_counted_by_kind(world: World) -> None:
    world.store.mark_seen("northwind", at("03-10 18:00"))
    world.ticket("before", "03-10 09:00", replied("03-10 09:05"))
    world.ticket("opened", "03-11 09:15", replied("03-11 09:20"))
    world.ticket("solved", "03-10 09:00", replied("03-10 09:05"), moved("03-11 09:30", "solved"))
    world.ticket(
        "ours",
        "03-10 09:00",
        replied("03-11 09:40", asks=True),
        moved("03-11 09:40", "pending"),
    )
    # Its eight hours ran out a minute ago.
    world.ticket("missed", "03-10 09:59", replied("03-10 10:05"))
    view = brief.build(world.store, world.engagement, at("03-11 10:00"))
    assert view.seen_words == "since you last looked, Tue 10 Mar 18:00"
    counts = {change.kind: change.count for change in view.changes}
    # The others' due time had passed before that look.
    assert counts == {"missed": 1, "waiting": 1, "opened": 1, "resolved": 1}
    by_kind = {change.kind: change for change in view.changes}
    (item,) = by_kind["resolved"].items
    assert item.words == "#solved Subject solved: resolved Wed 11 Mar 09:30"
    assert item.ticket == ("desk", "solved")
    assert by_kind["waiting"].words == "1 ticket came to us"
    (item,) = by_kind["missed"].items
    assert item.words == "#missed Subject missed: resolution was due Wed 11 Mar 09:59"


def test_many_changes_are_counted_in_full_and_listed_in_part(world: World) -> None:
    world.store.mark_seen("northwind", at("03-10 18:00"))
    for number in range(8):
        world.ticket(str(number), f"03-11 09:0{number}", replied(f"03-11 09:1{number}"))
    (change,) = brief.build(world.store, world.engagement, NOW).changes
    assert (change.count, change.words) == (8, "8 tickets opened")
    assert [item.ticket[1] for item in change.items if item.ticket] == ["7", "6", "5", "4", "3"]


def test_an_incident_posted_since_is_a_change(world: World) -> None:
    world.store.mark_seen("northwind", at("03-10 18:00"))
    outage = Incident(
        "i1", "Mail is slow", "investigating", "minor", at("03-11 09:00"), at("03-11 09:20"), None
    )
    world.services([(NOW, ComponentState.DEGRADED)], [outage])
    (change,) = brief.build(world.store, world.engagement, NOW).changes
    assert (change.kind, change.words) == ("incidents", "1 incident posted")


def test_a_failing_source_is_named_with_the_age_of_its_data(world: World) -> None:
    world.store.record_health(
        SourceHealth(
            "northwind",
            "desk",
            last_success_at=at("03-11 07:00"),
            failing_since=at("03-11 07:05"),
            failure=Failure.AUTHENTICATION,
            error="the token was refused",
            failures=4,
        )
    )
    view = brief.build(world.store, world.engagement, NOW)
    desk = view.freshness[0]
    assert desk.state is FreshnessState.FAILING
    assert desk.words == (
        "failing since Wed 11 Mar 07:05: it refuses our credentials; data from 3h ago"
    )
    assert "What has happened at desk since Wed 11 Mar 07:00." in view.not_known
    # What was read before is still shown.
    assert figure(view, FigureKind.WAITING).value == "0 items"


def test_records_that_could_not_be_read_are_counted(world: World) -> None:
    refused = (Refused("ticket 77", "no created_at"), Refused("ticket 78", "no created_at"))
    world.store_batch("desk", Batch("tickets", None, refused=refused))
    view = brief.build(world.store, world.engagement, NOW)
    assert "What stood in 2 records of desk that could not be read." in view.not_known


def test_what_the_contract_and_the_source_leave_open_is_said(tmp_path: Path) -> None:
    both = replace(NORTHWIND, sources=(DESK, LOG))
    with (world := opened(tmp_path, both)).store:
        world.read("desk")
        world.read("log")
        world.ticket("1", "03-11 09:00", priority="low")
        world.ticket("2", "03-11 09:00", moved("03-11 09:30", "limbo"))
        view = brief.build(world.store, both, NOW)
    assert view.not_known == (
        "Who wrote when at log: it shows no messages, so waits are read from statuses.",
        "Whose court tickets were in under 1 status without a meaning.",
        "Whether 1 open ticket will be in time: the contract sets no target for something in them.",
        "The state of any service: no status source has told of one.",
    )


def line(world: World, *others: Engagement) -> EngagementLine:
    view = portfolio.build(world.store, (world.engagement, *others), NOW)
    return next(one for one in view.lines if one.engagement == world.engagement.id)


def test_a_line_of_the_portfolio_tells_what_the_brief_tells(world: World) -> None:
    world.read("desk")
    world.read("status")
    world.services([(NOW, ComponentState.UP)])
    waiting_ticket(world, "1")
    found = line(world)
    assert (found.waiting, found.waiting_words) == (1, "1, oldest 1d")
    assert (found.at_risk, found.at_risk_words) == (0, "none")
    assert found.state == "urgent"
    assert found.client_flags.urgent == 1
    assert found.headline.startswith("#1 Subject 1: reply overdue")
    assert (found.services, found.services_tone) == ("up", Tone.GOOD)
    assert found.freshness == "live just now"
    assert found.client_ledger.value == "0 of 1"


def test_an_engagement_nobody_could_read_is_not_calm_and_comes_before_the_calm(
    world: World,
) -> None:
    world.read("desk")
    world.read("status")
    unread = replace(NORTHWIND, id="unread", name="Adder")
    view = portfolio.build(world.store, (world.engagement, unread), NOW)
    assert [(one.engagement, one.state) for one in view.lines] == [
        ("unread", "cannot tell yet"),
        ("northwind", "calm"),
    ]
    assert view.lines[0].waiting is None
    assert view.lines[0].waiting_words == "cannot tell yet"
    assert view.lines[0].freshness == "desk: never polled"


def test_the_brief_needs_no_public_holidays_and_counts_as_the_screens_do(tmp_path: Path) -> None:
    bank_holidays = replace(OFFICE, region="GB-ENG")
    english = replace(NORTHWIND, calendars={**NORTHWIND.calendars, "office": bank_holidays})
    with (world := opened(tmp_path, english)).store:
        world.read("desk")
        # Good Friday and Easter Monday are 3 and 6 April: eight hours from Thursday afternoon
        # end on Tuesday.
        world.ticket("1", "04-02 15:00", replied("04-02 15:05"))
        world.ticket("2", "03-10 15:00", replied("03-10 15:05"), answered("03-10 15:30"))
        for now in (NOW, at("04-02 16:00"), at("04-07 10:00"), at("04-07 14:30")):
            view = brief.build(world.store, english, now)
            risks = at_risk.build(world.store, english, now)
            assert figure(view, FigureKind.AT_RISK).count == risks.missed + risks.due_soon
        (row,) = (
            one
            for one in at_risk.build(world.store, english, at("04-07 10:00")).rows
            if one.ticket.ticket_id == "1"
        )
    assert row.obligation is Obligation.RESOLUTION
    assert row.remaining_words == "5h left"


@pytest.mark.parametrize("module", ["brief", "portfolio"])
def test_the_first_screen_loads_nothing_heavy(module: str) -> None:
    import subprocess

    script = (
        f"import sys; import engagewatch.views.{module}; "
        "print([name for name in ('holidays', 'scipy', 'pydantic', 'httpx', 'textual', 'msgspec') "
        "if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_the_status_source_alone_is_enough_to_be_told_of_services(world: World) -> None:
    world.read("status")
    world.services([(NOW, ComponentState.DOWN)])
    found = line(world)
    assert found.services == "1 down of 1"
    assert found.state == "urgent"
    assert found.provider_flags.urgent == 1
    assert found.waiting is None
    assert STATUS.id in {
        one.source for one in brief.build(world.store, world.engagement, NOW).freshness
    }
