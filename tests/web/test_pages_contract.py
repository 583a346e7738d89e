"""Every page of the drawer: 200 to Alice, nothing to Charlie, a sign-in to strangers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from django.test import Client
from django.urls import reverse

from tests.web import samples
from tests.web.alerting import alert_of, channel_of, route_of, rule_of, silence_of, tracker_of
from tests.web.audited import finding_of
from tests.web.dashboards import dashboard_of, secret_of
from tests.web.saved_queries import query_of
from tests.web.status_pages import status_values_of
from tests.web.watched import forgetting_of, monitor_of, window_of
from tests.web.world import (
    FEEDBACK,
    REPLAY,
    SPAN,
    TRACE,
    World,
    feedback_file_of,
    set_behind_pages,
    standing_world,
)
from vedette.accounts.invitations import invite
from vedette.accounts.models import ApiToken, Invitation, Membership, Organization, Role, SignInLink
from vedette.alerts import links
from vedette.alerts.people import sign
from vedette.artifacts.models import DebugFile
from vedette.artifacts.single_files import add_file
from vedette.issues import reading
from vedette.releases.models import Repository
from vedette.sources.models import CodeMapping
from vedette.web.routing import Open, Route, pages

Known: TypeAlias = Mapping[str, object]
ROUTES = [route for page in pages() for route in page.routes]
GUARDED = [route for route in ROUTES if route.action is not Open.TO_ALL]
MEMBERS = [route for route in ROUTES if not isinstance(route.action, Open)]
POST_ONLY = {
    "issues-status",
    "issues-assignee",
    "undo",
    "project-keys",
    "project-key",
    "member",
    "invitations",
    "withdrawal",
    "token",
    "theme",
    "rail",
    "sign-out",
    "release-status",
    "issue-assignee",
    "repository-new",
    "repository",
    "code-mapping",
    "source-map-removal",
    "debug-file-removal",
    "alerts-change",
    "alert-rule-state",
    "alert-silence",
    "tracker-hook",
    "push",
    "slack-interaction",
    "explore-save",
    "explore-saved",
    "dashboard-new",
    "dashboard-change",
    "dashboard-ready-copy",
    "monitors-change",
    "maintenance-end",
    "feedback-change",
}
FRAMED = {
    "replay-frame",
    "replay-stills-frame",
}  # shown within a page of the product, with a policy of its own
REDIRECTS = {"home", "jump", "alert-channel-new", "tracker-new", "dashboard"}
OF_THE_PRODUCT = (
    {"options"},
    {"ready"},
    {"ready", "widget_id"},
)  # parameters that name what everybody has
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture(scope="module")
def standing(database: Path) -> Iterator[tuple[World, Known]]:
    """A world, and a value of it for every parameter of a path."""
    with standing_world() as world:
        yield world, arguments_of(world)


@pytest.fixture
def world(standing: tuple[World, Known], rollback: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Made once for all tests, of which each begins from it again."""
    set_behind_pages(standing[0], monkeypatch)
    return standing[0]


@pytest.fixture
def known(standing: tuple[World, Known], world: World) -> Known:
    """What paths may name."""
    return standing[1]


def arguments_of(world: World) -> Known:
    """A value of Alice's world for every parameter of a route's path."""
    repository = Repository.objects.create(organization=world.organization, name="lantern/shop")
    mapping = CodeMapping.objects.create(project=world.shop, repository=repository)
    return {
        "repository_id": repository.pk,
        "mapping_id": mapping.pk,
        "issue_id": world.issues["checkout"].pk,
        "trace": TRACE,
        "replay_id": REPLAY,
        "segment_id": 0,
        "first": 0,
        "last": 0,
        "span": SPAN,
        "event_id": "latest",
        "attachment_id": attachment_id(world),
        "slug": world.shop.slug,
        "organization_slug": world.organization.slug,
        "options": "intake",
        "key_id": world.key.pk,
        "member_id": world.alice.memberships.get().pk,
        "token_id": ApiToken.objects.create(
            organization=world.organization, user=world.alice, token_hash=SignInLink.create()
        ).pk,
        "token": SignInLink.create(world.bob),
        "signed": sign(world.bob),
        "version": samples.CHECKOUT["release"],
        "invitation": invite(
            world.organization, "new@example.com", Role.MEMBER, by=world.alice, is_mailed=True
        ),
        "invitation_id": Invitation.objects.latest("pk").pk,
        "bundle_id": bundle_id(world),
        "file_id": debug_file_id(world),
        "rule_id": rule_of(world).pk,
        "monitor_id": monitor_of(world).pk,
        "window_id": window_of(world).pk,
        "forgetting_id": forgetting_of(world).pk,
        "alert_id": alert_of(world).pk,
        "channel_id": channel_of(world).pk,
        "route_id": route_of(world).pk,
        "silence_id": silence_of(world).pk,
        "tracker_id": tracker_of(world).pk,
        "query_id": query_of(world).pk,
        "dashboard_id": dashboard_of(world).pk,
        "widget_id": 1,
        "ready": "backend",
        "secret": secret_of(world),
        "finding_id": finding_of(world).pk,
        "feedback_id": FEEDBACK,
        "public_key": world.key.public_key,
        "feedback_file_id": feedback_file_of(world),
        "acting": links.sign("acknowledge", world.organization.pk, [alert_of(world).pk]),
        **status_values_of(world),
    }


