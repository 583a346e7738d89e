"""The plain form of a project: without an SDK and without scripts, for whoever has its key.

It says nothing of the project, and is shown for any key: so it tells nobody which there are.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed

from vedette.ingest.said import HONEYPOT
from vedette.web.rendering import show
from vedette.web.routing import Open, Route

_MOST_CHARACTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContext:
    """The form, or the thanks; `url` is the page that somebody came from, if the link says it."""

    key: str
    is_sent: bool
    url: str
    honeypot: str


def feedback_form(request: HttpRequest, public_key: str) -> HttpResponse:
    """The form; the door takes what it sends, and comes back here."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if len(public_key) != 32 or set(public_key.lower()) - set("0123456789abcdef"):
        raise Http404("no such form")
    context = FormContext(
        key=public_key.lower(),
        is_sent="sent" in request.GET,
        url=request.GET.get("url", "")[:_MOST_CHARACTERS],
        honeypot=HONEYPOT,
    )
    return show(request, "pages/feedback/form.html", context)


ROUTES = (
    Route(
        path="feedback/form/<slug:public_key>/",
        name="feedback-form",
        view=feedback_form,
        action=Open.TO_ALL,
    ),
)
