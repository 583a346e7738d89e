"""Letting people in and out: invitations, roles, removal, deactivation."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from vedette.accounts.models import ApiToken, Membership, Organization, SignInLink, User
from vedette.accounts.roles import Role

INVITATION_HOURS = 72


class LastOwnerError(Exception):
    """The change would leave an organisation without an owner."""


def has_owner() -> bool:
    """Whether anybody owns the installation yet."""
    return Membership.objects.filter(role=Role.OWNER, user__is_active=True).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A person who was made a member; `is_new` if nobody knew them here before.

    Only the link of a new person may be shown to whoever invites: anybody else's would let the
    inviter in as that person. To the person's own address it may always be sent.
    """

    user: User
    is_new: bool

    def link_token(self) -> str:
        """The token of a link by which the person comes in."""
        return SignInLink.create(self.user, valid_hours=INVITATION_HOURS)


def invite(organization: Organization, email: str, role: Role) -> Invitation:
    """Make a person a member; one who is a member already keeps the role they have."""
    with transaction.atomic():
        address = email.strip().lower()
        known = User.objects.filter(email=address).first()
        user = known or User.objects.create_user(address)
        Membership.objects.get_or_create(
            organization=organization, user=user, defaults={"role": role}
        )
    return Invitation(user=user, is_new=known is None)


def change_role(membership: Membership, role: Role) -> None:
    """Give a member another role. Raises LastOwnerError."""
    with transaction.atomic():
        if membership.role == Role.OWNER and role != Role.OWNER:
            _keep_an_owner(membership)
        membership.role = role
        membership.save(update_fields=["role"])


def remove_member(membership: Membership) -> None:
    """Take a person out of an organisation; their tokens of it die. Raises LastOwnerError."""
    with transaction.atomic():
        if membership.role == Role.OWNER:
            _keep_an_owner(membership)
        ApiToken.objects.filter(
            user=membership.user_id, organization=membership.organization_id
        ).delete()
        membership.delete()


def deactivate(user: User) -> None:
    """Shut a person out everywhere: sessions, links and tokens. Raises LastOwnerError."""
    with transaction.atomic():
        for membership in user.memberships.filter(role=Role.OWNER):
            _keep_an_owner(membership)
        ApiToken.objects.filter(user=user).delete()
        SignInLink.objects.filter(user=user, used_at=None).delete()
        User.objects.filter(pk=user.pk).update(is_active=False)


def activate(user: User) -> None:
    """Let a person in again; tokens have to be made anew."""
    User.objects.filter(pk=user.pk).update(is_active=True)


def _keep_an_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(
        organization=membership.organization_id, role=Role.OWNER, user__is_active=True
    )
    if not owners.exclude(pk=membership.pk).exists():
        raise LastOwnerError("An organisation needs an owner: make somebody else one first.")
