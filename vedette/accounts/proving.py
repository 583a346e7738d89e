"""What ends when a person proves anew who they are: links, and what others have left behind."""

from __future__ import annotations

from vedette.accounts import two_factor
from vedette.accounts.models import ApiToken, SignInLink, User


def end_links(user: User) -> None:
    """No sign-in link that was made for this person opens anything any more."""
    SignInLink.objects.filter(user=user, used_at=None).delete()


def prove_address(user: User) -> None:
    """The address of this account is its holder's: by mail, by a provider, or by the operator.

    The first proof ends whatever was set before it, which may be somebody else's who had the
    link of an invitation: password and sessions, links, tokens and the second factor.
    """
    if user.is_address_proven:
        return
    user.is_address_proven = True
    user.set_unusable_password()  # a session holds a hash of the password it began with
    user.save(update_fields=["is_address_proven", "password"])
    end_links(user)
    ApiToken.objects.filter(user=user).delete()
    two_factor.turn_off(user)
