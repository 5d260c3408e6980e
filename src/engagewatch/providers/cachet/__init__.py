"""Cachet: a status page of version 2 or 3."""

from engagewatch.providers.cachet.adapter import Cachet

__all__ = ["Cachet", "open_adapter"]

open_adapter = Cachet
