"""Who is who on a Request Tracker server: looked up by name or number, once each."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from msgspec import Raw

from engagewatch.model.sides import Side
from engagewatch.model.ticket import Person
from engagewatch.net.client import Client
from engagewatch.providers.directory import Directory
from engagewatch.providers.opened import unless
from engagewatch.providers.request_tracker.lists import get
from engagewatch.providers.request_tracker.tickets import NOBODY, SYSTEM
from engagewatch.providers.request_tracker.wire import Account
from engagewatch.providers.wire import PageFormat

_ACCOUNT = PageFormat(Account, Raw, "an account")


class People:
    """Accounts met so far. Lists do not say who is staff, so everybody is asked for by name."""

    def __init__(self, client: Client, directory: Directory) -> None:
        self._client = client
        self._directory = directory
        self._names: dict[str, str] = {}
        self._strangers: set[str] = set()

    async def meet(self, names: Iterable[str]) -> list[Person]:
        """Look up those not met before.

        Raises:
            SourceError: the server did not answer.
        """
        met: list[Person] = []
        for name in self._directory.strangers(set(names) - {SYSTEM, NOBODY} - self._strangers):
            met.extend(await self._look_up(name))
        return met

    async def number(self, numbers: Iterable[str]) -> list[Person]:
        """Look up the names behind numbers not met before.

        Raises:
            SourceError: the server did not answer.
        """
        met: list[Person] = []
        for number in sorted(set(numbers) - self._names.keys() - self._strangers):
            met.extend(await self._look_up(number))
        return met

    def name(self, number: str) -> str:
        """Return the name behind a number, the number itself if it may not be seen."""
        name = self._names.get(number, number)
        return "" if name == NOBODY else name

    async def _look_up(self, key: str) -> list[Person]:
        account: Account | Raw = Account()
        if key.strip("."):
            answer = await unless(get(self._client, f"user/{quote(key, safe='')}"))
            if answer is not None:
                account = _ACCOUNT.decode(answer.body)
        if isinstance(account, Raw) or not account.name:
            self._strangers.add(key)  # whose side is unknown
            return []
        self._names[key] = account.name
        if account.name in (SYSTEM, NOBODY):
            return []
        side = Side.PROVIDER if str(account.privileged) == "1" else Side.CLIENT
        person = self._directory.learn(account.name, account.real_name, account.email_address, side)
        return [person]
