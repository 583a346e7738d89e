"""The people of the tests, their projects and issues. Charlie must see nothing of it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from django.core import mail
from django.db import transaction

from tests.web import samples
from tests.web.stage import Stage, stage_for
from vedette import clock
from vedette.accounts import attempts
from vedette.accounts.models import Membership, Organization, Role, User
from vedette.feedback.reading import find
from vedette.issues.models import Issue
from vedette.issues.stored import attachments_of
from vedette.issues.telemetry import micros
from vedette.projects.creation import create_project
from vedette.projects.models import Project, ProjectKey
from vedette.store.visible import VisibleProjects
from vedette.web import background
from vedette.wire.envelope import build_envelope

PASSWORD = "a long enough password"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf50000003010101c9fe92ef0000000049454e44ae426082"
)
FILES = (
    {"filename": "screenshot.png", "content_type": "image/png", "body": PNG},
    {
        "filename": '../../evil\r\n".svg',
        "content_type": "image/svg+xml",
        "body": b"<svg onload=alert(1)>",
    },
)
EVENTS_PER_ISSUE = 3
FEEDBACK = "fe" * 16  # what somebody wrote in the widget, with a screenshot
TRACE, SPAN = "7e" * 16, "7e" * 8  # of the transaction that everybody has
REPLAY = "4e" * 16  # of the replay that everybody has


@dataclass(frozen=True)
class World:
    """What the tests start from."""

    alice: User
    bob: User
    charlie: User
    organization: Organization
    shop: Project
    web: Project
    key: ProjectKey
    issues: dict[str, Issue]
    stage: Stage

    @property
    def visible(self) -> VisibleProjects:
        """What Alice and Bob may see."""
        return VisibleProjects.granted([self.shop.pk, self.web.pk])


def build_world() -> World:
    """Alice owns, Bob is a teammate, Charlie belongs to no organisation."""
    alice = User.objects.create_user("alice@example.com", PASSWORD, name="Alice")
    bob = User.objects.create_user("bob@example.com", PASSWORD, name="Bob")
    charlie = User.objects.create_user("charlie@example.com", PASSWORD, name="Charlie")
    organization = Organization.objects.create(slug="lantern", name="Lantern")
    Membership.objects.create(organization=organization, user=alice, role=Role.OWNER)
    Membership.objects.create(organization=organization, user=bob)
    shop = create_project(organization, "Shop", "python")
    web = create_project(organization, "Web", "javascript")
    stage, is_new = stage_for(shop, web)
    if is_new:
        _fill(stage, shop, web)
        stage.keep()
    else:
        stage.set_up()
    numbers = {"checkout": 1, "message": 2, "group": 3, "crash": 4, "hostile": 5}
    issues = {
        name: Issue.objects.select_related("project").get(project=shop, short_id=number)
        for name, number in numbers.items()
    }
    issues["browser"] = Issue.objects.select_related("project").get(project=web)
    return World(alice, bob, charlie, organization, shop, web, shop.keys.get(), issues, stage)


@contextmanager
def standing_world() -> Iterator[World]:
    """A world for all tests of a file, each of which ends with a `rollback`; then it is gone."""
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        made = build_world()
        made.stage.install(patch)
        yield made
        transaction.set_rollback(True)


def set_behind_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the world what pages read, with nothing left of the test before."""
    # the test's transaction is seen by this thread alone
    monkeypatch.setattr(background, "begin", lambda work: work())
    attempts.forget_all()
    mail.outbox.clear()  # type: ignore[attr-defined]
    world.stage.install(monkeypatch)


def _fill(stage: Stage, shop: Project, web: Project) -> None:
    for number, (name, payload) in enumerate(samples.ALL.items(), start=1):
        project = web if name == "browser" else shop
        send_events(stage, project, payload, minutes=17 * number, files=name == "checkout")
    stage.report(
        shop,
        samples.CHECKOUT["event_id"],
        name="Bob",
        email="bob@example.com",
        comments="I pressed Pay\nand nothing happened",
    )
    _send_feedback(stage, shop)
    _send_trace(stage, shop)
    _send_replay(stage, shop)
    stage.work()
    stage.count(shop, "accepted", 1200)
    stage.count(shop, "kept", 300, category="transaction")
    stage.count(shop, "rate_limited", 40, reason="key limit")
    stage.count(web, "client_discard", 7, reason="=cmd|sample_rate")


