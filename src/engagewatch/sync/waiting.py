"""Waiting for an instant on a machine that sleeps, and under a clock that is moved."""

from __future__ import annotations

import asyncio
import contextlib

from engagewatch.model.instants import Instant, TimeSource

TICK = 15.0
"""Longest nap, in seconds. Sleeps stand still while a machine is suspended, so the wall clock is
read again this often."""
_AT_ONCE = 0.001
JUMP = 30.0
"""Seconds by which the wall clock may run ahead of the machine's own before it counts as a jump:
the machine was suspended, or its clock was set."""


async def wait_until(due: Instant, wake: asyncio.Event, now: TimeSource) -> bool:
    """Wait for ``due``, for ``wake``, or for as long as ``due`` was off; whichever comes first.

    The last is for a wall clock that is set back meanwhile: it must not stop polling for hours.

    Returns:
        Whether the wall clock jumped ahead during the wait.
    """
    monotonic = asyncio.get_running_loop().time
    began, began_at = monotonic(), now()
    at_the_latest = began + (due - began_at)
    while not wake.is_set():
        left = min(due - now(), at_the_latest - monotonic())
        if left < _AT_ONCE:
            break
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), min(left, TICK))
    return (now() - began_at) - (monotonic() - began) > JUMP
