"""Finding adapters by the name an engagement file uses.

The built-in ones are described without importing them; each is imported when it is opened. A
package adds its own by an entry point in the group ``engagewatch.adapters`` that names a module (or
object) offering what :class:`~engagewatch.providers.base.AdapterFactory` lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from engagewatch.model.engagement import Engagement, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.net.errors import SourceError
from engagewatch.providers.base import Adapter, AdapterFactory, Description
from engagewatch.providers.descriptions import BUILT_IN

if TYPE_CHECKING:
    from engagewatch.model.ticket import Person

ENTRY_POINT_GROUP = "engagewatch.adapters"


def describe(settings: SourceSettings) -> Description:
    """Return what is known of the adapter of ``settings`` without opening it.

    Raises:
        SourceError: there is no such adapter.
    """
    built_in = BUILT_IN.get(settings.adapter)
    if built_in is not None:
        return built_in(settings)
    return _third_party(settings.adapter).describe(settings)


def open_adapter(
    settings: SourceSettings,
    engagement: Engagement,
    secret: str | None,
    people: Mapping[str, Person] | None = None,
) -> Adapter:
    """Return the open adapter of one source.

    ``people`` holds those known from earlier polls, by id.

    Raises:
        SourceError: there is no such adapter, or its settings cannot work.
    """
    if settings.adapter in BUILT_IN:
        module = import_module(f"engagewatch.providers.{settings.adapter}")
        factory = cast("AdapterFactory", module)
    else:
        factory = _third_party(settings.adapter)
    return factory.open_adapter(settings, engagement, secret, people or {})


@cache
def _third_party(name: str) -> AdapterFactory:
    from importlib.metadata import entry_points

    found = list(entry_points(group=ENTRY_POINT_GROUP))
    for entry in found:
        if entry.name == name:
            return cast("AdapterFactory", entry.load())
    known = ", ".join(sorted([*BUILT_IN, *(entry.name for entry in found)]))
    raise SourceError(Failure.CONFIGURATION, f'no adapter is called "{name}"; there are: {known}')