def _send_feedback(stage: Stage, project: Project) -> None:
    """What somebody wrote about the checkout's oldest event, with a picture."""
    said = {
        "message": "The lamp has the wrong price",
        "name": "Carol",
        "contact_email": "carol@example.com",
        "url": "https://shop.example/lamps?token=secret",
        "source": "widget",
        "associated_event_id": f"{samples.CHECKOUT['event_id'][:-1]}3",
    }
    event = {"type": "feedback", "release": "shop@1.4", "contexts": {"feedback": said}}
    stage.flow.spool(
        build_envelope(
            {"event_id": FEEDBACK},
            [
                ({"type": "feedback"}, json.dumps(event).encode()),
                (
                    {
                        "type": "attachment",
                        "filename": "screenshot.png",
                        "content_type": "image/png",
                    },
                    PNG,
                ),
            ],
        ),
        project=project.pk,
    )


def feedback_file_of(world: World) -> str:
    """The picture that came with the feedback."""
    (said,) = find(world.visible, [FEEDBACK])
    return attachments_of(world.visible, FEEDBACK, micros(said.at))[0].id


def _send_replay(stage: Stage, project: Project) -> None:
    """A replay of one segment, with a video and a click in vain."""
    now = clock.timestamp() - 600
    event = {"replay_id": REPLAY, "segment_id": 0, "timestamp": now, "urls": ["https://x.example/"]}
    page = {"type": 4, "timestamp": now * 1000, "data": {"href": "https://x.example/"}}
    in_vain = {
        "category": "ui.slowClickDetected",
        "timestamp": now,
        "message": "body > a#lamp",
        "data": {"endReason": "timeout", "clickCount": 1, "url": "https://x.example/"},
    }
    click = {"type": 5, "timestamp": now * 1000, "data": {"tag": "breadcrumb", "payload": in_vain}}
    packed = {
        "replay_event": json.dumps(event).encode(),
        "replay_recording": b'{"segment_id":0}\n' + json.dumps([page, click]).encode(),
        "replay_video": b"mp4",
    }
    item = ({"type": "replay_video"}, msgspec.msgpack.encode(packed))
    stage.flow.spool(build_envelope({"event_id": REPLAY}, [item]), project=project.pk)


def _send_trace(stage: Stage, project: Project) -> None:
    """A transaction with one span, which stays what it is in every test."""
    now = clock.timestamp() - 600
    event = {
        "transaction": "/till",
        "start_timestamp": now - 1,
        "timestamp": now,
        "contexts": {"trace": {"trace_id": TRACE, "span_id": SPAN, "op": "http.server"}},
        "spans": [
            {
                "span_id": SPAN[::-1],
                "parent_span_id": SPAN,
                "op": "db",
                "description": "SELECT 7",
                "start_timestamp": now - 0.5,
                "timestamp": now - 0.25,
            }
        ],
    }
    item = ({"type": "transaction"}, json.dumps(event).encode())
    stage.flow.spool(build_envelope({"event_id": TRACE}, [item]), project=project.pk)


def send_events(
    stage: Stage,
    project: Project,
    payload: dict[str, Any],
    *,
    minutes: float = 1,
    events: int = EVENTS_PER_ISSUE,
    files: bool = False,
) -> None:
    """Some events of one kind, the newest so many minutes old, the others an hour apart."""
    newest = clock.timestamp() - minutes * 60
    for index in range(events, 0, -1):
        event = copy.deepcopy(payload)
        event["timestamp"] = newest - (index - 1) * 3600
        event["event_id"] = f"{payload['event_id'][:-1]}{index:x}"
        stage.send(project, event, *(FILES if files and index == 1 else ()))


def add_issue(world: World, project: Project, name: str) -> Issue:
    """One more issue, by its own fingerprint, with one event of now."""
    payload = {
        **samples.MESSAGE,
        "event_id": f"{abs(hash((project.pk, name))):032x}"[-31:] + "1",
        "fingerprint": [name],
    }
    send_events(world.stage, project, payload, events=1)
    world.stage.work()
    return Issue.objects.select_related("project").filter(project=project).latest("pk")
