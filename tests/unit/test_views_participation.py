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
    LONDON,
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

from engagewatch.model.batch import Batch
from engagewatch.model.clock import Obligation
from engagewatch.model.credits import CreditRule, Credits, CreditShape, CreditTier, Fee
from engagewatch.model.engagement import Engagement
from engagewatch.model.meeting import Answer, Invitee, Meeting
from engagewatch.model.participation import Part
from engagewatch.model.policy import Pause, Relief, Rules
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Event, EventKind
from engagewatch.views import (
    clock_view,
    evidence,
    participation,
    participation_part,
    relief,
    sla,
    why,
)
from engagewatch.views.participation import ParticipationView, PartRow
from engagewatch.views.period import parse_period


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (world := opened(tmp_path)).store:
        yield world


def view_of(world: World, period: str | None = None) -> ParticipationView:
    month = None if period is None else parse_period(period, LONDON)
    return participation.build(world.store, world.engagement, NOW, month)


def row(view: ParticipationView, part: Part) -> PartRow:
    return next(row for row in view.rows if row.part is part)


def decided(when: str) -> Event:
    return Event("", "", at(when), EventKind.APPROVAL_DECIDED, Side.CLIENT, "okafor", "approved")


def surveyed(when: str) -> Event:
    return Event("", "", at(when), EventKind.SURVEYED, Side.PROVIDER)


def rated(when: str, value: str) -> Event:
    return Event("", "", at(when), EventKind.RATED, Side.CLIENT, value=value)


def question(world: World, name: str, *, late: bool, requester: str = "lee") -> None:
    """A question that we may answer within four hours."""
    reply = "03-04 16:00" if late else "03-03 11:00"
    world.ticket(
        name,
        "03-03 09:00",
        replied("03-03 09:10", asks=True),
        moved("03-03 09:10", "pending"),
        answered(reply),
        moved(reply, "open", "pending"),
        requester=requester,
    )


def approval(world: World, name: str, asked: str, done: str | None) -> None:
    """An approval that the finance approver may take two business days for."""
    events = [approval_requested(asked, "okafor"), *([decided(done)] if done else [])]
    world.ticket(name, asked, *events)


# -- the five parts ------------------------------------------------------------------------------


def test_each_part_is_counted_by_itself_and_the_worst_is_named(world: World) -> None:
    for number in range(18):
        question(world, f"q{number}", late=False)
    for number in range(4):
        approval(world, f"late{number}", "03-02 09:00", "03-06 09:00")
    approval(world, "in time", "03-02 09:00", "03-03 09:00")
    approval(world, "open", "02-26 09:00", None)
    view = view_of(world)
    replies, approvals = row(view, Part.REPLIES).us, row(view, Part.APPROVALS).us
    assert (replies.value, replies.verdict) == ("18 of 18 (100%)", "kept")
    assert (approvals.value, approvals.verdict) == ("1 of 5", "lagging")
    # The open one was due in February, which counts it; it still waits.
    assert view.headline == "lagging: approvals, 4 of 5 late, oldest 13d 1h, Finance approver"
    # Nobody of theirs answered the tickets with the approvals.
    assert view.their_headline == "lagging: replies, 5 of 23 late, oldest 13d 1h"
    assert not hasattr(view, "score")


def test_both_sides_stand_on_the_same_rows(world: World) -> None:
    world.ticket("fast", "03-03 09:00", replied("03-03 09:10"))
    world.ticket("slow", "03-03 09:00", replied("03-03 12:00"))
    view = view_of(world)
    assert [one.title for one in view.rows] == [
        "Replies", "Approvals", "Tasks", "Attendance", "Surveys"
    ]  # fmt: skip
    them = row(view, Part.REPLIES).them
    assert (them.value, them.target_words, them.verdict) == ("1 of 2", "95%", "lagging")
    assert them.about == "first responses in time: no next response is promised"
    nothing = row(view, Part.APPROVALS).them
    assert (nothing.applies, nothing.met, nothing.value) == (False, None, "does not apply")
    assert view.their_headline == "lagging: replies, 1 of 2 late"


def test_nothing_known_is_no_zero(world: World) -> None:
    view = view_of(world)
    assert view.headline == "nothing to judge yet"
    assert row(view, Part.REPLIES).us.value == "none judged yet"
    assert row(view, Part.ATTENDANCE).us.value == "does not apply"
    assert "Our attendance: no meetings are known." in view.not_known


