"""Other products: what a Sentry exports as a file, and their APIs on loopback, in their shapes."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

KEY, SECOND_KEY = "c1373be35a7944808c8bcfede8097df1", "a2373be35a7944808c8bcfede8097df2"
PROJECT = 4507
_TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
TOKEN = "a-token"  # noqa: S105 - of a server that is made up here


def ago(days: int, *, seconds: float = 0.0) -> str:
    """A time of some days ago, always the same within a run."""
    moment = _TODAY - timedelta(days=days) + timedelta(seconds=seconds)
    return moment.isoformat().replace("+00:00", "Z")


def sentry_file() -> list[dict[str, Any]]:
    """An organisation with a project, two keys and three people, as `sentry export` writes it."""
    return [
        _row("sentry.option", 1, key="sentry:install-id", value='"1bc8"'),
        _row("sentry.organization", 7, name="Acme", slug="acme", status=0, flags="0"),
        *(
            _row(
                "sentry.user",
                pk,
                username=email,
                email=email,
                name=name,
                password="pbkdf2_sha256$1$a$b=",  # noqa: S106 - no password of anybody
                is_active=is_active,
            )
            for pk, email, name, is_active in (
                (1, "olga@example.com", "Olga", True),
                (2, "mark@example.com", "", True),
                (3, "gone@example.com", "", False),
            )
        ),
        _row("sentry.team", 5, organization=7, slug="shop", name="Shop", status=0),
        _row("sentry.organizationmember", 1, organization=7, user_id=1, email=None, role="owner"),
        _row("sentry.organizationmember", 2, organization=7, user_id=2, email=None, role="member"),
        _row("sentry.organizationmember", 3, organization=7, user_id=3, email=None, role="manager"),
        _row(
            "sentry.project",
            PROJECT,
            organization=7,
            slug="shop",
            name="The shop",
            platform="python",
            status=0,
        ),
        _row(
            "sentry.project",
            PROJECT + 1,
            organization=7,
            slug="bank",
            name="Bank",
            platform=None,
            status=0,
        ),
        _row("sentry.projectkey", 1, project=PROJECT, label="Default", public_key=KEY, status=0),
        _row("sentry.projectkey", 2, project=PROJECT, label="Old", public_key=SECOND_KEY, status=1),
        _row("sentry.projectteam", 1, project=PROJECT, team=5),
        _row("sentry.organizationmemberteam", 1, team=5, organizationmember=2, is_active=True),
        _row("sentry.rule", 1, project=PROJECT, label="New issues", data="{}", status=0),
    ]


def _row(model: str, pk: int, **fields: Any) -> dict[str, Any]:
    return {"model": model, "pk": pk, "fields": fields}


def write_export(folder: Path, events: int) -> None:
    """An export as `vedette export` writes it, with one issue of many events."""
    folder.mkdir()
    group = {"group_id": 5, "key": "ab" * 16, "version": "1"}
    moment = _recently(0)
    issue = {
        "id": 1,
        "project_id": 77,
        "short_id": 9,
        "type": "KeyError",
        "value": "x",
        "status": "unresolved",
        "substatus": "ongoing",
        "is_unhandled": False,
        "event_count": events,
        "first_seen": moment,
        "last_seen": moment,
        "created_at": moment,
        "groups": [group],
    }
    key = {
        "project_id": 77,
        "public_key": "cd" * 16,
        "label": "Default",
        "is_active": True,
        "works_until": 0,
        "former_project_id": 0,
    }
    parts: dict[str, list[dict[str, Any]]] = {
        "projects": [{"id": 77, "slug": "many", "name": "Many", "platform": "python"}],
        "keys": [key],
        "issues": [issue],
        "errors": [
            {
                "project_id": 77,
                "group_id": 5,
                "event_id": f"{number + 1:032x}",
                "timestamp": _recently(number),
                "received": _recently(number),
                "payload": {"message": f"number {number}", "platform": "python"},
            }
            for number in range(events)
        ],
    }
    for name, records in parts.items():
        text = "".join(json.dumps(one) + "\n" for one in records)
        (folder / f"{name}.jsonl").write_text(text)
    about = {"format": "vedette-export", "version": 1, "files": "jsonl", "organization": "moved"}
    (folder / "export.json").write_text(json.dumps(about))


def _recently(number: int) -> str:
    seconds = time.time() - 86400 + number
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{number % 1000:03}000Z"


def event_id(number: int) -> str:
    return f"{number:032x}"


def shown_event(number: int) -> dict[str, Any]:
    """An event as Sentry's API shows it with `full=true`."""
    frame = {
        "filename": "shop/till.py",
        "absPath": "/srv/shop/till.py",
        "module": "shop.till",
        "function": "pay",
        "lineNo": 7,
        "colNo": None,
        "inApp": True,
        "context": [[6, "def pay(total):"], [7, "    return total / 0"], [8, ""]],
        "vars": {"total": "12"},
    }
    return {
        "id": event_id(number),
        "eventID": event_id(number),
        "groupID": "91",
        "projectID": str(PROJECT),
        "dateCreated": ago(number),
        "dateReceived": ago(number, seconds=1.5),
        "platform": "python",
        "type": "error",
        "message": "",
        "title": "ZeroDivisionError: division by zero",
        "tags": [
            {"key": "level", "value": "error"},
            {"key": "environment", "value": "staging"},
            {"key": "shop", "value": "berlin"},
        ],
        "user": {"id": f"u{number}", "email": None, "ip_address": "10.1.2.3"},
        "contexts": {"runtime": {"name": "CPython", "version": "3.11.2", "type": "runtime"}},
        "context": {"cart": 3},
        "packages": {"flask": "3.0"},
        "sdk": {"name": "sentry.python", "version": "2.0.0"},
        "release": {"version": "shop@1.0", "dateCreated": "2026-11-01T00:00:00Z"},
        "entries": [
            {
                "type": "exception",
                "data": {
                    "values": [
                        {
                            "type": "ZeroDivisionError",
                            "value": "division by zero",
                            "mechanism": {"type": "generic", "handled": False},
                            "threadId": None,
                            "stacktrace": {"frames": [frame], "framesOmitted": None},
                        }
                    ],
                    "hasSystemFrames": False,
                },
            },
            {
                "type": "request",
                "data": {
                    "method": "POST",
                    "url": "https://shop.example/pay",
                    "query": [["a", "1"]],
                    "headers": [["Host", "shop.example"]],
                },
            },
        ],
    }


