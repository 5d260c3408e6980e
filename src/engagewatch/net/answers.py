"""HTTP answers sorted: which are good, which pass by themselves, and which need somebody.

The classes follow what can be done: retry at once (transient), wait as told (rate limited), mend
the credential, mend the address, or look at what the server sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime

from engagewatch.model.freshness import Failure
from engagewatch.model.instants import HOUR, Instant, parse_iso, to_instant
from engagewatch.net.errors import SourceError

RETRY_AFTER_LIMIT = HOUR
_TRANSIENT = frozenset({408, 425, 500, 502, 503, 504})
_EXCERPT = 160
_RESETS = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")
_EARLIEST_EPOCH = 1_000_000_000
"""A smaller number of seconds is a span; this one was an instant in 2001."""


def http_date(text: str) -> Instant | None:
    """Return the instant of an HTTP date, or ``None`` if it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return to_instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def retry_after(headers: Mapping[str, str], server_time: Instant | None) -> int | None:
    """Return how many seconds the server asks to wait, between a second and an hour.

    A date counts from the server's own clock, never from ours.
    """
    raw = headers.get("retry-after", "").strip()
    if raw.isascii() and raw.isdigit():
        # The digits are bounded before they become a number.
        seconds = int(raw[:9])
    else:
        until = http_date(raw) if raw else None
        if until is None or server_time is None:
            return None
        seconds = until - server_time
    return min(max(seconds, 1), RETRY_AFTER_LIMIT)


def rate_limit_reset(headers: Mapping[str, str], server_time: Instant | None) -> int | None:
    """Return in how many seconds a server's rate limit starts over, where it says so elsewhere.

    There is no agreement on the form: seconds to go, an epoch, or a date, under several names.
    """
    for name in _RESETS:
        raw = headers.get(name, "").strip()
        until: Instant | None = None
        if raw.isascii() and raw.isdigit():
            number = int(raw[:13])
            if number < _EARLIEST_EPOCH:
                return min(max(number, 1), RETRY_AFTER_LIMIT)
            # Some write milliseconds.
            until = number // 1000 if number >= _EARLIEST_EPOCH * 1000 else number
        elif raw:
            with suppress(ValueError, OverflowError):
                until = parse_iso(raw)
            until = until if until is not None else http_date(raw)
        if until is not None and server_time is not None:
            return min(max(until - server_time, 1), RETRY_AFTER_LIMIT)
    return None


def problem_with(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    where: str,
    *,
    has_secret: bool,
    forbidden_advice: str = "",
) -> SourceError | None:
    """Return what is wrong with an answer, or ``None`` if it is good JSON by all signs.

    ``where`` is the host and path without the query; ``forbidden_advice`` says what to ask for
    where a working credential does not suffice.
    """
    server_time = http_date(headers.get("date", ""))
    wait = retry_after(headers, server_time)
    exhausted = headers.get("x-ratelimit-remaining", "").strip() == "0"
    if wait is None and (status == 429 or exhausted):
        wait = rate_limit_reset(headers, server_time)
    if status == 429 or (status == 503 and wait is not None) or (status == 403 and exhausted):
        return SourceError(
            Failure.RATE_LIMITED,
            f"{where} asks for fewer requests"
            + (f"; waiting {wait} s" if wait is not None else ""),
            retry_after=wait,
            status=status,
        )
    if status in (401, 403):
        return _refused(status, where, has_secret, forbidden_advice)
    if status in _TRANSIENT or 520 <= status <= 529:
        return SourceError(
            Failure.TRANSIENT, f"{where} answered {status}; it may pass", status=status
        )
    if status == 404:
        return SourceError(
            Failure.CONTRACT,
            f"{where} answered 404: nothing there; check url in the engagement file",
            status=status,
        )
    if not 200 <= status < 300:
        excerpt = "" if _is_page(headers, body) else body[:_EXCERPT].decode("utf-8", "replace")
        told = f": {excerpt}" if excerpt.strip() else ""
        return SourceError(Failure.CONTRACT, f"{where} answered {status}{told}", status=status)
    if _is_page(headers, body):
        return _page(where, has_secret=has_secret)
    return None


def _refused(status: int, where: str, has_secret: bool, forbidden_advice: str) -> SourceError:
    if not has_secret:
        advice = "it wants a credential; this kind of source sends none"
    elif status == 401:
        advice = "the credential was refused: check user and token, and that neither has expired"
    else:
        advice = "the credential works but may not read this; " + (
            forbidden_advice or "ask the provider for a role or scope that may"
        )
    return SourceError(
        Failure.AUTHENTICATION, f"{where} answered {status}; {advice}", status=status
    )


def _page(where: str, *, has_secret: bool) -> SourceError:
    if has_secret:
        return SourceError(
            Failure.AUTHENTICATION,
            f"{where} answered with a web page, likely a login page, instead of data; "
            "check the credential, and that no portal stands in between",
        )
    return SourceError(
        Failure.CONTRACT,
        f"{where} answered with a web page instead of data, likely a login page or a portal; "
        "check that url is the public address",
    )


def _is_page(headers: Mapping[str, str], body: bytes) -> bool:
    kind = headers.get("content-type", "").lower()
    return kind.startswith(("text/html", "application/xhtml")) or body.lstrip()[:1] == b"<"
