"""What showed on our side beside what the page told: the services screen, a service, an outage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from views_world import LONDON, NORTHWIND, NOW, World, at, opened

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import Headcount, RunBy, SourceSettings
from engagewatch.model.instants import MINUTE
from engagewatch.model.metric import Metric
from engagewatch.model.service import (
    Component,
    ComponentChange,
    ComponentState,
    Incident,
    IncidentUpdate,
    Maintenance,
    StateSpan,
)
from engagewatch.views import incident_page, service_page, services, why
from engagewatch.views.keys import FigureKey, FigureKind
from engagewatch.views.measures import Measures
from engagewatch.views.period import parse_period

UP, DOWN = ComponentState.UP, ComponentState.DOWN
PROBES = SourceSettings(id="probes", adapter="prometheus", run_by=RunBy.CLIENT)
WATCHED = replace(
    NORTHWIND,
    sources=(*NORTHWIND.sources, PROBES),
    headcount=(Headcount(date(2025, 11, 3), 40),),
)
SINCE = at("02-20 00:00")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (world := opened(tmp_path, WATCHED)).store:
        yield world


def probed(world: World, *down: tuple[str, str]) -> None:
    """Let our probes see Mail up since 20 February, but for the stretches told."""
    spans, since = [], SINCE
    for start, end in ((at(a), at(b)) for a, b in down):
        spans += [StateSpan("m", UP, since, start), StateSpan("m", DOWN, start, end)]
        since = end
    spans.append(StateSpan("m", UP, since, NOW))
    mail = (Component("m", "mail", UP),)
    batch = Batch("t", None, components=mail, spans=tuple(spans), server_time=NOW, observed=True)
    world.store_batch("probes", batch, NOW)
    world.read("probes")


def told(name: str, started: str, posted: str, resolved: str) -> Incident:
    """The page told of an outage of Mail, and later named its start."""
    times = [at(text) for text in (started, posted, resolved)]
    updates = (
        IncidentUpdate("1", times[1], "investigating", "We are looking into it."),
        IncidentUpdate("2", times[2], "resolved"),
    )
    changes = (ComponentChange("mail", times[1], DOWN), ComponentChange("mail", times[2], UP))
    return Incident(
        name, f"Outage {name}", "resolved", "critical", *times, ("mail",), updates, changes
    )


OLD = told("old", "01-05 10:00", "01-05 10:00", "01-05 10:20")
"""Long ago: since then the page's account has no holes."""


def page(world: World, *incidents: Incident, works: tuple[Maintenance, ...] = ()) -> None:
    """Let the page tell of incidents; nobody polled it before now."""
    world.services([(NOW, UP)], [OLD, *incidents], works)
    world.read("status")


def test_an_outage_admitted_late_is_told_with_its_lag_from_our_own_sign(world: World) -> None:
    probed(world, ("03-09 10:00", "03-09 12:00"))
    page(world, told("late", "03-09 10:00", "03-09 10:40", "03-09 12:00"))
    view = services.build_with_signs(world.store, WATCHED, NOW)
    row = next(row for row in view.incidents if row.name == "Outage late")
    assert (row.lag, row.lag_words) == (40 * MINUTE, "told 40m after our probes failed")
    assert view.signs is not None
    assert (view.signs.told, view.signs.told_first, view.signs.never) == (2, 0, ())
    assert view.signs.candour.value == "2 outages, too few for a median"
    assert view.signs.never_words == "0 of 2 never admitted"
    # The page names the true start now, but for 40 minutes it said that all was well.
    (row,) = view.signs.disagreements
    assert (row.words, row.lasted) == ("status up; probes (ours) down", 40 * MINUTE)
    assert (row.from_at, row.until_at) == (at("03-09 10:00"), at("03-09 10:40"))


