"""What the tests of the demonstration share: a fixed moment, and ways to ask its sites."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from engagewatch.demo.exchange import Request, Response, Site
from engagewatch.demo.server import Limits, simulated_sites
from engagewatch.model.instants import Instant, parse_iso

ANCHOR: Instant = parse_iso("2026-11-23T10:30:00+00:00")
"""A Monday morning."""
SEED = 7
TOKEN = "a-token"
EXACT = Limits(hold_back=0, requests_per_minute=10**6, incremental_per_minute=10**6)

BASIC = "Basic " + base64.b64encode(f"monitor@northwind.example/token:{TOKEN}".encode()).decode()


def sites(seed: int = SEED, anchor: Instant = ANCHOR, limits: Limits = EXACT) -> dict[str, Site]:
    """Return every site of the simulated provider."""
    return simulated_sites(seed, anchor, TOKEN, limits)


def ask(
    site: Site, target: str, now: Instant = ANCHOR, *, method: str = "GET", **headers: str
) -> Response:
    """Send one authenticated request."""
    sent = {"host": "desk.test", "authorization": f"Bearer {TOKEN}", **headers}
    sent = {name.replace("_", "-"): value for name, value in sent.items() if value}
    return site.respond(Request.parse(method, target, sent), now)


def read(site: Site, target: str, now: Instant = ANCHOR) -> Any:
    """Return the JSON of a request that must succeed."""
    response = ask(site, target, now)
    assert response.status == 200, response.body
    return json.loads(response.body)


def path_of(url: str) -> str:
    """Return what follows the host in an address of the site."""
    assert url.startswith("http://desk.test/")
    return url.removeprefix("http://desk.test")


def pages(site: Site, target: str, follow: str, now: Instant = ANCHOR) -> Iterator[dict[str, Any]]:
    """Yield every page of an export, up to the end of the stream."""
    while True:
        page = read(site, target, now)
        yield page
        if page["end_of_stream"]:
            return
        target = path_of(page[follow])


def all_tickets(site: Site, now: Instant = ANCHOR, size: int = 1000) -> list[dict[str, Any]]:
    """Return the whole export of tickets."""
    first = f"/api/v2/incremental/tickets/cursor.json?start_time=0&per_page={size}"
    return [ticket for page in pages(site, first, "after_url", now) for ticket in page["tickets"]]


def all_events(site: Site, now: Instant = ANCHOR, start: Instant = 0) -> list[dict[str, Any]]:
    """Return the export of ticket events since ``start``, each once."""
    first = f"/api/v2/incremental/ticket_events.json?start_time={start}&include=comment_events"
    found = pages(site, first, "next_page", now)
    return list({event["id"]: event for page in found for event in page["ticket_events"]}.values())
