"""The pages of the frames of players and stills: the places in which recordings become documents.

Such a page holds nothing but a script of ours, which opens a document at a `data:` address in it.
Such a document has an origin that nobody shares, so it reads neither cookies nor pages of the
product; it inherits this page's policy, so it fetches nothing but the scripts that carry the
nonce and what they import; and the replayer's own frame within it runs no script at all.

The page itself has to keep its origin: what a page whose origin is taken away opens gets
another origin of its own each time, and the replayer could not reach into its frame.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from vedette.web.access import Viewer
from vedette.web.rendering import show

_NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class FrameContext:
    """What the page is made of; `script` shows recordings, `is_clear` where nothing is drawn."""

    nonce: str
    script: str
    is_clear: bool


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
    """The page in which one recording is played."""
    return _shown(request, "instruments/replay/frame/inner.js", is_clear=False)


def stills_frame(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page in which moments of recordings stand still, over what lies beneath."""
    return _shown(request, "instruments/replay/frame/stills.js", is_clear=True)


def _shown(request: HttpRequest, script: str, *, is_clear: bool) -> HttpResponse:
    """The page; the same for everybody, without anything of a replay."""
    context = FrameContext(secrets.token_urlsafe(_NONCE_BYTES), script, is_clear)
    response = show(request, "pages/replay/frame.html", context)
    response["Content-Security-Policy"] = policy(context.nonce)
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
