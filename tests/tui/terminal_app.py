"""The app in a real terminal, for tests that read its bytes: ``python -m tests.tui.terminal_app``.

``samples`` runs on made-up views; ``crash`` likewise, and a view breaks the layout; ``store PATH
MODULES`` runs on a stored history and writes what was imported by the first frame to MODULES.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def run_samples(*, crash: bool) -> int:
    """Run on samples; with ``crash`` a value in a view is not what its type says."""
    from dataclasses import replace

    from tests.tui import samples
    from tests.tui.stub import StubViews, make_app

    views = StubViews()
    if crash:
        secret: Any = object()
        token = "token-7f3a"  # noqa: F841 - must not be shown
        views.answers["waiting"] = replace(samples.WAITING, items=(secret,))
    app = make_app(views)
    app.run()
    return app.return_code or 0


def run_store(path: Path, modules: Path) -> int:
    """Run on a store, and tell which modules the first frame needed."""
    from datetime import date

    from engagewatch.model.engagement import Engagement, SourceSettings
    from engagewatch.model.policy import ALWAYS
    from engagewatch.store.store import Store
    from engagewatch.tui.app import run_tui
    from engagewatch.tui.context import Polling, TuiContext

    class NoPolling:
        trouble, elsewhere = "", False

        def request(self, engagement: str | None) -> None:
            pass

        def stop(self) -> None:
            pass

    def first_frame_is_out() -> Polling:
        modules.write_text("\n".join(sorted(sys.modules)))
        return NoPolling()

    engagement = Engagement(
        id="northwind",
        name="Northwind / Contoso IT",
        client="Northwind",
        provider="Contoso IT",
        started=date(2026, 1, 5),
        timezone="Europe/London",
        calendars={"24x7": ALWAYS},
        sources=(SourceSettings("desk", "zendesk"),),
    )
    return run_tui(
        TuiContext(
            engagements=(engagement,),
            open_store=lambda: Store.open(path, read_only=True),
            now=lambda: 1_772_526_000,
            start_polling=first_frame_is_out,
        )
    )


if __name__ == "__main__":
    if sys.argv[1] == "store":
        raise SystemExit(run_store(Path(sys.argv[2]), Path(sys.argv[3])))
    raise SystemExit(run_samples(crash=sys.argv[1] == "crash"))
