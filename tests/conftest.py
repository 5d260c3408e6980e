"""What holds for every test: none of them reaches beyond this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# The same examples every time, and however busy the machine is. To look for new ones:
# pytest --hypothesis-profile=exploring
settings.register_profile("suite", deadline=None, derandomize=True, database=None)
settings.register_profile("exploring", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def only_this_machine() -> Iterator[None]:
    """Let sockets connect to loopback addresses and local files only."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def checked(own: socket.socket, address: Any) -> None:
        if own.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
                raise RuntimeError(f"a test reaches for {host}; tests stay on this machine")

    def guarded_connect(own: socket.socket, address: Any) -> None:
        checked(own, address)
        connect(own, address)

    def guarded_connect_ex(own: socket.socket, address: Any) -> int:
        checked(own, address)
        return connect_ex(own, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        yield
