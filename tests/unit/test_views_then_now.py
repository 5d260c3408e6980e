"""Then & now from a real store: both records on one scale, guarded against seeing what is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from views_world import DESK, HOUR, NORTHWIND, NOW, STATUS, World, at, moved, opened

from engagewatch.model.baseline import BaselineContent, BaselineFile, BaselineRow, Grade
from engagewatch.model.engagement import Headcount, RunBy
from engagewatch.model.instants import DAY, Instant
from engagewatch.model.service import ComponentState, Incident
from engagewatch.views import contrary, then_now, why
from engagewatch.views.chart import LineKind
from engagewatch.views.then_now import ThenNowView
from engagewatch.views.then_now_eras import first_is_after
from engagewatch.views.then_now_felt import uncovered
from engagewatch.views.then_now_rows import ComparedRow
from engagewatch.views.tone import Tone

# Started on 3 November 2025: before ends on 4 October, since begins on 3 December.
ENGAGEMENT = replace(NORTHWIND, headcount=(Headcount(date(2025, 11, 3), 100),))
OUTAGES, TICKETS, HEADCOUNT = (
    BaselineContent.OUTAGES,
    BaselineContent.TICKETS,
    BaselineContent.HEADCOUNT,
)


def imported(
    world: World,
    content: BaselineContent,
    rows: Iterable[BaselineRow],
    grade: Grade = Grade.EXPORT,
    name: str = "",
) -> None:
    file = BaselineFile(name or content.value, content, grade, "the old server room", "0" * 64, NOW)
    world.store.import_baseline("northwind", file, list(rows))


def outages_of_2025(count: int, until: Instant | None = None) -> list[BaselineRow]:
    """Return outages of two hours spread evenly over January to September 2025."""
    start, end = at("01-01 00:00", 2025), until or at("10-01 00:00", 2025)
    step = (end - start) // count
    return [
        BaselineRow(n + 2, start + n * step, start + n * step + 2 * HOUR, f"Outage {n}", users=50)
        for n in range(count)
    ]


def incident(name: str, start: Instant, hours: float = 1.0, impact: str = "major") -> Incident:
    end = start + round(hours * HOUR)
    return Incident(name, f"Incident {name}", "resolved", impact, start, start, end, ("mail",))


def watched(world: World, *incidents: Incident) -> None:
    """Let the status page be polled from 1 November 2025 on."""
    world.services([(at("11-01 00:00", 2025), ComponentState.UP)], incidents)


def built(world: World, now: Instant = NOW) -> ThenNowView:
    return then_now.build(world.store, world.engagement, now)


def row(view: ThenNowView, key: str) -> ComparedRow:
    return next(one for one in view.rows if one.key == key)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return opened(tmp_path, ENGAGEMENT)


def test_without_a_record_before_the_way_to_one_is_told(world: World) -> None:
    view = built(world)
    assert not view.has_record
    assert "engagewatch baseline import" in view.summary
    assert view.rows == ()


def test_fewer_outages_are_told_with_both_denominators(world: World) -> None:
    imported(world, OUTAGES, outages_of_2025(36))
    watched(world, incident("a", at("01-10 09:00")), incident("b", at("02-10 09:00")))
    found = row(built(world), "outages")
    assert found.before_count == "36 in 9.1 months"
    assert found.after_count == "2 in 3.2 months"
    assert (found.verdict_words, found.tone) == ("fewer", Tone.GOOD)
    assert found.effect_words.startswith("0.16 times, 95% 0.0")


def test_three_clean_months_after_one_a_month_prove_nothing(world: World) -> None:
    imported(world, OUTAGES, outages_of_2025(9))
    watched(world)
    found = row(built(world), "outages")
    assert (found.after_words, found.after_count) == ("0.00", "0 in 3.2 months")
    assert (found.verdict_words, found.tone) == ("cannot tell yet", Tone.UNKNOWN)


def test_nobody_watching_is_not_no_outage(world: World) -> None:
    imported(world, OUTAGES, outages_of_2025(36))
    view = built(world)
    found = row(view, "outages")
    assert (found.after_words, found.verdict_words) == ("cannot tell yet", "cannot tell yet")
    assert any("no source tells" in words for words in view.not_known)


def test_the_change_over_is_drawn_and_not_judged(world: World) -> None:
    late = BaselineRow(99, at("10-20 09:00", 2025), None)
    imported(world, OUTAGES, [*outages_of_2025(36), late])
    watched(world, incident("early", at("11-10 09:00", 2025)), incident("b", at("02-10 09:00")))
    found = row(built(world), "outages")
    assert (found.before_count, found.after_count) == ("36 in 9.1 months", "1 in 3.2 months")
    assert found.chart is not None
    shaded = [point.label for point in found.chart.points if point.shaded]
    assert shaded == ["Oct 25", "Nov 25", "Dec 25"]
    assert next(p for p in found.chart.points if p.label == "Nov 25").value == pytest.approx(
        1 / (30 * DAY / (365.25 * DAY / 12))
    )
    assert "the change-over since the start held 1, which are not judged" in found.against


@pytest.mark.parametrize(
    ("grade", "words"),
    [(Grade.NOTES, "from notes (grade C)"), (Grade.MEMORY, "from memory (grade D)")],
)
def test_notes_and_memory_are_not_tested(world: World, grade: Grade, words: str) -> None:
    imported(world, OUTAGES, outages_of_2025(90), grade)
    watched(world)
    found = row(built(world), "outages")
    assert found.verdict_words == f"not tested: {words}"
    assert not found.is_settled
    assert found.effect_words == ""


def test_memory_is_an_outline_and_never_a_point(world: World) -> None:
    imported(world, OUTAGES, outages_of_2025(9))
    imported(world, OUTAGES, [BaselineRow(2, at("06-10 09:00", 2024))], Grade.MEMORY, "memory")
    watched(world)
    chart = row(built(world), "outages").chart
    assert chart is not None
    (line,) = chart.lines
    assert (line.kind, line.label) == (LineKind.BEFORE, "from memory, grade D: not tested")
    drawn = {point.label: value for point, value in zip(chart.points, line.values, strict=True)}
    assert drawn["Jun 24"] == pytest.approx(1.0, abs=0.05)
    assert [label for label, value in drawn.items() if value is not None] == ["Jun 24"]
    assert next(point for point in chart.points if point.label == "Jun 24").value is None


def test_a_row_of_its_own_grade_is_left_out_and_told(world: World) -> None:
    noted = BaselineRow(99, at("05-05 09:00", 2025), grade=Grade.NOTES)
    imported(world, OUTAGES, [*outages_of_2025(9), noted])
    watched(world)
    found = row(built(world), "outages")
    assert found.before_count == "9 in 9.1 months"
    assert "1 outage from notes (grade C), not counted" in found.notes
    assert any(words.startswith("with what notes tell counted too") for words in found.against)


def test_what_only_our_probes_saw_counts_once(tmp_path: Path) -> None:
    probes = replace(STATUS, id="probes", run_by=RunBy.CLIENT)
    world = opened(tmp_path, replace(ENGAGEMENT, sources=(DESK, STATUS, probes)))
    imported(world, OUTAGES, outages_of_2025(9))
    told, alone = incident("a", at("01-10 09:00")), incident("c", at("02-20 09:00"))
    watched(world, told)
    from engagewatch.model.batch import Batch

    seen = (replace(told, id="x", started_at=told.started_at - 60), alone)
    world.store_batch("probes", Batch("history", None, incidents=seen))
    assert row(built(world), "outages").after_count == "2 in 3.2 months"


def test_rates_per_user_need_a_headcount_on_both_sides(world: World) -> None:
    imported(world, OUTAGES, outages_of_2025(36))
    watched(world)
    found = row(built(world), "outages_per_user")
    assert (found.before_words, found.before_count) == ("cannot tell yet", "headcount not known")
    imported(world, HEADCOUNT, [BaselineRow(2, at("01-01 00:00", 2025), users=50)], Grade.NOTES)
    noted = row(built(world), "outages_per_user")
    assert noted.before_words == "7.94"
    assert noted.before_count == "36 in 453 user-months"
    assert noted.verdict_words == "not tested: from notes (grade C)"
    imported(world, HEADCOUNT, [BaselineRow(2, at("01-01 00:00", 2025), users=50)])
    assert row(built(world), "outages_per_user").verdict_words == "fewer"


def tickets_before(count: int, hours: float, **more: object) -> list[BaselineRow]:
    start = at("04-01 09:00", 2025)
    step = (at("09-30 09:00", 2025) - start) // count
    return [
        BaselineRow(
            n + 2,
            start + n * step,
            start + n * step + round(hours * HOUR * (0.5 + n / count)),
            **more,  # type: ignore[arg-type]
        )
        for n in range(count)
    ]


def tickets_since(world: World, count: int, hours: int = 1, **more: object) -> None:
    for n in range(count):
        day = f"{n % 2 + 1:02d}-{n // 2 + 1:02d}"
        world.ticket(
            f"t{n}{more.get('priority', '')}", f"{day} 09:00",
            moved(f"{day} {9 + hours:02d}:{n % 50:02d}", "solved"), **more,
        )  # fmt: skip


def test_time_to_resolve_is_calendar_time_with_open_tickets_counted(world: World) -> None:
    imported(world, TICKETS, tickets_before(40, 30))
    tickets_since(world, 40)
    world.ticket("open", "02-28 09:00")
    found = row(built(world), "resolve")
    assert found.after_count == "n = 41, 1 still open"
    assert (found.verdict_words, found.tone) == ("shorter", Tone.GOOD)
    assert "log-rank p < 0.001" in found.effect_words


def test_under_twenty_a_side_lengths_are_shown_and_not_compared(world: World) -> None:
    imported(world, TICKETS, tickets_before(19, 30))
    tickets_since(world, 40)
    found = row(built(world), "resolve")
    assert found.verdict_words == "cannot tell yet"
    assert "20 a side are needed to compare lengths" in found.notes


def test_a_mix_that_changed_is_not_taken_for_speed(world: World) -> None:
    # Quick ones became slower, slow ones became slower; there are just far more quick ones now.
    imported(
        world,
        TICKETS,
        [
            *tickets_before(25, 0.4, priority="high"),
            *(replace(one, line=one.line + 200) for one in tickets_before(80, 40, priority="low")),
        ],
    )
    tickets_since(world, 50, priority="high")
    found = row(built(world), "resolve")
    assert found.verdict_words == "cannot tell yet"
    assert any("mix of tickets has changed" in words for words in found.notes)
    assert any(words.startswith("high: ") for words in found.against)


def test_tickets_without_an_end_before_are_counted_and_left_out(world: World) -> None:
    rows = tickets_before(40, 30)
    imported(world, TICKETS, [replace(rows[0], until_at=None), *rows[1:]])
    tickets_since(world, 40)
    assert any(
        "1 of 40 before have no end" in words for words in row(built(world), "resolve").notes
    )


def test_an_export_that_stops_early_is_not_read_as_quiet_months(world: World) -> None:
    imported(
        world, TICKETS, [one for one in tickets_before(60, 3) if one.at < at("07-01 00:00", 2025)]
    )
    imported(world, HEADCOUNT, [BaselineRow(2, at("01-01 00:00", 2025), users=100)])
    tickets_since(world, 30)
    assert row(built(world), "tickets_per_user").before_count == "30 in 299 user-months"


def logging_world(world: World, early_outages: int) -> ThenNowView:
    imported(world, OUTAGES, outages_of_2025(9))
    imported(world, HEADCOUNT, [BaselineRow(2, at("01-01 00:00", 2025), users=100)])
    imported(world, TICKETS, tickets_before(60, 3))
    for n in range(50):
        month, day = (11, n % 25 + 4) if n < 25 else (12, n % 25 + 1)
        world.store_batch("desk", ticket_batch(n, at(f"{month}-{day:02d} 09:00", 2025)))
    watched(
        world,
        *(incident(f"e{n}", at("11-05 09:00", 2025) + n * 4 * DAY) for n in range(early_outages)),
    )
    return built(world)


def ticket_batch(number: int, created: Instant):  # type: ignore[no-untyped-def]
    from engagewatch.model.batch import Batch
    from engagewatch.model.ticket import Event, EventKind, Ticket

    name = f"e{number}"
    ticket = Ticket(
        id=name, reference=f"#{name}", subject="Printer", status="open", priority="high",
        created_at=created, updated_at=created, requester="lee", assignee="zoe",
    )  # fmt: skip
    opening = Event(name, f"{name}-opened", created, EventKind.OPENED, value="new")
    return Batch("tickets", None, (ticket,), (opening,))


def test_more_tickets_without_more_outages_is_more_logged(world: World) -> None:
    (remark,) = logging_world(world, 2).remarks
    assert "more is being logged, not more is going wrong" in remark.words
    assert remark.tone is Tone.NOTICE


def test_more_tickets_with_more_outages_is_more_going_wrong(world: World) -> None:
    (remark,) = logging_world(world, 12).remarks
    assert "more was going wrong" in remark.words


def test_a_start_in_the_worst_quarter_is_a_reminder(world: World) -> None:
    old = [BaselineRow(n + 2, at("06-01 09:00", 2024) + n * 50 * DAY) for n in range(8)]
    bad = [BaselineRow(n + 50, at("08-10 09:00", 2025) + n * 9 * DAY) for n in range(6)]
    imported(world, OUTAGES, [*old, *bad])
    watched(world)
    (remark,) = built(world).remarks
    assert "Some improvement was due anyway" in remark.words
    assert "6 outages" in remark.words
    assert "Without that quarter: 0.00 times" in remark.words


def test_user_minutes_are_told_only_where_users_are_known(world: World) -> None:
    imported(world, OUTAGES, outages_of_2025(9))
    watched(world, incident("a", at("01-10 09:00")))
    found = row(built(world), "user_minutes")
    assert found.before_words == "5,955"  # 9 outages of 120 minutes and 50 users in 9.1 months
    assert found.before_count == "users hit known of 9 of 9"
    assert (found.after_words, found.after_count) == (
        "cannot tell yet",
        "users hit known of 0 of 1",
    )


def test_why_lists_both_records_and_what_speaks_against_the_verdict(world: World) -> None:
    imported(world, OUTAGES, outages_of_2025(36))
    watched(world, incident("a", at("01-10 09:00"), impact="minor"))
    found = row(built(world), "outages")
    told = why.build(world.store, world.engagement, NOW, found.figure)
    assert (told.total, told.value.split(": ")[0]) == (37, "fewer")
    assert told.formula.startswith("Before 3.97 (36 in 9.1 months), since 0.31 (1 in 3.2 months).")
    assert "conditional binomial" in told.formula
    assert any("the old server room" in words for words in told.not_counted)
    facts = contrary.build(world.store, world.engagement, NOW, found.figure).facts
    assert facts[0].startswith("1 of 1 since are minor in the status page's own word")


def test_every_measure_can_say_why(world: World) -> None:
    imported(world, OUTAGES, outages_of_2025(3))
    for one in built(world).rows:
        assert why.build(world.store, world.engagement, NOW, one.figure).formula


def test_the_record_is_covered_until_somebody_guesses_or_looks(world: World) -> None:
    imported(world, OUTAGES, outages_of_2025(3))
    assert built(world).is_covered
    world.store.enter([uncovered("northwind", NOW)])
    assert not built(world).is_covered


def test_both_eras_have_the_same_lines(world: World) -> None:
    imported(world, OUTAGES, outages_of_2025(9))
    imported(world, TICKETS, tickets_before(40, 30))
    watched(world, incident("a", at("01-10 09:00"), 3), incident("b", at("02-10 09:00")))
    lines = {line.key: line for line in built(world).eras}
    assert (lines["quiet"].before, lines["quiet"].after) == ("2 of 9", "0 of 2")
    assert (lines["longest"].before, lines["longest"].after) == ("2h", "3h")
    assert lines["median"].after == "too few"
    assert lines["absence"].after == "not on record"


def test_the_blind_order_follows_from_the_day_and_is_not_always_the_same() -> None:
    days = [date(2026, 3, day) for day in range(1, 29)]
    drawn = [first_is_after("northwind", day) for day in days]
    assert drawn == [first_is_after("northwind", day) for day in days]
    assert {True, False} == set(drawn)


def test_an_engagement_just_begun_has_nothing_since(world: World) -> None:
    imported(world, OUTAGES, outages_of_2025(9))
    imported(world, TICKETS, tickets_before(40, 30))
    watched(world)
    view = built(world, at("11-20 10:00", 2025))
    assert {one.verdict_words for one in view.rows} == {"cannot tell yet"}
