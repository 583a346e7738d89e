"""Invitations: offering a place in an organisation, and taking it.

An invitation makes nobody a member. It is taken by its link: by a new person, who chooses a
password; or by the holder of the account that the address has, who is signed in to it. A link
that was mailed proves the address besides, so it takes an account over that nobody has proved.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction

from vedette import clock
from vedette.accounts.links import LinkError
from vedette.accounts.models import Invitation, Membership, Organization, User, hash_token
from vedette.accounts.people import NoLongerAllowedError, require_manager
from vedette.accounts.proving import end_links, prove_address
from vedette.accounts.roles import Role

INVITATION_HOURS = 72


class InvitationError(Exception):
    """Somebody cannot be invited; the text says why, in words for whoever invites."""


def invite(organization: Organization, email: str, role: Role, *, by: User, is_mailed: bool) -> str:
    """Offer a place; the token of its link. An earlier offer to the address ends.

    Raises InvitationError for a member, for who was deactivated, and if `by` may not invite.
    """
    address = email.strip().lower()
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=organization.pk)
        _require_right(organization, role, by)
        _require_stranger(organization, address, role)
        organization.invitations.filter(email=address).delete()
        organization.invitations.create(
            email=address,
            role=role,
            token_hash=hash_token(token),
            is_mailed=is_mailed,
            invited_by=by,
            expires_at=clock.now() + timedelta(hours=INVITATION_HOURS),
        )
    return token


def find_invitation(token: str) -> Invitation:
    """The invitation of this token. Raises LinkError. Changes nothing."""
    held = Invitation.objects.select_related("organization", "invited_by")
    found = held.filter(token_hash=hash_token(token)).first()
    if found is None:
        raise LinkError("This invitation is not known: it was used, replaced or withdrawn.")
    if found.expires_at < clock.now():
        raise LinkError("This invitation has expired. Ask for a new one.")
    return found


def begins_account(invitation: Invitation) -> bool:
    """Whether its link begins an account, or begins one anew that nobody has proved.

    Everybody else takes it in the account they have. Raises LinkError for who was deactivated.
    """
    user = User.objects.filter(email=invitation.email).first()
    return user is None or _is_taken_over(invitation, user)


def begin_account(invitation: Invitation, *, name: str, password: str) -> User:
    """Take an invitation for which `begins_account` holds. Raises LinkError."""
    with transaction.atomic():
        _claim(invitation)
        user, is_new = User.objects.find_or_create(
            invitation.email, name=name, is_address_proven=invitation.is_mailed
        )
        if not is_new:
            user = User.objects.select_for_update().get(pk=user.pk)
            if not _is_taken_over(invitation, user):
                raise LinkError("This address has an account by now. Open the link again.")
            prove_address(user)
        user.name = name
        user.set_password(password)
        user.save(update_fields=["name", "password"])
        end_links(user)
        _join(invitation, user)
    return user


def take(invitation: Invitation, user: User) -> None:
    """Take it in one's own account. Raises LinkError."""
    if user.email != invitation.email:
        raise LinkError(f"This invitation is for {invitation.email}.")
    with transaction.atomic():
        _claim(invitation)
        _join(invitation, user)


def take_all(user: User) -> None:
    """Take every invitation of a new person whose address is proved by a provider."""
    for invitation in Invitation.objects.filter(email=user.email, expires_at__gt=clock.now()):
        take(invitation, user)


def is_invited(email: str) -> bool:
    """Whether a place is offered to the address."""
    return Invitation.objects.filter(email=email, expires_at__gt=clock.now()).exists()


def _require_right(organization: Organization, role: Role, by: User) -> None:
    try:
        require_manager(by, organization.pk, role)
    except NoLongerAllowedError as error:
        raise InvitationError(str(error)) from error


def _require_stranger(organization: Organization, address: str, role: Role) -> None:
    user = User.objects.filter(email=address).first()
    if user is None:
        return
    if not user.is_active:
        raise InvitationError(f"The account of {address} is deactivated. It can be activated.")
    held = organization.memberships.filter(user=user).first()
    if held is not None:
        words = f"{address} is {held.role} here already; nothing was changed."
        raise InvitationError(words if held.role == role else f"{words} Change the role below.")


def _is_taken_over(invitation: Invitation, user: User) -> bool:
    if not user.is_active:
        raise LinkError("This account was deactivated. Ask an owner of the organisation.")
    return invitation.is_mailed and not user.is_address_proven


def _claim(invitation: Invitation) -> None:
    """Deleting lets only one of two simultaneous uses through."""
    if not Invitation.objects.filter(pk=invitation.pk).delete()[0]:
        raise LinkError("This invitation was used, replaced or withdrawn.")


def _join(invitation: Invitation, user: User) -> None:
    Membership.objects.get_or_create(
        organization=invitation.organization, user=user, defaults={"role": invitation.role}
    )
