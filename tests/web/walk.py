"""The walk through every page and API route as found, for whoever it may be.

Alice's project is called by a word that occurs nowhere else, so that a trace of it in an answer
is a leak. Addresses name it by number, so that an echo of the address is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import URLPattern
from django.urls.resolvers import RoutePattern

from tests.web import samples
from tests.web.alerting import (
    alert_of,
    channel_of,
    link_of,
    route_of,
    rule_of,
    silence_of,
    tracker_of,
)
from tests.web.audited import finding_of
from tests.web.dashboards import dashboard_of, secret_of
from tests.web.saved_queries import query_of
from tests.web.status_pages import status_values_of
from tests.web.test_pages_contract import attachment_id
from tests.web.watched import WORD, forgetting_of, monitor_of, window_of
from tests.web.world import FEEDBACK, REPLAY, SPAN, TRACE, World, feedback_file_of
from vedette.access.models import ProjectMember
from vedette.accounts.invitations import invite
from vedette.accounts.models import ApiToken, Invitation, Membership, Organization, SignInLink
from vedette.accounts.roles import Role
from vedette.alerts.models import Alert, AlertRoute, AlertRule, Channel, Silence
from vedette.alerts.people import sign
from vedette.artifacts.models import ArtifactFile, Bundle, DebugFile
from vedette.artifacts.single_files import add_file
from vedette.audits.models import AuditFinding, AuditRun
from vedette.dashboards.models import Dashboard, DashboardLink
from vedette.issues.models import Assignment
from vedette.projects.creation import create_project
from vedette.projects.models import Project, ProjectKey
from vedette.queries.models import SavedQuery
from vedette.releases.changes import Wish, report_release
from vedette.releases.commits import SentCommit, set_commits
from vedette.releases.models import Release, ReleaseProject, Repository
from vedette.sources.models import CodeMapping, Ownership
from vedette.statuspages.models import Incident, StatusComponent, StatusPage, Subscriber
from vedette.storage.models import Forgetting, Removal
from vedette.trackers.models import Tracker, TrackerLink
from vedette.web.api.urls import urlpatterns
from vedette.web.routing import Route, pages

PAGE_ROUTES = [route for page in pages() for route in page.routes]
API_PATTERNS = [pattern for pattern in urlpatterns if isinstance(pattern.pattern, RoutePattern)]

RELEASE = "opaque@1.0.0"  # without the word: an echoed address is no leak
# Named by a number, and open to every member of the organisation, but not to Charlie.
OF_THE_ORGANIZATION = {"alert-channel", "alert-channel-deliveries", "alert-route", "tracker"}
_KINDS = (Alert, AlertRule, AlertRoute, Channel, Silence, Tracker, TrackerLink)
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Scene:
    """The world with a limited Bob and a Charlie who owns another organisation."""

    world: World
    other: Organization
    known: Mapping[str, object]  # of every parameter of a path

    @property
    def secrets(self) -> list[str]:
        """What only Alice may find in an answer."""
        shop = self.world.shop
        keys = [key.public_key for key in shop.keys.all()]
        words = [WORD, *keys, "PaymentFailed", samples.CHECKOUT["event_id"][:-1]]
        return [word.lower() for word in words]

    def state(self) -> list[Any]:
        """All of Alice's that somebody could have changed."""
        rows: list[Any] = list(Project.objects.order_by("pk").values())
        rows += ProjectKey.objects.order_by("pk").values()
        rows += Membership.objects.order_by("pk").values()
        rows += ProjectMember.objects.order_by("pk").values()
        rows += Release.objects.order_by("pk").values("pk", "version", "url", "status")
        rows += ReleaseProject.objects.order_by("pk").values()
        rows += Repository.objects.order_by("pk").values()
        rows += CodeMapping.objects.order_by("pk").values()
        rows += Ownership.objects.order_by("pk").values()
        rows += Removal.objects.order_by("pk").values()
        rows += Forgetting.objects.order_by("pk").values("pk", "state")
        rows += Assignment.objects.order_by("pk").values()
        for kind in (*_KINDS, AuditRun, AuditFinding, SavedQuery, Incident, StatusComponent):
            rows += kind.objects.order_by("pk").values()
        rows += StatusPage.objects.order_by("pk").values("pk", "title", "is_public", "domain")
        rows += Subscriber.objects.order_by("pk").values("pk", "confirmed_at")
        alice = self.world.alice
        rows += Dashboard.objects.filter(owner=alice).order_by("pk").values()
        rows += (
            DashboardLink.objects.filter(membership__user=alice)
            .order_by("pk")
            .values("pk", "projects")
        )
        rows += ApiToken.objects.order_by("pk").values("pk", "name", "scopes", "expires_at")
        return rows + [
            (issue.pk, type(issue).objects.get(pk=issue.pk).status)
            for issue in self.world.issues.values()
        ]


def make_scene(world: World) -> Scene:
    """Rename Alice's project, limit Bob to the other one, and give Charlie a home."""
    Project.objects.filter(pk=world.shop.pk).update(name=WORD.title(), slug=WORD)
    bob = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=bob.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=bob, project=world.web)
    other = Organization.objects.create(slug="other", name="Other")
    Membership.objects.create(organization=other, user=world.charlie, role=Role.OWNER)
    create_project(other, "Elsewhere")
    release, _ = report_release(
        world.organization,
        RELEASE,
        projects=[world.shop],
        wish=Wish(url=f"https://{WORD}.example"),
    )
    add_file(world.shop, RELEASE, name=f"~/{WORD}.js", content=b"", headers={})
    set_commits(release, [SentCommit(repository=f"{WORD}/code", key="a" * 40, files={})])
    _mapping(world)
    Ownership.objects.create(project=world.shop, rules=f"path:{WORD}/** alice@example.com")
    alert_of(world)
    route_of(world)
    link_of(world)
    silence_of(world)
    return Scene(world, other, arguments_of(world))


