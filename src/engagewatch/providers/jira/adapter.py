"""One Jira site: a single stream of issues, each with its history, comments, clocks and approvals.

Issues come in the order of their changes. The index that queries read lags behind by seconds to
minutes, so polls overlap; what was read before in the same version is left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace

from msgspec import MsgspecError
from msgspec.json import Decoder

from engagewatch.model.batch import Absence, Batch
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import MINUTE, Instant
from engagewatch.model.ticket import Event, Person
from engagewatch.net.errors import SourceError
from engagewatch.providers.access import basic_or_bearer, needed, texts
from engagewatch.providers.base import CheckLine
from engagewatch.providers.cursors import Cursor, back
from engagewatch.providers.gathering import Gathered
from engagewatch.providers.jira.history import HistoryReader
from engagewatch.providers.jira.people import Accounts
from engagewatch.providers.jira.requests import BY_ID, POSTED, Page, Questions, following
from engagewatch.providers.jira.site import SLA, Site, explore, team
from engagewatch.providers.jira.tickets import Found, TicketReader
from engagewatch.providers.jira.values import moment
from engagewatch.providers.jira.wire import Comment, HistoryEntry, Issue, SearchGoesOn, Stamp
from engagewatch.providers.listing import Listing
from engagewatch.providers.names import StatusNames
from engagewatch.providers.opened import Reading, TicketAdapter, tried, unless
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.wire import identifier, latest_credible, refusal

ISSUES = "issues"

_EXPIRED = frozenset({400, 410})
_AT_ONCE = 100
_ADVICE = "ask for an agent's licence and Browse Projects, see docs/providers/jira.md"

_SHOWN = Listing(Issue, "issue", "the list of issues", "issues", SearchGoesOn)
_stamp = Decoder(Stamp)


class _Position(Cursor, frozen=True):
    """Where the stream goes on."""

    since: Instant
    """What the query asks from."""
    newest: Instant
    """The newest change read."""
    token: str | None = None
    """The next page of the same query (Cloud); tokens are good for a week."""
    offset: int = 0
    """How many of the same query were read (Data Center)."""
    more: bool = False
    """The run broke off here."""

    def anew(self) -> _Position:
        """Return the position that asks again, a little further back than the newest change."""
        return _Position(back(self.newest), self.newest)

    def after(self, page: Page, newest: Instant, site: Site) -> _Position:
        """Return the position after a page whose newest change is of ``newest``."""
        newest = max(newest, self.newest)
        if site.is_cloud:
            token = following(page)
            return _Position(self.since, newest, token, 0, token is not None)
        total = page.rest.total
        if page.size == 0 or (total is not None and self.offset + page.size >= total):
            return _Position(self.since, newest)
        if newest // MINUTE > self.since // MINUTE:
            # Offsets drift while issues change: go on from the minute of the last one.
            return _Position(newest - newest % MINUTE, newest, None, 0, True)
        return _Position(self.since, newest, None, self.offset + page.size, True)


class Jira(TicketAdapter):
    """One site, seen with the rights of one account."""

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
        credential = basic_or_bearer(settings.user, needed(settings, secret))
        super().__init__(settings, engagement, "rest", credential, _ADVICE, searches=POSTED)
        self._projects = texts(settings.options.get("projects"))
        domains = texts(settings.options.get("client_domains"))
        self._accounts = Accounts(people, KnownRoles(engagement.people), domains)
        self._statuses = StatusNames(settings.meanings)
        told = settings.options.get("claims")
        claims = told if isinstance(told, Mapping) else {}
        self._tickets = TicketReader(
            engagement,
            self._accounts,
            self._statuses,
            {str(name).lower(): Obligation(one) for name, one in claims.items()},
        )
        self._history = HistoryReader(self._accounts, self._statuses, engagement.privacy)
        self._seen: dict[str, Instant] = {}
        """Issues read lately by this object, with the time of the version read."""

    def _readings(self) -> Mapping[str, Reading]:
        return {ISSUES: self._changed}

    async def _prepare(self) -> None:
        """Learn what has to be known of the site."""
        site = await explore(self._client, self._root)
        self._statuses.learn(site.statuses)
        for user in await team(self._client, site.api, self._projects):
            self._accounts.employ(user)
            self._accounts.learn(user)
        self._site, self._questions = site, Questions(self._client, site, self._projects)

    async def _changed(self, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        position = _Position.load(cursor)
        if position is None:
            position = _Position(self._started, self._started)
        elif not position.more:
            position = position.anew()
        self._seen = {key: at for key, at in self._seen.items() if at >= position.since}
        while True:
            try:
                page = await self._questions.page(
                    position.since, token=position.token, offset=position.offset
                )
            except SourceError as error:
                if position.token is None or error.status not in _EXPIRED:
                    raise
                # The token ran out, or the account's time zone changed: ask anew.
                position = position.anew()
                continue
            fresh = [issue for issue in page.found if not self._was_seen(issue, now)]
            gathered, newest = await self._gathered(fresh, now)
            newest = max([newest, *(_updated_at(issue, now) or 0 for issue in page.found)])
            position = position.after(page, newest, self._site)
            yield gathered.page(ISSUES, position.dump(), page)
            # Only now is the page stored.
            self._seen.update({ticket.id: ticket.updated_at for ticket in gathered.tickets})
            if not position.more:
                return

    async def absent(self, ids: Sequence[str]) -> list[Absence]:
        """Return those of ``ids`` that the site does not show; it never says which were deleted.

        Raises:
            SourceError: the site could not be asked.
        """
        await self._ready()
        shown: set[str | None] = set()
        for first in range(0, len(ids) if self._site.is_cloud else 0, _AT_ONCE):
            some = ids[first : first + _AT_ONCE]
            question = {"issueIdsOrKeys": list(some), "fields": ["updated"]}
            page = _SHOWN.decode(await self._client.search(BY_ID, question))
            shown |= {_id_of(one) for one in page.found}
        for one in () if self._site.is_cloud else ids:
            path = f"{self._site.api}/issue/{one}"
            if await unless(self._client.get(path, {"fields": "updated"})) is not None:
                shown.add(one)
        reason = "the site does not show it: it was deleted, moved, or hidden from the account"
        return [Absence(one, gone=False, reason=reason) for one in ids if one not in shown]

    async def check(self) -> list[CheckLine]:
        """Ask who the account is, and for a little of everything."""
        try:
            await self._ready()
        except SourceError as error:
            return [CheckLine(False, "account", error.message)]
        site, questions = self._site, self._questions
        lines = [CheckLine(True, "account", f"its queries are read in {site.zone.key}")]
        for project in self._projects:
            asking = self._client.get(f"{site.api}/project/{project}")
            line = await tried(project, asking, without="ask for Browse Projects there")
            lines += [] if line.ok else [line]
        if not all(line.ok for line in lines):
            return lines
        try:
            page = await questions.page(self._started, token=None, offset=0)
            histories = await questions.histories(page.found[:1])
        except SourceError as error:
            return [*lines, CheckLine(False, ISSUES, error.message)]
        if not page.found:
            told = "no issue of these projects is visible since the engagement started"
            return [*lines, CheckLine(False, ISSUES, f"{told}; {_ADVICE}")]
        lines.append(CheckLine(True, ISSUES, "issues can be read"))
        told = f"the history of issues can be read ({sum(map(len, histories.values()))} changes)"
        lines.append(CheckLine(True, "history", told))
        lines.append(await self._check_clocks(page.found[0]))
        return lines

    async def _check_clocks(self, issue: Issue) -> CheckLine:
        if not self._site.fields.get(SLA):
            told = "the site shows no SLA field: there is no service project, or the account is no "
            return CheckLine(False, "clocks", f"{told}agent; the provider's clocks stay unseen")
        try:
            found = self._tickets.read(issue, self._site, self._started + 100 * 365 * 86400)
            shown = not found.sla_hidden or bool(await self._questions.slas(found.ticket.id))
        except (ValueError, MsgspecError, SourceError):
            shown = False
        if shown:
            return CheckLine(True, "clocks", "the provider's own clocks can be read")
        told = "SLA fields are there but empty: the account has to be an agent of the project"
        return CheckLine(False, "clocks", told)

    async def _gathered(self, issues: Sequence[Issue], now: Instant) -> tuple[Gathered, Instant]:
        """Return ``issues`` with all that is known of them, and when the last of them changed."""
        questions, gathered = self._questions, Gathered()
        found: list[Found] = []
        for issue in issues:
            try:
                one = self._tickets.read(issue, self._site, now)
            except (ValueError, MsgspecError) as error:
                gathered.refused.append(refusal(f"issue {issue.key or 'without a key'}", error))
                continue
            if not self._exclusion.covers(one.ticket):
                found.append(one)
        kept = {one.ticket.id for one in found}
        histories = await questions.histories([one for one in issues if _id_of(one) in kept])
        comments: dict[str, list[Comment]] = {}
        for one in found:
            key, ticket = one.ticket.id, one.ticket
            given = one.comments
            comments[key] = await questions.comments(key, given.comments or (), given.total)
            if one.sla_hidden:
                claims = self._tickets.claims(await questions.slas(key), now)
                ticket = replace(ticket, claims=claims)
            gathered.tickets.append(ticket)
        gathered.events = await asyncio.to_thread(self._events, found, histories, comments, now)
        gathered.people = list(self._accounts.take_fresh())
        return gathered, max((one.ticket.updated_at for one in found), default=0)

    def _events(
        self,
        found: Iterable[Found],
        histories: Mapping[str, Sequence[HistoryEntry]],
        comments: Mapping[str, Sequence[Comment]],
        now: Instant,
    ) -> list[Event]:
        events: list[Event] = []
        for one in found:
            key = one.ticket.id
            entries = histories.get(key, ())
            events.append(self._history.opened(one, entries))
            events += self._history.changes(one, entries, now)
            events += self._history.messages(one, comments[key], now)
            events += self._history.approvals(one, one.approvals, now)
            events += self._history.rating(one, one.rating)
        return events

    def _was_seen(self, issue: Issue, now: Instant) -> bool:
        key = _id_of(issue)
        at = self._seen.get(key) if key is not None else None
        return at is not None and at == _updated_at(issue, now)


def _id_of(issue: Issue) -> str | None:
    try:
        return identifier(issue.id)
    except ValueError:
        return None


def _updated_at(issue: Issue, now: Instant) -> Instant | None:
    try:
        stamp = _stamp.decode(bytes(issue.fields) or b"{}")
    except MsgspecError:
        return None
    return moment(stamp.updated, latest_credible(now))
