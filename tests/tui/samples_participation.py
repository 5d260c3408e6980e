"""The same made-up Tuesday: how both sides take part, who waited for whom, what that excuses."""

from __future__ import annotations

from decimal import Decimal

from engagewatch.engine.relief import Standing
from engagewatch.model.clock import Obligation
from engagewatch.model.instants import DAY
from engagewatch.model.participation import Part
from engagewatch.model.sides import Side
from engagewatch.views.evidence import WaitPart, WaitRow, WaitsView
from engagewatch.views.figure import Figure
from engagewatch.views.keys import FigureKey, FigureKind, TicketKey
from engagewatch.views.participation import MonthCount, PartCell, ParticipationView, PartRow
from engagewatch.views.participation_part import CaseLine, PartSide, PartView, RoleLine
from engagewatch.views.period import month
from engagewatch.views.relief import ReliefBlock, ReliefRow
from engagewatch.views.relief_cost import ReliefCost
from engagewatch.views.tone import Tone

MARCH = month(2026, 3, "Europe/London")
NOW = 1_772_526_000


def cell(
    part: Part,
    side: Side,
    met: int,
    judged: int,
    verdict: str,
    tone: Tone,
    *,
    target: str = "90%",
    oldest: str = "",
) -> PartCell:
    value = f"{met} of {judged}" + (f" ({100 * met / judged:.1f}%)" if judged >= 10 else "")
    key = FigureKey(FigureKind.PARTICIPATION, ledger=side, period="2026-03", part=part)
    return PartCell(
        side=side,
        applies=True,
        met=met,
        judged=judged,
        percent=None,
        value=value,
        target_words=target,
        verdict=verdict,
        tone=tone,
        contract_words="broken: 4 misses more than the 0 allowed"
        if verdict == "lagging"
        else "kept, 2 misses left",
        evidence_words="cannot tell yet",
        evidence_tone=Tone.UNKNOWN,
        about="requests for approval decided in time",
        left_out="1 not yet due",
        oldest_words=oldest,
        months=(MonthCount("2026-02", "Feb 6/9", 6, 9), MonthCount("2026-03", "Mar 5/9", 5, 9)),
        trend_words="no trend told: 2 whole months in a row with 5 judged, 8 needed",
        figure=Figure(part.value, value, "", tone, key, met, judged),
    )


def empty(part: Part, side: Side, why: str) -> PartCell:
    key = FigureKey(FigureKind.PARTICIPATION, ledger=side, period="2026-03", part=part)
    return PartCell(
        side, False, None, None, None, "does not apply", "", "", Tone.PLAIN, "", "", Tone.PLAIN,
        why, "", "", (), "", Figure(part.value, "does not apply", "", Tone.PLAIN, key),
    )  # fmt: skip


_US, _THEM = Side.CLIENT, Side.PROVIDER
_KEPT, _LAGS = ("kept", Tone.GOOD), ("lagging", Tone.WARNING)

ROWS = (
    PartRow(
        "replies", Part.REPLIES, "Replies",
        cell(Part.REPLIES, _US, 36, 40, *_KEPT), cell(Part.REPLIES, _THEM, 118, 121, *_KEPT), (),
    ),
    PartRow(
        "approvals", Part.APPROVALS, "Approvals",
        cell(Part.APPROVALS, _US, 5, 9, *_LAGS, oldest="oldest open one 12d, Finance approver"),
        empty(Part.APPROVALS, _THEM, "no source tells what it has to decide"),
        ("Half of our approvals are decided within 21h of working time (31 asked for).",),
    ),
    PartRow(
        "tasks", Part.TASKS, "Tasks",
        cell(Part.TASKS, _US, 7, 8, *_KEPT), cell(Part.TASKS, _THEM, 9, 12, *_LAGS), (),
    ),
    PartRow(
        "attendance", Part.ATTENDANCE, "Attendance",
        cell(Part.ATTENDANCE, _US, 6, 6, *_KEPT),
        cell(Part.ATTENDANCE, _THEM, 5, 6, "no target", Tone.PLAIN, target="none set"), (),
    ),
    PartRow(
        "surveys", Part.SURVEYS, "Surveys",
        cell(Part.SURVEYS, _US, 9, 41, *_KEPT, target="20%"),
        empty(Part.SURVEYS, _THEM, "no source tells if ratings were followed up"),
        ("8 of 9 answers satisfied; of all 41 asked between 20% and 98%.",),
    ),
)  # fmt: skip

