"""Response bodies, unpacked under a cap.

A few kilobytes of gzip can unpack to gigabytes. The HTTP library unpacks a chunk whole before it
can be counted, so bodies are taken raw and unpacked here, never further than the cap.
"""

from __future__ import annotations

import zlib

from engagewatch.model.freshness import Failure
from engagewatch.net.errors import SourceError

BODY_LIMIT = 32 << 20
"""Bytes of one response, unpacked."""

ACCEPTED = "gzip, deflate"
"""The encodings :class:`Unpacker` knows, as a request header lists them."""

_ANY_ZLIB = 32 + zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS


class Unpacker:
    """Collects the raw chunks of one body."""

    def __init__(self, encoding: str, limit: int = BODY_LIMIT) -> None:
        """Unpack a body with this ``Content-Encoding`` to at most ``limit`` bytes.

        Raises:
            SourceError: the encoding was not asked for.
        """
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise SourceError(
                Failure.CONTRACT,
                f'the answer is packed as "{name}", which was not asked for; '
                "a proxy on the way may be changing requests",
            )
        self._packed = name not in ("", "identity")
        self._stream = zlib.decompressobj(_ANY_ZLIB)
        self._started = False
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        """Add a raw chunk.

        Raises:
            SourceError: the body exceeds the limit, or is not packed as announced.
        """
        if not self._packed:
            self._keep(chunk)
            return
        while chunk:
            chunk = self._unpack(chunk)

    def body(self) -> bytes:
        """Return the whole body.

        Raises:
            SourceError: it stopped in the middle.
        """
        if self._packed and self._started and not self._stream.eof:
            raise SourceError(Failure.TRANSIENT, "the answer broke off in the middle")
        return b"".join(self._parts)

    def _unpack(self, chunk: bytes) -> bytes:
        """Unpack what the limit allows and return what is left of the chunk."""
        if self._stream.eof:
            self._stream = zlib.decompressobj(_ANY_ZLIB)
        # One byte more than allowed tells a body at the limit from one beyond it.
        room = self._limit - self._size + 1
        try:
            self._keep(self._stream.decompress(chunk, room))
        except zlib.error:
            if self._started:
                raise SourceError(Failure.CONTRACT, "the answer is damaged") from None
            # Some servers send deflate without its two leading bytes.
            self._stream = zlib.decompressobj(_RAW_DEFLATE)
            try:
                self._keep(self._stream.decompress(chunk, room))
            except zlib.error:
                raise SourceError(
                    Failure.CONTRACT, "the answer is not packed the way it says"
                ) from None
        self._started = True
        return self._stream.unconsumed_tail or self._stream.unused_data

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._limit:
            raise SourceError(
                Failure.CONTRACT,
                f"the answer is larger than {self._limit >> 20} MiB and was not read further",
            )
        self._parts.append(data)
