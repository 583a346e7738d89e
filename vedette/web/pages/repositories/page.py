"""The repositories that commits come from, and where they are on the web."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.releases.models import Repository
from vedette.sources.links import commit_address, file_address, provider_of
from vedette.sources.providers import providers
from vedette.sources.repositories import (
    InvalidRepository,
    RepositoryWish,
    add_repository,
    change_repository,
    repositories_seen,
)
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_MOST_SHOWN = 200
_EXAMPLE = ("src/main.py", 12, "0123abcd" * 5)


class RepositoryForm(forms.Form):
    """A repository's name and address."""

    name = forms.CharField(max_length=200, strip=True)
    url = forms.CharField(max_length=2000, strip=True, required=False)
    provider = forms.CharField(max_length=32, required=False)
    template = forms.CharField(max_length=2000, strip=True, required=False)
    commit_template = forms.CharField(max_length=2000, strip=True, required=False)

    @classmethod
    def of(cls, repository: Repository) -> RepositoryForm:
        """The form as the repository is now."""
        names = ("name", "url", "provider", "template", "commit_template")
        return cls(initial={name: getattr(repository, name) for name in names})

    def wish(self) -> RepositoryWish:
        """What the valid form asks for."""
        return RepositoryWish(**self.cleaned_data)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryLine:
    """A repository, what its addresses look like, and the form to change it."""

    repository: Repository
    host: str
    file_example: str
    commit_example: str
    form: RepositoryForm
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An organisation with the repositories that may be seen."""

    organization: Organization
    lines: list[RepositoryLine]
    is_cut: bool
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoriesContext:
    """What the page shows; `form` is that of a new repository."""

    groups: list[Group]
    providers: list[tuple[str, str]]
    form: RepositoryForm
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused:
    """A form that was sent and could not be used; `repository` is None for a new one."""

    form: RepositoryForm
    error: str
    repository: int | None = None


def repositories(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The list."""
    return _page(request, viewer)


def create(request: HttpRequest, viewer: Viewer, organization_slug: str) -> HttpResponse:
    """POST: name a repository."""
    organization = viewer.organization(organization_slug)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = RepositoryForm(request.POST)
    try:
        made = add_repository(organization, _wish(form))
    except InvalidRepository as error:
        return _page(request, viewer, _Refused(form=form, error=str(error)))
    note_change(request, organization, f"added the repository {made.name}")
    put_flash(request, Flash(text=f"Repository {made.name} added."))
    return redirect("repositories")


def change(request: HttpRequest, viewer: Viewer, repository_id: int) -> HttpResponse:
    """POST: change a repository, or remove it with its commits."""
    run = viewer.access.organizations_for(Action.ADMINISTER_PROJECT)
    repository = get_object_or_404(Repository, pk=repository_id, organization__in=run)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if request.POST.get("do") == "remove":
        repository.delete()
        note_change(request, repository.organization, f"removed the repository {repository.name}")
        put_flash(request, Flash(text=f"Repository {repository.name} and its commits are removed."))
        return redirect("repositories")
    form = RepositoryForm(request.POST)
    try:
        change_repository(repository, _wish(form))
    except InvalidRepository as error:
        return _page(
            request, viewer, _Refused(form=form, error=str(error), repository=repository_id)
        )
    note_change(request, repository.organization, f"changed the repository {repository.name}")
    put_flash(request, Flash(text=f"Repository {repository.name} saved."))
    return redirect("repositories")


def _wish(form: RepositoryForm) -> RepositoryWish:
    """Raises InvalidRepository."""
    if not form.is_valid():
        raise InvalidRepository(" ".join(str(one[0]) for one in form.errors.values()))
    return form.wish()


def _page(request: HttpRequest, viewer: Viewer, refused: _Refused | None = None) -> HttpResponse:
    if not viewer.organizations:
        raise Http404("no organisation")
    is_new = refused is not None and refused.repository is None
    context = RepositoriesContext(
        groups=[_group(viewer, one, refused) for one in viewer.organizations],
        providers=[(name, one.label) for name, one in providers().items()],
        form=refused.form if refused and is_new else RepositoryForm(),
        error=refused.error if refused and is_new else "",
    )
    status = 400 if refused else 200
    return show(request, "pages/repositories/page.html", context, status=status)


def _group(viewer: Viewer, organization: Organization, refused: _Refused | None) -> Group:
    may_change = viewer.may(Action.ADMINISTER_PROJECT, organization)
    visible = viewer.access.visible(Action.VIEW_RELEASES)
    held = list(repositories_seen(organization, visible)[: _MOST_SHOWN + 1])
    return Group(
        organization=organization,
        lines=[_line(one, refused) for one in held[:_MOST_SHOWN]],
        is_cut=len(held) > _MOST_SHOWN,
        may_change=may_change,
    )


def _line(repository: Repository, refused: _Refused | None) -> RepositoryLine:
    mine = refused if refused and refused.repository == repository.pk else None
    path, line, ref = _EXAMPLE
    return RepositoryLine(
        repository=repository,
        host=provider_of(repository).label if repository.url else "",
        file_example=file_address(repository, path, line=line, ref=ref),
        commit_example=commit_address(repository, ref),
        form=mine.form if mine else RepositoryForm.of(repository),
        error=mine.error if mine else "",
    )


PAGE = Page(
    routes=(
        Route(
            path="settings/repositories/",
            name="repositories",
            view=repositories,
            action=Action.VIEW_RELEASES,
        ),
        Route(
            path="settings/repositories/<slug:organization_slug>/",
            name="repository-new",
            view=create,
            action=Action.ADMINISTER_PROJECT,
        ),
        Route(
            path="settings/repositories/<id:repository_id>/change/",
            name="repository",
            view=change,
            action=Action.ADMINISTER_PROJECT,
        ),
    )
)
