"""Changing who may do what: roles, removal, deactivation.

Each change locks the organisation and reads the membership again, so that of two changes at
the same moment the second sees the first.
"""

from __future__ import annotations

from django.db import transaction

from vedette.accounts.models import ApiToken, Invitation, Membership, Organization, User
from vedette.accounts.proving import end_links
from vedette.accounts.roles import Role, may_manage


class LastOwnerError(Exception):
    """The change would leave an organisation without an owner."""


class ChangedMeanwhileError(Exception):
    """The member is not what they were when the change was asked for."""


class NoLongerAllowedError(Exception):
    """Whoever asks has lost the right to it meanwhile."""


def has_owner() -> bool:
    """Whether anybody owns the installation yet."""
    return Membership.objects.filter(role=Role.OWNER, user__is_active=True).exists()


def require_manager(by: User, organization_id: int, *roles: Role) -> None:
    """Whether this person may manage members with these roles, as of now.

    Within a transaction that holds the organisation, so that whoever was removed or got another
    role a moment ago is refused, however long the request has waited. Raises NoLongerAllowedError.
    """
    held = Membership.objects.filter(
        organization=organization_id, user=by, user__is_active=True
    ).first()
    if held is None or not all(may_manage(Role(held.role), role) for role in roles):
        raise NoLongerAllowedError("You may not do this any more.")


def change_role(membership: Membership, role: Role, *, by: User | None = None) -> None:
    """Give a member another role; links that were made for the old one end.

    `by` is who asks for it, None for the operator. Raises LastOwnerError, ChangedMeanwhileError
    and NoLongerAllowedError.
    """
    with transaction.atomic():
        _lock(membership, by, role)
        if membership.role == Role.OWNER and role != Role.OWNER:
            _keep_an_owner(membership)
        Membership.objects.filter(pk=membership.pk).update(role=role)
        membership.role = role
        _end_promises(membership)


def remove_member(membership: Membership, *, by: User | None = None) -> None:
    """Take a person out of an organisation; their tokens and links of it die.

    `by` and what it raises: see `change_role`.
    """
    with transaction.atomic():
        _lock(membership, by)
        if membership.role == Role.OWNER:
            _keep_an_owner(membership)
        ApiToken.objects.filter(
            user=membership.user_id, organization=membership.organization_id
        ).delete()
        _end_promises(membership)
        Invitation.objects.filter(
            organization=membership.organization_id, email=membership.user.email
        ).delete()
        membership.delete()


def deactivate(user: User) -> None:
    """Shut a person out everywhere: sessions, links and tokens. Raises LastOwnerError."""
    with transaction.atomic():
        homes = Organization.objects.filter(memberships__user=user).values_list("pk", flat=True)
        _lock_organizations(list(homes))
        for membership in user.memberships.filter(role=Role.OWNER):
            _keep_an_owner(membership)
        ApiToken.objects.filter(user=user).delete()
        Invitation.objects.filter(invited_by=user).delete()
        end_links(user)
        User.objects.filter(pk=user.pk).update(is_active=False)


def activate(user: User) -> None:
    """Let a person in again; tokens have to be made anew."""
    User.objects.filter(pk=user.pk).update(is_active=True)


def _lock(membership: Membership, by: User | None, *roles: Role) -> None:
    """Hold the organisation, and make sure that member and asker are as the caller saw them."""
    _lock_organizations([membership.organization_id])
    if by is not None:
        require_manager(by, membership.organization_id, Role(membership.role), *roles)
    if not Membership.objects.filter(pk=membership.pk, role=membership.role).exists():
        raise ChangedMeanwhileError("Somebody else has changed this member just now. Look again.")


def _lock_organizations(ids: list[int]) -> None:
    """In one order everywhere, so that two never wait for one another."""
    list(Organization.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _end_promises(membership: Membership) -> None:
    """The person's sign-in links, and invitations that they may hold the links of."""
    end_links(membership.user)
    Invitation.objects.filter(
        organization=membership.organization_id, invited_by=membership.user_id
    ).delete()


def _keep_an_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(
        organization=membership.organization_id, role=Role.OWNER, user__is_active=True
    )
    if not owners.exclude(pk=membership.pk).exists():
        raise LastOwnerError("An organisation needs an owner: make somebody else one first.")
