"""The pages shown instead of a page: calm words, no traceback, no secrets."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger(__name__)

HAS_GONE = 499  # whoever asked does not wait any more: nobody reads it
RETRY_SECONDS = "2"  # after which a busy store may be asked again


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing this person may see."""
    words = "There is nothing at this address, or it belongs to an organisation you are not in."
    return _page(request, 404, "Nothing here", words)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not allowed."""
    words = "Your account may not do this. Ask an owner of the organisation for access."
    return _page(request, 403, "Not allowed", words)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return _page(request, 400, "Not understood", "The request could not be read.")


def nothing_there() -> HttpResponse:
    """404 at the name of a status page. Plain: a page would be one of the product."""
    words = "There is nothing at this address.\n"
    return HttpResponse(words, status=404, content_type="text/plain; charset=utf-8")


def wrong_host(request: HttpRequest) -> HttpResponse:
    """400: the request names a host that is not this installation's. Plain: no link is right."""
    words = (
        "This server does not answer under that name. Whoever runs it can set VEDETTE_URL to its "
        "public address, or add the name to VEDETTE_HOSTS.\n"
    )
    return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came without its token, or from another site."""
    words = "The form had expired or came from another site. Go back, reload and send it again."
    return _page(request, 403, "Form expired", words)


def question_refused(request: HttpRequest, words: str) -> HttpResponse:
    """400: what was asked for cannot be answered; `words` say why and what to change."""
    return _page(request, 400, "This cannot be answered", words)


def store_unavailable(request: HttpRequest) -> HttpResponse:
    """503: the telemetry cannot be read just now; nothing that comes in is lost by it."""
    words = (
        "The store of events does not answer. It may be starting. Events that come in meanwhile "
        "are kept. Reload in a moment; if it stays so, run vedette doctor on the server."
    )
    return _page(request, 503, "The store does not answer", words)


def database_unavailable() -> HttpResponse:
    """503: the metadata cannot be read just now, so that a proxy hands out what it has instead.
    Plain: a page would ask the database who is looking."""
    words = (
        "The database does not answer. What comes in meanwhile is kept. Try again in a moment.\n"
    )
    answer = HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
    answer["Retry-After"] = RETRY_SECONDS
    return answer


def store_busy(request: HttpRequest, words: str) -> HttpResponse:
    """429: other questions, mostly this person's own, are at work; `words` say whose."""
    answer = _page(request, 429, "Many questions at once", f"{words}."[0].upper() + f"{words}."[1:])
    answer["Retry-After"] = RETRY_SECONDS
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """500: the cause is in the server's log, never on the page."""
    words = "The server failed to make this page. The cause is in its log. Try again in a moment."
    return _page(request, 500, "The page failed", words)


def _page(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    context = {"status": status, "title": title, "words": words}
    return render(request, "layout/error.html", context, status=status)
