"""What requesters thought of their tickets, as the account lists it for administrators."""

from __future__ import annotations

from collections.abc import AsyncIterator

from msgspec import Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Batch
from engagewatch.model.instants import DAY, HOUR, Instant
from engagewatch.model.ticket import Event
from engagewatch.providers.wire import PageFormat, identifier, instant, latest_credible, read_each
from engagewatch.providers.zendesk.account import AT_ONCE, Account
from engagewatch.providers.zendesk.tickets import rating_event
from engagewatch.providers.zendesk.wire import Rating, RatingPage

RATINGS = "ratings"
PATH = "satisfaction_ratings.json"

_EVERY = HOUR
_ANSWERED_WITHIN = 7 * DAY
"""The list goes by when a rating was asked for: it may be given so much later."""
_MOST_PAGES = 1000

_PAGE = PageFormat(RatingPage[Rating], RatingPage[Raw], "the list of ratings")
_rating = Decoder(Rating)


class Ratings:
    """Reads the list of ratings, hourly: the history of tickets tells of most of them sooner."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def pull(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the ratings; nothing where they may not be read, or there are none to give.

        Raises:
            SourceError: a page could not be read; those before it stay good.
        """
        account = self._account
        if cursor is not None and 0 <= now - int(cursor) < _EVERY:
            return
        since = account.started if cursor is None else int(cursor) - _ANSWERED_WITHIN
        query: dict[str, str | int] = {"start_time": max(since, 1), "page[size]": AT_ONCE}
        after: str | None = None
        for _ in range(_MOST_PAGES):
            asked = query if after is None else {**query, "page[after]": after}
            answer = await account.optional(PATH, asked)
            if answer is None:
                return
            page = _PAGE.decode(answer.body)
            told, refused = read_each(
                page.satisfaction_ratings, _rating, "rating", lambda rating: _event(rating, now)
            )
            events = [event for event in told if event is not None]
            tickets = {event.ticket_id for event in events}
            await account.place(account.scope.unplaced(tickets), now)
            following = page.meta.after_cursor if page.meta.has_more else None
            last = following is None or following == after
            after = following
            yield Batch(
                RATINGS,
                str(min(answer.server_time or now, now)) if last else None,
                events=tuple(event for event in events if account.scope.holds(event.ticket_id)),
                refused=tuple(refused),
                records=len(page.satisfaction_ratings),
                server_time=answer.server_time,
            )
            if last:
                return


def _event(rating: Rating, now: Instant) -> Event | None:
    ticket, latest = identifier(rating.ticket_id), latest_credible(now)
    asked_at = instant(rating.created_at, latest)
    # Asking is dated by when it was done, an answer by when it was given.
    at = asked_at if rating.score == "offered" else instant(rating.updated_at, latest) or asked_at
    if ticket is None or at is None:
        raise ValueError("it names no ticket" if ticket is None else "its time is not credible")
    return rating_event(ticket, rating.score, at)
