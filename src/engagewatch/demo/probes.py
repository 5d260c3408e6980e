"""The client's own probes: a Prometheus that asks a few services every five minutes.

They see what the page tells and what it does not: an outage that was told late, one that was never
told, and one where the page says "partly down" for half an hour longer than they do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engagewatch.demo.desk import Desk
from engagewatch.demo.exchange import Request, Response, answer
from engagewatch.demo.page import MAJOR, PARTIAL, Post, StatusPage
from engagewatch.demo.profile import NORTHWIND
from engagewatch.model.instants import DAY, HOUR, MINUTE, Instant

EVERY = 5 * MINUTE
"""Seconds between two probes of a service."""

PROBED = ("E-mail", "ERP", "File shares", "Printing", "VPN gateway")
BEGUN = 45 * DAY
"""How long before the anchor the client began to probe."""

_OFF = (20 * DAY, 20 * DAY - 7 * HOUR)
"""Before the anchor: when the machine that probes was off."""

_QUERY = re.compile(r"(?:(count|avg)_over_time\()?probe_success\[(\d+)([smhd])\]\)?")
_SECONDS = {"s": 1, "m": MINUTE, "h": HOUR, "d": DAY}

_SOURCE = """
[[sources]]
id = "probes"
kind = "prometheus"
url = "{url}"
run_by = "client"
label = "service"
backfill = "45d"
interval = "1m"
requests_per_minute = 600
"""


def with_probes(files: Mapping[str, str], urls: Mapping[str, str]) -> dict[str, str]:
    """Return the engagement files, the larger one's with the client's probes as a source."""
    name = f"{NORTHWIND.key}.toml"
    return {**files, name: files[name] + _SOURCE.format(url=urls["northwind-probes"])}


class ProbeSite:
    """The query API of a Prometheus, as far as it is asked."""

    def __init__(self, page: StatusPage, desk: Desk, anchor: Instant) -> None:
        """Probe what ``page`` lists; ``desk`` knows of the outage that it never tells."""
        self._begun = anchor - BEGUN
        self._off = (anchor - _OFF[0], anchor - _OFF[1])
        self._failures = dict(_failures(page, desk, anchor))

    def respond(self, request: Request, now: Instant) -> Response:
        """Answer a query, or a query over a range, as of ``now``."""
        query = _QUERY.fullmatch(request.query.get("query", ""))
        if query is None:
            return answer({"status": "error", "errorType": "bad_data", "error": "no such query"})
        function, number, unit = query.groups()
        window = int(number) * _SECONDS[unit]
        if request.path == "/api/v1/query_range":
            start, end, step = (int(request.query[name]) for name in ("start", "end", "step"))
            times = range(start, min(end, now) + 1, step)
            found: list[dict[str, Any]] = [
                {"metric": _labels(name), "values": list(self._shares(name, times, window))}
                for name in PROBED
            ]
        elif function is None:
            found = [
                {"metric": _labels(name), "values": [[at, self._probe(name, at)] for at in probes]}
                for name in PROBED
                if (probes := self._probes(now - window, now))
            ]
        else:
            count = len(self._probes(now - window, now))
            found = [
                {"metric": _labels(name), "value": [now, str(count)]} for name in PROBED if count
            ]
        return answer({"status": "success", "data": {"resultType": "matrix", "result": found}})

    def _shares(self, name: str, times: range, window: int) -> Iterator[list[Any]]:
        """Yield the share of good probes in the window that ends at each of ``times``."""
        troubled = self._failures.get(name, [])
        for at in times:
            probes = self._probes(at - window, at)
            if not probes:
                continue
            if not any(a < at and at - window < b for a, b in troubled):
                yield [at, "1"]
                continue
            good = sum(self._probe(name, probe) == "1" for probe in probes)
            yield [at, f"{good / len(probes):g}"]

    def _probes(self, after: Instant, until: Instant) -> list[Instant]:
        first = max(after // EVERY * EVERY + EVERY, self._begun)
        off, on = self._off
        return [at for at in range(first, until + 1, EVERY) if not off <= at < on]

    def _probe(self, name: str, at: Instant) -> str:
        return "0" if any(a <= at < b for a, b in self._failures.get(name, [])) else "1"


def _labels(name: str) -> dict[str, str]:
    host = name.casefold().replace(" ", "-")
    return {"instance": f"https://{host}.northwind.example", "job": "blackbox", "service": name}


def _failures(
    page: StatusPage, desk: Desk, anchor: Instant
) -> Iterator[tuple[str, list[tuple[Instant, Instant]]]]:
    names = {component.id: component.name for component in page.components}
    found: dict[str, list[tuple[Instant, Instant]]] = {name: [] for name in PROBED}
    last_vpn = max(
        (
            post
            for post in page.incidents
            if names[post.components[0]] == "VPN gateway" and post.created_at < anchor
        ),
        key=lambda post: post.created_at,
        default=None,
    )
    for post in page.incidents:
        name = names[post.components[0]]
        if name not in found or not _cuts_off(post):
            continue
        end = next(update.at for update in post.updates if update.status == "resolved")
        # The provider told of the last one on the VPN before anything showed, and for longer.
        early, late = (19 * MINUTE, 32 * MINUTE) if post is last_vpn else (0, 4 * MINUTE)
        found[name].append((post.started_at + early, end - late))
    untold = [record.created_at for record in desk.records.values() if record.story == "never told"]
    if untold:
        begin = min(untold) + 4 * MINUTE
        found["Printing"].append((begin, begin + 160 * MINUTE))
    yield from found.items()


def _cuts_off(post: Post) -> bool:
    return any(state in (PARTIAL, MAJOR) for one in post.updates for state in one.states.values())
