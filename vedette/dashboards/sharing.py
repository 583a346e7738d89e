"""Secret links: who has one sees a dashboard as its creator may see it now, and no more.

The projects are those that were chosen when it was made and that the creator may still see. The
link ends when it is ended, and answers nothing while its creator may not open the dashboard.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from vedette import clock
from vedette.access.access import Access
from vedette.access.actions import Action
from vedette.access.loading import access_of
from vedette.accounts.models import User, hash_token
from vedette.dashboards.models import Dashboard, DashboardLink
from vedette.dashboards.saving import is_open_to
from vedette.store.visible import VisibleProjects

MOST_LINKS: Final = 20
_SECRET_BYTES: Final = 32
_TOUCH: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A link that is good, and what it shows."""

    link: DashboardLink
    dashboard: Dashboard
    access: Access
    visible: VisibleProjects


def make_link(
    dashboard: Dashboard,
    creator: User,
    *,
    projects: Sequence[int],
    environments: Sequence[str],
    releases: Sequence[str],
    period: str,
) -> str:
    """The secret of a new link, which nobody can look up later. Raises ValueError, in words."""
    if dashboard.links.count() >= MOST_LINKS:
        raise ValueError(f"a dashboard has at most {MOST_LINKS} links; end some first")
    if not projects:
        raise ValueError("choose at least one project")
    membership = creator.memberships.get(organization=dashboard.organization_id)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    DashboardLink.objects.create(
        dashboard=dashboard,
        membership=membership,
        secret_hash=hash_token(secret),
        projects=sorted(projects),
        environments=list(environments),
        releases=list(releases),
        period=period,
    )
    return secret


def open_link(secret: str) -> Opened | None:
    """What a link shows just now; None for one that is not, or no longer, good."""
    link = (
        DashboardLink.objects.filter(secret_hash=hash_token(secret))
        .select_related("dashboard__organization", "dashboard__owner", "membership__user")
        .first()
    )
    if link is None:
        return None
    dashboard = link.dashboard
    access = access_of(link.creator, organization=dashboard.organization)
    if not access.may(Action.VIEW_EVENTS) or not is_open_to(dashboard, access):
        return None
    visible = access.visible().only(link.projects)
    if not visible:
        return None
    _touch(link)
    return Opened(link=link, dashboard=dashboard, access=access, visible=visible)


def end_link(dashboard: Dashboard, number: int) -> bool:
    """End a link of this dashboard; whether there was one."""
    return bool(dashboard.links.filter(pk=number).delete()[0])


def _touch(link: DashboardLink) -> None:
    now = clock.now()
    if link.used_at is None or now - link.used_at > _TOUCH:
        DashboardLink.objects.filter(pk=link.pk).update(used_at=now)
