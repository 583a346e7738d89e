"""The people of the tests, their projects and issues. Charlie must see nothing of it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.web import samples
from tests.web.fake_reading import FakeStore, outcome
from vedette import clock
from vedette.accounts.models import Membership, Organization, Role, User
from vedette.issues.models import Issue
from vedette.issues.reading import Attachment, UserReport
from vedette.projects.creation import create_project
from vedette.projects.models import Project, ProjectKey

PASSWORD = "a long enough password"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf50000003010101c9fe92ef0000000049454e44ae426082"
)


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
    store: FakeStore


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
    Project.objects.filter(pk__in=(shop.pk, web.pk)).update(first_event_at=clock.now())
    store = FakeStore()
    issues = {
        name: add_issue(store, web if name == "browser" else shop, payload)
        for name, payload in samples.ALL.items()
    }
    store.files = {
        "1": (_file("1", "screenshot.png", "image/png", len(PNG)), PNG),
        "2": (_file("2", '../../evil\r\n".svg', "image/svg+xml", 64), b"<svg onload=alert(1)>"),
    }
    store.reports = [
        UserReport(
            name="Bob",
            email="bob@example.com",
            comments="I pressed Pay\nand nothing happened",
            timestamp=clock.now(),
        )
    ]
    store.outcome_rows = [
        outcome(shop, "accepted", 1200),
        outcome(shop, "kept", 300, kind="transaction"),
        outcome(shop, "rate_limited", 40, reason="key limit"),
        outcome(web, "client_discard", 7, reason="=cmd|sample_rate"),
    ]
    key = shop.keys.get()
    return World(alice, bob, charlie, organization, shop, web, key, issues, store)


def add_issue(
    store: FakeStore, project: Project, payload: dict[str, Any], *, events: int = 3, **fields: Any
) -> Issue:
    """An issue of a payload with a few events."""
    number = project.issues.count() + 1
    now = clock.now()
    values = (payload.get("exception") or {}).get("values") or [{}]
    last: dict[str, Any] = next(
        (value for value in reversed(values) if value and value.get("type")), {}
    )
    words: dict[str, Any] = {
        "type": last.get("type") or "",
        "value": str(last.get("value") or (payload.get("logentry") or {}).get("formatted") or ""),
        "culprit": payload.get("transaction") or "",
        "level": payload.get("level") or "error",
        "platform": str(payload.get("platform") or "")[:64],
        "is_unhandled": (last.get("mechanism") or {}).get("handled") is False,
        "event_count": number * 137,
        "first_seen": now - timedelta(days=number, hours=3),
        "last_seen": now - timedelta(minutes=number * 17),
        "first_release": payload.get("release") or "",
        "last_release": payload.get("release") or "",
        **fields,
    }
    issue = Issue.objects.create(project=project, short_id=number, **words)
    held = [copy.deepcopy(payload) for _ in range(events)]
    for index, event in enumerate(held[1:], start=2):
        event["event_id"] = event["event_id"][:-1] + str(index)
    store.events[issue.pk] = held
    return issue


def _file(number: str, name: str, content_type: str, size_bytes: int) -> Attachment:
    return Attachment(
        id=number,
        name=name,
        content_type=content_type,
        attachment_type="event.attachment",
        size_bytes=size_bytes,
        is_image=content_type.startswith("image/"),
    )
