"""The guarded HTTP client: it only reads, only from one origin, within caps and a budget.

Every request of every adapter goes through :meth:`Client.get`, or :meth:`Client.search` where a
system offers a reading as a POST. This is where the rules hold:

- A POST goes to nothing but the exact paths the adapter declared when it made the client: readings,
  and where an OAuth client asks for its access token.
- The scheme, host and port are those of the configured address. A "next page" link that names
  another origin is refused, and a redirect is followed only within the origin, so that no server
  can have the credential sent elsewhere.
- A request takes at most 30 seconds in all, however slowly its bytes drip, and its answer is read
  up to 32 MiB.
- Trouble that may pass is tried again, a few times, after random pauses; a refused credential or a
  rate limit never is.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engagewatch.model.engagement import Reach
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import Instant
from engagewatch.net import usage
from engagewatch.net.answers import http_date, problem_with
from engagewatch.net.budget import Budget, budget
from engagewatch.net.errors import SourceError
from engagewatch.net.oauth import AccessTokens, ClientCredentials, Form

if TYPE_CHECKING:
    from httpx import URL

    from engagewatch.net.transport import Reply, Transport

RETRIES = 3
_RETRY_WINDOW = 20.0
"""Seconds after which a request is not tried again: the next poll will."""
_LONGEST_PAUSE = 8.0
_REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED = 304
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer."""

    body: bytes
    server_time: Instant | None
    """The server's own clock, by its ``Date`` header."""
    etag: str = ""
    unchanged: bool = False
    """The server says that nothing changed since the given tag; there is no body."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What came with it; names are found in lower case."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may use."""

    per_minute: int
    timeout: float = 30.0
    """Seconds one request may take from first to last byte."""
    pause: float = 0.5
    """Seconds up to which the first pause before a retry is drawn; each next may be twice that."""
    lane: str = ""
    """Names a group of requests that the server counts apart from others of the credential."""


