"""A real Prometheus and a real blackbox exporter on loopback, probing a site that a test stops."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_PROGRAMS = ("prometheus", "prometheus-blackbox-exporter")
_MODULES = """
modules:
  http_2xx:
    prober: http
    timeout: 1s
"""
_CONFIGURATION = """
global:
  scrape_interval: 1s
  scrape_timeout: 1s
scrape_configs:
  - job_name: blackbox
    metrics_path: /probe
    params:
      module: [http_2xx]
    static_configs:
      - targets: ["{site}"]
    relabel_configs:
      - source_labels: [__address__]
        target_label: __param_target
      - source_labels: [__param_target]
        target_label: instance
      - target_label: __address__
        replacement: "{exporter}"
"""


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: a probe comes every second."""


@dataclass
class Watched:
    """A site, the exporter that probes it, and the Prometheus that asks the exporter."""

    folder: Path
    ports: dict[str, int] = field(default_factory=dict)
    running: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What is running, and how each is stopped."""

    def address(self, name: str) -> str:
        """Return where one of them listens."""
        return f"127.0.0.1:{self.ports[name]}"

    def start_site(self) -> None:
        """Let the site answer."""
        site = ThreadingHTTPServer(("127.0.0.1", self.ports["site"]), _Site)
        thread = threading.Thread(target=site.serve_forever)
        thread.start()

        def stop() -> None:
            site.shutdown()
            site.server_close()
            thread.join()

        self.running["site"] = stop

    def start_exporter(self) -> None:
        """Let the exporter probe."""
        self._start(
            "exporter",
            "prometheus-blackbox-exporter",
            f"--config.file={self.folder / 'blackbox.yml'}",
            f"--web.listen-address={self.address('exporter')}",
        )
        _wait_for(f"http://{self.address('exporter')}/metrics")

    def start_prometheus(self) -> None:
        """Let Prometheus scrape."""
        self._start(
            "prometheus",
            "prometheus",
            f"--config.file={self.folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address={self.address('prometheus')}",
        )
        _wait_for(f"http://{self.address('prometheus')}/-/ready")

    def stop(self, name: str) -> int:
        """Stop one of them and return when it was gone."""
        self.running.pop(name)()
        return int(time.time())

    def _start(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)

        def stop() -> None:
            process.terminate()
            process.wait(20)

        self.running[name] = stop


@contextmanager
def watched_site(folder: Path) -> Iterator[Watched]:
    """Install what is missing, and run all three."""
    if not all(map(shutil.which, _PROGRAMS)):
        script = str(Path(__file__).with_name("install.sh"))
        subprocess.run(["sh", script], check=True, stdout=subprocess.DEVNULL)
    watched = Watched(folder, _free_ports("site", "exporter", "prometheus"))
    (folder / "blackbox.yml").write_text(_MODULES)
    addresses = {name: watched.address(name) for name in ("site", "exporter")}
    (folder / "prometheus.yml").write_text(_CONFIGURATION.format(**addresses))
    try:
        watched.start_site()
        watched.start_exporter()
        watched.start_prometheus()
        yield watched
    finally:
        for name in list(watched.running):
            watched.stop(name)


def _free_ports(*names: str) -> dict[str, int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in names]
        return {name: one.getsockname()[1] for name, one in zip(names, sockets, strict=True)}


def _wait_for(url: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise AssertionError(f"nothing answers at {url}")
