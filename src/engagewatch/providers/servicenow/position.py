"""How far a table was read: by the time its records were saved, and an offset within one second."""

from __future__ import annotations

import json
from typing import NamedTuple

from engagewatch.model.instants import EARLIEST, MINUTE, Instant

_OVERLAP = 10 * MINUTE


class Position(NamedTuple):
    """Where a stream goes on: after all that was saved before ``since``, and ``offset`` more."""

    since: Instant
    offset: int = 0
    more: bool = False
    """The read broke off here; otherwise the stream was read to its end."""

    @classmethod
    def load(cls, text: str | None, start: Instant) -> Position:
        """Return where to go on: exactly where it broke off, else with an overlap."""
        if text is None:
            return cls(start)
        stored = cls(**json.loads(text))
        if stored.more:
            return stored
        # Records are stamped before they can be seen.
        return cls(max(stored.since - _OVERLAP, EARLIEST))

    def after(self, newest: Instant, following: int | None) -> Position:
        """Return the position after a page whose newest record is of ``newest``.

        ``following`` is the offset of the next page; an offset is used only within one second.
        """
        if following is None:
            return Position(max(newest, self.since))
        if newest > self.since:
            return Position(newest, 0, True)
        return Position(self.since, following, True)

    def dump(self) -> str:
        """Return it as text to be stored."""
        return json.dumps(self._asdict())
