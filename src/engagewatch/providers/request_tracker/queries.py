"""What is asked of Request Tracker, in its own query language.

Instants never decide what is asked for: the server reads them in the account's own time zone. What
is new is told by the numbers of transactions; the one date in a query is coarse, and earlier than
any zone could make it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engagewatch.model.instants import HOUR, Instant, to_datetime

Query = dict[str, str | int]

PAGE = 100
"""The server cuts a larger page to this."""
_FURTHEST_ZONE = 26 * HOUR
_KINDS = (
    "Create",
    "Correspond",
    "Comment",
    "Status",
    "Set",
    "CustomField",
    "AddLink",
    "AddWatcher",
    "DelWatcher",
)
TICKET_FIELDS: Query = {
    "fields": "Subject,Status,Created,LastUpdated,Told,Due,Owner,Creator,Queue,Priority,SLA,Type,"
    "Requestor,CustomFields",
    "fields[Queue]": "Name",
}
_TRANSACTION_FIELDS: Query = {
    "fields": "Type,Field,OldValue,NewValue,Creator,Created,ObjectId,ObjectType"
}


class Queries:
    """The lists to read, narrowed to some queues and to tickets changed since some day."""

    def __init__(self, queues: Sequence[str], since: Instant) -> None:
        """``queues`` are named as the server names them; none of them means all it shows."""
        # Numbers and this one format are all that is read as a date; a zone in it is ignored.
        since_text = to_datetime(since - _FURTHEST_ZONE).strftime("%Y-%m-%d %H:%M:%S")
        self._tickets = _all_of(
            f"LastUpdated > '{since_text}'", "Type = 'ticket'", _any_of("Queue", queues)
        )
        # A ticket's number may be a group's or a user's as well: the type of the object tells.
        self._transactions = _all_of(
            "ObjectType = 'RT::Ticket'",
            "TicketType = 'ticket'",
            f"TicketLastUpdated > '{since_text}'",
            _any_of("TicketQueue", queues),
            _any_of("Type", _KINDS),
        )

    def tickets(self, after: int, page: int = 1, *, newest_first: bool = False) -> Query:
        """Return the query for tickets with numbers above ``after``."""
        return {**_page(self._tickets, after, page, newest_first), **TICKET_FIELDS}

    def transactions(self, after: int, page: int = 1, *, newest_first: bool = False) -> Query:
        """Return the query for transactions with numbers above ``after``."""
        return {**_page(self._transactions, after, page, newest_first), **_TRANSACTION_FIELDS}


def some_tickets(keys: Iterable[str]) -> Query:
    """Return the query for tickets by number, at most :data:`PAGE` of them."""
    # Some versions refuse IN.
    query = " OR ".join(f"id = {int(key)}" for key in keys)
    return {"query": query, "orderby": "id", "order": "ASC", "per_page": PAGE, **TICKET_FIELDS}


def history(page: int) -> Query:
    """Return the query for one page of one ticket's own history."""
    return {"per_page": PAGE, "page": page, **_TRANSACTION_FIELDS}


def _page(query: str, after: int, page: int, newest_first: bool) -> Query:
    return {
        "query": _all_of(query, f"id > {after}"),
        "orderby": "id",
        "order": "DESC" if newest_first else "ASC",
        "per_page": PAGE,
        "page": page,
    }


def _all_of(*conditions: str) -> str:
    return " AND ".join(filter(None, conditions))


def _any_of(field: str, values: Sequence[str]) -> str:
    # Brackets, or the server mixes these with the other conditions.
    alternatives = " OR ".join(f"{field} = {_quoted(value)}" for value in values)
    return f"({alternatives})" if alternatives else ""


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
