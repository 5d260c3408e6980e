"""Deriving everything again, in chunks; and finding what no longer follows from its events."""

from __future__ import annotations

from collections.abc import Sequence

import apsw
import pytest
from store_samples import ENGAGEMENT, SOURCE, contents, event, fold, ingest, ticket

from engagewatch.model.clock import Fold
from engagewatch.model.ticket import Event, Ticket
from engagewatch.store import rebuild
from engagewatch.store.rebuild import Difference
from engagewatch.store.store import Store

NAMES = [str(n) for n in range(11)]


@pytest.fixture
def filled(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(rebuild, "CHUNK", 4)
    ingest(store, map(ticket, NAMES), [event(name, n) for name in NAMES for n in (1, 2)])
    return store


def tamper(store: Store, statement: str) -> None:
    with apsw.Connection(str(store.path)) as other:
        other.execute(statement)


def strict_fold(of: Ticket, events: Sequence[Event]) -> Fold:
    """The fold under an edited policy: only first events count."""
    return fold(of, [one for one in events if one.id.endswith("-1")])


def test_a_policy_change_recounts_every_ticket(filled: Store) -> None:
    assert filled.policy_version(ENGAGEMENT, SOURCE) == ""
    before = filled.change_seq()
    assert filled.refold(ENGAGEMENT, SOURCE, strict_fold, "v2") == len(NAMES)
    assert filled.policy_version(ENGAGEMENT, SOURCE) == "v2"
    assert len(contents(filled)["clock"]) == len(NAMES)
    assert filled.change_seq() > before


def test_a_refold_cut_short_is_started_over(filled: Store) -> None:
    filled.refold(ENGAGEMENT, SOURCE, fold, "v1")
    folded: list[str] = []

    def dying(of: Ticket, events: Sequence[Event]) -> Fold:
        if len(folded) == 6:
            raise KeyboardInterrupt
        folded.append(of.id)
        return strict_fold(of, events)

    with pytest.raises(KeyboardInterrupt):
        filled.refold(ENGAGEMENT, SOURCE, dying, "v2")
    assert filled.policy_version(ENGAGEMENT, SOURCE) == "v1"
    assert len(contents(filled)["clock"]) == 2 * len(NAMES) - 4
    assert filled.refold(ENGAGEMENT, SOURCE, strict_fold, "v2") == len(NAMES)
    assert filled.verify(ENGAGEMENT, SOURCE, strict_fold) == []


def test_others_may_write_between_the_chunks_of_a_refold(filled: Store) -> None:
    with Store.open(filled.path) as other:
        written: list[str] = []

        def nosy(of: Ticket, events: Sequence[Event]) -> Fold:
            if of.id == "4":
                # The first chunk is committed; a reader sees it while the second is under way.
                rows = other.connection.execute("SELECT COUNT(*) FROM clock").get
                written.append(str(rows))
            return strict_fold(of, events)

        filled.refold(ENGAGEMENT, SOURCE, nosy, "v2")
        assert written == [str(2 * len(NAMES) - 4)]


def test_a_sound_store_verifies(filled: Store) -> None:
    assert filled.verify(ENGAGEMENT, SOURCE, fold) == []
    assert filled.integrity_problems() == []


def test_a_changed_value_is_found(filled: Store) -> None:
    tamper(filled, "UPDATE clock SET consumed = 7 WHERE ticket_key = 10 AND round = 2")
    assert filled.verify(ENGAGEMENT, SOURCE, fold) == [
        Difference("9", "#9", "next_response 2", "consumed", "7", "120")
    ]


def test_missing_and_surplus_parts_are_found(filled: Store) -> None:
    tamper(
        filled,
        """
        DELETE FROM standing WHERE ticket_key = 1;
        UPDATE clock SET round = 9 WHERE ticket_key = 2 AND round = 2;
        UPDATE standing SET finished_at = 5 WHERE ticket_key = 3
        """,
    )
    assert filled.verify(ENGAGEMENT, SOURCE, fold) == [
        Difference("0", "#0", "standing", "", "missing", "present"),
        Difference("1", "#1", "next_response 2", "", "missing", "present"),
        Difference("1", "#1", "next_response 9", "", "present", "missing"),
        Difference("2", "#2", "standing", "finished_at", "5", "none"),
    ]


def test_rows_that_refer_to_nothing_are_found(filled: Store) -> None:
    tamper(filled, "PRAGMA foreign_keys = 0; DELETE FROM ticket WHERE key = 1")
    assert filled.integrity_problems() == ["6 rows refer to rows that do not exist"]
