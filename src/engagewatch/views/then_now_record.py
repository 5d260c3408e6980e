"""The record of both eras: what was imported from before, and what the sources told since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagewatch.engine.before_after import CHANGE_OVER, TESTED, Window, user_months, window
from engagewatch.engine.day_strip import midnight
from engagewatch.engine.durations import Observation
from engagewatch.model.baseline import BaselineContent, BaselineFile, BaselineRow, Grade
from engagewatch.model.engagement import Engagement, RunBy
from engagewatch.model.instants import Instant, zone
from engagewatch.model.service import Incident
from engagewatch.store.queries.baseline import baseline_files, baseline_rows
from engagewatch.store.queries.scope import Scope, scope, snapshot
from engagewatch.store.queries.services import incidents
from engagewatch.store.queries.then_now import lives, watched_since
from engagewatch.views.keys import TicketKey
from engagewatch.views.period import month_of

if TYPE_CHECKING:
    from engagewatch.store.store import Store


@dataclass(frozen=True, slots=True)
class Item:
    """One outage or ticket of either era."""

    key: str
    ticket: TicketKey | None
    """``None`` for what is in no source's tickets."""
    reference: str
    at: Instant
    until: Instant | None
    """``None``: nobody wrote its end down, or it is open."""
    is_open: bool
    """It had not ended when last looked at."""
    grade: Grade
    title: str = ""
    priority: str = ""
    users: int | None = None


@dataclass(frozen=True, slots=True)
class Era:
    """What is counted of one era."""

    window: Window
    items: tuple[Item, ...]
    grade: Grade
    """The worst among them."""

    @property
    def is_tested(self) -> bool:
        """Whether its grade carries a test."""
        return self.grade in TESTED

    def lengths(self, now: Instant) -> list[Observation]:
        """Return how long they took, in calendar seconds; those without a known end left out."""
        found = []
        for item in self.items:
            if item.until is not None:
                found.append(Observation(float(item.until - item.at), True))
            elif item.is_open:
                found.append(Observation(float(max(0, now - item.at)), False))
        return found


