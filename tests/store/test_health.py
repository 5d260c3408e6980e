"""What is remembered about polling, across restarts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from store_samples import ENGAGEMENT, SOURCE

from engagewatch.model.freshness import Failure, SourceHealth
from engagewatch.store.errors import UnknownSource
from engagewatch.store.store import Store

FAILING = SourceHealth(
    engagement=ENGAGEMENT,
    source=SOURCE,
    last_attempt_at=50,
    last_success_at=10,
    failing_since=40,
    failure=Failure.RATE_LIMITED,
    error="the desk asks to wait; next try in 60 s",
    failures=3,
    next_attempt_at=110,
    polling=True,
    requests=900,
    requests_last_poll=9,
    records=12,
    clock_skew=-4,
)


def test_health_survives_a_restart(path: Path) -> None:
    with Store.open(path) as store:
        store.register_source(ENGAGEMENT, SOURCE, "zendesk")
        assert store.health() == [SourceHealth(ENGAGEMENT, SOURCE)]
        store.record_health(FAILING)
    with Store.open(path) as store:
        store.register_source(ENGAGEMENT, SOURCE, "zammad")
        assert store.health() == [FAILING]
        store.record_health(replace(FAILING, polling=False, failing_since=None, failure=None))
        assert not store.health()[0].polling


def test_health_of_one_engagement(store: Store) -> None:
    store.register_source("acme", "b", "zendesk")
    store.register_source("acme", "a", "zendesk")
    assert [one.source for one in store.health("acme")] == ["a", "b"]
    assert len(store.health()) == 3
    assert store.health("nobody") == []


def test_an_unregistered_source_has_no_health(store: Store) -> None:
    with pytest.raises(UnknownSource):
        store.record_health(SourceHealth(ENGAGEMENT, "other"))


def test_when_the_user_last_looked(store: Store) -> None:
    assert store.seen_at(ENGAGEMENT) is None
    store.mark_seen(ENGAGEMENT, 100)
    store.mark_seen(ENGAGEMENT, 200)
    assert store.seen_at(ENGAGEMENT) == 200
