"""Attainment: the count, its two verdicts, and when it keeps quiet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagewatch.engine.attainment import Attainment, ContractVerdict, EvidenceVerdict, judge
from engagewatch.engine.statistics import wilson

counts = st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
targets = st.integers(50, 99).map(lambda whole: whole / 100)


def test_a_breach_need_not_be_evidence_of_a_bad_service() -> None:
    verdict = judge(18, 20, 0.95)
    assert verdict.contract is ContractVerdict.BREACHED
    assert verdict.evidence is EvidenceVerdict.CANNOT_TELL
    assert verdict.allowance == 1
    assert verdict.misses_left == -1


def test_a_kept_promise_need_not_be_evidence_of_a_good_service() -> None:
    verdict = judge(20, 20, 0.95)
    assert verdict.contract is ContractVerdict.KEPT
    assert verdict.evidence is EvidenceVerdict.CANNOT_TELL
    assert verdict.clean_run == 73
    assert verdict.can_tell_after == 53


def test_evidence_in_both_directions() -> None:
    assert judge(73, 73, 0.95).evidence is EvidenceVerdict.AT_OR_ABOVE
    assert judge(37, 40, 0.95).evidence is EvidenceVerdict.CANNOT_TELL
    assert judge(35, 40, 0.95).evidence is EvidenceVerdict.BELOW
    assert judge(35, 40, 0.95).can_tell_after == 0


def test_exactly_on_target_is_kept() -> None:
    verdict = judge(19, 20, 0.95)
    assert verdict.contract is ContractVerdict.KEPT
    assert verdict.misses_left == 0
    assert verdict.can_tell_after is None  # a share on target is told from it by no number


def test_nothing_judged_is_neither_kept_nor_breached() -> None:
    verdict = judge(0, 0, 0.95)
    assert verdict.contract is ContractVerdict.NOTHING_TO_JUDGE
    assert verdict.evidence is EvidenceVerdict.CANNOT_TELL
    assert verdict.can_tell_after is None


def test_without_a_target_there_is_no_verdict() -> None:
    verdict = judge(3, 10, None)
    assert verdict.contract is ContractVerdict.NO_TARGET
    assert verdict.misses_left is None
    assert Attainment(3, 10).contract_words() == "no share promised"


@given(counts, targets)
def test_verdicts_agree_with_their_definitions(count: tuple[int, int], target: float) -> None:
    met, judged = count
    verdict = judge(met, judged, target)
    interval = wilson(met, judged)
    if judged:
        breached = 100 * met < round(100 * target) * judged
        assert (verdict.contract is ContractVerdict.BREACHED) == breached
        assert (verdict.misses_left is not None and verdict.misses_left < 0) == breached
    assert (verdict.evidence is EvidenceVerdict.BELOW) == (interval.high < target)
    if verdict.evidence is EvidenceVerdict.BELOW:
        assert verdict.contract is ContractVerdict.BREACHED
    if verdict.evidence is EvidenceVerdict.AT_OR_ABOVE:
        assert verdict.contract is ContractVerdict.KEPT


def test_no_percentage_under_ten_judged() -> None:
    assert Attainment(9, 9, 0.95).percent() is None
    assert Attainment(4, 5, 0.95).words() == "4 of 5 met"
    assert Attainment(9, 10, 0.95).percent() == "90%"


def test_a_share_short_of_target_never_reads_as_reaching_it() -> None:
    assert Attainment(1998, 2000, 0.9995).percent() == "99.9%"
    assert Attainment(1999, 2000, 0.9995).percent() == "99.95%"
    assert Attainment(9499, 10000, 0.95).percent() == "94.9%"


@pytest.mark.parametrize(
    ("attainment", "contract", "evidence"),
    [
        (
            Attainment(18, 20, 0.95),
            "broken: 1 miss more than the 1 allowed",
            "cannot tell yet; about 165 more at this rate",
        ),
        (Attainment(19, 20, 0.95), "kept, no miss left", "cannot tell yet"),
        (Attainment(100, 100, 0.95), "kept, 5 misses left", "shown to be at or above 95%"),
        (
            Attainment(30, 40, 0.95),
            "broken: 8 misses more than the 2 allowed",
            "shown to be below 95%",
        ),
        (Attainment(0, 0, 0.95), "nothing to judge", "cannot tell yet"),
    ],
)
def test_verdicts_in_words(attainment: Attainment, contract: str, evidence: str) -> None:
    assert attainment.contract_words() == contract
    assert attainment.evidence_words() == evidence


def test_what_was_left_out_is_told() -> None:
    attainment = Attainment(5, 6, 0.95, excluded=2, unknown=1, pending=3)
    assert attainment.left_out_words() == "2 excluded, 1 unknown, 3 not yet due"
    assert Attainment(5, 6).left_out_words() == ""


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="7 met of 6 judged"):
        Attainment(7, 6)


def test_a_share_next_to_its_promise_names_no_absurd_number() -> None:
    words = Attainment(met=9_501, judged=10_000, target=0.95).evidence_words()
    assert words == "cannot tell yet; too near the promise to be told soon"
