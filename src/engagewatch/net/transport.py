"""One request over HTTP, and what can go wrong on the way. The only module that imports httpx."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from urllib.parse import urlencode
from weakref import WeakValueDictionary

import httpx

from engagewatch import __version__
from engagewatch.model.engagement import Reach
from engagewatch.model.freshness import Failure
from engagewatch.net.body import ACCEPTED, Unpacker
from engagewatch.net.errors import SourceError

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_DIRECT = "direct"
_shared: WeakValueDictionary[str, ssl.SSLContext] = WeakValueDictionary()
_sharing = Lock()
_TIMEOUT = httpx.Timeout(20.0, connect=5.0, write=5.0, pool=5.0)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Connections to one origin."""

    def __init__(
        self,
        base_url: str,
        authorization: str | None,
        reach: Reach,
        total: float,
        more_headers: Mapping[str, str],
        *,
        shows_secrets: bool,
    ) -> None:
        """Prepare connections for requests of ``total`` seconds at most.

        ``shows_secrets`` says that a secret will be sent, if not with every request.

        It reads certificates, which takes too long for an event loop.

        Raises:
            SourceError: the address, the credential or the certificate file cannot be used.
        """
        self._total = total
        self._base = _base(base_url, secret=shows_secrets)
        self._origin = _origin(self._base)
        headers = {
            "Accept": "application/json",
            **more_headers,
            "Accept-Encoding": ACCEPTED,
            "User-Agent": f"engagewatch/{__version__}",
        }
        if authorization is not None:
            if not (authorization.isascii() and authorization.isprintable()):
                raise SourceError(
                    Failure.CONFIGURATION,
                    "the credential holds characters that a header cannot carry; "
                    "look for line breaks or typographic quotes around it",
                )
            headers["Authorization"] = authorization
        secure = self._base.scheme == "https"
        self._http = httpx.AsyncClient(
            headers=headers,
            timeout=_TIMEOUT,
            follow_redirects=False,
            # Without TLS there is nothing to verify: a context that trusts nobody costs nothing.
            verify=certificates(reach) if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            proxy=reach.proxy if reach.proxy not in ("", _DIRECT) else None,
            # A proxy has no business with what runs on this machine.
            trust_env=not reach.proxy and self._base.host not in _LOOPBACK,
        )

    @property
    def origin(self) -> str:
        """Scheme, host and port that every request goes to."""
        scheme, host, port = self._origin
        return f"{scheme}://{host}:{port}"

    def pinned(self, target: str, query: Mapping[str, str | int] | None = None) -> httpx.URL:
        """Return the address of ``target``, which may be a path or a link the server gave.

        Raises:
            SourceError: it points to another origin.
        """
        try:
            url = self._base.join(target)
            if query:
                url = url.copy_merge_params({name: str(value) for name, value in query.items()})
        except (httpx.InvalidURL, ValueError):
            raise SourceError(Failure.CONTRACT, "the server gave a link that is none") from None
        if _origin(url) != self._origin:
            raise SourceError(
                Failure.TRUST,
                f"a link leads to {url.scheme}://{url.host} instead of {self._base.host} and was "
                "not followed; if the provider moved, change url in the engagement file",
            )
        # User data in a link would replace the credential.
        return url.copy_with(username=None, password=None)

    def where(self, url: httpx.URL) -> str:
        """Return host and path for messages; a query may hold what is nobody's business."""
        return f"{url.host}{url.path}"

    async def fetch(
        self,
        url: httpx.URL,
        etag: str,
        question: bytes | None = None,
        authorization: str | None = None,
    ) -> Reply:
        """GET a pinned address within the total time, from first to last byte.

        A ``question``, which is JSON, is asked by POST. ``authorization`` is of this request alone.

        Raises:
            SourceError: no whole answer came.
        """
        headers = {"If-None-Match": etag} if etag else {}
        if question is not None:
            headers["Content-Type"] = "application/json"
        if authorization is not None:
            headers["Authorization"] = authorization
        return await self._exchange(url, headers, question)

    async def submit(self, url: httpx.URL, form: Mapping[str, str]) -> Reply:
        """POST a form to a pinned address.

        Raises:
            SourceError: no whole answer came.
        """
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self._exchange(url, headers, urlencode(form).encode())

    async def _exchange(
        self, url: httpx.URL, headers: Mapping[str, str], content: bytes | None
    ) -> Reply:
        host = _address(url)
        try:
            async with (
                asyncio.timeout(self._total),
                self._http.stream(
                    "GET" if content is None else "POST", url, headers=headers, content=content
                ) as response,
            ):
                unpacker = Unpacker(response.headers.get("content-encoding", ""))
                async for chunk in response.aiter_raw():
                    unpacker.feed(chunk)
                return Reply(response.status_code, response.headers, unpacker.body())
        except TimeoutError:
            raise SourceError(
                Failure.TRANSIENT, f"{host} took longer than {self._total:.0f} s to answer"
            ) from None
        except httpx.TimeoutException:
            raise SourceError(Failure.TRANSIENT, f"{host} did not answer in time") from None
        except httpx.ConnectError as error:
            raise _unreachable(host, error) from None
        except httpx.LocalProtocolError:
            raise SourceError(
                Failure.CONFIGURATION, f"the request to {host} cannot be written as HTTP"
            ) from None
        except httpx.HTTPError as error:
            raise SourceError(
                Failure.TRANSIENT, f"the connection to {host} failed ({type(error).__name__})"
            ) from None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _base(base_url: str, *, secret: bool) -> httpx.URL:
    try:
        base = httpx.URL(base_url)
    except (httpx.InvalidURL, ValueError):
        base = httpx.URL()
    if base.scheme not in ("http", "https") or not base.host:
        raise SourceError(
            Failure.CONFIGURATION, "url is no web address; it starts with https:// and a host"
        )
    if base.userinfo:
        raise SourceError(
            Failure.CONFIGURATION, "url holds a user or password; put them in user and token"
        )
    if secret and base.scheme == "http" and base.host not in _LOOPBACK:
        raise SourceError(
            Failure.CONFIGURATION,
            f"url would send the credential to {base.host} unencrypted; use https://",
        )
    return base


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    default = {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.host, url.port or default


def _address(url: httpx.URL) -> str:
    """Return host and port, also where the port is the usual one: that is what a firewall sees."""
    _, host, port = _origin(url)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def certificates(reach: Reach) -> ssl.SSLContext:
    """Return a context that trusts ``ca_file`` alone, or else the usual authorities.

    Those are the ones that come with httpx and the ones of the operating system, where companies
    put their own. Verification cannot be turned off: there is no setting for it. Reading them takes
    most of a tenth of a second and of a megabyte, so all who trust just them share one context for
    as long as anybody uses it.
    """
    if reach.ca_file is None and reach.client_certificate is None:
        with _sharing:
            shared = _shared.get("usual")
            if shared is None:
                shared = _shared["usual"] = _trusted(None)
            return shared
    context = _trusted(reach.ca_file)
    if reach.client_certificate is not None:
        try:
            # Without a password given, a protected key would be asked for on the terminal.
            context.load_cert_chain(reach.client_certificate, reach.client_key, password="")
        except (OSError, ssl.SSLError):
            key = reach.client_key or reach.client_certificate
            raise SourceError(
                Failure.CONFIGURATION,
                f"client_certificate {reach.client_certificate} cannot be used with the key in "
                f"{key}: both must be PEM, belong together, and the key have no passphrase",
            ) from None
    return context


def _trusted(ca_file: Path | None) -> ssl.SSLContext:
    if ca_file is None:
        context = httpx.create_ssl_context()
        context.load_default_certs()
        return context
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError):
        raise SourceError(
            Failure.CONFIGURATION, f"ca_file {ca_file} is missing or holds no PEM certificate"
        ) from None


def _unreachable(host: str, error: httpx.ConnectError) -> SourceError:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return SourceError(
                Failure.TRUST,
                f"the certificate of {host} is not trusted ({cause.verify_message}); if it is "
                "signed by a company authority, name that in ca_file",
            )
        if isinstance(cause, socket.gaierror):
            why = "its name is not found; check url or proxy, and that this machine has a network"
            break
        if isinstance(cause, ConnectionRefusedError):
            why = "nothing listens there; check url or proxy, and that the service runs"
            break
    else:
        why = f"{error}; check url, and whether the way there needs a proxy"
    return SourceError(Failure.TRANSIENT, f"{host} cannot be reached: {why}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error`` and what it came from; of several addresses tried, each failure."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            for one in cause.exceptions:
                yield from _causes(one)
        cause = cause.__cause__ or cause.__context__
