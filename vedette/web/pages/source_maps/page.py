"""A project's source maps: what was uploaded, which frames it served, and how many are readable."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect

from vedette.access.actions import Action
from vedette.artifacts.bundles import remove_from_project
from vedette.artifacts.debug_files import remove_debug_file
from vedette.artifacts.figures import (
    BundleRow,
    Share,
    files_of,
    list_bundles,
    share_of,
    shares_by_release,
)
from vedette.artifacts.models import ArtifactFile, Bundle, BundlePlace, DebugFile
from vedette.projects.models import Project
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.rendering import show
from vedette.web.routing import Page, Route
from vedette.web.scope import shared_filter

_BUNDLES = 25
_FILES = 100
_DEBUG_FILES = 50
_MOST_ID = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMapsContext:
    """What the page shows; `older` is where the next page of bundles begins."""

    project: Project
    reference: str
    can_remove: bool
    can_manage: bool
    share: Share
    releases: list[tuple[str, Share]]
    bundles: list[BundleRow]
    debug_files: list[DebugFile]
    debug_total: int
    older: int
    is_first: bool
    period_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleContext:
    """One bundle with a page of its files; `following` is where the next begins."""

    project: Project
    reference: str
    can_remove: bool
    bundle: Bundle
    places: list[BundlePlace]
    files: list[tuple[ArtifactFile, Share]]
    following: int


def source_maps(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """The page; a POST says whether maps are fetched from their public addresses."""
    project = viewer.project(slug)
    if request.method == "POST":
        project.fetches_source_maps = request.POST.get("fetches") == "on"
        project.save(update_fields=["fetches_source_maps"])
        does = "fetches" if project.fetches_source_maps else "no longer fetches"
        note_change(request, project.organization, f"{project.slug} {does} public source maps")
        put_flash(request, Flash(text="Settings saved."))
        return redirect("source-maps", slug)
    shared = shared_filter(request, viewer)
    since = shared.scope.period.start.date()
    before = _number(request, "before")
    files = DebugFile.objects.filter(project=project)
    rows = list_bundles(project, before=before, most=_BUNDLES + 1)
    context = SourceMapsContext(
        project=project,
        reference=viewer.reference(project),
        can_remove=viewer.may(Action.MANAGE_RELEASES, project),
        can_manage=viewer.may(Action.ADMINISTER_PROJECT, project),
        share=share_of(project, since),
        releases=shares_by_release(project, since),
        bundles=rows[:_BUNDLES],
        debug_files=list(files.order_by("-pk")[:_DEBUG_FILES]),
        debug_total=files.count(),
        older=rows[_BUNDLES - 1].bundle.pk if len(rows) > _BUNDLES else 0,
        is_first=not before,
        period_name=shared.period_name,
    )
    return show(request, "pages/source_maps/page.html", context, section="projects")


def bundle_page(request: HttpRequest, viewer: Viewer, slug: str, bundle_id: int) -> HttpResponse:
    """One bundle: its files, and the frames that each served."""
    project = viewer.project(slug)
    bundle = _bundle(project, bundle_id)
    rows = files_of(bundle, project, after=_number(request, "after"), most=_FILES + 1)
    context = BundleContext(
        project=project,
        reference=viewer.reference(project),
        can_remove=viewer.may(Action.MANAGE_RELEASES, project),
        bundle=bundle,
        places=list(bundle.places.filter(project=project).order_by("pk")),
        files=rows[:_FILES],
        following=rows[_FILES - 1][0].pk if len(rows) > _FILES else 0,
    )
    return show(request, "pages/source_maps/bundle.html", context, section="projects")


def removal(request: HttpRequest, viewer: Viewer, slug: str, bundle_id: int) -> HttpResponse:
    """POST: take a bundle from the project; it goes for good when it is of no other."""
    project = viewer.project(slug)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    bundle = _bundle(project, bundle_id)
    note_change(
        request, project.organization, f"deleted bundle {bundle.checksum[:12]} of {project.slug}"
    )
    remove_from_project(bundle, project)
    put_flash(request, Flash(text="The bundle is deleted. Events that were read with it stay."))
    return redirect("source-maps", slug)


def debug_removal(request: HttpRequest, viewer: Viewer, slug: str, file_id: int) -> HttpResponse:
    """POST: delete a debug file; events that were read with it stay as they are."""
    project = viewer.project(slug)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    remove_debug_file(get_object_or_404(DebugFile, project=project, pk=file_id))
    put_flash(request, Flash(text="The debug file is deleted. Events that were read with it stay."))
    return redirect("source-maps", slug)


def _bundle(project: Project, bundle_id: int) -> Bundle:
    return get_object_or_404(
        Bundle.objects.filter(places__project=project).distinct(), pk=bundle_id
    )


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return min(int(text), _MOST_ID) if text.isascii() and text.isdigit() and len(text) < 20 else 0


PAGE = Page(
    routes=(
        Route(
            path="projects/<slug:slug>/source-maps/",
            name="source-maps",
            view=source_maps,
            action=Action.VIEW_PROJECT,
            changes=Action.ADMINISTER_PROJECT,
        ),
        Route(
            path="projects/<slug:slug>/source-maps/<id:bundle_id>/",
            name="source-map-bundle",
            view=bundle_page,
            action=Action.VIEW_PROJECT,
        ),
        Route(
            path="projects/<slug:slug>/source-maps/<id:bundle_id>/removal/",
            name="source-map-removal",
            view=removal,
            action=Action.MANAGE_RELEASES,
        ),
        Route(
            path="projects/<slug:slug>/debug-files/<id:file_id>/removal/",
            name="debug-file-removal",
            view=debug_removal,
            action=Action.MANAGE_RELEASES,
        ),
    )
)
