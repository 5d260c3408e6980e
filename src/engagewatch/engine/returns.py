"""When a resolved ticket came back."""

from __future__ import annotations

from collections.abc import Sequence

from engagewatch.engine.fold import Folder
from engagewatch.engine.history import History
from engagewatch.engine.walk import read_history
from engagewatch.model.ticket import Event, Ticket


def first_return(folder: Folder, ticket: Ticket, events: Sequence[Event]) -> int | None:
    """Return the seconds from the first resolution to the first reopening; ``None``: none yet."""
    history = read_history(ticket, events, folder.compiled, History)
    for finish in history.finishes:
        if finish.reopened_at is not None:
            return finish.reopened_at - finish.at
    return None
