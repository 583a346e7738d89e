"""Who calls the API: a bearer token, or the browser's session for reading.

Every answer, also an error, is JSON; nothing is ever redirected.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from vedette.access.access import NOTHING, Access
from vedette.access.actions import Action
from vedette.access.loading import access_by_token, access_of
from vedette.access.scopes import allowed_by, scopes_for
from vedette.accounts.models import Organization, User
from vedette.accounts.scopes import Scope
from vedette.projects.models import Project
from vedette.storage.asking import Asker
from vedette.store.asker import ask_for
from vedette.store.visible import VisibleProjects
from vedette.web.api.errors import ApiError, not_found


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls a route, which needs `action`: `Access` with the refusals of the API."""

    access: Access
    action: Action | None = None

    @property
    def user(self) -> User | None:
        """The person who calls; None for a token of an organisation."""
        return self.access.user

    @property
    def name(self) -> str:
        """Who calls, as it is written down of changes."""
        return self.access.name

    @property
    def organizations(self) -> list[Organization]:
        """Those in which the action is allowed."""
        return self.access.organizations_for(self.action) if self.action else []

    @property
    def scopes(self) -> list[str]:
        """What the caller may do, in the words of tokens."""
        return [
            str(scope)
            for scope in Scope
            if all(self.access.may(action) for action in allowed_by([scope]))
        ]

    def organization(self, reference: str) -> Organization:
        """The organisation by slug or id. Raises ApiError: 404 for a foreign one, else 403."""
        for organization in self.access.organizations:
            if reference in (organization.slug, str(organization.pk)):
                if self.action and not self.access.may(self.action, organization):
                    raise forbidden(self.action)
                return organization
        raise not_found()

    def projects(self, reference: str) -> list[Project]:
        """The projects of an organisation with which the action is allowed, oldest first."""
        organization = self.organization(reference)
        found = self.access.projects_for(self.action) if self.action else self.access.projects
        mine = [project for project in found if project.organization_id == organization.pk]
        return sorted(mine, key=lambda project: project.pk)

    def visible(self, reference: str = "") -> VisibleProjects:
        """What questions may see for this caller, of one organisation or of all theirs."""
        granted = self.access.visible(self.action or Action.VIEW_EVENTS)
        if not reference:
            return granted
        return granted.only(project.pk for project in self.projects(reference))

    def project(self, organization: str, reference: str) -> Project:
        """A project by slug or id. Raises ApiError 404."""
        for project in self.projects(organization):
            if reference in (project.slug, str(project.pk)):
                return project
        raise not_found()


def find_caller(request: HttpRequest, action: Action | None) -> Caller:
    """The caller of a route. Without an action the route is open to all.

    Raises ApiError: 401 for nobody or a token that is not good, 403 for lack of a right.
    """
    access = _access(request)
    if access is None:
        if action is not None:
            raise ApiError(401, "Authentication credentials were not provided.")
        return Caller(NOTHING)
    ask_for(access.asker)
    if action is not None and not access.may(action):
        raise forbidden(action)
    return Caller(access, action)


def forbidden(action: Action) -> ApiError:
    """Sentry's words, and the scope that a token would need."""
    scopes = " or ".join(scopes_for(action)[:2]) or "no scope"
    return ApiError(
        403, f"You do not have permission to perform this action. A token needs {scopes}."
    )


def _access(request: HttpRequest) -> Access | None:
    """What the token allows; for the session of a browser, which any site can ride, reading."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() in ("bearer", "token") and token.strip():
        access = access_by_token(token.strip())
        if access is None:
            raise ApiError(401, "Invalid token")
        return access
    user = request.user
    return access_of(user).reading_only() if isinstance(user, User) else None


def asker_of(request: HttpRequest, caller: Caller) -> Asker:
    """Who asks for a deletion, for the log of changes."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    return Asker(who=caller.name, address=address, via="API")
