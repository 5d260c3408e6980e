"""Whether a pull gets anywhere: the guards against sources that go round in circles or never end.

They hold for every adapter, whatever it checks by itself.
"""

from __future__ import annotations

from engagewatch.model.batch import Batch
from engagewatch.model.freshness import Failure
from engagewatch.net.errors import SourceError

MOST_PAGES = 20_000
"""Pages of one stream in one poll."""
MOST_EMPTY = 50
"""Pages without a record in a row."""
MOST_REPEATED = 3
"""Pages in a row that were read before in the same poll and again bring nothing new."""
FEWEST_TO_JUDGE = 10
BAD_SHARE = 0.2
"""Share of unreadable records above which a page is no longer taken for one with a few bad ones."""


class Progress:
    """Watches the pages of one stream during one poll."""

    def __init__(self, stream: str) -> None:
        """Watch ``stream``."""
        self._stream = stream
        self._seen: set[int] = set()
        self._pages = 0
        self._empty = 0
        self._repeated = 0

    def note(self, batch: Batch, *, news: bool) -> None:
        """Note a page that was stored; ``news``: it brought tickets or events not known before.

        Raises:
            SourceError: to go on leads nowhere. What was stored stays.
        """
        self._pages += 1
        self._empty = 0 if batch.records else self._empty + 1
        if self._pages > MOST_PAGES:
            raise self._lost(f"has no end after {MOST_PAGES} pages")
        if self._empty > MOST_EMPTY:
            raise self._lost(f"sent {self._empty} empty pages in a row and says there is more")
        if not batch.records:
            return
        page = _fingerprint(batch)
        # Lists by time begin with what ended the page before; one such page in between is usual.
        self._repeated = 0 if news or page not in self._seen else self._repeated + 1
        if self._repeated > MOST_REPEATED:
            raise self._lost("leads back to pages already read")
        self._seen.add(page)

    def _lost(self, what: str) -> SourceError:
        return SourceError(
            Failure.CONTRACT, f"the list of {self._stream} {what}; the next poll tries again"
        )


def _fingerprint(batch: Batch) -> int:
    return hash(
        (
            tuple((ticket.id, ticket.updated_at) for ticket in batch.tickets),
            tuple((event.ticket_id, event.id) for event in batch.events),
            tuple(person.id for person in batch.people),
            tuple(component.id for component in batch.components),
            tuple(incident.id for incident in batch.incidents),
        )
    )


def unreadable(batch: Batch) -> SourceError | None:
    """Return the trouble with a page of which too much was refused, ``None`` if little was.

    A few bad records are set aside. Where every fifth cannot be read, the format changed: to go on
    would step over records that a mended adapter could read.
    """
    refused = len(batch.refused)
    if refused < FEWEST_TO_JUDGE or refused <= batch.records * BAD_SHARE:
        return None
    return SourceError(
        Failure.CONTRACT,
        f"{refused} of {batch.records} records of {batch.stream} cannot be read "
        f"({batch.refused[0].record}: {batch.refused[0].reason}); the rest was kept and reading "
        "stops here until they can",
    )
