"""A project's keys and settings. Members read them, owners and admins change them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.access.sight import Sight, members_of, open_only_to, sights
from vedette.accounts.models import Membership
from vedette.control.rotation import rotate_key
from vedette.projects.models import Project, ProjectKey
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.destination import safe_next
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.project_settings.forms import GeneralForm, KeyForm, RotationForm
from vedette.web.paging import Listed, listed
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_MOST_CHARACTERS = 254
_NUMBER = re.compile("[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """A key with its DSN and the form to change it."""

    key: ProjectKey
    dsn: str
    form: KeyForm
    works_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsContext:
    """What the page shows."""

    project: Project
    reference: str
    can_manage: bool
    keys: list[KeyLine]
    general: GeneralForm
    new_key: KeyForm
    who: str
    pages: Listed[Membership]
    sights: list[Sight]


def project_settings(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """The page, and its forms on the project itself."""
    project = viewer.project(slug)
    general = GeneralForm.of(project)
    if request.method == "POST" and request.POST.get("form") == "members":
        return _save_sights(request, viewer, project)
    if request.method == "POST":
        general = GeneralForm(request.POST)
        if general.is_valid():
            _save(request, project, general)
            put_flash(request, Flash(text="Settings saved."))
            return redirect("project-settings", slug)
    can_manage = viewer.may(Action.ADMINISTER_PROJECT, project)
    who = request.GET.get("who", "").strip()[:_MOST_CHARACTERS]
    pages = listed(request, members_of(project, who) if can_manage else Membership.objects.none())
    context = SettingsContext(
        project=project,
        reference=viewer.reference(project),
        can_manage=can_manage,
        keys=[_line(key) for key in project.keys.order_by("id")],
        general=general,
        new_key=KeyForm(),
        who=who,
        pages=pages,
        sights=sights(project, pages.rows),
    )
    status = 400 if request.method == "POST" else 200
    template = "pages/project_settings/page.html"
    return show(request, template, context, section="projects", status=status)


def _save(request: HttpRequest, project: Project, form: GeneralForm) -> None:
    """Store the valid form, and write down which settings are other ones now."""
    before = GeneralForm.of(project).initial
    form.save(project)
    after = GeneralForm.of(project).initial
    names = [name.replace("_", " ") for name in after if after[name] != before[name]]
    if names:
        what = f"{project.slug}: changed {', '.join(names)}"
        note_change(request, project.organization, what)


def _save_sights(request: HttpRequest, viewer: Viewer, project: Project) -> HttpResponse:
    """Of the members that the form listed, the project is open to those that are ticked."""
    changed = open_only_to(project, _numbers(request, "member"), among=_numbers(request, "listed"))
    if changed:
        people = ", ".join(changed)
        note_change(request, project.organization, f"{project.slug}: other sight for {people}")
    put_flash(request, Flash(text="Saved who may see the project."))
    back = reverse("project-settings", args=[viewer.reference(project)])
    return redirect(safe_next(request, back))


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [int(text) for text in request.POST.getlist(name) if _NUMBER.fullmatch(text)]


def create_key(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """POST: a new key."""
    project = viewer.project(slug)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = KeyForm(request.POST)
    if form.is_valid():
        key = ProjectKey(project=project)
        form.save(key)
        note_change(request, project.organization, f"{project.slug}: made the key {key.label}")
        put_flash(request, Flash(text="Key created."))
    else:
        put_flash(request, Flash(text="The key was not created: its name is too long."))
    return redirect("project-settings", slug)


def change_key(request: HttpRequest, viewer: Viewer, slug: str, key_id: int) -> HttpResponse:
    """POST: rename, disable, enable or rotate one key of this project."""
    project = viewer.project(slug)
    key = get_object_or_404(ProjectKey, pk=key_id, project=project)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if "days" in request.POST:
        return _rotate(request, key, slug)
    form = KeyForm(request.POST)
    if not form.is_valid():
        put_flash(request, Flash(text="The key was not changed: its name is too long."))
        return redirect("project-settings", slug)
    before = (key.label, key.works_until, key.is_active)
    if "keep" in request.POST:
        key.works_until = 0
    if "active" in request.POST:
        key.is_active = request.POST["active"] == "yes"
    form.save(key)
    if before != (key.label, key.works_until, key.is_active):
        note_change(request, project.organization, f"{project.slug}: {_words(key, before[0])}")
    put_flash(request, Flash(text=f"Key {key.label} saved."))
    return redirect("project-settings", slug)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _words(key: ProjectKey, former: str) -> str:
    state = "active" if key.is_active else "disabled"
    end = f"until {_moment(key.works_until):%Y-%m-%d %H:%M} UTC" if key.works_until else "for ever"
    return f"key {former} is now {key.label}, {state}, {end}"


def _rotate(request: HttpRequest, key: ProjectKey, slug: str) -> HttpResponse:
    """A new key with the same limits; the old one works for so many days."""
    form = RotationForm(request.POST)
    if not form.is_valid():
        put_flash(request, Flash(text="The key was not rotated: give a number of days to 365."))
        return redirect("project-settings", slug)
    new = rotate_key(key, days=form.cleaned_data["days"])
    project = key.project
    note_change(request, project.organization, f"{project.slug}: {_words(key, key.label)}")
    note_change(request, project.organization, f"{project.slug}: made the key {new.label}")
    put_flash(request, Flash(text="There is a new key: put its DSN into your application."))
    return redirect("project-settings", slug)


def _line(key: ProjectKey) -> KeyLine:
    return KeyLine(
        key=key,
        dsn=key.dsn(settings.CONFIG.base_url),
        form=KeyForm.of(key),
        works_until=_moment(key.works_until) if key.works_until else None,
    )


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
