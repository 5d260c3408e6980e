"""``engagewatch demo``: a simulated provider on this machine, and a look at it."""

from __future__ import annotations

import sys
from argparse import Namespace

from engagewatch.cli import brief
from engagewatch.cli.errors import CommandError
from engagewatch.cli.setting import directories, load, open_store
from engagewatch.config.locations import store_path
from engagewatch.demo import launch


def run(options: Namespace) -> int:
    """Serve the simulated provider, or show it: in the terminal interface, or else as a brief."""
    _, data = directories(options)
    try:
        if options.serve:
            launch.serve(options.port)
            return 0
        demo = launch.prepare(data / "demo", port=options.port)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CommandError(f"the demonstration cannot start: {reason}", 1) from None
    with demo:
        return _show(demo, options)


def _show(demo: launch.Demo, options: Namespace) -> int:
    own = Namespace(
        config=str(demo.config_dir),
        data=str(demo.data_dir),
        engagement=options.engagement,
        seen=False,
        json=False,
        watch=False,
    )
    has_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if not has_terminal or not store_path(demo.data_dir).exists():
        from engagewatch.cli import sync

        print(
            "Fetching the history of a simulated provider; this takes some seconds.",
            file=sys.stderr,
        )
        from engagewatch.demo import before, entered, meetings, onboarding

        engagements = load(own).engagements
        with open_store(own, read_only=False) as store:
            entered.before_reading(store, engagements)
        sync.poll_once(own, engagements)
        with open_store(own, read_only=False) as store:
            meetings.enter(store, demo.anchor)
            onboarding.enter(store, demo.anchor)
            before.enter(store, demo.anchor)
            entered.after_reading(store, engagements, demo.anchor)
    if has_terminal:
        from engagewatch.cli import tui

        return tui.run(own)
    return brief.run(own)
