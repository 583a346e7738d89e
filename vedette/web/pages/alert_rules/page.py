"""Alert rules: the list, the form in two tabs, the back-test, on and off."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect

from vedette import clock
from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.alerts.ending import end_alerts
from vedette.alerts.models import AlertRule
from vedette.alerts.reading import rules_of
from vedette.configuration import Entry
from vedette.configuration._writing import the_kind
from vedette.monitors.models import Monitor
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.alert_rules.editing import Draft, read_draft, save_draft, trial_of
from vedette.web.pages.alert_rules.filling import of_monitor
from vedette.web.pages.alert_rules.form import RuleForm, make_form
from vedette.web.pages.alert_rules.listing import RuleRow, make_rows
from vedette.web.pages.alert_rules.presets import PRESETS, Preset, preset_named
from vedette.web.pages.alert_rules.text import as_text
from vedette.web.pages.alert_rules.trial import Trial
from vedette.web.pages.alerts.page import chosen_projects
from vedette.web.paging import listed
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_SNOOZES = {"1": "1 hour", "8": "8 hours", "24": "24 hours", "168": "7 days"}
_MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesContext:
    """The list."""

    rows: list[RuleRow]
    query: str
    next_cursor: str | None
    previous_cursor: str | None
    presets: tuple[Preset, ...]
    snoozes: dict[str, str] = field(default_factory=lambda: _SNOOZES)
    may_change: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EditContext:
    """The form. `rule` is None for a new one; `tab` is form or yaml."""

    rule: AlertRule | None
    organization: Organization
    form: RuleForm
    text: str
    mistakes: list[str]
    tab: str
    trial: Trial | None
    presets: tuple[Preset, ...]
    may_change: bool


def rules(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The rules of the chosen projects."""
    query = request.GET.get("query", "").strip()[:_MOST_CHARACTERS]
    found = rules_of(chosen_projects(request, viewer))
    if query:
        found = found.filter(body__name__icontains=query)
    page = listed(request, found)
    context = RulesContext(
        rows=make_rows(page.rows),
        query=query,
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        presets=PRESETS,
        may_change=viewer.may(Action.CHANGE_ALERTS),
    )
    return show(request, "pages/alert_rules/page.html", context, section="alerts")


