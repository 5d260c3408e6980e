"""Request Tracker's lists, read to their end although nobody says where that is.

The server cuts a page first and takes out the rows that the account may not see afterwards; how
many there are it tells only superusers. So a short page is not the last one, nor is an empty one:
the highest number that can be seen is asked for first, and pages are read until it came.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from msgspec import Struct

from engagewatch.model.freshness import Failure
from engagewatch.net.client import Answer, Client
from engagewatch.net.errors import SourceError
from engagewatch.providers.listing import Listing, Rows
from engagewatch.providers.request_tracker.queries import Query
from engagewatch.providers.request_tracker.wire import Transaction, WireTicket
from engagewatch.providers.wire import WireId, each

ADVICE = (
    "ask for SeeQueue, ShowTicket, ShowTicketComments and SeeCustomField on the client's queues"
)
MOST_EMPTY_PAGES = 50

_PLACE = re.compile(r"\s+at /\S+ line \d+.*", re.DOTALL)
"""Where in the server's own files an error arose; nobody's business."""

_Record = TypeVar("_Record", bound=WireTicket | Transaction)


TICKETS = Listing(WireTicket, "ticket", "the list of tickets", "items")
TRANSACTIONS = Listing(Transaction, "transaction", "the list of transactions", "items")


def numbered_rows(listing: Listing[_Record, Struct], answer: Answer) -> Rows[_Record, Struct]:
    """Decode a page; a record without a number is refused.

    Raises:
        SourceError: it is no such page.
    """
    page = listing.decode(answer)
    found, refused = each(page.found, listing.what, _with_number)
    return Rows(found, [*page.refused, *refused], page.rest, page.answer)


def highest(page: Rows[_Record, Struct]) -> int:
    """Return the highest number on a page, 0 if it is empty."""
    return max((number(one.id) for one in page.found), default=0)


def _with_number(record: _Record) -> _Record:
    number(record.id)
    return record


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
    client: Client, listing: Listing[_Record, Struct], query: Callable[..., Query], after: int
) -> AsyncIterator[Rows[_Record, Struct]]:
    """Yield what can be seen of a list, in the order of its numbers from above ``after``.

    ``query`` returns the query for numbers above its argument. At least one page is yielded, be it
    an empty one.

    Raises:
        SourceError: a page could not be read, or too many in a row may not be seen.
    """

    async def ask(*asked: int, **order: bool) -> Rows[_Record, Struct]:
        return numbered_rows(listing, await get(client, f"{listing.what}s", query(*asked, **order)))

    newest = await ask(after, 1, newest_first=True)
    if not newest.found:
        # All of the newest may be out of sight: two empty pages in a row are taken for the end.
        newest = await ask(after, 2, newest_first=True)
    last = highest(newest)
    if last <= after:
        yield Rows([], [], newest.rest, newest.answer)
    page = 1
    while after < last:
        got = await ask(after, page)
        if highest(got) > after:
            after, page = highest(got), 1
            yield got
            continue
        page += 1
        if page > MOST_EMPTY_PAGES:
            raise SourceError(
                Failure.CONTRACT,
                f"{MOST_EMPTY_PAGES} pages of {listing.what}s in a row may not be seen; "
                f"{ADVICE}, and name those under queues",
            )


def number(value: WireId | Any) -> int:
    """Return the number of a record; lists write it as text.

    Raises:
        ValueError: it is none.
    """
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError("its id is no number")
    return int(text)
