"""What is asked of one account besides its lists: names, sides, and whose a ticket is.

The exports have a budget of their own, a tenth of what else may be asked: two clients keep to one
each, so that looking somebody up takes nothing from the exports.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import cast

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Person
from engagewatch.net.client import Answer, Client, Limits
from engagewatch.net.errors import SourceError
from engagewatch.providers.access import basic_or_bearer, needed, started_at
from engagewatch.providers.base import Description
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.zendesk.pages import PageReader
from engagewatch.providers.zendesk.people import Directory
from engagewatch.providers.zendesk.scope import Scope
from engagewatch.providers.zendesk.wire import WireTicket

API = "api/v2"
AT_ONCE = 100
"""People or tickets that may be asked for by id at once."""

_OTHERS_PER_EXPORT = 12
_MOST_OTHERS = 120
"""The smallest plan allows 200 requests a minute for everybody together."""
_APPROVAL_TAGS = ("awaiting_approval",)
_GROUP_PAGES = 10
_CLOSED = (403, 404)
_ADVICE = (
    "the exports need a token of an admin, or an OAuth token with the scope read of one; tickets "
    "and their audits one of an agent who may see them"
)


class Account:
    """One account, and what is known of it so far."""

    def __init__(
        self,
        settings: SourceSettings,
        description: Description,
        engagement: Engagement,
        secret: str | None,
        people: Mapping[str, Person],
    ) -> None:
        """Prepare to read; nothing is requested yet.

        Raises:
            SourceError: there is no token.
        """
        token = needed(settings, secret)
        user = f"{settings.user.removesuffix('/token')}/token" if settings.user else ""
        root = settings.url.rstrip("/").removesuffix(f"/{API}")
        budget = settings.requests_per_minute or description.requests_per_minute

        def client(limits: Limits) -> Client:
            return Client(
                f"{root}/{API}",
                limits,
                authorization=basic_or_bearer(user, token),
                reach=settings.reach,
                forbidden_advice=_ADVICE,
            )

        self.exports = client(Limits(budget, lane="exports"))
        others = max(budget, min(budget * _OTHERS_PER_EXPORT, _MOST_OTHERS))
        self.others = client(Limits(others))
        organization = settings.options.get("organization")
        self.organization = None if organization is None else str(organization)
        own = frozenset(settings.meanings) - frozenset(description.default_meanings)
        directory = Directory(people, KnownRoles(engagement.people), self.organization)
        self.scope = Scope(engagement.privacy, self.organization)
        tags = settings.options.get("approval_tags", _APPROVAL_TAGS)
        self.reader = PageReader(
            engagement,
            f"{root}/agent/tickets/",
            directory,
            self.scope,
            own,
            approval_tags=cast("Sequence[str]", tags),
            category_field=cast("int | None", settings.options.get("category_field")),
            has_history=description.has_history,
        )
        self.directory = directory
        self.started: Instant = started_at(engagement)
        self._has_own_statuses = bool(own)
        self._prepared = False
        self._may_look_up = True
        self._sought: set[str] = set()

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self.exports.requests + self.others.requests

    async def aclose(self) -> None:
        """Close the connections."""
        await self.exports.aclose()
        await self.others.aclose()

    async def prepare(self) -> None:
        """Learn the names that tickets only refer to, once."""
        if self._prepared:
            return
        if self._has_own_statuses:
            answer = await self.others.get("custom_statuses.json")
            self.reader.custom_statuses(answer.body)
        link: str | None = "groups.json"
        for _ in range(_GROUP_PAGES):
            if link is None:
                break
            answer_or_none = await self.optional(link)
            if answer_or_none is None:
                break  # teams go by their ids then
            link = self.reader.groups(answer_or_none.body)
        self._prepared = True

    async def look_up(self, strangers: Sequence[str]) -> tuple[Person, ...]:
        """Return people whom nobody told of; each is asked for once.

        An account that does not allow it leaves them strangers, whose side is unknown.
        """
        found: list[Person] = []
        wanted = [key for key in strangers if key not in self._sought]
        for first in range(0, len(wanted), AT_ONCE):
            if not self._may_look_up:
                break
            some = wanted[first : first + AT_ONCE]
            answer = await self.optional("users/show_many.json", {"ids": ",".join(some)})
            if answer is None:
                self._may_look_up = False
                break
            self._sought.update(some)
            page = await asyncio.to_thread(self.reader.users, answer.body)
            found.extend(page.people)
        return tuple(found)

    async def place(self, tickets: Sequence[str], now: Instant) -> None:
        """Learn whose ``tickets`` are, where the account also has others than the engagement's.

        Raises:
            SourceError: the account could not be asked.
        """
        for first in range(0, len(tickets), AT_ONCE):
            some = tickets[first : first + AT_ONCE]
            answer = await self.others.get("tickets/show_many.json", {"ids": ",".join(some)})
            page = self.reader.exported(answer.body)
            self.reader.tickets(self.reader.of_organization(page.wires), (), now)
            self.scope.shut_out(self.scope.unplaced(some))

    async def meet(self, wires: Sequence[WireTicket]) -> tuple[Person, ...]:
        """Return the people whom tickets name, where no list of everybody told of them."""
        return await self.look_up(self.reader.named_by(wires))

    async def optional(
        self, target: str, query: Mapping[str, str | int] | None = None
    ) -> Answer | None:
        """Return an answer, ``None`` where the credential may not ask, or there is no such thing.

        Raises:
            SourceError: there is no good answer for another reason.
        """
        try:
            return await self.others.get(target, query)
        except SourceError as error:
            if error.status not in _CLOSED:
                raise
            return None