def test_attendance_of_both_sides_is_counted_once_somebody_recorded_it(world: World) -> None:
    world.store_batch(
        "desk",
        Batch(
            "meetings",
            None,
            meetings=(
                Meeting(
                    "m1", "Service review", at("03-04 10:00"), at("03-04 11:00"),
                    invitees=(
                        Invitee("okafor@northwind.example", "Ruth Okafor", Side.CLIENT,
                                answer=Answer.ACCEPTED, attended=False),
                        Invitee("zoe@contoso.example", "Zoe Hall", Side.PROVIDER, attended=True),
                        Invitee("x@contoso.example", "X", Side.PROVIDER, answer=Answer.ACCEPTED),
                    ),
                ),
            ),
        ),
    )  # fmt: skip
    attendance = row(view_of(world), Part.ATTENDANCE)
    assert attendance.us.value == "0 of 1"
    # An accepted invitation is not attendance: the third is not judged.
    assert (attendance.them.value, attendance.them.left_out) == ("1 of 1", "1 unknown")
    part = participation_part.build(world.store, world.engagement, NOW, Part.ATTENDANCE)
    assert [case.words for case in part.us.cases] == ["did not come: R. Okafor (Finance approver)"]


def test_surveys_are_answered_of_sent_and_silence_is_bounded(world: World) -> None:
    for number in range(12):
        answer = [rated("03-05 09:00", "good" if number else "bad")] if number < 4 else []
        world.ticket(
            f"s{number}", "03-02 09:00", moved("03-03 09:00", "solved"),
            surveyed("03-04 09:00"), *answer,
        )  # fmt: skip
    surveys = row(view_of(world), Part.SURVEYS)
    assert surveys.us.value == "4 of 12 (33.3%)"
    (bounds,) = surveys.extra
    assert bounds.startswith("3 of 4 answers satisfied; of all 12 asked between 25% and 92%")


def test_pending_approvals_count_as_at_least_so_long(world: World) -> None:
    for number in range(3):
        approval(world, f"quick{number}", "03-02 09:00", "03-02 10:00")
    few = row(view_of(world), Part.APPROVALS).extra[0]
    assert few.startswith("How long decisions take cannot be told yet: 3 asked for")
    for number in range(3):
        approval(world, f"open{number}", "02-16 09:00", None)
    extra = row(view_of(world), Part.APPROVALS).extra[0]
    # Closed ones alone would say an hour; with the pending ones half is reached just there.
    assert extra.startswith("Half of our approvals are decided within 1h of working time (6 asked")
    assert "3 not decided, counted as at least so long" in extra


def test_months_are_listed_and_a_trend_is_not_told_from_few(world: World) -> None:
    question(world, "march", late=True)
    replies = row(view_of(world), Part.REPLIES).us
    assert [month.words for month in replies.months][-2:] == ["Feb −", "Mar 0/1"]
    assert replies.trend_words == ("no trend told: 0 whole months in a row with 5 judged, 8 needed")


# -- what is behind a part -----------------------------------------------------------------------


def test_roles_are_shown_by_name_and_small_groups_together(world: World) -> None:
    for number in range(6):
        question(world, f"o{number}", late=number < 4, requester="okafor")
    for person in ("a", "b", "c", "d"):
        question(world, f"q{person}", late=False, requester=person)
    part = participation_part.build(world.store, world.engagement, NOW, Part.REPLIES)
    assert [(line.name, line.words) for line in part.us.roles] == [
        ("Finance approver", "2 of 6"),
        ("others (4 people)", "4 of 4"),
    ]
    first = part.us.cases[0]
    assert first.ticket is not None
    assert first.words == "missed: reply took 14h 50m of 4h"


def test_few_people_are_not_broken_down(world: World) -> None:
    for number in range(9):
        question(world, f"o{number}", late=True, requester="okafor")
    part = participation_part.build(world.store, world.engagement, NOW, Part.REPLIES)
    assert part.us.roles == ()
    assert part.us.roles_words.startswith("not broken down")


def test_every_part_tells_why(world: World) -> None:
    question(world, "late", late=True)
    view = view_of(world)
    key = row(view, Part.REPLIES).us.figure.key
    derivation = why.build(world.store, world.engagement, NOW, key)
    assert derivation.value == "we 0 of 1"
    assert "We allow ourselves P1 30m, default 4h." in derivation.formula
    assert [ticket.reference for ticket in derivation.tickets] == ["#late"]


# -- claimed and evidenced -----------------------------------------------------------------------


