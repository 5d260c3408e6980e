"""Settings of the status sources: pages, monitoring systems, metrics."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from engagewatch.config.fields import AddressField, SecondsField, SecretField, Text, ZoneField
from engagewatch.config.problems import RejectedError
from engagewatch.config.source_base import RemoteTable

_SELECTOR = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*(\s*\{[^{}]*\})?")
_TENANT = r"^[A-Za-z0-9!_.*'()-]{1,150}(\|[A-Za-z0-9!_.*'()-]{1,150}){0,9}$"
"""As Mimir takes them, several at once joined by bars."""
_LONGEST_BACKFILL = 366 * 86400


def _selector(text: str) -> str:
    if _SELECTOR.fullmatch(text) is None:
        raise RejectedError(
            "this is not the plain selector of a metric",
            "write a name and labels, like 'probe_success{job=\"blackbox\"}'",
        )
    return text


def _backfill(seconds: int) -> int:
    if seconds > _LONGEST_BACKFILL:
        raise RejectedError("this reaches back more than a year", 'the usual is "15d"')
    return seconds


class _StatusSource(RemoteTable):
    """What every status source has."""

    url: AddressField = Field(examples=["https://status.contoso.example"])
    run_by: Literal["provider", "client"] = Field(default="provider", examples=["provider"])
    """Who runs it: what the provider shows is their claim, the client's own probes are not."""


class StatuspageSource(_StatusSource):
    """A public status page of the Statuspage kind: components, incidents, maintenance."""

    kind: Literal["statuspage"]
    flavour: Literal["auto", "statuspage", "instatus", "incident_io"] = Field(
        default="auto", examples=["auto"]
    )
    """Which system serves the page; found out unless told."""


class UptimeKumaSource(_StatusSource):
    """A public status page of Uptime Kuma: monitors with their latest heartbeats."""

    kind: Literal["uptime_kuma"]
    page: Text = Field(examples=["default"])
    """The page's slug, as in ``/status/default``."""


class PrometheusSource(_StatusSource):
    """A metric in Prometheus (or Thanos, Mimir) that is 1 while a target is up and 0 while not."""

    kind: Literal["prometheus"]
    url: AddressField = Field(examples=["https://prometheus.northwind.example"])
    user: Text | None = Field(default=None, examples=["engagewatch"])
    """For Basic authentication. Left out, the token is sent as a bearer token."""
    token: SecretField | None = Field(default=None, examples=[{"env": "NORTHWIND_PROMETHEUS"}])
    run_by: Literal["provider", "client"] = Field(default="client", examples=["client"])
    tenant: Annotated[str, Field(pattern=_TENANT)] | None = Field(
        default=None, examples=["northwind"]
    )
    """The tenant whose metrics are read, for Mimir or Cortex with several of them."""
    selector: Annotated[Text, AfterValidator(_selector)] = Field(
        default="probe_success", examples=['probe_success{job="blackbox"}']
    )
    """The metric, with the labels that choose what is watched."""
    label: Text = Field(default="instance", examples=["instance"])
    """The label that names a component."""
    group_label: Text = Field(default="job", examples=["job"])
    """The label that groups components."""
    backfill: Annotated[SecondsField, AfterValidator(_backfill)] = Field(
        default=15 * 86400, examples=["15d"]
    )
    """How far back the first poll reads; Prometheus itself keeps 15 days unless told."""


class GatusSource(_StatusSource):
    """A Gatus instance: endpoints with their latest results."""

    kind: Literal["gatus"]
    user: Text | None = Field(default=None, examples=["engagewatch"])
    """For Basic authentication, where the instance asks for it."""
    token: SecretField | None = Field(default=None, examples=[{"env": "NORTHWIND_GATUS"}])


class CachetSource(_StatusSource):
    """A Cachet status page, version 2 or 3."""

    kind: Literal["cachet"]
    version: Literal[2, 3] | None = Field(default=None, examples=[2])
    """The major version; found out unless told."""
    timezone: ZoneField | None = Field(default=None, examples=["Europe/Lisbon"])
    """Zone of the page's times, which carry none; the engagement's own unless told."""


class BetterStackSource(_StatusSource):
    """Better Stack Uptime: monitors, heartbeats and their incidents."""

    kind: Literal["better_stack"]
    url: AddressField = Field(
        default="https://uptime.betterstack.com", examples=["https://uptime.betterstack.com"]
    )
    token: SecretField = Field(examples=[{"env": "NORTHWIND_BETTER_STACK_TOKEN"}])
