"""The HTTP server of these tests; it is part of what adapters are tested with anywhere."""

from __future__ import annotations

from engagewatch.testing.loopback import (
    DATE,
    SERVER_TIME,
    Handler,
    Loopback,
    Request,
    Response,
    loopback,
)

__all__ = ["DATE", "SERVER_TIME", "Handler", "Loopback", "Request", "Response", "loopback"]
