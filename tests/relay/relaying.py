"""A relay in a process of its own, as a person starts it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from vedette.wire.envelope import build_envelope

T = TypeVar("T")
KEY = "a" * 32
OTHER_KEY = "b" * 32


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def event(event_id: str = "", *, text: str = "the lamp fell", filler: int = 0) -> bytes:
    """An envelope with an error."""
    body = {"message": text, "extra": {"filler": "x" * filler}}
    held = event_id or uuid.uuid4().hex
    return build_envelope({"event_id": held}, [({"type": "event"}, json.dumps(body).encode())])


def replay(filler: int = 0) -> bytes:
    """An envelope with something bulky."""
    return build_envelope(
        {"event_id": uuid.uuid4().hex}, [({"type": "replay_recording"}, b"{}\n" + b"x" * filler)]
    )


def check_in(slug: str = "nightly") -> bytes:
    """An envelope with a check-in: neither an error nor bulky."""
    body = {"check_in_id": uuid.uuid4().hex, "monitor_slug": slug, "status": "ok"}
    return build_envelope({}, [({"type": "check_in"}, json.dumps(body).encode())])


class Relaying:
    """`vedette relay` on a free port. Use as a context manager."""

    def __init__(self, folder: Path, upstream: str, *options: str, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.upstream = upstream
        self._options = options
        own = {k: v for k, v in os.environ.items() if not k.startswith("VEDETTE_")}
        held = {k: v for k, v in own.items() if not k.lower().endswith("_proxy")}
        self._environment = {**held, "VEDETTE_DISK_FREE_MIN_BYTES": "1MB", **environment}
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Relaying:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, *more: str) -> None:
        """Start and wait until it answers."""
        command = ["relay", "--upstream", self.upstream, "--data", str(self.folder)]
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "vedette", *command, "--listen", f"127.0.0.1:{self.port}",
                 *self._options, *more],
                env=self._environment, stdout=output, stderr=output,
            )  # fmt: skip
        self.wait(self._is_answering)

    def stop(self) -> int:
        """Ask it to end and return its exit status."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def kill(self) -> None:
        """End it as a loss of power does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def post(
        self,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        method: str = "POST",
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request and return status, headers in lower case, and body."""
        request = urllib.request.Request(
            self.base + path, data=body or None, headers=headers or {}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                held = {key.lower(): value for key, value in answer.headers.items()}
                return answer.status, held, answer.read()
        except urllib.error.HTTPError as error:
            held = {key.lower(): value for key, value in error.headers.items()}
            return error.code, held, error.read()

    def send(self, envelope: bytes, *, project: int = 42, key: str = KEY) -> int:
        """Post an envelope and return the status."""
        return self.post(f"/api/{project}/envelope/?sentry_key={key}", envelope)[0]

    def health(self) -> dict[str, Any]:
        """The relay's report."""
        report: dict[str, Any] = json.loads(self.post("/-/health", method="GET")[2])
        return report

    def wait(self, ask: Callable[[], T], *, seconds: float = 20.0) -> T:
        """Ask until the answer is true, and return it."""
        deadline = time.monotonic() + seconds
        while not (answer := ask()):
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"the relay ended: {self.log()[-3000:]}")
            if time.monotonic() > deadline:
                raise AssertionError(f"still {answer!r}; log: {self.log()[-3000:]}")
            time.sleep(0.02)
        return answer

    def log(self) -> str:
        """What it has written to its log."""
        return (self.folder.parent / f"{self.folder.name}.log").read_text()

    def _is_answering(self) -> bool:
        try:
            return self.post("/-/ready", method="GET")[0] == 200
        except OSError:
            return False
