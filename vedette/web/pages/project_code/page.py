"""A project's source code. Members read it, owners and admins change it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.issues.models import Issue
from vedette.issues.reading import load_event
from vedette.projects.models import Project
from vedette.releases.models import Repository
from vedette.sources.decisive import decisive_places
from vedette.sources.guessing import Guess, guess_mapping
from vedette.sources.links import file_address, mappings_of, provider_of
from vedette.sources.mapping import InvalidMapping, MappingWish, add_mapping, change_mapping
from vedette.sources.models import CodeMapping
from vedette.sources.paths import FramePlace
from vedette.sources.repositories import repositories_of
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.destination import safe_next
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.project_code.forms import MappingForm, OwnersForm
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_LOOKED_AT = 3  # of the issues that were seen last, for the guess
_MOST_REPOSITORIES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingLine:
    """A mapping, an example of where it leads, and the form to change it."""

    mapping: CodeMapping
    host: str
    example: str
    form: MappingForm
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeContext:
    """What the page shows."""

    project: Project
    reference: str
    can_manage: bool
    mappings: list[MappingLine]
    repositories: list[Repository]
    guess: Guess | None
    form: MappingForm
    error: str
    owners: OwnersForm


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused:
    """A mapping's form that could not be used; `mapping` is None for a new one."""

    form: MappingForm
    error: str
    mapping: int | None = None


def project_code(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """The page; a POST adds a mapping, or saves the owners."""
    project = viewer.project(slug)
    if request.method != "POST":
        return _page(request, viewer, project)
    if request.POST.get("form") == "owners":
        return _save_owners(request, viewer, project)
    form = MappingForm(request.POST)
    try:
        made = add_mapping(project, _wish(form, project))
    except InvalidMapping as error:
        return _page(request, viewer, project, refused=_Refused(form=form, error=str(error)))
    note_change(request, project.organization, f"{project.slug}: {_words(made)}")
    put_flash(request, Flash(text=f"Frames lead to {made.repository.name}."))
    return redirect(safe_next(request, _address(viewer, project)))


def mapping(request: HttpRequest, viewer: Viewer, slug: str, mapping_id: int) -> HttpResponse:
    """POST: change a mapping, or remove it."""
    project = viewer.project(slug)
    held = get_object_or_404(
        CodeMapping.objects.select_related("repository"), pk=mapping_id, project=project
    )
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if request.POST.get("do") == "remove":
        held.delete()
        note_change(request, project.organization, f"{project.slug}: removed {_words(held)}")
        put_flash(request, Flash(text="Mapping removed."))
        return redirect(_address(viewer, project))
    form = MappingForm(request.POST)
    try:
        change_mapping(held, _wish(form, project))
    except InvalidMapping as error:
        refused = _Refused(form=form, error=str(error), mapping=mapping_id)
        return _page(request, viewer, project, refused=refused)
    note_change(request, project.organization, f"{project.slug}: {_words(held)}")
    put_flash(request, Flash(text="Mapping saved."))
    return redirect(_address(viewer, project))


def _save_owners(request: HttpRequest, viewer: Viewer, project: Project) -> HttpResponse:
    form = OwnersForm(request.POST)
    if not form.is_valid():
        return _page(request, viewer, project, owners=form)
    form.save(project)
    note_change(request, project.organization, f"{project.slug}: changed owners")
    put_flash(request, Flash(text="Owners saved."))
    return redirect(_address(viewer, project) + "#owners")


def _wish(form: MappingForm, project: Project) -> MappingWish:
    """Raises InvalidMapping."""
    wish = form.wish(project)
    if wish is None:
        raise InvalidMapping("Choose one of the repositories, and roots of at most 500 characters.")
    return wish


def _page(
    request: HttpRequest,
    viewer: Viewer,
    project: Project,
    *,
    refused: _Refused | None = None,
    owners: OwnersForm | None = None,
) -> HttpResponse:
    can_manage = viewer.may(Action.ADMINISTER_PROJECT, project)
    held = mappings_of(project)
    is_new = refused is not None and refused.mapping is None
    context = CodeContext(
        project=project,
        reference=viewer.reference(project),
        can_manage=can_manage,
        mappings=[_line(one, refused) for one in held],
        repositories=_repositories(project) if can_manage else [],
        guess=_guess(viewer, project) if can_manage and not held else None,
        form=refused.form if refused and is_new else MappingForm(),
        error=refused.error if refused and is_new else "",
        owners=owners or OwnersForm.of(project),
    )
    status = 400 if refused or owners else 200
    template = "pages/project_code/page.html"
    return show(request, template, context, section="projects", status=status)


def _line(held: CodeMapping, refused: _Refused | None) -> MappingLine:
    mine = refused if refused and refused.mapping == held.pk else None
    path = f"{held.source_root.strip('/')}/example.py".lstrip("/")
    return MappingLine(
        mapping=held,
        host=provider_of(held.repository).label if held.repository.url else "",
        example=file_address(held.repository, path, line=12, ref=held.default_branch),
        form=mine.form if mine else MappingForm.of(held),
        error=mine.error if mine else "",
    )


def _repositories(project: Project) -> list[Repository]:
    return list(repositories_of(project.organization)[:_MOST_REPOSITORIES])


def _guess(viewer: Viewer, project: Project) -> Guess | None:
    """By the frames of the issues that were seen last."""
    places: dict[str, FramePlace] = {}
    newest = Issue.objects.filter(project=project).select_related("project")
    for issue in newest.order_by("-last_seen", "-pk")[:_LOOKED_AT]:
        event = load_event(viewer.visible, issue, "latest")
        for place in decisive_places(event.payload) if event else ():
            places.setdefault(place.name, place)
    return guess_mapping(project, list(places.values()))


def _address(viewer: Viewer, project: Project) -> str:
    return reverse("project-code", args=[viewer.reference(project)])


def _words(held: CodeMapping) -> str:
    root = held.stack_root or "all relative paths"
    return f"frames below {root} are {held.repository.name}/{held.source_root}"


PAGE = Page(
    routes=(
        Route(
            path="projects/<slug:slug>/code/",
            name="project-code",
            view=project_code,
            action=Action.VIEW_PROJECT,
            changes=Action.ADMINISTER_PROJECT,
        ),
        Route(
            path="projects/<slug:slug>/code/<id:mapping_id>/",
            name="code-mapping",
            view=mapping,
            action=Action.ADMINISTER_PROJECT,
        ),
    )
)
