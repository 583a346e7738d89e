"""Which monitors go onto a page: of thousands some are listed, and the others are found by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import QueryDict

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.monitors.models import Monitor
from vedette.web.access import Viewer

MOST_LISTED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorChoice:
    """The chosen ones, then those that `find` finds, each with whether it is chosen.

    `found` is how many there are of these, of which the first are listed; `is_large`: not all can
    be listed at once.
    """

    monitors: list[tuple[Monitor, bool]]
    find: str
    found: int
    is_large: bool


def choice_of(
    viewer: Viewer,
    organization: Organization,
    sent: QueryDict,
    held: Sequence[Monitor] = (),
) -> MonitorChoice:
    """What a form lists, as it was `sent`; at first with what a component has `held` chosen."""
    visible = _visible(viewer, organization)
    own = chosen(viewer, organization, sent.getlist("monitor"), held) if sent else list(held)
    find = sent.get("find", "").strip()
    named = visible.filter(Q(name__icontains=find) | Q(slug__icontains=find))
    others = named.exclude(pk__in=[one.pk for one in own])
    return MonitorChoice(
        monitors=[
            *((one, True) for one in own),
            *((one, False) for one in others.order_by("name", "pk")[:MOST_LISTED]),
        ],
        find=find,
        found=named.count(),
        is_large=visible.count() > MOST_LISTED,
    )


def chosen(
    viewer: Viewer,
    organization: Organization,
    given: Iterable[str],
    held: Iterable[Monitor] = (),
) -> list[Monitor]:
    """Those named by a form that the viewer may see, or that a component has `held`."""
    wanted = {int(one) for one in given if one.isdecimal() and len(one) < 19}
    kept = {one.pk: one for one in held if one.pk in wanted}
    ids = sorted(wanted)
    for at in range(0, len(ids), MOST_LISTED):
        rows = _visible(viewer, organization).filter(pk__in=ids[at : at + MOST_LISTED])
        kept |= {one.pk: one for one in rows}
    return sorted(kept.values(), key=lambda one: (one.name, one.pk))


def _visible(viewer: Viewer, organization: Organization) -> QuerySet[Monitor]:
    projects = [
        one.pk
        for one in viewer.projects
        if one.organization_id == organization.pk and viewer.may(Action.VIEW_ALERTS, one)
    ]
    return Monitor.objects.filter(project__in=projects).select_related("project")
