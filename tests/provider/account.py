"""A simulated account: what all of them do alike, whatever they write; and reading one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import unquote

from engagewatch.model.engagement import Engagement, RunBy, SourceSettings
from engagewatch.model.sides import StatusMeaning
from engagewatch.model.ticket import Person
from engagewatch.providers.registry import open_adapter
from tests.provider.loopback import Handler, Loopback, Request, Response, loopback
from tests.provider.samples import engagement_of

JSON = {"Content-Type": "application/json; charset=utf-8"}


def reply(content: object, status: int = 200, **headers: str) -> Response:
    return Response(status, json.dumps(content).encode(), {**JSON, **headers})


@dataclass(kw_only=True)
class Account:
    """Takes one credential, and gives the answers a test prepared before its own."""

    below: ClassVar[str]
    """Where its paths begin."""
    refused: ClassVar[Response] = reply({"message": "no"}, 401)

    page: int = 100
    """The most records on a page, whatever is asked for."""
    answers: dict[str, list[Response]] = field(default_factory=dict)
    """Path to answers that come first, once each."""

    def answer(self, request: Request) -> Response:
        path = unquote(request.path.partition(self.below)[2])
        if not self.admits(request, path):
            return self.refused
        if self.answers.get(path):
            return self.answers[path].pop(0)
        return self.respond(path, request)

    def admits(self, request: Request, path: str) -> bool:
        raise NotImplementedError

    def respond(self, path: str, request: Request) -> Response:
        raise NotImplementedError


def adapter_of(
    kind: str,
    server: Loopback,
    engagement: Engagement | None = None,
    *,
    path: str = "",
    user: str = "",
    secret: str | None = None,
    meanings: Mapping[str, StatusMeaning] | None = None,
    people: Mapping[str, Person] | None = None,
    timezone: str = "UTC",
    run_by: RunBy = RunBy.PROVIDER,
    **options: object,
) -> Any:
    """Return an adapter that reads ``server``."""
    settings = SourceSettings(
        id="desk",
        adapter=kind,
        url=server.url + path,
        user=user,
        requests_per_minute=100_000,
        meanings=meanings or {},
        options=options,
        run_by=run_by,
    )
    engagement = engagement or engagement_of(settings, timezone=timezone)
    return open_adapter(settings, engagement, secret, people)


@asynccontextmanager
async def reading(
    kind: str,
    answer: Handler,
    engagement: Engagement | None = None,
    *,
    posted: Collection[str] = (),
    **more: Any,
) -> AsyncIterator[tuple[Any, Loopback]]:
    """Serve what ``answer`` gives and read it with a fresh adapter.

    Nothing but GET may be asked, except by the paths that end in one of ``posted``.
    """
    async with loopback(answer) as server:
        adapter = adapter_of(kind, server, engagement, **more)
        try:
            yield adapter, server
        finally:
            await adapter.aclose()
            for one in server.seen:
                assert one.method == "GET" or one.path.endswith(tuple(posted)), one
