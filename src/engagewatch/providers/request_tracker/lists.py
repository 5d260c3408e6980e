"""Request Tracker's lists, read to their end although nobody says where that is.

The server cuts a page first and takes out the rows that the account may not see afterwards; how
many there are it tells only superusers. So a short page is not the last one, nor is an empty one:
the highest number that can be seen is asked for first, and pages are read until it came.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Refused
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import Instant
from engagewatch.net.client import Answer, Client
from engagewatch.net.errors import SourceError
from engagewatch.providers.request_tracker.queries import Query
from engagewatch.providers.request_tracker.wire import Page, Transaction, WireTicket
from engagewatch.providers.wire import PageFormat, WireId, read_each

ADVICE = (
    "ask for SeeQueue, ShowTicket, ShowTicketComments and SeeCustomField on the client's queues"
)
MOST_EMPTY_PAGES = 50

_PLACE = re.compile(r"\s+at /\S+ line \d+.*", re.DOTALL)
"""Where in the server's own files an error arose; nobody's business."""

_Record = TypeVar("_Record", WireTicket, Transaction)


@dataclass(frozen=True, slots=True)
class Rows(Generic[_Record]):
    """A page of a list."""

    records: list[_Record]
    refused: tuple[Refused, ...]
    highest: int
    """The highest number on it; 0 if it is empty."""
    server_time: Instant | None


class Listing(Generic[_Record]):
    """How to read one kind of list."""

    def __init__(self, kind: type[_Record], what: str) -> None:
        self.what = what
        self._format: PageFormat[Page[_Record], Page[Raw]] = PageFormat(
            Page[kind],  # type: ignore[valid-type]
            Page[Raw],
            f"the list of {what}s",
        )
        self._decoder: Decoder[_Record] = Decoder(kind)

    def decode(self, answer: Answer) -> Rows[_Record]:
        """Decode a page; a record without a number is refused.

        Raises:
            SourceError: it is no such page.
        """
        page = self._format.decode(answer.body)
        numbers: list[int] = []

        def read(record: _Record) -> _Record:
            numbers.append(number(record.id))
            return record

        records, refused = read_each(page.items, self._decoder, self.what, read)
        return Rows(records, tuple(refused), max(numbers, default=0), answer.server_time)


TICKETS = Listing(WireTicket, "ticket")
TRANSACTIONS = Listing(Transaction, "transaction")


async def get(client: Client, target: str, query: Query | None = None) -> Answer:
    """Return an answer; where the server refuses a query, without its own files in the error.

    Raises:
        SourceError: there is no good answer.
    """
    try:
        return await client.get(target, query)
    except SourceError as error:
        if error.status != 400:
            raise
        told = _PLACE.sub("", error.message)
        raise SourceError(error.failure, told, status=error.status) from None


async def rows(
    client: Client, listing: Listing[_Record], query: Callable[..., Query], after: int
) -> AsyncIterator[Rows[_Record]]:
    """Yield what can be seen of a list, in the order of its numbers from above ``after``.

    ``query`` returns the query for numbers above its argument. At least one page is yielded, be it
    an empty one.

    Raises:
        SourceError: a page could not be read, or too many in a row may not be seen.
    """
    newest = await _newest(client, listing, query, after)
    if newest.highest <= after:
        yield Rows([], (), 0, newest.server_time)
    page = 1
    while after < newest.highest:
        got = listing.decode(await get(client, f"{listing.what}s", query(after, page)))
        if got.highest > after:
            after, page = got.highest, 1
            yield got
            continue
        page += 1
        if page > MOST_EMPTY_PAGES:
            raise SourceError(
                Failure.CONTRACT,
                f"{MOST_EMPTY_PAGES} pages of {listing.what}s in a row may not be seen; "
                f"{ADVICE}, and name those under queues",
            )


async def _newest(
    client: Client, listing: Listing[_Record], query: Callable[..., Query], after: int
) -> Rows[_Record]:
    """Return the last page that has anything on it to be seen."""
    target = f"{listing.what}s"
    got = listing.decode(await get(client, target, query(after, 1, newest_first=True)))
    if got.highest:
        return got
    # All of the newest may be out of sight: two empty pages in a row are taken for the end.
    return listing.decode(await get(client, target, query(after, 2, newest_first=True)))


def number(value: WireId | Any) -> int:
    """Return the number of a record; lists write it as text.

    Raises:
        ValueError: it is none.
    """
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError("its id is no number")
    return int(text)
