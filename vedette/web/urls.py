"""The addresses of the web interface: the assets, and the routes of every page found."""

from __future__ import annotations

from functools import cache

from django.urls.converters import StringConverter
from django.urls import URLPattern, path, register_converter

from vedette.kinds import discover
from vedette.web.access import admit
from vedette.web.assets import serve_asset
from vedette.web.routing import Page


class IssueReference(StringConverter):
    """An issue by number or by short name: 512, SHOP-12."""

    regex = "[0-9]{1,18}|[A-Za-z0-9_-]{1,60}-[0-9]{1,18}"


register_converter(IssueReference, "issue")


@cache
def pages() -> tuple[Page, ...]:
    """Every page of the drawer."""
    return tuple(module.PAGE for module in discover("vedette.web.pages"))


def _patterns() -> list[URLPattern]:
    found = [path("static/<slug:tree>/<path:name>", serve_asset, name="asset")]
    for page in pages():
        found += [path(route.path, admit(route), name=route.name) for route in page.routes]
    return found


urlpatterns = _patterns()
handler403 = "vedette.web.errors.forbidden"
handler404 = "vedette.web.errors.not_found"
handler500 = "vedette.web.errors.server_error"
handler400 = "vedette.web.errors.bad_request"
