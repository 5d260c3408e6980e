"""An event loop whose time passes at once: hours of polling in a moment, the same every time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from engagewatch.store.store import Store

T = TypeVar("T")

TICK = 1e-6
"""Seconds that a look for something to do takes, as with a real clock, which never stands still: a
timer that asks for less than the clock can tell would otherwise be due for ever."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Sleeps take no time, but move the loop's clock. For coroutines that wait for nothing real."""

    def __init__(self) -> None:
        super().__init__()
        self._passed = 0.0
        real_select = self._selector.select

        def select(timeout: float | None) -> Any:
            found = real_select(0)
            if not found and timeout is not None:
                self._passed += timeout + TICK
            return found

        self._selector.select = select

    def time(self) -> float:
        return self._passed


class InlineWriter:
    """A writer that stores at once, on the loop itself."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def run(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return function(*args, **kwargs)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run ``main`` in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
