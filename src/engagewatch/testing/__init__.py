"""Testing adapters: a help desk on loopback, and what every ticketing adapter must get right.

For packages that add an adapter, and for the adapters that come along; see docs/adapters.md. It
needs pytest, and no part of the terminal interface.
"""

from __future__ import annotations

from engagewatch.testing.conformance import AdapterConformance, Stage
from engagewatch.testing.desk import NOW, Desk, Fact, SampleTicket
from engagewatch.testing.loopback import Loopback, Request, Response, loopback

__all__ = [
    "NOW",
    "AdapterConformance",
    "Desk",
    "Fact",
    "Loopback",
    "Request",
    "Response",
    "SampleTicket",
    "Stage",
    "loopback",
]
