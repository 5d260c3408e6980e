"""The whole story: two engagements, from their start to a day after the anchor.

The same seed and the same anchor always give the same story, to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from engagewatch.demo.case import Office
from engagewatch.demo.clusters import cluster_records
from engagewatch.demo.desk import Comment, Desk, Record, Via
from engagewatch.demo.history import Historian
from engagewatch.demo.live import LiveDesk
from engagewatch.demo.outages import Chronicler
from engagewatch.demo.page import PageComponent, StatusPage
from engagewatch.demo.people import gather
from engagewatch.demo.profile import ALDERFINCH, NORTHWIND, OFFICE, Profile, started_at
from engagewatch.demo.stories import Storyteller
from engagewatch.engine.calendars import compile_calendar
from engagewatch.model.instants import DAY, HOUR, Instant

_PLACEHOLDER = re.compile(r"\{(\d+)\}")


@dataclass(frozen=True, slots=True)
class Stage:
    """One simulated engagement: its ticketing tool and its status page."""

    profile: Profile
    started: Instant
    desk: Desk
    page: StatusPage


def northwind(seed: int, anchor: Instant) -> Stage:
    """Return the larger engagement."""
    return _stage(NORTHWIND, seed, anchor)


def alder_finch(seed: int, anchor: Instant) -> Stage:
    """Return the smaller one."""
    return _stage(ALDERFINCH, seed, anchor)


def carrier(anchor: Instant) -> StatusPage:
    """Return the page of the smaller engagement's telephone carrier, on which all is well."""
    names = ("Voice", "SIP trunks")
    components = [PageComponent(f"carrier{n:05d}", name, "", n) for n, name in enumerate(names, 1)]
    return StatusPage("carrier", "Fernline status", anchor - 900 * DAY, components, (), ())


def _stage(profile: Profile, seed: int, anchor: Instant) -> Stage:
    rng = Random(f"{seed}/{profile.key}")
    hours = compile_calendar(OFFICE)
    started = started_at(profile, anchor)
    crowd = gather(
        rng,
        users=profile.users,
        agents=profile.agents,
        named=profile.named,
        departments=profile.departments,
        client_domain=profile.client_domain,
        provider_domain=profile.provider_domain,
        service_name=f"{profile.provider} Service Desk",
        first_id=profile.first_member_id,
        started=started - HOUR,
        anchor=anchor,
    )
    office = Office(profile, rng, crowd, hours)
    outages = Chronicler(profile, Random(f"{seed}/{profile.key}/page"), hours).outages(
        started, anchor
    )
    storyteller = Storyteller(office, anchor)
    scripted = list(storyteller.northwind() if profile is NORTHWIND else storyteller.alder_finch())
    scripted += cluster_records(office, outages.clusters)
    ordinary = list(Historian(office, started, anchor).records())
    arrived = LiveDesk(office, anchor, ordinary).run()
    records = _numbered([*ordinary, *scripted, *arrived], profile.first_ticket_id)
    desk = Desk(
        crowd.everybody,
        records,
        first_audit_id=profile.first_audit_id,
        organization_id=profile.organization_id,
    )
    return Stage(profile, started, desk, outages.page)


def _numbered(records: Iterable[Record], first: int) -> Sequence[Record]:
    """Number the tickets in the order in which they came in, and mend what refers to them."""
    ordered = sorted(records, key=lambda record: (record.created_at, record.id))
    numbers = {record.id: first + index for index, record in enumerate(ordered)}
    for record in ordered:
        record.id = numbers[record.id]
        if record.problem_id is not None:
            record.problem_id = numbers[record.problem_id]
        for audit in record.audits:
            if audit.via is Via.MERGE and audit.comment is not None:
                audit.merged = tuple(numbers[id_] for id_ in audit.merged)
                body = _PLACEHOLDER.sub(
                    lambda match: str(numbers[int(match[1])]), audit.comment.body
                )
                audit.comment = Comment(body, audit.comment.public)
    return ordered
