"""The reporter's script, given to any page that asks for it."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from vedette.reporter import script
from vedette.web.routing import Open, Page, Route

_FRESH_SECONDS = 3600


def reporter(request: HttpRequest) -> HttpResponse:
    """The script, which any page may load and any cache may keep for an hour."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    is_known = request.headers.get("If-None-Match") == _etag()
    answer = HttpResponse(
        b"" if is_known else (_packed() if packed else script()),
        content_type="text/javascript; charset=utf-8",
        status=304 if is_known else 200,
    )
    if packed and not is_known:
        answer["Content-Encoding"] = "gzip"
    answer["ETag"] = _etag()
    answer["Vary"] = "Accept-Encoding"
    answer["Cache-Control"] = f"public, max-age={_FRESH_SECONDS}"
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@cache
def _packed() -> bytes:
    return gzip.compress(script(), 9, mtime=0)


@cache
def _etag() -> str:
    return f'"{hashlib.sha256(script()).hexdigest()[:20]}"'


PAGE = Page(
    routes=(Route(path="vedette.js", name="reporter", view=reporter, action=Open.TO_ALL),),
)
