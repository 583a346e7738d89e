"""Where the page is: its address, badges to paste, and how a web server hands out the snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette.statuspages import saving
from vedette.statuspages.badges import KINDS
from vedette.statuspages.keeping import token_of
from vedette.statuspages.models import StatusPage
from vedette.statuspages.reading import address_of
from vedette.statuspages.snapshot import FOLDER
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.status_pages.finding import SECTION, find_page
from vedette.web.rendering import show

_NGINX = """# {address} from this server, and its last copy while it is down{note}
server {{
    listen 80;
    server_name {host};
{closed}
    location {place} {{
        proxy_pass {upstream};
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_connect_timeout 2s;
        proxy_intercept_errors on;
        error_page 502 503 504 = @copy;
    }}
    location @copy {{
        root {root};{rewrite}
        index index.html;
        try_files $uri $uri/index.html =404;
        add_header Cache-Control "no-cache";
    }}
}}"""
_UNREADABLE = "(cannot be read: its key is not there; make another one)"
_UNTRUSTED = "\n# set VEDETTE_TRUSTED_PROXIES=1, or all visitors are one who subscribes too often"
# of the program's own state, which is nobody's affair at the name of a page
_CLOSED = """
    location /-/ {
        return 404;
    }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksContext:
    """What the page shows; `secret` is the link of a private page."""

    status_page: StatusPage
    address: str
    secret: str
    badges: list[tuple[str, str, str]]  # of what, relative address, Markdown
    kinds: list[str]
    json: list[str]
    nginx: str
    may_change: bool = True


def show_links(request: HttpRequest, viewer: Viewer, status_page_id: int) -> HttpResponse:
    """The page; a POST gives a private page another key."""
    page = find_page(viewer, status_page_id)
    if request.method == "POST":
        saving.renew_token(page)
        note_change(request, page.organization, f"status page {page.slug}: a new key")
        put_flash(request, Flash(text="The old link opens nothing any more."))
        return redirect("status-page-links", page.pk)
    address = address_of(page)
    token = "" if page.is_public else token_of(page.pk)
    key = f"?key={token}" if token else ""
    context = LinksContext(
        status_page=page,
        address=address,
        secret="" if page.is_public else f"{address}{key}" if key else _UNREADABLE,
        badges=_badges(page, address, key),
        kinds=list(KINDS),
        json=["summary.json", "status.json", "components.json", "incidents.json"],
        nginx=_nginx(page, address) if page.is_public else "",
    )
    response = show(request, "pages/status_pages/links.html", context, section=SECTION)
    response["Cache-Control"] = "no-store"
    return response


def _badges(page: StatusPage, address: str, key: str) -> list[tuple[str, str, str]]:
    parts = [("The page", "badge/status.svg")]
    parts += [(one.name, f"badge/{one.key}/status.svg") for one in page.components.all()[:20]]
    return [(name, path, f"[![{name}]({address}{path}{key})]({address})") for name, path in parts]


def _nginx(page: StatusPage, address: str) -> str:
    config = settings.CONFIG
    parts = urlsplit(address)
    folder = (Path(config.data) / FOLDER).resolve()
    is_own = bool(page.domain)
    prefix = parts.path.removesuffix(f"status/{page.slug}/").rstrip("/")
    return _NGINX.format(
        address=address,
        host=parts.hostname,
        note="" if config.trusted_proxies else _UNTRUSTED,
        closed=_CLOSED if is_own else "",
        place="/" if is_own else parts.path,
        upstream=f"http://{config.listen}",
        root=f"{folder}/{page.slug}" if is_own else folder.parent,
        rewrite=f"\n        rewrite ^{prefix}(/.*)$ $1 break;" if prefix and not is_own else "",
    )
