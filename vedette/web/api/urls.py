"""The routes of every resource of the API, and JSON for what is not there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path

from vedette.kinds import discover
from vedette.web.api.access import Caller
from vedette.web.api.document import document
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import not_found


@endpoint(get=None, post=None, put=None, delete=None, patch=None)
def missing(request: HttpRequest, caller: Caller, rest: str) -> HttpResponse:
    """Every path that no resource has."""
    raise not_found()


@endpoint(get=None)
def openapi(request: HttpRequest, caller: Caller) -> HttpResponse:
    """This document."""
    return answer(document(tuple(urlpatterns[:-1])))


urlpatterns: list[URLPattern] = [
    route for module in discover("vedette.web.api.sentry") for route in module.ROUTES
]
urlpatterns.append(path("openapi.json", openapi))
urlpatterns.append(re_path(r"^(?P<rest>.*)$", missing))
