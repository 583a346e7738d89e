"""Taking over the monitors of another product: shown first, made when one says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette.access.actions import Action
from vedette.configuration import Author
from vedette.configuration._writing import mistakes_in, the_kind, write
from vedette.monitors.imports import Format, Found, formats, read_any
from vedette.monitors.kinds import monitor_kinds
from vedette.projects.models import Project
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.rendering import show

_MOST_BYTES: Final = 2_000_000
_MOST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One monitor of the file: what it becomes, or why not."""

    name: str
    kind: str = ""
    target: str = ""
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_taken(self) -> bool:
        """Whether it can be made."""
        return bool(self.kind) and not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """What the page shows; `lines` once a file was read."""

    formats: list[Format]
    projects: list[tuple[str, str]]
    project: str
    text: str = ""
    source: str = ""
    lines: list[Line] = field(default_factory=list)
    taken: int = 0
    error: str = ""


def show_import(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The form; a POST shows what a file holds, with `do=import` it is made."""
    projects = [one for one in viewer.projects if viewer.may(Action.CHANGE_ALERTS, one)]
    base: dict[str, Any] = {
        "formats": list(formats().values()),
        "projects": [(viewer.reference(one), one.name) for one in projects],
        "project": request.POST.get("project", ""),
    }
    if request.method != "POST" or not projects:
        return _show(request, ImportContext(**base))
    asked = request.POST.get("project")
    project = viewer.project(asked) if asked else projects[0]
    file = request.FILES.get("file")
    if file is not None and (file.size or 0) > _MOST_BYTES:
        return _show(request, ImportContext(**base, error="The file is larger than 2 MB."))
    raw = file.read() if file is not None else request.POST.get("text", "").encode()
    text = raw.decode("utf-8-sig", "replace")[:_MOST_BYTES]
    read = read_any(text)
    if read is None:
        names = " or ".join(one.label for one in formats().values())
        words = f"This is no file of {names} that is known here."
        return _show(request, ImportContext(**base, text=text, error=words))
    source, found = read
    if request.POST.get("do") == "import":
        return _import(request, viewer, project, source, found)
    lines = [_line(project, one) for one in found[:_MOST]]
    context = ImportContext(
        **base,
        text=text,
        source=source.label,
        lines=lines,
        taken=sum(one.is_taken for one in lines),
    )
    return _show(request, context)


def _import(
    request: HttpRequest, viewer: Viewer, project: Project, source: Format, found: Sequence[Found]
) -> HttpResponse:
    kind, made = the_kind("monitors"), 0
    author = Author(user=viewer.user)
    for one in found[:_MOST]:
        if one.entry is None:
            continue
        entry = {**one.entry, "project": project.slug}
        made += not write(project.organization, kind, entry, author, is_new=True)
    note_change(request, project.organization, f"took over {made} monitors of {source.label}")
    words = "1 monitor was" if made == 1 else f"{made} monitors were"
    put_flash(request, Flash(text=f"{words} taken over."))
    return redirect("monitors")


def _line(project: Project, found: Found) -> Line:
    if found.entry is None:
        return Line(name=found.name, problems=found.notes)
    entry = {**found.entry, "project": project.slug}
    problems = [str(one) for one in mistakes_in(project.organization, the_kind("monitors"), entry)]
    kind = monitor_kinds()[str(entry["kind"])]
    return Line(
        name=found.name,
        kind=kind.label,
        target=kind.target(entry) if not problems else "",
        notes=found.notes,
        problems=problems,
    )


def _show(request: HttpRequest, context: ImportContext) -> HttpResponse:
    status = 400 if context.error else 200
    return show(request, "pages/monitors/import.html", context, section="monitors", status=status)
