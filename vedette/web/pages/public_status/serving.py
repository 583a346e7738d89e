"""A visit to a status page: one row is read, and answered if the visitor may have it."""

from __future__ import annotations

import gzip
import json
import secrets
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from vedette.accounts.models import hash_token
from vedette.statuspages import badges
from vedette.statuspages.keeping import Kept, etag_of, kept_at, renew, token_of
from vedette.statuspages.models import StatusPage
from vedette.statuspages.rendering import FIGURES

KEY: Final = "key"  # the parameter by which a private page is opened
_COOKIE_SECONDS: Final = 180 * 86400
_FRESH_SECONDS: Final = 15
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def show_first(request: HttpRequest, status_page: str) -> HttpResponseBase:
    """The page itself. The key of a private one moves from the address into a cookie."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    kept = _found(status_page, "")
    if request.GET.get(KEY) and not kept.is_public and _has_key(request, kept):
        return _with_cookie(request, kept)
    return _answer(request, kept)


def show_part(request: HttpRequest, status_page: str, part: str) -> HttpResponseBase:
    """Whatever lies below it: history, incidents, feeds, JSON, badges, styles."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if part.startswith("badge/"):
        return _badge(request, status_page, part.removeprefix("badge/"))
    if part == FIGURES:
        raise Http404("no such page")
    return _answer(request, _found(status_page, part))


def may_read(request: HttpRequest, page: StatusPage) -> bool:
    """Whether a visitor may see this page at all."""
    return page.is_public or _is_key(_given(request, page.pk), token_of(page.pk))


def headers_of(*, is_public: bool) -> dict[str, str]:
    """What goes with every answer of a page."""
    if is_public:
        return {"Content-Security-Policy": _POLICY}
    return {
        "Content-Security-Policy": _POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
        "Cache-Control": "private, no-cache",
    }


def _found(slug: str, path: str) -> Kept:
    """The row; a page that was never rendered is, once. Raises Http404."""
    kept = kept_at(slug, path)
    if kept is None:
        page = StatusPage.objects.filter(slug=slug, rendered_at=None).first()
        if page is not None:
            renew(page)
            kept = kept_at(slug, path)
    if kept is None:
        raise Http404("no such page")
    return kept


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    if not kept.is_public and not _has_key(request, kept):
        raise Http404("no such page")
    return _sent(request, kept.content_type, kept.etag, kept.body, is_public=kept.is_public)


def _badge(request: HttpRequest, slug: str, path: str) -> HttpResponse:
    """Drawn of the figures, which are one row as well."""
    kept = _found(slug, FIGURES)
    if not kept.is_public and not _has_key(request, kept):
        raise Http404("no such page")
    drawn = badges.badge(json.loads(gzip.decompress(kept.body)), path)
    if drawn is None:
        raise Http404("no such badge")
    packed = gzip.compress(drawn, 1, mtime=0)
    return _sent(request, badges.CONTENT_TYPE, etag_of(drawn), packed, is_public=kept.is_public)


def _sent(
    request: HttpRequest, content_type: str, etag: str, body: bytes, *, is_public: bool
) -> HttpResponse:
    """The content, or that it is still the same; compressed for who takes that."""
    quoted = f'W/"{etag}"'
    given = request.headers.get("If-None-Match", "")
    if etag in given:
        response = HttpResponse(status=304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(body, content_type=content_type)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(gzip.decompress(body), content_type=content_type)
    response["ETag"] = quoted
    response["Vary"] = "Accept-Encoding" if is_public else "Accept-Encoding, Cookie"
    response["Cache-Control"] = f"public, max-age={_FRESH_SECONDS}"
    if is_public and "json" in content_type:
        response["Access-Control-Allow-Origin"] = "*"
    for name, value in headers_of(is_public=is_public).items():
        response[name] = value
    return response


def _with_cookie(request: HttpRequest, kept: Kept) -> HttpResponse:
    """To the address without the key, which no other side is told."""
    response = redirect(request.path)
    response.set_cookie(
        _cookie(kept.page),
        hash_token(token_of(kept.page)),
        max_age=_COOKIE_SECONDS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    for name, value in headers_of(is_public=False).items():
        response[name] = value
    return response


def _has_key(request: HttpRequest, kept: Kept) -> bool:
    return _is_key(_given(request, kept.page), token_of(kept.page))


def _given(request: HttpRequest, page: int) -> tuple[str, str]:
    """The key of the address and the cookie, as far as there are any."""
    return request.GET.get(KEY, ""), request.COOKIES.get(_cookie(page), "")


def _is_key(given: tuple[str, str], token: str) -> bool:
    if not token:
        return False
    key, cookie = (one.encode("utf-8", "replace") for one in given)
    is_key = secrets.compare_digest(key, token.encode())
    return is_key or secrets.compare_digest(cookie, hash_token(token).encode())


def _cookie(page: int) -> str:
    return f"vedette_status_{page}"