class Client:
    """Reads from one origin."""

    def __init__(
        self,
        base_url: str,
        limits: Limits,
        *,
        authorization: str | None = None,
        reach: Reach | None = None,
        forbidden_advice: str = "",
        searches: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
        oauth: ClientCredentials | None = None,
    ) -> None:
        """Prepare to read below ``base_url``; nothing is opened yet.

        ``authorization`` is the value of the header of that name. ``reach`` says which certificates
        and proxy to use. ``forbidden_advice`` says what to
        ask the provider for if the credential works but may not read something. ``searches`` are
        the paths below ``base_url`` that read although they are asked by POST: no other is ever
        sent one. ``headers`` go with every request, and hold no secret.
        ``oauth`` is a client that asks for access tokens itself, in place of ``authorization``.
        """
        self.requests = 0
        """Requests sent so far, retries included."""
        self._base_url = base_url.rstrip("/") + "/"
        self._limits = limits
        self._authorization = authorization
        self._reach = reach or Reach()
        self._forbidden_advice = forbidden_advice
        self._searches = frozenset(searches)
        self._headers = headers or {}
        self._tokens = AccessTokens(oauth) if oauth is not None else None
        self._credential = authorization or (f"{oauth.client_id}:{oauth.secret}" if oauth else "")
        self._opened: tuple[Transport, Budget] | None = None

    def __repr__(self) -> str:
        """Return the address; the credential stays out."""
        return f"Client({self._base_url})"

    async def get(
        self, target: str, query: Mapping[str, str | int] | None = None, *, etag: str = ""
    ) -> Answer:
        """Return the answer for ``target``: a path below the base address, or a full link.

        With ``etag``, an answer that did not change since comes without a body.

        Raises:
            SourceError: there is no good answer; the error says why and what to do.
        """
        return await self._persist(target, query, etag, None)

    async def search(self, path: str, question: Mapping[str, object]) -> Answer:
        """Return the answer to a question that is asked by POST, as JSON, and changes nothing.

        Raises:
            ValueError: ``path`` is none of the declared ones.
            SourceError: there is no good answer; the error says why and what to do.
        """
        if path not in self._searches:
            raise ValueError(f"{path} was not declared as a search, so nothing is posted to it")
        return await self._persist(path, None, "", json.dumps(question).encode())

    async def _persist(
        self,
        target: str,
        query: Mapping[str, str | int] | None,
        etag: str,
        question: bytes | None,
    ) -> Answer:
        pause = self._limits.pause
        clock = asyncio.get_running_loop().time
        give_up_at = clock() + _RETRY_WINDOW
        transport, shared = await self._open()
        for left in reversed(range(RETRIES + 1)):
            try:
                answer = await self._attempt(transport, shared, target, query, etag, question)
            except SourceError as error:
                if error.failure is not Failure.TRANSIENT or not left or clock() > give_up_at:
                    raise
                if not shared.may_retry():
                    raise
            else:
                usage.count(len(answer.body))
                return answer
            # Full jitter: clients that failed together do not come back together.
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - nothing secret
            pause = min(2 * pause, _LONGEST_PAUSE)
        raise AssertionError("the last attempt returns or raises")

    async def aclose(self) -> None:
        """Close the connections; a later request opens them again."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened[0].aclose()

    async def _attempt(
        self,
        transport: Transport,
        shared: Budget,
        target: str,
        query: Mapping[str, str | int] | None,
        etag: str,
        question: bytes | None,
    ) -> Answer:
        url = transport.pinned(target, query)
        for _ in range(_REDIRECTS + 1):
            async with shared.request():
                reply = await self._send(transport, url, etag, question)
            server_time = http_date(reply.headers.get("date", ""))
            tag = reply.headers.get("etag", "")
            if reply.status == _NOT_MODIFIED and etag:
                return Answer(b"", server_time, tag or etag, unchanged=True, headers=reply.headers)
            location = reply.headers.get("location", "")
            if reply.status in _MOVED and location and question is None:
                url = transport.pinned(str(url.join(location)))
                continue
            return Answer(reply.body, server_time, tag, headers=reply.headers)
        raise SourceError(
            Failure.CONTRACT, f"{transport.where(url)} redirects in circles; check url"
        )

    async def _send(
        self, transport: Transport, url: URL, etag: str, question: bytes | None
    ) -> Reply:
        """Send one request and return the answer unless something is wrong with it."""
        reply = await self._fetch(transport, url, etag, question)
        moved = reply.status in _MOVED and reply.headers.get("location") and question is None
        if moved or (reply.status == _NOT_MODIFIED and etag):
            return reply
        problem = problem_with(
            reply.status,
            reply.headers,
            reply.body,
            transport.where(url),
            has_secret=bool(self._credential),
            forbidden_advice=self._forbidden_advice,
        )
        if problem is not None:
            raise problem
        return reply

    async def _fetch(
        self, transport: Transport, url: URL, etag: str, question: bytes | None
    ) -> Reply:
        """Send one request, with an access token where one has to be asked for."""
        if self._tokens is None:
            self.requests += 1
            return await transport.fetch(url, etag, question)

        async def ask(path: str, form: Form) -> bytes:
            self.requests += 1
            target = transport.pinned(path)
            answered = await transport.submit(target, form)
            problem = problem_with(
                answered.status,
                answered.headers,
                answered.body,
                transport.where(target),
                has_secret=True,
            )
            if problem is not None:
                raise problem
            return answered.body

        shown = await self._tokens.authorization(ask)
        self.requests += 1
        reply = await transport.fetch(url, etag, question, shown)
        if reply.status == _UNAUTHORIZED:
            # It may have been withdrawn before its time; a new one is refused only once.
            renewed = await self._tokens.authorization(ask, refused=shown)
            self.requests += 1
            reply = await transport.fetch(url, etag, question, renewed)
        return reply

    async def _open(self) -> tuple[Transport, Budget]:
        if self._opened is None:
            # Importing HTTP and reading certificates takes a tenth of a second: not on the loop.
            transport = await asyncio.to_thread(self._transport)
            credential = hashlib.sha256(self._credential.encode()).hexdigest()
            counted = f"{credential}{self._limits.lane}"
            shared = budget(transport.origin, counted, self._limits.per_minute)
            self._opened = transport, shared
        return self._opened

    def _transport(self) -> Transport:
        from engagewatch.net.transport import Transport

        return Transport(
            self._base_url,
            self._authorization,
            self._reach,
            self._limits.timeout,
            self._headers,
            shows_secrets=bool(self._credential),
        )
