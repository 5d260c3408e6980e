"""What every ticketing adapter must get right, as tests to inherit."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from email.utils import format_datetime
from typing import Any, ClassVar
from unittest import SkipTest

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, HOUR, Instant, to_datetime
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.text import safe_text
from engagewatch.model.ticket import EventKind, Person, Ticket
from engagewatch.net.errors import SourceError
from engagewatch.providers.base import Adapter
from engagewatch.providers.registry import describe, open_adapter
from engagewatch.testing.desk import NOW, Desk, SampleTicket, happen, sample_desk
from engagewatch.testing.loopback import Request, Response, loopback
from engagewatch.testing.reading import Got, poll, texts

HOSTILE = "\x1b]0;owned\x07 [@click=app.quit]x[/] \u202egpj.exe\x00 \x9b2J"
UNKNOWN_STATUS = "Wartet auf Gremium"
JUNK: tuple[Any, ...] = (5, "no record", [], {}, {"id": None}, {"id": "x" * 999})

_RETRY_AFTER = 41
_TOLD = (EventKind.REPLIED, EventKind.NOTED, EventKind.STATUS_CHANGED)


@dataclass
class Stage:
    """One simulated system, being served: what a test may look at and meddle with."""

    desk: Desk
    place: str = ""
    """Its address; of a file, its path."""
    seen: list[Request] = field(default_factory=list)
    meddle: Callable[[int], Response | None] = lambda _: None
    """Gets the number of a request from 0 on, and may answer in the desk's place."""
    errors: list[Exception] = field(default_factory=list)


