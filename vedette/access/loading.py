"""Building the `Access` of a person or of a token, in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from vedette import clock
from vedette.access.access import NOTHING, Access, Place
from vedette.access.actions import ALLOWED, Action
from vedette.access.models import ProjectMember
from vedette.access.scopes import allowed_by
from vedette.accounts.models import ApiToken, Membership, Organization, User, hash_token
from vedette.accounts.roles import Role
from vedette.projects.models import Project

_TOUCH = timedelta(minutes=5)


def access_of(user: User, *, organization: Organization | None = None) -> Access:
    """What this person may see and do, in one organisation or in all of theirs.

    A person who was deactivated may do nothing.
    """
    if not user.is_active:
        return NOTHING
    held = user.memberships.select_related("organization").order_by("created_at", "id")
    memberships = list(held.filter(organization=organization) if organization else held)
    open_to = _projects_of(memberships)
    first = _first_organization(memberships)
    places = (
        Place(
            organization=membership.organization,
            role=Role(membership.role),
            actions=_actions(membership, first),
            projects=tuple(open_to[membership.pk]),
        )
        for membership in memberships
    )
    return Access(user=user, places=tuple(places))


def access_by_token(token: str) -> Access | None:
    """What the bearer of a token may see and do; None if it is not, or no longer, good.

    A person's token is good as long as the person is active and a member, and never allows
    what the person may not do.
    """
    found = (
        ApiToken.objects.filter(token_hash=hash_token(token))
        .select_related("organization", "user")
        .first()
    )
    if found is None or found.is_expired:
        return None
    if found.user is None:
        access = Access(user=None, places=(_place_of_token(found.organization),), token=found.name)
    else:
        access = access_of(found.user, organization=found.organization)
    if not access.places:
        return None
    _touch(found)
    return access.limited_to(allowed_by(found.scopes))


def _projects_of(memberships: list[Membership]) -> dict[int, list[Project]]:
    """The projects open to each membership."""
    limited = [held.pk for held in memberships if held.is_limited]
    chosen: dict[int, set[int]] = defaultdict(set)
    if limited:
        rows = ProjectMember.objects.filter(membership__in=limited)
        for membership_id, project_id in rows.values_list("membership_id", "project_id"):
            chosen[membership_id].add(project_id)
    owned = _by_organization(held.organization_id for held in memberships)
    return {
        held.pk: [
            project
            for project in owned[held.organization_id]
            if not held.is_limited or project.pk in chosen[held.pk]
        ]
        for held in memberships
    }


def _by_organization(ids: Iterable[int]) -> dict[int, list[Project]]:
    found: dict[int, list[Project]] = defaultdict(list)
    for project in Project.objects.filter(organization__in=list(ids)).select_related(
        "organization"
    ):
        found[project.organization_id].append(project)
    return found


def _first_organization(memberships: list[Membership]) -> int | None:
    """The organisation whose owners manage the installation; asked for only of owners."""
    if not any(held.role == Role.OWNER for held in memberships):
        return None
    return Organization.objects.order_by("id").values_list("pk", flat=True).first()


def _actions(membership: Membership, first: int | None) -> frozenset[Action]:
    allowed = ALLOWED[Role(membership.role)]
    is_first = membership.role == Role.OWNER and membership.organization_id == first
    return allowed | {Action.MANAGE_INSTALLATION} if is_first else allowed


def _place_of_token(organization: Organization) -> Place:
    """The organisation as an owner has it: the token's scopes are its limit."""
    return Place(
        organization=organization,
        role=Role.OWNER,
        actions=ALLOWED[Role.OWNER],
        projects=tuple(_by_organization([organization.pk])[organization.pk]),
    )


def _touch(token: ApiToken) -> None:
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at > _TOUCH:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
