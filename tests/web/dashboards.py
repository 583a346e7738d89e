"""Dashboards for the tests of pages and the API."""

from __future__ import annotations

from typing import Any

from tests.web.world import World
from vedette.accounts.models import User
from vedette.dashboards import saving
from vedette.dashboards.models import Dashboard
from vedette.dashboards.sharing import make_link
from vedette.dashboards.written import read_written
from vedette.projects.models import Project

EVERY_KIND: tuple[dict[str, Any], ...] = (
    {"kind": "series", "title": "Errors by title", "group": ["title"], "look": "stacked"},
    {"kind": "number", "title": "How many", "better": "less", "critical": "5"},
    {"kind": "table", "title": "Newest"},
    {"kind": "top_list", "title": "Titles", "group": ["title"]},
    {"kind": "heat_map", "title": "Durations"},
    {"kind": "issue_list", "title": "Issues", "query": ""},
    {"kind": "text", "title": "Words", "text": "**call** <b>Bob</b>"},
    {"kind": "vitals", "title": "Feel"},
    {"kind": "crash_free", "title": "Crashes"},
)


def make_dashboard(
    world: World,
    *widgets: dict[str, Any],
    title: str = "Till",
    owner: User | None = None,
    is_shared: bool = True,
    filters: dict[str, Any] | None = None,
) -> Dashboard:
    """One of Alice's, or of whom else, with these widgets."""
    slugs = dict(Project.objects.values_list("slug", "pk"))
    entry = {"title": title, "widgets": list(widgets), "filters": filters or {}}
    draft, problems = read_written(entry, slugs)
    assert problems == []
    return saving.create(world.organization, owner or world.alice, draft, is_shared=is_shared)


def dashboard_of(world: World) -> Dashboard:
    """For the walks: one that names the shop, so that only who sees the shop may open it."""
    held = Dashboard.objects.filter(title="About PaymentFailed").first()
    if held is not None:
        return held
    slug = Project.objects.get(pk=world.shop.pk).slug
    return make_dashboard(
        world, *EVERY_KIND, title="About PaymentFailed", filters={"projects": [slug]}
    )


def secret_of(world: World) -> str:
    """A secret link of Alice's to words alone."""
    row = make_dashboard(world, {"kind": "text", "text": "All is well"}, title="Wall")
    return make_link(
        row, world.alice, projects=[world.web.pk], environments=[], releases=[], period="24h"
    )
