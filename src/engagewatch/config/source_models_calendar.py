"""Settings of ``ics`` sources: calendars that tell of meetings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engagewatch.config.fields import AddressField, SecondsField, SecretField, Text, ZoneField
from engagewatch.config.source_base import RemoteTable, checked_interval

_Patterns = list[Text]
_Days = Annotated[int, Field(ge=0, le=800)]


class IcsSource(RemoteTable):
    """A calendar of meetings: an iCalendar feed, or a file."""

    kind: Literal["ics"]
    interval: Annotated[SecondsField, checked_interval] = Field(default=900, examples=["15m"])
    url: AddressField | None = Field(
        default=None, examples=["https://calendar.google.com/calendar/ical/{token}/basic.ics"]
    )
    """Address of the feed. ``{token}`` stands for the part that nobody else may know."""
    path: Text | None = Field(default=None, examples=["meetings.ics"])
    """A file instead, relative to this one."""
    user: Text | None = Field(default=None, examples=["engagewatch"])
    """For Basic authentication. Left out, the token is sent as a bearer token."""
    token: SecretField | None = Field(default=None, examples=[{"env": "NORTHWIND_CALENDAR"}])
    """The secret part of the address where it has ``{token}``, else a password or token."""
    titles: _Patterns = Field(default_factory=list, examples=[["*Contoso*", "*service review*"]])
    """Titles of meetings to read, compared without case; ``*`` stands for anything."""
    categories: _Patterns = Field(default_factory=list, examples=[["IT provider"]])
    """Categories of meetings to read."""
    organisers: _Patterns = Field(default_factory=list, examples=[["*@contoso.example"]])
    """Addresses or names of who calls the meetings to read."""
    client_domains: list[Text] = Field(default_factory=list, examples=[["northwind.example"]])
    """Domains of the client's addresses."""
    provider_domains: list[Text] = Field(default_factory=list, examples=[["contoso.example"]])
    """Domains of the provider's addresses."""
    timezone: ZoneField | None = Field(default=None, examples=["Europe/London"])
    """Zone of times written without one; as the calendar says, else the engagement's own."""
    days_back: _Days = Field(default=120, examples=[120])
    """How far back the first poll reads."""
    days_ahead: _Days = Field(default=90, examples=[90])
    """How far ahead every poll reads."""
