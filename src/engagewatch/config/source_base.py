"""What every ``[[sources]]`` table has, whatever its kind."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from engagewatch.config.addresses import parse_proxy
from engagewatch.config.fields import SecondsField, Table, Text
from engagewatch.config.problems import RejectedError

SHORTEST_INTERVAL = 5
LONGEST_INTERVAL = 86400
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$"


def _interval(seconds: int) -> int:
    if not SHORTEST_INTERVAL <= seconds <= LONGEST_INTERVAL:
        raise RejectedError("polls are between 5 seconds and a day apart", 'the usual is "5m"')
    return seconds


checked_interval = AfterValidator(_interval)
"""Refuses what is no sensible time between polls."""

RequestsField = Annotated[int, Field(ge=1, le=600)]


class SourceTable(Table):
    """What every source has."""

    id: Annotated[str, Field(pattern=ID_PATTERN, examples=["desk"])]
    """Short name of the source; screens and messages use it."""
    interval: Annotated[SecondsField, checked_interval] = Field(default=300, examples=["5m"])
    """Time between polls."""


class RemoteTable(SourceTable):
    """What every source has that is reached over the network."""

    requests_per_minute: RequestsField | None = Field(default=None, examples=[30])
    ca_file: Text | None = Field(default=None, examples=["company-ca.pem"])
    """Certificate authority to trust instead of the system's, as a PEM file."""
    client_certificate: Text | None = Field(default=None, examples=["monitor.pem"])
    """Own certificate to show where the server asks for one, as a PEM file."""
    client_key: Text | None = Field(default=None, examples=["monitor-key.pem"])
    """Its key, without a passphrase; left out where the certificate's file holds it too."""
    proxy: Annotated[Text, BeforeValidator(parse_proxy)] | None = Field(
        default=None, examples=["http://proxy.northwind.example:3128"]
    )
    """Proxy of this source, or ``direct`` for none; the environment's unless told."""
