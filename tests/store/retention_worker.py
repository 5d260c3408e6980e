"""Run as a process of its own: removes what finished, and kills itself after so many steps."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import apsw
from store_samples import ENGAGEMENT, NOW, SOURCE, START

from engagewatch.store import retention
from engagewatch.store.store import Store

if __name__ == "__main__":
    left = iter(range(int(sys.argv[2])))

    def progress() -> bool:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return False

    retention.CHUNK = 20
    apsw.connection_hooks.append(lambda made: made.set_progress_handler(progress, 10))
    with Store.open(Path(sys.argv[1])) as store:
        while store.remove_finished(ENGAGEMENT, SOURCE, START + 50):
            pass
        store.finish_retention(ENGAGEMENT, SOURCE, NOW)
