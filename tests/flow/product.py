"""The whole product in its own processes and folder, as a person starts it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
_START_SECONDS = 40.0
_MAKE_PROJECTS = """
import contextlib, io, json
from vedette import config
from vedette.commands.project_create import argparse, run
made = []
for number in range(10):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        run(config.load(), argparse.Namespace(
            name=f"spare {number}", organization=None, platform="", json=True))
    made.append(json.loads(output.getvalue()))
print(json.dumps(made))
"""


class Product:
    """`vedette serve` on a free port. Use as a context manager.

    Where `migrated` names a database with all tables, a new folder begins with a copy of it,
    which saves seconds; a folder that is there is left as it is.
    """

    migrated: Path | None = None

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("VEDETTE_")},
            **{f"VEDETTE_{name.upper()}": value for name, value in settings.items()},
            "VEDETTE_LISTEN": f"127.0.0.1:{self.port}",
        }
        self._environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.process: subprocess.Popen[bytes] | None = None
        self._token = ""
        self._spare: list[dict[str, str]] = []

    def __enter__(self) -> Product:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until it is well."""
        self.start_without_waiting()
        self.wait(self._is_ready, seconds=_START_SECONDS)

    def start_without_waiting(self) -> None:
        """Start it; it may take seconds until it answers."""
        is_new = "VEDETTE_DATABASE_URL" not in self._environment and not self.folder.exists()
        if self.migrated is not None and is_new:
            self.folder.mkdir(parents=True)
            shutil.copy(self.migrated, self.folder)
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "vedette", "serve", "--data", str(self.folder)],
                env=self._environment,
                stdout=output,
                stderr=output,
            )

    def stop(self) -> int:
        """Ask it to end and return its exit status."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def command(self, *arguments: str) -> str:
        """Run `vedette …` beside the running server and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "vedette", *arguments, "--data", str(self.folder)],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def project(self, name: str) -> dict[str, str]:
        """A new project: organization, project, id, public_key, dsn."""
        made: dict[str, str] = json.loads(self.command("project", "create", name, "--json"))
        return made

    def spare_project(self) -> dict[str, str]:
        """A new project from a supply: ten are made at once, a start of Python for all."""
        if not self._spare:
            done = subprocess.run(
                [sys.executable, "-c", _MAKE_PROJECTS],
                env={**self._environment, "VEDETTE_DATA": str(self.folder)},
                capture_output=True,
                text=True,
                check=True,
            )
            self._spare = json.loads(done.stdout)
        return self._spare.pop()

    def token(self) -> str:
        """An API token, made once."""
        if not self._token:
            self._token = json.loads(self.command("token", "create", "--json"))["token"]
        return self._token

    def api(self, path: str) -> Any:
        """The JSON of an API path below /api/0/."""
        request = urllib.request.Request(
            f"{self.base}/api/0/{path}", headers={"Authorization": f"Bearer {self.token()}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def admin_token(self) -> str:
        """A token that may change projects."""
        names = ("project:write", "project:releases", "alerts:write")
        scopes = [word for name in names for word in ("--scope", name)]
        made: str = json.loads(self.command("token", "create", "--json", *scopes))["token"]
        return made

    def change(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """Send JSON to an API path below /api/0/, as one who may change what is there."""
        request = urllib.request.Request(
            f"{self.base}/api/0/{path}",
            data=json.dumps(body).encode(),
            method=method,
            headers={
                "Authorization": f"Bearer {self.admin_token()}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def issues(self, project: dict[str, str], query: str = "") -> list[dict[str, Any]]:
        """The project's issues that match a query, newest first."""
        from urllib.parse import quote

        path = f"organizations/{project['organization']}/issues/?project={project['id']}"
        found: list[dict[str, Any]] = self.api(f"{path}&limit=100&query={quote(query)}")
        return found

    def latest(self, project: dict[str, str], issue: dict[str, Any]) -> dict[str, Any]:
        """The newest event of an issue, whole."""
        organization = project["organization"]
        event: dict[str, Any] = self.api(
            f"organizations/{organization}/issues/{issue['id']}/events/latest/"
        )
        return event

    def outcomes(self, project: dict[str, str]) -> dict[tuple[str, str, str], int]:
        """Counts by (category, outcome, reason)."""
        groups = "groupBy=category&groupBy=outcome&groupBy=reason"
        path = f"organizations/{project['organization']}/stats_v2/"
        answer = self.api(f"{path}?project={project['id']}&statsPeriod=90d&interval=1d&{groups}")
        return {
            (group["by"]["category"], group["by"]["outcome"], group["by"]["reason"]): group[
                "totals"
            ]["sum(quantity)"]
            for group in answer["groups"]
        }

    def post(
        self, path: str, body: bytes, headers: dict[str, str] | None = None, method: str = "POST"
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request and return status, headers in lower case, and body."""
        request = urllib.request.Request(
            self.base + path, data=body, headers=headers or {}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                held = {key.lower(): value for key, value in answer.headers.items()}
                return answer.status, held, answer.read()
        except urllib.error.HTTPError as error:
            held = {key.lower(): value for key, value in error.headers.items()}
            return error.code, held, error.read()

    def send(self, project: dict[str, str], envelope: bytes) -> tuple[int, Any]:
        """Post an envelope and return status and parsed body."""
        path = f"/api/{project['id']}/envelope/?sentry_key={project['public_key']}"
        status, _, body = self.post(path, envelope)
        return status, json.loads(body)

    def wait(self, ask: Callable[[], T], *, seconds: float = 15.0) -> T:
        """Ask until the answer is true, and return it; fails with the last answer otherwise."""
        deadline = time.monotonic() + seconds
        while True:
            answer = ask()
            if answer:
                return answer
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"the server ended: {self.log()[-3000:]}")
            if time.monotonic() > deadline:
                raise AssertionError(f"still {answer!r}; log: {self.log()[-3000:]}")
            time.sleep(0.05)

    def wait_for_issue(self, project: dict[str, str], query: str = "") -> dict[str, Any]:
        """The newest issue that matches, as soon as there is one."""
        return self.wait(lambda: self.issues(project, query))[0]

    def child(self, role: str) -> int:
        """The process id of a role's first process."""
        found = self.children(role)
        assert found, f"no process plays {role}"
        return found[0]

    @property
    def environment(self) -> dict[str, str]:
        """That of its processes, with its folder."""
        return {**self._environment, "VEDETTE_DATA": str(self.folder)}

    def children(self, role: str) -> list[int]:
        """The process ids of a role; none while it is being restarted."""
        assert self.process is not None
        found: list[int] = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().replace(b"\0", b" ").split()
                status = (path.parent / "status").read_text()
            except OSError:
                continue  # it has ended meanwhile
            is_role = words[1:5] == [b"-m", b"vedette", b"run", role.encode()]
            if is_role and f"PPid:\t{self.process.pid}\n" in status:
                found.append(int(path.parent.name))
        return sorted(found)

    def log(self) -> str:
        """What the product has written to its log."""
        return (self.folder.parent / f"{self.folder.name}.log").read_text()

    def is_answering(self) -> bool:
        """Whether it answers at all, well or not."""
        try:
            return self.post("/-/health", b"", method="GET")[0] in (200, 503)
        except OSError:
            return False

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(self.base + "/-/health", timeout=5) as answer:
                return bool(json.loads(answer.read())["status"] == "ok")
        except OSError:
            return False
