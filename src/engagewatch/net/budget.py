"""Request budgets, shared by everything that talks to one host with one credential."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from aiolimiter import AsyncLimiter

_MINUTE = 60.0

# A limiter belongs to one event loop; it lives as long as a client holds it.
_limiters: WeakValueDictionary[tuple[str, str, int, int], AsyncLimiter] = WeakValueDictionary()


def limiter(origin: str, credential: str, per_minute: int) -> AsyncLimiter:
    """Return the limiter for ``per_minute`` requests to one origin with one credential.

    Several engagements with one provider share it, since the provider counts them together.
    ``credential`` is a fingerprint, not the credential.
    """
    from aiolimiter import AsyncLimiter

    key = (origin, credential, per_minute, id(asyncio.get_running_loop()))
    found = _limiters.get(key)
    if found is None:
        found = _limiters[key] = AsyncLimiter(per_minute, _MINUTE)
    return found
