"""Own certificates, own proxies: how a server is reached where the usual way does not do."""

from __future__ import annotations

import ssl
import weakref
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from engagewatch.model.engagement import Reach
from engagewatch.model.freshness import Failure
from engagewatch.net.client import Client, Limits
from engagewatch.net.errors import SourceError
from engagewatch.net.transport import certificates
from tests.provider.loopback import Response, loopback


def client_of(url: str, reach: Reach) -> Client:
    return Client(url, Limits(1000, pause=0), authorization="Bearer s3cr3t", reach=reach)


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    own = made.issue_cert("monitor@northwind.example")
    own.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "both.pem"))
    own.cert_chain_pems[0].write_to_path(str(tmp_path / "own.pem"))
    own.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    key = load_pem_private_key(own.private_key_pem.bytes(), None)
    locked = key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"open")
    )
    (tmp_path / "locked.pem").write_bytes(locked)
    made.issue_cert("another").private_key_pem.write_to_path(str(tmp_path / "stray.pem"))
    return made


def demanding(authority: trustme.CA) -> ssl.SSLContext:
    """Return what a server uses that asks every client for a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.mark.parametrize("files", [("both.pem", None), ("own.pem", "key.pem")])
async def test_a_server_that_wants_to_know_us_is_shown_our_certificate(
    tmp_path: Path, authority: trustme.CA, files: tuple[str, str | None]
) -> None:
    certificate, key = files
    reach = Reach(
        ca_file=tmp_path / "ca.pem",
        client_certificate=tmp_path / certificate,
        client_key=tmp_path / key if key else None,
    )
    async with loopback(lambda _: Response(), tls=demanding(authority)) as server:
        client = client_of(server.url, reach)
        assert (await client.get("x.json")).body == b"{}"
        await client.aclose()
        stranger = client_of(server.url, Reach(ca_file=tmp_path / "ca.pem"))
        with pytest.raises(SourceError):
            await stranger.get("x.json")
        await stranger.aclose()
    assert len(server.seen) == 1


@pytest.mark.parametrize("key", ["locked.pem", "stray.pem", "missing.pem", "ca.pem"])
async def test_a_key_that_cannot_be_used_is_told_and_not_asked_for(
    tmp_path: Path, authority: trustme.CA, key: str
) -> None:
    reach = Reach(client_certificate=tmp_path / "own.pem", client_key=tmp_path / key)
    client = client_of("https://127.0.0.1:9", reach)
    with pytest.raises(SourceError, match="have no passphrase") as caught:
        await client.get("x.json")
    assert caught.value.failure is Failure.CONFIGURATION
    assert client.requests == 0


async def test_a_source_goes_through_its_own_proxy_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with loopback(lambda _: Response(body=b'{"by": "proxy"}')) as proxy:
        client = Client("http://desk.example", Limits(1000), reach=Reach(proxy=proxy.url))
        assert (await client.get("x.json")).body == b'{"by": "proxy"}'
        await client.aclose()
        assert proxy.seen[0].headers["host"] == "desk.example"
        direct = client_of(proxy.url, Reach(proxy="direct"))
        assert (await direct.get("x.json")).body == b'{"by": "proxy"}'
        await direct.aclose()
    environment = Client("http://desk.example", Limits(1000, pause=0))
    with pytest.raises(SourceError):
        await environment.get("x.json")
    await environment.aclose()


@pytest.mark.parametrize(
    "link",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/",
        "http://metadata.google.internal/",
        "http://127.0.0.1:1/",
        "//169.254.169.254/x",
        "file:///etc/passwd",
    ],
)
async def test_no_server_sends_us_to_an_address_inside(link: str) -> None:
    async with loopback(lambda _: Response(302, b"", {"Location": link})) as server:
        client = client_of(server.url, Reach())
        for ask in ("x.json", link):
            with pytest.raises(SourceError) as caught:
                await client.get(ask)
            assert caught.value.failure is Failure.TRUST
        await client.aclose()
    assert len(server.seen) == 1


def test_who_trusts_the_usual_authorities_shares_them_while_in_use(
    tmp_path: Path, authority: trustme.CA
) -> None:
    first = certificates(Reach())
    assert certificates(Reach(proxy="http://proxy.example:8080")) is first
    # What belongs to one source stays with it: read anew each time, as the files may be mended.
    own = Reach(ca_file=tmp_path / "ca.pem")
    assert certificates(own) is not certificates(own)
    known = Reach(client_certificate=tmp_path / "both.pem")
    assert certificates(known) is not first
    gone = weakref.ref(first)
    del first
    assert gone() is None
