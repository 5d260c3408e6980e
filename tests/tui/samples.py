"""A made-up Tuesday at Northwind: views with fixed contents, for tests and pictures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from engagewatch.engine.attainment import Attainment
from engagewatch.engine.consequence import Consequence, Holds
from engagewatch.model.clock import ClockState, Obligation
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.flag import Severity
from engagewatch.model.freshness import FreshnessState
from engagewatch.model.instants import DAY, HOUR, MINUTE, to_instant
from engagewatch.model.policy import ALWAYS
from engagewatch.model.service import ComponentState
from engagewatch.model.sides import Side
from engagewatch.model.ticket import EventKind
from engagewatch.views import (
    at_risk,
    brief,
    clock_view,
    component_state,
    portfolio,
    services,
    sla,
    source_lists,
    sources,
    waiting,
    why,
    wording,
)
from engagewatch.views import tickets as tickets_view
from engagewatch.views.figure import Figure
from engagewatch.views.freshness import FreshnessLine
from engagewatch.views.keys import FigureKey, FigureKind, TicketKey
from engagewatch.views.nudges import NudgeLine, NudgeLog
from engagewatch.views.people import PeopleDirectory
from engagewatch.views.period import month
from engagewatch.views.tone import Tone
from tests.tui.samples_participation import RELIEF

NOW = to_instant(datetime(2026, 3, 3, 8, 20, tzinfo=UTC))
ZONE = "Europe/London"


def engagement(identity: str = "northwind", client: str = "Northwind") -> Engagement:
    """Return an engagement with a desk and a status page."""
    return Engagement(
        id=identity,
        name=f"{client} / Contoso IT",
        client=client,
        provider="Contoso IT",
        started=date(2026, 1, 5),
        timezone=ZONE,
        calendars={"24x7": ALWAYS},
        sources=(SourceSettings("desk", "zendesk"), SourceSettings("status", "statuspage")),
    )


def at(day: int, hour: int, minute: int = 0) -> int:
    """Return an instant of March 2026, UTC; days below 1 reach into February."""
    return to_instant(datetime(2026, 3, 1, hour, minute, tzinfo=UTC) + timedelta(days=day - 1))


def words(instant: int) -> str:
    return wording.moment(instant, ZONE, NOW)


FRESH = (
    FreshnessLine(
        "desk", "zendesk", FreshnessState.LIVE, "live 1m ago", Tone.GOOD, NOW - 70, NOW + 230
    ),
    FreshnessLine(
        "status",
        "statuspage",
        FreshnessState.FAILING,
        "failing since Tue 3 Mar 07:58: it does not answer; data from 24m ago",
        Tone.BAD,
        NOW - 24 * MINUTE,
        NOW + 5 * MINUTE,
    ),
)

LIVE = (
    FRESH[0],
    FreshnessLine(
        "status", "statuspage", FreshnessState.LIVE, "live just now", Tone.GOOD, NOW - 10, NOW + 50
    ),
)


def figure(
    label: str,
    value: str,
    note: str,
    tone: Tone,
    kind: FigureKind = FigureKind.ATTAINMENT,
    ledger: Side | None = None,
) -> Figure:
    return Figure(label, value, note, tone, FigureKey(kind, ledger=ledger, period="2026-03"))


def attention(
    key: str,
    severity: Severity,
    side: Side,
    title: str,
    detail: str,
    step: str,
    since: int | None = None,
    owner: str = "",
    ticket: str | None = None,
    screen: str = "",
) -> brief.AttentionLine:
    names = {
        Severity.URGENT: ("urgent", Tone.BAD),
        Severity.ATTENTION: ("attention", Tone.WARNING),
        Severity.NOTICE: ("notice", Tone.NOTICE),
    }
    severity_words, tone = names[severity]
    return brief.AttentionLine(
        key,
        "rule",
        severity,
        severity_words,
        tone,
        side,
        wording.COURTS[side],
        title,
        detail,
        step,
        since,
        f"since {words(since)}" if since is not None else "",
        owner,
        TicketKey("desk", ticket) if ticket else None,
        screen,
        subject=key,
        short="c0ffee",
        state="",
    )


ATTENTION = (
    attention(
        "f1",
        Severity.URGENT,
        Side.PROVIDER,
        "#48213 P2 resolution is due in 40m and nobody has spoken since Monday",
        "Payroll export fails for the Leeds office; 7h 20m of 8h are used and it still runs.",
        "Call the Contoso IT duty desk and ask who is on it",
        at(2, 9, 12),
        "Contoso IT second line",
        "48213",
    ),
    attention(
        "f2",
        Severity.URGENT,
        Side.CLIENT,
        "#47990 waits for our approval, 6d 2h, past our own target",
        "New firewall rule for the warehouse; it pauses their resolution clock with 1h 20m left.",
        "Ask R. Okafor to approve, refuse or name someone",
        at(-3, 8),
        "R. Okafor (Finance approver)",
        "47990",
    ),
    attention(
        "f3",
        Severity.ATTENTION,
        Side.PROVIDER,
        "Resolution at P3 will end March below 90% unless 9 of the next 9 are met",
        "11 of 14 met so far; 2 further misses would have been affordable.",
        "Raise it in the weekly service review",
        None,
        "",
        None,
        "sla",
    ),
    attention(
        "f4",
        Severity.ATTENTION,
        Side.PROVIDER,
        "status has not answered for 22m",
        "What happened since then is unknown, not up.",
        "Check https://status.contoso.example in a browser",
        at(3, 7, 58),
        "",
        None,
        "sources",
    ),
    attention(
        "f5",
        Severity.NOTICE,
        Side.PROVIDER,
        "#48101 has been silent for 4d 3h",
        "Second monitor flickers; it is in the provider's court.",
        "Ask for an update",
        at(-1, 5, 20),
        "",
        "48101",
    ),
)


def waiting_item(
    reference: str,
    subject: str,
    kind: Obligation,
    person: str,
    since: int,
    due: str,
    blocks: str,
    *,
    overdue: bool = False,
    asked: waiting.Asked = waiting.Asked.EVIDENCED,
    priority: str = "P3",
    credit: str = "",
    **said: str,
) -> waiting.WaitingItem:
    return waiting.WaitingItem(
        key=f"desk/{reference}/{kind}",
        short="c0ffee",
        ticket=TicketKey("desk", reference.lstrip("#")),
        screen="",
        evidence="",
        reference=reference,
        subject=subject,
        kind=kind,
        kind_words=wording.duty(kind),
        status="Pending",
        person=person,
        person_known=person != "nobody named",
        since=since,
        since_words=words(since),
        age=NOW - since,
        age_words=wording.span(NOW - since),
        working_age=(NOW - since) // 3,
        working_age_words=f"{wording.working_span((NOW - since) // 3)} of our hours",
        target=4 * HOUR,
        due_at=since + 4 * HOUR,
        due_words=due,
        overdue=overdue,
        asked=asked,
        asked_words={
            waiting.Asked.EVIDENCED: "a question is on record",
            waiting.Asked.CLAIMED: "status only: no question on record",
            waiting.Asked.UNKNOWN: "cannot tell: messages are not shown",
        }[asked],
        priority=priority,
        blocks=blocks,
        blocked_obligation=Obligation.RESOLUTION,
        blocked_remaining=80 * MINUTE,
        credit_words=credit,
        consequence=Consequence(Holds.CONTRACT),
        state="",
        tone=Tone.BAD if overdue else Tone.PLAIN,
        nudge=f"{reference} has waited for your {kind.value} since {words(since)}; it holds back "
        f"“{subject}”. Could you answer today, or name someone who can?",
        url="",
        **said,
    )


WAITING = waiting.WaitingView(
    as_of=NOW,
    items=(
        waiting_item(
            "#47990",
            "New firewall rule for the warehouse",
            Obligation.APPROVAL,
            "R. Okafor (Finance approver)",
            at(-3, 6),
            "overdue by 4d 2h",
            "pauses resolution, 1h 20m left",
            overdue=True,
            priority="P2",
            credit="GBP 480.00 of service credit",
        ),
        waiting_item(
            "#48199",
            "日本語のキーボード layout is missing on the new laptops",
            Obligation.REPLY,
            "J. Whitfield",
            at(1, 13),
            "overdue by 5h",
            "pauses resolution, 6h left",
            overdue=True,
            asked=waiting.Asked.CLAIMED,
        ),
        waiting_item(
            "#48240",
            "Which finance folders may the auditors see?",
            Obligation.REPLY,
            "nobody named",
            at(2, 15),
            "due Tue 3 Mar 11:00",
            "pauses resolution, 7h 40m left",
        ),
        waiting_item(
            "#48277",
            "Return of the old phones",
            Obligation.REPLY,
            "M. Duarte (Office manager)",
            at(3, 7, 55),
            "due Thu 5 Mar 11:55",
            "nothing we can see",
            priority="P4",
        ),
    ),
    put_off=(
        waiting_item(
            "#48100",
            "Which mailboxes may be archived?",
            Obligation.REPLY,
            "M. Duarte (Office manager)",
            at(1, 9),
            "due Thu 5 Mar 11:55",
            "pauses resolution, 3h left",
            put_off_words="put off until Mon 9 Mar: on holiday",
        ),
    ),
    total=4,
    overdue=2,
    oldest_since=at(-3, 6),
    nudges=NudgeLog(
        (
            NudgeLine(
                "1",
                "desk/1/reply/1",
                "#48190",
                at(1, 9),
                words(at(1, 9)),
                at(3, 9),
                True,
                False,
                "answered after 3h",
                Tone.GOOD,
            ),
        ),
        Attainment(1, 1),
        "an answer followed 1 of 1 nudge within 2 working days",
    ),
    summary="4 items wait on us, oldest 6d; 2 past our own target; 1 put off",
    not_known=(),
)


BRIEF = brief.BriefView(
    engagement="northwind",
    name="Northwind / Contoso IT",
    as_of=NOW,
    as_of_words=words(NOW),
    period="March 2026",
    seen_at=at(2, 9, 12),
    seen_words="since you last looked, Mon 2 Mar 09:12",
    waiting_words=WAITING.summary,
    waiting_first=WAITING.items[0],
    changes=(
        brief.Change(
            "opened",
            3,
            "3 tickets opened",
            (
                brief.ChangedItem(
                    "c1", "#48310 VPN drops every hour", at(3, 8, 2), TicketKey("desk", "48310")
                ),
                brief.ChangedItem(
                    "c2", "#48309 New starter on 16 March", at(3, 7, 40), TicketKey("desk", "48309")
                ),
            ),
        ),
        brief.Change(
            "resolved",
            2,
            "2 tickets resolved",
            (
                brief.ChangedItem(
                    "c3", "#48190 Shared mailbox access", at(2, 16), TicketKey("desk", "48190")
                ),
            ),
        ),
        brief.Change(
            "missed",
            1,
            "1 clock missed",
            (
                brief.ChangedItem(
                    "c4",
                    "#48155 first response, 52m of 30m",
                    at(2, 15),
                    TicketKey("desk", "48155"),
                ),
            ),
        ),
    ),
    attention=ATTENTION,
    more=3,
    checks=41,
    checks_words="41 checks run, 3 less pressing flags not shown",
    all_flags=ATTENTION,
    put_off=(),
    figures=(
        figure(
            "Provider met", "38 of 40 (95.0%)", "3 not due yet", Tone.GOOD, ledger=Side.PROVIDER
        ),
        figure(
            "We met", "9 of 14 (64.2%)", "2 past our own target", Tone.WARNING, ledger=Side.CLIENT
        ),
        figure("Waiting on us", "4", "oldest 6d 2h", Tone.BAD, FigureKind.WAITING),
        figure("At risk", "2", "1 due within 1h", Tone.WARNING, FigureKind.AT_RISK),
        figure("Open", "31", "5 opened this week", Tone.PLAIN, FigureKind.OPEN),
    ),
    freshness=FRESH,
    not_known=(
        "status: nothing is known since Tue 3 Mar 07:56.",
        "2 tickets have a status without a meaning (On hold - vendor).",
    ),
)


def risk_row(
    reference: str,
    subject: str,
    obligation: Obligation,
    priority: str,
    state: ClockState,
    remaining: int | None,
    target: int,
    court: Side,
    tone: Tone,
    calendar: str = "counting",
    owner: str = "Contoso IT second line",
) -> at_risk.RiskRow:
    left = remaining if remaining is not None else 0
    span = wording.working_span(left)
    remaining_words = f"over by {span}" if left < 0 else f"{span} left"
    if state is ClockState.PAUSED:
        remaining_words = f"paused with {span} left"
    due = NOW + left if state is not ClockState.PAUSED else None
    return at_risk.RiskRow(
        key=f"desk/{reference}/{obligation}/1",
        ticket=TicketKey("desk", reference.lstrip("#")),
        reference=reference,
        subject=subject,
        obligation=obligation,
        obligation_words=wording.duty(obligation),
        round=1,
        priority=priority,
        state=state,
        state_words=wording.CLOCK_STATES[state],
        due_at=due,
        due_words=words(due) if due else "paused",
        remaining=remaining,
        remaining_words=remaining_words,
        consumed=target - left,
        target=target,
        share=(target - left) / target,
        calendar_open=calendar == "counting",
        calendar_words=calendar,
        court=court,
        court_words=wording.COURTS[court],
        owner=owner,
        tone=tone,
        url="",
    )


AT_RISK = at_risk.AtRiskView(
    as_of=NOW,
    rows=(
        risk_row(
            "#48155",
            "Cannot print labels in the warehouse",
            Obligation.FIRST_RESPONSE,
            "P2",
            ClockState.MISSED,
            -22 * MINUTE,
            30 * MINUTE,
            Side.PROVIDER,
            Tone.BAD,
        ),
        risk_row(
            "#48213",
            "Payroll export fails for the Leeds office",
            Obligation.RESOLUTION,
            "P2",
            ClockState.RUNNING,
            40 * MINUTE,
            8 * HOUR,
            Side.PROVIDER,
            Tone.WARNING,
        ),
        risk_row(
            "#48310",
            "VPN drops every hour [/] [red]since the update[/red]",
            Obligation.FIRST_RESPONSE,
            "P3",
            ClockState.RUNNING,
            3 * HOUR,
            4 * HOUR,
            Side.PROVIDER,
            Tone.PLAIN,
            "closed until Tue 3 Mar 09:00",
            "nobody named",
        ),
        risk_row(
            "#47990",
            "New firewall rule for the warehouse",
            Obligation.RESOLUTION,
            "P2",
            ClockState.PAUSED,
            80 * MINUTE,
            8 * HOUR,
            Side.CLIENT,
            Tone.NOTICE,
        ),
        *(
            risk_row(
                f"#48{300 + index}",
                f"Request number {index} from the branch office",
                Obligation.RESOLUTION,
                "P4",
                ClockState.RUNNING,
                (20 + index) * HOUR,
                40 * HOUR,
                Side.PROVIDER,
                Tone.PLAIN,
            )
            for index in range(1, 24)
        ),
    ),
    silent=(
        at_risk.SilentRow(
            "s1",
            TicketKey("desk", "48101"),
            "#48101",
            "Second monitor flickers",
            "P4",
            Side.PROVIDER,
            "provider",
            at(-1, 5, 20),
            words(at(-1, 5, 20)),
            NOW - at(-1, 5, 20),
            "silent for 4d 3h",
            "Contoso IT first line",
            Tone.WARNING,
            "",
        ),
        at_risk.SilentRow(
            "s2",
            TicketKey("desk", "48007"),
            "#48007",
            "Archive mailbox of a leaver",
            "P3",
            Side.CLIENT,
            "us",
            at(0, 9),
            words(at(0, 9)),
            NOW - at(0, 9),
            "silent for 2d 23h",
            "M. Duarte (Office manager)",
            Tone.NOTICE,
            "",
        ),
    ),
    missed=1,
    due_soon=2,
    paused=1,
    running=25,
    untargeted=0,
    summary="1 missed and still open, 2 due within 8h, 1 paused",
    not_known=(),
)


def strip(pattern: str) -> tuple[services.DayCell, ...]:
    """Return 90 days from a pattern of signs, repeated: u up, d down, g degraded, ? unknown."""
    states = {
        "u": ComponentState.UP,
        "d": ComponentState.DOWN,
        "g": ComponentState.DEGRADED,
        "p": ComponentState.PARTIAL,
        "m": ComponentState.MAINTENANCE,
        "?": ComponentState.UNKNOWN,
    }
    first = date(2026, 3, 3) - timedelta(days=89)
    cells = []
    for index in range(90):
        day = first + timedelta(days=index)
        state = states[pattern[index % len(pattern)]]
        cells.append(services.DayCell(day, state, f"{day}: {state.value}"))
    return tuple(cells)


def component(
    name: str,
    state: ComponentState,
    pattern: str,
    observed: float | None,
    verdict: str,
    tone: Tone,
    group: str = "",
) -> services.ComponentRow:
    observed_words = "cannot tell yet" if observed is None else f"{observed * 100:.2f}%"
    return services.ComponentRow(
        key=f"status/{name}",
        source="status",
        component_id=name,
        name=name,
        group=group,
        state=state,
        state_words=component_state.STATE_WORDS[state],
        tone=component_state.STATE_TONES[state],
        seen_at=NOW - 24 * MINUTE,
        strip=strip(pattern),
        observed=observed,
        observed_words=observed_words,
        coverage=0.96,
        coverage_words="watched 96% of the time",
        reported=0.9995,
        reported_words="99.95%",
        promise=0.995,
        promise_words="99.5%",
        verdict=verdict,
        verdict_tone=tone,
        figure=Figure(
            f"Uptime of {name}",
            observed_words,
            "watched 96% of the time",
            tone,
            FigureKey(FigureKind.UPTIME, period="2026-03", component=("status", name)),
        ),
    )


SERVICES = services.ServicesView(
    as_of=NOW,
    period=month(2026, 3, ZONE),
    is_watched=True,
    components=(
        component(
            "Service desk portal",
            ComponentState.UP,
            "?" * 25 + "u" * 65,
            1.0,
            "kept so far",
            Tone.GOOD,
        ),
        component(
            "VPN gateway",
            ComponentState.DOWN,
            "?" * 25 + "uuuuuuguuuuuuuuudduuuuuuuuuuuuuuuuguuuuuuuuuuuuuuuuuuuuuuuuuuuuuud",
            0.9621,
            "broken",
            Tone.BAD,
        ),
        component(
            "Mail",
            ComponentState.DEGRADED,
            "?" * 25 + "u" * 40 + "mm" + "u" * 20 + "ggg",
            0.9979,
            "kept so far",
            Tone.GOOD,
        ),
        component(
            "Backup", ComponentState.UNKNOWN, "?" * 90, None, "cannot tell yet", Tone.UNKNOWN
        ),
    ),
    incidents=(
        services.IncidentRow(
            "i1",
            "status",
            "i1",
            "VPN gateway drops connections",
            "investigating",
            "major",
            True,
            at(3, 7, 20),
            words(at(3, 7, 20)),
            at(3, 7, 51),
            None,
            HOUR,
            "1h so far",
            31 * MINUTE,
            "told after 31m",
            ("VPN gateway",),
            Tone.BAD,
            "",
        ),
        services.IncidentRow(
            "i2",
            "status",
            "i2",
            "Delayed mail delivery",
            "resolved",
            "minor",
            False,
            at(-9, 10),
            words(at(-9, 10)),
            at(-9, 10, 5),
            at(-9, 13),
            3 * HOUR,
            "3h",
            5 * MINUTE,
            "told after 5m",
            ("Mail",),
            Tone.PLAIN,
            "",
        ),
    ),
    maintenances=(
        services.MaintenanceRow(
            "m1",
            "status",
            "Storage firmware",
            "scheduled",
            at(7, 22),
            at(8, 2),
            "Sat 7 Mar 22:00 for 4h, announced 6d ahead",
            6 * DAY,
            False,
            ("Backup",),
        ),
    ),
    summary="1 down, 1 degraded, 1 unknown of 4",
    summary_tone=Tone.BAD,
    quiet_days=51,
    watched_days=65,
    not_known=("Backup was never seen by a poll.",),
)


def sla_row(
    priority: str,
    obligation: Obligation,
    target: str,
    met: int,
    judged: int,
    *,
    low: float | None = None,
    high: float | None = None,
    pending: int = 0,
    promised: float | None = 95.0,
    contract: tuple[str, Tone] = ("kept", Tone.GOOD),
    evidence: tuple[str, Tone] = ("cannot tell yet", Tone.UNKNOWN),
    claimed: tuple[int, int] | None = None,
    left: str = "",
    disagreements: int = 0,
) -> sla.SlaRow:
    percent = 100 * met / judged if judged >= 10 else None
    met_words = wording.k_of_n(met, judged)
    if percent is not None:
        met_words += f" ({percent:.1f}%)"
    ledger = obligation.ledger
    return sla.SlaRow(
        key=f"{ledger}/{priority}/{obligation}",
        priority=priority,
        obligation=obligation,
        obligation_words=wording.duty(obligation),
        target_words=target,
        met=met,
        judged=judged,
        missed=judged - met,
        pending=pending,
        excluded=0,
        unknown=0,
        percent=percent,
        low=low,
        high=high,
        met_words=met_words,
        interval_words=f"{low:.1f}-{high:.1f}%" if low is not None else "",
        promised=promised,
        contract_words=contract[0],
        contract_tone=contract[1],
        evidence_words=evidence[0],
        evidence_tone=evidence[1],
        misses_left=0,
        misses_left_words=left,
        claimed_met=claimed[0] if claimed else None,
        claimed_judged=claimed[1] if claimed else None,
        claimed_words=wording.k_of_n(*claimed) if claimed else "says nothing",
        disagreements=disagreements,
        felt_words="",
        figure=Figure(
            f"{wording.duty(obligation)}, {priority}",
            met_words,
            "",
            contract[1],
            FigureKey(FigureKind.ATTAINMENT, ledger, obligation, priority, "2026-03"),
        ),
    )


_FIRST, _RESOLUTION = Obligation.FIRST_RESPONSE, Obligation.RESOLUTION
_KEPT, _BROKEN = ("kept", Tone.GOOD), ("broken", Tone.BAD)
_ABOVE, _BELOW = ("at or above", Tone.GOOD), ("below", Tone.BAD)

SLA = sla.SlaView(
    relief=RELIEF,
    as_of=NOW,
    period=month(2026, 3, ZONE),
    period_words="March 2026",
    is_complete=False,
    provider=sla.LedgerBlock(
        Side.PROVIDER,
        "Contoso IT owes us",
        (
            sla_row("P1", _FIRST, "15m", 2, 2, low=34.2, high=100.0, left="0 misses left"),
            sla_row(
                "P1", _RESOLUTION, "4h", 1, 2, contract=_BROKEN, low=9.4, high=90.5, left="spent"
            ),
            sla_row(
                "P2",
                _FIRST,
                "30m",
                38,
                40,
                low=83.5,
                high=98.6,
                pending=3,
                claimed=(40, 40),
                left="0 misses left",
                disagreements=2,
            ),
            sla_row(
                "P2",
                _RESOLUTION,
                "8h",
                33,
                38,
                low=72.7,
                high=94.2,
                pending=5,
                contract=_BROKEN,
                evidence=_BELOW,
                claimed=(37, 38),
                left="3 too many",
                disagreements=4,
            ),
            sla_row(
                "P3",
                _RESOLUTION,
                "3bd",
                412,
                418,
                low=96.9,
                high=99.3,
                pending=20,
                promised=90.0,
                contract=_KEPT,
                evidence=_ABOVE,
                claimed=(412, 418),
                left="37 misses left",
            ),
            sla_row(
                "P4",
                _RESOLUTION,
                "none set",
                0,
                0,
                promised=None,
                contract=("no promise", Tone.PLAIN),
                evidence=("", Tone.PLAIN),
            ),
        ),
        figure("All", "486 of 500 (97.2%)", "28 not due yet", Tone.PLAIN, ledger=Side.PROVIDER),
    ),
    client=sla.LedgerBlock(
        Side.CLIENT,
        "We owe Contoso IT",
        (
            sla_row(
                "P2",
                Obligation.REPLY,
                "4h",
                9,
                14,
                low=38.8,
                high=83.7,
                promised=90.0,
                contract=_BROKEN,
                evidence=_BELOW,
                left="4 too many",
            ),
            sla_row(
                "all",
                Obligation.APPROVAL,
                "2bd",
                3,
                5,
                low=23.1,
                high=88.2,
                promised=90.0,
                contract=_BROKEN,
                left="2 too many",
            ),
        ),
        figure("All", "12 of 19 (63.1%)", "2 not due yet", Tone.PLAIN, ledger=Side.CLIENT),
    ),
    disagreements=(
        sla.Disagreement(
            "d1",
            TicketKey("desk", "48155"),
            "#48155",
            "Cannot print labels in the warehouse",
            "P2",
            _FIRST,
            "first response",
            "missed",
            "met",
            Side.PROVIDER,
            "claimed met; we count 52m of 30m",
        ),
        sla.Disagreement(
            "d2",
            TicketKey("desk", "48020"),
            "#48020",
            "Slow file server",
            "P2",
            _RESOLUTION,
            "resolution",
            "met",
            "missed",
            Side.CLIENT,
            "claimed missed; we count 7h 10m of 8h",
        ),
    ),
    disagreement_count=6,
    claims_compared=496,
    rule_version="7c1f09ab",
    rules_words="counted by due date; open and overdue is missed",
    not_known=("3 clocks could not be judged: their source shows no messages.",),
)

SOURCES = sources.SourcesView(
    as_of=NOW,
    rows=(
        sources.SourceRow(
            source="desk",
            adapter="zendesk",
            where="https://contoso.zendesk.example",
            freshness=FRESH[0],
            last_success_at=NOW - 70,
            last_success_words="1m ago",
            last_attempt_at=NOW - 70,
            failing_since=None,
            failure=None,
            error="",
            what_to_do="",
            notice="9 of 31 tickets vanished at once and are kept: this looks like a changed "
            "permission or filter at the source, not like deletions",
            failures=0,
            next_attempt_at=NOW + 230,
            next_words="in 4m",
            interval=300,
            requests=1204,
            requests_last_poll=2,
            received=48_000_000,
            received_last_poll=14_336,
            cost_words="2 requests and 14 KiB in the last poll: about 24 requests an hour, at most "
            "5 a minute with all who share its credential",
            records=48_310,
            tickets=8_214,
            refused=(
                sources.RefusedRecord("ticket 47001", "created_at is not a time: 'soon'", NOW),
            ),
            refused_count=1,
            silent_edits=2,
            deleted=1,
            hidden=1,
            unmapped=(sources.UnmappedStatus("On hold - vendor", 2),),
            waiting_events=0,
            clock_skew=-3,
            clock_skew_words="3s behind ours",
        ),
        sources.SourceRow(
            source="status",
            adapter="statuspage",
            where="https://status.contoso.example",
            freshness=FRESH[1],
            last_success_at=NOW - 24 * MINUTE,
            last_success_words="24m ago",
            last_attempt_at=NOW - 90,
            failing_since=at(3, 7, 58),
            failure=None,
            error="status.contoso.example does not answer (connection refused); it is tried again "
            "every few minutes. Check that the address is right and the network is up.",
            what_to_do="It may pass by itself; if not, see whether the network lets you there.",
            notice="",
            failures=7,
            next_attempt_at=NOW + 5 * MINUTE,
            next_words="in 5m",
            interval=120,
            requests=310,
            requests_last_poll=1,
            received=210_000,
            received_last_poll=0,
            cost_words="1 request and 0 bytes in the last poll: about 30 requests an hour, at most "
            "30 a minute with all who share its credential",
            records=4,
            tickets=0,
            refused=(),
            refused_count=0,
            silent_edits=0,
            deleted=0,
            hidden=0,
            unmapped=(),
            waiting_events=0,
            clock_skew=None,
            clock_skew_words="cannot tell yet",
        ),
    ),
    summary="1 of 2 sources is failing",
)


SOURCE = source_lists.SourceView(
    as_of=NOW,
    row=SOURCES.rows[0],
    refused=SOURCES.rows[0].refused,
    silent_edits=(
        source_lists.SilentEdit(
            TicketKey("desk", "48213"),
            "#48213",
            "time of creation",
            words(at(2, 9, 4)),
            words(at(2, 11, 40)),
            NOW - 2 * HOUR,
            "2h ago",
        ),
        source_lists.SilentEdit(
            TicketKey("desk", "47990"),
            "#47990",
            "priority",
            "P2",
            "P4",
            NOW - 26 * HOUR,
            "1d 2h ago",
        ),
    ),
    missing=(
        source_lists.MissingTicket(
            TicketKey("desk", "47811"), "#47811", "deleted at the source", "", NOW - HOUR, "1h ago"
        ),
        source_lists.MissingTicket(
            TicketKey("desk", "47702"),
            "#47702",
            "hidden from us",
            "HTTP 403",
            NOW - 3 * HOUR,
            "3h ago",
        ),
    ),
)


def _clock() -> clock_view.ClockView:
    opened = at(2, 9, 4)
    asked = at(2, 11, 30)
    answered = at(2, 16, 10)
    vendor = at(3, 6, 0)
    bar = []
    for side, start, end in (
        (Side.PROVIDER, opened, asked),
        (Side.CLIENT, asked, answered),
        (Side.PROVIDER, answered, vendor),
        (Side.THIRD_PARTY, vendor, at(3, 7, 10)),
        (Side.PROVIDER, at(3, 7, 10), NOW),
    ):
        bar.append(
            clock_view.CourtSegment(
                side,
                start,
                end,
                end - start,
                end == NOW,
                f"{wording.COURTS[side]}: {words(start)} to {words(end)}",
            )
        )
    totals = []
    for side in Side:
        seconds = sum(item.seconds for item in bar if item.side is side)
        totals.append(
            clock_view.CourtTotal(
                side,
                wording.COURTS[side],
                seconds,
                wording.span(seconds),
                seconds / (NOW - opened),
            )
        )

    def segment(start: int, end: int, counted: bool, why_words: str) -> clock_view.TimeSegment:
        return clock_view.TimeSegment(
            start, end, counted, end - start if why_words != "calendar closed" else 0, why_words, ""
        )

    evening, morning = at(2, 18), at(3, 8)
    return clock_view.ClockView(
        ticket=TicketKey("desk", "48213"),
        reference="#48213",
        subject="Payroll export fails for the Leeds office",
        status="Open",
        priority="P2",
        court=Side.PROVIDER,
        court_words="in the provider's court since Tue 3 Mar 07:10",
        created_at=opened,
        created_words=words(opened),
        finished_at=None,
        is_open=True,
        requester="J. Whitfield",
        owner="Contoso IT second line",
        category="incident",
        url="",
        as_of=NOW,
        bar=tuple(bar),
        totals=tuple(totals),
        elapsed=NOW - opened,
        elapsed_words=wording.span(NOW - opened),
        events=tuple(
            clock_view.EventLine(f"e{index}", when, words(when), kind, side, who, text, internal)
            for index, (when, kind, side, who, text, internal) in enumerate(
                (
                    (opened, EventKind.OPENED, Side.CLIENT, "J. Whitfield", "opened as P3", False),
                    (
                        at(2, 9, 5),
                        EventKind.REPLIED,
                        Side.PROVIDER,
                        "",
                        "automatic reply: not a response",
                        False,
                    ),
                    (
                        at(2, 9, 40),
                        EventKind.PRIORITY_CHANGED,
                        Side.PROVIDER,
                        "A. Kaya",
                        "priority: P3 to P2",
                        False,
                    ),
                    (
                        asked,
                        EventKind.REPLIED,
                        Side.PROVIDER,
                        "A. Kaya",
                        "provider replied and asked something",
                        False,
                    ),
                    (
                        asked,
                        EventKind.STATUS_CHANGED,
                        Side.PROVIDER,
                        "A. Kaya",
                        "status: Open to Pending",
                        False,
                    ),
                    (answered, EventKind.REPLIED, Side.CLIENT, "J. Whitfield", "we replied", False),
                    (
                        at(2, 16, 40),
                        EventKind.NOTED,
                        Side.PROVIDER,
                        "A. Kaya",
                        "internal note",
                        True,
                    ),
                    (
                        vendor,
                        EventKind.STATUS_CHANGED,
                        Side.PROVIDER,
                        "A. Kaya",
                        "status: Open to On hold (vendor)",
                        False,
                    ),
                )
            )
        ),
        obligations=(
            clock_view.ObligationLine(
                "first_response/1",
                _FIRST,
                1,
                "first response",
                Side.PROVIDER,
                ClockState.MISSED,
                "missed",
                Tone.BAD,
                146 * MINUTE,
                30 * MINUTE,
                146 / 30,
                "2h 26m of 30m",
                opened + 30 * MINUTE,
                words(opened + 30 * MINUTE),
                0,
                "",
                "office",
                (segment(opened, asked, True, "counted"),),
                "The automatic reply at 09:05 does not count; the first human answer came 1h 56m "
                "too late.",
            ),
            clock_view.ObligationLine(
                "resolution/1",
                _RESOLUTION,
                1,
                "resolution",
                Side.PROVIDER,
                ClockState.RUNNING,
                "running",
                Tone.WARNING,
                int(4.6 * HOUR),
                8 * HOUR,
                4.6 / 8,
                "4h 36m of 8h",
                at(3, 11, 44),
                f"due {words(at(3, 11, 44))}",
                280 * MINUTE,
                "paused 4h 40m",
                "office",
                (
                    segment(opened, asked, True, "counted"),
                    segment(asked, answered, False, "paused: waits on us"),
                    segment(answered, evening, True, "counted"),
                    segment(evening, morning, False, "calendar closed"),
                    segment(morning, NOW, True, "counted"),
                ),
                "Counted from opening, less 4h 40m in which a question to us stood open.",
            ),
            clock_view.ObligationLine(
                "reply/1",
                Obligation.REPLY,
                1,
                "reply 1",
                Side.CLIENT,
                ClockState.MISSED,
                "missed",
                Tone.BAD,
                280 * MINUTE,
                240 * MINUTE,
                280 / 240,
                "4h 40m of 4h",
                asked + 240 * MINUTE,
                words(asked + 240 * MINUTE),
                0,
                "",
                "office",
                (segment(asked, answered, True, "counted"),),
                "We answered 40m after our own target.",
            ),
        ),
        readings=(
            clock_view.ReadingRow(
                _FIRST,
                "first response",
                "met",
                "metric_set.reply_time",
                "missed: 2h 26m of 30m",
                "2h 26m",
                False,
            ),
            clock_view.ReadingRow(
                _RESOLUTION,
                "resolution",
                "says nothing",
                "",
                "running: 4h 36m of 8h",
                "23h 16m",
                None,
            ),
        ),
        explanation="3h 24m left of 8h; without the 4h 40m in our court it would be 9h 16m into "
        "an 8h target by now.",
        rule_version="7c1f09ab",
        not_known=("“On hold (vendor)” has no meaning in the engagement file.",),
        explained="resolution/1",
    )


CLOCK = _clock()

WHY = why.WhyView(
    title="First response, P2, March 2026",
    value="38 of 40 (95.0%)",
    formula="Clocks met, of clocks that ended in March 2026 or whose due instant "
    "passed in it while open. A clock is met when its counted time is at most the target of 30m, "
    "in office hours.",
    met=38,
    judged=40,
    not_counted=("3 not due yet", "1 excluded: merged into #48001"),
    rule_version="7c1f09ab",
    as_of=NOW,
    as_of_words=words(NOW),
    tickets=tuple(
        why.WhyTicket(
            f"desk/{reference}",
            TicketKey("desk", reference),
            f"#{reference}",
            subject,
            text,
            tone,
        )
        for reference, subject, text, tone in (
            ("48155", "Cannot print labels in the warehouse", "missed: 52m of 30m", Tone.BAD),
            ("48213", "Payroll export fails", "missed: 2h 26m of 30m", Tone.BAD),
            ("48190", "Shared mailbox access", "met: 12m of 30m", Tone.PLAIN),
            ("48183", "New headset", "met: 4m of 30m", Tone.PLAIN),
        )
    ),
    total=40,
)


def _line(
    identity: str,
    client: str,
    state: str,
    tone: Tone,
    headline: str,
    waiting_words: str,
    risk_words: str,
    services_words: tuple[str, Tone],
    met: str,
    ours: str,
    fresh: FreshnessLine,
) -> portfolio.EngagementLine:
    return portfolio.EngagementLine(
        engagement=identity,
        name=f"{client} / Contoso IT",
        client=client,
        provider="Contoso IT",
        state=state,
        tone=tone,
        headline=headline,
        provider_flags=portfolio.FlagCounts(1, 2, 1),
        client_flags=portfolio.FlagCounts(1, 0, 0),
        waiting=4,
        oldest_waiting=at(-3, 6),
        waiting_words=waiting_words,
        at_risk=2,
        at_risk_words=risk_words,
        services=services_words[0],
        services_tone=services_words[1],
        provider_ledger=figure("Provider met", met, "", Tone.PLAIN, ledger=Side.PROVIDER),
        client_ledger=figure("We met", ours, "", Tone.PLAIN, ledger=Side.CLIENT),
        freshness=fresh.words,
        freshness_state=fresh.state,
        freshness_tone=fresh.tone,
    )


PORTFOLIO = portfolio.PortfolioView(
    as_of=NOW,
    lines=(
        _line(
            "northwind",
            "Northwind",
            "urgent",
            Tone.BAD,
            ATTENTION[0].title,
            "4, oldest 6d",
            "1 missed, 1 due soon",
            ("1 down of 4", Tone.BAD),
            "38 of 40 (95.0%)",
            "9 of 14 (64.2%)",
            FRESH[1],
        ),
        _line(
            "adatum",
            "Adatum",
            "calm",
            Tone.GOOD,
            "",
            "none",
            "none",
            ("all 12 up", Tone.GOOD),
            "112 of 113 (99.1%)",
            "8 of 8",
            FRESH[0],
        ),
        _line(
            "fabrikam",
            "Fabrikam",
            "cannot tell yet",
            Tone.UNKNOWN,
            "",
            "cannot tell yet",
            "cannot tell yet",
            ("not watched", Tone.UNKNOWN),
            "none judged yet",
            "none judged yet",
            FreshnessLine(
                "log", "eventlog", FreshnessState.NEVER, "never polled", Tone.UNKNOWN, None, None
            ),
        ),
    ),
)


def tickets(count: int = 340) -> tickets_view.TicketsView:
    """Return a list of tickets."""
    subjects = (
        "Printer on floor 2 prints blank pages",
        "VPN drops every hour",
        "New starter on 16 March",
        "Shared mailbox access for the warehouse",
        "Laptop battery swells",
        "[bold]Quarterly[/bold] report macro fails [/]",
        "会議室のプロジェクター does not start",
    )
    courts = ("provider", "client", "provider", "third_party", "nobody")
    states = ("running", "met", "missed", "paused", "unknown", None)
    rows = []
    for index in range(count):
        created = NOW - (index * 53 + 7) * 13 * MINUTE
        finished = created + 9 * HOUR if index % 4 else None
        rows.append(
            tickets_view.TicketRow(
                source="desk",
                ticket_id=str(48_310 - index),
                reference=f"#{48_310 - index}",
                subject=subjects[index % len(subjects)],
                priority=(None, "P1", "P2", "P3", "P4")[index % 5],
                status="Solved" if finished else ("Open", "Pending", "New")[index % 3],
                court=courts[index % len(courts)],
                created_at=created,
                updated_at=finished or NOW - index * MINUTE,
                finished_at=finished,
                court_since=created,
                first_response_state=states[(index + 1) % len(states)],
                first_response_due=created + HOUR,
                resolution_state=states[index % len(states)],
                resolution_due=created + 8 * HOUR,
                assignee=None if index % 7 == 0 else "a.kaya",
                requester="j.whitfield",
                category="incident",
                reopened=int(index % 11 == 0),
            )
        )
    here = engagement()
    context = tickets_view._Context(
        rows, PeopleDirectory(here, lambda source, key: None), here, NOW
    )
    view = tickets_view.TicketsView(
        as_of=NOW,
        rows=tuple(rows),
        total=len(rows),
        filter_text="",
        sort="updated",
        descending=True,
        summary=f"{len(rows):,} tickets",
        context=context,
    )
    return view.sorted_by("updated", descending=True)
