"""A forgotten person is named nowhere, stays one person, and no poll brings the name back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import store_samples
from hypothesis import given
from hypothesis import strategies as st
from store_samples import ENGAGEMENT, NOW, SOURCE, START, contents, opened, ticket

from engagewatch.model.batch import Batch
from engagewatch.model.clock import Fold
from engagewatch.model.entry import Entry, EntryKind
from engagewatch.model.meeting import Invitee, Meeting
from engagewatch.model.sides import Side
from engagewatch.model.ticket import Event, EventKind, Person, Ticket
from engagewatch.store.forgetting import AmbiguousPersonError, Forgotten, earlier_copies
from engagewatch.store.keepsake import keepsake
from engagewatch.store.queries.entries import entries
from engagewatch.store.replacing import whole_words
from engagewatch.store.store import Store


def fold(of: Ticket, events: Sequence[Event]) -> Fold:
    """The sample fold; like the engine's, it derives nothing from whom a value names."""
    folded = store_samples.fold(of, events)
    return Fold(
        replace(folded.standing, unmapped=()),
        tuple(replace(clock, reason="") for clock in folded.clocks),
    )


ADDRESS = "m.quartermaine@client.example"
NAME = "Mo Quartermaine"
MO = Person("u-471", NAME, Side.CLIENT, ADDRESS)
JO = Person("u-9", "Jo Field", Side.PROVIDER, "jo@provider.example")

TOLD = Batch(
    "tickets",
    "next",
    (
        ticket("a", requester=MO.id, assignee=JO.id),
        ticket("b", requester=JO.id, subject=f"Laptop for {NAME}"),
    ),
    (
        Event("a", "a1", START, EventKind.REPLIED, Side.CLIENT, actor=MO.id),
        Event("a", "a2", START + 1, EventKind.APPROVAL_REQUESTED, actor=JO.id, value=MO.id),
        Event("a", "a3", START + 2, EventKind.ASSIGNED, value=MO.id, previous=JO.id),
        Event("a", "a4", START + 3, EventKind.ASSIGNED, value=JO.id, previous=MO.id),
        Event("later", "l1", START, EventKind.REPLIED, actor=MO.id),
    ),
    people=(MO, JO),
)
INVITED = Batch(
    "calendar",
    None,
    meetings=(
        Meeting(
            "m",
            "Review",
            START,
            START + 60,
            organiser=ADDRESS.upper(),
            invitees=(Invitee(ADDRESS, NAME, Side.CLIENT), Invitee("jo@provider.example", "Jo")),
        ),
    ),
)
SAID = {"to": NAME, "about": f"ask {NAME}'s boss"}
ENTERED = (
    Entry(
        "1", ENGAGEMENT, NOW, EntryKind.ASSIGNED, "x", {"to": NAME, "about": f"ask {NAME}'s boss"}
    ),
    Entry("2", ENGAGEMENT, NOW, EntryKind.ATTENDED, "m", {"who": ADDRESS, "came": True}),
    Entry("3", ENGAGEMENT, NOW, EntryKind.SNOOZED, "y", {"why": "Mo Quartermaines are many"}),
)


@pytest.fixture
def filled(store: Store) -> Store:
    store.register_source(ENGAGEMENT, "calendar", "ics")
    tell(store)
    store.enter(ENTERED)
    return store


def tell(store: Store) -> None:
    store.ingest(ENGAGEMENT, SOURCE, TOLD, fold, NOW)
    store.ingest(ENGAGEMENT, "calendar", INVITED, fold, NOW)


def forgotten(store: Store, who: str = ADDRESS) -> Forgotten:
    found = store.forget(ENGAGEMENT, who, NOW)
    assert found is not None
    return found


def everything(store: Store) -> str:
    tables = store.connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
    ).fetchall()
    rows = [store.connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables]
    return str(rows)


