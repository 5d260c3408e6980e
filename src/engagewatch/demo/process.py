"""The simulated provider in a process of its own.

Fourteen months of tickets are a hundred thousand objects, and answering for them is work: in the
process that shows them they would make the interface stutter, which no real provider does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

from engagewatch.model.instants import Instant

_PATIENCE = 5.0
"""Seconds the process may take to end by itself."""


class ProviderProcess:
    """A running provider; its token is taken from the environment."""

    def __init__(self, port: int, seed: int, anchor: Instant) -> None:
        """Start it, on ``port`` and the ones that follow, or on free ones if 0.

        Raises:
            OSError: it cannot be started, or a port is taken.
        """
        words = [sys.executable, "-P", "-m", "engagewatch.demo", str(port), str(seed), str(anchor)]
        self._process = subprocess.Popen(  # noqa: S603 - our own module, numbers as arguments
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.urls: Mapping[str, str] = self._told()

    def stop(self) -> None:
        """Let it end, and wait for that. May be called again."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _told(self) -> Mapping[str, str]:
        """Return where it serves."""
        output = self._process.stdout
        line = output.readline() if output is not None else ""
        told = json.loads(line) if line else {}
        if "urls" in told:
            urls: Mapping[str, str] = told["urls"]
            return urls
        self.stop()
        reason = told.get("error") or "the simulated provider ended at once"
        raise OSError(told.get("errno") or 0, reason)
