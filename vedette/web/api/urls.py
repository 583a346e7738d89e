"""The routes of every resource of the API, and JSON for what is not there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path

from vedette.kinds import discover
from vedette.web.api.access import Caller, endpoint, not_found


@endpoint("GET", "POST", "PUT", "DELETE", "PATCH", public=True)
def missing(request: HttpRequest, caller: Caller, rest: str) -> HttpResponse:
    """Every path that no resource has."""
    raise not_found()


urlpatterns: list[URLPattern] = [
    route for module in discover("vedette.web.api.sentry") for route in module.ROUTES
]
urlpatterns.append(re_path(r"^(?P<rest>.*)$", missing))
