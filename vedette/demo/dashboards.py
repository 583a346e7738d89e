"""A shared dashboard of the demo projects, alive with what the demo sends."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from vedette.accounts.models import Organization
from vedette.dashboards import saving
from vedette.dashboards.content import Content, Filters, Widget
from vedette.dashboards.layout import Place, free_place
from vedette.dashboards.models import Dashboard
from vedette.dashboards.ready import ready_dashboards
from vedette.dashboards.written import Draft
from vedette.projects.models import Project

_SLUG = "demo-shop"
_TITLE = "Demo shop"
_WORDS = """**The shop at a glance.** What customers run into, how long they wait, and which
release brought it.

Errors rise after `shop@2.5.0`? Look at [its page](/releases/shop@2.5.0/) first."""


def make_dashboard(organization: Organization, projects: Sequence[Project]) -> None:
    """The first week in production of these projects, once."""
    if Dashboard.objects.filter(organization=organization, slug=_SLUG).exists():
        return
    ready = ready_dashboards()["first-week"].draft
    content = msgspec.structs.replace(
        _with_words(ready.content),
        filters=Filters(projects=sorted(one.pk for one in projects), period="14d"),
    )
    draft = Draft(title=_TITLE, description=ready.description, content=content)
    row = saving.create(organization, None, draft, is_shared=True)
    Dashboard.objects.filter(pk=row.pk).update(slug=_SLUG)


def remove_dashboard() -> None:
    """With the demo projects goes their dashboard."""
    Dashboard.objects.filter(slug=_SLUG).delete()


def _with_words(content: Content) -> Content:
    place = free_place(content.places, 12, 2)
    words = Widget(content.next_id, "text", "Read me", Place(0, place.y, 12, 2), {"text": _WORDS})
    return msgspec.structs.replace(content, widgets=[*content.widgets, words])
