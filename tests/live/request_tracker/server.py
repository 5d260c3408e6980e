"""A real Request Tracker on loopback whose clock a test can move, and writing to it.

Writing is the test's business alone; engagewatch itself only reads.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
URL = "http://127.0.0.1:8090"
_SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
_FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
_SITE = Path("/etc/request-tracker5/RT_SiteConfig.d/90-engagewatch-local.pm")


@dataclass
class RealServer:
    """A running server with a queue of this run's own."""

    queue: str
    tokens: dict[str, str]
    clock: Path
    offset: int = 0

    def travel(self, offset: int) -> None:
        """Set the server's clock to ``offset`` seconds from now."""
        self.offset = offset
        self.clock.write_text(f"{offset:+d}\n")

    @property
    def now(self) -> int:
        """What the server takes for the present."""
        return int(time.time()) + self.offset

    def write(self, method: str, path: str, body: Any, by: str = "pat.tech") -> Any:
        """Change something, as one of the people."""
        password = "engagewatch-root" if by == "root" else "pw-engagewatch"
        request = urllib.request.Request(
            f"{URL}/REST/2.0/{path}",
            method=method,
            data=json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": "Basic " + base64.b64encode(f"{by}:{password}".encode()).decode(),
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def ticket(self, subject: str) -> str:
        """Open a ticket as the client and return its number."""
        text = {"Content": "It broke.", "ContentType": "text/plain"}
        made = self.write(
            "POST", "ticket", {"Queue": self.queue, "Subject": subject, **text}, "dana.client"
        )
        return str(made["id"])

    def say(self, ticket: str, text: str, by: str, *, internal: bool = False) -> None:
        """Reply, or note something."""
        kind = "comment" if internal else "correspond"
        body = {"Content": text, "ContentType": "text/plain"}
        self.write("POST", f"ticket/{ticket}/{kind}", body, by)


@contextmanager
def real_server(folder: Path) -> Iterator[RealServer]:
    """Install what is missing, make people and a queue, and run the server."""
    if not (_SERVER.exists() and _SITE.exists()):
        subprocess.run(["sh", str(HERE / "install.sh")], check=True, stdout=subprocess.DEVNULL)
    queue = f"Live {int(time.time())}"
    made = subprocess.run(
        ["perl", str(HERE / "people.pl"), queue], check=True, capture_output=True, text=True
    )
    lines = (line.split() for line in made.stdout.splitlines())
    tokens = {words[0]: words[1] for words in lines if len(words) == 2}
    clock = folder / "clock"
    running = RealServer(queue, tokens, clock)
    running.travel(0)
    environment = {
        **os.environ,
        "LD_PRELOAD": _FAKETIME,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    with (folder / "server.log").open("wb") as log:
        command = [str(_SERVER), "--server", "Standalone", "--host", "127.0.0.1", "--port", "8090"]
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(server)
            yield running
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(server: subprocess.Popen[bytes]) -> None:
    for _ in range(120):
        assert server.poll() is None, "the server ended; see server.log"
        try:
            urllib.request.urlopen(f"{URL}/REST/2.0/rt", timeout=5).close()
        except urllib.error.HTTPError as error:
            error.close()
            return  # it wants a credential: it is up
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server did not come up")
