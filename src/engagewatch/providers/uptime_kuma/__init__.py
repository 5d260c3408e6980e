"""Uptime Kuma: the public JSON of one status page, of version 1 or 2."""

from engagewatch.providers.uptime_kuma.adapter import UptimeKuma

__all__ = ["UptimeKuma", "open_adapter"]

open_adapter = UptimeKuma
