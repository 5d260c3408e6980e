"""A Statuspage page as a site: its public JSON, as of an instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from engagewatch.demo.exchange import Request, Response, answer
from engagewatch.demo.page import (
    DEGRADED,
    MAINTENANCE,
    MAJOR,
    OPERATIONAL,
    PARTIAL,
    PageComponent,
    Post,
    StatusPage,
    Update,
)
from engagewatch.model.instants import Instant, to_datetime

LONGEST_LIST = 50
_BADNESS = (OPERATIONAL, MAINTENANCE, DEGRADED, PARTIAL, MAJOR)
_INDICATORS = {
    OPERATIONAL: ("none", "All Systems Operational"),
    MAINTENANCE: ("maintenance", "Service Under Maintenance"),
    DEGRADED: ("minor", "Partially Degraded Service"),
    PARTIAL: ("major", "Partial System Outage"),
    MAJOR: ("critical", "Major System Outage"),
}
_MISSING = b"<!DOCTYPE html><html><head><title>Page not found</title></head></html>"


class StatuspageSite:
    """The public JSON of one page."""

    def __init__(
        self, page: StatusPage, unavailable: Sequence[tuple[Instant, Instant]] = ()
    ) -> None:
        """Serve ``page``, except in the ``unavailable`` spans."""
        self._page = page
        self._unavailable = tuple(unavailable)
        self._routes: Mapping[str, Callable[[Instant], dict[str, Any]]] = {
            "summary": self._summary,
            "status": lambda now: {"status": self._status(now)},
            "components": lambda now: {"components": self._components(now)},
            "incidents": lambda now: {"incidents": self._incidents(now)},
            "incidents/unresolved": lambda now: {"incidents": self._unresolved(now)},
            "scheduled-maintenances": lambda now: self._planned(
                now, {"scheduled", "in_progress", "completed"}
            ),
            "scheduled-maintenances/upcoming": lambda now: self._planned(now, {"scheduled"}),
            "scheduled-maintenances/active": lambda now: self._planned(now, {"in_progress"}),
        }

    def respond(self, request: Request, now: Instant) -> Response:
        """Answer ``request`` as of ``now``."""
        if any(start <= now < end for start, end in self._unavailable):
            html = {"Content-Type": "text/html"}
            return Response(503, b"<html><title>503 Service Unavailable</title></html>", html)
        name = request.path.removeprefix("/api/v2/").removesuffix(".json")
        route = self._routes.get(name)
        if request.method != "GET" or route is None:
            return Response(404, _MISSING, {"Content-Type": "text/html; charset=utf-8"})
        response = answer({"page": self._head(request, now), **route(now)})
        etag = f'W/"{blake2b(response.body, digest_size=16).hexdigest()}"'
        headers = {"ETag": etag, "Cache-Control": "max-age=0, private, must-revalidate"}
        if request.headers.get("if-none-match") == etag:
            return Response(304, b"", headers)
        return Response(200, response.body, {**response.headers, **headers})

    def _head(self, request: Request, now: Instant) -> dict[str, Any]:
        updated = max(
            (
                update.at
                for post in (*self._page.incidents, *self._page.maintenances)
                for update in post.until(now)
            ),
            default=self._page.created_at,
        )
        return {
            "id": self._page.key,
            "name": self._page.name,
            "url": request.base,
            "time_zone": "Europe/London",
            "updated_at": _iso(updated),
        }

    def _summary(self, now: Instant) -> dict[str, Any]:
        planned = self._planned(now, {"scheduled", "in_progress"})
        return {
            "components": self._components(now),
            "incidents": self._unresolved(now),
            **planned,
            "status": self._status(now),
        }

    def _status(self, now: Instant) -> dict[str, str]:
        states = [state for state, _ in self._page.states(now).values()]
        indicator, description = _INDICATORS[max(states, key=_BADNESS.index)]
        return {"indicator": indicator, "description": description}

    def _components(self, now: Instant) -> list[dict[str, Any]]:
        states = self._page.states(now)
        groups: dict[str, list[PageComponent]] = {}
        for component in self._page.components:
            groups.setdefault(component.group, []).append(component)
        rows = []
        for number, (name, members) in enumerate(groups.items(), 1):
            group_id = f"{self._page.key[:9]}g{number:02d}" if name else None
            rows += [self._component(each, *states[each.id], group_id) for each in members]
            if group_id is not None:
                worst = max((states[each.id][0] for each in members), key=_BADNESS.index)
                group = self._component(
                    PageComponent(group_id, name, "", number), worst, self._page.created_at, None
                )
                ids = [each.id for each in members]
                rows.append({**group, "group": True, "components": ids})
        return rows

    def _component(
        self, component: PageComponent, state: str, since: Instant, group_id: str | None
    ) -> dict[str, Any]:
        created = _iso(self._page.created_at)
        return {
            "id": component.id,
            "name": component.name,
            "status": state,
            "created_at": created,
            "updated_at": _iso(since),
            "position": component.position,
            "description": None,
            "showcase": False,
            "start_date": created[:10],
            "group_id": group_id,
            "page_id": self._page.key,
            "group": False,
            "only_show_if_degraded": False,
        }

    def _incidents(self, now: Instant) -> list[dict[str, Any]]:
        posts = [post for post in self._page.incidents if post.created_at <= now]
        return [self._post(post, now) for post in reversed(posts[-LONGEST_LIST:])]

    def _unresolved(self, now: Instant) -> list[dict[str, Any]]:
        return [post for post in self._incidents(now) if post["resolved_at"] is None]

    def _planned(self, now: Instant, wanted: set[str]) -> dict[str, Any]:
        posts = [post for post in self._page.maintenances if post.created_at <= now]
        rows = []
        for post in reversed(posts[-LONGEST_LIST:]):
            row = self._post(post, now)
            if row["status"] in wanted and post.window is not None:
                start, end = post.window
                window = {"scheduled_for": _iso(start), "scheduled_until": _iso(end)}
                rows.append({**row, **window})
        return {"scheduled_maintenances": rows}

    def _post(self, post: Post, now: Instant) -> dict[str, Any]:
        updates = post.until(now)
        states = self._page.states(now)
        names = {each.id: each for each in self._page.components}
        backdated = post.backdated_at is None or post.backdated_at <= now
        components = [self._component(names[id_], *states[id_], None) for id_ in post.components]
        return {
            "id": post.id,
            "name": post.name,
            "status": updates[-1].status,
            "created_at": _iso(post.created_at),
            "updated_at": _iso(updates[-1].at),
            "monitoring_at": _first(updates, "monitoring"),
            "resolved_at": _first(updates, "resolved", "completed"),
            "impact": post.impact,
            "shortlink": f"https://stspg.example/{post.id}",
            "started_at": _iso(post.started_at if backdated else post.created_at),
            "page_id": self._page.key,
            "incident_updates": [self._update(post, update, names) for update in reversed(updates)],
            "components": components,
            "reminder_intervals": None,
        }

    def _update(
        self, post: Post, update: Update, names: Mapping[str, PageComponent]
    ) -> dict[str, Any]:
        affected = [
            {
                "code": id_,
                "name": names[id_].name,
                "old_status": update.before[id_],
                "new_status": state,
            }
            for id_, state in update.states.items()
        ]
        return {
            "id": update.id,
            "status": update.status,
            "body": update.body,
            "incident_id": post.id,
            "created_at": _iso(update.at),
            "updated_at": _iso(update.at),
            "display_at": _iso(update.at),
            "affected_components": affected or None,
            "deliver_notifications": True,
            "custom_tweet": None,
            "tweet_id": None,
        }


def _first(updates: Sequence[Update], *statuses: str) -> str | None:
    return next((_iso(update.at) for update in updates if update.status in statuses), None)


def _iso(at: Instant) -> str:
    return to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S.000Z")
