"""A question of Explore onto a dashboard: which one, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from vedette.accounts.models import Organization
from vedette.dashboards import saving
from vedette.dashboards.content import Content
from vedette.dashboards.models import Dashboard
from vedette.dashboards.written import Draft
from vedette.web.access import Viewer
from vedette.web.pages.dashboards.changing import make, organization_of, read_title
from vedette.web.pages.dashboards.viewing import SECTION
from vedette.web.pages.explore.asked import Asked, read_asked
from vedette.web.rendering import show


@dataclass(frozen=True, slots=True, kw_only=True)
class AddContext:
    """What the page shows: the question in words, and the dashboards it can go to."""

    words: list[tuple[str, str]]
    kinds: list[tuple[str, str]]
    choices: list[tuple[Dashboard, list[tuple[str, str]]]]
    organizations: list[Organization]
    question: str


def add(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The choice; POST begins a new dashboard with the question."""
    asked = read_asked(request.GET)
    fits = _fitting(asked)
    if request.method == "POST":
        title = read_title(request.POST.get("title", ""))
        draft = Draft(title=title, description="", content=Content())
        row = make(request, viewer, organization_of(request, viewer), draft, is_shared=False)
        return redirect(_editor(row, fits[0][1]))
    rows = [one for one in saving.open_to(viewer.access) if saving.may_change(one, viewer.access)]
    context = AddContext(
        words=_words(asked),
        kinds=[(words, query) for words, query in fits],
        choices=[(row, [(words, _editor(row, query)) for words, query in fits]) for row in rows],
        organizations=viewer.organizations,
        question=request.GET.urlencode(),
    )
    return show(request, "pages/dashboards/add.html", context, section=SECTION)


def _editor(row: Dashboard, query: str) -> str:
    return f"{reverse('dashboard-widget-new', args=[row.pk])}?{query}"


def _fitting(asked: Asked) -> list[tuple[str, str]]:
    """As what the question can be shown, the likeliest first, with the form filled in."""
    base = [("dataset", asked.dataset.name), ("query", asked.query)]
    groups = [("group", one) for one in asked.groups]
    figures = list(asked.shown_figures) or ["count()"]
    look = {"bars": "bar", "areas": "area"}.get(asked.look or "", "line")
    charted = [("figures", asked.figure)] if groups else [("figures", one) for one in figures[:4]]
    chart = [*base, *groups, *charted, ("look", look), ("top", str(asked.top))]
    sort = [("sort", asked.sort)] if asked.sort else []
    if asked.is_grouped:
        table = [*base, *groups, *(("figures", one) for one in figures), *sort]
    else:
        table = [*base, *(("columns", one) for one in asked.columns), *sort]
    made = [("Chart over time", "series", chart), ("Table", "table", table)]
    if groups:
        rank = [*base, *groups, ("figure", asked.figure)]
        made.append(("Top list", "top_list", rank))
    else:
        made.append(("Number", "number", [*base, ("figure", asked.figure)]))
    ordered = made if asked.is_grouped else [made[1], made[0], made[2]]
    return [
        (words, urlencode([("kind", kind), *((k, v) for k, v in pairs if v)]))
        for words, kind, pairs in ordered
    ]


def _words(asked: Asked) -> list[tuple[str, str]]:
    found = [("About", asked.dataset.label)]
    found += [("Search", asked.query)] if asked.query else []
    found += [("Group by", ", ".join(asked.groups))] if asked.groups else []
    found += [("Figures", ", ".join(asked.shown_figures))] if asked.is_grouped else []
    return found
