"""What one poll costs in requests and bytes, and a bound on it.

The account of a poll travels with the task that polls, so that every adapter is counted without
doing anything for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from engagewatch.model.freshness import Failure
from engagewatch.net.errors import SourceError

POLL_BYTES = 1 << 30
"""Bytes one poll may receive, unpacked. The next one goes on from where it stopped."""


@dataclass(slots=True)
class Usage:
    """What was used so far."""

    limit: int = POLL_BYTES
    requests: int = 0
    received: int = 0
    """Bytes of bodies, unpacked."""


_current: ContextVar[Usage | None] = ContextVar("usage", default=None)


@contextmanager
def metered(limit: int = POLL_BYTES) -> Iterator[Usage]:
    """Count what the block reads over the network, in this task and those it starts."""
    usage = Usage(limit)
    token = _current.set(usage)
    try:
        yield usage
    finally:
        _current.reset(token)


def count(received: int) -> None:
    """Note one request and the bytes its answer brought.

    Raises:
        SourceError: the poll has received more than it may.
    """
    usage = _current.get()
    if usage is None:
        return
    usage.requests += 1
    usage.received += received
    if usage.received > usage.limit:
        raise SourceError(
            Failure.TRANSIENT,
            f"the source sent more than {usage.limit >> 20} MiB in one go and was left; "
            "the next poll goes on from where this one stopped",
        )
