"""Dashboards as JSON: out as a file, in as a file or pasted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify

from vedette.accounts.models import Organization
from vedette.configuration._plain import unfit_values
from vedette.dashboards import saving
from vedette.dashboards.written import Draft, read_written, write_written
from vedette.projects.models import Project
from vedette.rules.problems import Problem
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.dashboards import opening
from vedette.web.pages.dashboards.changing import make, organization_of
from vedette.web.pages.dashboards.viewing import SECTION
from vedette.web.rendering import show

_MOST_BYTES: Final = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """What the page shows; `problems` are why nothing was made."""

    text: str
    problems: list[Problem]
    organizations: list[Organization]
    is_shared: bool


def export(request: HttpRequest, viewer: Viewer, dashboard_id: int) -> HttpResponse:
    """The dashboard as a file."""
    row = opening.opened(viewer, dashboard_id)
    slugs = {project.pk: project.slug for project in viewer.projects}
    entry = write_written(row.title, row.description, saving.content_of(row), slugs)
    return _file(entry, row.title)


def export_ready(request: HttpRequest, viewer: Viewer, ready: str) -> HttpResponse:
    """One of the library as a file."""
    draft = opening.ready(ready).draft
    return _file(write_written(draft.title, draft.description, draft.content, {}), draft.title)


def import_(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The form; POST makes a dashboard, or says everything that is wrong."""
    if request.method != "POST":
        return _show(request, viewer, "", [])
    file = request.FILES.get("file")
    if file is not None and (file.size or 0) > _MOST_BYTES:
        return _show(request, viewer, "", [Problem("", "the file is too large")])
    raw = file.read() if file is not None else request.POST.get("text", "").encode()
    text = raw.decode("utf-8", "replace")
    organization = organization_of(request, viewer)
    draft, problems = read_json(text, viewer, organization)
    if draft is None:
        return _show(request, viewer, text, problems)
    is_shared = request.POST.get("shared") == "yes"
    row = make(request, viewer, organization, draft, is_shared=is_shared)
    put_flash(request, Flash(text=f"“{row.title}” is imported."))
    return redirect("dashboard", row.pk)


def read_json(
    text: str, viewer: Viewer, organization: Organization
) -> tuple[Draft | None, list[Problem]]:
    """The dashboard of a text, or everything that is wrong with it."""
    if len(text) > _MOST_BYTES:
        return None, [Problem("", "the text is too long")]
    try:
        entry = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        return None, [Problem("", f"this is not JSON: {error.msg} at {place}")]
    except ValueError:  # of a number with thousands of digits
        return None, [Problem("", "a number in this has too many digits")]
    except RecursionError:
        return None, [Problem("", "this is nested too deep")]
    if not isinstance(entry, dict):
        return None, [Problem("", "a dashboard is an object with a title and widgets")]
    problems = unfit_values(entry)
    if problems:
        return None, problems
    draft, problems = read_written(entry, _slugs(viewer, organization))
    return (None if problems else draft), problems


def _slugs(viewer: Viewer, organization: Organization) -> dict[str, int]:
    mine: list[Project] = [one for one in viewer.projects if one.organization_id == organization.pk]
    return {project.slug: project.pk for project in mine}


def _file(entry: dict[str, Any], title: str) -> HttpResponse:
    body = json.dumps(entry, indent=2, ensure_ascii=False) + "\n"
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    name = slugify(title)[:60] or "dashboard"
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


def _show(request: HttpRequest, viewer: Viewer, text: str, problems: list[Problem]) -> HttpResponse:
    context = ImportContext(
        text=text,
        problems=problems,
        organizations=viewer.organizations,
        is_shared=request.POST.get("shared") == "yes",
    )
    status = 400 if problems else 200
    return show(request, "pages/dashboards/import.html", context, section=SECTION, status=status)