def new_rule(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The empty form, or one that a preset filled in."""
    projects = viewer.access.projects_for(Action.CHANGE_ALERTS)
    if not projects:
        return show(request, "pages/alert_rules/no_project.html", None, section="alerts")
    preset = preset_named(request.GET.get("preset", ""))
    chosen = [one for one in chosen_projects(request, viewer) if one in projects]
    first = (chosen or list(projects))[0]
    entry: Entry = {**(preset.entry if preset else {"name": ""}), "project": first.slug}
    slug, value = request.GET.get("monitor", ""), request.GET.get("value", "")
    monitor = Monitor.objects.filter(project=first, slug=slug).first() if slug else None
    if monitor is not None:
        entry |= of_monitor(entry, slug, value, monitor.interval_seconds)
    draft = read_draft(request, viewer, first.organization, entry)
    return _edit(request, viewer, draft, None)


def edit_rule(request: HttpRequest, viewer: Viewer, rule_id: int) -> HttpResponse:
    """The form of a rule."""
    rule = _find(viewer, rule_id)
    organization = rule.project.organization
    entry = the_kind("rules").current(organization)[f"{rule.project.slug}/{rule.slug}"]
    draft = read_draft(request, viewer, organization, entry, rule)
    return _edit(request, viewer, draft, rule)


def change_rule(request: HttpRequest, viewer: Viewer, rule_id: int) -> HttpResponse:
    """POST `do`: on, off, snooze:HOURS, wake, or remove with the name as `confirm`."""
    rule = _find(viewer, rule_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    words = _carry_out(rule, request.POST.get("do", ""), request.POST.get("confirm", ""))
    note_change(
        request, rule.project.organization, f"rule {rule.project.slug}/{rule.slug}: {words}"
    )
    put_flash(request, Flash(text=f"{rule.name}: {words}."))
    return redirect("alert-rules")


def _carry_out(rule: AlertRule, wish: str, confirm: str) -> str:
    """Do it, and say what was done. Raises BadQuery."""
    what, _, hours = wish.partition(":")
    if what in ("on", "off"):
        rule.is_enabled = what == "on"
        words = f"switched {what}"
    elif what == "snooze" and hours in _SNOOZES:
        rule.snoozed_until = clock.now() + timedelta(hours=int(hours))
        words = f"snoozed for {_SNOOZES[hours]}"
    elif what == "wake":
        rule.snoozed_until = clock.now()  # as if it were over: what began meanwhile is told
        words = "awake again"
    elif what == "remove":
        if confirm.strip() != rule.name:
            raise BadQuery("write the rule's name to remove it with its alerts")
        rule.delete()
        return "removed with its alerts"
    else:
        raise BadQuery("a rule is switched on or off, snoozed, woken or removed")
    rule.changed_at = clock.now()  # by it the live product takes the change over
    rule.save(update_fields=["is_enabled", "snoozed_until", "changed_at"])
    if not rule.is_enabled:
        end_alerts(rule, "the rule was switched off")
    return words


def _edit(
    request: HttpRequest, viewer: Viewer, draft: Draft, rule: AlertRule | None
) -> HttpResponse:
    """What the form asked for: show, try, change the tab, or save."""
    wish = request.POST.get("do", "") if request.method == "POST" else ""
    trial = trial_of(viewer, draft) if wish == "test" else None
    if wish == "test" and request.headers.get("HX-Request"):
        return show(request, "pages/alert_rules/_trial.html", trial)
    if wish == "save" and not draft.is_wrong:
        identity = save_draft(request, viewer, draft, is_new=rule is None)
        if identity:
            put_flash(request, Flash(text=f"The rule {identity} was saved."))
            return redirect("alert-rules")
    tab = {"yaml": "yaml", "form": "form"}.get(wish, draft.tab)
    if draft.text_mistakes:
        tab = "yaml"
    context = EditContext(
        rule=rule,
        organization=draft.organization,
        form=make_form(draft.entry, draft.choices, draft.problems if wish != "form" else ()),
        text=draft.text if draft.tab == "yaml" and tab == "yaml" else as_text(draft.entry),
        mistakes=draft.mistakes,
        tab=tab,
        trial=trial,
        presets=PRESETS,
        may_change=viewer.may(Action.CHANGE_ALERTS, rule.project if rule else None),
    )
    is_refused = wish == "save" and draft.is_wrong
    status = 400 if is_refused else 200
    return show(request, "pages/alert_rules/edit.html", context, section="alerts", status=status)


def _find(viewer: Viewer, rule_id: int) -> AlertRule:
    """A rule of a project on which the route's action is allowed. Raises Http404."""
    if viewer.action is None:
        raise Http404("no such rule")
    return get_object_or_404(rules_of(viewer.access.projects_for(viewer.action)), pk=rule_id)


PAGE = Page(
    routes=(
        Route(path="alerts/rules/", name="alert-rules", view=rules, action=Action.VIEW_ALERTS),
        Route(
            path="alerts/rules/new/",
            name="alert-rule-new",
            view=new_rule,
            action=Action.CHANGE_ALERTS,
        ),
        Route(
            path="alerts/rules/<id:rule_id>/",
            name="alert-rule",
            view=edit_rule,
            action=Action.VIEW_ALERTS,
            changes=Action.CHANGE_ALERTS,
        ),
        Route(
            path="alerts/rules/<id:rule_id>/state/",
            name="alert-rule-state",
            view=change_rule,
            action=Action.CHANGE_ALERTS,
        ),
    )
)
