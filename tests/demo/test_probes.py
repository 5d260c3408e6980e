"""The client's own probes: what they see is what the story says, in Prometheus' own words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engagewatch.demo.exchange import Request
from engagewatch.demo.probes import BEGUN, EVERY, PROBED, ProbeSite
from engagewatch.demo.scenario import Stage
from engagewatch.engine.candour import SignKind, candour, unadmitted
from engagewatch.engine.signs import Opening, Signs, failures_of
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant
from engagewatch.model.service import ComponentState, Incident
from engagewatch.providers.prometheus.windows import state_of
from tests.demo.simulation import ANCHOR


@pytest.fixture(scope="module")
def probes(stage: Stage) -> ProbeSite:
    return ProbeSite(stage.page, stage.desk, ANCHOR)


def ask(site: ProbeSite, path: str, now: Instant = ANCHOR, **query: str) -> list[dict[str, Any]]:
    told = json.loads(site.respond(Request("GET", f"/api/v1/{path}", query), now).body)
    assert told["status"] == "success"
    found: list[dict[str, Any]] = told["data"]["result"]
    return found


def pieces(site: ProbeSite) -> dict[str, list[tuple[Instant, Instant, ComponentState]]]:
    """Return what the probes saw, window by window, of every service."""
    start = ANCHOR - BEGUN
    query = {"start": str(start), "end": str(ANCHOR), "step": str(EVERY)}
    text = f"avg_over_time(probe_success[{EVERY}s])"
    return {
        one["metric"]["service"]: [(at - EVERY, at, state_of(value)) for at, value in one["values"]]
        for one in ask(site, "query_range", query=text, **query)
    }


def test_every_service_is_probed_and_counted(probes: ProbeSite) -> None:
    found = ask(probes, "query", query="count_over_time(probe_success[1h])")
    assert {one["metric"]["service"]: one["value"][1] for one in found} == dict.fromkeys(
        PROBED, str(HOUR // EVERY)
    )
    (latest, *_) = ask(probes, "query", query="probe_success[10m]")
    assert [at for at, _ in latest["values"]] == sorted(at for at, _ in latest["values"])


def test_time_in_which_nobody_probed_has_no_samples(probes: ProbeSite) -> None:
    for told in pieces(probes).values():
        known = sum(end - start for start, end, _ in told)
        assert known < BEGUN
        assert min(start for start, _, _ in told) >= ANCHOR - BEGUN - EVERY


def test_one_outage_is_admitted_late_and_one_never(stage: Stage, probes: ProbeSite) -> None:
    failures = [
        failure
        for name, told in pieces(probes).items()
        for failure in failures_of(name.casefold(), "probes", told)
    ]
    openings = [
        Opening(record.created_at, str(record.requester), frozenset({"printing"}))
        for record in stage.desk.records.values()
        if record.story == "never told"
    ]
    signs = Signs(
        tuple(sorted(openings, key=lambda one: one.at)),
        tuple(sorted(failures, key=lambda one: one.from_at)),
    )
    names = {one.id: one.name.casefold() for one in stage.page.components}
    late = next(post for post in stage.page.incidents if post.backdated_at is not None)
    end = next(update.at for update in late.updates if update.status == "resolved")
    incident = Incident(
        late.id, late.name, "resolved", late.impact, late.started_at, late.created_at, end
    )
    found = candour(incident, {names[late.components[0]]}, signs)
    assert found.kind is SignKind.PROBES
    assert 40 * MINUTE - EVERY <= found.lag <= 40 * MINUTE + EVERY
    on_printing = [
        (post.started_at, post.updates[-1].at)
        for post in stage.page.incidents
        if names[post.components[0]] == "printing"
    ]
    (never,) = unadmitted(signs, {"printing": on_printing}, ANCHOR - 40 * DAY, ANCHOR)
    assert never.people == len({one.requester for one in openings}) >= 4
    assert never.failures
