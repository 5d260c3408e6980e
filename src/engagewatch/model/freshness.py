"""How fresh a source's data is, and how its polling went."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engagewatch.model.instants import Instant


class FreshnessState(StrEnum):
    """The five things that can be said of a source's data."""

    LIVE = "live"
    REFRESHING = "refreshing"
    STALE = "stale"
    FAILING = "failing"
    NEVER = "never"


class Failure(StrEnum):
    """Why a poll failed, by what can be done about it."""

    TRANSIENT = "transient"
    RATE_LIMITED = "rate_limited"
    AUTHENTICATION = "authentication"
    CONTRACT = "contract"
    """The source answered something this adapter cannot read."""
    TRUST = "trust"
    CONFIGURATION = "configuration"


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """What is remembered about polling one source.

    It is kept in the store, so that a restart does not hammer a failing source.
    """

    engagement: str
    source: str
    last_attempt_at: Instant | None = None
    last_success_at: Instant | None = None
    failing_since: Instant | None = None
    failure: Failure | None = None
    error: str = ""
    """One line that says what happened and what to do; already safe to show."""
    failures: int = 0
    """Consecutive failed polls."""
    next_attempt_at: Instant | None = None
    polling: bool = False
    requests: int = 0
    """Requests used since the store was made."""
    requests_last_poll: int = 0
    received: int = 0
    """Bytes of answers since the store was made, unpacked."""
    received_last_poll: int = 0
    records: int = 0
    refused: int = 0
    clock_skew: int | None = None
    """Source's clock minus ours, in seconds."""
    notice: str = ""
    """What the reader should know although polling works; empty if nothing. Safe to show."""
    swept_at: Instant | None = None
    """When the open tickets were last compared with what the source still has."""

    def state_at(self, now: Instant, interval: int) -> FreshnessState:
        """Return how fresh the data is at ``now`` for a source polled every ``interval`` seconds.

        Data older than two intervals is stale even if nothing failed.
        """
        if self.polling:
            return FreshnessState.REFRESHING
        if self.failing_since is not None:
            return FreshnessState.FAILING
        if self.last_success_at is None:
            return FreshnessState.NEVER
        if now - self.last_success_at > 2 * interval:
            return FreshnessState.STALE
        return FreshnessState.LIVE