def test_pauses_and_silences_are_told_in_both_directions(world: World) -> None:
    world.ticket("parked", "03-03 09:00", moved("03-03 10:00", "pending"))
    world.ticket(
        "stale", "03-03 09:00", replied("03-03 10:00", asks=True), moved("03-03 10:00", "pending"),
        answered("03-03 12:00"), moved("03-04 12:00", "open", "pending"),
    )  # fmt: skip
    world.ticket("silent", "03-03 09:00", replied("03-03 10:00", asks=True))
    question(world, "agreed", late=False)
    view = evidence.build(world.store, world.engagement, NOW)
    by_reference = {found.reference: found for found in view.rows}
    assert by_reference["#parked"].unasked == NOW - at("03-03 10:00")
    assert by_reference["#stale"].stale == 24 * HOUR
    assert by_reference["#silent"].uncredited == NOW - at("03-03 10:00")
    assert "#agreed" not in by_reference
    assert view.summary == "2 paused beyond our questions, 1 not paused for our silence."
    assert view.unasked.span_words == "8d in 1 ticket"
    derivation = why.build(world.store, world.engagement, NOW, view.figure.key)
    assert derivation.total == 3


def test_a_minute_between_question_and_status_is_no_difference_worth_a_row(world: World) -> None:
    world.ticket(
        "1", "03-03 09:00", replied("03-03 10:00", asks=True), moved("03-03 10:01", "pending")
    )
    view = evidence.build(world.store, world.engagement, NOW)
    assert (view.rows, view.minor) == ((), 1)
    assert view.uncredited.seconds == 60


def test_only_what_falls_into_the_month_counts(world: World) -> None:
    world.ticket(
        "1", "02-26 09:00", moved("02-27 09:00", "pending"), moved("03-03 09:00", "open", "pending")
    )
    months = [
        evidence.build(world.store, world.engagement, NOW, parse_period(month, LONDON))
        for month in ("2026-02", "2026-03")
    ]
    assert [view.claimed.seconds for view in months] == [39 * HOUR, 57 * HOUR]


def test_where_messages_are_unseen_nothing_is_compared(tmp_path: Path) -> None:
    log = replace(LOG, meanings={"open": StatusMeaning.PROVIDER, "pending": StatusMeaning.CLIENT})
    blind = replace(NORTHWIND, sources=(log,))
    with (world := opened(tmp_path, blind)).store:
        world.ticket("1", "03-03 09:00", moved("03-03 10:00", "pending"), source="log")
        view = evidence.build(world.store, world.engagement, NOW)
    assert view.claimed.seconds == NOW - at("03-03 10:00")
    assert (view.evidenced.seconds, view.evidenced.span_words) == (None, "cannot tell yet")
    assert (view.unasked.seconds, view.rows) == (None, ())
    assert view.summary == "Whether we were asked cannot be told: no source shows messages."
    assert "What was asked during 8d of the time claimed." in view.not_known


def test_of_two_sources_only_the_one_with_messages_is_compared(tmp_path: Path) -> None:
    log = replace(LOG, meanings={"open": StatusMeaning.PROVIDER, "pending": StatusMeaning.CLIENT})
    both = replace(NORTHWIND, sources=(*NORTHWIND.sources, log))
    with (world := opened(tmp_path, both)).store:
        world.ticket("1", "03-03 09:00", moved("03-03 10:00", "pending"), source="log")
        question(world, "2", late=False)
        view = evidence.build(world.store, world.engagement, NOW)
    assert (view.claimed.tickets, view.evidenced.tickets) == (2, 1)
    assert (view.unasked.seconds, view.rows) == (0, ())
    assert "What was asked during 8d of the time claimed." in view.not_known
    assert any("log really asked" in sentence for sentence in view.not_known)


def test_a_ticket_tells_how_long_it_waited_and_what_that_excuses(world: World) -> None:
    world.ticket(
        "1", "03-03 09:00", replied("03-03 09:10", asks=True), answered("03-05 09:00"),
        moved("03-05 12:00", "solved"),
    )  # fmt: skip
    view = clock_view.build(world.store, world.engagement, NOW, "desk", "1")
    assert view.waits is not None
    assert (view.waits.claimed_words, view.waits.evidenced_words) == ("0m", "1d 23h")
    assert [one.words for one in view.waits.stretches] == [
        "Tue 3 Mar 09:10 to Thu 5 Mar 09:00 (1d 23h)"
    ]
    assert view.waits.excused == (
        "The resolution would have been met but for our time: 3h 10m of 8h without it.",
    )


# -- relief --------------------------------------------------------------------------------------


CLAUSE = Credits(
    currency="EUR",
    shape=CreditShape.TIERS,
    fees=(Fee(date(2025, 11, 1), Decimal(4000)),),
    rules=(
        CreditRule(
            "P2 resolution", Obligation.RESOLUTION, "P2",
            (CreditTier(Decimal("0.95"), Decimal("0.05")),
             CreditTier(Decimal("0.40"), Decimal("0.10"))),
        ),
    ),
)  # fmt: skip


