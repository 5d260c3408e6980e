"""Access tokens that an OAuth client asks for itself: the client credentials grant.

See RFC 6749, section 4.4. A token is asked for when the first request needs one, again shortly
before it ends, and once more if the server no longer takes it before its time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from engagewatch.model.freshness import Failure
from engagewatch.net.errors import SourceError

Form: TypeAlias = Mapping[str, str]
Ask: TypeAlias = Callable[[str, Form], Awaitable[bytes]]
"""Posts a form to a path of the origin and returns the body of a good answer."""

_BEFORE_ITS_END = 60.0
"""Seconds by which a token is replaced before it ends."""
_UNTOLD_LIFE = 300.0
_LONGEST_LIFE = 86_400.0


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """An OAuth client, and where it asks."""

    path: str
    """Of the token endpoint, from the root of the server."""
    client_id: str
    secret: str = field(repr=False)


class AccessTokens:
    """The tokens of one client. Times are of the event loop's clock."""

    def __init__(self, client: ClientCredentials) -> None:
        self._client = client
        self._authorization: str | None = None
        self._ends_at = 0.0
        self._lock = asyncio.Lock()

    async def authorization(self, ask: Ask, refused: str | None = None) -> str:
        """Return the value of an ``Authorization`` header with a token that is good for a while.

        ``refused`` is a value that the server just did not take: it is not returned again.

        Raises:
            SourceError: the server gave no token.
        """
        async with self._lock:
            now = asyncio.get_running_loop().time()
            held = self._authorization
            if held is None or held == refused or now >= self._ends_at:
                token, life = await self._asked(ask)
                self._authorization = held = f"Bearer {token}"
                self._ends_at = now + life
            return held

    async def _asked(self, ask: Ask) -> tuple[str, float]:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client.client_id,
            "client_secret": self._client.secret,
        }
        try:
            body = await ask(self._client.path, form)
        except SourceError as error:
            if error.status not in (400, 401, 403):
                raise
            raise SourceError(
                Failure.AUTHENTICATION,
                "the server gave this OAuth client no access token: check client_id and its "
                "secret, and that the client may use the client credentials grant",
                status=401,
            ) from None
        try:
            told = json.loads(body)
            token, life = told["access_token"], float(told.get("expires_in") or _UNTOLD_LIFE)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            token, life = None, _UNTOLD_LIFE
        if not isinstance(token, str) or not token or not (token.isascii() and token.isprintable()):
            raise SourceError(
                Failure.CONTRACT, "the answer to a request for an access token holds none"
            )
        return token, max(min(life, _LONGEST_LIFE) - _BEFORE_ITS_END, 1.0)
