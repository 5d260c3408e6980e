"""Requests and responses, free of sockets: what a simulated site is asked, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from engagewatch.model.instants import Instant


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request without a body."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""

    @classmethod
    def parse(cls, method: str, target: str, headers: Mapping[str, str]) -> Request:
        """Return the request for ``target``, a path with or without a query."""
        parts = urlsplit(target)
        return cls(method, parts.path, dict(parse_qsl(parts.query)), headers)

    @property
    def base(self) -> str:
        """The address by which the client reached the site."""
        return f"http://{self.headers.get('host', 'localhost')}"


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Site(Protocol):
    """Something that answers requests as of an instant."""

    def respond(self, request: Request, now: Instant) -> Response:
        """Answer ``request`` the way the site would at ``now``."""
        ...


JSON_TYPE = "application/json; charset=utf-8"


def encode(value: Any) -> bytes:
    """Return ``value`` as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def encode_page(name: str, records: Iterable[bytes], rest: Mapping[str, Any]) -> bytes:
    """Return an object that holds ``records``, each of them JSON, under ``name``, and ``rest``.

    Records are encoded one by one: one long call would keep every other thread waiting.
    """
    head = b'{"' + name.encode() + b'":[' + b",".join(records) + b"]"
    return head + b"," + encode(rest)[1:] if rest else head + b"}"


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response with ``value`` as JSON; bytes are JSON already."""
    body = value if isinstance(value, bytes) else encode(value)
    return Response(status, body, {"Content-Type": JSON_TYPE, **(headers or {})})
