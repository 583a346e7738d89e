"""Style sheets, scripts and icons, served from the package under immutable names.

One hash over all files is part of every address, so relative imports between modules keep
working and a browser never mixes two versions. All style sheets are one file, `app.css`.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

ROOT = Path(__file__).parent
STYLES = "app.css"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_LAYERS = ("layout/tokens.css", "layout/*.css", "components/*.css", "instruments/*/*.css")


@cache
def files() -> dict[str, bytes]:
    """Every served file by its path below the package, and the bundled style sheet."""
    held = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in sorted(ROOT.rglob("*"))
        if path.suffix in _TYPES
    }
    held[STYLES] = _bundle_styles()
    return held


def _bundle_styles() -> bytes:
    parts: dict[Path, None] = {}
    for pattern in (*_LAYERS, "pages/*/*.css"):
        parts.update(dict.fromkeys(sorted(ROOT.glob(pattern))))
    return b"\n".join(path.read_bytes() for path in parts)


@cache
def version() -> str:
    """The hash of all files together."""
    digest = hashlib.sha256()
    for name, body in sorted(files().items()):
        digest.update(name.encode() + b"\0" + body)
    return digest.hexdigest()[:12]


@cache
def asset_url(name: str) -> str:
    """The address of a file. Raises KeyError for a file that does not exist."""
    if name not in files():
        raise KeyError(name)
    return reverse("asset", kwargs={"tree": version(), "name": name})


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(files()[name], 9, mtime=0)


def serve_asset(request: HttpRequest, tree: str, name: str) -> HttpResponse:
    """One file; kept by browsers for a year when the address names the present version."""
    if name not in files():
        raise Http404("no such file")
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    body = _compressed(name) if zipped else files()[name]
    response = HttpResponse(body, content_type=_TYPES[Path(name).suffix])
    current = tree == version()
    response["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
    response["Vary"] = "Accept-Encoding"
    # Modules are loaded with it into the player of replays, whose origin is nobody's.
    response["Access-Control-Allow-Origin"] = "*"
    if zipped:
        response["Content-Encoding"] = "gzip"
    return response
