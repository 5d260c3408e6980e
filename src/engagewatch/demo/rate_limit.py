"""How many requests a minute a simulated site answers."""

from __future__ import annotations

from engagewatch.model.instants import MINUTE, Instant


class RateLimit:
    """Counts requests per minute of the clock."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._minute = 0
        self._used = 0

    def take(self, now: Instant) -> bool:
        """Count one request; return whether it is still within the limit."""
        minute = now // MINUTE
        if minute != self._minute:
            self._minute, self._used = minute, 0
        self._used += 1
        return self._used <= self.per_minute

    @property
    def remaining(self) -> int:
        """Requests left in the minute of the last one."""
        return max(0, self.per_minute - self._used)

    def reset_in(self, now: Instant) -> int:
        """Return the seconds until the next minute begins; at least 1."""
        return MINUTE - now % MINUTE
