"""In which editor frames are opened, and where the person keeps each project's files."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette.projects.models import Project
from vedette.sources.editors import EDITORS, OWN, SCHEMES, is_editor_template, is_local_root
from vedette.sources.models import EditorChoice, LocalRoot
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.rendering import show
from vedette.web.routing import Open, Page, Route

_MOST_PROJECTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Where a project's files are on the person's machine."""

    project: Project
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorContext:
    """What the page shows."""

    editors: list[tuple[str, str]]
    chosen: str
    template: str
    schemes: str
    folders: list[Folder]
    error: str


def editor(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; a POST saves it whole."""
    if request.method != "POST":
        choice = EditorChoice.objects.filter(user=viewer.user).first() or EditorChoice()
        roots = LocalRoot.objects.filter(user=viewer.user)
        return _page(
            request, viewer, choice, dict(roots.values_list("project_id", "path")), error=""
        )
    choice = EditorChoice(
        user=viewer.user,
        editor=request.POST.get("editor", "")[:32],
        template=request.POST.get("template", "").strip(),
    )
    folders = {
        project.pk: request.POST.get(f"root-{project.pk}", "").strip()
        for project in _projects(viewer)
    }
    error = _error(choice, folders)
    if error:
        return _page(request, viewer, choice, folders, error=error)
    _save(viewer, choice, folders)
    put_flash(request, Flash(text="Editor saved."))
    return redirect("editor")


def _error(choice: EditorChoice, folders: dict[int, str]) -> str:
    """What is wrong with it, if anything is."""
    if choice.editor not in ("", OWN, *EDITORS):
        return "Choose one of the editors."
    if choice.editor == OWN and not is_editor_template(choice.template):
        return "The address has to begin with the scheme of an editor and to contain {path}."
    wrong = next((path for path in folders.values() if path and not is_local_root(path)), "")
    if wrong or any(len(path) > 500 for path in folders.values()):
        return f"{wrong[:100]} is no whole path of a folder, such as /home/ann/shop."
    return ""


def _save(viewer: Viewer, choice: EditorChoice, folders: dict[int, str]) -> None:
    EditorChoice.objects.filter(user=viewer.user).delete()
    LocalRoot.objects.filter(user=viewer.user, project__in=list(folders)).delete()
    if choice.editor:
        choice.save()
    LocalRoot.objects.bulk_create(
        LocalRoot(user=viewer.user, project_id=pk, path=path)
        for pk, path in folders.items()
        if path
    )


def _page(
    request: HttpRequest,
    viewer: Viewer,
    choice: EditorChoice,
    folders: dict[int, str],
    *,
    error: str,
) -> HttpResponse:
    context = EditorContext(
        editors=[(name, one.label) for name, one in EDITORS.items()],
        chosen=choice.editor,
        template=choice.template,
        schemes=", ".join(SCHEMES),
        folders=[Folder(project=one, path=folders.get(one.pk, "")) for one in _projects(viewer)],
        error=error,
    )
    return show(request, "pages/editor/page.html", context, status=400 if error else 200)


def _projects(viewer: Viewer) -> tuple[Project, ...]:
    return viewer.projects[:_MOST_PROJECTS]


PAGE = Page(
    routes=(Route(path="account/editor/", name="editor", view=editor, action=Open.SIGNED_IN),)
)
