"""Who of an organisation's members sees a project, and changing that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership, User
from vedette.accounts.roles import Role
from vedette.projects.models import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A member's sight of a project; `is_fixed` for those who see every project by their role."""

    membership: Membership
    is_open: bool
    is_fixed: bool


def members_of(project: Project, named: str = "") -> QuerySet[Membership]:
    """The members of the project's organisation, the oldest first.

    `named` is part of a name or an address.
    """
    held = Membership.objects.filter(organization=project.organization_id)
    if named:
        held = held.filter(Q(user__email__icontains=named) | Q(user__name__icontains=named))
    return held.select_related("user").order_by("created_at", "pk")


def sights(project: Project, memberships: Sequence[Membership]) -> list[Sight]:
    """The sight of each of these members of the project's organisation."""
    opened = project.members.filter(membership__in=memberships)
    chosen = set(opened.values_list("membership_id", flat=True))
    return [
        Sight(
            membership=held,
            is_open=not held.is_limited or held.pk in chosen,
            is_fixed=held.role != Role.MEMBER,
        )
        for held in memberships
    ]


def people_of(project: Project) -> set[User]:
    """Everybody who sees the project and whose account is active."""
    memberships = list(members_of(project).filter(user__is_active=True))
    return {sight.membership.user for sight in sights(project, memberships) if sight.is_open}


def open_only_to(project: Project, wanted: Iterable[int], *, among: Iterable[int]) -> list[str]:
    """Of some memberships open the project to exactly those that are wanted.

    Who saw everything and is left out sees the organisation's other present projects from now on.
    Owners and admins see it whatever is wanted. Returns the addresses of those it changed for.
    """
    chosen, changed = set(wanted), []
    with transaction.atomic():
        for sight in sights(project, list(members_of(project).filter(pk__in=list(among)))):
            is_wanted = sight.membership.pk in chosen
            if not sight.is_fixed and sight.is_open != is_wanted:
                (_open if is_wanted else _close)(project, sight.membership)
                changed.append(sight.membership.user.email)
    return changed


def show_all(membership: Membership) -> None:
    """Let a member see every project, also those to come."""
    with transaction.atomic():
        Membership.objects.filter(pk=membership.pk).update(sees_all=True)
        ProjectMember.objects.filter(membership=membership).delete()


def _open(project: Project, membership: Membership) -> None:
    ProjectMember.objects.get_or_create(project=project, membership=membership)


def _close(project: Project, membership: Membership) -> None:
    if membership.sees_all:
        others = Project.objects.filter(organization=project.organization_id)
        ProjectMember.objects.bulk_create(
            ProjectMember(project=other, membership=membership)
            for other in others.exclude(pk=project.pk)
        )
        Membership.objects.filter(pk=membership.pk).update(sees_all=False)
    ProjectMember.objects.filter(project=project, membership=membership).delete()
