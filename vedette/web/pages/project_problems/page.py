"""Which performance problems a project is told of, and from which thresholds on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from vedette.access.actions import Action
from vedette.detecting import settings
from vedette.problems.detectors import Detector, Threshold, detectors
from vedette.projects.models import Project
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_GROUPS = {
    "db_query": "Databases",
    "http_client": "HTTP calls",
    "frontend": "Browsers",
    "mobile": "Apps",
}
_UNITS = {"ms": "ms", "bytes": "bytes", "share": "share, 0 to 1", "": ""}
_MOST_CHARACTERS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A threshold as it is set, or as it was typed, and what is wrong with that."""

    threshold: Threshold
    field: str
    unit: str
    value: str
    default: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A detector with its switch and thresholds."""

    detector: Detector
    is_on: bool
    lines: list[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemsContext:
    """What the page shows: the detectors by what they are about."""

    project: Project
    reference: str
    can_manage: bool
    groups: list[tuple[str, list[Block]]]
    error: str


def project_problems(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """The page, and its one form."""
    project = viewer.project(slug)
    chosen = settings.chosen_of(project)
    typed: dict[str, str] = {}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        chosen, typed = _read(request.POST)
        wrong = {one.path: one.words for one in settings.check(chosen)}
        if not wrong:
            _save(request, project, chosen)
            return redirect("project-problems", slug)
    context = ProblemsContext(
        project=project,
        reference=viewer.reference(project),
        can_manage=viewer.may(Action.ADMINISTER_PROJECT, project),
        groups=[
            (label, [_block(one, chosen, typed, wrong) for one in _of(group)])
            for group, label in _GROUPS.items()
        ],
        error="Nothing was saved: look at what is marked." if wrong else "",
    )
    status = 400 if wrong else 200
    return show(
        request, "pages/project_problems/page.html", context, section="projects", status=status
    )


def _of(group: str) -> list[Detector]:
    found = [one for one in detectors().values() if one.group == group]
    return sorted(found, key=lambda one: one.title)


def _save(request: HttpRequest, project: Project, chosen: dict[str, Any]) -> None:
    changed = settings.save(project, chosen)
    if changed:
        titles = ", ".join(detectors()[name].title for name in changed)
        note_change(request, project.organization, f"{project.slug}: set problems: {titles}")
    put_flash(request, Flash(text="Saved. It counts for what comes from now on."))


def _read(sent: QueryDict) -> tuple[dict[str, Any], dict[str, str]]:
    """The choices, and what was typed by the name of its field."""
    chosen: dict[str, Any] = {}
    typed: dict[str, str] = {}
    for detector in detectors().values():
        held: dict[str, Any] = {} if detector.name in sent else {"enabled": False}
        for one in detector.thresholds:
            field = f"{detector.name}.{one.name}"
            text = sent.get(field, "").strip()[:_MOST_CHARACTERS]
            typed[field] = text
            if text:
                held[one.name] = _number(text)
        chosen[detector.name] = held
    return chosen, typed


def _number(text: str) -> float | str:
    """The number; what is none stays a text, which the check then names."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return text


def _block(
    detector: Detector, chosen: dict[str, Any], typed: dict[str, str], wrong: dict[str, str]
) -> Block:
    held = chosen.get(detector.name, {})
    lines = []
    for one in detector.thresholds:
        field = f"{detector.name}.{one.name}"
        value = typed[field] if field in typed else _written(held.get(one.name, one.default))
        lines.append(
            Line(
                threshold=one,
                field=field,
                unit=_UNITS[one.unit],
                value=value,
                default=_written(one.default),
                error=wrong.get(field, ""),
            )
        )
    return Block(detector=detector, is_on=held.get("enabled") is not False, lines=lines)


def _written(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:g}"


PAGE = Page(
    routes=(
        Route(
            path="projects/<slug:slug>/problems/",
            name="project-problems",
            view=project_problems,
            action=Action.VIEW_PROJECT,
            changes=Action.ADMINISTER_PROJECT,
        ),
    )
)
