"""Cursors: where a stream goes on, as text that the store keeps."""

from __future__ import annotations

from typing import Self

import msgspec

from engagewatch.model.instants import EARLIEST, MINUTE, Instant

OVERLAP = 10 * MINUTE
"""How far a poll goes back behind the newest change that was read: records are stamped before they
can be seen, and search indexes lag."""


class Cursor(msgspec.Struct, frozen=True):
    """Where a stream goes on; the fields are the adapter's."""

    @classmethod
    def load(cls, text: str | None) -> Self | None:
        """Return what a stored text says, ``None`` where nothing was read yet."""
        return None if text is None else msgspec.json.decode(text, type=cls)

    def dump(self) -> str:
        """Return it as text to be stored."""
        return msgspec.json.encode(self).decode()


def back(newest: Instant, overlap: int = OVERLAP) -> Instant:
    """Return from when on to ask again, the newest change read being of ``newest``."""
    return max(newest - overlap, EARLIEST)
