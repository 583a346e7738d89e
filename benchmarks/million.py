"""Pages and questions over a million events and 20,000 issues.

Usage: python -m benchmarks.million FOLDER [EVENTS [ISSUES]]
Fills FOLDER once (straight into store and metadata; a later run uses it again), starts the
product on it and prints percentiles of pages and API questions as a browser sees them.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

PORT = 18941
ROUNDS = 40
DAYS = 14
_BATCH = 5000


def main(folder: Path, events: int, issues: int) -> None:
    """Fill if needed, then measure."""
    os.environ["VEDETTE_DATA"] = str(folder)
    os.environ["VEDETTE_LISTEN"] = f"127.0.0.1:{PORT}"
    from vedette import django_setup
    from vedette.config import load

    config = load()
    django_setup.setup(config)
    if not (folder / "filled").exists():
        _fill(config, events, issues)
        (folder / "filled").write_text(f"{events} {issues}")
    _measure(folder)


def _fill(config: Any, events: int, issues: int) -> None:
    from vedette import django_setup

    django_setup.migrate()
    from benchmarks.events import payload
    from vedette import items
    from vedette.accounts.models import Membership, Organization, User
    from vedette.issues.models import Issue, IssueKey
    from vedette.items.event import ERRORS
    from vedette.pipeline.payload import PayloadCodec
    from vedette.projects.creation import create_project
    from vedette.store.duck import DuckStore
    from vedette.store.table import Rows

    rng = random.Random(7)
    organization = Organization.objects.create(name="Bench", slug="bench")
    alice = User.objects.create_user("alice@example.com", "a long password", name="Alice")
    Membership.objects.create(organization=organization, user=alice, role="owner")
    projects = [create_project(organization, f"Service {i}", "python") for i in range(10)]
    now = time.time()

    groups = [rng.getrandbits(62) for _ in range(issues)]
    owner = [projects[rng.randrange(10)].pk for _ in range(issues)]
    weights = [1 / (rank + 5) ** 0.8 for rank in range(issues)]
    made = [
        Issue(
            project_id=owner[i],
            short_id=i + 1,
            type=f"Bug{i % 700}Error",
            value=f"cannot handle case {i}",
            culprit=f"/path/{i % 900}/",
            level=rng.choice(["error", "error", "warning", "fatal"]),
            platform="python",
            first_seen=_moment(now - rng.random() * DAYS * 86400),
            last_seen=_moment(now - rng.random() ** 3 * DAYS * 86400 * 0.9),
            event_count=1,
        )
        for i in range(issues)
    ]
    Issue.objects.bulk_create(made, batch_size=500)
    IssueKey.objects.bulk_create(
        [
            IssueKey(project_id=owner[i], issue=made[i], group_id=groups[i], key="", version="b")
            for i in range(issues)
        ],
        batch_size=500,
    )
    codec = PayloadCodec()
    bodies = [codec.compress(_small(payload(i, i, now))) for i in range(50)]
    store = DuckStore(
        config.store_folder, items.tables(), memory_bytes=config.store_memory_bytes, threads=2
    )
    position = 0
    started = time.time()
    for start in range(0, events, _BATCH):
        rows = Rows(ERRORS)
        day = start * DAYS // events
        for _ in range(min(_BATCH, events - start)):
            group = rng.choices(range(issues), weights)[0] if rng.random() < 0.02 else int(
                issues * rng.random() ** 2.2
            )  # fmt: skip
            at = int((now - (DAYS - day - rng.random()) * 86400) * 1e6)
            position += 1
            user = rng.randrange(40_000)
            rows.add(
                {
                    "project_id": owner[group],
                    "group_id": groups[group],
                    "event_id": uuid.UUID(int=rng.getrandbits(128)).hex,
                    "timestamp": at,
                    "received": at,
                    "event_type": "error",
                    "level": made[group].level,
                    "platform": "python",
                    "type": made[group].type,
                    "value": made[group].value,
                    "culprit": made[group].culprit,
                    "transaction": made[group].culprit,
                    "release": f"shop@1.{day}.0",
                    "environment": "production" if user % 9 else "staging",
                    "server_name": f"web-{user % 8}",
                    "user_key": f"id:{user}",
                    "user_id": str(user),
                    "user_number": user * 7919,
                    "browser": f"Chrome {120 + user % 7}.0",
                    "browser_name": "Chrome",
                    "os": "Windows 10",
                    "os_name": "Windows",
                    "runtime": "CPython 3.12.4",
                    "runtime_name": "CPython",
                    "handled": False,
                    "mechanism": "django",
                    "trace_id": uuid.UUID(int=rng.getrandbits(128)).hex,
                    "stack": f"shop.module{group % 300} handle shop/module.py:{group % 900}",
                    "tags": [("region", f"eu-{user % 3}"), ("plan", f"plan-{user % 4}")],
                    "size_bytes": 11_000,
                    "body": bodies[group % 50],
                    "writer": "bench",
                    "position": position,
                }
            )
        store.append([rows], writer="bench", end=position)
        if start % 100_000 == 0:
            print(f"{start:>9} rows, {time.time() - started:.0f} s", flush=True)
    store.close()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _small(event: bytes) -> bytes:
    """The event with its deepest frames only: a million whole ones would fill the disk."""
    tree = json.loads(event)
    stack = tree["exception"]["values"][0]["stacktrace"]
    stack["frames"] = stack["frames"][-4:]
    tree["breadcrumbs"] = tree["modules"] = None
    return json.dumps(tree).encode()


def _measure(folder: Path) -> None:
    from django.conf import settings
    from django.contrib.auth import SESSION_KEY

    from benchmarks import measure
    from vedette.accounts.models import ApiToken, Organization, User

    measure.machine()
    user = User.objects.get(email="alice@example.com")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    token = ApiToken.create(Organization.objects.get())
    cookie = {"Cookie": f"vedette_session={session.session_key}"}
    bearer = {"Authorization": f"Bearer {token}"}
    base = f"http://127.0.0.1:{PORT}"
    server = subprocess.Popen([sys.executable, "-m", "vedette", "serve", "--quiet"])
    try:
        _await(base)
        from vedette.issues.models import Issue

        biggest = Issue.objects.order_by("id").first()
        middle = Issue.objects.order_by("id")[5000]
        api = "/api/0/organizations/bench/issues/?statsPeriod=14d&query="
        for name, path, headers in (
            ("issue list", "/issues/", cookie),
            ("issue list, second page", "", cookie),
            ("issue list, by events", "/issues/?sort=freq", cookie),
            ("issue list, by users", "/issues/?sort=user", cookie),
            ("issue list, release:…", "/issues/?query=is:unresolved+release:shop@1.9.0", cookie),
            ("issue list, free text", "/issues/?query=is:unresolved+module17", cookie),
            ("issue list, one tag", "/issues/?query=region:eu-1", cookie),
            ("issue list, environment", "/issues/?environment=staging", cookie),
            ("issue page, many events", f"/issues/{biggest.pk if biggest else 1}/", cookie),
            ("issue page, few events", f"/issues/{middle.pk}/", cookie),
            ("API issues", api + "is:unresolved", bearer),
        ):
            if not path:
                path = _next_page(base, cookie)
            _report(name, _timed(base + path, headers))
        for pid in measure.children(server.pid):
            measure.say(f"memory of process {pid}", measure.memory_mb(pid), "MB")
    finally:
        server.terminate()
        server.wait(60)


def _timed(url: str, headers: dict[str, str]) -> list[float]:
    spent: list[float] = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        request = urllib.request.Request(url, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
        spent.append((time.perf_counter() - started) * 1000)
    return spent[2:]


def _report(name: str, spent: list[float]) -> None:
    marks = statistics.quantiles(spent, n=20)
    print(f"{name:<30} p50 {statistics.median(spent):8.1f} ms   p95 {marks[18]:8.1f} ms")


def _next_page(base: str, cookie: dict[str, str]) -> str:
    request = urllib.request.Request(base + "/issues/", headers=cookie)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text: str = answer.read().decode()
    place = text.find("cursor=")
    start = text.rfind('"', 0, place) + 1
    return text[start : text.find('"', place)].replace("&amp;", "&")


def _await(base: str) -> None:
    ask: Callable[[], Any] = lambda: urllib.request.urlopen(base + "/-/health", timeout=5)  # noqa: E731
    for _ in range(200):
        try:
            ask().read()
            return
        except OSError:
            time.sleep(0.2)


if __name__ == "__main__":
    main(
        Path(sys.argv[1]).absolute(),
        int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000,
        int(sys.argv[3]) if len(sys.argv) > 3 else 20_000,
    )
