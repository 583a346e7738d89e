"""Who hears of a page: how many, exported, removed."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette.sealing.sealer import CannotOpen
from vedette.statuspages.models import StatusDelivery, StatusPage, Subscriber
from vedette.statuspages.reading import address_of
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.status_pages.finding import SECTION, find_page
from vedette.web.rendering import show
from vedette.web.spreadsheets import harmless

_MOST_SHOWN = 500
_UNREADABLE = "(cannot be read: its key is not there)"
_KINDS = {"email": "E-mail", "slack": "Slack", "webhook": "Webhook"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberRow:
    """One of the list; of a webhook only the host is shown, the rest is a secret."""

    subscriber: Subscriber
    kind: str
    address: str
    components: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribersContext:
    """What the page shows."""

    status_page: StatusPage
    address: str
    rows: list[SubscriberRow]
    confirmed: int
    unconfirmed: int
    waiting: int
    may_change: bool = True


def show_subscribers(request: HttpRequest, viewer: Viewer, status_page_id: int) -> HttpResponse:
    """The list; a POST removes the chosen ones."""
    page = find_page(viewer, status_page_id)
    if request.method == "POST":
        chosen = [one for one in request.POST.getlist("subscriber")[:_MOST_SHOWN] if one.isdigit()]
        rows = Subscriber.objects.filter(page=page, pk__in=chosen)
        number = rows.count()
        rows.delete()
        note_change(
            request, page.organization, f"status page {page.slug}: {number} subscribers removed"
        )
        put_flash(request, Flash(text=f"{number} removed."))
        return redirect("status-subscribers", page.pk)
    rows = page.subscribers.prefetch_related("components").order_by("-created_at", "-pk")
    context = SubscribersContext(
        status_page=page,
        address=address_of(page),
        rows=[_row(one) for one in rows[:_MOST_SHOWN]],
        confirmed=page.subscribers.exclude(confirmed_at=None).count(),
        unconfirmed=page.subscribers.filter(confirmed_at=None).count(),
        waiting=StatusDelivery.objects.filter(subscriber__page=page, done_at=None).count(),
    )
    return show(request, "pages/status_pages/subscribers.html", context, section=SECTION)


def export(request: HttpRequest, viewer: Viewer, status_page_id: int) -> HttpResponse:
    """All of them as CSV, the addresses whole: they can be taken elsewhere."""
    page = find_page(viewer, status_page_id)
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["kind", "address", "components", "confirmed", "since"])
    rows = page.subscribers.prefetch_related("components").order_by("pk")
    for one in rows:
        confirmed = one.confirmed_at.isoformat() if one.confirmed_at else ""
        cells = [one.kind, _address(one), _chosen(one, ""), confirmed, one.created_at.isoformat()]
        writer.writerow([harmless(cell) for cell in cells])
    note_change(request, page.organization, f"status page {page.slug}: subscribers exported")
    response = HttpResponse(made.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{page.slug}-subscribers.csv"'
    return response


def _row(one: Subscriber) -> SubscriberRow:
    address = _address(one)
    shown = address if one.kind == "email" else f"{urlsplit(address).hostname or ''}/…"
    return SubscriberRow(
        subscriber=one,
        kind=_KINDS.get(one.kind, one.kind),
        address=_UNREADABLE if address == _UNREADABLE else shown,
        components=_chosen(one, "everything"),
    )


def _address(one: Subscriber) -> str:
    """One whose key is gone takes no other away."""
    try:
        return str(one.address)
    except CannotOpen:
        return _UNREADABLE


def _chosen(one: Subscriber, everything: str) -> str:
    """What it hears of; what was chosen may have been removed since."""
    if one.hears_all:
        return everything
    return ", ".join(component.name for component in one.components.all()) or "nothing any more"
