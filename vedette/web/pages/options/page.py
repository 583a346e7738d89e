"""The pages of options: of a project, of an organisation, of the installation."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.control.choosing import change, chosen_at, inherited_at, would_be
from vedette.control.places import Place
from vedette.options import OptionGroup, groups
from vedette.options._resolving import check
from vedette.projects.models import Project, ProjectKey
from vedette.rules.problems import Problem
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.options.form import SHOWN, Line, beside_others, lines, read
from vedette.web.pages.options.panels import PANELS, Asked, Built
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_MOST_CHARACTERS = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A group that can be set here."""

    group: OptionGroup
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsContext:
    """What the page shows: one group, as this place has set it."""

    title: str
    place: str
    project: Project | None
    reference: str
    group: OptionGroup
    tabs: list[Tab]
    lines: list[Line]
    can_manage: bool
    error: str
    above: list[tuple[str, str]]
    shown: str
    panel: Built | None = None


def project_options(request: HttpRequest, viewer: Viewer, slug: str, options: str) -> HttpResponse:
    """What a project has set of a group; POST sets it."""
    project = viewer.project(slug)
    return _options(
        request,
        viewer,
        Place(project=project),
        options,
        project=project,
        reference=viewer.reference(project),
        can_manage=viewer.may(Action.ADMINISTER_PROJECT, project),
    )


def key_options(
    request: HttpRequest, viewer: Viewer, slug: str, key_id: int, options: str
) -> HttpResponse:
    """What one key of a project has set of a group; POST sets it."""
    project = viewer.project(slug)
    return _options(
        request,
        viewer,
        Place(key=get_object_or_404(ProjectKey, pk=key_id, project=project)),
        options,
        project=project,
        reference=viewer.reference(project),
        can_manage=viewer.may(Action.ADMINISTER_PROJECT, project),
    )


def organization_options(
    request: HttpRequest, viewer: Viewer, organization_slug: str, options: str
) -> HttpResponse:
    """What an organisation has set of a group, for all its projects; POST sets it."""
    organization = viewer.organization(organization_slug)
    return _options(request, viewer, Place(organization=organization), options, can_manage=True)


def installation_options(request: HttpRequest, viewer: Viewer, options: str) -> HttpResponse:
    """What the installation has set of a group, for everybody; POST sets it."""
    return _options(request, viewer, Place(), options, can_manage=True)


def _options(
    request: HttpRequest,
    viewer: Viewer,
    place: Place,
    name: str,
    *,
    can_manage: bool,
    project: Project | None = None,
    reference: str = "",
) -> HttpResponse:
    known = [one for one in groups().values() if place.level in one.levels]
    group = next((one for one in known if one.name == name), None)
    if group is None:
        raise Http404(f"there is no group of options {name} here")
    chosen = chosen_at(place, group)
    shown = request.POST.get(SHOWN, "") or json.dumps(chosen)
    panel = PANELS.get(group.name)
    problems: list[Problem] = []
    is_tried = panel is not None and panel.trial in request.POST
    if request.method == "POST":
        written = partial(_written, place, group, request.POST)
        chosen = written(chosen)
        problems = check(group, chosen, place.level)
        if not problems and not is_tried:
            _save(request, place, group, written)
            return redirect(_address(place, group, reference))
    inherited = inherited_at(place, group, settings.CONFIG)
    asked = Asked(
        viewer=viewer,
        place=place,
        tried=would_be(place, group, chosen, settings.CONFIG)
        if is_tried and not problems
        else None,
        sample=request.POST.get("sample", ""),
    )
    built = panel.build(asked) if panel is not None else None
    context = OptionsContext(
        title=_title(place),
        place=place.level.value,
        project=project,
        reference=reference,
        group=group,
        tabs=[Tab(group=one, address=_address(place, one, reference)) for one in known],
        lines=lines(
            group.at(place.level), chosen, inherited, problems, notes=built.notes if built else {}
        ),
        can_manage=can_manage,
        error="Nothing was saved: look at what is marked." if problems else "",
        above=_above(viewer, place, group),
        shown=shown,
        panel=built,
    )
    status = 400 if problems else 200
    section = "projects" if project else ""
    template = panel.template if panel is not None else "pages/options/page.html"
    return show(request, template, context, section=section, status=status)


def _written(
    place: Place, group: OptionGroup, sent: QueryDict, held: dict[str, Any]
) -> dict[str, Any]:
    return beside_others(read(group, place.level, sent, held), sent, held)


def _save(
    request: HttpRequest,
    place: Place,
    group: OptionGroup,
    written: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    who = getattr(request.user, "email", "")
    address = str(request.META.get("REMOTE_ADDR", ""))
    changed = change(place, group, written, who=who, address=address, via="form")
    text = f"Saved. {group.counts}" if changed else "Nothing has changed."
    put_flash(request, Flash(text=text))


def _title(place: Place) -> str:
    if place.key is not None:
        return f"{place.key.project.name}: key {place.key.label}"
    if place.project is not None:
        return place.project.name
    return place.organization.name if place.organization is not None else "Installation"


def _address(place: Place, group: OptionGroup, reference: str) -> str:
    if place.key is not None:
        return reverse("key-options", args=[reference, place.key.pk, group.name])
    if place.project is not None:
        return reverse("project-options", args=[reference, group.name])
    if place.organization is not None:
        return reverse("organization-options", args=[place.organization.slug, group.name])
    return reverse("installation-options", args=[group.name])


def _above(viewer: Viewer, place: Place, group: OptionGroup) -> list[tuple[str, str]]:
    """The pages of the places that this one inherits from, as far as the viewer may see them."""
    found = []
    for one in place.chain()[:-1]:
        if one.level not in group.levels:
            continue
        if one.project is not None:
            found.append((one.project.name, _address(one, group, viewer.reference(one.project))))
        elif one.organization is not None:
            if not viewer.may(Action.MANAGE_ORGANIZATION, one.organization):
                continue
            found.append((one.organization.name, _address(one, group, "")))
        elif viewer.manages_installation:
            found.append(("Installation", _address(one, group, "")))
    return found


PAGE = Page(
    routes=(
        Route(
            path="projects/<slug:slug>/settings/<slug:options>/",
            name="project-options",
            view=project_options,
            action=Action.VIEW_PROJECT,
            changes=Action.ADMINISTER_PROJECT,
        ),
        Route(
            path="projects/<slug:slug>/keys/<id:key_id>/settings/<slug:options>/",
            name="key-options",
            view=key_options,
            action=Action.VIEW_PROJECT,
            changes=Action.ADMINISTER_PROJECT,
        ),
        Route(
            path="settings/organizations/<slug:organization_slug>/<slug:options>/",
            name="organization-options",
            view=organization_options,
            action=Action.MANAGE_ORGANIZATION,
        ),
        Route(
            path="settings/installation/<slug:options>/",
            name="installation-options",
            view=installation_options,
            action=Action.MANAGE_INSTALLATION,
        ),
    )
)
