"""The components of a page: arranged by numbers and names of groups, added, changed, removed."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from vedette.monitors.models import Monitor
from vedette.statuspages import saving
from vedette.statuspages.drafts import MOST_MONITORS
from vedette.statuspages.keeping import touch
from vedette.statuspages.models import StatusComponent, StatusPage
from vedette.statuspages.reading import address_of, picture_of
from vedette.statuspages.states import BY_HAND, Condition
from vedette.statuspages.words import CONDITIONS, percent
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import sentence, wants_to_find
from vedette.web.pages.status_pages.choosing import MonitorChoice, choice_of, chosen
from vedette.web.pages.status_pages.finding import SECTION, find_page, may_change
from vedette.web.rendering import show


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentRow:
    """One of the table."""

    component: StatusComponent
    condition: str
    words: str
    uptime: str
    monitors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentsContext:
    """What the page shows."""

    status_page: StatusPage
    address: str
    rows: list[ComponentRow]
    groups: list[str]
    choice: MonitorChoice | None
    name: str
    error: str
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentContext:
    """The form of one; `component` and `group` as they were sent last."""

    status_page: StatusPage
    address: str
    component: StatusComponent
    group: str
    choice: MonitorChoice
    groups: list[str]
    states: list[tuple[str, str]] = field(default_factory=list)
    error: str = ""
    may_change: bool = True


def show_components(request: HttpRequest, viewer: Viewer, status_page_id: int) -> HttpResponse:
    """The table; a POST with `do` arranges it, or adds a component."""
    page = find_page(viewer, status_page_id)
    if request.method != "POST":
        return _table(request, viewer, page)
    if not may_change(viewer, page):
        raise PermissionDenied("you may not change this status page")
    if request.POST.get("do") == "arrange":
        _arrange(request, page)
        note_change(request, page.organization, f"status page {page.slug}: arranged")
        put_flash(request, Flash(text="Arranged."))
        return redirect("status-components", page.pk)
    if wants_to_find(request.POST):
        return _table(request, viewer, page)
    try:
        _add(request, viewer, page)
    except ValueError as error:
        return _table(request, viewer, page, sentence(str(error)))
    note_change(request, page.organization, f"status page {page.slug}: components added")
    put_flash(request, Flash(text="Added."))
    return redirect("status-components", page.pk)


def show_component(
    request: HttpRequest, viewer: Viewer, status_page_id: int, component_id: int
) -> HttpResponse:
    """The form of one; a POST changes it, or removes it with `do=remove`."""
    page = find_page(viewer, status_page_id)
    row = page.components.select_related("group").filter(pk=component_id).first()
    if row is None:
        raise Http404("no such component")
    if request.method != "POST" or wants_to_find(request.POST):
        return _form(request, viewer, page, row)
    if request.POST.get("do") == "remove":
        row.delete()
        saving.drop_empty_groups(page)
        touch(page)
        done = f"{row.name} removed"
    else:
        try:
            _change(request, viewer, page, row)
        except ValueError as error:
            return _form(request, viewer, page, row, sentence(str(error)))
        done = f"{row.name} changed"
    note_change(request, page.organization, f"status page {page.slug}: {done}")
    put_flash(request, Flash(text=f"{done}."))
    return redirect("status-components", page.pk)


def _arrange(request: HttpRequest, page: StatusPage) -> None:
    """By the numbers of the form, then as they stood; groups by their first component."""
    rows = list(page.components.all())
    places = {one.pk: _number(request.POST.get(f"place.{one.pk}", ""), 10_000) for one in rows}
    rows.sort(key=lambda one: (places[one.pk], one.position, one.pk))
    with transaction.atomic():
        names: dict[str, int] = {}
        for position, one in enumerate(rows):
            name = request.POST.get(f"group.{one.pk}", "").strip()[:100]
            one.position, one.group = position, saving.group_named(page, name)
            one.save(update_fields=["position", "group"])
            if one.group is not None:
                names.setdefault(one.group.name, len(names))
        saving.drop_empty_groups(page)
        for group in page.groups.all():
            group.position = names.get(group.name, len(names))
            group.save(update_fields=["position"])
        touch(page)


def _add(request: HttpRequest, viewer: Viewer, page: StatusPage) -> None:
    """One of the given name with all the chosen monitors, or one for each of them."""
    monitors = chosen(viewer, page.organization, request.POST.getlist("monitor"))
    name = request.POST.get("name", "").strip()
    if not name and not monitors:
        raise ValueError("give it a name, or choose monitors")
    if len(monitors) > MOST_MONITORS and name:
        raise ValueError(f"a component has at most {MOST_MONITORS} monitors")
    with transaction.atomic():
        if name:
            saving.add_component(page, name, monitors)
            return
        for one in monitors:
            saving.add_component(page, one.name, [one])


def _change(request: HttpRequest, viewer: Viewer, page: StatusPage, row: StatusComponent) -> None:
    sent = request.POST
    name = sent.get("name", "").strip()[:100]
    if not name:
        raise ValueError("a component needs a name")
    if page.components.filter(name=name).exclude(pk=row.pk).exists():
        raise ValueError(f"there is a component {name} already")
    monitors = chosen(viewer, page.organization, sent.getlist("monitor"), _held(row))
    if len(monitors) > MOST_MONITORS:
        raise ValueError(f"a component has at most {MOST_MONITORS} monitors")
    state = sent.get("state", "operational")
    with transaction.atomic():
        row.name = name
        row.description = sent.get("description", "").strip()[:400]
        row.group = saving.group_named(page, sent.get("group", ""))
        said = state if state in tuple(BY_HAND) else Condition.OPERATIONAL.value
        row.manual_state = saving.manual_state(monitors, said)
        row.shows_uptime = bool(sent.get("uptime"))
        row.save()
        row.monitors.set(monitors)
        saving.drop_empty_groups(page)
        touch(page)


def _table(request: HttpRequest, viewer: Viewer, page: StatusPage, error: str = "") -> HttpResponse:
    shapes = {one.key: one for one in picture_of(page).components}
    rows = page.components.select_related("group").prefetch_related("monitors")
    is_changeable = may_change(viewer, page)
    context = ComponentsContext(
        status_page=page,
        address=address_of(page),
        rows=[
            ComponentRow(
                component=one,
                condition=shapes[one.key].condition.value,
                words=CONDITIONS[shapes[one.key].condition],
                uptime=percent(shapes[one.key].uptimes.get("90d"))
                if shapes[one.key].uptimes
                else "–",
                monitors=len(one.monitors.all()),
            )
            for one in rows
            if one.key in shapes
        ],
        groups=list(page.groups.values_list("name", flat=True)),
        choice=choice_of(viewer, page.organization, request.POST) if is_changeable else None,
        name=request.POST.get("name", ""),
        error=error,
        may_change=is_changeable,
    )
    status = 400 if error else 200
    template = "pages/status_pages/components.html"
    return show(request, template, context, section=SECTION, status=status)


def _form(
    request: HttpRequest, viewer: Viewer, page: StatusPage, row: StatusComponent, error: str = ""
) -> HttpResponse:
    choice = choice_of(viewer, page.organization, request.POST, _held(row))
    context = ComponentContext(
        status_page=page,
        address=address_of(page),
        component=_as_sent(row, request.POST),
        group=request.POST.get("group", row.group.name if row.group else ""),
        choice=choice,
        groups=list(page.groups.values_list("name", flat=True)),
        states=[(one.value, CONDITIONS[one]) for one in BY_HAND],
        error=error,
    )
    status = 400 if error else 200
    template = "pages/status_pages/component.html"
    return show(request, template, context, section=SECTION, status=status)


def _as_sent(row: StatusComponent, sent: QueryDict) -> StatusComponent:
    """What was written, which is not saved yet."""
    if sent:
        row.description, row.manual_state = sent.get("description", ""), sent.get("state", "")
        row.name, row.shows_uptime = sent.get("name", row.name), bool(sent.get("uptime"))
    return row


def _held(row: StatusComponent) -> list[Monitor]:
    return list(row.monitors.select_related("project").order_by("name", "pk"))


def _number(text: str, usual: int) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else usual
