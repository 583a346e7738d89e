"""Small choices kept in cookies: theme and width of the rail."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse

from vedette.web.destination import safe_next
from vedette.web.frame import RAIL_COOKIE, THEME_COOKIE, THEMES
from vedette.web.routing import Open, Page, Route

_YEAR_SECONDS = 365 * 86400


def theme(request: HttpRequest) -> HttpResponse:
    """POST: keep the theme; a script gets the next state of the switch, a form the page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    chosen = request.POST.get("theme", "")
    chosen = chosen if chosen in THEMES else "system"
    if request.headers.get("X-Fragment") == "theme":
        request.COOKIES[THEME_COOKIE] = chosen
        response = render(request, "layout/_theme.html")
        response["X-Theme"] = chosen
    else:
        response = redirect(safe_next(request, reverse("home")))
    return _keep(response, THEME_COOKIE, chosen)


def rail(request: HttpRequest) -> HttpResponse:
    """POST: fold or unfold the rail."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    chosen = "wide" if request.COOKIES.get(RAIL_COOKIE) == "narrow" else "narrow"
    return _keep(redirect(safe_next(request, reverse("home"))), RAIL_COOKIE, chosen)


def _keep(response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(
        name,
        value,
        max_age=_YEAR_SECONDS,
        samesite="Lax",
        httponly=True,
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return response


PAGE = Page(
    routes=(
        Route(path="theme/", name="theme", view=theme, action=Open.TO_ALL),
        Route(path="rail/", name="rail", view=rail, action=Open.TO_ALL),
    )
)