def test_an_outage_the_page_never_told_of_is_listed_and_kept_in_the_median(world: World) -> None:
    probed(world, ("03-04 09:00", "03-04 11:30"), ("03-05 09:00", "03-05 09:02"))
    page(world)
    view = services.build_with_signs(world.store, WATCHED, NOW)
    assert view.signs is not None
    (row,) = view.signs.never
    assert (row.name, row.sign_words) == ("Mail", "our probes failed for 2h 30m")
    assert view.signs.never_words == "1 of 2 never admitted"
    derivation = why.build(world.store, WATCHED, NOW, FigureKey(FigureKind.CANDOUR))
    assert "never admitted" in derivation.tickets[0].words
    assert "Kaplan-Meier" in derivation.formula
    # The catalogue's metric counts the same outages.
    march = parse_period("2026-03", LONDON)
    reading = Measures(world.store, WATCHED, march.start, NOW).reading(Metric.CANDOUR_LAG, march)
    assert (reading.count, reading.value) == (1, None)


def test_people_who_write_are_a_sign_too(world: World) -> None:
    for name, when, who in (("1", "09:00", "lee"), ("2", "09:06", "okafor"), ("3", "09:30", "zoe")):
        world.ticket(name, f"03-04 {when}", requester=who, subject="Mail does not arrive")
    page(world)
    view = services.build_with_signs(world.store, WATCHED, NOW)
    assert view.signs is not None
    (row,) = view.signs.never
    assert (row.sign_words, row.first_sign_at) == ("2 people wrote in", at("03-04 09:06"))


def test_what_came_before_the_page_was_known_accuses_nobody(world: World) -> None:
    probed(world, ("03-04 09:00", "03-04 11:30"))
    world.services([(NOW, UP)])
    world.read("status")
    view = services.build_with_signs(world.store, WATCHED, NOW)
    assert view.signs is not None
    assert view.signs.never == ()
    assert view.signs.candour.value == "no outage on record"


def test_planned_work_is_no_outage_unless_it_was_announced_late(world: World) -> None:
    probed(world, ("03-07 22:00", "03-07 23:30"))
    times = [at(text) for text in ("03-07 22:30", "03-07 22:00", "03-07 23:30")]
    work = Maintenance("w", "Patches", "completed", *times, ("mail",))
    page(world, works=(work,))
    shown = service_page.build(world.store, WATCHED, NOW, "mail")
    assert shown.never == ()
    (late,) = shown.planned
    assert late == (
        "Patches, Sat 7 Mar 22:00: announced 30m after it began; 30m of it counts as it was seen"
    )
    # Our probes' hour and a half: half an hour counts as down, the announced hour is taken out.
    theirs, ours = shown.accounts
    assert ours.run_by is RunBy.CLIENT
    counted = 10 * 24 + 10 - 1
    assert ours.months[-1].share == pytest.approx(1 - 0.5 / counted)
    # Until it was announced, the page said up.
    (differ,) = shown.disagreements
    assert (differ.from_at, differ.lasted) == (at("03-07 22:00"), 30 * MINUTE)
    assert theirs.months[-1].share == 1.0


def test_the_contract_s_own_maintenance_is_taken_out_of_every_account(tmp_path: Path) -> None:
    window = (at("03-07 22:00"), at("03-08 02:00"))
    agreed = replace(WATCHED, maintenance=(window,))
    with (world := opened(tmp_path, agreed)).store:
        probed(world, ("03-07 22:00", "03-08 02:00"))
        page(world)
        view = services.build_with_signs(world.store, agreed, NOW)
        assert view.signs is not None
        assert (view.signs.never, view.signs.disagreements) == ((), ())
        ours = next(row for row in view.components if row.run_by is RunBy.CLIENT)
        assert ours.observed == 1.0


