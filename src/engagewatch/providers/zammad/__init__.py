"""Zammad by its REST interface: tickets, their history and their messages."""

from engagewatch.providers.zammad.adapter import Zammad

__all__ = ["Zammad", "open_adapter"]

open_adapter = Zammad
