"""The contract's side of the made-up Tuesday: trend, promises, outlook, disputes, credits."""

from __future__ import annotations

from decimal import Decimal

from engagewatch.engine.promises import PromiseState
from engagewatch.engine.signals import Finding
from engagewatch.model.clock import Obligation
from engagewatch.model.metric import Metric
from engagewatch.model.sides import Side
from engagewatch.views.age_grid import AgeCell, AgeRow
from engagewatch.views.chart import ChartLine, ChartPoint, LineKind, make_chart
from engagewatch.views.credits import CreditRow, CreditsView, RuleLine
from engagewatch.views.disputes import DisputeRow, DisputeState, DisputesView
from engagewatch.views.keys import FigureKey, FigureKind, TicketKey
from engagewatch.views.outlook import OutlookRow, OutlookView
from engagewatch.views.period import month
from engagewatch.views.promises import PromiseRow, PromisesView
from engagewatch.views.tone import Tone
from engagewatch.views.trend import SeriesRow, TrendView
from tests.tui.samples import NOW, ZONE

MARCH = month(2026, 3, ZONE)
MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")


def _series(
    key: str, title: str, values: tuple[float, ...], tone: Tone, short: str, words: str
) -> SeriesRow:
    points = [
        ChartPoint(label, value, marked=value > 40, open=label == "Mar")
        for label, value in zip(MONTHS, values, strict=True)
    ]
    lines = [
        ChartLine(kind, label, (value,) * len(points))
        for kind, label, value in (
            (LineKind.LIMIT, "usual, from the first 8", 36.0),
            (LineKind.CENTRE, "centre", 24.0),
            (LineKind.LIMIT, "usual, from the first 8", 12.0),
        )
    ]
    return SeriesRow(
        key=key,
        title=title,
        latest_words=f"{values[-2]:.0f}",
        usual_words="12 to 36",
        finding=Finding.SIGNAL if "signal" in words else Finding.ROUTINE,
        short_words=short,
        verdict_words=words,
        tone=tone,
        values=values,
        chart=make_chart(title, points, lines, lambda value: f"{value:.0f}"),
        figure=FigureKey(FigureKind.METRIC, metric=Metric.BACKLOG, period="2026-02"),
        worse=tone is Tone.WARNING,
    )


TREND = TrendView(
    as_of=NOW,
    by_weeks=False,
    rows=(
        _series(
            "backlog",
            "Open tickets",
            (20, 26, 22, 25, 28, 19, 24, 27, 30, 33, 42, 39),
            Tone.WARNING,
            "worse: above usual",
            "signal for the worse: 42 is above what is usual, February 2026",
        ),
        _series(
            "opened",
            "Tickets opened",
            (22, 25, 19, 27, 24, 26, 21, 28, 23, 25, 27, 3),
            Tone.PLAIN,
            "routine variation",
            "routine variation: asking why will not help",
        ),
    ),
    summary="Signals: 1 for the worse; 1 routine",
    watermelon="SLA of February 2026 kept, while these get worse: open tickets.",
    watermelon_tone=Tone.WARNING,
    age_labels=("0-1", "2-7", "8+"),
    ages=(
        AgeRow(
            "P2", (AgeCell(3, Side.PROVIDER), AgeCell(1, Side.CLIENT), AgeCell(0, None)), total=4
        ),
        AgeRow(
            "all", (AgeCell(3, Side.PROVIDER), AgeCell(1, Side.CLIENT), AgeCell(0, None)), total=4
        ),
    ),
    courts=(Side.PROVIDER, Side.CLIENT),
    open_total=4,
    oldest_words="6d 2h",
    not_known=(),
)

_SHARES = (0.31, 0.34, 0.33, 0.38, 0.36, 0.41, 0.43, 0.40, 0.44, 0.46, 0.47, 0.5)
PROMISE = PromiseRow(
    key="first-answer",
    title="Resolved with one answer",
    text="Two in three requests solved with the first answer.",
    said_in="kick-off, minutes item 4",
    side=Side.PROVIDER,
    metric=Metric.ONE_TOUCH,
    state=PromiseState.BEHIND,
    state_words="behind",
    tone=Tone.BAD,
    now_words="47.0%",
    count_words="141 of 300",
    interval_words="41.4% to 52.6%",
    period_words="February 2026",
    path_words="59.1%",
    target_words="66.0%",
    by_words="Wed 1 Jul 2026",
    baseline_words="30.0%, grade C: notes of the former IT lead",
    can_tell_words="",
    sealed_words="sealed Mon 5 Jan 2026, before any data",
    sealed_late=False,
    amendments=("Mon 2 Feb 2026: target 70.0% became 66.0%",),
    digest="c43bc1428454",
    chart=make_chart(
        "Resolved with one answer",
        [
            ChartPoint(label, value, value - 0.06, value + 0.06, open=label == "Mar")
            for label, value in zip(MONTHS, _SHARES, strict=True)
        ],
        [ChartLine(LineKind.PATH, "promised path", tuple(0.3 + 0.03 * x for x in range(12)))],
        lambda value: f"{100 * value:.0f}%",
        step_base=0.01,
        ceiling_at=1.0,
    ),
    figure=FigureKey(FigureKind.METRIC, metric=Metric.ONE_TOUCH, period="2026-02"),
)
UNMEASURED = PromiseRow(
    key="unnoticed",
    title="You will hardly notice the change.",
    text="You will hardly notice the change.",
    said_in="proposal p. 3",
    side=Side.PROVIDER,
    metric=None,
    state=PromiseState.UNMEASURABLE,
    state_words="unmeasurable",
    tone=Tone.NOTICE,
    now_words="nothing measures it",
    count_words="",
    interval_words="",
    period_words="",
    path_words="",
    target_words="",
    by_words="",
    baseline_words="not given",
    can_tell_words="",
    sealed_words="sealed Mon 5 Jan 2026, before any data",
    sealed_late=False,
    amendments=(),
    digest="0f3a9be2c771",
    chart=None,
    figure=None,
)
PROMISES = PromisesView(
    as_of=NOW,
    rows=(PROMISE, UNMEASURED),
    summary="2 promises: 1 behind, 1 unmeasurable",
    amended=1,
    late=0,
    not_known=(),
)