@pytest.mark.parametrize("who", [ADDRESS.title(), "u-471", "desk/u-471", NAME.upper()])
def test_by_address_key_or_name_the_person_is_named_nowhere(filled: Store, who: str) -> None:
    stands = forgotten(filled, who).pseudonym
    assert re.fullmatch(r"forgotten-[0-9a-f]{8}", stands)
    held = everything(filled)
    assert "u-471" not in held
    assert ADDRESS not in held.casefold()
    assert held.count(NAME) == 2, "a ticket's subject, and another word that begins alike"
    assert filled.connection.execute(
        "SELECT requester, assignee FROM ticket ORDER BY id"
    ).fetchall()[0] == (stands, JO.id)
    people = filled.connection.execute("SELECT id, name, side, address FROM person ORDER BY id")
    assert people.fetchall() == [
        (stands, "", "client", ""),
        ("u-9", "Jo Field", "provider", "jo@provider.example"),
    ]
    said = [dict(one.values) for one in entries(filled, ENGAGEMENT)]
    assert said == [
        {"to": stands, "about": f"ask {stands}'s boss"},
        {"who": stands, "came": True},
        {"why": "Mo Quartermaines are many"},
    ]
    assert filled.verify(ENGAGEMENT, SOURCE, fold) == []
    assert filled.integrity_problems() == []


def test_what_was_done_is_counted(filled: Store) -> None:
    found = forgotten(filled)
    assert found.subjects == 1
    rows = dict(found.changed)
    assert (rows.pop("event"), rows.pop("entry")) == (4, 2)
    assert rows == {"person": 1, "ticket": 1, "orphan_event": 1, "clock": 1, "meeting": 1}


def test_no_poll_brings_the_name_back(filled: Store) -> None:
    stands = forgotten(filled).pseudonym
    after = everything(filled)
    tell(filled)
    assert everything(filled) == after, "what is told again is what is known"
    update = replace(TOLD, tickets=(ticket("a", 5, assignee=MO.id),), people=(MO,))
    filled.ingest(ENGAGEMENT, SOURCE, update, fold, NOW)
    filled.ingest(ENGAGEMENT, SOURCE, replace(TOLD, tickets=(ticket("later"),)), fold, NOW)
    held = everything(filled)
    assert "u-471" not in held
    assert held.count(NAME) == 2
    assert (stands, "a1") not in contents(filled)["event"]
    assert filled.verify(ENGAGEMENT, SOURCE, fold) == []


def test_a_new_account_with_the_address_is_recognised(filled: Store) -> None:
    stands = forgotten(filled).pseudonym
    early = Batch("tickets", None, (ticket("c", requester="u-900"),))
    filled.ingest(ENGAGEMENT, SOURCE, early, fold, NOW)
    anew = replace(MO, id="u-900", address=ADDRESS.upper())
    filled.ingest(ENGAGEMENT, SOURCE, Batch("tickets", None, people=(anew,)), fold, NOW)
    filled.ingest(ENGAGEMENT, SOURCE, early, fold, NOW)
    requester = filled.connection.execute("SELECT requester FROM ticket WHERE id = 'c'").get
    assert requester == stands
    assert "u-900" not in everything(filled)


def test_a_namesake_keeps_the_name(filled: Store) -> None:
    forgotten(filled)
    namesake = Person("u-12", NAME, Side.CLIENT, "mo.q@client.example")
    filled.ingest(ENGAGEMENT, SOURCE, Batch("tickets", None, people=(namesake,)), fold, NOW)
    names = filled.connection.execute("SELECT name FROM person ORDER BY id").fetchall()
    assert (NAME,) in names
    with_both = Meeting("n", "Talk", START, START + 9, invitees=(Invitee(namesake.address, NAME),))
    filled.ingest(ENGAGEMENT, "calendar", Batch("c", None, meetings=(with_both,)), fold, NOW)
    assert namesake.address in everything(filled)


