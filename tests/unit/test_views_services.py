from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from views_world import HOUR, LONDON, NORTHWIND, NOW, World, at, opened

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import UptimePromise
from engagewatch.model.instants import Instant
from engagewatch.model.service import Component, ComponentState, Incident, Maintenance
from engagewatch.views import services, why
from engagewatch.views.period import parse_period
from engagewatch.views.services import ComponentRow, ServicesView
from engagewatch.views.tone import Tone

UP, DOWN, UNKNOWN = ComponentState.UP, ComponentState.DOWN, ComponentState.UNKNOWN


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (world := opened(tmp_path)).store:
        yield world


def polls(
    start: str, end: Instant, state: ComponentState = UP
) -> list[tuple[Instant, ComponentState]]:
    """Return polls every quarter of an hour."""
    return [(when, state) for when in range(at(start), end + 1, 900)]


def work(
    name: str, announced: str, start: str, end: str, components: tuple[str, ...] = ()
) -> Maintenance:
    return Maintenance(name, name, "scheduled", at(announced), at(start), at(end), components)


def mail(view: ServicesView) -> ComponentRow:
    (row,) = view.components
    return row


def test_a_status_source_that_told_nothing_yet_is_not_all_up(world: World) -> None:
    view = services.build(world.store, world.engagement, NOW)
    assert view.is_watched
    assert view.not_known == ("No status source has told of any component yet.",)
    desk_alone = replace(NORTHWIND, sources=NORTHWIND.sources[:1])
    view = services.build(world.store, desk_alone, NOW)
    assert not view.is_watched
    assert view.summary == "not watched"
    assert view.summary_tone is Tone.UNKNOWN


def test_unwatched_time_is_unknown_and_the_coverage_says_how_much(world: World) -> None:
    world.services(polls("03-11 04:00", NOW))
    row = mail(services.build(world.store, world.engagement, NOW))
    assert (row.state, row.observed, row.observed_words) == (UP, 1.0, "100%")
    # Six hours of ten days and ten hours.
    assert row.coverage == pytest.approx(6 / 250)
    assert row.coverage_words == "watched 2% of the time"
    assert row.verdict == "cannot tell yet"
    assert row.reported_words == "cannot tell yet"
    today, yesterday = row.strip[-1], row.strip[-2]
    assert (today.state, today.partial) == (UP, True)
    assert today.words == "Wed 11 Mar: up, known for 60% of the day"
    assert (yesterday.state, yesterday.words) == (UNKNOWN, "Tue 10 Mar: unknown")
    assert len(row.strip) == 90


def test_a_state_seen_too_long_ago_is_not_the_state_now(world: World) -> None:
    world.services(polls("03-11 04:00", at("03-11 06:00")))
    view = services.build(world.store, world.engagement, NOW)
    row = mail(view)
    assert (row.state, row.state_words) == (UNKNOWN, "unknown; up 4h ago")
    assert view.summary == "1 unknown of 1"
    assert "The state of 1 component now." in view.not_known


def test_a_state_in_a_word_nobody_knows_is_shown_as_it_was_told(world: World) -> None:
    odd = Component("mail", "Mail", UNKNOWN, word="wobbly")
    world.store_batch(
        "status", Batch("summary", None, components=(odd,), server_time=NOW, observed=True), NOW
    )
    view = services.build(world.store, world.engagement, NOW)
    assert (mail(view).state, mail(view).state_words) == (UNKNOWN, 'unknown; told as "wobbly"')
    assert 'What these states mean: "wobbly" (Mail).' in view.not_known
    # Understood again: the word is gone.
    world.services([(NOW, UP)])
    view = services.build(world.store, world.engagement, NOW)
    assert (mail(view).state_words, view.summary) == ("up", "up")
    assert not any("wobbly" in sentence for sentence in view.not_known)


def test_downtime_beyond_all_repair_breaks_the_promise(world: World) -> None:
    fine, broken = (
        polls("03-01 00:00", at("03-10 09:00")),
        polls("03-10 09:15", at("03-10 14:00"), DOWN),
    )
    world.services([*fine, *broken, *polls("03-10 14:15", NOW)])
    row = mail(services.build(world.store, world.engagement, NOW))
    # 99.5% of March allows 3 h 43 min; five hours were down.
    assert (row.verdict, row.verdict_tone) == ("broken", Tone.BAD)
    assert row.observed_words == "98%"
    assert row.strip[-2].state is DOWN
    assert row.strip[-2].words == "Tue 10 Mar: down 5h"
    assert row.promise_words == "99.5%"


def test_a_little_downtime_early_is_below_so_far_but_not_broken(world: World) -> None:
    world.services(
        [
            *polls("03-01 00:00", at("03-02 09:00")),
            *polls("03-02 09:15", at("03-02 11:00"), DOWN),
            *polls("03-02 11:15", NOW),
        ]
    )
    row = mail(services.build(world.store, world.engagement, NOW))
    assert (row.verdict, row.verdict_tone) == ("below so far", Tone.WARNING)