WAITS = WaitsView(
    as_of=NOW,
    period=MARCH,
    period_words="March 2026",
    claimed=WaitPart(
        "status says they wait for us", 41 * DAY, 23, "41d in 23 tickets", Tone.PLAIN
    ),
    evidenced=WaitPart(
        "a question to us stood open", 30 * DAY, 21, "30d in 21 tickets", Tone.PLAIN
    ),
    unasked=WaitPart(
        "paused without a question on record", 9 * DAY, 3, "9d in 3 tickets", Tone.NOTICE
    ),
    stale=WaitPart("paused on after our reply", 3 * DAY, 2, "3d in 2 tickets", Tone.NOTICE),
    uncredited=WaitPart("our silence, not paused for", DAY, 1, "1d in 1 ticket", Tone.NOTICE),
    rows=(
        WaitRow(
            "desk/48190", TicketKey("desk", "48190"), "#48190", "Folder permissions after the move",
            6 * DAY, 0, 6 * DAY, 0, 0, "paused without a question on record 6d", "",
        ),
        WaitRow(
            "desk/48151", TicketKey("desk", "48151"), "#48151", "New starter on Monday",
            3 * DAY, 2 * DAY, 0, 2 * DAY, DAY,
            "paused on after our reply 2d, our silence, not paused for 1d",
            "https://desk.example/48151",
        ),
    ),
    minor=1,
    summary="2 paused beyond our questions, 1 not paused for our silence.",
    figure=Figure(
        "Waiting on us, March 2026", "claimed 41d; evidenced 30d", "", Tone.PLAIN,
        FigureKey(FigureKind.WAITS, period="2026-03"),
    ),
    not_known=(),
)  # fmt: skip

RELIEF = ReliefBlock(
    period=MARCH,
    misses=5,
    rows=(
        ReliefRow(
            "desk/48102/resolution/1", TicketKey("desk", "48102"), "#48102", "Scanner to folder",
            "P2", Obligation.RESOLUTION, "resolution", "11h of 8h", "5h",
            "candidate, notice missing; it can be given until Mon 16 Mar", Tone.NOTICE,
            Standing.NOTICE_MISSING,
        ),
    ),
    untold=0,
    excused={(Obligation.RESOLUTION, "P2"): 1},
    summary="1 of 5 misses would have been met but for our time.",
    terms="The contract excuses them if the provider gave notice within 10 business days; whether "
    "it did is not on record.",
    cost=ReliefCost(
        Decimal("980.00"), Decimal("490.00"), "EUR",
        "Credit of the month so far: EUR 980.00 with all misses, EUR 490.00 after relief: our time "
        "may cost us EUR 490.00, if notice was given.",
    ),
    figure=Figure(
        "Misses that our time explains, March 2026", "1 of 5 misses", "", Tone.NOTICE,
        FigureKey(FigureKind.RELIEF, period="2026-03"), count=1,
    ),
)  # fmt: skip

PARTICIPATION = ParticipationView(
    as_of=NOW,
    as_of_words="Tue 3 Mar 08:20",
    engagement="Northwind / Contoso IT",
    client="Northwind",
    provider="Contoso IT",
    period=MARCH,
    period_words="March 2026",
    is_complete=False,
    headline="lagging: approvals, 4 of 9 late, oldest 12d, Finance approver",
    tone=Tone.WARNING,
    their_headline="lagging: tasks, 3 of 12 late",
    their_tone=Tone.WARNING,
    rows=ROWS,
    waits=WAITS,
    relief=RELIEF,
    rule_version="3fa1c20b77d1",
    not_known=(),
)

PART = PartView(
    as_of=NOW,
    period=MARCH,
    period_words="March 2026",
    is_complete=False,
    row=ROWS[1],
    us=PartSide(
        _US,
        "Northwind",
        (
            RoleLine("Finance approver", 1, 1, 5, "1 of 5"),
            RoleLine("others (4 people)", 4, 4, 4, "4 of 4"),
        ),
        "",
        (
            CaseLine(
                "desk/48111/approval/1", TicketKey("desk", "48111"), "#48111",
                "Approval: firewall renewal",
                "missed: approval still open, was due Fri 20 Feb 13:53", Tone.BAD,
            ),
            CaseLine(
                "desk/48007/approval/1", TicketKey("desk", "48007"), "#48007",
                "Approval: 2 laptops", "met: approval took 13h of 16h", Tone.GOOD,
            ),
        ),
    ),
    them=PartSide(_THEM, "Contoso IT", (), "not broken down", ()),
)  # fmt: skip
