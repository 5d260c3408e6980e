"""Flags: every rule fires where it should, keeps quiet where it should, and knows no sides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engagewatch.engine.attainment import Attainment
from engagewatch.engine.flags import checks_run, raise_flags
from engagewatch.engine.situation import (
    OpenClock,
    OpenTicket,
    PeriodCount,
    Situation,
    SourceNow,
    UnmappedStatus,
)
from engagewatch.engine.situation_contract import ClaimableCredit
from engagewatch.engine.situation_participation import LateTask, MissedMeetings
from engagewatch.engine.situation_services import ComponentNow, IncidentNews, PlannedWork
from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.flag import Flag, Severity
from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.model.instants import DAY, HOUR, MINUTE, parse_iso
from engagewatch.model.service import ComponentState
from engagewatch.model.sides import Side

NOW = parse_iso("2026-03-13T10:00:00Z")
BASE = Situation("Northwind", "Contoso IT", "Europe/London")


def clock(
    obligation: Obligation,
    left: int | None,
    *,
    target: int | None = 4 * HOUR,
    state: ClockState = ClockState.RUNNING,
    owner: str = "",
) -> OpenClock:
    due = None if left is None or state is ClockState.PAUSED else NOW + left
    return OpenClock(
        Clock(
            obligation, 1, state, NOW - 9 * HOUR, None, 0,
            NOW - 9 * HOUR if state is ClockState.RUNNING else None,
            target, due, "24x7", "P2", None,
        ),
        left,
        owner,
    )  # fmt: skip


def ticket(
    *clocks: OpenClock,
    court: Side = Side.PROVIDER,
    since: int = HOUR,
    rank: int = 1,
    provider_word: int | None = None,
    client_word: int | None = None,
    words_seen: bool = True,
    unasked_pause: int | None = None,
    unrecorded_wait: int | None = None,
) -> OpenTicket:
    return OpenTicket(
        "desk", "481", "#481", "VPN drops", "P2", rank, court, NOW - since, clocks,
        None if provider_word is None else NOW - provider_word,
        None if client_word is None else NOW - client_word,
        words_seen, unasked_pause, unrecorded_wait,
    )  # fmt: skip


def flags_of(**parts: tuple[object, ...]) -> list[Flag]:
    return raise_flags(replace(BASE, **parts), NOW)  # type: ignore[arg-type]


def only(**parts: tuple[object, ...]) -> Flag:
    flags = flags_of(**parts)
    assert len(flags) == 1, [flag.rule for flag in flags]
    return flags[0]


def test_a_quiet_situation_raises_nothing_and_says_how_much_was_checked() -> None:
    calm = replace(
        BASE,
        tickets=(ticket(clock(Obligation.RESOLUTION, 3 * HOUR)),),
        components=(ComponentNow("page", "m", "Mail", ComponentState.UP, NOW),),
    )
    assert raise_flags(calm, NOW) == []
    assert checks_run(calm) == 6


def test_a_missed_provider_clock_that_is_still_open() -> None:
    flag = only(tickets=(ticket(clock(Obligation.RESOLUTION, -2 * HOUR)),))
    assert flag.rule == "provider_clock_missed"
    assert flag.key == "provider_clock_missed:desk:481:resolution:1"
    assert (flag.severity, flag.side) == (Severity.URGENT, Side.PROVIDER)
    assert flag.title == "#481 VPN drops: resolution overdue"
    assert "4h for the resolution and is 2h over" in flag.detail
    assert "Fri 13 Mar 08:00" in flag.detail
    assert flag.ticket == ("desk", "481")


def test_a_provider_clock_is_the_clients_move_while_the_client_holds_the_ticket() -> None:
    flag = only(tickets=(ticket(clock(Obligation.RESOLUTION, -2 * HOUR), court=Side.CLIENT),))
    assert flag.side is Side.CLIENT
    assert "in the court of Northwind" in flag.detail
    assert flag.next_step.startswith("Answer #481")


@pytest.mark.parametrize(
    ("left", "target", "soon"),
    [
        (HOUR, 2 * HOUR, True),  # half is left, but only an hour
        (HOUR + 1, 2 * HOUR, False),
        (2 * HOUR, 8 * HOUR, True),  # a quarter left
        (2 * HOUR + 60, 8 * HOUR, False),
        (0, 8 * HOUR, True),  # exactly on target is not missed
    ],
)
def test_due_soon_is_a_quarter_of_the_target_or_an_hour(left: int, target: int, soon: bool) -> None:
    flags = flags_of(tickets=(ticket(clock(Obligation.RESOLUTION, left, target=target)),))
    assert [flag.rule for flag in flags] == (["provider_due_soon"] if soon else [])


def test_an_office_clock_near_its_end_is_due_soon_over_a_weekend() -> None:
    # Half an hour of business time left, due on Monday.
    monday = replace(clock(Obligation.RESOLUTION, 1800).clock, due_at=NOW + 3 * DAY)
    flag = only(tickets=(ticket(OpenClock(monday, 1800)),))
    assert flag.rule == "provider_due_soon"
    assert "due Mon 16 Mar 10:00" in flag.title


def test_what_is_due_on_the_same_day_is_due_today() -> None:
    flag = only(tickets=(ticket(clock(Obligation.RESOLUTION, 30 * MINUTE)),))
    assert flag.title == "#481 VPN drops: resolution due today 10:30"


def test_nobody_is_asked_who_is_on_a_ticket_whose_owner_is_on_record() -> None:
    named = clock(Obligation.RESOLUTION, -HOUR, owner="Paige Driscoll")
    assert only(tickets=(ticket(named),)).next_step == (
        "Ask Contoso IT when to expect the next step on #481."
    )
    assert only(tickets=(ticket(clock(Obligation.RESOLUTION, -HOUR)),)).next_step == (
        "Ask Contoso IT who is on #481 and when to expect the next step."
    )


def test_an_approval_and_the_question_that_came_with_it_are_one_flag() -> None:
    reply, approval = clock(Obligation.REPLY, -HOUR), clock(Obligation.APPROVAL, -MINUTE)
    flag = only(tickets=(ticket(reply, approval, court=Side.CLIENT),))
    assert flag.rule == "approval_overdue"


def test_a_ticket_in_nobodys_court_is_said_to_be_there() -> None:
    flag = only(tickets=(ticket(clock(Obligation.RESOLUTION, -HOUR), court=Side.NOBODY),))
    assert "has been in nobody's court since" in flag.detail


def test_a_clock_paused_after_its_target_was_spent_is_missed() -> None:
    spent = clock(Obligation.RESOLUTION, -HOUR, state=ClockState.PAUSED)
    flag = only(tickets=(ticket(spent, court=Side.CLIENT),))
    assert flag.rule == "provider_clock_missed"
    assert "It was due" not in flag.detail  # a paused clock has no due instant


def test_of_one_priority_the_nearer_the_due_instant_the_further_up() -> None:
    near = ticket(clock(Obligation.RESOLUTION, 10 * MINUTE))
    far = replace(ticket(clock(Obligation.RESOLUTION, 50 * MINUTE)), id="482")
    quiet = replace(ticket(since=5 * DAY), id="483")
    quieter = replace(ticket(since=9 * DAY), id="484")
    flags = flags_of(tickets=(far, quiet, near, quieter))
    assert [flag.ticket for flag in flags] == [
        ("desk", "481"), ("desk", "482"), ("desk", "484"), ("desk", "483"),
    ]  # fmt: skip


def test_a_long_subject_is_cut_in_the_title() -> None:
    long = replace(ticket(clock(Obligation.RESOLUTION, -60)), subject="The printer " * 9)
    assert only(tickets=(long,)).title == (
        "#481 The printer The printer The printe…: resolution overdue"
    )


def test_a_clock_without_a_target_is_neither_missed_nor_due() -> None:
    assert flags_of(tickets=(ticket(clock(Obligation.RESOLUTION, None, target=None)),)) == []


def test_an_overdue_reply_says_what_it_holds_up() -> None:
    paused = clock(Obligation.RESOLUTION, 2 * HOUR, state=ClockState.PAUSED)
    reply = clock(Obligation.REPLY, -HOUR, owner="R. Okafor")
    flag = only(tickets=(ticket(reply, paused, court=Side.CLIENT),))
    assert (flag.rule, flag.side, flag.owner) == (
        "client_reply_overdue",
        Side.CLIENT,
        "R. Okafor",
    )
    assert "Contoso IT's resolution stands still with 2h left" in flag.detail
    running = clock(Obligation.RESOLUTION, 3 * HOUR)
    flag = only(tickets=(ticket(reply, running, court=Side.CLIENT),))
    assert "runs on, due Fri 13 Mar 13:00" in flag.detail


def test_an_overdue_approval_asks_for_a_decision() -> None:
    approval = clock(Obligation.APPROVAL, -HOUR, owner="Finance approver")
    flag = only(tickets=(ticket(approval, court=Side.CLIENT),))
    assert flag.rule == "approval_overdue"
    assert flag.next_step == "Approve or refuse #481, or name who decides."


@pytest.mark.parametrize("left", [-3 * HOUR, -60, 0, HOUR // 2, HOUR])
@pytest.mark.parametrize("rank", [0, 1, 2, 3])
def test_both_ledgers_are_held_to_the_same_rules(left: int, rank: int) -> None:
    theirs = only(tickets=(ticket(clock(Obligation.NEXT_RESPONSE, left), rank=rank),))
    ours = only(tickets=(ticket(clock(Obligation.REPLY, left), rank=rank, court=Side.CLIENT),))
    assert (theirs.severity, theirs.weight) == (ours.severity, ours.weight)
    assert theirs.side is not ours.side


def test_silence_is_the_same_in_both_directions() -> None:
    long, short = 3 * DAY, 3 * DAY - 1
    theirs = only(tickets=(ticket(since=5 * DAY, provider_word=long),))
    ours = only(tickets=(ticket(since=5 * DAY, client_word=long, court=Side.CLIENT),))
    assert (theirs.rule, ours.rule) == ("silent_provider", "silent_client")
    assert (theirs.severity, theirs.weight) == (ours.severity, ours.weight)
    assert "No word from Contoso IT" in theirs.detail
    assert "No word from Northwind" in ours.detail
    assert flags_of(tickets=(ticket(since=5 * DAY, provider_word=short),)) == []
    assert flags_of(tickets=(ticket(since=5 * DAY, client_word=short, court=Side.CLIENT),)) == []
    # The other side's words do not break a silence.
    assert flags_of(tickets=(ticket(since=5 * DAY, provider_word=long, client_word=60),)) != []


def test_without_messages_silence_is_only_called_standstill() -> None:
    flag = only(tickets=(ticket(since=4 * DAY, words_seen=False),))
    assert "No movement" in flag.detail
    assert "No word" not in flag.detail


def test_a_side_called_for_a_clock_is_not_called_silent_as_well() -> None:
    flag = only(tickets=(ticket(clock(Obligation.RESOLUTION, -DAY), since=9 * DAY),))
    assert flag.rule == "provider_clock_missed"


def test_nobody_is_called_silent_while_a_third_party_holds_the_ticket() -> None:
    assert flags_of(tickets=(ticket(court=Side.THIRD_PARTY, since=9 * DAY),)) == []


def test_status_and_messages_that_disagree_are_flagged_in_both_directions() -> None:
    unasked = only(tickets=(ticket(court=Side.CLIENT, unasked_pause=5 * HOUR),))
    unpaused = only(tickets=(ticket(unrecorded_wait=5 * HOUR),))
    assert (unasked.rule, unasked.side) == ("pause_without_question", Side.PROVIDER)
    assert (unpaused.rule, unpaused.side) == ("question_without_pause", Side.CLIENT)
    assert (unasked.severity, unasked.weight) == (unpaused.severity, unpaused.weight)
    assert unasked.title == "#481 VPN drops: paused without a recorded question"
    assert flags_of(tickets=(ticket(court=Side.CLIENT, unasked_pause=30 * MINUTE),)) == []
    assert flags_of(tickets=(ticket(unrecorded_wait=30 * MINUTE),)) == []
    # Where messages are unseen nothing can be said.
    assert flags_of(tickets=(ticket(court=Side.CLIENT, unasked_pause=None),)) == []


def down(
    name: str, state: ComponentState = ComponentState.DOWN, incident: str = ""
) -> ComponentNow:
    return ComponentNow("page", name.lower(), name, state, NOW - 600, incident, incident, 2)


def test_components_of_one_incident_make_one_flag() -> None:
    flag = only(
        components=(
            replace(down("Mail", incident="i1"), since=NOW - 2 * HOUR),
            down("VPN", ComponentState.PARTIAL, "i1"),
            down("Web", ComponentState.UP),
        )
    )
    assert (flag.key, flag.severity) == ("component_down:page:i1", Severity.URGENT)
    assert flag.title == "Mail and VPN: down"
    assert flag.since == NOW - 2 * HOUR
    assert "ninety days before had 2 incidents" in flag.detail


def test_trouble_without_an_incident_says_that_the_page_names_none() -> None:
    flag = only(components=(down("Web", ComponentState.DEGRADED),))
    assert flag.severity is Severity.NOTICE
    assert "names no incident" in flag.detail


@pytest.mark.parametrize("state", [ComponentState.UNKNOWN, ComponentState.MAINTENANCE])
def test_what_is_unknown_or_planned_is_not_called_down(state: ComponentState) -> None:
    assert flags_of(components=(down("Web", state),)) == []


@pytest.mark.parametrize(
    ("posted_after", "severity"),
    [
        (29 * MINUTE, None),
        (30 * MINUTE, Severity.NOTICE),
        (2 * HOUR, Severity.ATTENTION),
        (-5 * MINUTE, None),
    ],
)
def test_late_news_of_an_incident(posted_after: int, severity: Severity | None) -> None:
    sign = NOW - 5 * HOUR
    news = IncidentNews("page", "i1", "Mail", sign, "3 tickets within 15m", sign + posted_after)
    assert [flag.severity for flag in flags_of(incidents=(news,))] == (
        [] if severity is None else [severity]
    )


def test_an_incident_not_posted_at_all() -> None:
    news = IncidentNews("page", "i1", "Mail", NOW - 45 * MINUTE, "our poll saw Mail down", None)
    flag = only(incidents=(news,))
    assert flag.title == "Mail: not posted after 45m"


def work(start: int, length: int, announced: int) -> PlannedWork:
    return PlannedWork(
        "page", "m1", "Router swap", NOW - announced, NOW + start, NOW + start + length, ("VPN",)
    )


def test_planned_work_is_announced_two_days_ahead_until_it_ends() -> None:
    assert flags_of(planned=(work(2 * DAY + 1, HOUR, DAY),)) == []
    assert only(planned=(work(2 * DAY, HOUR, DAY),)).rule == "maintenance_upcoming"
    assert "under way" in only(planned=(work(-HOUR, 2 * HOUR, DAY),)).title
    assert flags_of(planned=(work(-2 * HOUR, HOUR, DAY),)) == []


def test_short_notice_is_told() -> None:
    assert "earlier notice" in only(planned=(work(HOUR, HOUR, HOUR),)).next_step
    assert "earlier notice" not in only(planned=(work(HOUR, HOUR, 2 * DAY),)).next_step


def source(**health: object) -> SourceNow:
    return SourceNow(SourceHealth("northwind", "desk", **health), 300)  # type: ignore[arg-type]


def test_a_source_that_needs_a_person_is_flagged_at_once() -> None:
    flag = only(
        sources=(
            source(
                failing_since=NOW - HOUR,
                failure=Failure.AUTHENTICATION,
                failures=1,
                error="The desk refused the token.",
                last_success_at=NOW - 2 * HOUR,
            ),
        )
    )
    assert (flag.rule, flag.side) == ("source_failing", Side.CLIENT)
    assert "stand as of Fri 13 Mar 08:00" in flag.detail


def test_a_failure_that_may_pass_gets_three_tries() -> None:
    failing = {"failing_since": NOW - HOUR, "failure": Failure.TRANSIENT}
    assert flags_of(sources=(source(**failing, failures=2),)) == []
    assert only(sources=(source(**failing, failures=3),)).side is Side.NOBODY


def test_old_data_is_stale_after_two_intervals() -> None:
    assert flags_of(sources=(source(last_success_at=NOW - 600),)) == []
    flag = only(sources=(source(last_success_at=NOW - 2 * HOUR),))
    assert (flag.rule, flag.title) == ("source_stale", "Source desk was last read 2h ago")
    assert only(sources=(source(last_success_at=NOW - 601),)).rule == "source_stale"
    assert flags_of(sources=(source(),)) == []  # never read, nothing failed: no news yet


def period(
    met: int, judged: int, more: float, obligation: Obligation = Obligation.RESOLUTION
) -> PeriodCount:
    count = Attainment(met, judged, 0.95)
    return PeriodCount("P2", 1, obligation, "2026-03", "March 2026", count, more)


def test_a_period_that_is_lost_whatever_comes() -> None:
    flag = only(periods=(period(20, 30, 10),))
    assert (flag.rule, flag.side) == ("period_lost", Side.PROVIDER)
    assert flag.key == "period_lost:P2:resolution:2026-03"
    assert flag.title == "P2 resolution: March 2026 can no longer reach 95%"
    assert "20 of 30 met so far" in flag.detail


def test_the_clients_period_is_judged_alike() -> None:
    theirs = only(periods=(period(20, 30, 10),))
    ours = only(periods=(period(20, 30, 10, Obligation.REPLY),))
    assert (theirs.severity, theirs.weight) == (ours.severity, ours.weight)
    assert ours.side is Side.CLIENT


def test_a_budget_is_used_up_by_misses_only() -> None:
    assert only(periods=(period(28, 30, 10),)).rule == "budget_used_up"
    assert flags_of(periods=(period(29, 30, 10),)) == []
    # Three tickets a month allow no miss from the start; that alone is no news.
    assert flags_of(periods=(period(1, 1, 2),)) == []


def test_no_promise_no_flag() -> None:
    bare = replace(period(1, 30, 5), attainment=Attainment(1, 30))
    assert flags_of(periods=(bare,)) == []


def test_a_status_without_a_meaning() -> None:
    flag = only(unmapped=(UnmappedStatus("desk", "Parked", 4),))
    assert flag.key == "status_unmapped:desk:Parked"
    assert "4 tickets" in flag.detail


def test_order_is_by_consequence_and_does_not_hang_on_the_input() -> None:
    first = ticket(clock(Obligation.RESOLUTION, -60), rank=0)
    late = replace(ticket(clock(Obligation.RESOLUTION, -9 * HOUR), rank=3), id="482")
    mixed = replace(
        BASE,
        tickets=(late, first),
        components=(down("Mail"),),
        unmapped=(UnmappedStatus("desk", "Parked", 4),),
    )
    flags = raise_flags(mixed, NOW)
    assert [flag.rule for flag in flags] == [
        "provider_clock_missed", "component_down", "provider_clock_missed", "status_unmapped",
    ]  # fmt: skip
    assert raise_flags(replace(mixed, tickets=(first, late)), NOW) == flags
    assert len({flag.key for flag in flags}) == len(flags)


def test_keys_do_not_move_with_time() -> None:
    situation = replace(BASE, tickets=(ticket(clock(Obligation.RESOLUTION, -60)),))
    later = raise_flags(situation, NOW + DAY)
    assert [flag.key for flag in later] == [flag.key for flag in raise_flags(situation, NOW)]


def test_every_flag_says_what_to_do() -> None:
    flags = flags_of(
        tickets=(
            ticket(clock(Obligation.REPLY, -60), court=Side.CLIENT, unasked_pause=DAY),
            replace(ticket(since=9 * DAY, unrecorded_wait=DAY), id="482"),
        ),
        components=(down("Mail"),),
        planned=(work(HOUR, HOUR, HOUR),),
        sources=(source(last_success_at=NOW - DAY),),
        periods=(period(20, 30, 10),),
        unmapped=(UnmappedStatus("desk", "Parked", 1),),
    )
    assert len(flags) == 9
    for flag in flags:
        for sentence in (flag.title, flag.detail, flag.next_step):
            assert sentence == sentence.strip() != ""
            assert "  " not in sentence
        assert flag.detail.endswith(".")
        assert flag.next_step.endswith(".")
        assert flag.ticket is not None or flag.screen


# Taking part: both sides by the same rules.


def late(side: Side, **changes: object) -> LateTask:
    task = LateTask(
        id="B1",
        title="Confirm the inventory",
        side=side,
        owner="Lead",
        since=NOW - 9 * DAY,
        days=3,
        holds_up="G1 go-live",
        delays=2,
        spare=0,
        moved=1,
        about="task/B1" if side is Side.CLIENT else "",
    )
    return replace(task, **changes)  # type: ignore[arg-type]


def test_a_late_task_that_moves_a_gate_needs_attention() -> None:
    flag = only(late_tasks=(late(Side.CLIENT),))
    assert (flag.rule, flag.severity) == ("task_late", Severity.ATTENTION)
    assert flag.title == "B1 Confirm the inventory: 3 days late"
    assert "It makes G1 go-live late by 2 days. Its date was moved once before." in flag.detail
    assert flag.next_step == "Finish B1, or say a new date and what it moves."
    assert flag.subject == "task/B1"


def test_a_late_task_with_days_to_spare_is_worth_knowing() -> None:
    flag = only(late_tasks=(late(Side.CLIENT, delays=0, spare=4),))
    assert flag.severity is Severity.NOTICE
    assert "It has 4 days before G1 go-live is late." in flag.detail


def test_a_task_on_its_day_is_not_late() -> None:
    assert flags_of(late_tasks=(late(Side.CLIENT, days=0),)) == []


def test_a_late_task_weighs_the_same_whoever_owes_it() -> None:
    ours, theirs = (only(late_tasks=(late(side),)) for side in (Side.CLIENT, Side.PROVIDER))
    assert (ours.severity, ours.weight, ours.title) == (
        theirs.severity, theirs.weight, theirs.title,
    )  # fmt: skip
    assert ours.detail.replace("Northwind", "Contoso IT") == theirs.detail


def missed(side: Side, running: int) -> MissedMeetings:
    return MissedMeetings(
        "Service review", "lead", "IT lead", side, running, ("Mon 9 Mar", "Mon 2 Mar")
    )


def test_a_required_role_that_missed_two_meetings_running() -> None:
    flag = only(missed_meetings=(missed(Side.CLIENT, 2),))
    assert flag.title == "Service review: IT lead missed 2 running"
    assert "did not come to the last 2: Mon 9 Mar and Mon 2 Mar." in flag.detail
    assert flags_of(missed_meetings=(missed(Side.CLIENT, 1),)) == []


def test_missed_meetings_weigh_the_same_whoever_missed_them() -> None:
    ours, theirs = (
        only(missed_meetings=(missed(side, 2),)) for side in (Side.CLIENT, Side.PROVIDER)
    )
    assert (ours.severity, ours.weight) == (theirs.severity, theirs.weight)
    assert ours.detail.replace("Northwind", "Contoso IT") == theirs.detail


@pytest.mark.parametrize(("met", "judged", "told"), [(1, 10, True), (2, 10, False), (0, 9, False)])
def test_surveys_under_target_are_told_from_ten_on(met: int, judged: int, told: bool) -> None:
    flags = raise_flags(replace(BASE, surveys=Attainment(met, judged, target=0.2)), NOW)
    assert [flag.rule for flag in flags] == (["surveys_under_target"] if told else [])
    if told:
        assert flags[0].title == "Surveys: 1 of 10 answered this month"


def test_what_is_owed_by_us_in_a_ticket_is_entered_under_its_item() -> None:
    reply = clock(Obligation.REPLY, -HOUR)
    resolution = clock(Obligation.RESOLUTION, -HOUR)
    subjects = {flag.rule: flag.subject for flag in flags_of(tickets=(ticket(reply, resolution),))}
    assert subjects["client_reply_overdue"] == "desk/481/reply/1"
    assert subjects["provider_clock_missed"] == "provider_clock_missed:desk:481:resolution:1"


@pytest.mark.parametrize(
    ("left", "severity", "says"),
    [
        (3, Severity.ATTENTION, "It lapses after Mon 30 Mar 2026: 3 days left."),
        (20, Severity.NOTICE, "It lapses after Mon 30 Mar 2026: 20 days left."),
        (None, Severity.NOTICE, "sets no day"),
    ],
)
def test_a_credit_nobody_claimed_is_our_move_and_urgent_near_its_end(
    left: int | None, severity: Severity, says: str
) -> None:
    credit = ClaimableCredit("2026-02", "February 2026", "GBP 50.00", "Mon 30 Mar 2026", left)
    (flag,) = raise_flags(replace(BASE, credits=(credit,)), NOW)
    assert (flag.rule, flag.severity, flag.side) == ("credit_unclaimed", severity, Side.CLIENT)
    assert flag.title == "GBP 50.00 of February 2026 can be claimed"
    assert says in flag.detail
    assert flag.screen == "credits"
