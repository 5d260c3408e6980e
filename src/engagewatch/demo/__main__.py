"""``python -m engagewatch.demo``: the simulated provider in a process of its own.

It tells on its output where it serves, and ends with its input: when whoever started it says so,
or is gone.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from engagewatch.demo.server import SimulatedProvider
from engagewatch.demo.settings import TOKEN_VARIABLE


def main() -> int:
    """Serve until the input ends; the arguments are the port, the seed and the anchor."""
    port, seed, anchor = map(int, sys.argv[1:4])
    # Ctrl+C reaches every process of a terminal; when to end is the starter's decision.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        provider = SimulatedProvider(port, seed, anchor=anchor, token=os.environ[TOKEN_VARIABLE])
    except OSError as error:
        print(json.dumps({"errno": error.errno, "error": error.strerror}), flush=True)
        return 1
    with provider:
        print(json.dumps({"urls": dict(provider.urls)}), flush=True)
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
