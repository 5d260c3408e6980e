"""The store and the engine together: what is kept page by page is what a rebuild derives."""

from __future__ import annotations

import random

import pytest
from store_samples import ENGAGEMENT, NOW, SOURCE, START, contents

from engagewatch.engine.fold import Folder, policy_version
from engagewatch.model.batch import Batch
from engagewatch.model.clock import Obligation
from engagewatch.model.policy import (
    ALWAYS,
    CalendarSpec,
    Duration,
    Participation,
    Pause,
    Policy,
    Rules,
    ServiceLevel,
    Window,
)
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Claim, Event, EventKind, Ticket
from engagewatch.store.store import Store

STATUSES = ("new", "open", "pending", "solved", "closed", "odd")
OFFICE = CalendarSpec("office", "Europe/Lisbon", ((Window(540, 1080),),) * 5 + ((), ()))


def policy(pause: Pause) -> Policy:
    return Policy(
        timezone="Europe/Lisbon",
        calendars={"24x7": ALWAYS, "office": OFFICE},
        service_levels=tuple(
            ServiceLevel(
                priority,
                calendar,
                {
                    Obligation.FIRST_RESPONSE: Duration(1800),
                    Obligation.NEXT_RESPONSE: Duration(3600),
                    Obligation.RESOLUTION: Duration(8 * 3600),
                },
            )
            for priority, calendar in (("P1", "24x7"), ("P2", "office"))
        ),
        participation=Participation("office", {"default": Duration(4 * 3600)}),
        rules=Rules(pause=pause),
        meanings={
            "new": StatusMeaning.PROVIDER,
            "open": StatusMeaning.PROVIDER,
            "pending": StatusMeaning.CLIENT,
            "solved": StatusMeaning.RESOLVED,
            "closed": StatusMeaning.CLOSED,
        },
    )


def history(chance: random.Random, name: str) -> tuple[list[Ticket], list[Event]]:
    """Return the versions and events of a ticket with an eventful life."""
    at, status = START + chance.randrange(500_000), "new"
    created, priority = at, chance.choice(("P1", "P2", None))
    events = [Event(name, f"{name}.0", at, EventKind.OPENED, Side.CLIENT, "u1", status)]
    versions = []
    for number in range(1, chance.randrange(2, 12)):
        at += chance.choice((0, 60, 5_000, 40_000))
        kind = chance.choice(list(EventKind)[1:])
        value, previous = "", ""
        if kind in (EventKind.STATUS_CHANGED, EventKind.OBSERVED):
            value, previous, status = (after := chance.choice(STATUSES)), status, after
        elif kind is EventKind.PRIORITY_CHANGED:
            value, previous, priority = (
                (level := chance.choice(("P1", "P2"))),
                priority or "",
                level,
            )
        side = chance.choice((Side.PROVIDER, Side.CLIENT, Side.THIRD_PARTY, None))
        events.append(
            Event(
                name,
                f"{name}.{number}",
                at,
                kind,
                side,
                None if side is None else f"{side} {number % 2}",
                value,
                previous,
                automatic=chance.random() < 0.1,
                asks=chance.random() < 0.3,
            )
        )
        if chance.random() < 0.5:
            claims = (Claim(Obligation.RESOLUTION, chance.random() < 0.5, at - created),)
            deleted = chance.random() < 0.1
            versions.append(
                Ticket(
                    name,
                    f"#{name}",
                    "s",
                    status,
                    priority,
                    created,
                    at,
                    deleted=deleted,
                    claims=claims,
                )
            )
    return [*versions, Ticket(name, f"#{name}", "s", status, priority, created, at + 1)], events


def batch_of(records: list[Ticket | Event]) -> Batch:
    return Batch(
        "all",
        None,
        tuple(one for one in records if isinstance(one, Ticket)),
        tuple(one for one in records if isinstance(one, Event)),
    )


@pytest.mark.parametrize("seed", range(6))
def test_incremental_equals_rebuild_under_the_real_rules(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    records: list[Ticket | Event] = []
    for n in range(80):
        versions, events = history(chance, str(n))
        records += versions + events
    chance.shuffle(records)
    folder = Folder(policy(Pause.CLAIMED))
    for first in range(0, len(records), 60):
        page = batch_of(records[first : first + 60])
        store.ingest(ENGAGEMENT, SOURCE, page, folder.fold, NOW)
    assert store.verify(ENGAGEMENT, SOURCE, folder.fold) == []
    assert len(contents(store)["clock"]) > 100

    edited = policy(Pause.NONE)
    folder = Folder(edited)
    assert store.verify(ENGAGEMENT, SOURCE, folder.fold) != []
    assert store.refold(ENGAGEMENT, SOURCE, folder.fold, policy_version(edited)) == 80
    assert store.verify(ENGAGEMENT, SOURCE, folder.fold) == []
    assert store.policy_version(ENGAGEMENT, SOURCE) == policy_version(edited)
