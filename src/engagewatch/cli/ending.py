"""Ending when told to: Ctrl+C, a service manager's SIGTERM, the SIGHUP of a closed session.

The first signal lets the transaction under way finish and ends everything else. Whatever still
hangs after that (a name server that does not answer, a recount) is cut off, which the store
survives; a second signal cuts off at once.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from engagewatch.cli.errors import Stopped
from engagewatch.sync.loop import patient_with_nobody

LONGEST_GOODBYE = 1.5
"""Seconds from a signal to the end of the process, whatever hangs."""

_Result = TypeVar("_Result")


def run_until_told(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run ``work`` to its end.

    Raises:
        Stopped: a signal came first, and ``work`` was cancelled.
        BrokenPipeError: nobody reads the output any more.
    """
    told: list[int] = []

    async def watched() -> _Result:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(patient_with_nobody())
        task = asyncio.ensure_future(work)

        def stop(number: int) -> None:
            told.append(number)
            for each in numbers:
                loop.remove_signal_handler(each)
                signal.signal(each, signal.SIG_DFL)
            end_soon(128 + number)
            task.cancel()

        numbers = [
            number
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
            # What is ignored stays ignored: that is how nohup works.
            if signal.getsignal(number) is not signal.SIG_IGN
        ]
        for number in numbers:
            loop.add_signal_handler(number, stop, number)
        try:
            return await task
        finally:
            for number in numbers:
                loop.remove_signal_handler(number)

    try:
        return asyncio.run(watched())
    except BaseExceptionGroup as group:
        # Whoever read the output has seen enough: that is no trouble of the poll it ended in.
        if group.subgroup(BrokenPipeError) is None:
            raise
        raise BrokenPipeError from None
    except asyncio.CancelledError:
        if not told:
            raise
        raise Stopped(told[0]) from None


def end_soon(code: int) -> None:
    """End the process with ``code`` in a moment, if it has not ended by itself until then."""

    def end() -> None:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)

    timer = threading.Timer(LONGEST_GOODBYE, end)
    timer.daemon = True
    timer.start()
