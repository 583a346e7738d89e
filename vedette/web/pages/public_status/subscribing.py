"""Subscribing to a page: asking, confirming, leaving. Open to strangers, so nothing is told."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from vedette.statuspages import subscribing
from vedette.statuspages.messages import form_page, message_page
from vedette.statuspages.models import StatusPage
from vedette.web.pages.public_status.serving import headers_of, may_read

_ASKED = (
    "If this address is not subscribed yet, a message is on its way to it.",
    "Open the link in it within two days to confirm.",
)


@csrf_exempt  # whoever posts it is a stranger: there is no session that could be misused
def subscribe(request: HttpRequest, status_page: str) -> HttpResponse:
    """The form; a POST asks the address."""
    page = _page(request, status_page)
    if request.method != "POST":
        return _sent(page, form_page(page))
    kind, address = request.POST.get("kind", ""), request.POST.get("address", "")
    chosen = request.POST.getlist("component")
    try:
        subscribing.ask(page, kind, address, chosen, str(request.META.get("REMOTE_ADDR", "")))
    except ValueError as error:
        filled = {"kind": kind, "address": address[:500], "error": str(error)}
        return _sent(page, form_page(page, **filled), status=400)
    return _sent(page, message_page(page, "../", "Please confirm", _ASKED))


@csrf_exempt
def confirm(request: HttpRequest, status_page: str, signed: str) -> HttpResponse:
    """The address says yes: by a click on a button, since programs open links in mails."""
    page = _known(status_page)
    if request.method == "POST":
        row = subscribing.confirm(page, signed)
        if row is None:
            return _over(request, page)
        said = f"You hear of {page.title} from now on."
        return _sent(page, message_page(page, "../../", "Confirmed", [said]))
    if not subscribing.is_way_in(page, signed):
        return _over(request, page)
    words = [f"Send updates of {page.title} to this address?"]
    made = message_page(page, "../../", "Get updates", words, button="Yes, send them")
    return _sent(page, made)


@csrf_exempt
def leave(request: HttpRequest, status_page: str, signed: str) -> HttpResponse:
    """One POST and nothing more is sent (RFC 8058); a GET asks first."""
    page = _known(status_page)
    row = subscribing.subscriber_of(page, signed)
    if request.method == "POST":
        if row is None:
            return _over(request, page)
        row.delete()
        said = "Nothing more is sent to this address."
        return _sent(page, message_page(page, "../../", "You have left", [said]))
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if row is None:
        return _over(request, page)
    words = [f"Stop sending updates of {page.title} to this address?"]
    return _sent(page, message_page(page, "../../", "Leave", words, button="Yes, stop"))


def _page(request: HttpRequest, slug: str) -> StatusPage:
    page = _known(slug)
    if not may_read(request, page):
        raise Http404("no such page")
    return page


def _known(slug: str) -> StatusPage:
    page = StatusPage.objects.filter(slug=slug).first()
    if page is None:
        raise Http404("no such page")
    return page


def _over(request: HttpRequest, page: StatusPage) -> HttpResponse:
    """Of a private page not even that it is there."""
    if not may_read(request, page):
        raise Http404("no such page")
    said = "This link is not, or no longer, good. You can subscribe again."
    return _sent(page, message_page(page, "../../", "Nothing to do", [said]))


def _sent(page: StatusPage, body: bytes, *, status: int = 200) -> HttpResponse:
    response = HttpResponse(body, status=status)
    headers: dict[str, Any] = headers_of(is_public=page.is_public)
    headers |= {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    for name, value in headers.items():
        response[name] = value
    return response
