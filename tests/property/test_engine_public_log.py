"""A real ServiceNow log with the provider's own verdicts: the rule behind them is found.

UCI data set 498, "Incident management process enriched event log" (CC BY 4.0). Its ``made_sla`` is
known to count to the closing, and not to pause for the user.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engagewatch.engine.disagreements import hypotheses
from engagewatch.model.clock import Obligation
from engagewatch.model.instants import HOUR, to_instant
from engagewatch.model.policy import (
    CalendarSpec,
    Duration,
    Participation,
    Policy,
    ServiceLevel,
    Window,
)
from engagewatch.model.sides import Side, StatusMeaning
from engagewatch.model.ticket import Claim, Event, EventKind, Ticket

pytestmark = pytest.mark.real_data

FILE = "uci_incident_event_log.csv.gz"
LISBON = ZoneInfo("Europe/Lisbon")
MEANINGS = {
    "new": StatusMeaning.PROVIDER,
    "active": StatusMeaning.PROVIDER,
    "awaiting problem": StatusMeaning.PROVIDER,
    "awaiting evidence": StatusMeaning.PROVIDER,
    "awaiting user info": StatusMeaning.CLIENT,
    "awaiting vendor": StatusMeaning.THIRD_PARTY,
    "resolved": StatusMeaning.RESOLVED,
    "closed": StatusMeaning.CLOSED,
}
WEEKDAYS = CalendarSpec("weekdays", "Europe/Lisbon", ((Window(0, 1440),),) * 5 + ((), ()))
POLICY = Policy(
    timezone="Europe/Lisbon",
    calendars={"weekdays": WEEKDAYS},
    service_levels=(
        ServiceLevel(
            "P3",
            "weekdays",
            {Obligation.RESOLUTION: Duration(160 * HOUR)},
            matches=("3",),
        ),
    ),
    participation=Participation("weekdays"),
    meanings=MEANINGS,
    has_messages=False,
)


def incidents(path: Path, count: int) -> list[tuple[Ticket, list[Event]]]:
    """Return the log's first moderate incidents."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["priority"] == "3":
                rows[row["number"]].append(row)
    return [incident(number, rows[number]) for number in list(rows)[:count]]


def incident(number: str, rows: list[dict[str, str]]) -> tuple[Ticket, list[Event]]:
    rows.sort(key=lambda row: when(row["sys_updated_at"]))
    events, status = [], ""
    for place, row in enumerate(rows):
        if row["incident_state"] != status:
            before, status = status, row["incident_state"]
            at = when(row["sys_updated_at"])
            kind = EventKind.STATUS_CHANGED
            key = f"{number}:{place}"
            events.append(Event(number, key, at, kind, Side.PROVIDER, None, status, before))
    claim = Claim(Obligation.RESOLUTION, rows[-1]["made_sla"] == "true", source_field="made_sla")
    created = when(rows[0]["opened_at"])
    return (
        Ticket(number, number, "", status, "3", created, events[-1].at, claims=(claim,)),
        events,
    )


def when(text: str) -> int:
    return to_instant(datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=LISBON))


def test_the_rule_behind_a_providers_verdicts_is_found() -> None:
    folder = os.environ.get("ENGAGEWATCH_TEST_DATA")
    if not folder or not (Path(folder) / FILE).is_file():
        pytest.skip(f"ENGAGEWATCH_TEST_DATA names no folder with {FILE}")
    found = hypotheses(incidents(Path(folder) / FILE, 600), POLICY, Obligation.RESOLUTION)
    best, ours = found[0], next(one for one in found if not one.words)
    assert set(best.words) == {
        "stops at the closing, not at the resolution",
        "does not pause while waiting for the client",
    }
    assert best.agreed / best.compared > 0.97
    assert ours.agreed / ours.compared < 0.9
