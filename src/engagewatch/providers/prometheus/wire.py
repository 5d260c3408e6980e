"""The parts of a query's answer that are read. Values are text, times are fractions of seconds."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct

_Record = TypeVar("_Record")


class Series(Struct):
    """One time series: its labels, and a value or several."""

    metric: dict[str, str]
    value: tuple[float, str] | None = None
    values: list[tuple[float, str]] = []


class Data(Struct, Generic[_Record]):
    """What a query found: nothing, where the metric is not known."""

    result: list[_Record]


class Envelope(Struct, Generic[_Record]):
    """An answer."""

    status: str
    data: Data[_Record] | None = None
    error: str = ""
    warnings: list[str] = []