def _share(key: str, side: Side, title: str, words: str, tone: Tone) -> OutlookRow:
    return OutlookRow(
        key=key,
        side=side,
        title=title,
        met_words="41 of 44",
        budget_words="2 misses allowed of about 58, 3 used",
        left_words="1 miss too many",
        outlook_words=words,
        burn_words="",
        frozen_words="",
        tone=tone,
        is_lost=tone is Tone.BAD,
        figure=FigureKey(
            FigureKind.ATTAINMENT,
            ledger=side,
            obligation=Obligation.RESOLUTION,
            priority="P2",
            period="2026-03",
        ),
    )


OUTLOOK = OutlookView(
    as_of=NOW,
    period=MARCH,
    is_complete=False,
    rows=(
        _share("P2", Side.PROVIDER, "P2 resolution", "lost already", Tone.BAD),
        _share("P3", Side.PROVIDER, "P3 resolution", "alive: 71-77%", Tone.PLAIN),
        _share("reply", Side.CLIENT, "P2 reply", "clinched", Tone.GOOD),
    ),
    summary="March 2026 is lost already for P2 resolution.",
    tone=Tone.BAD,
    frozen_words="",
    terms=("Clinched and lost are said only where no plausible number of tickets changes them.",),
)

DISPUTES = DisputesView(
    as_of=NOW,
    period=MARCH,
    rows=(
        DisputeRow(
            key="desk/48155/resolution",
            short="1c9f3a",
            ticket=TicketKey("desk", "48155"),
            reference="#48155",
            subject="Shared mailbox does not open",
            priority="P2",
            obligation=Obligation.RESOLUTION,
            duty_words="P2 resolution",
            claimed="met",
            ours="missed",
            in_favour_of=Side.PROVIDER,
            claim_words="met: 3h of 8h",
            our_words="missed: resolution took 9h 10m of 8h",
            cause="what pauses it",
            explanations=("pauses without a question on record",),
            state=DisputeState.OPEN,
            state_words="not raised",
            tone=Tone.WARNING,
        ),
    ),
    total=1,
    compared=40,
    summary="March 2026: 1 of 40 differs; 1 favours the provider, 0 us; none raised yet.",
    causes=(("what pauses it", 1, 0),),
)


def _credit(key: str, words: str, amount: str, claim: str, *, can_claim: bool) -> CreditRow:
    return CreditRow(
        key=key,
        words=words,
        is_complete=key != "2026-03",
        fee_words="GBP 6,400.00",
        contract_words=amount,
        claimed_words="GBP 0.00",
        felt_words="GBP 640.00",
        relief_words="GBP 192.00",
        owed=Decimal(320) if can_claim else None,
        claim_words=claim,
        can_claim=can_claim,
        tone=Tone.WARNING if can_claim else Tone.PLAIN,
        rules=(
            RuleLine(
                "Resolutions in time",
                "279 of 300",
                "below 95%: 5% of the fee",
                Tone.BAD,
            ),
        ),
        notes=(),
    )


CREDITS = CreditsView(
    as_of=NOW,
    has_clause=True,
    rows=(
        _credit("2026-03", "March 2026", "GBP 0.00", "the month is not over", can_claim=False),
        _credit(
            "2026-02",
            "February 2026",
            "GBP 320.00",
            "claim by Mon 30 Mar 2026, 27 days left",
            can_claim=True,
        ),
    ),
    summary="GBP 320.00 for February 2026: claim by Mon 30 Mar 2026, 27 days left",
    tone=Tone.WARNING,
    tripwires=(
        (
            "may end the contract: Resolutions below 85% in 1 of 6 months (3 of 6 trip it)",
            Tone.PLAIN,
        ),
    ),
    terms=("Resolutions in time: below 95%: 5%",),
    not_known=(),
)
