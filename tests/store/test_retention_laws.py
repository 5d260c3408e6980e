"""Whatever a source tells again, in whichever order: what was removed is not brought back."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from store_samples import (
    ENGAGEMENT,
    NOW,
    SOURCE,
    START,
    contents,
    event,
    fold,
    ingest,
    opened,
    ticket,
)

from engagewatch.model.ticket import Ticket
from engagewatch.store import retention
from engagewatch.store.store import Store

NAMES = "abcde"


def version(name: str, number: int) -> Ticket:
    """Every third version is finished, as the sample fold sees it."""
    return ticket(name, number, deleted=number % 3 == 2)


TOLD = st.tuples(
    st.just("tell"), st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 12)), max_size=4)
)
EVENTS = st.tuples(
    st.just("events"), st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 3)), max_size=4)
)
REMOVED = st.tuples(st.just("remove"), st.integers(0, 14))


def removed_by(store: Store, before: int) -> None:
    while store.remove_finished(ENGAGEMENT, SOURCE, before):
        pass
    store.finish_retention(ENGAGEMENT, SOURCE, NOW)


@pytest.fixture(autouse=True, scope="module")
def small_chunks() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retention, "CHUNK", 2)
        yield


@given(st.lists(st.one_of(TOLD, EVENTS, REMOVED), max_size=14))
@example([("tell", [("a", 5)]), ("remove", 9), ("tell", [("a", 2), ("a", 5)])])
@example([("tell", [("a", 5)]), ("remove", 9), ("tell", [("a", 6)]), ("tell", [("a", 5)])])
def test_a_ticket_is_here_exactly_if_its_newest_version_was_told_after_the_last_removal(
    steps: list[tuple[str, object]],
) -> None:
    with TemporaryDirectory() as folder, opened(Path(folder) / "history.db") as store:
        here: dict[str, int] = {}
        gone: dict[str, int] = {}
        for what, told in steps:
            if what == "remove":
                removed_by(store, START + told)  # type: ignore[operator]
                for name, number in list(here.items()):
                    if number % 3 == 2 and number < told:  # type: ignore[operator]
                        gone[name] = here.pop(name)
            elif what == "tell":
                batch = [version(*one) for one in told]  # type: ignore[attr-defined]
                ingest(store, batch)
                for name, number in told:  # type: ignore[attr-defined]
                    newest = max(n for other, n in told if other == name)  # type: ignore[attr-defined]
                    if name in gone and newest > gone[name]:
                        del gone[name]
                    if name not in gone:
                        here[name] = max(here.get(name, -1), number)
            else:
                ingest(store, events=[event(name, n) for name, n in told])  # type: ignore[attr-defined]
            held = contents(store)
            assert {row[0]: row[5] - START for row in held["ticket"]} == here  # type: ignore[operator]
            assert {row[0] for row in held["standing"]} == here.keys()
            assert {row[0] for row in held["event"]} <= here.keys()
            assert store.verify(ENGAGEMENT, SOURCE, fold) == []
        # Reading everything from the start brings nothing back that was removed.
        ingest(store, [version(name, n) for name, n in (here | gone).items()])
        assert {row[0] for row in contents(store)["ticket"]} == here.keys()
        assert store.integrity_problems() == []
