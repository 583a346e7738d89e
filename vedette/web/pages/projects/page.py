"""The projects of the viewer, and one screen to make another."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette.access.actions import Action
from vedette.projects.creation import create_project
from vedette.projects.models import Project
from vedette.projects.snippets import make_snippets
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.rendering import show
from vedette.web.routing import Navigation, Page, Route

_PLATFORMS = [(made.platform, made.label) for made in make_snippets("https://key@host/1")]
_PLATFORMS = [*((key, name) for key, name in _PLATFORMS if key != "curl"), ("other", "Other")]


class ProjectForm(forms.Form):
    """Name and platform, and the organisation where there is a choice."""

    name = forms.CharField(max_length=100, strip=True)
    platform = forms.ChoiceField(choices=_PLATFORMS, initial="python")
    organization = forms.ChoiceField(required=False)

    def __init__(self, viewer: Viewer, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.owners = {
            str(owner.pk): owner for owner in viewer.access.organizations_for(Action.CREATE_PROJECT)
        }
        choices = [(key, owner.name) for key, owner in self.owners.items()]
        organization = self.fields["organization"]
        assert isinstance(organization, forms.ChoiceField)
        organization.choices = choices

    def create(self) -> Project:
        """The project this valid form asks for; without a choice, in the first organisation."""
        chosen = self.cleaned_data["organization"] or next(iter(self.owners))
        held = self.cleaned_data
        return create_project(self.owners[chosen], held["name"], held["platform"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLine:
    """One project of the list."""

    project: Project
    reference: str
    can_manage: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectsContext:
    """What the list shows."""

    lines: list[ProjectLine]
    can_create: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateContext:
    """What the form shows."""

    form: ProjectForm
    platforms: list[tuple[str, str]]
    platform: str


def projects(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The list."""
    lines = [
        ProjectLine(
            project=project,
            reference=viewer.reference(project),
            can_manage=viewer.may(Action.ADMINISTER_PROJECT, project),
        )
        for project in viewer.projects
    ]
    context = ProjectsContext(lines=lines, can_create=viewer.may(Action.CREATE_PROJECT))
    return show(request, "pages/projects/page.html", context, section="projects")


def create(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The form; a made project's start page follows."""
    form = ProjectForm(viewer, request.POST) if request.method == "POST" else ProjectForm(viewer)
    if request.method == "POST" and form.is_valid():
        project = form.create()
        note_change(request, project.organization, f"made the project {project.slug}")
        return redirect("project-start", str(project.pk))
    context = CreateContext(
        form=form, platforms=_PLATFORMS, platform=str(form["platform"].value() or "python")
    )
    status = 400 if form.errors else 200
    return show(request, "pages/projects/create.html", context, section="projects", status=status)


PAGE = Page(
    routes=(
        Route(path="projects/", name="projects", view=projects, action=Action.VIEW_PROJECT),
        Route(
            path="projects/new/", name="project-create", view=create, action=Action.CREATE_PROJECT
        ),
    ),
    navigation=Navigation(label="Projects", icon="folder", route="projects", key="p", order=30),
)
