"""The record from before the simulated engagement, as somebody put it together.

The former IT was one man with a ticketing tool of his own and a colleague who stood in. Its last
months were bad, which is when outsourcing was decided. Outages come from his log and from invoices;
some more from the liaison's notes; the first year from memory only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING

from engagewatch.demo.profile import NORTHWIND, ZONE, started_at
from engagewatch.model.baseline import BaselineContent, BaselineFile, BaselineRow, Grade
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant, to_datetime, to_instant, zone

if TYPE_CHECKING:
    from engagewatch.store.store import Store

_TICKET_MONTHS = 14
_HELPDESK_MONTHS = 11
"""For so long there was a helpdesk to export from; what is older was pieced together from notes."""
_OUTAGE_MONTHS = 26
_MEMORY_MONTHS = 34
_USERS = ((34, 118), (22, 126), (9, 138))
"""Months before the start, and how many users there were from then on."""
_TROUBLES = (
    ("Mail server down", 110), ("File server down", 90), ("VPN down", 35),
    ("ERP not reachable", 60), ("Internet line down", 120), ("Telephones dead", 100),
    ("Scanners offline", 25), ("Sign-in failing", 80),
)  # fmt: skip
"""What it was, and how many people it usually hit."""
_SUBJECTS = (
    "Printer", "Password", "Outlook", "New laptop", "ERP access", "VPN", "Scanner", "Shared drive",
    "Telephone", "Onboarding of a starter",
)  # fmt: skip
_PRIORITIES = (("urgent", 0.05, 0.45), ("high", 0.2, 0.8), ("normal", 0.55, 1.7), ("low", 0.2, 3.5))
"""Name, share of the tickets, and the usual calendar days until it was solved."""


def enter(store: Store, anchor: Instant) -> None:
    """Import the record; doing so again replaces it by the same."""
    started = started_at(NORTHWIND, anchor)
    rng = Random(f"{NORTHWIND.key}/before")
    at = started - 3 * DAY
    for file, rows in (
        (_file("before-outages", BaselineContent.OUTAGES, Grade.EXPORT,
               "log of the old server room, with the suppliers' invoices", at),
         _outages(rng, started)),
        (_file("before-memory", BaselineContent.OUTAGES, Grade.MEMORY,
               "Graham Pell, asked in the first week", at), _memories(started)),
        (_file("before-tickets", BaselineContent.TICKETS, Grade.EXPORT,
               "export of the former helpdesk", at), _tickets(rng, started)),
        (_file("before-headcount", BaselineContent.HEADCOUNT, Grade.DOCUMENTS,
               "payroll, by quarter", at), _heads(started)),
    ):  # fmt: skip
        store.import_baseline(NORTHWIND.key, file, list(rows))


def _file(
    name: str, content: BaselineContent, grade: Grade, provenance: str, at: Instant
) -> BaselineFile:
    digest = sha256(f"{name}/{at}".encode()).hexdigest()
    return BaselineFile(name, content, grade, provenance, digest, at)


def _back(started: Instant, months: float) -> Instant:
    return started - round(months * 30.44 * DAY)


def _outages(rng: Random, started: Instant) -> Iterator[BaselineRow]:
    """Yield three to four outages a month, more in the last months; some only from notes."""
    line, at = 1, _back(started, _OUTAGE_MONTHS)
    while at < started:
        late = started - at < 100 * DAY
        line += 1
        title, users = rng.choice(_TROUBLES)
        begin = _office_time(rng, at)
        length = round(rng.lognormvariate(5.0, 0.8) * MINUTE)
        source = rng.random()
        grade = None if source < 0.62 else Grade.DOCUMENTS if source < 0.86 else Grade.NOTES
        known = grade is not Grade.NOTES
        yield BaselineRow(
            line, begin, begin + length if known else None, title,
            users=round(users * rng.uniform(0.6, 1.2)) if known and rng.random() < 0.8 else None,
            grade=grade,
        )  # fmt: skip
        at += round(rng.uniform(2, 9) * DAY) if late else round(rng.uniform(4, 13) * DAY)


def _memories(started: Instant) -> Iterator[BaselineRow]:
    told = ("the big mail failure", "no internet for a day", "the ERP weekend", "phones, again")
    for line, (back, title) in enumerate(zip((33.5, 31.2, 29.8, 27.4), told, strict=True), 2):
        yield BaselineRow(line, _back(started, back), title=title)


def _tickets(rng: Random, started: Instant) -> Iterator[BaselineRow]:
    """Yield what was logged: far less than came by the door."""
    line, at = 1, _back(started, _TICKET_MONTHS)
    while at < started:
        line += 1
        priority, days = _priority(rng)
        begin = _office_time(rng, at)
        took = rng.lognormvariate(0.0, 1.0) * days * DAY
        end = begin + max(10 * MINUTE, round(took))
        yield BaselineRow(
            line,
            begin,
            None if end >= started or rng.random() < 0.02 else end,
            rng.choice(_SUBJECTS),
            priority=priority,
            grade=Grade.NOTES if begin < _back(started, _HELPDESK_MONTHS) else None,
        )
        at += round(rng.expovariate(1 / (4.2 * HOUR)))


def _priority(rng: Random) -> tuple[str, float]:
    drawn = rng.random()
    for name, share, days in _PRIORITIES:
        drawn -= share
        if drawn < 0:
            return name, days
    return _PRIORITIES[-1][0], _PRIORITIES[-1][2]


def _heads(started: Instant) -> Sequence[BaselineRow]:
    return [
        BaselineRow(line, _back(started, months), users=users)
        for line, (months, users) in enumerate(_USERS, 2)
    ]


def _office_time(rng: Random, at: Instant) -> Instant:
    """Return some time between 8 and 17 on the next working day."""
    local = to_datetime(at, zone(ZONE))
    day = local.date()
    while day.weekday() > 4:
        day += timedelta(1)
    opening = to_instant(datetime.combine(day, time(8), tzinfo=zone(ZONE)))
    return opening + rng.randrange(0, 9 * HOUR)
