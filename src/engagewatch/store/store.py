"""The store: one SQLite file that holds what was fetched and what was derived from it."""

from __future__ import annotations

from engagewatch.store.keeping import Keeping
from engagewatch.store.reading import Reading
from engagewatch.store.writing import Writing


class Store(Reading, Writing, Keeping):
    """An open database: any number of reading threads, and one writer at a time.

    All methods block; an event loop calls them in a thread. Each thread reads through a connection
    of its own (:attr:`connection`). Writes wait for each other at the write gate, within the
    process and between processes, and each is one transaction.

    Every method may raise a :class:`~engagewatch.store.errors.StoreError`; the writing ones raise
    ``StoreReadOnly`` on a store opened for reading.
    """
