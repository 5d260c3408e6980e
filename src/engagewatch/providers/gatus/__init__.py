"""Gatus: endpoints with their latest results, and their events where those reach no further."""

from engagewatch.providers.gatus.adapter import Gatus

__all__ = ["Gatus", "open_adapter"]

open_adapter = Gatus
