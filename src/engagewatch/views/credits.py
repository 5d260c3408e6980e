"""Credits: what falling short comes to in money, under each reading, and until when to claim it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from engagewatch.engine.credits import (
    Measured,
    MonthCredit,
    RuleCredit,
    TripwireState,
    assess,
    tripwires,
)
from engagewatch.model.credits import Credits, CreditShape
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.instants import Instant, to_datetime, zone
from engagewatch.store.queries.entries import entries
from engagewatch.store.queries.scope import snapshot
from engagewatch.views import relief, wording
from engagewatch.views.credit_counts import (
    OtherReadings,
    after_relief,
    by_contract,
    first_day,
)
from engagewatch.views.entering import make_entry
from engagewatch.views.kept import emptied_since, whole_months
from engagewatch.views.measures import ALL, Measures, months_until
from engagewatch.views.period import Period
from engagewatch.views.quantities import money_words
from engagewatch.views.tone import Tone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

MONTHS = 13
"""Months that are looked at: repetition, earning back and tripwires reach back so far."""
RELIEF_MONTHS = 3
"""The latest months whose misses are put to the but-for test; older credits are settled."""
SOON = 14
"""Days left to claim from which on the screen presses."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One credit rule in one month."""

    name: str
    measured_words: str
    """E.g. ``17 of 20``, ``99.62% up``; says so where nothing was measured."""
    outcome_words: str
    """E.g. ``below 95%: 3% of the fee``, ``kept``."""
    tone: Tone


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One month's credit."""

    key: str
    """The month, e.g. ``2026-03``."""
    words: str
    is_complete: bool
    fee_words: str
    contract_words: str
    """The amount under the contract; the others beside it are what it would be under theirs."""
    claimed_words: str
    felt_words: str
    relief_words: str
    """After relief for our own time; empty for months too old to matter."""
    owed: Decimal | None
    claim_words: str
    """E.g. ``claim by Tue 30 Dec 2026, 7 days left``; ``claimed Mon 7 Dec``."""
    can_claim: bool
    """Owed, not claimed yet, and still in time."""
    tone: Tone
    rules: tuple[RuleLine, ...]
    notes: tuple[str, ...]
    """Caps, minimum, repetition, earning back."""


@dataclass(frozen=True, slots=True)
class CreditsView:
    """The credit clause applied to the months of an engagement, the latest first."""

    as_of: Instant
    has_clause: bool
    rows: tuple[CreditRow, ...]
    summary: str
    """What can be claimed now and until when."""
    tone: Tone
    tripwires: tuple[tuple[str, Tone], ...]
    terms: tuple[str, ...]
    """The clause in words."""
    not_known: tuple[str, ...]


_NO_CLAUSE = "The engagement file has no credit clause: add [credits] if the contract has one."


def build(store: Store, engagement: Engagement, now: Instant) -> CreditsView:
    """Return the credits of the last months as known at ``now``."""
    clause = engagement.credits
    months = whole_months(months_until(engagement, now, MONTHS), emptied_since(store, engagement))
    if clause is None or not months:
        return CreditsView(now, clause is not None, (), _NO_CLAUSE, Tone.PLAIN, (), (), ())
    with snapshot(store):
        measures = Measures(store, engagement, months[0].start, now)
        others = OtherReadings(store, engagement, now)
        contract = [(first_day(one), by_contract(clause, measures, one)) for one in months]
        claimed = [(first_day(one), others.claimed(clause, one)) for one in months]
        felt = [(first_day(one), others.felt(clause, one)) for one in months]
        excused = {
            first_day(one): relief.build(store, engagement, now, one).excused
            for one in months[-RELIEF_MONTHS:]
        }
        marks = entries(store, engagement.id, [EntryKind.CREDIT_CLAIMED])
    spared = [
        (day, after_relief(clause, by_rule, excused.get(day, {}))) for day, by_rule in contract
    ]
    desk = _Desk(engagement, clause, now, marks)
    runs = [assess(clause, run) for run in (contract, claimed, felt, spared)]
    rows = [
        desk.row(month, [run[place] for run in runs], contract[place][1], claimed[place][1])
        for place, month in enumerate(months)
    ][::-1]
    summary, tone = desk.summary(rows)
    return CreditsView(
        as_of=now,
        has_clause=True,
        rows=tuple(rows),
        summary=summary,
        tone=tone,
        tripwires=tuple(desk.wire(one) for one in tripwires(clause, desk.whole(contract))),
        terms=tuple(_terms(clause)),
        not_known=desk.not_known(rows),
    )


