"""Signs of an outage, who admitted it when, and where accounts contradict each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.engine.accounts import Account, contradictions
from engagewatch.engine.candour import SignKind, candour, lags, unadmitted
from engagewatch.engine.durations import kaplan_meier
from engagewatch.engine.signs import (
    Failure,
    Namer,
    Opening,
    Signs,
    clusters_of,
    failures_of,
    people_needed,
)
from engagewatch.engine.timeline import flatten
from engagewatch.engine.user_minutes import user_minutes
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant
from engagewatch.model.service import ComponentState, Incident

UP, DEGRADED, PARTIAL, DOWN = (
    ComponentState.UP,
    ComponentState.DEGRADED,
    ComponentState.PARTIAL,
    ComponentState.DOWN,
)
NOW = 1_772_000_000
SINCE = NOW - 90 * DAY
ERP = frozenset({"erp"})


def wrote(minute: float, who: str, *services: str) -> Opening:
    return Opening(NOW + round(minute * MINUTE), who, frozenset(services))


def failed(start: float, end: float, service: str = "erp") -> Failure:
    return Failure(service, NOW + round(start * MINUTE), NOW + round(end * MINUTE), "probes")


def incident(started: int, posted: int, resolved: int | None = 120) -> Incident:
    return Incident(
        "i", "ERP", "", "critical", NOW + started * MINUTE, NOW + posted * MINUTE,
        None if resolved is None else NOW + resolved * MINUTE, ("1",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("signs", "kind", "lag"),
    [
        # Probes and people: whichever came first.
        (Signs((wrote(5, "a", "erp"), wrote(9, "b", "erp")), (failed(2, 90),)), "probes", 38),
        (Signs((wrote(1, "a", "erp"), wrote(2, "b", "erp")), (failed(6, 90),)), "tickets", 38),
        # Another service's failure says nothing of this one.
        (Signs((), (failed(2, 90, "mail"),)), "stated", 40),
        (Signs((wrote(5, "a", "mail"), wrote(9, "b", "mail"))), "stated", 40),
        # Our probes failed long before the start that the page names.
        (Signs((), (failed(-55, 90),)), "probes", 95),
        # A probe that has failed for days is about something else.
        (Signs((), (failed(-3 * 1440, 90),)), "stated", 40),
        # People who wrote of it one after the other, from 25 minutes before.
        (
            Signs(tuple(wrote(at, f"u{at}", "erp") for at in (-25, -14, -3, 6))),
            "tickets",
            54,
        ),
        # Where some name the service, others are about something else.
        (Signs((wrote(1, "a"), wrote(2, "b"), wrote(8, "c", "erp"))), "stated", 40),
        # Where nobody names one, it takes as many as chance would hardly bring.
        (Signs((wrote(1, "a"), wrote(2, "b")), people=3), "stated", 40),
        (Signs((wrote(1, "a"), wrote(2, "b"), wrote(8, "c")), people=3), "tickets", 32),
        # They told first.
        (Signs((), (failed(59, 90),)), "probes", -19),
    ],
)
def test_the_first_sign_is_ours_where_there_is_one(signs: Signs, kind: str, lag: int) -> None:
    found = candour(incident(0, 40), ERP, signs)
    assert (found.kind, found.lag) == (SignKind(kind), lag * MINUTE)


def test_an_outage_nobody_posted_is_never_admitted() -> None:
    signs = Signs((), (failed(0, 45), failed(50, 60), failed(600, 602)))
    (found,) = unadmitted(signs, {"erp": [], "mail": []}, SINCE, NOW + DAY)
    # The blip of two minutes is no outage; the two stretches close together are one.
    assert (found.service, found.kind) == ("erp", SignKind.PROBES)
    assert (found.first_sign_at, found.until_at) == (NOW, NOW + 60 * MINUTE)


@pytest.mark.parametrize(("start", "end"), [(-30, 5), (20, 30), (55, 90), (-300, 300)])
def test_what_the_page_told_of_at_the_time_is_admitted(start: int, end: int) -> None:
    signs = Signs((), (failed(0, 45),))
    told = {"erp": [(NOW + start * MINUTE, NOW + end * MINUTE)]}
    assert unadmitted(signs, told, SINCE, NOW + DAY) == []
    # The same words on another service admit nothing here.
    assert len(unadmitted(signs, {"erp": [], "mail": told["erp"]}, SINCE, NOW + DAY)) == 1


def test_a_service_the_page_does_not_list_cannot_be_admitted_there() -> None:
    assert unadmitted(Signs((), (failed(0, 45),)), {"mail": []}, SINCE, NOW + DAY) == []


def test_two_people_are_a_cluster_where_few_write_and_chance_where_many_do() -> None:
    pair = (wrote(0, "a", "erp"), wrote(6, "b", "erp"))
    (found,) = unadmitted(Signs(pair), {"erp": []}, SINCE, NOW + DAY)
    assert (found.kind, found.people, found.first_sign_at) == (SignKind.TICKETS, 2, pair[1].at)
    busy = tuple(wrote(-at * 60, f"u{at}", "erp") for at in range(10, 2000, 5))
    signs = Signs(tuple(sorted((*busy, *pair), key=lambda one: one.at)))
    assert unadmitted(signs, {"erp": []}, SINCE, NOW + DAY) == []


def test_people_needed_against_the_poisson_tail() -> None:
    # 398 tickets in 90 days of 40-hour weeks: 0.194 in a quarter of an hour. P(X >= 2) = 0.0164,
    # P(X >= 3) = 0.00104, P(X >= 4) = 0.00005: 6.5, 0.41 and 0.02 clusters are to be expected.
    assert people_needed(398, 90 * DAY) == 5
    assert people_needed(2, 90 * DAY) == 2
    assert people_needed(0, 90 * DAY) == 2


@given(st.integers(0, 5000), st.integers(1, 400))
def test_more_tickets_never_need_fewer_people(count: int, days: int) -> None:
    needed = people_needed(count, days * DAY)
    assert 2 <= needed <= people_needed(count + 1, days * DAY)


def test_people_who_may_mean_another_service_accuse_nobody() -> None:
    both = tuple(wrote(at, f"u{at}", "office", "depot") for at in range(4))
    assert unadmitted(Signs(both), {"office": [], "depot": []}, SINCE, NOW + DAY) == []
    # Of a posted incident they are a sign all the same.
    assert candour(incident(0, 40), {"office"}, Signs(both)).lag == 39 * MINUTE


def test_one_person_who_writes_often_is_no_cluster() -> None:
    writes = [wrote(at, "amy", "erp") for at in range(10)]
    assert list(clusters_of("erp", writes, 2)) == []
    (found,) = clusters_of("erp", [*writes, wrote(12, "bob", "erp")], 2)
    assert (found.sign_at, found.people) == (NOW + 12 * MINUTE, 2)


def test_a_median_counts_what_was_never_admitted_as_not_yet() -> None:
    told = [candour(incident(0, lag), (), Signs()) for lag in (10, 20, 30)]
    signs = Signs((), (failed(0, 45), failed(600, 700)))
    never = unadmitted(signs, {"erp": []}, SINCE, NOW + DAY)
    found = lags(told, never, NOW + DAY)
    assert [one.finished for one in found] == [True] * 3 + [False] * 2
    # 10, 20, 30 admitted, two not: half are by 30 minutes; of the three alone it were 20.
    assert kaplan_meier(found).median() == 30 * MINUTE
    # They told first: at once, never less than nothing.
    first = candour(incident(0, 0), ERP, Signs((), (failed(30, 90),)))
    assert first.lag == -30 * MINUTE
    assert lags([first], [], NOW)[0].length == 0


def test_services_are_named_by_the_words_of_their_names() -> None:
    namer = Namer(("Office Wi-Fi", "Depot Wi-Fi and scanners", "E-mail", "ERP"))
    assert namer.named("ERP: connection lost") == {"erp"}
    assert namer.named("Wi-Fi drops in meetings") == {"office wi-fi", "depot wi-fi and scanners"}
    assert namer.named("Laptop and account") == frozenset()
    assert namer.named("No e-mail", "erp") == {"e-mail", "erp"}
    assert namer.named("terpentine") == frozenset()


def test_failures_are_joined_over_what_is_told_without_a_gap() -> None:
    pieces = [(0, 10, UP), (10, 20, DOWN), (20, 30, PARTIAL), (40, 50, DOWN), (50, 60, DEGRADED)]
    found = [(one.from_at, one.until_at) for one in failures_of("erp", "probes", pieces)]
    assert found == [(10, 30), (40, 50)]


def minutes(
    *pieces: tuple[int, int, ComponentState],
) -> tuple[tuple[int, int, ComponentState], ...]:
    return tuple((NOW + a * MINUTE, NOW + b * MINUTE, state) for a, b, state in pieces)


def test_accounts_contradict_each_other_where_one_says_up_and_one_says_down() -> None:
    page = Account("page", minutes((0, 40, UP), (40, 100, PARTIAL), (100, 200, UP)))
    probes = Account("probes", minutes((0, 10, UP), (10, 70, DOWN), (73, 300, UP)))
    found = contradictions([page, probes], NOW, NOW + DAY)
    assert [(one.from_at - NOW, one.seconds, one.up, one.down) for one in found] == [
        (10 * MINUTE, 30 * MINUTE, ("page",), ("probes",)),
        # From 70 to 73 the probes are silent, which contradicts nothing.
        (73 * MINUTE, 27 * MINUTE, ("probes",), ("page",)),
    ]


def test_degraded_unknown_short_and_announced_time_contradict_nothing() -> None:
    page = Account("page", minutes((0, 300, UP)))
    probes = Account("probes", minutes((0, 30, DEGRADED), (50, 54, DOWN), (100, 160, DOWN)))
    window = (NOW + 90 * MINUTE, NOW + 150 * MINUTE)
    (found,) = contradictions([page, probes], NOW, NOW + DAY, [window])
    assert (found.from_at, found.seconds) == (NOW + 150 * MINUTE, 10 * MINUTE)


_states = st.sampled_from(list(ComponentState))
_pieces = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 90), _states), max_size=12)


@given(_pieces, _pieces)
def test_a_contradiction_is_exactly_up_against_down(
    one: list[tuple[int, int, ComponentState]], other: list[tuple[int, int, ComponentState]]
) -> None:
    accounts = [
        Account(name, tuple(flatten((NOW + a * 60, NOW + (a + n) * 60, s) for a, n, s in told)))
        for name, told in (("a", one), ("b", other))
    ]
    found = contradictions(accounts, NOW, NOW + 500 * MINUTE)

    def said(account: Account, at: Instant) -> ComponentState | None:
        return next((s for a, b, s in account.pieces if a <= at < b), None)

    for at in range(NOW, NOW + 500 * MINUTE, MINUTE):
        states = {said(account, at) for account in accounts}
        within = any(each.from_at <= at < each.until_at for each in found)
        if within:
            assert UP in states
            assert states & {DOWN, PARTIAL}
    # Swapping the accounts changes nothing but the order of names.
    swapped = contradictions(accounts[::-1], NOW, NOW + 500 * MINUTE)
    assert [(each.from_at, each.until_at) for each in found] == [
        (each.from_at, each.until_at) for each in swapped
    ]


def test_user_minutes_lie_between_who_wrote_and_who_is_served() -> None:
    openings = [wrote(10, "a", "erp"), wrote(30, "b", "erp"), wrote(40, "a", "erp")]
    found = user_minutes(openings, NOW, NOW + 2 * HOUR, 340)
    # 110 minutes of one, 90 of the other; 340 users for two hours.
    assert (found.low, found.high, found.people) == (200, 40_800, 2)
    assert user_minutes([], NOW, NOW + HOUR, None).low is None
    assert user_minutes([], NOW, NOW + HOUR, None).high is None
    assert user_minutes(openings, NOW, NOW + 2 * HOUR, 1).high == 200
