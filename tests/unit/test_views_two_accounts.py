"""A service that our own probes watch as well as the provider's page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from views_world import HOUR, NORTHWIND, NOW, World, opened

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import RunBy, SourceSettings
from engagewatch.model.service import Component, ComponentState, StateSpan
from engagewatch.views import services
from engagewatch.views.two_accounts import accounts_of

PROBES = SourceSettings(id="probes", adapter="prometheus", run_by=RunBy.CLIENT)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    engagement = replace(NORTHWIND, sources=(*NORTHWIND.sources, PROBES))
    with (world := opened(tmp_path, engagement)).store:
        yield world


def test_both_accounts_of_a_service_stand_side_by_side(world: World) -> None:
    world.services([(when, ComponentState.UP) for when in range(NOW - 10 * HOUR, NOW + 1, 900)])
    told = (
        StateSpan("m", ComponentState.UP, NOW - 10 * HOUR, NOW - HOUR),
        StateSpan("m", ComponentState.DOWN, NOW - HOUR, NOW),
    )
    components = (
        Component("m", "MAIL", ComponentState.DOWN),
        Component("x", "Only ours", ComponentState.UP),
    )
    batch = Batch(
        "targets", None, components=components, spans=told, server_time=NOW, observed=True
    )
    world.store_batch("probes", batch, NOW)
    view = services.build(world.store, world.engagement, NOW)
    assert {row.name: row.run_by for row in view.components} == {
        "Mail": RunBy.PROVIDER,
        "MAIL": RunBy.CLIENT,
        "Only ours": RunBy.CLIENT,
    }
    (both,) = view.two_accounts
    assert (both.name, both.provider, both.client) == ("Mail", 1.0, pytest.approx(0.9))
    assert both.words.startswith("our probes 90")
    assert "the provider 100%" in both.words
    theirs, ours, alone = view.components
    assert accounts_of(view.two_accounts, theirs) == accounts_of(view.two_accounts, ours) == both
    assert accounts_of(view.two_accounts, alone) is None


def test_a_service_of_one_side_alone_is_not_compared(world: World) -> None:
    world.services([(NOW - 900, ComponentState.UP), (NOW, ComponentState.UP)])
    assert services.build(world.store, world.engagement, NOW).two_accounts == ()
