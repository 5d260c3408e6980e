"""Event logs: what happened to tickets, exported from any system as CSV or JSON lines."""

from engagewatch.providers.eventlog.adapter import EventLog, describe, open_adapter

__all__ = ["EventLog", "describe", "open_adapter"]
