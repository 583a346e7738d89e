"""Answers to players, packed as their browser accepts it."""

from __future__ import annotations

import gzip

import zstandard
from django.http import HttpRequest, HttpResponse

_LEAST_PACKED = 1024


def packed(
    request: HttpRequest, body: bytes, content_type: str = "application/json"
) -> HttpResponse:
    """The answer, unless it is too small to be worth it."""
    accepted = request.headers.get("Accept-Encoding", "").lower()
    encoding = ""
    if len(body) >= _LEAST_PACKED and "zstd" in accepted:
        encoding, body = "zstd", zstandard.compress(body, 3)
    elif len(body) >= _LEAST_PACKED and "gzip" in accepted:
        encoding, body = "gzip", gzip.compress(body, 5, mtime=0)
    response = HttpResponse(body, content_type=content_type)
    if encoding:
        response["Content-Encoding"] = encoding
    response["Vary"] = "Accept-Encoding"
    return response
