"""The poller itself breaks down, not a source: it says so, and polls again by itself."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from engagewatch.model.freshness import SourceHealth
from engagewatch.store.errors import StoreFull
from engagewatch.store.store import Store
from engagewatch.sync import poller
from engagewatch.sync.poller import Poller
from tests.sync.conftest import START, ScriptedAdapter, engagement_of, page, source


def test_a_store_that_cannot_be_opened_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "RESTART_INTERVAL", 0.01)
    told: list[SourceHealth] = []
    polled, refused = threading.Event(), threading.Event()
    may_open = threading.Event()

    def open_store() -> Store:
        if not may_open.is_set():
            if behind.trouble:
                refused.set()
            raise StoreFull("no space left\x1b]0;EVIL\x07")
        return Store.open(tmp_path / "history.db")

    def notice(health: SourceHealth) -> None:
        told.append(health)
        polled.set()

    behind = Poller(
        open_store,
        [engagement_of(source())],
        lambda: START,
        notice=notice,
        open_adapter=lambda *_: ScriptedAdapter([page(1)]),
    )
    behind.start()
    assert refused.wait(30)
    assert behind.trouble == (
        "polling stopped, and is tried again in a minute: StoreFull: no space left␛]0;EVIL␇"
    )
    may_open.set()
    assert polled.wait(30)
    assert behind.trouble == ""
    assert told[0].failure is None
    assert behind.stop(30)


def test_it_ends_when_told_to_while_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = threading.Event()

    def open_store() -> Store:
        tried.set()
        raise StoreFull("no space left")

    behind = Poller(open_store, [engagement_of(source())], lambda: START)
    behind.start()
    assert tried.wait(30)
    assert behind.stop(30)