def _issue() -> dict[str, Any]:
    return {
        "id": "91",
        "shortId": "SHOP-2R",
        "title": "ZeroDivisionError: division by zero",
        "culprit": "shop.till in pay",
        "level": "error",
        "status": "ignored",
        "substatus": "archived_until_escalating",
        "platform": "python",
        "project": {"id": str(PROJECT), "slug": "shop"},
        "type": "error",
        "metadata": {"type": "ZeroDivisionError", "value": "division by zero", "function": "pay"},
        "count": "1234",
        "userCount": 17,
        "firstSeen": ago(20),
        "lastSeen": ago(1),
        "assignedTo": {"type": "user", "id": "1", "email": "olga@example.com", "name": "Olga"},
        "isUnhandled": True,
        "priority": "high",
    }


class _Handler(BaseHTTPRequestHandler):
    """Answers as Sentry, GlitchTip and Bugsink do; the first events page is limited once."""

    asked: ClassVar[Counter[str]] = Counter()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.asked[parts.path] += 1
        if self.headers.get("authorization") != f"Bearer {TOKEN}":
            return self._answer(401, {"detail": "Invalid token"})
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.path.endswith("/issues/91/events/"):
            return self._events(parts.path, query)
        found = _ANSWERS.get(parts.path)
        return self._answer(200, found) if found is not None else self._answer(404, {})

    def _events(self, path: str, query: dict[str, str]) -> None:
        if self.asked[path] == 1:
            return self._answer(429, {"detail": "slow down"}, {"Retry-After": "0"})
        page = int(query.get("cursor", "0:0:0").split(":")[1])
        held = [shown_event(number) for number in (2 * page + 1, 2 * page + 2)]
        link = ", ".join(
            f'<http://elsewhere.invalid{path}?cursor=0:{at}:0>; rel="{rel}"; '
            f'results="{"true" if has else "false"}"; cursor="0:{at}:0"'
            for rel, at, has in (("previous", page - 1, page > 0), ("next", page + 1, page < 1))
        )
        return self._answer(200, held, {"Link": link})

    def _answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


_HERE = "/api/0/organizations/acme"
_BUGSINK = "/api/canonical/0"
_SINK_EVENT = {
    "id": "e-1",
    "event_id": "00000000-0000-0000-0000-000000000001",
    "issue": "i-1",
    "project": 3,
    "timestamp": ago(4),
    "ingested_at": ago(4, seconds=2),
    "digest_order": 1,
}
_ANSWERS: dict[str, Any] = {
    f"{_HERE}/": {"id": "7", "slug": "acme", "name": "Acme"},
    f"{_HERE}/projects/": [
        {"id": str(PROJECT), "slug": "shop", "name": "The shop", "platform": "python"}
    ],
    "/api/0/projects/acme/shop/keys/": [
        {
            "id": KEY,
            "label": "Default",
            "public": KEY,
            "projectId": PROJECT,
            "isActive": True,
            "dsn": {"public": f"https://{KEY}@sentry.example/{PROJECT}"},
        }
    ],
    f"{_HERE}/members/": [
        {
            "id": "1",
            "email": "olga@example.com",
            "orgRole": "owner",
            "user": {"email": "olga@example.com", "name": "Olga"},
        }
    ],
    f"{_HERE}/issues/": [_issue()],
    f"{_BUGSINK}/projects/": {
        "next": None,
        "previous": None,
        "results": [
            {"id": 3, "slug": "sink", "name": "Sink", "dsn": f"http://{KEY}@bugs.example/3"}
        ],
    },
    f"{_BUGSINK}/issues/": {
        "next": None,
        "previous": None,
        "results": [
            {
                "id": "i-1",
                "project": 3,
                "first_seen": ago(7),
                "last_seen": ago(4),
                "digested_event_count": 8,
                "stored_event_count": 1,
                "calculated_type": "KeyError",
                "calculated_value": "'price'",
                "transaction": "/pay",
                "is_resolved": True,
                "is_muted": False,
            }
        ],
    },
    f"{_BUGSINK}/events/": {"next": None, "previous": None, "results": [_SINK_EVENT]},
    f"{_BUGSINK}/events/e-1/": {
        **_SINK_EVENT,
        "data": {
            "event_id": event_id(1),
            "platform": "python",
            "exception": {"values": [{"type": "KeyError", "value": "'price'"}]},
        },
    },
}


@contextmanager
def serving() -> Iterator[tuple[str, Counter[str]]]:
    """The address of a server that answers as all of them, and what it was asked."""
    _Handler.asked = Counter()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", _Handler.asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
