"""A month's counts are kept as they stood when it was over."""

from __future__ import annotations

from dataclasses import replace

from engagewatch.engine.fold import Folder
from engagewatch.model.batch import Batch
from engagewatch.model.clock import Obligation
from engagewatch.model.engagement import Engagement
from engagewatch.model.entry import EntryKind
from engagewatch.model.freshness import SourceHealth
from engagewatch.model.instants import DAY, month_bounds
from engagewatch.model.policy import Duration, ServiceLevel
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, EventKind, Ticket
from engagewatch.store.queries.entries import entries
from engagewatch.store.store import Store
from engagewatch.sync.freezing import freeze_months
from engagewatch.sync.scheduler import Scheduler
from engagewatch.sync.writer import Writer
from tests.sync.conftest import START, MovableClock, ScriptedAdapter, engagement_of, source

MARCH_ENDS = month_bounds(2026, 3, "UTC")[1]

PROMISED = replace(
    engagement_of(source()),
    service_levels=(
        ServiceLevel("normal", "24x7", {Obligation.RESOLUTION: Duration(seconds=3600)}),
    ),
)


def solved(name: str, *, after: int) -> Batch:
    """A ticket of March that was solved ``after`` seconds."""
    ticket = Ticket(name, f"#{name}", "", "solved", "normal", START, START + after)
    events = (
        Event(name, f"{name}-o", START, EventKind.OPENED, Side.CLIENT, value="open"),
        Event(name, f"{name}-s", START + after, EventKind.STATUS_CHANGED, value="solved"),
    )
    return Batch("tickets", None, tickets=(ticket,), events=events)


def ingest(store: Store, batch: Batch, engagement: Engagement = PROMISED) -> None:
    policy = engagement.policy(engagement.sources[0], ScriptedAdapter.description.default_meanings)
    store.ingest("northwind", "desk", batch, Folder(policy).fold, START)


def read_at(store: Store, at: int) -> None:
    store.record_health(SourceHealth("northwind", "desk", last_success_at=at))


def frozen(store: Store) -> dict[str, dict[str, object]]:
    return {
        entry.subject: dict(entry.values)
        for entry in entries(store, "northwind", [EntryKind.FROZEN])
    }


def test_a_month_is_frozen_once_when_it_is_over_and_was_read(store: Store) -> None:
    store.register_source("northwind", "desk", "zendesk")
    ingest(store, solved("1", after=600))
    ingest(store, solved("2", after=7200))
    assert freeze_months(store, [PROMISED], MARCH_ENDS - 60) == 0, "it is not over"
    read_at(store, MARCH_ENDS - 60)
    assert freeze_months(store, [PROMISED], MARCH_ENDS + 60) == 0, "nobody read the last minute"
    read_at(store, MARCH_ENDS + 30)
    assert freeze_months(store, [PROMISED], MARCH_ENDS + 60) == 1
    assert frozen(store) == {"2026-03": {"resolution/normal": "1/2"}}
    ingest(store, solved("3", after=600))
    assert freeze_months(store, [PROMISED], MARCH_ENDS + DAY) == 0
    assert frozen(store)["2026-03"] == {"resolution/normal": "1/2"}, "as it stood then"


def test_a_month_long_past_is_not_frozen_any_more(store: Store) -> None:
    store.register_source("northwind", "desk", "zendesk")
    ingest(store, solved("1", after=600))
    late = month_bounds(2026, 5, "UTC")[1] - 60
    read_at(store, late)
    assert freeze_months(store, [PROMISED], late) == 0
    assert frozen(store) == {}


async def test_polling_freezes_after_it_has_read(
    store: Store, writer: Writer, clock: MovableClock
) -> None:
    clock.at = MARCH_ENDS + 60
    scheduler = Scheduler(
        [PROMISED],
        writer,
        clock,
        open_adapter=lambda *_: ScriptedAdapter([solved("1", after=600)]),
    )
    await scheduler.once()
    assert frozen(store) == {"2026-03": {"resolution/normal": "1/1"}}
