"""Cachet: a status page of version 2 or 3."""

from engagewatch.providers.cachet.adapter import describe, open_adapter

__all__ = ["describe", "open_adapter"]
