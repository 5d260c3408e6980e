"""Event logs: a table of what happened to tickets, exported from any system as CSV or JSON lines.

The file is read from its start whenever it changed; events have ids made of what they say and when,
so reading a grown file again adds just what is new.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, replace
from itertools import islice

from engagewatch.model.batch import Batch, Refused
from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import Instant
from engagewatch.model.ticket import Event, Person, Ticket
from engagewatch.net.errors import SourceError
from engagewatch.net.files import Fingerprint, fingerprint, open_lines
from engagewatch.providers.base import CheckLine, Description
from engagewatch.providers.descriptions import BUILT_IN
from engagewatch.providers.eventlog.fields import FieldReader
from engagewatch.providers.eventlog.history import HistoryTranslator
from engagewatch.providers.eventlog.mapping import LogMapping, Rows, read_mapping
from engagewatch.providers.eventlog.people import PeopleSeen
from engagewatch.providers.eventlog.reader import Row, read_rows
from engagewatch.providers.eventlog.tasks import TaskTranslator
from engagewatch.providers.eventlog.tickets import TicketTranslator
from engagewatch.providers.eventlog.times import TimeReader
from engagewatch.providers.exclusion import Exclusion
from engagewatch.providers.roles import KnownRoles

STREAM = "rows"
BATCH_ROWS = 5000
MOST_TASKS = 5000
_SAMPLE = 100
"""A log none of whose first so many rows can be read is mapped wrongly."""


def describe(settings: SourceSettings) -> Description:
    """Describe the adapter as configured."""
    return BUILT_IN["eventlog"](settings)


def open_adapter(
    settings: SourceSettings,
    engagement: Engagement,
    secret: str | None,  # noqa: ARG001 - a file needs none
    people: Mapping[str, Person],  # noqa: ARG001 - every read tells of all
) -> EventLog:
    """Return the adapter of one log file.

    Raises:
        SourceError: the mapping cannot work.
    """
    return EventLog(describe(settings), read_mapping(settings, engagement), engagement)


class EventLog:
    """One log file."""

    streams = (STREAM,)
    requests = 0

    def __init__(
        self, description: Description, mapping: LogMapping, engagement: Engagement
    ) -> None:
        self.description = description
        self._mapping = mapping
        self._roles = KnownRoles(engagement.people)
        self._exclusion = Exclusion(engagement.privacy)
        self._keep_subjects = engagement.privacy.subjects

    async def pull(self, stream: str, cursor: str | None, now: Instant) -> AsyncIterator[Batch]:
        """Yield the log in batches if it changed since ``cursor``.

        Only the last batch moves the cursor: a read that broke off starts again, and what it stored
        is met again unchanged. Rows are read on another thread.

        Raises:
            SourceError: the file cannot be read, or its mapping does not fit it.
        """
        if stream != STREAM:
            raise KeyError(stream)
        seen = await asyncio.to_thread(fingerprint, self._mapping.path)
        latest = _cursor(seen, self._mapping)
        if cursor == latest:
            return
        _refuse_new_mapping(cursor, self._mapping)
        with closing(self._batches(now, BATCH_ROWS)) as batches:
            held: Batch | None = None
            while (batch := await _next(batches)) is not None:
                if held is not None:
                    yield held
                held = batch
            yield replace(held or Batch(STREAM, None), cursor=latest)

    async def check(self) -> list[CheckLine]:
        """Read the first rows and say what they gave."""
        return [await asyncio.to_thread(self._try_out)]

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _try_out(self) -> CheckLine:
        name = self._mapping.path.name
        try:
            with closing(self._batches(_FAR, _SAMPLE)) as batches:
                batch = next(batches, Batch(STREAM, None))
        except SourceError as error:
            return CheckLine(False, name, error.message)
        told = f"rows read: {batch.records}; "
        if self._mapping.rows is Rows.TASKS:
            told += f"tasks: {len(batch.tasks)}"
        else:
            told += f"tickets: {len(batch.tickets)}; events: {len(batch.events)}"
        if batch.refused:
            first = batch.refused[0]
            told += f"; {len(batch.refused)} refused, {first.record}: {first.reason}"
        idle = ", ".join(f"columns.{field}" for field in self._mapping.idle_columns())
        if idle:
            told += f'; {idle} say nothing where rows = "{self._mapping.rows}"'
        return CheckLine(bool(batch.tickets or batch.tasks), name, told)

    def _batches(self, now: Instant, rows: int) -> Generator[Batch]:
        mapping = self._mapping
        people = PeopleSeen(self._roles)
        fields = FieldReader(mapping, TimeReader(mapping.timezone, mapping.time_format, now))
        translator = (
            TicketTranslator(mapping, fields, people)
            if mapping.rows is Rows.TICKETS
            else HistoryTranslator(mapping, fields, people)
        )
        if mapping.rows is Rows.TASKS:
            yield self._plan(TaskTranslator(mapping, fields))
            return
        with open_lines(mapping.path, mapping.encoding) as lines:
            reader = read_rows(lines, mapping)
            while chunk := list(islice(reader, rows)):
                refused = _translate(chunk, translator)
                tickets, events, more = translator.take()
                refused += more
                if not tickets and len(refused) >= min(_SAMPLE, len(chunk)):
                    raise SourceError(
                        Failure.CONFIGURATION,
                        f"no row of {mapping.path.name} can be read as mapped; "
                        f"{refused[0].record}: {refused[0].reason}",
                    )
                tickets, events = self._kept(tickets, events)
                yield Batch(
                    STREAM,
                    None,
                    tickets=tuple(tickets),
                    events=tuple(events),
                    people=people.take_new(),
                    refused=tuple(refused),
                    records=len(chunk),
                )

    def _plan(self, translator: TaskTranslator) -> Batch:
        """Return the whole plan: one list, from which what is missing was called off."""
        mapping = self._mapping
        with open_lines(mapping.path, mapping.encoding) as lines:
            rows = list(islice(read_rows(lines, mapping), MOST_TASKS + 1))
        if len(rows) > MOST_TASKS:
            raise SourceError(
                Failure.CONFIGURATION,
                f"{mapping.path.name} has more than {MOST_TASKS} rows; a plan has fewer",
            )
        refused = _translate(rows, translator) + translator.refused
        if refused and not translator.tasks:
            raise SourceError(
                Failure.CONFIGURATION,
                f"no row of {mapping.path.name} can be read as mapped; "
                f"{refused[0].record}: {refused[0].reason}",
            )
        return Batch(
            STREAM,
            None,
            tasks=tuple(translator.tasks.values()),
            # What could not be read is not missing, and neither is a plan that is being written.
            lists_tasks=bool(translator.tasks) and not refused,
            refused=tuple(refused),
            records=len(rows),
        )

    def _kept(self, tickets: list[Ticket], events: list[Event]) -> tuple[list[Ticket], list[Event]]:
        """Leave out what the engagement file wants left out."""
        dropped = {ticket.id for ticket in tickets if self._exclusion.covers(ticket)}
        if dropped:
            tickets = [ticket for ticket in tickets if ticket.id not in dropped]
            events = [event for event in events if event.ticket_id not in dropped]
        if not self._keep_subjects:
            tickets = [replace(ticket, subject="") for ticket in tickets]
        return tickets, events


async def _next(batches: Iterator[Batch]) -> Batch | None:
    """Run the reader up to its next batch on another thread.

    A cancellation waits for the thread: a generator cannot be closed while it runs.
    """
    step = asyncio.ensure_future(asyncio.to_thread(next, batches, None))
    try:
        return await asyncio.shield(step)
    except asyncio.CancelledError:
        await asyncio.wait([step])
        raise


_FAR: Instant = 1 << 33
"""For a trial: no instant is too late."""


def _translate(
    chunk: list[Row | Refused],
    translator: HistoryTranslator | TicketTranslator | TaskTranslator,
) -> list[Refused]:
    refused = []
    for row in chunk:
        if isinstance(row, Refused):
            refused.append(row)
        else:
            translator.add(*row)
    return refused


def _cursor(seen: Fingerprint, mapping: LogMapping) -> str:
    return json.dumps({**asdict(seen), "mapping": mapping.fingerprint})


def _refuse_new_mapping(cursor: str | None, mapping: LogMapping) -> None:
    """Refuse to mix events read under two mappings: each would count as a fact of its own.

    Raises:
        SourceError: the log was read before, under another mapping.
    """
    if cursor is None:
        return
    if json.loads(cursor).get("mapping") != mapping.fingerprint:
        raise SourceError(
            Failure.CONFIGURATION,
            f"the mapping of {mapping.path.name} changed since the file was read, and what was "
            "read under the old one would mix with the new; give the source another id",
        )
