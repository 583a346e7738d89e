"""Forgetting a person: who, what was found, the confirmation, and the receipt."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.items import IDENTITIES
from vedette.sealing.sealer import CannotOpen
from vedette.storage.forgetting import ask_to_forget, confirm, receipt
from vedette.storage.models import Forgetting
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

State = Forgetting.State
_MOST_CHARACTERS = 254
_LATEST = 50
_LABELS = {"id": "User id", "email": "E-mail address", "username": "User name", "ip": "IP address"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetContext:
    """The form, and what was asked before."""

    organization: Organization
    identities: list[tuple[str, str]]
    kind: str
    value: str
    error: str
    before: list[Forgetting]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgettingContext:
    """One person: who as long as it is not done, counts by kind, how far it is."""

    organization: Organization
    one: Forgetting
    label: str
    value: str
    counts: list[tuple[str, int]]
    total: int
    is_waiting: bool


def forget(request: HttpRequest, viewer: Viewer, organization_slug: str) -> HttpResponse:
    """Who is to be forgotten; POST begins to look."""
    organization = viewer.organization(organization_slug)
    kind = request.POST.get("kind", "email")
    value = request.POST.get("value", "").strip()
    error = ""
    if request.method == "POST":
        error = _wrong(kind, value)
        if not error:
            one = ask_to_forget(
                organization,
                kind,
                value,
                by=getattr(request.user, "email", ""),
                address=str(request.META.get("REMOTE_ADDR", "")),
            )
            return redirect("forgetting", organization.slug, one.pk)
    context = ForgetContext(
        organization=organization,
        identities=list(_LABELS.items()),
        kind=kind,
        value=value,
        error=error,
        before=list(Forgetting.objects.filter(organization=organization).order_by("-pk")[:_LATEST]),
    )
    return show(request, "pages/forgetting/page.html", context, status=400 if error else 200)


def forgetting(
    request: HttpRequest, viewer: Viewer, organization_slug: str, forgetting_id: int
) -> HttpResponse:
    """One person; POST confirms, or ends it before anything was removed."""
    organization = viewer.organization(organization_slug)
    one = get_object_or_404(Forgetting, organization=organization, pk=forgetting_id)
    if request.method == "POST":
        if request.POST.get("do") == "cancel":
            Forgetting.objects.filter(pk=one.pk, state__in=(State.LOOKING, State.FOUND)).delete()
            return redirect("forget", organization.slug)
        text = "It goes now." if confirm(one) else "Nothing to confirm: look at how far it is."
        put_flash(request, Flash(text=text))
        return redirect("forgetting", organization.slug, one.pk)
    counts = one.removed if one.state in (State.REMOVING, State.DONE) else one.found
    context = ForgettingContext(
        organization=organization,
        one=one,
        label=_LABELS.get(one.kind, one.kind),
        value=_name_of(one),
        counts=sorted(counts.items(), key=lambda held: -held[1]),
        total=sum(counts.values()),
        is_waiting=one.state in (State.LOOKING, State.REMOVING),
    )
    return show(request, "pages/forgetting/one.html", context)


def _name_of(one: Forgetting) -> str:
    try:
        return str(one.identity)
    except CannotOpen:
        return "(cannot be read: its key is not there)"


def forgetting_receipt(
    request: HttpRequest, viewer: Viewer, organization_slug: str, forgetting_id: int
) -> HttpResponse:
    """The receipt as JSON."""
    organization = viewer.organization(organization_slug)
    one = get_object_or_404(Forgetting, organization=organization, pk=forgetting_id)
    if one.state != State.DONE:
        raise Http404("there is no receipt yet")
    body = json.dumps(receipt(one), indent=2, ensure_ascii=False)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{one.pk}.json"'
    return response


def _wrong(kind: str, value: str) -> str:
    if kind not in IDENTITIES:
        return "Choose what the person is known by."
    if not value or len(value) > _MOST_CHARACTERS or "\0" in value:
        return f"Write it, with at most {_MOST_CHARACTERS} characters."
    return ""


_PATH = "organizations/<slug:organization_slug>/forget/"
PAGE = Page(
    routes=(
        Route(path=_PATH, name="forget", view=forget, action=Action.MANAGE_ORGANIZATION),
        Route(
            path=f"{_PATH}<id:forgetting_id>/",
            name="forgetting",
            view=forgetting,
            action=Action.MANAGE_ORGANIZATION,
        ),
        Route(
            path=f"{_PATH}<id:forgetting_id>/receipt/",
            name="forgetting-receipt",
            view=forgetting_receipt,
            action=Action.MANAGE_ORGANIZATION,
        ),
    )
)
