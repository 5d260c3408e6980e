"""One telling of the story, for all tests that only read it."""

from __future__ import annotations

from typing import Any

import pytest

from engagewatch.demo.exchange import Site
from engagewatch.demo.profile import OFFICE
from engagewatch.demo.scenario import Stage, northwind
from engagewatch.demo.site_statuspage import StatuspageSite
from engagewatch.demo.site_zendesk import ZendeskSite
from engagewatch.engine.calendars import compile_calendar
from tests.demo import simulation


@pytest.fixture(scope="session")
def stage() -> Stage:
    return northwind(simulation.SEED, simulation.ANCHOR)


@pytest.fixture
def desk(stage: Stage) -> Site:
    return ZendeskSite(
        stage.desk,
        compile_calendar(OFFICE),
        simulation.TOKEN,
        hold_back=0,
        requests_per_minute=10**6,
        incremental_per_minute=10**6,
    )


@pytest.fixture
def page(stage: Stage) -> Site:
    return StatuspageSite(stage.page)


@pytest.fixture(scope="session")
def events(stage: Stage) -> list[dict[str, Any]]:
    """Return the whole export of ticket events."""
    site = ZendeskSite(
        stage.desk,
        compile_calendar(OFFICE),
        simulation.TOKEN,
        hold_back=0,
        incremental_per_minute=10**6,
    )
    return simulation.all_events(site)