def excusing(tmp_path: Path, terms: Relief, clause: Credits | None = CLAUSE) -> World:
    """A month of four resolutions: one met, one missed, two missed through our silence."""
    contract: Engagement = replace(
        NORTHWIND, relief=terms, credits=clause, rules=Rules(pause=Pause.NONE)
    )
    world = opened(tmp_path, contract)
    world.ticket("met", "03-03 09:00", replied("03-03 09:05"), moved("03-03 11:00", "solved"))
    world.ticket("missed", "03-03 09:00", replied("03-03 09:05"), moved("03-05 11:00", "solved"))
    for name in ("ours 1", "ours 2"):
        world.ticket(
            name, "03-03 09:00", replied("03-03 09:05", asks=True), answered("03-05 10:00"),
            moved("03-05 11:00", "solved"),
        )  # fmt: skip
    return world


@pytest.mark.parametrize(
    ("terms", "price"),
    [
        (Relief.NONE, "the contract grants none, so nothing of it is lost."),
        (Relief.AUTOMATIC_PAUSE, "our time costs us EUR 200.00."),
        (Relief.NOTICE_REQUIRED, "our time may cost us EUR 200.00, if notice was given."),
    ],
)
def test_misses_that_our_silence_explains_and_their_price(
    tmp_path: Path, terms: Relief, price: str
) -> None:
    with (world := excusing(tmp_path, terms)).store:
        block = relief.build(world.store, world.engagement, NOW)
    assert block.summary == "2 of 3 misses would have been met but for our time."
    assert {found.reference for found in block.rows} == {"#ours 1", "#ours 2"}
    assert (block.rows[0].counted_words, block.rows[0].without_words) == ("18h of 8h", "1h 5m")
    assert block.cost is not None
    # One of four met is below 40%: 10% of 4000. Without the two it is one of two: 5%.
    assert (block.cost.all_misses, block.cost.after_relief) == (Decimal(400), Decimal(200))
    assert block.cost.words.endswith(price)


def test_notice_that_may_still_be_given_and_notice_that_is_too_late(tmp_path: Path) -> None:
    with (world := excusing(tmp_path, Relief.NOTICE_REQUIRED)).store:
        (first, *_) = relief.build(world.store, world.engagement, NOW).rows
        short = replace(world.engagement, notice_days=1)
        (late, *_) = relief.build(world.store, short, NOW).rows
    assert first.standing_words == ("candidate, notice missing; it can be given until Tue 17 Mar")
    assert late.standing_words == "candidate, notice missing; it was due by Wed 4 Mar"


def test_a_notice_on_record_excuses_in_time_and_not_too_late(tmp_path: Path) -> None:
    with (world := excusing(tmp_path, Relief.NOTICE_REQUIRED)).store:
        before = relief.build(world.store, world.engagement, NOW)
        one, other = before.rows
        # Due on Tue 3 March at 17:00; ten business days later is Tue 17 March.
        for row, day in ((one, date(2026, 3, 17)), (other, date(2026, 3, 18))):
            world.store.enter([relief.noticed("northwind", NOW, row, day)])
        block = relief.build(world.store, world.engagement, NOW)
        assert {row.key: row.standing_words for row in block.rows} == {
            one.key: "excused, notice given Tue 17 Mar, in time",
            other.key: "stays a miss: notice given Wed 18 Mar, too late; it was due by Tue 17 Mar",
        }
        assert sum(block.excused.values()) == 1, "only the one in time is left out of the count"
        assert block.terms.endswith("within 10 business days; notice: 1 in time, 1 too late.")
        assert block.cost is not None
        # One of three met is still below 40%.
        assert block.cost.difference == 0
        world.store.enter([relief.noticed("northwind", NOW + 1, other, date(2026, 3, 10))])
        sure = relief.build(world.store, world.engagement, NOW)
        assert sure.cost is not None
        assert sure.cost.words.endswith("our time costs us EUR 200.00.")
        for row in before.rows:
            world.store.enter([relief.noticed("northwind", NOW + 2, row, None)])
        assert relief.build(world.store, world.engagement, NOW) == before


def test_without_a_clause_there_is_no_price(tmp_path: Path) -> None:
    with (world := excusing(tmp_path, Relief.AUTOMATIC_PAUSE, None)).store:
        assert relief.build(world.store, world.engagement, NOW).cost is None


def test_both_ledgers_and_participation_show_the_same_block(tmp_path: Path) -> None:
    with (world := excusing(tmp_path, Relief.NOTICE_REQUIRED)).store:
        ledgers = sla.build(world.store, world.engagement, NOW).relief
        assert ledgers == view_of(world).relief
        derivation = why.build(world.store, world.engagement, NOW, ledgers.figure.key)
    assert derivation.value == "2 of 3 misses"
    assert "1 that our time does not explain" in derivation.not_counted
