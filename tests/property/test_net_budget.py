"""What a budget never lets through, whatever a host answers: hours of requests in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from engagewatch.model.freshness import Failure
from engagewatch.net.budget import FAILURES_TO_OPEN, RETRY_QUOTA, Budget
from engagewatch.net.errors import SourceError
from tests.fault.virtual_time import run

PER_MINUTE = 600
FIRST_REST = 15.0
REFUSED_AGAIN = (60.0, 120.0, 240.0, 480.0, 900.0)

ANSWERS = st.sampled_from(["good", "down", "limited", "refused", "odd"])
STEPS = st.lists(
    st.tuples(
        ANSWERS,
        st.integers(min_value=0, max_value=400),  # seconds until the next attempts
        st.integers(min_value=1, max_value=3),  # attempts at the same time
        st.integers(min_value=1, max_value=120),  # the wait that a limit names
    ),
    max_size=40,
)


@dataclass
class Host:
    """A host as the budget sees it, and what must not be sent to it."""

    sent: list[float] = field(default_factory=list)
    under_way: int = 0
    failures: int = 0
    refusals: int = 0
    failed_at: float = 0.0
    limited_until: float = 0.0
    refused_until: float = 0.0

    async def ask(self, budget: Budget, answer: str, wait: int) -> None:
        """Ask for one request, and let the host answer it if it is sent."""
        clock = asyncio.get_running_loop().time
        try:
            async with budget.request():
                now = clock()
                assert now >= self.limited_until, "the host asked to be left alone"
                assert now >= self.refused_until, "the credential was refused just now"
                if self.failures >= FAILURES_TO_OPEN:
                    assert self.under_way == 0, "one request is enough to see whether it is back"
                    assert now - self.failed_at >= FIRST_REST, "it is left in peace in between"
                self.sent.append(now)
                self.under_way += 1
                try:
                    await asyncio.sleep(0.2)
                    self.note(answer, clock(), wait)
                finally:
                    self.under_way -= 1
        except SourceError:
            return

    def note(self, answer: str, now: float, wait: int) -> None:
        """Answer, and remember what that forbids."""
        if answer == "good":
            self.failures = self.refusals = 0
        elif answer == "limited":
            self.failures = 0
            self.limited_until = max(self.limited_until, now + wait)
            raise SourceError(Failure.RATE_LIMITED, "slow down", retry_after=wait, status=429)
        elif answer == "refused":
            pause = REFUSED_AGAIN[min(self.refusals, len(REFUSED_AGAIN) - 1)]
            self.refusals += 1
            self.refused_until = max(self.refused_until, now + pause)
            raise SourceError(Failure.AUTHENTICATION, "no", status=401)
        elif answer == "down":
            self.failures += 1
            self.failed_at = now
            raise SourceError(Failure.TRANSIENT, "down", status=503)
        else:
            self.failures = 0
            raise SourceError(Failure.CONTRACT, "odd", status=404)


@given(STEPS)
def test_no_demand_of_a_host_is_ever_overstepped(steps: list[tuple[str, int, int, int]]) -> None:
    async def main() -> None:
        budget, host = Budget(PER_MINUTE), Host()
        for answer, pause, attempts, wait in steps:
            await asyncio.gather(*(host.ask(budget, answer, wait) for _ in range(attempts)))
            await asyncio.sleep(pause)
        # However it went, a host that is well again is asked again before long.
        await asyncio.sleep(901)
        before = len(host.sent)
        await host.ask(budget, "good", 0)
        assert len(host.sent) == before + 1
        assert 1 <= budget.per_minute <= PER_MINUTE

    run(main())


@given(st.lists(st.booleans(), max_size=60))
def test_second_attempts_never_outnumber_what_good_answers_earned(answers: list[bool]) -> None:
    async def main() -> None:
        budget, retried, good = Budget(PER_MINUTE), 0, 0
        for answered in answers:
            if answered:
                async with budget.request():
                    good += 1
            elif budget.may_retry():
                retried += 1
        assert retried <= RETRY_QUOTA + good

    run(main())
