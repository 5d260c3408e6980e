"""Uptime Kuma: the public JSON of one status page, of version 1 or 2."""

from engagewatch.providers.uptime_kuma.adapter import describe, open_adapter

__all__ = ["describe", "open_adapter"]
