"""What a form does about alerts, one or many: acknowledge, resolve, silence, close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.accounts.models import User
from vedette.alerts import acting
from vedette.alerts.models import Alert, Closing
from vedette.alerts.reading import alerts_of
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.destination import safe_next
from vedette.web.flash import Flash, put_flash
from vedette.web.wording import plural

SILENCES = {"1": "1 hour", "8": "8 hours", "24": "24 hours"}
_MOST_ALERTS = 500


def change_alerts(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """POST `do` for every `alert` id; ids of foreign alerts change nothing."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    names = request.POST.getlist("alert")[:_MOST_ALERTS]
    ids = [int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 19]
    projects = viewer.access.projects_for(Action.CHANGE_ALERTS)
    held = list(alerts_of(projects).filter(pk__in=ids))
    words = carry_out(request.POST.get("do", ""), held, viewer.user)
    if held:
        _note(request, held, words)
        put_flash(request, Flash(text=words))
    return redirect(safe_next(request, reverse("alerts")))


def carry_out(wish: str, alerts: Sequence[Alert], user: User | None, reason: str = "") -> str:
    """Do it: acknowledge, resolve, silence:HOURS, close:AS. Returns what was done, in words.

    Raises BadQuery for another wish.
    """
    what, _, how = wish.partition(":")
    if what == "acknowledge":
        return f"{plural(acting.acknowledge(alerts, user), 'alert')} acknowledged."
    if what == "resolve":
        return f"{plural(acting.resolve(alerts, user), 'alert')} resolved."
    if what == "silence" and how in SILENCES:
        try:
            number = _silence(alerts, timedelta(hours=int(how)), user, reason)
        except ValueError as error:
            return f"Not silenced: {error}."
        return f"{plural(number, 'alert')} silenced for {SILENCES[how]}."
    if what == "close" and how in Closing.values:
        for alert in alerts:
            acting.close(alert, how, user)
        return f"{plural(len(alerts), 'alert')} closed as {Closing(how).label.lower()}."
    raise BadQuery("an alert is acknowledged, resolved, silenced or closed")


def _silence(alerts: Sequence[Alert], span: timedelta, user: User | None, reason: str) -> int:
    """One silence for each alert and its like, or none. Raises ValueError in words."""
    said = set()
    with transaction.atomic():
        for alert in alerts:
            matchers = tuple(acting.matchers_of(alert))
            if matchers in said:
                continue
            said.add(matchers)
            why = reason or f"silenced from the alert “{alert.title[:200]}”"
            acting.silence(alert.rule.project.organization, matchers, span, why, user)
    return len(alerts)


def _note(request: HttpRequest, alerts: Sequence[Alert], words: str) -> None:
    """One audit entry for each organisation."""
    by_organization: dict[int, list[Alert]] = {}
    for alert in alerts:
        by_organization.setdefault(alert.rule.project.organization_id, []).append(alert)
    for held in by_organization.values():
        names = ", ".join(f"#{alert.pk}" for alert in held[:20])
        note_change(request, held[0].rule.project.organization, f"alerts {names}: {words}")
