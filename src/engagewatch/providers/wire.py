"""Decoding what came over the wire: tolerant of single records, strict about pages.

A page that is no JSON of the right shape is an error. A record in it that is not usable is refused
by itself, with a reason, and the rest of the page is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Generic, TypeAlias, TypeVar
from urllib.parse import urlsplit

import msgspec

from engagewatch.model.batch import Refused
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import DAY, EARLIEST, Instant, parse_iso, to_instant
from engagewatch.model.text import safe_text
from engagewatch.net.errors import SourceError

_T = TypeVar("_T")
_R = TypeVar("_R")
_S = TypeVar("_S")
_L = TypeVar("_L")

WireId: TypeAlias = int | str | None
"""An id as JSON carries it."""

_ID_LIMIT = 64
_ID_BOUND = 1 << 63
_REASON_LIMIT = 200
_WORD_LIMIT = 200
_LINK_LIMIT = 500
_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)


class PageFormat(Generic[_S, _L]):
    """How to decode the pages of one list."""

    def __init__(self, strict: type[_S], loose: type[_L], what: str) -> None:
        """Decode pages of records as ``strict``, which is fast where every record is good.

        ``loose`` has the records undecoded, so that a bad one can be told from the rest. ``what``
        names the list in errors.
        """
        self._strict = msgspec.json.Decoder(strict)
        self._loose = msgspec.json.Decoder(loose)
        self._what = what

    def decode(self, body: bytes) -> _S | _L:
        """Decode a page.

        Raises:
            SourceError: it is no JSON, or not of the shape of such a page.
        """
        try:
            try:
                return decode(self._strict, body)
            except msgspec.ValidationError:
                return decode(self._loose, body)
        except ValueError as error:
            raise SourceError(
                Failure.CONTRACT,
                f"{self._what} came in a form this adapter cannot read: {error}; "
                "check that url leads to the system itself",
            ) from None


def decode(decoder: msgspec.json.Decoder[_T], body: bytes) -> _T:
    """Decode JSON, after mending what is JSON but no text.

    Raises:
        ValueError: it is no JSON, not of the expected shape, or nested too deep.
    """
    try:
        try:
            return decoder.decode(body)
        except msgspec.ValidationError:
            raise
        except ValueError:
            return decoder.decode(_mended(body))
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def read_each(
    records: Sequence[_T | msgspec.Raw],
    decoder: msgspec.json.Decoder[_T],
    what: str,
    read: Callable[[_T], _R],
) -> tuple[list[_R], list[Refused]]:
    """Read every record of a page; what is not usable is refused by itself.

    Records that are still undecoded are decoded first. ``read`` raises ValueError for a record it
    cannot use; ``what`` names a record in refusals.
    """
    good: list[_R] = []
    refused: list[Refused] = []
    for record in records:
        try:
            if isinstance(record, msgspec.Raw):
                good.append(read(decode(decoder, bytes(record))))
            else:
                good.append(read(record))
        except ValueError as error:
            refused.append(refusal(_name_of(record, what), error))
    return good, refused


def decoded(
    records: Sequence[_T | msgspec.Raw], decoder: msgspec.json.Decoder[_T], what: str
) -> tuple[list[_T], list[Refused]]:
    """Decode those of ``records`` that are not yet; one that cannot be is refused by itself."""
    return read_each(records, decoder, what, lambda record: record)


def each(
    records: Iterable[_T], what: str, read: Callable[[_T], _R]
) -> tuple[list[_R], list[Refused]]:
    """Read records that are decoded already; one for which ``read`` raises ValueError is refused.

    A record's ``id``, if it has one, names it in the refusal.
    """
    good: list[_R] = []
    refused: list[Refused] = []
    for record in records:
        try:
            good.append(read(record))
        except ValueError as error:
            refused.append(refusal(_name_of(record, what), error))
    return good, refused


def refusal(record: str, error: Exception) -> Refused:
    """Return the refusal of one record; both texts may come from outside."""
    return Refused(safe_text(record, 100), safe_text(str(error), _REASON_LIMIT))


def identifier(value: WireId) -> str | None:
    """Return an id as text, ``None`` for an empty one.

    Raises:
        ValueError: it is longer than any id is.
    """
    if isinstance(value, int):
        if -_ID_BOUND < value < _ID_BOUND:
            return str(value)
        raise ValueError("an id is too large a number")
    if value is None or value == "":
        return None
    text = value
    if len(text) > _ID_LIMIT or not text.isprintable():
        raise ValueError("an id is too long or holds control characters")
    return text


def key_of(value: WireId) -> str:
    """Return an id as text.

    Raises:
        ValueError: there is none, or it is longer than any id is.
    """
    key = identifier(value)
    if key is None:
        raise ValueError("it has no id")
    return key


def word(value: object, limit: int = _WORD_LIMIT) -> str:
    """Return a short text made harmless, empty for what is no text."""
    return safe_text(value, limit) if isinstance(value, str) else ""


def words(values: object, most: int = 50) -> tuple[str, ...]:
    """Return the first of a list of short texts, made harmless; none for what is no list."""
    return tuple(word(one) for one in values[:most]) if isinstance(values, list) else ()


def web_address(link: str | None) -> str:
    """Return a link that may be shown and copied, empty for anything but the web."""
    text = safe_text(link or "", _LINK_LIMIT)
    return text if urlsplit(text).scheme in ("https", "http") else ""


def instant(text: str | None, latest: Instant) -> Instant | None:
    """Return the instant of an ISO 8601 time with an offset, ``None`` for an unusable one.

    Before 1990 is unusable: an empty date often comes as 1970. So is later than ``latest``.
    """
    if not text:
        return None
    if ":60" in text:
        # A leap second has no place in epoch seconds.
        text = text.replace(":60Z", ":59Z").replace(":60.", ":59.")
    try:
        at = parse_iso(text)
    except (ValueError, OverflowError):
        return None
    return at if EARLIEST <= at <= latest else None


def local_instant(text: str | None, local: tzinfo, latest: Instant) -> Instant | None:
    """Return the instant of an ISO 8601 time, local to ``local`` where it carries no offset.

    ``None`` for an unusable one, as :func:`instant` has it. A time that came twice, as clocks were
    set back, is its first; one that the clocks skipped is read by the offset before.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        at = to_instant(moment if moment.tzinfo else moment.replace(tzinfo=local))
    except (ValueError, OverflowError):
        return None
    return at if EARLIEST <= at <= latest else None


def latest_credible(now: Instant) -> Instant:
    """Return the latest instant at which something can have happened; clocks may differ a day."""
    return now + DAY


class _Named(msgspec.Struct):
    """Just enough of a record to say which one it is."""

    id: WireId = None


_named = msgspec.json.Decoder(_Named)


def _name_of(record: object, what: str) -> str:
    try:
        if isinstance(record, msgspec.Raw):
            record = decode(_named, bytes(record))
        key = identifier(getattr(record, "id", None))
    except ValueError:
        key = None
    return f"{what} {key or 'without an id'}"


def _mended(body: bytes) -> bytes:
    """Replace what is JSON but no text: a byte order mark, stray bytes, halves of characters."""
    text = body.decode("utf-8-sig", "replace").encode()
    return _LONE_SURROGATE.sub(rb"\\ufffd", text)