@dataclass(frozen=True, slots=True)
class Series:
    """Outages or tickets of both eras."""

    recorded: tuple[Item, ...]
    """Imported ones from before the start, of every grade, the oldest first."""
    since: tuple[Item, ...]
    """Those of the sources from the start on, the oldest first."""
    before: Era | None
    after: Era | None
    counted: tuple[Item, ...]
    """Of the imported ones those that are counted: notes only where there is nothing better."""
    known: tuple[Window, ...]
    """The time for which there is a record, the change-over included."""

    def with_notes(self) -> Era | None:
        """Return the time before with what notes tell counted too; ``None`` if they tell nothing.

        The window stays the one of the better record.
        """
        if self.before is None or not self.before.is_tested:
            return None
        items = tuple(
            item
            for item in self.recorded
            if item.grade is not Grade.MEMORY and item.at in self.before.window
        )
        if len(items) == len(self.before.items):
            return None
        return Era(self.before.window, items, Grade.NOTES)


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that Then & now is made of."""

    started: Instant
    now: Instant
    timezone: str
    outages: Series
    tickets: Series
    heads_before: tuple[tuple[Instant, int], ...]
    heads_grade: Grade
    """The worst of the imported headcounts."""
    heads_after: tuple[tuple[Instant, int], ...]
    files: tuple[BaselineFile, ...]
    watches_outages: bool
    """Whether any source tells of outages."""

    @property
    def change_over(self) -> Window:
        """The time that is shown and not judged."""
        return Window(self.started - CHANGE_OVER, self.started + CHANGE_OVER)

    def user_months(self, over: Window) -> tuple[float, Window] | None:
        """Return the user-months of a window on one side of the start, and where they are known."""
        heads = self.heads_after if over.start >= self.started else self.heads_before
        return user_months(over, heads)


def read_record(store: Store, engagement: Engagement, now: Instant) -> Record:
    """Return the record of both eras as known at ``now``."""
    of = scope(store, engagement.id, (source.id for source in engagement.sources))
    here = zone(engagement.timezone)
    started = midnight(engagement.started, here)
    with snapshot(store):
        files = baseline_files(store, engagement.id)
        rows = {file.name: baseline_rows(store, engagement.id, file.name) for file in files}
        tickets = _lives(store, of, started, now)
        outages = _incidents(store, engagement, of, started, now)
        watched = [at for at in watched_since(store, of).values() if at < now]
    imported = [(file, row) for file in files for row in rows[file.name] if row.at < started]
    heads = sorted(
        (row.at, row.users or 0, row.grade or file.grade)
        for file, row in imported
        if file.content is BaselineContent.HEADCOUNT
    )
    return Record(
        started=started,
        now=now,
        timezone=engagement.timezone,
        outages=_series(
            _imported(imported, BaselineContent.OUTAGES), outages, started, now,
            engagement.timezone, watched_from=min(watched, default=None), to_the_start=True,
        ),
        tickets=_series(
            _imported(imported, BaselineContent.TICKETS), tickets, started, now,
            engagement.timezone,
        ),
        heads_before=tuple((at, users) for at, users, _ in heads),
        heads_grade=max((grade for _, _, grade in heads), default=Grade.EXPORT),
        heads_after=tuple(
            sorted((midnight(one.since, here), one.users) for one in engagement.headcount)
        ),
        files=tuple(files),
        watches_outages=bool(watched or outages),
    )  # fmt: skip


def _imported(
    rows: Iterable[tuple[BaselineFile, BaselineRow]], content: BaselineContent
) -> list[Item]:
    found = [
        Item(
            key=f"{file.name}:{row.line}",
            ticket=None,
            reference=f"{file.name} line {row.line}",
            at=row.at,
            until=row.until_at,
            is_open=False,
            grade=row.grade or file.grade,
            title=row.title,
            priority=row.priority,
            users=row.users,
        )
        for file, row in rows
        if file.content is content
    ]
    return sorted(found, key=lambda item: (item.at, item.key))


def _lives(store: Store, of: Scope, started: Instant, now: Instant) -> list[Item]:
    return [
        Item(
            key=f"{life.source}/{life.id}",
            ticket=TicketKey(life.source, life.id),
            reference=life.reference,
            at=life.opened_at,
            until=_until(life.finished_at, now),
            is_open=_until(life.finished_at, now) is None,
            grade=Grade.EXPORT,
            title=life.subject,
            priority=life.priority,
        )
        for life in sorted(lives(store, of, started, now + 1), key=lambda life: life.opened_at)
    ]


def _until(at: Instant | None, now: Instant) -> Instant | None:
    return at if at is not None and at <= now else None


def _incidents(
    store: Store, engagement: Engagement, of: Scope, started: Instant, now: Instant
) -> list[Item]:
    """Return the provider's incidents, and those that only the client's own probes saw."""
    own = {one.id for one in engagement.sources if one.run_by is RunBy.CLIENT}
    found = [
        (source, incident)
        for source, incident in incidents(store, of, started)
        if started <= incident.started_at <= now
    ]
    told = [incident for source, incident in found if source not in own]
    counted = [
        (source, incident)
        for source, incident in found
        if source not in own or not any(_overlap(incident, other, now) for other in told)
    ]
    items = [
        Item(
            key=f"{source}/{incident.id}",
            ticket=None,
            reference=source,
            at=incident.started_at,
            until=_until(incident.resolved_at, now),
            is_open=_until(incident.resolved_at, now) is None,
            grade=Grade.EXPORT,
            title=incident.name,
            priority=incident.impact,
        )
        for source, incident in counted
    ]
    return sorted(items, key=lambda item: (item.at, item.key))


def _overlap(one: Incident, other: Incident, now: Instant) -> bool:
    end, others_end = one.resolved_at or now, other.resolved_at or now
    return one.started_at <= others_end and other.started_at <= end


def _series(
    recorded: Sequence[Item],
    since: Sequence[Item],
    started: Instant,
    now: Instant,
    timezone: str,
    *,
    watched_from: Instant | None = None,
    to_the_start: bool = False,
) -> Series:
    """Return both eras. A record is taken to begin with the month of its first entry.

    Tickets come in every day: an export that stops is taken to end with the month of its last one.
    Outages are rare; their record is taken to reach up to the start (``to_the_start``).
    """
    tested = [item for item in recorded if item.grade in TESTED]
    chosen = tested or [item for item in recorded if item.grade is Grade.NOTES]
    known: list[Window] = []
    before = after = None
    if chosen:
        start = month_of(chosen[0].at, timezone).start
        end = started if to_the_start else min(started, month_of(chosen[-1].at, timezone).end)
        known += [over for over in (window(start, end),) if over is not None]
        judged = window(start, min(end, started - CHANGE_OVER))
        if judged is not None:
            inside = tuple(item for item in chosen if item.at in judged)
            before = Era(judged, inside, max(item.grade for item in chosen))
    begins = [month_of(since[0].at, timezone).start] if since else []
    if watched_from is not None:
        begins.append(watched_from)
    if begins:
        start = max(started, min(begins))
        known += [over for over in (window(start, now),) if over is not None]
        judged = window(max(start, started + CHANGE_OVER), now)
        if judged is not None:
            inside = tuple(item for item in since if item.at in judged)
            after = Era(judged, inside, Grade.EXPORT)
    return Series(tuple(recorded), tuple(since), before, after, tuple(chosen), tuple(known))
