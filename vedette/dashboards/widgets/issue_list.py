"""Issues that match a search."""

from __future__ import annotations

from vedette.dashboards.fields import Field, Options
from vedette.dashboards.shapes import Issues
from vedette.dashboards.widgets import Asking, Lead, WidgetKind
from vedette.dashboards.widgets._asking import narrowed
from vedette.issues.listing import list_issues
from vedette.rules.problems import Problem
from vedette.search import SearchError, parse_issue_search

_SORTS = (
    ("date", "Last seen"),
    ("new", "First seen"),
    ("freq", "Events"),
    ("user", "Users"),
    ("trend", "Rising"),
)


def check(options: Options) -> list[Problem]:
    """The search."""
    try:
        parse_issue_search(options["query"])
    except SearchError as error:
        return [Problem("query", str(error))]
    return []


def ask(options: Options, asking: Asking) -> Issues:
    """The first of them."""
    found = list_issues(
        asking.scope,
        query=narrowed(options["query"], asking.releases),
        sort=options["sort"],
        limit=options["limit"],
    )
    return Issues(rows=found.rows, problem=found.error)


def lead(options: Options, releases: tuple[str, ...]) -> Lead:
    """The list of issues."""
    query = narrowed(options["query"], releases)
    return Lead("issues", (("query", query), ("sort", options["sort"])))


WIDGET = WidgetKind(
    name="issue_list",
    label="Issues",
    help="Issues that match a search, with their events and users.",
    icon="inbox",
    order=50,
    fields=(
        Field(
            name="query",
            label="Search",
            default="is:unresolved",
            placeholder="is:unresolved level:error",
            help="As on the list of issues.",
        ),
        Field(name="sort", label="Sort by", kind="choice", choices=lambda: _SORTS, default="freq"),
        Field(name="limit", label="Issues", kind="number", default=5, least=1, most=25),
    ),
    check=check,
    ask=ask,
    lead=lead,
    sample={"query": "is:unresolved"},
    is_personal=True,
)