def test_a_name_of_several_people_is_refused_with_what_tells_them_apart(filled: Store) -> None:
    namesake = Person("u-12", NAME, Side.CLIENT, "mo.q@client.example")
    filled.ingest(ENGAGEMENT, SOURCE, Batch("tickets", None, people=(namesake,)), fold, NOW)
    before = everything(filled)
    with pytest.raises(AmbiguousPersonError) as refused:
        filled.forget(ENGAGEMENT, NAME, NOW)
    assert refused.value.choices == (f"desk/u-12 {namesake.address}", f"desk/u-471 {ADDRESS}")
    assert everything(filled) == before


def test_nobody_of_that_name(filled: Store) -> None:
    before = everything(filled)
    assert filled.forget(ENGAGEMENT, "nobody@client.example", NOW) is None
    assert filled.forget(ENGAGEMENT, " ", NOW) is None
    assert filled.forget("elsewhere", ADDRESS, NOW) is None
    assert everything(filled) == before


def test_whom_only_tickets_or_entries_name(filled: Store) -> None:
    filled.ingest(
        ENGAGEMENT, SOURCE, Batch("t", None, (ticket("c", assignee="A. Key"),)), fold, NOW
    )
    filled.enter([Entry("4", ENGAGEMENT, NOW, EntryKind.ACTION, "m", {"owner": "Pat Low"})])
    key, name = forgotten(filled, "A. Key"), forgotten(filled, "pat low")
    assert key.changed == {"ticket": 1}
    assert name.changed == {"entry": 1}
    assert "A. Key" not in everything(filled)
    assert "Pat Low" not in everything(filled)


def test_the_file_and_the_keepsake_hold_the_name_no_more_but_copies_do(path: Path) -> None:
    private = replace(TOLD, tickets=TOLD.tickets[:1])
    with opened(path) as store:
        store.ingest(ENGAGEMENT, SOURCE, private, fold, NOW)
        store.enter(ENTERED[:2])
        backups = path.parent / "backups"
        backups.mkdir()
        store.backup(backups / "one.db")
        forgotten(store)
    for file in (path, keepsake(path)):
        assert b"uartermaine" not in file.read_bytes()
    assert earlier_copies(path) == [backups / "one.db"]
    assert b"uartermaine" in (backups / "one.db").read_bytes()


def test_going_back_to_an_earlier_copy_does_not_bring_the_name_back(
    filled: Store, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    filled.backup(copy)
    stands = forgotten(filled).pseudonym
    filled.restore(copy)
    held = everything(filled)
    assert "u-471" not in held
    assert held.count(NAME) == 2
    assert {dict(one.values).get("to") for one in entries(filled, ENGAGEMENT)} == {stands, None}
    assert NAME + '"' not in keepsake(filled.path).read_text()


def test_it_is_remembered_where_the_database_is_lost(path: Path) -> None:
    with opened(path) as store:
        store.ingest(ENGAGEMENT, SOURCE, TOLD, fold, NOW)
        stands = forgotten(store).pseudonym
    path.write_bytes(b"\xa5" * 4096)
    with opened(path) as store:
        assert store.recovered is not None
        store.ingest(ENGAGEMENT, SOURCE, TOLD, fold, NOW)
        assert "u-471" not in everything(store)
        assert store.connection.execute("SELECT requester FROM ticket ORDER BY id").get[0] == stands


def test_another_engagement_is_left_alone(filled: Store) -> None:
    filled.register_source("other", SOURCE, "eventlog")
    filled.ingest("other", SOURCE, TOLD, fold, NOW)
    forgotten(filled)
    filled.ingest("other", SOURCE, TOLD, fold, NOW)
    assert everything(filled).count(ADDRESS) == 1


@given(st.text(min_size=3, max_size=12), st.text(max_size=20), st.text(max_size=20))
def test_a_name_is_found_as_a_whole_word_only(name: str, before: str, after: str) -> None:
    found = whole_words([name]).sub("X", f"{before} {name} {after}")
    alone = not (name[0].isspace() or name[-1].isspace())
    if alone:
        assert "X" in found
    joined = f"w{name}w"
    if name[0].isalnum() and name[-1].isalnum():
        assert whole_words([name]).search(joined) is None
