"""Keeping dashboards: who may open and change which, and changes that lose nobody's work."""

from __future__ import annotations

from typing import Final

import msgspec
from django.db import transaction
from django.db.models import F, Q, QuerySet

from vedette import clock
from vedette.access.access import Access
from vedette.access.actions import Action
from vedette.accounts.models import Organization, User
from vedette.configuration._slugs import slug_of
from vedette.dashboards.content import Content, read_body, write_body
from vedette.dashboards.models import MOST_SLUG, Dashboard, DashboardUse
from vedette.dashboards.written import Draft
from vedette.store.errors import BadQuery

MOST_OF_AN_ORGANIZATION: Final = 500  # shared ones
MOST_OF_A_PERSON: Final = 100  # of their own, which nobody else sees or removes


class ChangedMeanwhile(Exception):
    """Somebody else has changed the dashboard since it was read; nothing was saved."""


def open_to(access: Access) -> list[Dashboard]:
    """The person's own, and the shared ones whose filter names no project hidden from them."""
    mine = Q(is_shared=True)
    if access.user is not None:
        mine |= Q(owner=access.user)
    rows = _rows().filter(mine, organization__in=access.organizations)
    return [row for row in rows if is_open_to(row, access)]


def find(access: Access, number: int) -> Dashboard | None:
    """The dashboard of this number, where the person may open it."""
    row = _rows().filter(pk=number, organization__in=access.organizations).first()
    return row if row is not None and is_open_to(row, access) else None


def is_open_to(row: Dashboard, access: Access) -> bool:
    """Whether this person may open it."""
    if not any(one.pk == row.organization_id for one in access.organizations):
        return False
    if access.user is not None and row.owner_id == access.user.pk:
        return True
    visible = {project.pk for project in access.projects}
    return row.is_shared and visible.issuperset(row.body.get("filters", {}).get("projects", []))


def may_change(row: Dashboard, access: Access) -> bool:
    """Its owner may; a shared one every member who may change anything at all."""
    if access.user is not None and row.owner_id == access.user.pk:
        return access.may(Action.TRIAGE, row.organization)
    return row.is_shared and access.may(Action.TRIAGE, row.organization)


def may_remove(row: Dashboard, access: Access) -> bool:
    """Its owner may, and of a shared one who manages the organisation."""
    if access.user is not None and row.owner_id == access.user.pk:
        return access.may(Action.TRIAGE, row.organization)
    return row.is_shared and access.may(Action.MANAGE_ORGANIZATION, row.organization)


def content_of(row: Dashboard) -> Content:
    """What it holds. Raises BadQuery where this version cannot read it."""
    try:
        return read_body(row.body)
    except msgspec.ValidationError:
        raise BadQuery(
            f"what “{row.title}” holds cannot be read: another version wrote it. It can be removed"
        ) from None


def known_content_of(row: Dashboard) -> Content | None:
    """What it holds, for lists, which one that cannot be read must not end."""
    try:
        return content_of(row)
    except BadQuery:
        return None


def create(
    organization: Organization, owner: User | None, draft: Draft, *, is_shared: bool
) -> Dashboard:
    """A new one. Raises ValueError, in words."""
    with transaction.atomic():
        _check_room(organization, owner, is_shared=is_shared)
        return Dashboard.objects.create(
            organization=organization,
            owner=owner,
            slug=free_slug(organization, draft.title) if is_shared else None,
            title=draft.title,
            description=draft.description,
            is_shared=is_shared,
            body=write_body(draft.content),
        )


def change(
    row: Dashboard,
    *,
    revision: int,
    content: Content | None = None,
    title: str | None = None,
    description: str | None = None,
    is_shared: bool | None = None,
) -> int:
    """Change what is given, and return the new revision.

    Raises ChangedMeanwhile where the dashboard is no longer of this revision, and ValueError, in
    words, where there is no room for another that is shared, or private.
    """
    values: dict[str, object] = {"changed_at": clock.now(), "revision": F("revision") + 1}
    if content is not None:
        values["body"] = write_body(content)
    if title is not None:
        values["title"] = title
    if description is not None:
        values["description"] = description
    with transaction.atomic():
        if is_shared is not None:
            if is_shared != row.is_shared:
                _check_room(row.organization, row.owner, is_shared=is_shared)
            values["is_shared"] = is_shared
            name = row.title if title is None else title
            own = row.slug or free_slug(row.organization, name)
            values["slug"] = own if is_shared else None
        held = Dashboard.objects.filter(pk=row.pk, revision=revision)
        if not held.update(**values):
            raise ChangedMeanwhile
        if is_shared is False:
            row.links.exclude(membership__user=row.owner_id).delete()
    return revision + 1


def star(row: Dashboard, user: User, *, is_starred: bool) -> None:
    """Put it first in the person's list, or no longer."""
    DashboardUse.objects.update_or_create(
        dashboard=row, user=user, defaults={"is_starred": is_starred}
    )


def note_opened(row: Dashboard, user: User) -> None:
    """The person looks at it now."""
    DashboardUse.objects.update_or_create(
        dashboard=row, user=user, defaults={"opened_at": clock.now()}
    )


def uses_of(user: User) -> dict[int, DashboardUse]:
    """What dashboards are to the person, by their numbers."""
    return {one.dashboard_id: one for one in DashboardUse.objects.filter(user=user)}


def free_slug(organization: Organization, title: str) -> str:
    """A name for files that no dashboard of the organisation has."""
    base = slug_of({"name": title}, most=MOST_SLUG - 5) or "dashboard"
    taken = set(
        Dashboard.objects.filter(organization=organization, slug__startswith=base).values_list(
            "slug", flat=True
        )
    )
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, 10_000))
    return next(name for name in names if name not in taken)


def _check_room(organization: Organization, owner: User | None, *, is_shared: bool) -> None:
    rows = Dashboard.objects.filter(organization=organization, is_shared=is_shared)
    if is_shared and rows.count() >= MOST_OF_AN_ORGANIZATION:
        raise ValueError(
            f"the organisation has {MOST_OF_AN_ORGANIZATION} dashboards; remove some first"
        )
    if not is_shared and rows.filter(owner=owner).count() >= MOST_OF_A_PERSON:
        raise ValueError(f"you have {MOST_OF_A_PERSON} dashboards of your own; remove some first")


def _rows() -> QuerySet[Dashboard]:
    return Dashboard.objects.select_related("organization", "owner").order_by("title", "pk")
