"""Attainment: k met of n judged, with its two verdicts.

The *contract* verdict is a count and a fact. The *evidence* verdict is an inference about the
service behind the count, and "cannot tell" is one of its ordinary answers: 18 of 20 against 95 %
is a breach, and still what a service that meets 95 % in the long run produces now and then.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engagewatch.engine.silence import PERCENT_NEEDS
from engagewatch.engine.statistics import (
    Interval,
    allowance,
    clean_run,
    decimals_of,
    percent,
    required,
    share_text,
    trials_to_tell,
    wilson,
)


class ContractVerdict(StrEnum):
    """What the count says under the contract."""

    KEPT = "kept"
    BREACHED = "breached"
    NOTHING_TO_JUDGE = "nothing_to_judge"
    NO_TARGET = "no_target"


class EvidenceVerdict(StrEnum):
    """What the count is evidence of."""

    AT_OR_ABOVE = "at_or_above"
    BELOW = "below"
    CANNOT_TELL = "cannot_tell"


FORESEEABLE = 1000
"""More tickets than this are not worth waiting for: the number would say nothing to a reader."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Both verdicts on a count, and what would change them."""

    contract: ContractVerdict
    evidence: EvidenceVerdict
    interval: Interval
    """95 % Wilson interval of the long-run share."""
    allowance: int | None
    """Misses the contract allows among those judged: ``n - ceil(T * n)``."""
    misses_left: int | None
    """Allowance minus misses; negative when overspent."""
    clean_run: int | None
    """Judged tickets, all met, that would show "at or above" from a standing start."""
    can_tell_after: int | None
    """About how many more judged tickets settle the evidence verdict at the present share.

    0 when it is settled; ``None`` when the share equals the target or there is nothing to go by.
    """


def judge(met: int, judged: int, target: float | None) -> Judgement:
    """Judge ``met`` of ``judged`` against ``target`` (a share, 0 to 1; ``None``: none promised).

    Raises:
        ValueError: ``met`` is not between 0 and ``judged``.
    """
    interval = wilson(met, judged)
    if target is None:
        contract = ContractVerdict.NO_TARGET
        return Judgement(contract, EvidenceVerdict.CANNOT_TELL, interval, None, None, None, None)
    allowed = allowance(target, judged)
    if judged == 0:
        contract = ContractVerdict.NOTHING_TO_JUDGE
    elif met >= required(target, judged):
        contract = ContractVerdict.KEPT
    else:
        contract = ContractVerdict.BREACHED
    evidence = _evidence(interval, judged, target)
    return Judgement(
        contract=contract,
        evidence=evidence,
        interval=interval,
        allowance=allowed,
        misses_left=allowed - (judged - met),
        clean_run=clean_run(target),
        can_tell_after=_can_tell_after(met, judged, target, evidence),
    )


def _evidence(interval: Interval, judged: int, target: float) -> EvidenceVerdict:
    if judged and interval.low >= target:
        return EvidenceVerdict.AT_OR_ABOVE
    if judged and interval.high < target:
        return EvidenceVerdict.BELOW
    return EvidenceVerdict.CANNOT_TELL


def _can_tell_after(met: int, judged: int, target: float, evidence: EvidenceVerdict) -> int | None:
    if evidence is not EvidenceVerdict.CANNOT_TELL:
        return 0
    if judged == 0 or target >= 1:
        return None
    needed = trials_to_tell(met / judged, target)
    return None if needed is None else max(1, needed - judged)


@dataclass(frozen=True, slots=True)
class Attainment:
    """One obligation's count in one period: what was judged, and what was left out and why."""

    met: int
    judged: int
    target: float | None = None
    """Promised share, 0 to 1."""
    excluded: int = 0
    """Left out by a rule of the contract (merged, cancelled, ...)."""
    unknown: int = 0
    """Not judged because the evidence has holes."""
    pending: int = 0
    """Open and not yet due."""

    def __post_init__(self) -> None:
        """Refuse counts that cannot be.

        Raises:
            ValueError: ``met`` is not between 0 and ``judged``.
        """
        if not 0 <= self.met <= self.judged:
            raise ValueError(f"{self.met} met of {self.judged} judged cannot be")

    @property
    def missed(self) -> int:
        """Judged and not met."""
        return self.judged - self.met

    @property
    def share(self) -> float | None:
        """Met over judged, ``None`` while nothing is judged. For arithmetic, not for show."""
        return self.met / self.judged if self.judged else None

    def judgement(self) -> Judgement:
        """Return both verdicts."""
        return judge(self.met, self.judged, self.target)

    def percent(self) -> str | None:
        """Return the share as text, or ``None`` under ten judged.

        It is rounded down, to as many decimals as the target has and at least one.
        """
        if self.judged < PERCENT_NEEDS:
            return None
        decimals = 1 if self.target is None else max(1, decimals_of(self.target))
        return percent(self.met, self.judged, decimals)

    def words(self) -> str:
        """Return the count as a phrase: "18 of 20 met", "nothing judged yet"."""
        return f"{self.met} of {self.judged} met" if self.judged else "nothing judged yet"

    def left_out_words(self) -> str:
        """Return what was not judged: "2 excluded, 1 unknown, 3 not yet due", or ""."""
        parts = (
            (self.excluded, "excluded"),
            (self.unknown, "unknown"),
            (self.pending, "not yet due"),
        )
        return ", ".join(f"{count} {word}" for count, word in parts if count)

    def contract_words(self) -> str:
        """Return the contract verdict as a phrase for a busy reader."""
        verdict = self.judgement()
        if verdict.misses_left is None:
            return "no share promised"
        if verdict.contract is ContractVerdict.NOTHING_TO_JUDGE:
            return "nothing to judge"
        if verdict.contract is ContractVerdict.BREACHED:
            over = -verdict.misses_left
            return f"broken: {_misses(over)} more than the {verdict.allowance} allowed"
        if verdict.misses_left == 0:
            return "kept, no miss left"
        return f"kept, {_misses(verdict.misses_left)} left"

    def evidence_words(self) -> str:
        """Return the evidence verdict as a phrase for a busy reader."""
        if self.target is None:
            return "no share promised"
        verdict = self.judgement()
        if verdict.evidence is EvidenceVerdict.AT_OR_ABOVE:
            return f"shown to be at or above {share_text(self.target)}"
        if verdict.evidence is EvidenceVerdict.BELOW:
            return f"shown to be below {share_text(self.target)}"
        if verdict.can_tell_after is None:
            return "cannot tell yet"
        if verdict.can_tell_after > FORESEEABLE:
            return "cannot tell yet; too near the promise to be told soon"
        return f"cannot tell yet; about {verdict.can_tell_after} more at this rate"


def _misses(count: int) -> str:
    return "1 miss" if count == 1 else f"{count} misses"
