"""Disagreements: where the provider's numbers differ from ours, and which rule explains it.

A claim is compared with our clock under the contract's tolerance. Where they differ, our rules are
exchanged one at a time, then two at a time, until the numbers agree: the smallest exchange that
does it is the cause. It works in both directions; a claim that favours the client is named as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from engagewatch.engine.fold import Folder
from engagewatch.engine.readings import claimed_clock, claimed_verdict, readings_of
from engagewatch.engine.variations import Cause, Variation, target_variation, variations_of
from engagewatch.model.clock import Clock, ClockState, Obligation
from engagewatch.model.instants import Instant
from engagewatch.model.policy import Policy
from engagewatch.model.presets import PRESETS
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Claim, Event, Ticket

_JUDGED = (ClockState.MET, ClockState.MISSED)


@dataclass(frozen=True, slots=True)
class Substitution:
    """Rules that, exchanged for ours, make the provider's numbers and ours agree."""

    causes: tuple[Cause, ...]
    words: tuple[str, ...]
    """What the provider's tool does differently, one clause per rule."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One clock on which the provider's tool and our count differ."""

    obligation: Obligation
    clock: Clock
    claim: Claim
    claimed_met: bool | None
    contract_met: bool | None
    gap: int | None
    """Seconds the provider's tool counted more than we did; ``None`` where it tells none."""
    in_favour_of: Side | None
    """Whom the claim favours; ``None`` where the verdicts agree and only the times differ."""
    explanations: tuple[Substitution, ...]
    """The smallest exchanges of rules that explain it, each on its own; empty: unexplained."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """How many of a provider's claims follow from our rules with some exchanged."""

    causes: tuple[Cause, ...]
    words: tuple[str, ...]
    """Empty for our own rules."""
    agreed: int
    compared: int


def disagreements_of(
    ticket: Ticket, events: Sequence[Event], policy: Policy, now: Instant, *, most_rules: int = 2
) -> tuple[Disagreement, ...]:
    """Return what the claims of ``ticket`` and our clocks disagree on at ``now``, with the causes.

    At most ``most_rules`` rules are exchanged at a time.
    """
    tolerance = policy.rules.claim_tolerance
    fold = Folder(policy).fold(ticket, events)
    found = []
    for claim in ticket.claims:
        clock = claimed_clock(fold, claim.obligation)
        if clock is None or agrees(claim, clock, tolerance, now) is not False:
            continue
        readings = readings_of(clock, claim, now)
        ours, verdict = readings.contract_met, readings.claimed_met
        favoured = None
        if verdict is not None and ours is not None and verdict is not ours:
            favoured = claim.obligation.ledger if verdict else _other(claim.obligation.ledger)
        found.append(
            Disagreement(
                obligation=claim.obligation,
                clock=clock,
                claim=claim,
                claimed_met=verdict,
                contract_met=ours,
                gap=_gap(claim, clock),
                in_favour_of=favoured,
                explanations=tuple(
                    _explanations(ticket, events, policy, claim, clock, now, most_rules)
                ),
            )
        )
    return tuple(found)


def agrees(claim: Claim, clock: Clock, tolerance: int, now: Instant) -> bool | None:
    """Return whether ``claim`` and ``clock`` say the same at ``now``; ``None``: no comparing.

    Times may differ by ``tolerance`` seconds, and so may verdicts that hang on them. The time told
    of an open clock is not compared: tools refresh it when they please.
    """
    state = clock.state_at(now)
    if state not in _JUDGED:
        return None
    gap = _gap(claim, clock)
    if gap is not None and abs(gap) > tolerance:
        return False
    verdict = claimed_verdict(claim, clock)
    if verdict is None:
        return None if gap is None else True
    if verdict is (state is ClockState.MET):
        return True
    return (
        clock.stopped_at is not None
        and clock.target is not None
        and abs(clock.consumed - clock.target) <= tolerance
    )


def hypotheses(
    cases: Iterable[tuple[Ticket, Sequence[Event]]],
    policy: Policy,
    obligation: Obligation,
    *,
    most_rules: int = 2,
) -> list[Hypothesis]:
    """Return by which rules a provider's tool may count, best first, our own among them.

    Every exchange of up to ``most_rules`` rules is tried on the duties of ``cases`` that ended, and
    so are the rules that common products come with. Of hypotheses that explain equally many, the
    one with the fewest exchanged rules comes first.
    """
    claims = [
        (ticket, events, claim)
        for ticket, events in cases
        for claim in ticket.claims
        if claim.obligation is obligation
    ]
    found = [
        Hypothesis(
            tuple(one.cause for one in exchanged),
            tuple(one.words for one in exchanged),
            *_score(claims, _exchange(policy, exchanged)),
        )
        for exchanged in _exchanges(variations_of(policy), most_rules)
    ]
    for preset in PRESETS.values():
        words = (f"counts the way {preset.title} does unless set up otherwise",)
        score = _score(claims, replace(policy, rules=preset.rules))
        found.append(Hypothesis((Cause.DEFINITION,), words, *score))
    found.sort(key=lambda one: (-one.agreed, len(one.words)))
    return found


def _score(
    claims: Iterable[tuple[Ticket, Sequence[Event], Claim]], policy: Policy
) -> tuple[int, int]:
    """Return how many claims agree under ``policy``, and how many could be compared."""
    folder = Folder(policy)
    agreed = compared = 0
    for ticket, events, claim in claims:
        clock = claimed_clock(folder.fold(ticket, events), claim.obligation)
        if clock is None or clock.stopped_at is None:
            continue
        same = agrees(claim, clock, policy.rules.claim_tolerance, clock.stopped_at)
        if same is not None:
            compared += 1
            agreed += same
    return agreed, compared


def _explanations(
    ticket: Ticket,
    events: Sequence[Event],
    policy: Policy,
    claim: Claim,
    clock: Clock,
    now: Instant,
    most_rules: int,
) -> Iterator[Substitution]:
    variations = list(variations_of(policy))
    tolerance = policy.rules.claim_tolerance
    if claim.target is not None and claim.target != clock.target:
        variations.insert(0, target_variation(claim.obligation, clock.priority, claim.target))
    size = 0
    for exchanged in _exchanges(variations, most_rules):
        if size and len(exchanged) > size:
            return  # what fewer rules explain needs no more
        folder = Folder(_exchange(policy, exchanged))
        varied = claimed_clock(folder.fold(ticket, events), claim.obligation)
        if not exchanged or varied is None:
            continue
        alike = (varied.stopped_at is None) == (clock.stopped_at is None)
        if alike and agrees(claim, varied, tolerance, now):
            size = len(exchanged)
            yield Substitution(
                tuple(one.cause for one in exchanged), tuple(one.words for one in exchanged)
            )


def _gap(claim: Claim, clock: Clock) -> int | None:
    """Return the seconds that the claim counts more than the clock, of one that has ended."""
    if claim.elapsed is None or clock.stopped_at is None:
        return None
    return claim.elapsed - clock.consumed


def _exchanges(variations: Sequence[Variation], most_rules: int) -> Iterator[tuple[Variation, ...]]:
    """Yield sets of variations of different rules, small ones first, the empty one included."""
    for size in range(most_rules + 1):
        for exchanged in combinations(variations, size):
            if len({one.rule for one in exchanged}) == size:
                yield exchanged


def _exchange(policy: Policy, variations: Iterable[Variation]) -> Policy:
    for variation in variations:
        policy = variation.apply(policy)
    return policy


def _other(side: Side) -> Side:
    return Side.CLIENT if side is Side.PROVIDER else Side.PROVIDER
