"""Which person a provider of single sign-on means."""

from __future__ import annotations

from django.db import transaction

from vedette.accounts.models import Identity, Membership, Organization, User
from vedette.accounts.roles import Role
from vedette.accounts.single_sign_on import Claim, SingleSignOnError


def find_person(claim: Claim, *, may_sign_up: bool) -> User:
    """The person of a claim: known by the provider's name, else by the verified address.

    An address may pass to somebody else at the provider, so it no longer proves a person whom
    the provider has named before.
    Somebody new becomes a member of the first organisation if that is allowed. Raises
    SingleSignOnError for everybody else, and for who was deactivated.
    """
    with transaction.atomic():
        known = Identity.objects.filter(issuer=claim.issuer, subject=claim.subject)
        held = known.select_related("user").first()
        user = held.user if held else _by_address(claim, may_sign_up=may_sign_up)
        if not user.is_active:
            raise SingleSignOnError("This account was deactivated.")
        if held is None:
            Identity.objects.create(user=user, issuer=claim.issuer, subject=claim.subject)
    return user


def _by_address(claim: Claim, *, may_sign_up: bool) -> User:
    if not claim.email:
        raise SingleSignOnError("The provider has not verified your e-mail address.")
    user = User.objects.filter(email=claim.email).first()
    if user is not None:
        if user.identities.filter(issuer=claim.issuer).exists():
            raise SingleSignOnError("At the provider this address belonged to another account.")
        return user
    organization = Organization.objects.order_by("id").first()
    if not may_sign_up or organization is None:
        raise SingleSignOnError(f"Nobody here has the address {claim.email}. Ask to be invited.")
    user = User.objects.create_user(claim.email, name=claim.name)
    Membership.objects.create(organization=organization, user=user, role=Role.MEMBER)
    return user
