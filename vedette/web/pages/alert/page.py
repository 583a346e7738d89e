"""One alert: why it fired, what was done about it, who was told, and what to do now."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils.safestring import SafeString

from vedette.access.actions import Action
from vedette.alerts.deliveries import Delivery, Pending, deliveries_of, pending_of
from vedette.alerts.models import Alert, AlertEntry, Closing, Silence
from vedette.alerts.noise import Noise, noise_of
from vedette.alerts.reading import alerts_of
from vedette.alerts.silences import silences_over
from vedette.alerts.wording import subject_of
from vedette.trackers.opening import Subject
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.markdown import rendered
from vedette.web.pages.alert.chart import AlertChart, make_chart
from vedette.web.pages.alert.evidence import Evidence, make_evidence, rule_of
from vedette.web.pages.alerts.acting import carry_out
from vedette.web.pages.alerts.rows import Row, make_row
from vedette.web.pages.tracker_links.view import LinksView, make_links
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_ENTRIES = 200
_CLOSINGS = ((Closing.REAL, "Real"), (Closing.NOT_REAL, "Not real"), (Closing.EXPECTED, "Expected"))
_WORDS = {
    "fired": "Fired",
    "raised": "Became critical",
    "lowered": "Became a warning",
    "resolved": "Over",
    "again": "Happened again",
    "acknowledged": "Acknowledged",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that happened, in words."""

    entry: AlertEntry
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertContext:
    """What the page shows."""

    row: Row
    alert: Alert
    evidence: Evidence
    chart: AlertChart | None
    history: list[Line]
    deliveries: list[Delivery]
    pending: list[Pending]
    silences: list[Silence]
    runbook: SafeString
    noise: Noise
    links: LinksView
    closings: tuple[tuple[str, str], ...]
    may_change: bool
    is_over: bool


def alert_page(request: HttpRequest, viewer: Viewer, alert_id: int) -> HttpResponse:
    """The page; a POST with `do` acts."""
    assert viewer.action is not None
    projects = viewer.access.projects_for(viewer.action)
    alert = get_object_or_404(alerts_of(projects), pk=alert_id)
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()
        words = carry_out(request.POST.get("do", ""), [alert], viewer.user, reason)
        note_change(request, alert.rule.project.organization, f"alert #{alert.pk}: {words}")
        put_flash(request, Flash(text=words))
        return redirect("alert", alert.pk)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "POST"])
    return show(request, "pages/alert/page.html", _context(viewer, alert), section="alerts")


def _context(viewer: Viewer, alert: Alert) -> AlertContext:
    rule = rule_of(alert)
    subject = subject_of(rule) if rule and not rule.is_edge else "Events"
    entries = alert.entries.select_related("by").order_by("-at", "-pk")[:_ENTRIES]
    may_change = viewer.may(Action.CHANGE_ALERTS, alert.project)
    return AlertContext(
        row=make_row(alert),
        alert=alert,
        evidence=make_evidence(alert),
        chart=make_chart(alert, subject[:1].upper() + subject[1:]),
        history=[Line(entry=entry, words=_words(entry)) for entry in entries],
        deliveries=deliveries_of(alert),
        pending=pending_of(alert),
        silences=silences_over(alert),
        runbook=rendered(alert.rule.runbook or str(alert.evidence.get("runbook") or "")),
        noise=noise_of([alert.rule_id])[alert.rule_id],
        links=make_links(viewer, Subject.of_alert(alert)),
        closings=tuple((str(value), label) for value, label in _CLOSINGS),
        may_change=may_change,
        is_over=alert.state == "over",
    )


def _words(entry: AlertEntry) -> str:
    if entry.what.startswith("closed: "):
        return f"Closed as {entry.what.removeprefix('closed: ').lower()}"
    return _WORDS.get(entry.what, entry.what.capitalize())


PAGE = Page(
    routes=(
        Route(
            path="alerts/<id:alert_id>/",
            name="alert",
            view=alert_page,
            action=Action.VIEW_ALERTS,
            changes=Action.CHANGE_ALERTS,
        ),
    )
)
