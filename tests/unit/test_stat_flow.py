"""Flow of work and candour of incidents."""

from __future__ import annotations

import pytest

from engagewatch.engine.candour import SignKind, candour
from engagewatch.engine.flow import (
    TicketFlow,
    backlog,
    one_touch,
    reopened,
    silent_repeats,
)
from engagewatch.engine.signs import Opening, Signs
from engagewatch.model.instants import DAY, MINUTE
from engagewatch.model.service import Incident
from engagewatch.model.sides import Side

NOW = 1_772_000_000
TICKETS, STATED = SignKind.TICKETS, SignKind.STATED


def ticket(opened: float, finished: float | None = None, **more: object) -> TicketFlow:
    """A ticket opened and finished so many days before now."""
    return TicketFlow(
        opened_at=NOW - round(opened * DAY),
        finished_at=None if finished is None else NOW - round(finished * DAY),
        **{"court": Side.PROVIDER, **more},  # type: ignore[arg-type]
    )


def test_backlog_by_court_and_age() -> None:
    found = backlog(
        [
            ticket(0.5), ticket(1.9), ticket(2), ticket(7.9, court=Side.CLIENT), ticket(8),
            ticket(30.9), ticket(61), ticket(400, court=Side.CLIENT), ticket(5, 1), ticket(-1),
        ],
        NOW,
    )  # fmt: skip
    assert found.total == 8
    assert found.by_court == {Side.PROVIDER: 6, Side.CLIENT: 2}
    assert [(bucket.label, bucket.count) for bucket in found.buckets] == [
        ("0-1", 2), ("2-3", 1), ("4-7", 1), ("8-14", 1), ("15-30", 1), ("31-60", 0), ("61+", 2),
    ]  # fmt: skip
    assert found.oldest == 400 * DAY


def test_an_empty_backlog_has_no_oldest() -> None:
    found = backlog([ticket(5, 1)], NOW)
    assert (found.total, found.oldest) == (0, None)


def test_reopenings_count_only_once_they_had_their_time() -> None:
    tickets = [
        ticket(40, 20),
        ticket(40, 20, reopened_after=13 * DAY),
        ticket(40, 20, reopened_after=15 * DAY),
        ticket(40, 13),  # could still come back
        ticket(40),
    ]
    rate = reopened(tickets, NOW)
    assert (rate.count, rate.of) == (1, 3)
    assert rate.words() == "1 of 3"
    assert rate.percent() is None


def test_one_touch_wants_one_word_and_no_return() -> None:
    tickets = [
        ticket(20, 10, provider_words=1),
        ticket(20, 10, provider_words=2),
        ticket(20, 10, provider_words=1, reopened_after=DAY),
        ticket(20, 10, provider_words=None),
        ticket(20, 3, provider_words=1),
    ]
    rate = one_touch(tickets, NOW)
    assert (rate.count, rate.of) == (1, 3)


def test_closing_and_logging_anew_is_seen() -> None:
    who = {"requester": "amy", "category": "vpn"}
    tickets = [
        ticket(60, 50, **who),
        ticket(45, 40, **who),  # five days after the first was resolved
        ticket(45, 40, requester="bob", category="vpn"),
        ticket(39, 38, requester="amy", category="mail"),
        ticket(44, 43, requester="amy"),
        ticket(2, **who),  # long after the second
        ticket(80, 70, requester="eve", category="vpn"),
        ticket(56, 55, requester="eve", category="vpn"),  # fourteen days to the second
    ]
    rate = silent_repeats(tickets, NOW)
    assert (rate.count, rate.of) == (2, 6)


def incident(started: int, posted: int, resolved: int | None = None) -> Incident:
    return Incident(
        "i", "Mail", "", "major", NOW + started * MINUTE, NOW + posted * MINUTE,
        None if resolved is None else NOW + resolved * MINUTE,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tickets", "kind", "lag"),
    [
        ([(2, "amy"), (10, "bob")], TICKETS, 29),
        ([(2, "amy"), (3, "amy"), (10, "bob")], TICKETS, 29),
        ([(2, "amy"), (3, "amy")], STATED, 39),  # one person is no cluster
        ([(2, "amy"), (20, "bob")], STATED, 39),  # too far apart
        ([(-60, "amy"), (-55, "bob")], STATED, 39),  # long before it began
        ([(50, "amy"), (55, "bob")], TICKETS, -16),  # the provider told first
        ([], STATED, 39),
    ],
)
def test_candour_runs_from_the_first_sign(
    tickets: list[tuple[int, str]], kind: SignKind, lag: int
) -> None:
    found = candour(
        incident(0, 39), (), Signs(tuple(Opening(NOW + at * MINUTE, who) for at, who in tickets))
    )
    assert found.kind is kind
    assert found.lag == lag * MINUTE


def test_an_incident_posted_as_it_began_has_no_lag() -> None:
    assert candour(incident(5, 5), (), Signs()).lag == 0


def test_what_was_finished_later_was_open_then() -> None:
    ticket = TicketFlow(opened_at=100, finished_at=500, court=Side.PROVIDER)
    assert backlog([ticket], 400).total == 1
    assert backlog([ticket], 500).total == 0