def test_a_service_is_told_month_by_month_by_every_account(world: World) -> None:
    probed(world, ("03-09 10:00", "03-09 12:00"))
    page(world, told("late", "03-09 10:00", "03-09 10:40", "03-09 12:00"))
    shown = service_page.build(world.store, WATCHED, NOW, "mail")
    assert shown.months == ("Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026", "Mar 2026")
    theirs, ours = shown.accounts
    assert (theirs.who, ours.who) == ("status", "probes (ours)")
    # Before our probes began, and before the page's oldest incident, nothing is known: not up.
    assert [cell.share is None for cell in ours.months] == [True, True, True, False, False]
    assert [cell.share is None for cell in theirs.months] == [True, True, False, False, False]
    assert ours.months[3].coverage == pytest.approx(9 / 28)
    assert ours.months[4].share == pytest.approx(1 - 2 / 250)
    assert ours.chart.points[3].open
    why_not = why.build(world.store, WATCHED, NOW, theirs.months[2].figure)
    assert why_not.title == "Uptime of Mail by status, January 2026"
    assert why_not.value == f"{theirs.months[2].words} ({theirs.months[2].coverage_words})"
    assert shown.promise_words.startswith("99.5% promised around the clock")
    assert shown.disagree_words == "1 contradiction, 40m in all"
    assert [row.name for row in shown.incidents] == ["Outage late", "Outage old"]
    assert shown.base_rate_words == "2 on Mail in 9 weeks; before: unknown."


def test_an_incident_is_told_minute_by_minute_with_its_base_rate(world: World) -> None:
    probed(world, ("03-09 10:00", "03-09 12:00"))
    world.ticket("1", "03-09 10:10", requester="lee", subject="No mail")
    world.ticket("2", "03-09 10:20", requester="okafor", subject="Mail is gone")
    world.ticket("3", "03-09 10:30", requester="zoe", subject="A new keyboard")
    page(world, told("late", "03-09 10:00", "03-09 10:40", "03-09 12:00"))
    shown = incident_page.build(world.store, WATCHED, NOW, "status/late")
    assert shown is not None
    assert shown.candour_words == "Contoso IT told 40m after our probes failed."
    assert [(one.offset_words, one.who, one.words) for one in shown.moments][:5] == [
        ("0m", "status", "the start that the page names"),
        ("0m", "probes (ours)", "Mail fails"),
        ("0m", "", "first sign: our probes failed"),
        ("+10m", "tickets", "#1 No mail"),
        ("+20m", "tickets", "#2 Mail is gone"),
    ]
    # 110 and 100 minutes of those who wrote; two hours of forty.
    assert shown.users is not None
    assert (shown.users.low, shown.users.high) == (210, 4800)
    assert shown.users_words == (
        "210 at least (2 people wrote in), 4,800 at most (everybody served)"
    )
    assert shown.base_rate_words == "2 on Mail in 9 weeks; before: unknown."
    assert incident_page.build(world.store, WATCHED, NOW, "status/other") is None


def test_what_is_not_known_of_users_is_said(world: World) -> None:
    unknown = replace(WATCHED, headcount=())
    page(world, told("late", "03-09 10:00", "03-09 10:40", "03-09 12:00"))
    shown = incident_page.build(world.store, unknown, NOW, "status/late")
    assert shown is not None
    assert shown.users_words == "unknown: nobody wrote in, and how many are served is not told"
    bounded = incident_page.build(world.store, WATCHED, NOW, "status/late")
    assert bounded is not None
    assert bounded.users_words.startswith("unknown; 4,800 at most")


def test_an_outage_never_admitted_has_its_minutes_too(world: World) -> None:
    probed(world, ("03-04 09:00", "03-04 11:30"))
    page(world)
    view = services.build_with_signs(world.store, WATCHED, NOW)
    assert view.signs is not None
    shown = incident_page.build(world.store, WATCHED, NOW, view.signs.never[0].key)
    assert shown is not None
    assert shown.status_words == "never admitted: Mail"
    assert (
        shown.base_rate_words == "2 on Mail in 9 weeks, 1 of them never admitted; before: unknown."
    )
    assert [one.words for one in shown.moments] == [
        "Mail fails", "first sign: our probes failed", "Mail no longer fails, after 2h 30m",
    ]  # fmt: skip
