"""Who of an organisation's members sees a project, and changing that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership
from vedette.accounts.roles import Role
from vedette.projects.models import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A member's sight of a project; `is_fixed` for those who see every project by their role."""

    membership: Membership
    is_open: bool
    is_fixed: bool


def sights(project: Project) -> list[Sight]:
    """The sight of every member of the project's organisation, oldest membership first."""
    chosen = set(project.members.values_list("membership_id", flat=True))
    return [
        Sight(
            membership=held,
            is_open=not held.is_limited or held.pk in chosen,
            is_fixed=held.role != Role.MEMBER,
        )
        for held in _memberships(project)
    ]


def open_only_to(project: Project, wanted: Iterable[str]) -> None:
    """Open the project to exactly these memberships (numbers as text) of those with a choice.

    Who saw everything and is left out sees the organisation's other present projects from now on.
    """
    chosen = set(wanted)
    with transaction.atomic():
        for sight in sights(project):
            is_wanted = str(sight.membership.pk) in chosen
            if not sight.is_fixed and sight.is_open != is_wanted:
                (_open if is_wanted else _close)(project, sight.membership)


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


def _memberships(project: Project) -> Iterable[Membership]:
    held = Membership.objects.filter(organization=project.organization_id)
    return held.select_related("user").order_by("created_at", "pk")
