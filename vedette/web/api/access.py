"""Who calls the API: a bearer token, or the browser's session for reading.

Every answer, also an error, is JSON; nothing is ever redirected. A caller sees the projects
of one organisation and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from vedette import clock
from vedette.accounts.models import ApiToken, Membership, Organization, hash_token
from vedette.projects.models import Project
from vedette.store.errors import BadQuery, StoreError
from vedette.store.visible import VisibleProjects
from vedette.web.deadline import TooSlow, database_deadline

log = logging.getLogger("vedette.api")

_TOUCH = timedelta(minutes=5)


class ApiError(Exception):
    """An error answer: its status and `detail`."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls and which organisations they may see. `may_write` is false for a session."""

    organizations: tuple[Organization, ...]
    may_write: bool
    email: str = ""

    def organization(self, reference: str) -> Organization:
        """The organisation by slug or id. Raises ApiError 404 for any other."""
        for organization in self.organizations:
            if reference in (organization.slug, str(organization.pk)):
                return organization
        raise not_found()

    def projects(self, reference: str) -> list[Project]:
        """Every project of an organisation."""
        organization = self.organization(reference)
        return list(
            Project.objects.filter(organization=organization)
            .select_related("organization")
            .order_by("id")
        )

    def visible(self, reference: str = "") -> VisibleProjects:
        """What questions may see for this caller, of one organisation or of all theirs."""
        organizations = [self.organization(reference)] if reference else self.organizations
        return VisibleProjects.granted(
            Project.objects.filter(organization__in=organizations).values_list("pk", flat=True)
        )

    def project(self, organization: str, reference: str) -> Project:
        """A project by slug or id. Raises ApiError 404."""
        for project in self.projects(organization):
            if reference in (project.slug, str(project.pk)):
                return project
        raise not_found()


def not_found() -> ApiError:
    """Sentry's words for what is not there or not yours."""
    return ApiError(404, "The requested resource does not exist")


View = Callable[..., HttpResponseBase]


def endpoint(*methods: str, public: bool = False) -> Callable[[View], View]:
    """Make a view `(request, caller, **arguments)` an endpoint for these methods."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def run(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
            try:
                if request.method not in methods:
                    raise ApiError(405, f'Method "{request.method}" not allowed.')
                caller = _caller(request, public=public)
                if request.method != "GET" and not caller.may_write:
                    raise ApiError(403, "A token is needed to change anything.")
                with database_deadline():
                    return view(request, caller, **arguments)
            except ApiError as error:
                return JsonResponse({"detail": str(error)}, status=error.status)
            except TooSlow:
                log.exception("the database was too slow")
                return JsonResponse({"detail": "This takes too long: ask for less"}, status=400)
            except BadQuery as error:
                return JsonResponse({"detail": f"The question is wrong: {error}"}, status=400)
            except StoreError:
                log.exception("the store did not answer")
                return JsonResponse({"detail": "The store does not answer"}, status=503)
            except Exception:
                log.exception("an API call failed")
                return JsonResponse({"detail": "Internal error"}, status=500)

        return run

    return wrap


def answer(data: object, status: int = 200) -> HttpResponse:
    """A JSON answer."""
    return JsonResponse(data, status=status, safe=False)


def _caller(request: HttpRequest, *, public: bool) -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() in ("bearer", "token") and token:
        return _by_token(token.strip())
    if request.user.is_authenticated:
        memberships = Membership.objects.filter(user=request.user).select_related("organization")
        return Caller(tuple(held.organization for held in memberships), False, request.user.email)
    if public:
        return Caller((), False)
    raise ApiError(401, "Authentication credentials were not provided.")


def _by_token(token: str) -> Caller:
    found = (
        ApiToken.objects.filter(token_hash=hash_token(token))
        .select_related("organization", "user")
        .first()
    )
    if found is None:
        raise ApiError(401, "Invalid token")
    now = clock.now()
    if found.last_used_at is None or now - found.last_used_at > _TOUCH:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return Caller((found.organization,), True, found.user.email if found.user else "")
