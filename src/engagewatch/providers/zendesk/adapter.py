"""Zendesk Support: people, tickets and what happened to them.

By the incremental exports where the credential is an administrator's, ticket by ticket where it is
an agent's: which of the two is found out by asking. People come first, so that every message is
written by somebody whose side is known. Each page is translated on another thread and handed on
with the cursor that follows it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from engagewatch.model.batch import Absence, Batch
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Person
from engagewatch.net.errors import SourceError
from engagewatch.providers.base import CheckLine, Description
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.zendesk.account import Account
from engagewatch.providers.zendesk.approvals import APPROVALS, Approvals
from engagewatch.providers.zendesk.checking import check_lines
from engagewatch.providers.zendesk.exports import EVENTS, TICKETS, USERS, Exports
from engagewatch.providers.zendesk.ratings import RATINGS, Ratings
from engagewatch.providers.zendesk.search import Search
from engagewatch.providers.zendesk.sweep import absent_tickets

_FORBIDDEN = 403


def describe(settings: SourceSettings) -> Description:
    """Describe the adapter."""
    return BUILT_IN["zendesk"](settings)


def open_adapter(
    settings: SourceSettings,
    engagement: Engagement,
    secret: str | None,
    people: Mapping[str, Person],
) -> Zendesk:
    """Return the adapter of one Zendesk account.

    Raises:
        SourceError: there is no token.
    """
    return Zendesk(settings, engagement, secret, people)


class Zendesk:
    """One Zendesk account."""

    streams = (USERS, TICKETS, EVENTS, RATINGS, APPROVALS)

    def __init__(
        self,
        settings: SourceSettings,
        engagement: Engagement,
        secret: str | None,
        people: Mapping[str, Person],
    ) -> None:
        """Prepare to read; nothing is requested yet.

        Raises:
            SourceError: there is no token.
        """
        self.description = describe(settings)
        self._engagement = engagement
        self._account = Account(settings, self.description, engagement, secret, people)
        self._exports = Exports(self._account)
        self._search = Search(self._account, reads_history=self.description.has_history)
        self._ratings = Ratings(self._account)
        self._approvals = Approvals(self._account)
        # Without histories there is nothing that only the exports tell.
        self._is_agent = not self.description.has_history

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._account.requests

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the pages of one stream since ``cursor``.

        People are read from the account's beginning, tickets and their events from the beginning of
        the engagement. An agent's tickets come with their events, and with the people they name.

        Raises:
            SourceError: a page could not be read; those before it stay good.
        """
        if stream == USERS:
            pages = self._users(cursor, now)
        elif stream == TICKETS:
            pages = self._tickets(cursor, now)
        elif stream == EVENTS:
            pages = self._events(cursor, now)
        elif stream == RATINGS:
            pages = self._ratings.pull(cursor, now)
        elif stream == APPROVALS:
            pages = self._approvals.pull(cursor, now)
        else:
            raise KeyError(stream)
        async for batch in pages:
            yield batch

    async def check(self) -> list[CheckLine]:
        """Ask for a little of everything and say what is missing."""
        return await check_lines(
            self._account,
            self._search,
            self._engagement,
            has_history=self.description.has_history,
        )

    async def absent(self, ids: Sequence[str]) -> list[Absence]:
        """Return those of ``ids`` that the account no longer has, or no longer shows.

        Raises:
            SourceError: the account could not be asked.
        """
        return await absent_tickets(self._account.others, ids, self._account.organization)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._account.aclose()

    async def _users(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        if self._is_agent:
            return
        try:
            async for batch in self._exports.users(cursor, now):
                yield batch
        except SourceError as error:
            if error.status != _FORBIDDEN:
                raise
            self._is_agent = True

    async def _tickets(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        if not self._is_agent:
            begun = False
            try:
                async for batch in self._exports.tickets(cursor, now):
                    begun = True
                    yield batch
            except SourceError as error:
                if begun or error.status != _FORBIDDEN:
                    raise
                self._is_agent = True
            else:
                return
        async for batch in self._search.tickets(cursor, now):
            yield batch

    async def _events(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        if self._is_agent:
            return
        async for batch in self._exports.events(cursor, now):
            yield batch
