"""What people enter outlives the database; what sources plan is kept with every date it had."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from store_samples import ENGAGEMENT, NOW, SOURCE, fold, opened

from engagewatch.model.baseline import BaselineContent, BaselineFile, BaselineRow, Grade
from engagewatch.model.batch import Batch
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.meeting import Answer, Invitee, Meeting
from engagewatch.model.plan import Owner, PlannedTask
from engagewatch.model.sides import Side
from engagewatch.store.keepsake import Keepsake, keepsake
from engagewatch.store.queries.appointments import meetings, planned_tasks
from engagewatch.store.queries.baseline import baseline_files, baseline_rows
from engagewatch.store.queries.entries import entries
from engagewatch.store.queries.scope import scope
from engagewatch.store.store import Store

SNOOZED = Entry(
    "1-a", ENGAGEMENT, NOW, EntryKind.SNOOZED, "desk/7", {"until": NOW + 60, "why": "on leave"}
)
MOVED = Entry("2-b", ENGAGEMENT, NOW + 5, EntryKind.TASK_MOVED, "B10", {"due": "2026-05-02"})
FILE = BaselineFile(
    "old-desk", BaselineContent.TICKETS, Grade.DOCUMENTS, "mailbox of 2025", "ab" * 32, NOW
)
ROWS = [
    BaselineRow(2, 1000, 5000, "Mail down", "mail", "P1", 40, 1200, Grade.NOTES),
    BaselineRow(3, 900),
]
STEERING = Meeting(
    "m1",
    "Steering",
    10_000,
    13_600,
    "dana@provider.example",
    Side.PROVIDER,
    invitees=(
        Invitee("finance approver", "R. Okafor", Side.CLIENT, True, Answer.ACCEPTED, None),
        Invitee("x@y.example", "X", None, False, Answer.DECLINED, False),
    ),
)
RESTORE = PlannedTask(
    "B10", "Prove the restore", Owner.PROVIDER, date(2026, 4, 1), depends=("B01", "B02"), gate="G2"
)


def deliver(store: Store, now: int, **brought: object) -> None:
    store.ingest(ENGAGEMENT, SOURCE, Batch("feed", None, **brought), fold, now)  # type: ignore[arg-type]


def test_entries_come_back_in_order_and_by_kind_and_subject(path: Path) -> None:
    with opened(path) as store:
        store.enter([MOVED, SNOOZED])
        store.enter([SNOOZED])
        assert entries(store, ENGAGEMENT) == [SNOOZED, MOVED]
        assert entries(store, ENGAGEMENT, [EntryKind.TASK_MOVED]) == [MOVED]
        assert entries(store, ENGAGEMENT, subject="desk/7") == [SNOOZED]
        assert entries(store, "other") == []


def test_a_screen_that_watches_the_store_learns_of_an_entry(path: Path) -> None:
    with opened(path) as store:
        before = store.change_seq()
        store.enter([SNOOZED])
        assert store.change_seq() > before


@pytest.mark.parametrize("kind", list(Keepsake))
def test_what_was_entered_is_kept_beside_the_database_for_its_owner_only(
    path: Path, kind: Keepsake
) -> None:
    with opened(path) as store:
        store.enter([SNOOZED])
        store.import_baseline(ENGAGEMENT, FILE, ROWS)
    file = keepsake(path, kind)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert all(json.loads(line) for line in file.read_text().splitlines())


def test_a_database_that_is_lost_entirely_gets_back_what_was_entered(path: Path) -> None:
    with opened(path) as store:
        store.enter([SNOOZED, MOVED])
        store.import_baseline(ENGAGEMENT, FILE, ROWS)
    path.write_bytes(b"\xa5" * 40_000)
    with Store.open(path) as store:
        assert store.recovered is not None
        assert entries(store, ENGAGEMENT) == [SNOOZED, MOVED]
        assert baseline_files(store, ENGAGEMENT) == [FILE]
        assert baseline_rows(store, ENGAGEMENT, "old-desk") == [ROWS[1], ROWS[0]]


def test_going_back_to_a_copy_takes_no_entry_back(path: Path, tmp_path: Path) -> None:
    with opened(path) as store:
        store.enter([SNOOZED])
        store.backup(tmp_path / "copy.db")
        store.enter([MOVED])
        store.restore(tmp_path / "copy.db")
        assert entries(store, ENGAGEMENT) == [SNOOZED, MOVED]


def test_importing_a_file_again_replaces_it(path: Path) -> None:
    with opened(path) as store:
        store.import_baseline(ENGAGEMENT, FILE, ROWS)
        newer = replace(FILE, grade=Grade.EXPORT, digest="cd" * 32)
        store.import_baseline(ENGAGEMENT, newer, ROWS[:1])
        assert baseline_files(store, ENGAGEMENT) == [newer]
        assert baseline_rows(store, ENGAGEMENT, "old-desk") == ROWS[:1]
        assert store.drop_baseline(ENGAGEMENT, "old-desk") == 1
        assert baseline_files(store, ENGAGEMENT) == []


def test_a_meeting_keeps_every_date_it_was_planned_for(path: Path) -> None:
    with opened(path) as store:
        moved = replace(STEERING, from_at=90_000, until_at=93_600)
        deliver(store, NOW, meetings=(STEERING,))
        deliver(store, NOW + 60, meetings=(STEERING,))
        deliver(store, NOW + 120, meetings=(moved,))
        (stored,) = meetings(store, scope(store, ENGAGEMENT, [SOURCE]), 0, 100_000)
        assert stored.meeting == moved
        assert stored.dates == (10_000, 90_000)
        assert stored.first_seen_at == NOW


def test_a_meeting_gone_from_a_full_calendar_was_called_off_and_one_outside_was_not(
    path: Path,
) -> None:
    with opened(path) as store:
        old = replace(STEERING, id="m0", from_at=10, until_at=20)
        deliver(store, NOW, meetings=(old, STEERING))
        deliver(store, NOW + 60, meetings=(), meetings_between=(5_000, 20_000))
        found = meetings(store, scope(store, ENGAGEMENT, [SOURCE]), 0, 100_000)
        assert [(one.meeting.id, one.meeting.called_off) for one in found] == [
            ("m0", False),
            ("m1", True),
        ]


def test_a_task_keeps_every_day_it_was_promised_for(path: Path) -> None:
    with opened(path) as store:
        later = replace(RESTORE, due=date(2026, 4, 20), done_at=99)
        deliver(store, NOW, tasks=(RESTORE,), lists_tasks=True)
        deliver(store, NOW + 60, tasks=(later,), lists_tasks=True)
        deliver(store, NOW + 120, tasks=(), lists_tasks=True)
        (stored,) = planned_tasks(store, scope(store, ENGAGEMENT, [SOURCE]))
        assert stored.task == later, "what was done is not called off by going missing"
        assert stored.dates == ((NOW, date(2026, 4, 1)), (NOW + 60, date(2026, 4, 20)))
