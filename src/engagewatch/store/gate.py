"""The write gate: one writer at a time, across threads and processes.

SQLite can arbitrate writers itself, but only by making all but one of them poll and time out, and
a checkpoint that races a writer is the one place where its write-ahead log has lost data before.
So every write transaction and every checkpoint happens behind one lock. It is a kernel lock on an
open file: it goes away with the process that holds it, however that process ends.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engagewatch.store.errors import StoreBusy

_FIRST_NAP = 0.000_5
_LONGEST_NAP = 0.02


class KernelLock:
    """An exclusive lock on a file, held by at most one thread of one process."""

    def __init__(self, path: Path) -> None:
        """Prepare to lock ``path``; the file is made (0600) when first locked, never removed."""
        self._path = path
        self._thread_lock = threading.Lock()
        self._descriptor: int | None = None

    def acquire(self, timeout: float) -> bool:
        """Take the lock, waiting at most ``timeout`` seconds; return whether it was taken."""
        deadline = time.monotonic() + timeout
        if not self._thread_lock.acquire(timeout=max(timeout, 0)):
            return False
        try:
            taken = self._lock_file(deadline)
        except BaseException:
            self._thread_lock.release()
            raise
        if not taken:
            self._thread_lock.release()
        return taken

    def release(self) -> None:
        """Let the next one in. Only the holder may call it."""
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self._thread_lock.release()

    def close(self) -> None:
        """Give the file back; a later :meth:`acquire` opens it again."""
        with self._thread_lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _lock_file(self, deadline: float) -> bool:
        if self._descriptor is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            self._descriptor = os.open(self._path, flags, 0o600)
        nap = _FIRST_NAP
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                time.sleep(min(nap, left))
                nap = min(nap * 2, _LONGEST_NAP)
            else:
                return True


class WriteGate:
    """The locks beside a database that every write to it goes through, in order of arrival.

    Who waits holds the queue's lock, so a writer that leaves and comes straight back (a rebuild,
    chunk after chunk) finds itself behind those who waited meanwhile.
    """

    def __init__(self, database: Path) -> None:
        """Guard ``database`` with two files beside it: ``.gate`` and ``.gate.queue`` added."""
        self._database = database
        self._lock = KernelLock(database.with_name(database.name + ".gate"))
        self._queue = KernelLock(database.with_name(database.name + ".gate.queue"))

    @contextmanager
    def passed(self, timeout: float = 30.0) -> Iterator[None]:
        """Hold the gate for the duration of the block.

        Raises:
            StoreBusy: it could not be passed within ``timeout`` seconds.
        """
        if not self._acquire(time.monotonic() + timeout):
            raise StoreBusy(
                f"another engagewatch process has been writing to {self._database} for over "
                f"{timeout:.0f} s. End it and try again."
            )
        try:
            yield
        finally:
            self._lock.release()

    def close(self) -> None:
        """Give the lock files back."""
        self._lock.close()
        self._queue.close()

    def _acquire(self, deadline: float) -> bool:
        if not self._queue.acquire(deadline - time.monotonic()):
            return False
        try:
            return self._lock.acquire(deadline - time.monotonic())
        finally:
            self._queue.release()