def test_the_provider_s_own_account_serves_where_nobody_watched_and_is_named(world: World) -> None:
    told = Incident(
        "i1",
        "Mail unreachable",
        "resolved",
        "critical",
        at("02-10 10:00"),
        at("02-10 10:40"),
        at("02-10 16:00"),
        ("mail",),
    )
    # Told of long ago: since then the page's account has no holes.
    begun, ended = at("11-20 10:00", 2025), at("11-20 10:30", 2025)
    older = replace(told, id="i0", started_at=begun, posted_at=begun, resolved_at=ended)
    world.services([(NOW, UP)], [told, older])
    world.read("status")
    february = parse_period("2026-02", LONDON)
    row = mail(services.build(world.store, world.engagement, NOW, february))
    assert (row.observed, row.observed_words) == (None, "cannot tell yet")
    assert row.reported == pytest.approx(1 - 6 / (28 * 24))
    assert (row.verdict, row.verdict_tone) == ("broken, by the provider's account", Tone.BAD)


def test_an_incident_tells_how_long_it_took_to_tell(world: World) -> None:
    resolved = Incident(
        "i1", "Mail is down", "resolved", "major",
        at("03-09 10:00"), at("03-09 10:31"), at("03-09 12:00"), ("mail",),
    )  # fmt: skip
    under_way = Incident(
        "i2", "Mail is slow", "investigating", "minor", at("03-11 09:00"), at("03-11 09:00"), None
    )
    world.services([(NOW, UP)], [resolved, under_way])
    first, second = services.build(world.store, world.engagement, NOW).incidents
    assert (first.name, first.is_open, first.duration_words) == ("Mail is slow", True, "1h so far")
    assert first.posted_lag_words == "told at once"
    assert (second.duration_words, second.posted_lag_words) == ("2h", "told after 31m")
    assert second.posted_lag == 31 * 60
    assert second.components == ("Mail",)


def test_planned_work_is_listed_until_it_ends(world: World) -> None:
    past = work("past", "03-01 09:00", "03-09 20:00", "03-09 22:00")
    current = work("now", "03-11 09:40", "03-11 09:30", "03-11 11:00")
    ahead = work("next", "03-08 22:00", "03-14 22:00", "03-15 02:00", ("mail",))
    world.services([(NOW, UP)], maintenances=[ahead, past, current])
    first, second = services.build(world.store, world.engagement, NOW).maintenances
    assert first.under_way
    assert first.words == "Wed 11 Mar 09:30 for 1h 30m, announced after it began"
    assert second.words == "Sat 14 Mar 22:00 for 4h, announced 6d ahead"
    assert second.components == ("Mail",)


def test_quiet_days_are_counted_among_those_anything_is_known_of(world: World) -> None:
    world.services([*polls("03-08 00:00", at("03-10 09:00")), *polls("03-10 09:15", NOW, DOWN)])
    view = services.build(world.store, world.engagement, NOW)
    # Sunday and Monday; the outage began on Tuesday.
    assert (view.quiet_days, view.watched_days) == (2, 4)


def test_a_promise_of_its_own_goes_before_the_one_for_all(tmp_path: Path) -> None:
    strict = replace(NORTHWIND, uptime=(*NORTHWIND.uptime, UptimePromise("mail", 0.9999)))
    with (world := opened(tmp_path, strict)).store:
        world.services([(NOW, UP)])
        row = mail(services.build(world.store, strict, NOW))
    assert row.promise_words == "99.99%"


def test_without_a_promise_there_is_an_uptime_and_no_verdict(tmp_path: Path) -> None:
    unpromised = replace(NORTHWIND, uptime=())
    with (world := opened(tmp_path, unpromised)).store:
        world.services([*polls("03-11 05:00", at("03-11 09:00")), *polls("03-11 09:15", NOW, DOWN)])
        row = mail(services.build(world.store, unpromised, NOW))
    assert (row.promise, row.verdict) == (None, "nothing promised")
    assert row.observed == pytest.approx((4 * HOUR + 900) / (5 * HOUR))


def test_an_uptime_explains_itself(world: World) -> None:
    world.services(polls("03-11 04:00", NOW))
    row = mail(services.build(world.store, world.engagement, NOW))
    derivation = why.build(world.store, world.engagement, NOW, row.figure.key)
    assert derivation.title == "Uptime of Mail, March 2026"
    assert derivation.value == row.observed_words
    assert "never up" in derivation.formula
    assert derivation.not_counted[0] == row.coverage_words


def test_time_before_the_engagement_began_does_not_count(tmp_path: Path) -> None:
    young = replace(NORTHWIND, started=date(2026, 3, 11))
    with (world := opened(tmp_path, young)).store:
        world.services(polls("03-11 00:00", NOW))
        row = mail(services.build(world.store, young, NOW))
    assert row.coverage == 1.0
