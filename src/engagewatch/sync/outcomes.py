"""What came of a poll, and when to try again."""

from __future__ import annotations

from dataclasses import replace

from engagewatch.model.engagement import SourceSettings
from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.model.instants import HOUR, MINUTE, Instant
from engagewatch.model.text import safe_text
from engagewatch.net.errors import SourceError
from engagewatch.store.errors import StoreError

LONGEST_BACKOFF = 15 * MINUTE
AUTHENTICATION_RETRY = 15 * MINUTE
"""A refused credential is tried this seldom, so that no account is ever locked out."""
CONTRACT_RETRY = HOUR


def succeeded(health: SourceHealth, at: Instant, settings: SourceSettings) -> SourceHealth:
    """Return ``health`` after a poll that went well, finished at ``at``."""
    return replace(
        health,
        last_success_at=at,
        failing_since=None,
        failure=None,
        error="",
        failures=0,
        next_attempt_at=at + settings.interval,
    )


def failed(
    health: SourceHealth, problem: SourceError, at: Instant, settings: SourceSettings
) -> SourceHealth:
    """Return ``health`` after a poll that failed at ``at``, with the next attempt planned."""
    failures = health.failures + 1
    delay = next_delay(problem.failure, failures, settings.interval, problem.retry_after)
    return replace(
        health,
        failing_since=health.failing_since or at,
        failure=problem.failure,
        error=problem.message,
        failures=failures,
        next_attempt_at=at + delay,
    )


def unexpected(error: BaseException) -> SourceError:
    """Return what is no :class:`SourceError` as a failure of its source, to be shown like any."""
    if isinstance(error, StoreError):
        # Space comes back, locks are released: what was stored before is intact.
        return SourceError(Failure.TRANSIENT, str(error))
    return SourceError(
        Failure.CONTRACT,
        f"unexpected {type(error).__name__} while reading the source: {safe_text(str(error))}",
    )


def next_delay(failure: Failure, failures: int, interval: int, retry_after: int | None) -> int:
    """Return the seconds to wait after the ``failures``-th failed poll in a row.

    Transient trouble doubles the wait up to a quarter of an hour; a source that names its own wait
    is taken at its word; what only a person can mend is tried seldom.
    """
    if failure is Failure.RATE_LIMITED:
        return max(retry_after or MINUTE, 1)
    if failure is Failure.AUTHENTICATION:
        return max(AUTHENTICATION_RETRY, interval)
    if failure in (Failure.CONTRACT, Failure.CONFIGURATION, Failure.TRUST):
        return max(CONTRACT_RETRY, interval)
    doubled: int = max(interval, 30) << min(failures - 1, 8)
    return min(doubled, max(LONGEST_BACKOFF, interval))


def held_until(health: SourceHealth, now: Instant) -> Instant:
    """Return until when a source must not be asked even if somebody wishes to; 0 if it may be.

    A source that named its wait gets it. A refused credential may be tried again soon by whoever
    mended it, but ever less soon each time it is refused, so that no account is locked out.
    """
    last = health.last_attempt_at or 0
    if health.failure is Failure.RATE_LIMITED and health.next_attempt_at is not None:
        until = health.next_attempt_at
    elif health.failure is Failure.AUTHENTICATION:
        until = last + min(MINUTE << min(max(health.failures - 1, 0), 8), AUTHENTICATION_RETRY)
    else:
        return 0
    # A wait that begins or ends far in the future was written under a wrong clock.
    return until if last <= now < until <= now + HOUR else 0
