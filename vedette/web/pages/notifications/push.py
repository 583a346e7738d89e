"""Browsers that are pushed to: added by their own button, removed, tried."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from vedette.accounts.models import User
from vedette.push.keys import public_key
from vedette.push.models import PushSubscription
from vedette.push.subscribing import send_test, subscribe, subscriptions_of
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.assets import files
from vedette.web.flash import Flash, put_flash

_WORKER = "instruments/push/push-worker.js"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushView:
    """The person's browsers, and what a new one needs."""

    key: str
    scope: str
    browsers: list[PushSubscription]


def make_push(user: User) -> PushView:
    """What the page shows."""
    scope = reverse("push-worker").rpartition("/")[0] + "/"
    return PushView(key=public_key(), scope=scope, browsers=subscriptions_of(user))


def change_push(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """POST `do`: add this browser; remove or test one of the person's by its number."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    wish = request.POST.get("do", "")
    if wish == "add":
        words = _add(request, viewer.user)
    elif wish in ("remove", "test"):
        words = _change(request, viewer.user, wish)
    else:
        raise BadQuery("a browser is added, removed or tested")
    put_flash(request, Flash(text=words))
    return redirect(reverse("notifications") + "#push")


def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the top of all pages, which it may then open."""
    answer = HttpResponse(files()[_WORKER], content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


def _add(request: HttpRequest, user: User) -> str:
    names = ("endpoint", "public", "secret", "label")
    values = {name: request.POST.get(name, "") for name in names}
    try:
        held = subscribe(user, **values)
    except ValueError as error:
        raise BadQuery(str(error)) from None
    send_test(held)
    return "This browser gets push messages now. A first one is on its way."


def _change(request: HttpRequest, user: User, wish: str) -> str:
    named = request.POST.get("browser", "")
    held = next((one for one in subscriptions_of(user) if str(one.pk) == named), None)
    if held is None:
        raise BadQuery("there is no such browser any more")
    name = held.label or "The browser"
    if wish == "test":
        send_test(held)
        return f"A message to {name} is on its way."
    held.delete()
    return f"{name} gets no more push messages."
