"""One Jira site: a single stream of issues, each with its history, comments, clocks and approvals.

Issues come in the order of their changes. The index that queries read lags behind by seconds to
minutes, so polls overlap; what was read before in the same version is left out.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from msgspec import MsgspecError, Raw
from msgspec.json import Decoder

from engagewatch.model.batch import Absence, Batch, Refused
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.instants import EARLIEST, MINUTE, Instant
from engagewatch.model.ticket import Claim, Event, Person, Ticket
from engagewatch.net.client import Client, Limits
from engagewatch.net.errors import SourceError
from engagewatch.providers.access import basic_or_bearer, started_at
from engagewatch.providers.base import CheckLine
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.exclusion import Exclusion
from engagewatch.providers.jira.history import HistoryReader
from engagewatch.providers.jira.people import Accounts
from engagewatch.providers.jira.requests import BY_ID, POSTED, Page, Questions
from engagewatch.providers.jira.site import SLA, Site, explore, team
from engagewatch.providers.jira.statuses import Statuses
from engagewatch.providers.jira.tickets import Found, TicketReader
from engagewatch.providers.jira.values import moment
from engagewatch.providers.jira.wire import Comment, HistoryEntry, Issue, SearchPage, Stamp
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.wire import PageFormat, identifier, latest_credible, refusal

ISSUES = "issues"

_OVERLAP = 10 * MINUTE
_EXPIRED = frozenset({400, 410})
_AT_ONCE = 100
_ADVICE = "ask for an agent's licence and Browse Projects, see docs/providers/jira.md"

_SHOWN = PageFormat(SearchPage[Issue], SearchPage[Raw], "the list of issues")
_issue = Decoder(Issue)
_stamp = Decoder(Stamp)


class _Position(NamedTuple):
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

    @classmethod
    def load(cls, text: str | None, start: Instant) -> _Position:
        """Return where to go on: exactly where a read broke off, else with an overlap."""
        if text is None:
            return cls(start, start)
        stored = cls(**json.loads(text))
        return stored if stored.more else stored.anew()

    def anew(self) -> _Position:
        """Return the position that asks again, a little further back than the newest change."""
        since = max(self.newest - _OVERLAP, EARLIEST)
        return _Position(since, self.newest)

    def after(self, page: Page, newest: Instant, site: Site) -> _Position:
        """Return the position after a page whose newest change is of ``newest``."""
        newest = max(newest, self.newest)
        if site.is_cloud:
            return _Position(self.since, newest, page.token, 0, not page.is_last)
        if page.size == 0 or (page.total is not None and self.offset + page.size >= page.total):
            return _Position(self.since, newest)
        if newest // MINUTE > self.since // MINUTE:
            # Offsets drift while issues change: go on from the minute of the last one.
            return _Position(newest - newest % MINUTE, newest, None, 0, True)
        return _Position(self.since, newest, None, self.offset + page.size, True)

    def dump(self) -> str:
        """Return it as text to be stored."""
        return json.dumps(self._asdict())


class Jira:
    """One site, seen with the rights of one account."""

    streams = (ISSUES,)

    def __init__(
        self,
        settings: SourceSettings,
        engagement: Engagement,
        secret: str,
        people: Mapping[str, Person],
    ) -> None:
        """Prepare to read; nothing is requested yet."""
        self.description = BUILT_IN["jira"](settings)
        self._root = settings.url.rstrip("/")
        self._projects = _texts(settings.options.get("projects"))
        self._client = Client(
            f"{self._root}/rest",
            Limits(settings.requests_per_minute or self.description.requests_per_minute),
            authorization=basic_or_bearer(settings.user, secret),
            reach=settings.reach,
            forbidden_advice=_ADVICE,
            searches=POSTED,
        )
        domains = _texts(settings.options.get("client_domains"))
        self._accounts = Accounts(people, KnownRoles(engagement.people), domains)
        self._statuses = Statuses(settings.meanings)
        told = settings.options.get("claims")
        claims = told if isinstance(told, Mapping) else {}
        self._tickets = TicketReader(
            engagement,
            self._accounts,
            self._statuses,
            {str(name).lower(): Obligation(one) for name, one in claims.items()},
        )
        self._history = HistoryReader(
            self._accounts,
            self._statuses,
            detect_questions=engagement.privacy.detect_questions,
        )
        self._exclusion = Exclusion(engagement.privacy)
        self._started = started_at(engagement)
        self._known: tuple[Site, Questions] | None = None
        self._seen: dict[str, Instant] = {}
        """Issues read lately by this object, with the time of the version read."""

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._client.requests

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the pages of issues changed since ``cursor``.

        Raises:
            SourceError: a page could not be read; those before it stay good.
        """
        if stream != ISSUES:
            raise KeyError(stream)
        site, questions = await self._prepare()
        position = _Position.load(cursor, self._started)
        self._seen = {key: at for key, at in self._seen.items() if at >= position.since}
        while True:
            try:
                page = await questions.page(
                    position.since, token=position.token, offset=position.offset
                )
            except SourceError as error:
                if position.token is None or error.status not in _EXPIRED:
                    raise
                # The token ran out, or the account's time zone changed: ask anew.
                position = position.anew()
                continue
            fresh = [issue for issue in page.issues if not self._was_seen(issue, now)]
            batch, newest = await self._batch(site, questions, fresh, now)
            newest = max([newest, *(_updated_at(issue, now) or 0 for issue in page.issues)])
            position = position.after(page, newest, site)
            yield replace(
                batch,
                cursor=position.dump(),
                refused=(*page.refused, *batch.refused),
                records=page.size,
                server_time=page.server_time,
            )
            # Only now is the page stored.
            self._seen.update({ticket.id: ticket.updated_at for ticket in batch.tickets})
            if not position.more:
                return

    async def absent(self, ids: Sequence[str]) -> list[Absence]:
        """Return those of ``ids`` that the site does not show; it never says which were deleted.

        Raises:
            SourceError: the site could not be asked.
        """
        site, _ = await self._prepare()
        missing: list[str] = []
        if site.is_cloud:
            for first in range(0, len(ids), _AT_ONCE):
                some = list(ids[first : first + _AT_ONCE])
                question: dict[str, object] = {"issueIdsOrKeys": some, "fields": ["updated"]}
                page = _SHOWN.decode((await self._client.search(BY_ID, question)).body)
                shown = {_id_of(one) for one in page.issues}
                missing += [one for one in some if one not in shown]
        else:
            for one in ids:
                try:
                    await self._client.get(f"{site.api}/issue/{one}", {"fields": "updated"})
                except SourceError as error:
                    if error.status not in (403, 404):
                        raise
                    missing.append(one)
        reason = "the site does not show it: it was deleted, moved, or hidden from the account"
        return [Absence(one, gone=False, reason=reason) for one in missing]

    async def check(self) -> list[CheckLine]:
        """Ask who the account is, and for a little of everything."""
        try:
            site, questions = await self._prepare()
        except SourceError as error:
            return [CheckLine(False, "account", error.message)]
        lines = [CheckLine(True, "account", f"its queries are read in {site.zone.key}")]
        for project in self._projects:
            try:
                await self._client.get(f"{site.api}/project/{project}")
            except SourceError as error:
                lines.append(
                    CheckLine(False, project, f"{error.message}; ask for Browse Projects there")
                )
        if not all(line.ok for line in lines):
            return lines
        try:
            page = await questions.page(self._started, token=None, offset=0)
            histories = await questions.histories(page.issues[:1])
        except SourceError as error:
            return [*lines, CheckLine(False, ISSUES, error.message)]
        if not page.issues:
            told = "no issue of these projects is visible since the engagement started"
            return [*lines, CheckLine(False, ISSUES, f"{told}; {_ADVICE}")]
        lines.append(CheckLine(True, ISSUES, "issues can be read"))
        told = f"the history of issues can be read ({sum(map(len, histories.values()))} changes)"
        lines.append(CheckLine(True, "history", told))
        lines.append(await self._check_clocks(site, questions, page.issues[0]))
        return lines

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _check_clocks(self, site: Site, questions: Questions, issue: Issue) -> CheckLine:
        if not site.fields.get(SLA):
            told = "the site shows no SLA field: there is no service project, or the account is no "
            return CheckLine(False, "clocks", f"{told}agent; the provider's clocks stay unseen")
        try:
            found = self._tickets.read(issue, site, self._started + 100 * 365 * 86400)
            shown = not found.sla_hidden or bool(await questions.slas(found.ticket.id))
        except (ValueError, MsgspecError, SourceError):
            shown = False
        if shown:
            return CheckLine(True, "clocks", "the provider's own clocks can be read")
        told = "SLA fields are there but empty: the account has to be an agent of the project"
        return CheckLine(False, "clocks", told)

    async def _batch(
        self, site: Site, questions: Questions, issues: Sequence[Issue], now: Instant
    ) -> tuple[Batch, Instant]:
        """Return ``issues`` with all that is known of them, and when the last of them changed."""
        found: list[Found] = []
        refused: list[Refused] = []
        for issue in issues:
            try:
                one = self._tickets.read(issue, site, now)
            except (ValueError, MsgspecError) as error:
                refused.append(refusal(f"issue {issue.key or 'without a key'}", error))
                continue
            if not self._exclusion.covers(one.ticket):
                found.append(one)
        kept = {one.ticket.id for one in found}
        wanted = [issue for issue in issues if _id_of(issue) in kept]
        histories = await questions.histories(wanted)
        comments: dict[str, list[Comment]] = {}
        for place, one in enumerate(found):
            key = one.ticket.id
            given = one.comments
            comments[key] = await questions.comments(key, given.comments or (), given.total)
            if one.sla_hidden:
                claims = self._tickets.claims(await questions.slas(key), now)
                found[place] = one._replace(ticket=_claiming(one.ticket, claims))
        events = await asyncio.to_thread(self._events, found, histories, comments, now)
        newest = max((one.ticket.updated_at for one in found), default=0)
        batch = Batch(
            ISSUES,
            None,
            tickets=tuple(one.ticket for one in found),
            events=tuple(events),
            people=self._accounts.take_fresh(),
            refused=tuple(refused),
        )
        return batch, newest

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

    async def _prepare(self) -> tuple[Site, Questions]:
        """Learn what has to be known of the site, once."""
        if self._known is None:
            site = await explore(self._client, self._root)
            self._statuses.learn(site.statuses)
            for user in await team(self._client, site.api, self._projects):
                self._accounts.employ(user)
                self._accounts.learn(user)
            self._known = site, Questions(self._client, site, self._projects)
        return self._known


def _claiming(ticket: Ticket, claims: tuple[Claim, ...]) -> Ticket:
    return replace(ticket, claims=claims)


def _id_of(issue: Issue | Raw) -> str | None:
    try:
        return identifier((_issue.decode(bytes(issue)) if isinstance(issue, Raw) else issue).id)
    except (ValueError, MsgspecError):
        return None


def _updated_at(issue: Issue, now: Instant) -> Instant | None:
    try:
        stamp = _stamp.decode(bytes(issue.fields) or b"{}")
    except MsgspecError:
        return None
    return moment(stamp.updated, latest_credible(now))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()