class _Desk:
    """Puts the credits of one engagement into words."""

    def __init__(
        self, engagement: Engagement, clause: Credits, now: Instant, marks: Sequence[Entry]
    ) -> None:
        self._clause = clause
        self._now = now
        self._here = zone(engagement.timezone)
        self._today = to_datetime(now, self._here).date()
        self._claimed = {entry.subject: entry for entry in marks}

    def whole(
        self, run: Sequence[tuple[date, Mapping[str, Measured]]]
    ) -> Sequence[tuple[date, Mapping[str, Measured]]]:
        """Return the months that are over: a tripwire does not trip on half a month."""
        return [one for one in run if (one[0].year, one[0].month) < self._present]

    @property
    def _present(self) -> tuple[int, int]:
        return (self._today.year, self._today.month)

    def row(
        self,
        month: Period,
        readings: Sequence[MonthCredit],
        measured: Mapping[str, Measured],
        told: Mapping[str, Measured],
    ) -> CreditRow:
        contract, claimed, felt, spared = readings
        complete = month.end <= self._now
        mark = self._claimed.get(month.key)
        left = contract.days_left(self._today)
        owed = contract.amount if complete else None
        can_claim = bool(owed) and mark is None and (left is None or left >= 0)
        recent = (month.year * 12 + month.month) > (
            self._present[0] * 12 + self._present[1] - RELIEF_MONTHS
        )
        return CreditRow(
            key=month.key,
            words=month.words,
            is_complete=complete,
            fee_words="no fee in the file" if contract.fee is None else self.money(contract.fee),
            contract_words=self._contract_words(contract, complete=complete),
            claimed_words=self._amount(claimed) if told else "nothing claimed",
            felt_words=self._amount(felt),
            relief_words=self._amount(spared) if recent else "",
            owed=owed,
            claim_words=self._claim_words(contract, mark, complete=complete),
            can_claim=can_claim,
            tone=self._tone(contract, left, can_claim=can_claim),
            rules=tuple(self._rule(one, measured) for one in contract.rules),
            notes=tuple(self._notes(contract)),
        )

    def money(self, amount: Decimal) -> str:
        return money_words(amount, self._clause.currency)

    def _amount(self, credit: MonthCredit) -> str:
        return wording.UNKNOWN if credit.amount is None else self.money(credit.amount)

    def _contract_words(self, credit: MonthCredit, *, complete: bool) -> str:
        words = self._amount(credit)
        return (
            f"{words} or more"
            if complete and credit.amount is not None and _unmeasured(credit)
            else words
        )

    def _tone(self, credit: MonthCredit, left: int | None, *, can_claim: bool) -> Tone:
        if credit.amount is None:
            return Tone.UNKNOWN
        if can_claim:
            return Tone.BAD if left is not None and left <= SOON else Tone.WARNING
        return Tone.NOTICE if credit.amount else Tone.PLAIN

    def _claim_words(self, credit: MonthCredit, mark: Entry | None, *, complete: bool) -> str:
        if mark is not None:
            on = to_datetime(mark.at, self._here).date()
            return f"claimed {wording.date_words(on)}"
        if not complete:
            return "the month is not over"
        if not credit.amount:
            return ""
        if credit.claim_by is None:
            return "no day to claim by is set"
        left = credit.days_left(self._today)
        assert left is not None
        by = f"{wording.date_words(credit.claim_by)} {credit.claim_by.year}"
        if left < 0:
            return f"lapsed {by}, never claimed"
        return f"claim by {by}, {wording.counted(left, 'day')} left"

    def _rule(self, one: RuleCredit, measured: Mapping[str, Measured]) -> RuleLine:
        counted = measured.get(one.rule.name)
        name = one.rule.name
        if counted is None or not counted.judged:
            return RuleLine(name, "nothing to measure", "", Tone.UNKNOWN)
        words = wording.k_of_n(counted.met, counted.judged)
        if one.rule.obligation is None:
            words = f"{100 * counted.met / counted.judged:.3f}% up"
        if one.tier is None:
            few = counted.judged < one.rule.needs
            kept = f"too few: {one.rule.needs} are needed" if few else "kept"
            return RuleLine(name, words, kept, Tone.PLAIN if few else Tone.GOOD)
        below = f"below {_percent(one.rule.tiers[one.tier].below)}"
        if one.earned_back:
            return RuleLine(name, words, f"{below}, earned back by good months", Tone.NOTICE)
        return RuleLine(name, words, f"{below}: {self._worth(one)}", Tone.BAD)

    def _worth(self, one: RuleCredit) -> str:
        again = ", more for a repeat" if one.repeated else ""
        if self._clause.shape is CreditShape.POINTS:
            return f"{wording.counted(one.points, 'point')}{again}"
        return f"{_percent(one.share)} of the fee{again}"

    def _notes(self, credit: MonthCredit) -> list[str]:
        notes = [f"{name} could not be measured" for name in _unmeasured(credit)]
        if self._clause.shape is CreditShape.POINTS and credit.points:
            notes.append(
                f"{wording.counted(credit.points, 'point')} come to {_percent(credit.uncapped)}"
            )
        if credit.capped:
            notes.append(f"{_percent(credit.uncapped)} of the fee before the cap")
        if credit.too_small:
            least = self.money(self._clause.minimum)
            notes.append(f"less than {least}, which the contract does not pay")
        return notes

    def wire(self, state: TripwireState) -> tuple[str, Tone]:
        wire = state.tripwire
        rule = f"{wire.rule} below {_percent(wire.below)}"
        words = (
            f"{wire.name}: {rule} in {state.below} of the last "
            f"{wording.counted(state.seen, 'whole month')} ({wire.months} of {wire.within} trip it)"
        )
        if state.tripped_in is not None:
            tripped = wording.month_name(state.tripped_in.year, state.tripped_in.month)
            return f"{words}; tripped in {tripped}", Tone.BAD
        return words, Tone.WARNING if state.left <= 1 else Tone.PLAIN

    def summary(self, rows: Sequence[CreditRow]) -> tuple[str, Tone]:
        open_rows = [row for row in rows if row.can_claim]
        total = sum((row.owed for row in open_rows if row.owed), Decimal(0))
        if open_rows:
            first = open_rows[-1]
            words = f"{first.words}: {first.claim_words}"
            if len(open_rows) > 1:
                words = f"{wording.counted(len(open_rows), 'month')}; first {words}"
            words = f"{self.money(total)} for {words}"
            return words, max((row.tone for row in open_rows), key=(Tone.WARNING, Tone.BAD).index)
        if any(row.owed is None and row.is_complete for row in rows):
            return "What is owed cannot be told for every month.", Tone.UNKNOWN
        return "Nothing is owed that can still be claimed.", Tone.GOOD

    def not_known(self, rows: Sequence[CreditRow]) -> tuple[str, ...]:
        without_fee = [row.words for row in rows if row.fee_words == "no fee in the file"]
        if without_fee:
            return (f"The fee of {wording.listed(without_fee)}.",)
        return ()


