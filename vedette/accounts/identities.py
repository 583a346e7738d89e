"""Which person a provider of single sign-on means."""

from __future__ import annotations

from django.db import transaction

from vedette.accounts.errors import SingleSignOnError
from vedette.accounts.id_token import Claim
from vedette.accounts.invitations import is_invited, take_all
from vedette.accounts.models import Identity, Membership, Organization, User
from vedette.accounts.proving import prove_address
from vedette.accounts.roles import Role


def find_person(claim: Claim, *, may_sign_up: bool) -> User:
    """The person of a claim: known by the provider's name, else by the verified address.

    An address may pass to somebody else at the provider, so it no longer proves a person whom
    the provider has named before.
    Somebody new takes the invitations to their address, or becomes a member of the first
    organisation if that is allowed. Raises SingleSignOnError for everybody else, and for who
    was deactivated.
    """
    with transaction.atomic():
        known = Identity.objects.filter(issuer=claim.issuer, subject=claim.subject)
        held = known.select_related("user").first()
        user = held.user if held else _by_address(claim, may_sign_up=may_sign_up)
        if not user.is_active:
            raise SingleSignOnError("This account was deactivated.")
        if held is None:
            Identity.objects.get_or_create(
                issuer=claim.issuer, subject=claim.subject, defaults={"user": user}
            )
    return user


def _by_address(claim: Claim, *, may_sign_up: bool) -> User:
    if not claim.email:
        raise SingleSignOnError("The provider has not verified your e-mail address.")
    user = User.objects.select_for_update().filter(email=claim.email).first()
    return _known(user, claim) if user else _new(claim, may_sign_up=may_sign_up)


def _known(user: User, claim: Claim) -> User:
    named = user.identities.filter(issuer=claim.issuer).exclude(subject=claim.subject)
    if named.exists():
        raise SingleSignOnError("At the provider this address belonged to another account.")
    if user.is_active:
        prove_address(user)
    return user


def _new(claim: Claim, *, may_sign_up: bool) -> User:
    organization = Organization.objects.order_by("id").first() if may_sign_up else None
    if organization is None and not is_invited(claim.email):
        raise SingleSignOnError(f"Nobody here has the address {claim.email}. Ask to be invited.")
    user, is_new = User.objects.find_or_create(claim.email, name=claim.name)
    if not is_new:
        return _known(user, claim)
    take_all(user)
    if organization is not None and not user.memberships.exists():
        Membership.objects.create(organization=organization, user=user, role=Role.MEMBER)
    return user
