"""Base addresses of sources: where to poll, and nothing else in them."""

from __future__ import annotations

from urllib.parse import urlsplit

from engagewatch.config.problems import RejectedError

DIRECT = "direct"
"""Stands for no proxy, whatever the environment says."""


def parse_address(value: object) -> str:
    """Return a base address without its trailing slash.

    Raises:
        RejectedError: it is not an http or https address, or carries a password or a query.
    """
    if not isinstance(value, str):
        raise RejectedError("an address is text", 'write it like "https://desk.example.net"')
    address = value.strip()
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise RejectedError("this is not a web address", "check the host and the port") from None
    if parts.username or parts.password:
        raise RejectedError(
            "the address carries a user name or password",
            "take it out, and name where the secret is kept: "
            'user = "...", password = { env = "DESK_PASSWORD" }',
        )
    if parts.query or parts.fragment:
        raise RejectedError(
            "the address carries a query", 'write only the base, like "https://desk.example.net"'
        )
    if parts.scheme not in ("http", "https") or not host:
        raise RejectedError("this is not a web address", 'write it like "https://desk.example.net"')
    return address.rstrip("/")


def is_in_clear(address: str) -> bool:
    """Whether what is sent to ``address`` crosses a network unencrypted."""
    parts = urlsplit(address.strip())
    return parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1")


def parse_proxy(value: object) -> object:
    """Return the address of a proxy, or ``direct``; what is no text is left to the next check.

    Raises:
        RejectedError: it is no proxy's address, or carries a password.
    """
    if not isinstance(value, str) or value.strip() == DIRECT:
        return value
    example = 'write it like "http://proxy.example.net:3128", or "direct" for none'
    try:
        parts = urlsplit(value.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise RejectedError("this is not the address of a proxy", example) from None
    if parts.username or parts.password:
        raise RejectedError(
            "the proxy's address carries a user name or password",
            "take it out, and set the whole address in the environment variable HTTPS_PROXY",
        )
    if parts.scheme not in ("http", "https") or not host or parts.path.strip("/") or parts.query:
        raise RejectedError("this is not the address of a proxy", example)
    return value.strip().rstrip("/")
