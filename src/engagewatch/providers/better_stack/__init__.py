"""Better Stack Uptime: monitors, heartbeats, and the incidents they opened."""

from engagewatch.providers.better_stack.adapter import describe, open_adapter

__all__ = ["describe", "open_adapter"]
