"""Monitors of a running product: made beside it, and what can be read of them."""

from __future__ import annotations

import http.server
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from tests.flow.product import Product

_SETUP = """
import json, sys
from vedette import config, django_setup
django_setup.setup(config.load())
from vedette.monitors import saving
from vedette.monitors.drafts import read_draft
from vedette.monitors.models import Monitor
from vedette.projects.models import Project
asked = json.loads(sys.argv[1])
"""
_MAKE = (
    _SETUP
    + """
made = []
for entry in asked["entries"]:
    draft, problems = read_draft(entry)
    assert not problems, problems
    monitor = saving.create(Project.objects.get(pk=asked["project"]), draft)
    Monitor.objects.filter(pk=monitor.pk).update(**asked["columns"])
    made.append(monitor.pk)
saving.note_change()
print(json.dumps(made))
"""
)
_DO = (
    _SETUP
    + """
monitor = Monitor.objects.get(pk=asked["monitor"])
print(json.dumps(getattr(saving, asked["what"])(monitor)))
"""
)
_REMOVE = (
    _SETUP
    + """
from vedette.projects.removal import remove_project
remove_project(Project.objects.get(pk=asked["project"]))
print("null")
"""
)


class Target:
    """A web server on loopback that can be told to fail."""

    def __init__(self) -> None:
        self.status = 200
        self.asked = 0
        target = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                target.asked += 1
                self.send_response(target.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    @contextmanager
    def running(self) -> Iterator[Target]:
        """Answer until the end."""
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        yield self
        self._server.shutdown()
        self._server.server_close()
        thread.join()


def make(
    product: Product, project: dict[str, str], *entries: dict[str, Any], **columns: Any
) -> list[int]:
    """New monitors, as a person writes them; `columns` are set beyond a person's bounds."""
    return list(_run(product, _MAKE, project=project["id"], entries=entries, columns=columns))


def do(product: Product, what: str, monitor: int) -> None:
    """Pause or resume one."""
    _run(product, _DO, what=what, monitor=monitor)


def remove_project(product: Product, project: dict[str, str]) -> None:
    """As its page does."""
    _run(product, _REMOVE, project=project["id"])


def rows(product: Product, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the metadata say."""
    with closing(sqlite3.connect(product.folder / "vedette.sqlite3", timeout=20)) as database:
        return database.execute(sql, values).fetchall()


def state(product: Product, monitor: int) -> str:
    """What is shown."""
    sql = "SELECT state FROM monitors_monitorstanding WHERE monitor_id = ?"
    return str(rows(product, sql, monitor)[0][0])


def events(product: Product, monitor: int) -> list[str]:
    """What has happened, in order."""
    sql = "SELECT kind FROM monitors_monitorevent WHERE monitor_id = ? ORDER BY id"
    return [kind for (kind,) in rows(product, sql, monitor)]


def _run(product: Product, code: str, **asked: Any) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(asked)],
        env=product.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
