"""Freshservice: tickets, what their activities prove, messages, SLA figures and approvals."""

from engagewatch.providers.freshservice.adapter import Freshservice

__all__ = ["Freshservice", "open_adapter"]

open_adapter = Freshservice