def debug_file_id(world: World) -> int:
    """A debug file of the shop."""
    sizes = {"size_bytes": 1, "blob": "0" * 64}
    return DebugFile.objects.create(project=world.shop, checksum="0" * 40, name="a", **sizes).pk


def bundle_id(world: World) -> int:
    """A bundle of the shop, with one file."""
    return add_file(world.shop, "shop@1.0", name="~/a.js", content=b"", headers={}).bundle_id


def attachment_id(world: World) -> str:
    """The first file of the checkout's latest event."""
    held = reading.load_event(world.visible, world.issues["checkout"], "latest")
    assert held is not None
    return held.attachments[0].id


def text_of(answer: Any) -> str:
    """The body, also of an answer that comes in parts."""
    body: bytes = b"".join(answer) if answer.streaming else answer.content
    return body.decode("utf-8", "replace")


def address(route: Route, known: Known) -> str:
    """The route's address in Alice's world."""
    named = {name: known[name] for name in _PARAMETER.findall(route.path)}
    if route.name == "alert-act":
        named["token"] = known["acting"]
    return reverse(route.name, kwargs=named)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_alice_may_open_every_route(route: Route, known: Known, alice: Client) -> None:
    """A member sees the page; a route for changes only says so."""
    answer = alice.get(address(route, known))
    if route.name in POST_ONLY:
        assert answer.status_code == 405
    elif route.name in REDIRECTS or route.name in ("sign-in", "sign-in-code", "sign-in-back"):
        assert answer.status_code == 302
    elif route.name == "sign-in-provider":
        assert answer.status_code == 404
    elif route.name == "project-arrival":
        assert answer.status_code == 204
    else:
        assert answer.status_code == 200


@pytest.mark.parametrize("route", MEMBERS, ids=lambda route: route.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_charlie_without_an_organisation_sees_nothing(
    route: Route, method: str, known: Known, charlie: Client
) -> None:
    """An outsider is refused everywhere."""
    answer = getattr(charlie, method)(address(route, known))
    assert answer.status_code in (403, 404)


@pytest.mark.parametrize("route", MEMBERS, ids=lambda route: route.name)
def test_charlie_with_another_organisation_sees_nothing_of_this_one(
    route: Route, world: World, known: Known, charlie: Client
) -> None:
    """A member of another organisation gets 404 for what a path names, and empty lists."""
    other = Organization.objects.create(slug="other", name="Other")
    Membership.objects.create(organization=other, user=world.charlie, role=Role.OWNER)
    answer = charlie.get(address(route, known))
    named = _PARAMETER.findall(route.path)
    if named and set(named) not in OF_THE_PRODUCT:
        assert answer.status_code == 404
    body = text_of(answer)
    for secret in ("PaymentFailed", "SHOP-1", world.key.public_key, "Lantern"):
        assert secret not in body


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
def test_strangers_are_asked_to_sign_in(route: Route, known: Known, nobody: Client) -> None:
    """Nobody gets anything without signing in."""
    answer = nobody.get(address(route, known))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


def test_a_foreign_project_in_the_filter_is_not_found(world: World, charlie: Client) -> None:
    """The shared filter cannot be used to look into another organisation."""
    other = Organization.objects.create(slug="other", name="Other")
    Membership.objects.create(organization=other, user=world.charlie, role=Role.OWNER)
    for name in (world.shop.slug, str(world.shop.pk)):
        assert charlie.get("/issues/", {"project": name}).status_code == 404


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_answer_carries_the_security_headers(
    route: Route, known: Known, alice: Client
) -> None:
    """A strict policy without inline script or style, on every route."""
    answer = alice.get(address(route, known))
    policy = answer["Content-Security-Policy"]
    assert "default-src" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    if route.name in FRAMED:
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "connect-src" not in policy
    else:
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
    body = text_of(answer)
    assert not re.search(r"<script(?![^>]*\bsrc=)", body)
    assert not re.search(r"<[^>]+\sstyle=", body)
    assert not re.search(r"<[^>]+\son[a-z]+=\"", body)
