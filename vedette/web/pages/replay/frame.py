"""The page of the player's frame: the one place in which recordings become documents.

It holds nothing but a script of ours, which opens a document at a `data:` address within it.
Such a document has an origin that nobody shares, so it reads neither cookies nor pages of the
product; it inherits this page's policy, so it fetches nothing but the scripts that carry the
nonce and what they import; and the replayer's own frame within it runs no script at all.

The page itself has to keep its origin: what a page whose origin is taken away opens gets
another origin of its own each time, and the replayer could not reach into its frame.
"""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse

from vedette.web.access import Viewer
from vedette.web.rendering import show

_NONCE_BYTES = 16


def policy(nonce: str) -> str:
    """What the frame may do, and all that is opened within it."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "font-src data:",
            "frame-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
            "sandbox allow-scripts allow-same-origin",
        )
    )


def frame(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; the same for everybody, without anything of a replay."""
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    response = show(request, "pages/replay/frame.html", nonce)
    response["Content-Security-Policy"] = policy(nonce)
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
