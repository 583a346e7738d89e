"""A project's keys and settings. Members read them, owners and admins change them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect

from vedette.access.actions import Action
from vedette.access.sight import Sight, open_only_to, sights
from vedette.projects.models import Project, ProjectKey
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.project_settings.forms import GeneralForm, KeyForm, ScrubbingForm
from vedette.web.rendering import show
from vedette.web.routing import Page, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """A key with its DSN and the form to change it."""

    key: ProjectKey
    dsn: str
    form: KeyForm


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsContext:
    """What the page shows."""

    project: Project
    reference: str
    can_manage: bool
    keys: list[KeyLine]
    general: GeneralForm
    scrubbing: ScrubbingForm
    new_key: KeyForm
    sights: list[Sight]


def project_settings(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """The page, and its two forms on the project itself."""
    project = viewer.project(slug)
    general, scrubbing = GeneralForm.of(project), ScrubbingForm.of(project)
    if request.method == "POST" and request.POST.get("form") == "members":
        open_only_to(project, request.POST.getlist("member"))
        put_flash(request, Flash(text="Saved who may see the project."))
        return redirect("project-settings", slug)
    if request.method == "POST":
        if request.POST.get("form") == "scrubbing":
            scrubbing = ScrubbingForm(request.POST)
        else:
            general = GeneralForm(request.POST)
        form = scrubbing if scrubbing.is_bound else general
        if form.is_valid():
            form.save(project)
            put_flash(request, Flash(text="Settings saved."))
            return redirect("project-settings", slug)
    can_manage = viewer.may(Action.ADMINISTER_PROJECT, project)
    context = SettingsContext(
        project=project,
        reference=viewer.reference(project),
        can_manage=can_manage,
        keys=[_line(key) for key in project.keys.order_by("id")],
        general=general,
        scrubbing=scrubbing,
        new_key=KeyForm(),
        sights=sights(project) if can_manage else [],
    )
    status = 400 if request.method == "POST" else 200
    template = "pages/project_settings/page.html"
    return show(request, template, context, section="projects", status=status)


def create_key(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """POST: a new key."""
    project = viewer.project(slug)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = KeyForm(request.POST)
    if form.is_valid():
        form.save(ProjectKey(project=project))
        put_flash(request, Flash(text="Key created."))
    else:
        put_flash(request, Flash(text="The key was not created: its limit is not a number."))
    return redirect("project-settings", slug)


def change_key(request: HttpRequest, viewer: Viewer, slug: str, key_id: int) -> HttpResponse:
    """POST: rename, limit, disable or enable one key of this project."""
    project = viewer.project(slug)
    key = get_object_or_404(ProjectKey, pk=key_id, project=project)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = KeyForm(request.POST)
    if not form.is_valid():
        put_flash(request, Flash(text="The key was not changed: its limit is not a number."))
        return redirect("project-settings", slug)
    if "active" in request.POST:
        key.is_active = request.POST["active"] == "yes"
    form.save(key)
    put_flash(request, Flash(text=f"Key {key.label} saved."))
    return redirect("project-settings", slug)


def _line(key: ProjectKey) -> KeyLine:
    return KeyLine(key=key, dsn=key.dsn(settings.CONFIG.base_url), form=KeyForm.of(key))


PAGE = Page(
    routes=(
        Route(
            path="projects/<slug:slug>/settings/",
            name="project-settings",
            view=project_settings,
            action=Action.VIEW_PROJECT,
            changes=Action.ADMINISTER_PROJECT,
        ),
        Route(
            path="projects/<slug:slug>/keys/",
            name="project-keys",
            view=create_key,
            action=Action.ADMINISTER_PROJECT,
        ),
        Route(
            path="projects/<slug:slug>/keys/<id:key_id>/",
            name="project-key",
            view=change_key,
            action=Action.ADMINISTER_PROJECT,
        ),
    )
)
