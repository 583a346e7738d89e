"""The addresses of the web interface: the assets, and the routes of every page found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import StringConverter

from vedette.web.admission import admit
from vedette.web.assets import serve_asset
from vedette.web.routing import pages


class IssueReference(StringConverter):
    """An issue by number or by short name: 512, SHOP-12."""

    regex = "[0-9]{1,18}|[A-Za-z0-9_-]{1,60}-[0-9]{1,18}"


class Identifier(StringConverter):
    """A number of the database: as many digits as fit into 64 bits."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        """The number."""
        return int(value)


register_converter(IssueReference, "issue")
register_converter(Identifier, "id")


def _live_is_elsewhere(request: HttpRequest) -> HttpResponse:
    """Live streams are served before Django (`vedette.web.live`); this gives them their name.

    An answer without content tells a browser not to ask again.
    """
    return HttpResponse(status=204)


def _patterns() -> list[URLPattern | URLResolver]:
    found: list[URLPattern | URLResolver] = [
        path("api/0/", include("vedette.web.api.urls")),
        path("static/<slug:tree>/<path:name>", serve_asset, name="asset"),
        path("live/", _live_is_elsewhere, name="live"),
    ]
    for page in pages():
        found += [path(route.path, admit(route), name=route.name) for route in page.routes]
    return found


urlpatterns = _patterns()
handler403 = "vedette.web.errors.forbidden"
handler404 = "vedette.web.errors.not_found"
handler500 = "vedette.web.errors.server_error"
handler400 = "vedette.web.errors.bad_request"
