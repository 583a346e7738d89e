"""One-time sign-in links: looking one up, and using it up exactly once."""

from __future__ import annotations

from django.db import transaction

from vedette import clock
from vedette.accounts.models import Membership, Organization, SignInLink, User, hash_token
from vedette.accounts.people import has_owner
from vedette.accounts.proving import end_links, prove_address
from vedette.accounts.roles import Role
from vedette.projects.creation import create_organization


class LinkError(Exception):
    """The link cannot be used; the text says why, in words for the person holding it."""


def find_link(token: str) -> SignInLink:
    """The link of this token, unused and in time. Raises LinkError. Changes nothing."""
    found = SignInLink.objects.select_related("user").filter(token_hash=hash_token(token)).first()
    if found is None:
        raise LinkError("This sign-in link is not known. Check that it was copied whole.")
    if found.used_at:
        raise LinkError("This sign-in link was already used. Each link works once.")
    if found.expires_at < clock.now():
        raise LinkError("This sign-in link has expired. Ask for a new one.")
    _require_use(found)
    return found


def use_link(link: SignInLink) -> User:
    """Use up a person's link and return the person. Raises LinkError if it is used by now.

    It came by mail or from the operator, so it proves the address; other links of the person end.
    """
    if link.user_id is None:
        raise LinkError("This sign-in link belongs to nobody yet.")
    with transaction.atomic():
        _claim(link)
        user = User.objects.select_for_update().get(pk=link.user_id)
        _require_active(user)
        prove_address(user)
        end_links(user)
    return user


def use_owner_link(link: SignInLink, *, name: str, email: str, password: str) -> User:
    """Use up a first owner's link: make the user, and an owner of the organisation.

    Raises LinkError, also for an address that somebody else has taken by now.
    """
    with transaction.atomic():
        list(SignInLink.objects.select_for_update().filter(user=None).order_by("pk"))
        _require_use(link)
        _claim(link)
        user, is_new = User.objects.find_or_create(email, name=name)
        if not is_new:
            raise LinkError("Somebody already signs in with this address.")
        user.set_password(password)
        user.save(update_fields=["password"])
        organization = Organization.objects.order_by("id").first() or create_organization(name)
        Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
    return user


def _require_use(link: SignInLink) -> None:
    """A link for the first owner is void once there is one; a person's dies with the person."""
    if link.user is None and has_owner():
        raise LinkError("This installation has an owner. Ask them for an invitation.")
    if link.user:
        _require_active(link.user)


def _require_active(user: User) -> None:
    if not user.is_active:
        raise LinkError("This account was deactivated. Ask an owner of the organisation.")


def _claim(link: SignInLink) -> None:
    """The condition in the update lets only one of two simultaneous uses through."""
    unused = SignInLink.objects.filter(pk=link.pk, used_at=None)
    if not unused.update(used_at=clock.now()):
        raise LinkError("This sign-in link was already used. Each link works once.")
