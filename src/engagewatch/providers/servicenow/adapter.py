"""One ServiceNow instance: a stream per ticket table, and streams of what changes beside them.

A ticket is always handed on together with all that is known of it: its audit, journal, clocks and
approvals come from four queries for a whole page. What changes without touching the ticket (clocks,
approvals) has streams of its own that lead back to the ticket.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from engagewatch.model.batch import Absence, Batch, Refused
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import HOUR, Instant
from engagewatch.model.ticket import Event, Person, Ticket
from engagewatch.net.client import Client, Limits
from engagewatch.net.errors import SourceError
from engagewatch.net.oauth import ClientCredentials
from engagewatch.providers.access import basic_or_bearer, started_at
from engagewatch.providers.base import CheckLine
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.exclusion import Exclusion
from engagewatch.providers.roles import KnownRoles
from engagewatch.providers.servicenow.history import HistoryReader
from engagewatch.providers.servicenow.people import Accounts
from engagewatch.providers.servicenow.position import Position
from engagewatch.providers.servicenow.probes import probe
from engagewatch.providers.servicenow.spells import audit_of
from engagewatch.providers.servicenow.statuses import TRANSLATED, Labels
from engagewatch.providers.servicenow.surroundings import (
    grouped,
    read_surroundings,
    task_of_approval,
    task_of_sla,
    task_of_survey,
)
from engagewatch.providers.servicenow.tables import (
    APPROVALS,
    CHOICES,
    DELETED,
    MEMBERS,
    SLA,
    SURVEYS,
    UNREADABLE,
    USERS,
    Rows,
    Table,
    TableReader,
    ignored,
    task_table,
)
from engagewatch.providers.servicenow.tickets import Record, TicketReader
from engagewatch.providers.servicenow.values import key_of, time_of, written
from engagewatch.providers.servicenow.wire import ApprovalRow, Cell, SlaRow, SurveyRow, Task, raw
from engagewatch.providers.wire import latest_credible, refusal

SLAS, APPROVED, SURVEYED = "sla", "approvals", "surveys"

_API = "api/now/v2/table"
_TOKENS = "/oauth_token.do"
_PAGE = 150
"""Tickets of a page; their ids have to fit into the address of the next queries."""
_AT_ONCE = 100
_LOOK_BACK = HOUR
"""How far the first poll looks back for what changed beside tickets it has just read."""
_EMPTY_PAGES = 20
_DELETED = "the instance has a record of its deletion"
_HIDDEN = "the instance does not show it: it was deleted, or is hidden from the account"
_ADVICE = "ask for read access to this table, see docs/providers/servicenow.md"

_R = TypeVar("_R")
_S = TypeVar("_S", Task, SlaRow, ApprovalRow, SurveyRow)


class ServiceNow:
    """One instance."""

    def __init__(
        self,
        settings: SourceSettings,
        engagement: Engagement,
        secret: str,
        people: Mapping[str, Person],
    ) -> None:
        """Prepare to read; nothing is requested yet.

        Raises:
            SourceError: the settings cannot work.
        """
        self.description = BUILT_IN["servicenow"](settings)
        names = settings.options.get("tables") or ("incident",)
        assert isinstance(names, Iterable)
        self._tables = {str(name): task_table(str(name)) for name in names}
        self._company = str(settings.options.get("company") or "")
        root = settings.url.rstrip("/")
        oauth = _oauth(settings, secret)
        self._client = Client(
            f"{root}/{_API}",
            Limits(settings.requests_per_minute or self.description.requests_per_minute),
            authorization=None if oauth is not None else basic_or_bearer(settings.user, secret),
            oauth=oauth,
            reach=settings.reach,
            forbidden_advice=_ADVICE,
        )
        self._reader = TableReader(self._client)
        self._labels = Labels(settings.meanings)
        self._accounts = Accounts(people, KnownRoles(engagement.people), self._company)
        self._tickets = TicketReader(engagement, root, self._labels, self._accounts)
        self._history = HistoryReader(
            self._labels,
            self._accounts,
            self._tickets,
            detect_questions=engagement.privacy.detect_questions,
        )
        self._exclusion = Exclusion(engagement.privacy)
        self._started = started_at(engagement)
        self._prepared = False
        self._audited: set[str] = set()
        self._seen: dict[str, Instant] = {}
        """Records read lately by this object, with the time of the version read."""

    @property
    def streams(self) -> tuple[str, ...]:
        """The ticket tables, then what changes beside tickets."""
        return (*self._tables, SLAS, APPROVED, SURVEYED)

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._client.requests

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the pages of one stream since ``cursor``.

        Raises:
            SourceError: a page could not be read; those before it stay good.
        """
        if stream in self._tables:
            batches = self._records(self._tables[stream], cursor, now)
        elif stream == SLAS:
            batches = self._beside(SLAS, SLA, task_of_sla, cursor, now)
        elif stream == APPROVED:
            batches = self._beside(APPROVED, APPROVALS, task_of_approval, cursor, now)
        elif stream == SURVEYED:
            batches = self._beside(SURVEYED, SURVEYS, task_of_survey, cursor, now)
        else:
            raise KeyError(stream)
        async for batch in batches:
            yield batch

    async def absent(self, ids: Sequence[str]) -> list[Absence]:
        """Return those of ``ids`` that no table shows; gone are those that were seen deleted.

        Raises:
            SourceError: the instance could not be asked.
        """
        found: list[Absence] = []
        for first in range(0, len(ids), _PAGE):
            missing = set(ids[first : first + _PAGE])
            for table in self._tables.values():
                missing -= {raw(row.id) for row in await self._named(table, missing)}
            deleted = await self._reader.all(
                DELETED,
                f"documentkeyIN{','.join(sorted(missing))}^ORDERBYsys_id",
                lambda row: row.documentkey,
                missing,
            )
            gone = {raw(row.documentkey) for row in deleted}
            found += [
                Absence(one, one in gone, _DELETED if one in gone else _HIDDEN)
                for one in sorted(missing)
            ]
        return found

    async def check(self) -> list[CheckLine]:
        """Ask for one row of every table and say what is missing."""
        return await probe(self._reader, self._tables, self._company)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _records(
        self, table: Table[Task], cursor: str | None, now: Instant
    ) -> AsyncIterator[Batch]:
        await self._prepare()
        position = Position.load(cursor, self._started)
        self._forget(position.since)
        empty = 0
        while True:
            condition = f"sys_updated_on>={written(position.since)}"
            if self._company:
                condition = f"company={self._company}^{condition}"
            rows = await self._reader.page(
                table,
                f"{condition}^ORDERBYsys_updated_on^ORDERBYsys_id",
                limit=_PAGE,
                offset=position.offset,
            )
            newest = self._verified(table.name, rows, position.since, now)
            strangers = (row for row in rows.found if raw(row.company) != self._company)
            if self._company and any(raw(row.updated_on) for row in strangers):
                raise ignored(table.name, "the company")
            batch = await self._batch(table.name, table.name, rows.found, now)
            position = position.after(newest, rows.following)
            yield replace(
                batch,
                cursor=position.dump(),
                refused=(*rows.refused, *batch.refused),
                records=len(rows.found) + len(rows.refused),
                server_time=rows.server_time,
            )
            # Only now is the page stored.
            self._seen.update({ticket.id: ticket.updated_at for ticket in batch.tickets})
            empty = 0 if rows.found else empty + 1
            if not rows.more or empty == _EMPTY_PAGES:
                return

    async def _beside(
        self,
        stream: str,
        table: Table[_S],
        task_of: Callable[[_S], Cell],
        cursor: str | None,
        now: Instant,
    ) -> AsyncIterator[Batch]:
        """Yield the tickets beside which something changed, which leaves the ticket untouched.

        A table that is closed to the account gives nothing; ``check`` says so.
        """
        await self._prepare()
        position = Position.load(cursor, now - _LOOK_BACK)
        while not self._reader.is_closed(table):
            query = f"sys_updated_on>={written(position.since)}^ORDERBYsys_updated_on^ORDERBYsys_id"
            try:
                rows = await self._reader.page(table, query, limit=_PAGE, offset=position.offset)
            except SourceError as error:
                if error.status not in UNREADABLE:
                    raise
                self._reader.close(table)
                return
            newest = self._verified(table.name, rows, position.since, now)
            touched = {key for row in rows.found if (key := key_of(task_of(row)))}
            position = position.after(newest, rows.following)
            batches = [
                await self._batch(stream, name, await self._named(one, touched), now, again=True)
                for name, one in self._tables.items()
                if touched
            ]
            yield Batch(
                stream,
                position.dump(),
                tickets=tuple(one for batch in batches for one in batch.tickets),
                events=tuple(one for batch in batches for one in batch.events),
                people=tuple(one for batch in batches for one in batch.people),
                refused=tuple(one for batch in batches for one in batch.refused),
                records=len(rows.found),
                server_time=rows.server_time,
            )
            if not rows.more:
                return

    def _verified(self, table: str, rows: Rows[_S], since: Instant, now: Instant) -> Instant:
        """Return the newest time of change on a page, having checked that the page was asked for.

        Raises:
            SourceError: the instance ignored part of the query, or hides what it is checked by.
        """
        earliest = previous = written(since)
        newest = since
        stamps = [stamp for row in rows.found if (stamp := raw(row.updated_on))]
        if rows.found and not stamps:
            raise SourceError(
                Failure.AUTHENTICATION,
                f"{table}.sys_updated_on is hidden from the account, so changes cannot be "
                f"followed; {_ADVICE}",
            )
        for stamp in stamps:
            if stamp < earliest:
                raise ignored(table, "the time")
            if stamp < previous:
                raise ignored(table, "the order")
            previous = stamp
            newest = max(newest, time_of(stamp, latest_credible(now)) or since)
        return newest

    async def _batch(
        self,
        stream: str,
        table: str,
        wires: Sequence[Task],
        now: Instant,
        *,
        again: bool = False,
    ) -> Batch:
        """Return the tickets of one table with all that is known of them.

        Those of which this version was read before are left out, unless they are wanted ``again``.
        """
        records: dict[str, Record] = {}
        refused: list[Refused] = []
        for wire in wires:
            try:
                record = Record.of(table, wire, now)
            except ValueError as error:
                refused.append(refusal(f"{table} {raw(wire.number) or 'without a number'}", error))
                continue
            if again or self._seen.get(record.key) != record.updated_at:
                self._tickets.observe(record)
                records[record.key] = record
        tickets, events, people = await self._translated(table, records, now)
        return Batch(
            stream,
            None,
            tickets=tuple(tickets),
            events=tuple(events),
            people=tuple(people),
            refused=tuple(refused),
        )

    async def _translated(
        self, table: str, records: Mapping[str, Record], now: Instant
    ) -> tuple[list[Ticket], list[Event], list[Person]]:
        if not records:
            return [], [], []
        found = await read_surroundings(
            self._reader, table, records, now, audited=table in self._audited
        )
        if found.audit:
            self._audited.add(table)
        names = {raw(row.user) for row in found.audit}
        names |= {raw(row.created_by) for row in found.journal}
        people = await self._people(records.values(), names, found.approvals)

        def translate() -> tuple[list[Ticket], list[Event]]:
            by_audit = grouped(found.audit, lambda row: row.documentkey)
            by_journal = grouped(found.journal, lambda row: row.element_id)
            by_sla = grouped(found.slas, task_of_sla)
            by_approval = grouped(found.approvals, task_of_approval)
            by_survey = grouped(found.surveys, task_of_survey)
            by_score = grouped(found.scores, lambda row: row.survey)
            by_metric = grouped(found.metrics, lambda row: row.record)
            tickets: list[Ticket] = []
            events: list[Event] = []
            for key, record in records.items():
                ticket = self._tickets.read(record, by_sla[key], now)
                if self._exclusion.covers(ticket):
                    continue
                tickets.append(ticket)
                events.append(self._history.opened(record))
                measured = audit_of(record, by_metric[key], now) if key in by_metric else None
                audited = table in self._audited or measured is not None
                rows = by_audit[key] or measured or []
                events += self._history.changes(record, rows, now, audited=audited)
                events += self._history.messages(record, by_journal[key], now)
                events += self._history.approvals(record, by_approval[key], found.requests, now)
                events += self._history.surveys(record, by_survey[key], by_score, now)
            return tickets, events

        return (*await asyncio.to_thread(translate), people)

    async def _people(
        self,
        records: Iterable[Record],
        names: Iterable[str],
        approvals: Iterable[ApprovalRow],
    ) -> list[Person]:
        """Learn who acted on ``records``, and return those met for the first time."""
        accounts = self._accounts
        records = list(records)
        accounts.serve(record.caller for record in records)
        accounts.employ(key_of(record.wire.assigned_to) for record in records)
        groups = accounts.unknown_groups(key_of(one.wire.assignment_group) for one in records)
        members = await self._reader.all(
            MEMBERS, f"groupIN{','.join(groups)}^ORDERBYsys_id", lambda row: row.group, groups
        )
        accounts.employ(key_of(row.user) for row in members)
        keys = [record.caller for record in records]
        keys += [key_of(record.wire.opened_by) for record in records]
        keys += [key_of(record.wire.assigned_to) for record in records]
        keys += [key_of(row.approver) for row in approvals]
        found: list[Person | None] = []
        for field, unknown, key in (
            ("user_name", accounts.unknown_names(names), lambda row: row.user_name),
            ("sys_id", accounts.unknown_keys(keys), lambda row: row.id),
        ):
            for first in range(0, len(unknown), _AT_ONCE):
                some = unknown[first : first + _AT_ONCE]
                query = f"{field}IN{','.join(some)}^ORDERBYsys_id"
                rows = await self._reader.all(USERS, query, key, some)
                found += [accounts.learn(row) for row in rows]
        return [person for person in found if person is not None]

    async def _named(self, table: Table[Task], keys: Iterable[str]) -> list[Task]:
        """Return the records of ``table`` among ``keys``."""
        wanted = set(keys)
        own = f"company={self._company}^" if self._company else ""
        query = f"{own}sys_idIN{','.join(sorted(wanted))}^ORDERBYsys_id"
        rows = await self._reader.all(table, query, lambda row: row.id, wanted)
        return [row for row in rows if not self._company or raw(row.company) == self._company]

    async def _prepare(self) -> None:
        """Learn the labels of states, once; those of the tickets themselves go before."""
        if self._prepared:
            return
        tables = [*self._tables, "task"]
        query = (
            f"nameIN{','.join(tables)}^elementIN{','.join(TRANSLATED)}^inactive=false"
            "^language=en^ORDERBYsys_id"
        )
        for row in await self._reader.all(CHOICES, query, lambda row: row.table, tables):
            self._labels.learn(row)
        self._prepared = True

    def _forget(self, before: Instant) -> None:
        self._seen = {key: at for key, at in self._seen.items() if at >= before}


def _oauth(settings: SourceSettings, secret: str) -> ClientCredentials | None:
    """Return the OAuth client that asks for access tokens, ``None`` where none is configured.

    Raises:
        SourceError: a user is named beside it.
    """
    client_id = settings.options.get("client_id")
    if client_id is None:
        return None
    if settings.user:
        raise SourceError(
            Failure.CONFIGURATION,
            f'source "{settings.id}" names both user and client_id; an OAuth client has its user '
            "at the instance, so leave user out",
        )
    return ClientCredentials(_TOKENS, str(client_id), secret)
