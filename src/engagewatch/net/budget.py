"""What may be asked of a host: one budget for everybody who talks to it with one credential.

Several engagements with one provider share it, since the provider counts them together. It holds
back everyone when the host asks one of them to wait, when it refused the credential, and while it
is down; it slows down after a rate limit and recovers gently; and it bounds how much of the traffic
may be second attempts, so that an outage is not answered with a multiple of the usual load.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from engagewatch.model.freshness import Failure
from engagewatch.net.errors import SourceError

if TYPE_CHECKING:
    from aiolimiter import AsyncLimiter

RETRY_QUOTA = 10
"""Second attempts a host may be asked for beyond those it answered well."""
FAILURES_TO_OPEN = 5
"""Failed requests in a row after which a host is left alone for a while."""

_PERIOD = 60.0
_UNTOLD_WAIT = 60
_FIRST_REST = 15.0
_LONGEST_REST = 300.0
_FIRST_REFUSAL = 60.0
_LONGEST_REFUSAL = 900.0
_SUCCESSES_TO_SPEED_UP = 20

_budgets: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, str], Budget]] = (
    WeakKeyDictionary()
)


def budget(origin: str, credential: str, per_minute: int) -> Budget:
    """Return the budget for one origin and credential within the running event loop.

    Where sources ask for different rates, the lowest holds for all. ``credential`` is a
    fingerprint, not the credential; a new one starts with a clean slate.
    """
    of_loop = _budgets.setdefault(asyncio.get_running_loop(), {})
    found = of_loop.get((origin, credential))
    if found is None:
        found = of_loop[origin, credential] = Budget(per_minute)
    found.limit_to(per_minute)
    return found


class Budget:
    """Who may send when. Times are of the event loop's clock, which no clock change moves."""

    def __init__(self, per_minute: int) -> None:
        """Allow ``per_minute`` requests."""
        self._wanted = per_minute
        self._rate = float(per_minute)
        self._limiter: AsyncLimiter | None = None
        self._held_until = 0.0
        self._hold: SourceError | None = None
        self._retries = float(RETRY_QUOTA)
        self._failures = 0
        self._refusals = 0
        self._good = 0
        self._probing = False

    @property
    def per_minute(self) -> float:
        """The rate in force: the one asked for, or less after a rate limit."""
        return self._rate

    def limit_to(self, per_minute: int) -> None:
        """Allow no more than ``per_minute`` from now on."""
        if per_minute < self._wanted:
            self._wanted = per_minute
            self._set_rate(min(self._rate, per_minute))

    @asynccontextmanager
    async def request(self) -> AsyncIterator[None]:
        """Wait until one request may be sent; the block sends it and raises what came of it.

        Raises:
            SourceError: the host is to be left alone for now, and nothing was sent.
        """
        probing = self._admit()
        try:
            await self._slot()
            # Somebody else may have been told to wait meanwhile.
            self._check_hold()
            yield
        except SourceError as error:
            if error is not self._hold:
                self._note(error)
            raise
        else:
            self._note_good()
        finally:
            if probing:
                self._probing = False

    def may_retry(self) -> bool:
        """Return whether the host may be asked a second time, and count it if so."""
        if self._retries < 1 or self._failures >= FAILURES_TO_OPEN:
            return False
        self._retries -= 1
        return True

    def _admit(self) -> bool:
        """Return whether this request is the one that probes a host that was down."""
        self._check_hold()
        if self._failures < FAILURES_TO_OPEN:
            return False
        if self._probing:
            raise SourceError(
                Failure.TRANSIENT,
                f"not asked: the last {self._failures} requests to this host failed, and another "
                "one is under way to see whether it is back",
            )
        self._probing = True
        return True

    def _check_hold(self) -> None:
        left = self._held_until - _now()
        if self._hold is None or left <= 0:
            return
        waits = max(int(left + 0.999), 1)
        told = self._hold
        self._hold = SourceError(told.failure, told.message, retry_after=waits, status=told.status)
        raise self._hold

    async def _slot(self) -> None:
        if self._limiter is None:
            from aiolimiter import AsyncLimiter

            self._limiter = AsyncLimiter(max(self._rate, 1.0), _PERIOD)
        await self._limiter.acquire()

    def _note(self, error: SourceError) -> None:
        self._good = 0
        if error.failure is Failure.RATE_LIMITED:
            self._failures = 0
            self._set_rate(max(self._rate / 2, 1.0))
            self._hold_for(error.retry_after or _UNTOLD_WAIT, error)
        elif error.status == 401:
            self._refusals += 1
            self._hold_for(_doubled(_FIRST_REFUSAL, self._refusals, _LONGEST_REFUSAL), error)
        elif error.failure is Failure.TRANSIENT:
            self._failures += 1
            if self._failures >= FAILURES_TO_OPEN:
                beyond = self._failures - FAILURES_TO_OPEN + 1
                self._hold_for(_doubled(_FIRST_REST, beyond, _LONGEST_REST), error)
        else:
            self._failures = 0

    def _note_good(self) -> None:
        self._failures = self._refusals = 0
        self._retries = min(self._retries + 1, RETRY_QUOTA)
        self._good += 1
        if self._rate < self._wanted and self._good >= _SUCCESSES_TO_SPEED_UP:
            self._good = 0
            self._set_rate(min(self._rate + max(self._wanted / 10, 1.0), self._wanted))

    def _hold_for(self, seconds: float, because: SourceError) -> None:
        self._held_until = max(self._held_until, _now() + seconds)
        self._hold = because

    def _set_rate(self, rate: float) -> None:
        if rate != self._rate:
            self._rate = rate
            self._limiter = None


def _now() -> float:
    return asyncio.get_running_loop().time()


def _doubled(first: float, times: int, longest: float) -> float:
    return min(first * 2.0 ** min(times - 1, 16), longest)
