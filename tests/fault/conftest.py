"""A store, its writer and a clock for tests that poll through faults."""

from __future__ import annotations

from tests.sync.conftest import clock, store, writer

__all__ = ["clock", "store", "writer"]
