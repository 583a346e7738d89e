"""Adding and changing one widget, with a preview that follows the form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from vedette.accounts.models import Organization
from vedette.dashboards import saving
from vedette.dashboards.answering import answer
from vedette.dashboards.content import MOST_TITLE, Widget
from vedette.dashboards.fields import Field, Options, written_options
from vedette.dashboards.layout import Place
from vedette.dashboards.models import Dashboard
from vedette.dashboards.widgets import WidgetKind, widget_kinds
from vedette.dashboards.written import check_options
from vedette.rules.problems import Problem
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import FormField, sentence
from vedette.web.pages.dashboards import opening
from vedette.web.pages.dashboards.drawing import draw
from vedette.web.pages.dashboards.editing import CONFLICT, read_number, with_widget
from vedette.web.pages.dashboards.filtering import filtered
from vedette.web.pages.dashboards.tiles import TileBody, body_of, show_tile
from vedette.web.pages.dashboards.viewing import SECTION, looking
from vedette.web.pages.dashboards.widget_form import form_fields, options_of
from vedette.web.rendering import show

_NEW: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WidgetContext:
    """What the page shows; `number` is 0 for a new widget."""

    dashboard: Dashboard
    number: int
    kind: WidgetKind
    kinds: list[tuple[WidgetKind, str]]
    title: str
    fields: list[tuple[Field, FormField, str]]
    rest: list[str]
    problem: str
    revision: int
    preview: str
    self_address: str
    query: str
    place: Place


def new_widget(request: HttpRequest, viewer: Viewer, dashboard_id: int) -> HttpResponse:
    """A new widget of the `kind` that the address names; the address may fill in its form."""
    row = opening.changeable(viewer, dashboard_id)
    kind = _kind(request.POST.get("kind") or request.GET.get("kind") or "series")
    widget = Widget(_NEW, kind.name, "", Place(0, 0, kind.width, kind.height), {})
    return _edit(request, viewer, row, widget)


def edit_widget(
    request: HttpRequest, viewer: Viewer, dashboard_id: int, widget_id: int
) -> HttpResponse:
    """A widget that is there; one that somebody has removed meanwhile is added again by saving."""
    row = opening.changeable(viewer, dashboard_id)
    if request.method == "POST" and saving.content_of(row).widget(widget_id) is None:
        return new_widget(request, viewer, dashboard_id)
    return _edit(request, viewer, row, opening.widget_of(row, widget_id))


def preview(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The fragment that shows what a form would make. A POST has it in its body."""
    given = request.POST if request.method == "POST" else request.GET
    kind = _kind(given.get("kind") or "series")
    found = filtered(request, viewer, _organization(viewer, given))
    options, problems = check_options(kind, options_of(kind, given))
    title = kind.label
    if problems:
        words = " ".join(sentence(one.words) for one in problems)
        return show_tile(request, TileBody(title=title, problem=words))
    at = replace(looking(viewer, found), zoom="")
    return show_tile(request, body_of(title, lambda: draw(answer(kind, options, found.asking), at)))


def _edit(request: HttpRequest, viewer: Viewer, row: Dashboard, widget: Widget) -> HttpResponse:
    named = request.POST.get("kind") or request.GET.get("kind") or widget.kind
    kind = _kind(named)
    if request.method == "POST":
        return _save(request, viewer, row, widget, kind)
    given = options_of(kind, request.GET)
    held = widget.whole_options if widget.id and not given else {}
    options, problems = check_options(kind, {**_fitting(kind, held), **given})
    return _show(
        request, viewer, row, widget, kind,
        title=request.GET.get("title", widget.title)[:MOST_TITLE],
        options={**options, **given},
        problems=problems if given else [],
    )  # fmt: skip


def _save(
    request: HttpRequest, viewer: Viewer, row: Dashboard, widget: Widget, kind: WidgetKind
) -> HttpResponse:
    title = " ".join(request.POST.get("title", "").split())
    given = options_of(kind, request.POST)
    options, problems = check_options(kind, given)
    if len(title) > MOST_TITLE:
        problems = [*problems, Problem("title", f"it has at most {MOST_TITLE} characters")]
    shown = {**options, **given}
    if problems:
        return _show(
            request, viewer, row, widget, kind, title=title, options=shown, problems=problems
        )
    made = Widget(widget.id, kind.name, title, widget.place, written_options(kind.fields, options))
    revision = read_number(request.POST.get("revision", ""))
    content = with_widget(saving.content_of(row), made)
    try:
        saving.change(row, revision=revision, content=content)
    except saving.ChangedMeanwhile:
        row.refresh_from_db()
        return _show(
            request, viewer, row, widget, kind, title=title, options=shown, problem=CONFLICT
        )
    put_flash(request, Flash(text=f"“{made.name}” is on the dashboard."))
    return redirect("dashboard-edit", row.pk)


def _show(
    request: HttpRequest,
    viewer: Viewer,
    row: Dashboard,
    widget: Widget,
    kind: WidgetKind,
    *,
    title: str,
    options: Options,
    problems: list[Problem] | None = None,
    problem: str = "",
) -> HttpResponse:
    found = filtered(request, viewer, row.organization)
    fields, rest = form_fields(kind, options, problems or [])
    dataset = str(options.get("dataset") or "errors")
    carried = _pairs(kind, options, title)
    context = WidgetContext(
        dashboard=row,
        number=widget.id,
        kind=kind,
        kinds=[
            (one, "?" + urlencode([("kind", one.name), *carried]))
            for one in widget_kinds().values()
        ],
        title=title,
        fields=[(field, shown, _completion(field, dataset)) for field, shown in fields],
        rest=rest,
        problem=problem,
        revision=row.revision,
        preview=f"{reverse('dashboard-preview')}?{found.query}",
        self_address=f"{request.path}?{found.query}",
        query=found.query,
        place=widget.place,
    )
    status = 409 if problem else 400 if problems and request.method == "POST" else 200
    return show(request, "pages/dashboards/widget.html", context, section=SECTION, status=status)


def _organization(viewer: Viewer, given: QueryDict) -> Organization | None:
    """That of the dashboard which the form is for."""
    number = given.get("dashboard", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return opening.opened(viewer, int(number)).organization


def _kind(name: str) -> WidgetKind:
    """Raises BadQuery for what no kind is."""
    found = widget_kinds().get(name)
    if found is None:
        raise BadQuery(f"a widget is one of {', '.join(widget_kinds())}")
    return found


def _completion(field: Field, dataset: str) -> str:
    """Where its completion is asked; "" for none."""
    if not field.completes:
        return ""
    asked = {"dataset": dataset, "for": field.completes}
    return f"{reverse('explore-suggestions')}?{urlencode(asked)}"


def _pairs(kind: WidgetKind, options: Options, title: str) -> list[tuple[str, str]]:
    """What another kind of widget takes over."""
    found = [("title", title)] if title else []
    for name, value in written_options(kind.fields, options).items():
        if isinstance(value, list):
            found += [(name, one) for one in value]
        elif isinstance(value, str | int) and not isinstance(value, bool):
            found.append((name, str(value)))
    return found


def _fitting(kind: WidgetKind, options: Options) -> Options:
    """Those of the options that this kind has, too."""
    known = {field.name for field in kind.fields}
    return {name: value for name, value in options.items() if name in known}
