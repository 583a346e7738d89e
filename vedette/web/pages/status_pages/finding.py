"""A status page that the viewer may look after: one of whose monitors none is hidden from them."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.http import Http404

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.monitors.models import Monitor
from vedette.statuspages.models import StatusPage
from vedette.web.access import Viewer

SECTION = "monitors"


def organizations_of(viewer: Viewer) -> list[Organization]:
    """Those in which the viewer may do what the route needs."""
    assert viewer.action is not None
    return list(viewer.access.organizations_for(viewer.action))


def pages_of(viewer: Viewer) -> list[StatusPage]:
    """Every page that is open to the viewer, by title."""
    rows = StatusPage.objects.filter(organization__in=organizations_of(viewer))
    rows = rows.select_related("organization").order_by("title", "pk")
    hidden = _with_hidden_monitors(viewer, [one.pk for one in rows])
    return [one for one in rows if one.pk not in hidden]


def find_page(viewer: Viewer, number: int) -> StatusPage:
    """Raises Http404 for one that is not open, PermissionDenied where it may not be changed."""
    mine = [one.pk for one in viewer.organizations]
    rows = StatusPage.objects.select_related("organization")
    page = rows.filter(pk=number, organization__in=mine).first()
    if page is None or _with_hidden_monitors(viewer, [page.pk]):
        raise Http404("no such status page")
    if viewer.action and not viewer.may(viewer.action, page.organization):
        raise PermissionDenied(f"you may not {viewer.action} {page.organization}")
    return page


def may_change(viewer: Viewer, page: StatusPage) -> bool:
    """Whether the viewer may say something on it."""
    return viewer.may(Action.CHANGE_ALERTS, page.organization)


def _with_hidden_monitors(viewer: Viewer, pages: Iterable[int]) -> set[int]:
    mine = {one.pk for one in viewer.projects}
    rows = Monitor.objects.filter(status_components__page__in=list(pages))
    pairs = rows.values_list("status_components__page", "project").distinct()
    return {page for page, project in pairs if project not in mine}