def _unmeasured(credit: MonthCredit) -> list[str]:
    """Return the rules of which nothing is known in a month: no tickets is not the same."""
    return [
        one.rule.name
        for one in credit.rules
        if one.rule.obligation is None and one.measured is None
    ]


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


def _terms(clause: Credits) -> list[str]:
    """Return the clause in words, as the file has it."""
    terms = []
    for rule in clause.rules:
        whose = "" if rule.scope == ALL else f", {rule.scope}"
        tiers = "; ".join(
            f"below {_percent(tier.below)}: "
            + (
                wording.counted(tier.points, "point")
                if clause.shape is CreditShape.POINTS
                else _percent(clause.at_risk * rule.allocation * rule.weight)
                if clause.shape is CreditShape.POOL
                else _percent(tier.credit)
            )
            for tier in rule.tiers
        )
        terms.append(f"{rule.name}{whose}: {tiers}")
    if clause.points_table:
        table = "; ".join(f"{least}: {_percent(share)}" for least, share in clause.points_table)
        terms.append(f"Points from: {table}")
    if clause.cap is not None:
        terms.append(f"At most {_percent(clause.cap)} of the month's fee")
    if clause.repeat_factor != 1:
        terms.append(f"Times {clause.repeat_factor:f} if the month before fell short as well")
    if clause.earn_back_months is not None:
        good = wording.counted(clause.earn_back_months, "good month")
        terms.append(f"The mildest shortfall is earned back by {good}")
    return terms


def claimed(engagement: str, now: Instant, month: str, note: str = "") -> Entry:
    """Return that the credit of ``month`` (such as ``2026-03``) was claimed."""
    values = {"note": note} if note else {}
    return make_entry(engagement, now, EntryKind.CREDIT_CLAIMED, month, values)
