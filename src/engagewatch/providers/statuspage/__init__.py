"""Public status pages of the Statuspage kind, and of the systems that resemble it."""

from engagewatch.providers.statuspage.adapter import StatusPage, describe, open_adapter

__all__ = ["StatusPage", "describe", "open_adapter"]
