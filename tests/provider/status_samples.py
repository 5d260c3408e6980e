"""What the tests of status sources share: a site of JSON documents, and reading it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engagewatch.model.batch import Batch
from engagewatch.model.engagement import RunBy
from engagewatch.model.service import ComponentState
from engagewatch.providers.base import Adapter, CheckLine
from tests.provider import account
from tests.provider.loopback import Handler, Loopback, Request, Response, loopback
from tests.provider.samples import NOW, Read, read

JSON, answer = account.JSON, account.reply
UP, DOWN, UNKNOWN = ComponentState.UP, ComponentState.DOWN, ComponentState.UNKNOWN
EVIL = "\x1b]0;owned\x07\u202e"
LOGIN = Response(200, b"<!doctype html><form action=/login>", {"Content-Type": "text/html"})


def site(documents: Mapping[str, Any]) -> Handler:
    """Answer each path with its document, or with 404."""

    def handler(request: Request) -> Response:
        body = documents.get(request.path)
        if body is None:
            return answer({"msg": "nothing here"}, 404)
        if callable(body):
            body = body(request)
        return body if isinstance(body, Response) else answer(body)

    return handler


def adapter_of(kind: str, server: Loopback, **more: Any) -> Adapter:
    adapter: Adapter = account.adapter_of(kind, server, run_by=RunBy.CLIENT, **more)
    return adapter


async def pulled(
    kind: str, handler: Handler, stream: str, cursor: str | None = None, **more: Any
) -> Read:
    """Read one stream of a server that lives as long as that."""
    now = more.pop("now", NOW)
    async with loopback(handler) as server:
        adapter = adapter_of(kind, server, **more)
        try:
            return await read(adapter, stream, cursor, now)
        finally:
            await adapter.aclose()


async def checked(kind: str, handler: Handler, **more: Any) -> list[CheckLine]:
    async with loopback(handler) as server:
        adapter = adapter_of(kind, server, **more)
        try:
            return await adapter.check()
        finally:
            await adapter.aclose()


def states(batch: Batch) -> dict[str, ComponentState]:
    return {component.name: component.state for component in batch.components}


def seen(batch: Batch, component: str) -> list[tuple[str, int, int]]:
    """Return what the probes of a component saw, in seconds from 09:00."""
    return [
        (span.state.value, span.from_at - NOW, span.until_at - NOW)
        for span in batch.spans
        if span.component_id == component
    ]
