"""The one thread that writes to the store, as asyncio code sees it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import ParamSpec, TypeVar

from engagewatch.store.store import Store

_OBJECTS_PER_COLLECTION = 50_000
"""A page is tens of thousands of small objects without cycles. At Python's own threshold, looking
for cycles among them takes more than a quarter of the time of a first read."""

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class Writer:
    """Runs store calls one after another on a thread of their own, so that no event loop waits.

    A context manager: leaving it lets the call under way finish and ends the thread.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        if 0 < gc.get_threshold()[0] < _OBJECTS_PER_COLLECTION:
            gc.set_threshold(_OBJECTS_PER_COLLECTION, *gc.get_threshold()[1:])
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engagewatch-store")

    async def run(
        self,
        function: Callable[_Parameters, _Result],
        *args: _Parameters.args,
        **kwargs: _Parameters.kwargs,
    ) -> _Result:
        """Call ``function`` on the writing thread and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: function(*args, **kwargs)
        )

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
