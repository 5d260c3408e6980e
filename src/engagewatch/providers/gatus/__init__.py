"""Gatus: endpoints with their latest results, and their events where those reach no further."""

from engagewatch.providers.gatus.adapter import describe, open_adapter

__all__ = ["describe", "open_adapter"]
