"""Unpacking under a cap: what a bomb may cost, and where the cap lies."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest

from engagewatch.net.body import Unpacker
from engagewatch.net.errors import SourceError


def unpacked(encoding: str, data: bytes, limit: int, step: int = 1 << 16) -> bytes:
    unpacker = Unpacker(encoding, limit)
    for start in range(0, len(data), step):
        unpacker.feed(data[start : start + step])
    return unpacker.body()


@pytest.mark.parametrize("step", [1, 7, 1 << 16])
def test_a_body_at_the_cap_is_whole_and_one_byte_more_is_refused(step: int) -> None:
    data = bytes(range(250)) * 4
    for encoding, packed in (("gzip", gzip.compress(data)), ("identity", data)):
        assert unpacked(encoding, packed, 1000, step) == data
        with pytest.raises(SourceError, match="larger than"):
            unpacked(encoding, packed, 999, step)


def test_a_bomb_costs_no_more_memory_than_the_cap_allows() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match="larger than"):
            unpacked("gzip", bomb, 1 << 20)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 6 << 20


def test_garbage_is_refused_at_the_start_and_in_the_middle() -> None:
    with pytest.raises(SourceError, match="not packed the way"):
        unpacked("gzip", b"\xff" * 100, 1000)
    packed = bytearray(zlib.compress(bytes(range(256)) * 20, 0))
    packed[300:310] = b"\xff" * 10
    with pytest.raises(SourceError, match="damaged"):
        unpacked("deflate", bytes(packed), 1 << 20, 64)
