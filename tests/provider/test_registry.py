"""Finding adapters: built in, from another package, and not at all."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from engagewatch.model.engagement import SourceKind, SourceSettings
from engagewatch.model.freshness import Failure
from engagewatch.model.sides import StatusMeaning
from engagewatch.net.errors import SourceError
from engagewatch.providers import registry
from engagewatch.providers.registry import describe, open_adapter
from tests.provider.samples import engagement_of


def test_the_built_in_adapters_say_what_they_are() -> None:
    zendesk = describe(SourceSettings(id="a", adapter="zendesk"))
    assert zendesk.kind is SourceKind.TICKETING
    assert zendesk.has_messages
    assert zendesk.has_history
    assert zendesk.default_meanings["hold"] is StatusMeaning.THIRD_PARTY
    assert describe(SourceSettings(id="b", adapter="statuspage")).kind is SourceKind.STATUS
    assert describe(SourceSettings(id="c", adapter="eventlog")).requests_per_minute == 0


def test_an_unknown_adapter_is_named_with_those_there_are() -> None:
    settings = SourceSettings(id="a", adapter="zendsk")
    for attempt in (
        lambda: describe(settings),
        lambda: open_adapter(settings, engagement_of(settings), None),
    ):
        with pytest.raises(SourceError, match='no adapter is called "zendsk"') as caught:
            attempt()
        assert all(name in caught.value.message for name in ("eventlog", "statuspage", "zendesk"))
        assert caught.value.failure is Failure.CONFIGURATION


def test_another_package_can_bring_an_adapter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "acme_desk.py").write_text(
        textwrap.dedent("""
            from engagewatch.model.engagement import SourceKind
            from engagewatch.providers.base import Description

            def describe(settings):
                return Description("acme", SourceKind.TICKETING)

            def open_adapter(settings, engagement, secret, people):
                return (settings.id, secret, dict(people))
        """)
    )
    info = tmp_path / "acme_desk-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-desk\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[engagewatch.adapters]\nacme = acme_desk\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry._third_party.cache_clear()
    assert entry_points(group="engagewatch.adapters").names == {"acme"}
    settings = SourceSettings(id="desk", adapter="acme")
    assert describe(settings).name == "acme"
    opened: Any = open_adapter(settings, engagement_of(settings), "s")
    assert opened == ("desk", "s", {})
    registry._third_party.cache_clear()


def test_describing_a_source_imports_nothing_heavy() -> None:
    code = textwrap.dedent("""
        import sys
        from engagewatch.model.engagement import SourceSettings
        from engagewatch.providers.registry import describe
        for name in ("zendesk", "statuspage", "eventlog"):
            describe(SourceSettings(id="a", adapter=name))
        heavy = {"httpx", "msgspec", "aiolimiter", "ssl", "pydantic", "asyncio", "csv", "gzip"}
        print(sorted(heavy & set(sys.modules)))
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_opening_an_adapter_does_not_import_http_yet() -> None:
    code = textwrap.dedent("""
        import sys
        from datetime import date
        from engagewatch.model.engagement import Engagement, SourceSettings
        from engagewatch.providers.registry import open_adapter
        source = SourceSettings(id="a", adapter="zendesk", url="https://contoso.zendesk.com")
        engagement = Engagement("x", "x", "c", "p", date(2026, 1, 1), "UTC", {}, (source,))
        open_adapter(source, engagement, "t0ken")
        print("httpx" in sys.modules)
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
