"""Pages of a status page that answer one visitor: the form to subscribe, and short answers."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.statuspages.models import StatusLogo, StatusPage
from vedette.statuspages.rendering import page_of


def form_page(page: StatusPage, *, kind: str = "", address: str = "", error: str = "") -> bytes:
    """The form, with what was filled in."""
    components = [
        {"key": key, "name": name} for key, name in page.components.values_list("key", "name")
    ]
    return page_of(
        "subscribe.html",
        _about(page, components),
        "../",
        logo=_logo(page),
        kind=kind,
        address=address,
        error=error,
    )


def message_page(
    page: StatusPage, up: str, title: str, lines: Sequence[str], *, button: str = ""
) -> bytes:
    """A title, some lines, and a button if something is to be said yes to."""
    return page_of(
        "message.html",
        _about(page),
        up,
        logo=_logo(page),
        title=title,
        lines=lines,
        button=button,
    )


def _about(page: StatusPage, components: Sequence[object] = ()) -> dict[str, object]:
    """What the frame says of a page."""
    return {"title": page.title, "is_public": page.is_public, "components": components}


def _logo(page: StatusPage) -> str:
    suffix = StatusLogo.objects.filter(page=page).values_list("suffix", flat=True).first()
    return f"logo.{suffix}" if suffix else ""
