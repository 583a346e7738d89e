"""Silences: what nobody is told of for a time, why, and how to end it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from vedette import clock
from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.alerts import acting
from vedette.alerts.models import Silence
from vedette.alerts.silences import hidden_from, is_open_to, silences_in
from vedette.rules.durations import seconds_of
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import FormField, lines_of, sentence
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_MOST_PAST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SilencesContext:
    """Those that hold, those that are over, and the form of a new one."""

    active: list[Silence]
    ended: list[Silence]
    fields: list[FormField]
    error: str
    organizations: list[Organization]
    chosen: str
    has_many: bool
    may_change: bool


def silences(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The list; a POST makes a silence."""
    if request.method == "POST":
        return _make(request, viewer)
    return _page(request, viewer, "")


def end(request: HttpRequest, viewer: Viewer, silence_id: int) -> HttpResponse:
    """POST: end a silence now; what still fires is told at once."""
    held = next((one for one in _seen(viewer) if one.pk == silence_id), None)
    if held is None:
        raise Http404("no such silence")
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    acting.end_silence(held)
    note_change(request, held.organization, f"ended the silence of {', '.join(held.matchers)}")
    put_flash(request, Flash(text="The silence is over."))
    return redirect("alert-silences")


def _make(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    allowed = viewer.access.organizations_for(Action.CHANGE_ALERTS)
    named = request.POST.get("organization", "")
    organization = viewer.organization(named) if named else allowed[0]
    matchers = lines_of(request.POST.get("matchers", ""))
    try:
        span = timedelta(seconds=seconds_of(request.POST.get("span", "")))
        acting.silence(organization, matchers, span, request.POST.get("reason", ""), viewer.user)
    except ValueError as error:
        return _page(request, viewer, sentence(str(error)), status=400)
    note_change(request, organization, f"silenced {', '.join(matchers)} for {span}")
    put_flash(request, Flash(text="Silenced."))
    return redirect("alert-silences")


def _page(request: HttpRequest, viewer: Viewer, error: str, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    seen = _seen(viewer)
    organizations = viewer.access.organizations_for(Action.CHANGE_ALERTS)
    context = SilencesContext(
        active=[one for one in seen if one.ends_at > now],
        ended=[one for one in seen if one.ends_at <= now][:_MOST_PAST],
        fields=_fields(request),
        error=error,
        organizations=organizations,
        chosen=request.POST.get("organization", ""),
        has_many=len(organizations) > 1,
        may_change=bool(organizations),
    )
    return show(request, "pages/alert_silences/page.html", context, section="alerts", status=status)


def _fields(request: HttpRequest) -> list[FormField]:
    sent = request.POST
    return [
        FormField(
            name="matchers", label="Alerts that fit", kind="lines", rows=3, is_needed=True,
            value=sent.get("matchers", ""), placeholder="project=shop\nrule=too-many-errors",
            help="One a line, all of them must fit: level, project, rule, issue, environment.",
        ),
        FormField(
            name="span", label="For", value=sent.get("span", "1h"), is_needed=True,
            help="1h, 8h, 7d; at most 30 days.",
        ),
        FormField(
            name="reason", label="Why", value=sent.get("reason", ""),
            placeholder="Maintenance of the database",
        ),
    ]  # fmt: skip


def _seen(viewer: Viewer) -> list[Silence]:
    """Those of the viewer's organisations that name no project hidden from the viewer."""
    assert viewer.action is not None
    organizations = viewer.access.organizations_for(viewer.action)
    hidden = hidden_from([project.pk for project in viewer.projects], organizations)
    rows = silences_in(organizations)[:1000]
    return [one for one in rows if is_open_to(one, hidden[one.organization_id])]


PAGE = Page(
    routes=(
        Route(
            path="alerts/silences/",
            name="alert-silences",
            view=silences,
            action=Action.VIEW_ALERTS,
            changes=Action.CHANGE_ALERTS,
        ),
        Route(
            path="alerts/silences/<id:silence_id>/",
            name="alert-silence",
            view=end,
            action=Action.CHANGE_ALERTS,
        ),
    )
)
