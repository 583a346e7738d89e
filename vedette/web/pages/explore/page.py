"""Explore: the page, its samples, its completion and its files."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse

from vedette.search import quote
from vedette.telemetry import suggesting
from vedette.web.access import Viewer
from vedette.web.pages.explore.answering import Answer, Problem, find_answer, samples_of
from vedette.web.pages.explore.asked import Asked, Links, read_asked
from vedette.web.pages.explore.editor import Editor, editor_of, tokens_of
from vedette.web.pages.explore.exporting import as_csv, as_export, as_json
from vedette.web.pages.explore.questions import Question, ready_questions
from vedette.web.pages.explore.saved import SavedView, change_query, save_query, saved_view
from vedette.web.pages.explore.table import TableView
from vedette.web.pages.explore.words import PROJECTS
from vedette.web.pages.issue_list.tabs import Chip, make_chips
from vedette.web.rendering import show
from vedette.web.routing import Navigation, Page, Route
from vedette.web.scope import shared_filter

_MOST_SUGGESTIONS = 12
_MOST_CHARACTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreContext:
    """What the page shows: an answer, or why there is none; questions where nothing is asked."""

    asked: Asked
    editor: Editor
    chips: list[Chip]
    answer: Answer | None
    problem: Problem | None
    questions: list[Question]
    saved: SavedView
    period_name: str
    files: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplesContext:
    """The newest single rows."""

    asked: Asked
    table: TableView | None
    problem: Problem | None


def explore(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; its address is the question (`Asked`)."""
    shared = shared_filter(request, viewer)
    asked = read_asked(request.GET)
    links = Links(asked, shared.query)
    found = None if asked.is_start else find_answer(asked, shared.scope, viewer, links)
    context = ExploreContext(
        asked=asked,
        editor=editor_of(asked, links),
        chips=make_chips(request.GET, asked.query, tokens_of(asked.query)),
        answer=found if isinstance(found, Answer) else None,
        problem=found if isinstance(found, Problem) else None,
        questions=ready_questions(shared.query) if asked.is_start else [],
        saved=saved_view(viewer, links.query(), asked.saved),
        period_name=shared.period_name,
        files=links.query(),
    )
    return show(request, "pages/explore/page.html", context, section="explore")


def samples(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The fragment with single rows beneath a grouped table."""
    shared = shared_filter(request, viewer)
    asked = read_asked(request.GET)
    found = samples_of(asked, shared.scope, viewer, Links(asked, shared.query))
    context = SamplesContext(
        asked=asked,
        table=found if isinstance(found, TableView) else None,
        problem=found if isinstance(found, Problem) else None,
    )
    return show(request, "pages/explore/_samples.html", context)


def suggestions(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Completion over a dataset; `for` is search, group, column or figure."""
    scope = shared_filter(request, viewer).scope
    dataset = read_asked(request.GET).dataset
    key, prefix, place = (
        request.GET.get(name, "")[:_MOST_CHARACTERS] for name in ("key", "prefix", "for")
    )
    if place == "figure":
        names = suggesting.figures_of(scope, dataset, f"{key}:{prefix}" if key else prefix)
    elif place in ("group", "column"):
        names = suggesting.groups_of(scope, dataset, f"{key}:{prefix}" if key else prefix)
    elif not key:
        names = [f"{name}:" for name in suggesting.keys_of(scope, dataset, prefix)]
    elif key in PROJECTS:
        known = [viewer.reference(project) for project in viewer.projects]
        names = [name for name in known if prefix.lower() in name.lower()]
    else:
        values = suggesting.values_of(scope, dataset, key, prefix)[:_MOST_SUGGESTIONS]
        found = [
            {"text": quote(one.value), **({"count": one.count} if one.count else {})}
            for one in values
        ]
        return JsonResponse({"suggestions": found})
    return JsonResponse({"suggestions": [{"text": name} for name in names[:_MOST_SUGGESTIONS]]})


PAGE = Page(
    routes=(
        Route(path="explore/", name="explore", view=explore),
        Route(path="explore/samples/", name="explore-samples", view=samples),
        Route(path="explore/suggestions/", name="explore-suggestions", view=suggestions),
        Route(path="explore/csv/", name="explore-csv", view=as_csv),
        Route(path="explore/saved/", name="explore-save", view=save_query),
        Route(path="explore/saved/<id:query_id>/", name="explore-saved", view=change_query),
        Route(path="explore/json/", name="explore-json", view=as_json),
        Route(path="explore/export/", name="explore-export", view=as_export),
    ),
    navigation=Navigation(label="Explore", icon="compass", route="explore", key="e", order=12),
)
