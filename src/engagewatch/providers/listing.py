"""Lists that come in pages: how one is decoded, and how all of them are read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from msgspec import Raw, Struct, defstruct
from msgspec.json import Decoder

from engagewatch.model.batch import Refused
from engagewatch.model.freshness import Failure
from engagewatch.model.instants import Instant
from engagewatch.net.client import Answer
from engagewatch.net.errors import SourceError
from engagewatch.providers.wire import PageFormat, decoded

MOST_PAGES = 1000

_Record = TypeVar("_Record")
_Rest = TypeVar("_Rest", bound=Struct)
_Page = TypeVar("_Page")


@dataclass(frozen=True, slots=True)
class Rows(Generic[_Record, _Rest]):
    """One page of a list."""

    found: list[_Record]
    refused: list[Refused]
    rest: _Rest
    """What the page tells beside its records."""
    answer: Answer

    @property
    def size(self) -> int:
        """How many records are on it, those included that were refused."""
        return len(self.found) + len(self.refused)

    @property
    def server_time(self) -> Instant | None:
        """The source's own clock when it answered."""
        return self.answer.server_time

    @property
    def is_linked_on(self) -> bool:
        """Whether a ``Link`` header leads to another page."""
        return self.size > 0 and 'rel="next"' in self.answer.headers.get("link", "")


class Listing(Generic[_Record, _Rest]):
    """How the pages of one list are decoded: strictly, or record by record where one is odd."""

    @overload
    def __init__(
        self: Listing[_Record, Struct],
        record: type[_Record],
        what: str,
        named: str,
        under: str = "",
    ) -> None: ...

    @overload
    def __init__(
        self, record: type[_Record], what: str, named: str, under: str, rest: type[_Rest]
    ) -> None: ...

    def __init__(
        self, record: type[_Record], what: str, named: str, under: str = "", rest: Any = Struct
    ) -> None:
        """Decode pages of ``record``, which is called ``what``; ``named`` is the list itself.

        The records are ``under`` a name, or are the page. ``rest`` has the fields beside them.
        """
        self.what = what
        self._under = under
        self._decoder = Decoder(record)

        def page(kind: Any) -> Any:
            if not under:
                return list[kind]
            return defstruct("Page", [(under, list[kind])], bases=(rest,), kw_only=True)

        self._format: PageFormat[Any, Any] = PageFormat(page(record), page(Raw), named)

    def decode(self, answer: Answer) -> Rows[_Record, _Rest]:
        """Decode a page; a record that is not usable is refused by itself.

        Raises:
            SourceError: it is no such page.
        """
        page = self._format.decode(answer.body)
        records = getattr(page, self._under) if self._under else page
        found, refused = decoded(records, self._decoder, self.what)
        return Rows(found, refused, page, answer)


async def numbered(
    ask: Callable[[int], Awaitable[_Page | None]],
    goes_on: Callable[[_Page], bool],
    what: str,
    most: int = MOST_PAGES,
) -> AsyncIterator[_Page]:
    """Yield the pages of a list from the first on, while ``goes_on``.

    ``ask`` returns the page of a number, ``None`` where none may be read.

    Raises:
        SourceError: a page could not be read, or there are more than ``most``.
    """
    for number in range(1, most + 1):
        page = await ask(number)
        if page is None:
            return
        yield page
        if not goes_on(page):
            return
    raise SourceError(Failure.CONTRACT, f"{what} has more than {most} pages")
