"""Zendesk Support: people, tickets and what happened to them, by the incremental exports."""

from engagewatch.providers.zendesk.adapter import Zendesk, describe, open_adapter

__all__ = ["Zendesk", "describe", "open_adapter"]
