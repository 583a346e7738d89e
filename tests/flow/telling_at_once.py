"""What groups of alerts are told while another process speaks for them, in the database that the
environment names.

Run as a program by `test_telling_at_once.py`; prints the messages as JSON, by who is first, the
judge that says something or the loop that speaks, and by what is said.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from vedette import config, django_setup

django_setup.setup(config.load())
django_setup.migrate()

from django.db import connection, transaction  # noqa: E402

from vedette import clock  # noqa: E402
from vedette.accounts.models import Organization  # noqa: E402
from vedette.alerts import grouping, states  # noqa: E402
from vedette.alerts.models import OutboxMessage  # noqa: E402
from vedette.configuration import Author  # noqa: E402
from vedette.configuration._applying import carry_out, plan  # noqa: E402
from vedette.configuration._files import read_text  # noqa: E402
from vedette.monitors.models import Monitor  # noqa: E402
from vedette.projects.creation import create_project  # noqa: E402
from vedette.projects.models import Project  # noqa: E402
from vedette.uptime.facts import MonitorTold  # noqa: E402

TEXT = """
channels:
  - {id: hook, name: Hook, kind: webhook, url: "http://127.0.0.1:9/hook"}
rules:
  - {name: Down, project: shop, source: monitor, measure: {state: down}, levels: warning}
routes:
  - {id: all, channels: [hook], wait: 5s}
"""


def say(monitors: Sequence[Monitor], state: str) -> None:
    """What the judge does with a batch."""
    now = clock.timestamp()
    states.react(
        [
            MonitorTold(project_id=one.project_id, monitor_id=one.pk, state=state, since=now)
            for one in monitors
        ]
    )


def speak(seconds: float) -> None:
    """What the loop does so much later."""
    grouping.speak_due(clock.now() + timedelta(seconds=seconds))


def in_turn(first: Callable[[], None], second: Callable[[], None]) -> None:
    """Two transactions, of which the second comes when the first is done and has not ended."""
    is_done, may_end = threading.Event(), threading.Event()

    def begin() -> None:
        with transaction.atomic():
            first()
            is_done.set()
            may_end.wait(20)
        connection.close()

    def follow() -> None:
        with transaction.atomic():
            second()
        connection.close()

    threads = threading.Thread(target=begin), threading.Thread(target=follow)
    threads[0].start()
    is_done.wait(20)
    threads[1].start()
    threads[1].join(1)  # it ends, or it waits for the other
    may_end.set()
    for one in threads:
        one.join(30)


def told(project: Project) -> list[tuple[str, list[str]]]:
    """The kinds of the messages, each with whom it is about."""
    rows = OutboxMessage.objects.filter(group__key=f"project={project.slug}").order_by("pk")
    return [(one.kind, sorted(part["title"] for part in one.content["alerts"])) for one in rows]


organization = Organization.objects.create(slug="o", name="O")
found: dict[str, dict[str, list[tuple[str, list[str]]]]] = {"says": {}, "speaks": {}}
for who, told_first in found.items():
    for what, late, state in (("end", 0, "up"), ("beginning", 1, "down")):
        project = create_project(organization, f"{who} {what}")
        text = TEXT.replace("project: shop", f"project: {project.slug}")
        steps = plan(organization, read_text(text, "rules.yaml"), prune=False)
        carry_out(organization, steps, Author(is_file=True))
        monitors = [
            Monitor.objects.create(project=project, slug=name, name=name, kind="tcp")
            for name in ("api", "web")
        ]
        with transaction.atomic():
            say(monitors[:1], "down")
        both = partial(say, monitors[late : late + 1], state), partial(speak, 6)
        in_turn(*(both if who == "says" else reversed(both)))
        for later in (60, 120, 180):
            speak(later)
        told_first[what] = told(project)
print(json.dumps(found))