class AdapterConformance:
    """Inherit from it in a test module: pytest finds every ``test_*`` below.

    Say which adapter, in which words its system writes three statuses, and render the desk in its
    wire format; see docs/adapters.md. The tests are plain functions and need no plug-in.
    """

    adapter: ClassVar[str]
    """Its name as ``kind`` in an engagement file."""
    statuses: ClassVar[tuple[str, str, str]] = ("open", "pending", "solved")
    """A status of the provider's court, one of the client's, one that ends the work."""
    priority: ClassVar[str] = "high"
    options: ClassVar[Mapping[str, object]] = {}
    meanings: ClassVar[Mapping[str, StatusMeaning]] = {}
    """What the engagement file would add to the adapter's own meanings."""
    over_http: ClassVar[bool] = True
    searches: ClassVar[tuple[str, ...]] = ()
    """Ends of the paths that read although they are asked by POST."""
    sees_notes: ClassVar[bool] = True
    """Whether the account the adapter reads with may see internal notes."""
    tells_deletion: ClassVar[bool] = True
    """Whether a deleted ticket can be told from one that just stopped changing."""

    def answer(self, request: Request, desk: Desk) -> Response:
        """Return what the simulated system answers; required of adapters that use HTTP."""
        raise NotImplementedError

    def settings(self, place: str) -> SourceSettings:
        """Return the source's settings for a system served at ``place``."""
        return SourceSettings(
            id="kit",
            adapter=self.adapter,
            url=place,
            requests_per_minute=100_000,
            meanings=self.meanings,
            options=self.options,
        )

    @asynccontextmanager
    async def serving(self, desk: Desk) -> AsyncIterator[Stage]:
        """Serve ``desk`` over HTTP on this machine."""
        stage = Stage(desk)

        def answer(request: Request) -> Response:
            stage.seen.append(request)
            try:
                response = stage.meddle(len(stage.seen) - 1) or self.answer(request, desk)
            except Exception as error:  # noqa: BLE001 - raised again once the server has stopped
                stage.errors.append(error)
                response = Response(400)
            clock = format_datetime(to_datetime(desk.now), usegmt=True)
            return replace(response, headers={"Date": clock, **response.headers})

        async with loopback(answer) as server:
            stage.place = server.url
            try:
                yield stage
            finally:
                for error in stage.errors:
                    raise error
        written = [
            request.path
            for request in stage.seen
            if request.method != "GET" and not request.path.endswith(self.searches)
        ]
        _must(not written, f"something was written: {written}")

    def publish(self, stage: Stage) -> None:
        """Make a change of the desk visible; over HTTP it is at once."""

    # ---- What is tested ----

    def test_it_describes_itself_without_being_opened(self) -> None:
        """The registry, and the adapter once open, say the same."""

        async def run() -> None:
            async with self._opened(self._desk()) as (stage, adapter):
                _same(describe(self.settings(stage.place)), adapter.description, "description")
                _must(len(set(adapter.streams)) == len(adapter.streams) > 0, "streams repeat")

        _run(run())

    def test_it_reads_to_the_end_whatever_the_size_of_a_page(self) -> None:
        """Every ticket on every page is read, and what happened to it as it happened."""

        async def run() -> None:
            counts = []
            for page in (100, 2, 3):
                desk = self._desk(page=page)
                async with self._opened(desk) as (stage, adapter):
                    got = await poll(adapter, Got(), NOW)
                    self._all_there(got, desk, adapter)
                    counts.append(len(stage.seen))
            if self.over_http:
                _must(counts[1] > counts[0], "small pages took no more requests: is there paging?")

        _run(run())

    def test_reading_again_brings_nothing_new(self) -> None:
        """Neither a poll from the cursors nor a read from the beginning repeats an event."""

        async def run() -> None:
            async with self._opened(self._desk(page=3)) as (stage, adapter):
                got = await poll(adapter, Got(), NOW)
                _must(bool(got.cursors), "no batch carries a cursor: every poll begins anew")
                before = dict(got.events)
                await poll(adapter, got, NOW + 300)
                _same(got.events, before, "events after a second poll")
                async with self._adapter(stage, got.people) as other:
                    again = await poll(other, Got(), NOW + 600)
                    _same(again.events, before, "events of a second read")
                    await poll(other, got, NOW + 900)
                _same(got.events, before, "events after a restart")

        _run(run())

    def test_a_read_that_was_killed_goes_on_from_its_cursors(self) -> None:
        """What was stored until then and what a fresh process reads is the whole."""

        async def run() -> None:
            async with self._opened(self._desk(page=3)) as (stage, adapter):
                whole = await poll(adapter, Got(), NOW)
                for batches in _spread(len(whole.batches)):
                    got = Got()
                    async with self._adapter(stage) as killed:
                        await poll(killed, got, NOW, batches=batches)
                    async with self._adapter(stage, got.people) as fresh:
                        await poll(fresh, got, NOW + 60)
                    _same(got.tickets, whole.tickets, f"tickets after a kill at batch {batches}")
                    _same(got.events, whole.events, f"events after a kill at batch {batches}")

        _run(run())

    def test_changes_after_the_first_read_arrive(self) -> None:
        """What happens between two polls, and tickets opened meanwhile, are read."""

        async def run() -> None:
            desk = self._desk(page=3)
            async with self._opened(desk) as (stage, adapter):
                got = await poll(adapter, Got(), NOW)
                desk.now = NOW + 300
                self._go_on(desk, NOW + 100)
                self.publish(stage)
                await poll(adapter, got, NOW + 300)
                self._all_there(got, desk, adapter)

        _run(run())

    def test_a_deleted_ticket_is_told(self) -> None:
        """A deleted ticket does not stay open for good."""
        if not self.tells_deletion:
            raise SkipTest("the source does not tell of deletions, and the adapter says so")

        async def run() -> None:
            desk = self._desk()
            async with self._opened(desk) as (stage, adapter):
                got = await poll(adapter, Got(), NOW)
                desk.now = NOW + DAY + HOUR
                victim = desk.tickets.pop(2)
                desk.erased.append(victim)
                self.publish(stage)
                for later in (0, DAY):
                    await poll(adapter, got, desk.now + later)
                ticket = self._ticket(got, victim)
                changes = [e for e in got.of(ticket) if e.kind is EventKind.STATUS_CHANGED]
                meaning = self._meaning(adapter, changes[-1].value) if changes else None
                _must(
                    ticket.deleted or meaning is StatusMeaning.CANCELLED,
                    "a ticket was deleted, and neither the ticket nor its events say so",
                )
                for other in desk.tickets:
                    _must(not self._ticket(got, other).deleted, "a ticket that is there is deleted")

        _run(run())

    def test_missing_values_and_odd_records_do_no_harm(self) -> None:
        """A ticket may lack what is not needed; what is no record is refused by itself."""

        async def run() -> None:
            desk = self._desk(page=4)
            desk.tickets[1].subject = None
            desk.tickets[2].priority = None
            desk.junk = list(JUNK)
            async with self._opened(desk) as (_, adapter):
                got = await poll(adapter, Got(), NOW)
                desk.junk = []
                self._all_there(got, desk, adapter)
                _same(self._ticket(got, desk.tickets[1]).subject, "", "a subject that is null")
                _must(not self._ticket(got, desk.tickets[2]).priority, "a priority of nothing")
                _must(
                    any(batch.refused for batch in got.batches),
                    "records that are none were dropped without a word: refuse them",
                )

        _run(run())

    def test_an_unknown_status_is_kept_as_it_is(self) -> None:
        """A word nobody knows is not taken for one that somebody knows."""

        async def run() -> None:
            desk = self._desk()
            desk.tickets[0] = SampleTicket(
                7, NOW - DAY, UNKNOWN_STATUS, UNKNOWN_STATUS, priority=self.priority
            )
            async with self._opened(desk) as (_, adapter):
                got = await poll(adapter, Got(), NOW)
                status = self._ticket(got, desk.tickets[0]).status
                _same(status.casefold(), UNKNOWN_STATUS.casefold(), "an unknown status")
                _must(self._meaning(adapter, status) is None, "an unknown status has a meaning")

        _run(run())

    def test_text_from_outside_is_made_harmless(self) -> None:
        """Nothing that a terminal would obey, nor anything endless, leaves the adapter."""

        async def run() -> None:
            desk = self._desk()
            desk.provider_name = desk.client_name = HOSTILE
            desk.tickets[0].subject = HOSTILE
            desk.tickets[1].subject = "long " * 10_000
            desk.tickets[2].priority = HOSTILE
            desk.tickets[3] = SampleTicket(7, NOW - DAY, HOSTILE, HOSTILE, priority=self.priority)
            async with self._opened(desk) as (_, adapter):
                got = await poll(adapter, Got(), NOW)
                for batch in got.batches:
                    for where, text in texts(replace(batch, cursor=None)):
                        _same(safe_text(text), text, f"batch{where}")

        _run(run())

    def test_a_wrong_clock_on_either_side_loses_nothing(self) -> None:
        """The server's clock may be hours off: its own times are kept, and all of it is read."""

        async def run() -> None:
            for skew in (-2 * HOUR, 2 * HOUR):
                desk = self._desk(page=3)
                desk.now = NOW + skew
                self._go_on(desk, desk.now - 900)
                async with self._opened(desk) as (stage, adapter):
                    got = await poll(adapter, Got(), NOW)
                    self._all_there(got, desk, adapter)
                    told = {batch.server_time for batch in got.batches} - {None}
                    if self.over_http:
                        _same(told, {desk.now}, "the server's clock")
                    desk.now += 600
                    self._go_on(desk, desk.now - 300)
                    self.publish(stage)
                    await poll(adapter, got, NOW + 600)
                    self._all_there(got, desk, adapter)

        _run(run())

    def test_a_rate_limit_is_told_and_what_came_before_is_good(self) -> None:
        """Wherever it strikes, the wait that the server asks for is handed on."""
        self._needs_http()
        headers = {"Content-Type": "application/json", "Retry-After": str(_RETRY_AFTER)}
        self._struck_anywhere(Response(429, b"{}", headers), {Failure.RATE_LIMITED}, _RETRY_AFTER)

    def test_a_refused_credential_is_told_and_never_shown(self) -> None:
        """Wherever it strikes, it is told apart from other trouble."""
        self._needs_http()
        self._struck_anywhere(Response(401, b"{}"), {Failure.AUTHENTICATION})

    def test_a_page_in_place_of_data_is_told(self) -> None:
        """A login page or a portal in between is no data."""
        self._needs_http()
        page = Response(200, b"<html>Please log in", {"Content-Type": "text/html"})
        self._struck_anywhere(page, {Failure.AUTHENTICATION, Failure.CONTRACT})

    def test_check_tells_what_can_be_read_and_never_raises(self) -> None:
        """All is well with a good system; with a refused credential something is not."""

        async def run() -> None:
            async with self._opened(self._desk()) as (stage, adapter):
                lines = await adapter.check()
                bad = [line for line in lines if not line.ok]
                _must(bool(lines) and not bad, f"check of a good system says {bad or 'nothing'}")
                if not self.over_http:
                    return
                stage.meddle = lambda _: Response(401, b"{}")
                async with self._adapter(stage) as other:
                    lines = await other.check()
                _must(not all(line.ok for line in lines), "check takes a refused token for good")
                _must(stage.desk.token not in repr(lines), "check shows the token")

        _run(run())

    # ---- How ----

    def _desk(self, *, page: int = 100) -> Desk:
        return sample_desk(self.statuses, self.priority, page=page)

    @asynccontextmanager
    async def _opened(self, desk: Desk) -> AsyncIterator[tuple[Stage, Adapter]]:
        async with self.serving(desk) as stage, self._adapter(stage) as adapter:
            yield stage, adapter

    @asynccontextmanager
    async def _adapter(
        self, stage: Stage, people: Mapping[str, Person] | None = None
    ) -> AsyncIterator[Adapter]:
        settings = self.settings(stage.place)
        adapter = open_adapter(settings, _engagement(settings), stage.desk.token, people)
        try:
            yield adapter
        finally:
            await adapter.aclose()

    def _struck_anywhere(
        self, strike: Response, failures: set[Failure], retry_after: int | None = None
    ) -> None:
        async def run() -> None:
            desk = self._desk(page=3)
            async with self._opened(desk) as (stage, adapter):
                whole = await poll(adapter, Got(), NOW)
                last = len(stage.seen) - 1
            for at in sorted({0, last // 2, last}):
                got = Got()
                async with self._opened(desk) as (stage, struck):
                    stage.meddle = lambda number, at=at: strike if number >= at else None  # type: ignore[misc]
                    caught = await _caught(poll(struck, got, NOW))
                if caught is None:
                    raise AssertionError(f"request {at} failed, and no SourceError came")
                _must(caught.failure in failures, f"request {at} failed as {caught!r}")
                _same(caught.retry_after, retry_after, "retry_after")
                _must(desk.token not in caught.message, "the token is shown")
                # Another server: the first is left alone as long as it asked for.
                async with self.serving(desk) as stage, self._adapter(stage, got.people) as fresh:
                    await poll(fresh, got, NOW + 60)
                _same(got.events, whole.events, f"events after request {at} failed")

        _run(run())

    def _needs_http(self) -> None:
        if not self.over_http:
            raise SkipTest("the source is read without HTTP")

    def _go_on(self, desk: Desk, at: Instant) -> None:
        """Let two old tickets and a new one change."""
        number = max((fact.number for _, fact in desk.facts), default=0) + 5
        happen(desk.tickets[0], number, at, EventKind.REPLIED, Side.CLIENT)
        happen(desk.tickets[0], number + 3, at + 5, EventKind.NOTED, Side.PROVIDER)
        waiting = self.statuses[1]
        if desk.tickets[2].status == waiting:
            waiting = self.statuses[0]
        status = EventKind.STATUS_CHANGED
        happen(desk.tickets[2], number + 6, at + 9, status, Side.PROVIDER, waiting)
        opened = self.statuses[0]
        new = SampleTicket(
            desk.tickets[-1].number + 1, at - 10, opened, opened, priority=self.priority
        )
        happen(new, number + 9, at + 12, EventKind.REPLIED, Side.PROVIDER)
        desk.tickets.append(new)

    def _all_there(self, got: Got, desk: Desk, adapter: Adapter) -> None:
        """Check every ticket and event on the desk, and that there is nothing else."""
        for sample in desk.tickets:
            ticket = self._ticket(got, sample)
            name = f"ticket {sample.number}"
            _same(ticket.status.casefold(), sample.status.casefold(), f"status of {name}")
            _same(ticket.created_at, sample.created_at, f"creation of {name}")
            if sample.subject is not None:
                _same(ticket.subject, sample.subject, f"subject of {name}")
            self._happened(got, ticket, sample, adapter)
        _same(len(got.tickets), len(desk.tickets), "number of tickets")

    def _happened(self, got: Got, ticket: Ticket, sample: SampleTicket, adapter: Adapter) -> None:
        description = adapter.description
        events = got.of(ticket)
        told = Counter(
            (event.at, event.kind, event.value.casefold())
            for event in events
            if event.kind in _TOLD
        )
        happened = Counter((fact.at, fact.kind, fact.value.casefold()) for fact in sample.facts)
        _must(
            not told - happened, f"ticket {sample.number} tells what never was: {told - happened}"
        )
        must: Counter[Any] = Counter()
        told_of = {
            EventKind.STATUS_CHANGED: description.has_history,
            EventKind.REPLIED: description.has_messages,
            EventKind.NOTED: description.has_messages and self.sees_notes,
        }
        for (at, kind, value), count in happened.items():
            if told_of[kind]:
                must[at, kind, value] = count
        _must(not must - told, f"ticket {sample.number} lacks {must - told}")
        side_of = {(fact.at, fact.kind): fact.by for fact in sample.facts}
        for event in events:
            expected = side_of.get((event.at, event.kind))
            if event.kind in (EventKind.REPLIED, EventKind.NOTED):
                _same(event.side, expected, f"side of {event.kind} on ticket {sample.number}")
        seen = {event.value.casefold() for event in events if event.kind is EventKind.OBSERVED}
        were = {sample.first_status.casefold(), *(fact.value.casefold() for fact in sample.facts)}
        _must(seen <= were, f"ticket {sample.number} was never {seen - were}")

    def _ticket(self, got: Got, sample: SampleTicket) -> Ticket:
        found = got.by_reference().get(str(sample.number))
        refused = [one for batch in got.batches for one in batch.refused]
        _must(found is not None, f"ticket {sample.number} was not read; refused: {refused}")
        assert found is not None
        return found

    def _meaning(self, adapter: Adapter, status: str) -> StatusMeaning | None:
        return {**adapter.description.default_meanings, **self.meanings}.get(status.lower())


def _engagement(settings: SourceSettings) -> Engagement:
    return Engagement(
        id="kit",
        name="Northwind / Contoso",
        client="Northwind",
        provider="Contoso",
        started=date(2026, 1, 5),
        timezone="UTC",
        calendars={},
        sources=(settings,),
    )


async def _caught(doing: Coroutine[Any, Any, object]) -> SourceError | None:
    try:
        await doing
    except SourceError as error:
        return error
    return None


def _run(doing: Coroutine[Any, Any, None]) -> None:
    asyncio.run(doing)


def _must(condition: bool, otherwise: str) -> None:
    """Assert with the reason: outside of a test module pytest does not explain assertions."""
    if not condition:
        raise AssertionError(otherwise)


def _same(found: object, expected: object, what: str) -> None:
    if found == expected:
        return
    if isinstance(found, dict) and isinstance(expected, dict):
        more = [found[key] for key in found if found[key] != expected.get(key)]
        less = [expected[key] for key in expected if key not in found]
        raise AssertionError(f"{what}: {_some(more)} new or other, {_some(less)} missing")
    raise AssertionError(f"{what}: {found!r} instead of {expected!r}")


def _spread(count: int) -> list[int]:
    """Return some of the numbers below ``count``: the first, the last and some between."""
    return sorted({0, 1, 2, count // 4, count // 2, 3 * count // 4, count - 1} & set(range(count)))


def _some(items: Iterable[object]) -> str:
    shown = list(items)
    return f"{len(shown)} {shown[:3]}"
