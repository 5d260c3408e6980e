"""Prometheus, and what speaks its query API: Thanos, Mimir, VictoriaMetrics."""

from engagewatch.providers.prometheus.adapter import describe, open_adapter

__all__ = ["describe", "open_adapter"]
