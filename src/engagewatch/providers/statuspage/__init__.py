"""Public status pages of the Statuspage kind, and of the systems that resemble it."""

from engagewatch.providers.statuspage.adapter import StatusPage

__all__ = ["StatusPage", "open_adapter"]

open_adapter = StatusPage