def bearer(organization: Organization, user: Any = None, scopes: list[str] | None = None) -> Client:
    """A client with a token of this organisation."""
    token = ApiToken.create(organization, user=user, scopes=scopes)
    return Client(headers={"Authorization": f"Bearer {token}"})


def page_address(route: Route, known: Mapping[str, object]) -> str:
    """A page's address with what is known for its parameters."""
    return "/" + _filled(route.path, known)


def api_address(pattern: URLPattern, known: Mapping[str, object]) -> str:
    """An API route's address with what is known for its parameters."""
    return "/api/0/" + _filled(str(pattern.pattern), known)


def names_something(route: Route | URLPattern) -> bool:
    """Whether the address names a thing of Alice's, which no other member may see."""
    if isinstance(route, Route) and route.name in OF_THE_ORGANIZATION:
        return False
    path = route.path if isinstance(route, Route) else str(route.pattern)
    if "ready" in _PARAMETER.findall(path):
        return False
    return bool(set(_PARAMETER.findall(path)) - {"token", "signed"})


def text_of(answer: Any) -> str:
    """All of an answer, its headers too, in lower case."""
    body = b"".join(answer) if answer.streaming else answer.content
    return (str(answer.headers) + body.decode("utf-8", "replace")).lower()


def _filled(path: str, known: Mapping[str, object]) -> str:
    fill: Callable[[re.Match[str]], str] = lambda found: str(known[found[1]])  # noqa: E731
    return _PARAMETER.sub(fill, path)


def arguments_of(world: World) -> dict[str, object]:
    """Alice's things by the names of path parameters, made where there are none."""
    issue = world.issues["checkout"]
    file = attachment_id(world)
    event = samples.CHECKOUT["event_id"][:-1] + "1"
    return {
        "issue_id": issue.pk,
        "issue": issue.pk,
        "event_id": "latest",
        "event": event,
        "attachment_id": file,
        "attachment": file,
        "slug": world.shop.pk,
        "project": world.shop.pk,
        "organization": world.organization.pk,
        "organization_slug": world.organization.slug,
        "options": "intake",
        "filter_id": "localhost",
        "key_id": world.key.pk,
        "member_id": Membership.objects.get(user=world.alice).pk,
        "token_id": ApiToken.objects.filter(user=world.alice).values_list("pk", flat=True).first(),
        "finding_id": finding_of(world).pk,
        "fingerprint": finding_of(world).fingerprint,
        "short_id": f"{WORD}-{issue.short_id}",
        "key": "region",
        "trace": TRACE,
        "trace_id": TRACE,
        "span": SPAN,
        "replay_id": REPLAY,
        "segment_id": 0,
        "first": 0,
        "last": 0,
        "version": RELEASE,
        "bundle_id": Bundle.objects.values_list("pk", flat=True).last() or 1,
        "file": ArtifactFile.objects.values_list("pk", flat=True).last() or 1,
        "file_id": _debug_file(world).pk,
        "token": SignInLink.create(world.bob),
        "signed": sign(world.bob),
        "invitation": invite(
            world.organization, "new@example.com", Role.MEMBER, by=world.alice, is_mailed=True
        ),
        "repository_id": _repository(world).pk,
        "repository": _repository(world).pk,
        "mapping_id": _mapping(world).pk,
        "mapping": _mapping(world).pk,
        "rule_id": rule_of(world).pk,
        "alert_id": alert_of(world).pk,
        "channel_id": channel_of(world).pk,
        "route_id": route_of(world).pk,
        "silence_id": silence_of(world).pk,
        "tracker_id": tracker_of(world).pk,
        "alert": alert_of(world).pk,
        "silence": silence_of(world).pk,
        "link": link_of(world).pk,
        "kind": "rules",
        "identity": f"{WORD}/{rule_of(world).slug}",
        "query_id": query_of(world).pk,
        "invitation_id": Invitation.objects.latest("pk").pk,
        "dashboard_id": dashboard_of(world).pk,
        "dashboard": dashboard_of(world).pk,
        "widget_id": 1,
        "monitor": monitor_of(world).slug,
        "monitor_id": monitor_of(world).pk,
        "window": window_of(world).pk,
        "window_id": window_of(world).pk,
        "forgetting_id": forgetting_of(world).pk,
        "ready": "backend",
        "feedback_id": FEEDBACK,
        "public_key": "0f" * 16,
        "feedback_file_id": feedback_file_of(world),
        "secret": secret_of(world),
        **status_values_of(world),
    }


def _debug_file(world: World) -> DebugFile:
    held, _ = DebugFile.objects.get_or_create(
        project=world.shop,
        checksum="0" * 40,
        debug_id="",
        defaults={"name": f"{WORD}.so", "blob": "0" * 64, "size_bytes": 1},
    )
    return held


def _repository(world: World) -> Repository:
    return Repository.objects.get_or_create(organization=world.organization, name=f"{WORD}/code")[0]


def _mapping(world: World) -> CodeMapping:
    return CodeMapping.objects.get_or_create(
        project=world.shop,
        stack_root=f"/{WORD}/",
        defaults={"repository": _repository(world)},
    )[0]
