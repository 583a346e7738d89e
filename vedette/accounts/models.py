"""Users, organisations and the ways to prove who one is. Tokens are stored hashed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from vedette import clock
from vedette.accounts.roles import Role
from vedette.accounts.scopes import default_scopes
from vedette.accounts.token_shapes import organization_token, personal_token
from vedette.sealing.fields import SealedTextField


def hash_token(token: str) -> str:
    """The form in which a token is stored: a token has full entropy, so one hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class UserAccounts(BaseUserManager["User"]):
    """Creates users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a user; without a password the user can only come in by a link."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def find_or_create(self, email: str, **fields: Any) -> tuple[User, bool]:
        """The user of an address, made without a password if there is none; whether it was made.

        Of several that ask at the same moment one makes it, and the others find it.
        """
        address = self.normalize_email(email).strip().lower()
        return self.get_or_create(
            email=address, defaults={"password": make_password(None), **fields}
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by e-mail address."""

    email = models.EmailField(unique=True, max_length=254)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_address_proven = models.BooleanField(
        default=True, help_text="False for who came by an invitation that was not mailed to them."
    )
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[UserAccounts] = UserAccounts()
    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return self.name or self.email


class Organization(models.Model):
    """The tenant: everything belongs to exactly one."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's place in an organisation."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.MEMBER)
    sees_all = models.BooleanField(default=True, help_text="All projects, also those to come.")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="one_membership")
        ]

    @property
    def is_limited(self) -> bool:
        """Whether only chosen projects are open; owners and admins, who choose, see all."""
        return self.role == Role.MEMBER and not self.sees_all


class Invitation(models.Model):
    """A place in an organisation that is offered to an address and not taken yet.

    `is_mailed`: the link went to the address alone, so whoever has it has proved the address.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.MEMBER)
    token_hash = models.CharField(max_length=64, unique=True)
    is_mailed = models.BooleanField()
    invited_by = models.ForeignKey(User, models.CASCADE, related_name="invitations_made")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "email"], name="one_invitation")
        ]


class SignInLink(models.Model):
    """A link that signs one person in once; without a user it makes the first owner."""

    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    @classmethod
    def create(cls, user: User | None = None, *, valid_hours: int = 24) -> str:
        """Make a link and return its token, which is shown once and never stored."""
        token = secrets.token_urlsafe(32)
        expires = clock.now() + timedelta(hours=valid_hours)
        cls.objects.create(token_hash=hash_token(token), user=user, expires_at=expires)
        return token


class PromisedLink(models.Model):
    """A sign-in link by mail that somebody was promised, whether or not the address is known here.

    It stays until the mail is taken, so no stop or crash loses it. `due_at` is put off by who
    works on it.
    """

    email = models.CharField(max_length=254, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now, db_index=True)


class ApiToken(models.Model):
    """A bearer token for the web API, bound to one organisation.

    With a user it is that person's and allows no more than the person may do; without one it
    is the organisation's, for scripts and CI. A revoked token is deleted.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12, help_text="The last characters, to tell tokens apart.")
    name = models.CharField(max_length=100, blank=True)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="tokens")
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="tokens")
    scopes = models.JSONField(default=default_scopes)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    @classmethod
    def create(
        cls,
        organization: Organization,
        *,
        name: str = "",
        user: User | None = None,
        scopes: Sequence[str] | None = None,
        valid_days: int | None = None,
    ) -> str:
        """Make a token in the shape sentry-cli knows and return it; it is never shown again.

        One of the organisation names it and the installation's address, which sentry-cli takes
        from it (protocol, section 5.1).
        """
        token = personal_token() if user else organization_token(organization.slug)
        cls.objects.create(
            token_hash=hash_token(token),
            hint=token[-4:],
            name=name,
            organization=organization,
            user=user,
            scopes=default_scopes() if scopes is None else [str(scope) for scope in scopes],
            expires_at=clock.now() + timedelta(days=valid_days) if valid_days else None,
        )
        return token

    @property
    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= clock.now()


class AuditEntry(models.Model):
    """What somebody changed about people, tokens and projects here; kept for a year."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="audit")
    at = models.DateTimeField(default=clock.now)
    who = models.CharField(max_length=254, help_text="An address: it outlives the person here.")
    address = models.CharField(max_length=64, help_text="Of the network it was done from.")
    what = models.CharField(max_length=400)
    via = models.CharField(max_length=16, blank=True, help_text="form, file or API, where known.")
    before = models.JSONField(default=dict, help_text="By name what was set; null was inherited.")
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="audit_newest")]

    @property
    def lines(self) -> list[dict[str, str]]:
        """Each value that is another one now, before and after, as people read it."""
        return [
            {
                "name": name.replace("_", " "),
                "before": _worded(self.before.get(name)),
                "after": _worded(value),
            }
            for name, value in self.after.items()
        ]


def _worded(value: object) -> str:
    """A value of a setting in words; nothing means that it is inherited."""
    if value is None:
        return "inherited"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_worded(one)}" for name, one in value.items())[:400] or "none"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)[:400] or "none"
    return str(value)[:400]


class TwoFactor(models.Model):
    """The second factor of a person: one-time codes by time (RFC 6238)."""

    user = models.OneToOneField(User, models.CASCADE, related_name="two_factor")
    secret = SealedTextField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0, help_text="No code works twice.")


class RecoveryCode(models.Model):
    """A code that replaces the second factor once; stored hashed."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)


class Identity(models.Model):
    """How the provider of single sign-on names a person: never by an address that may change."""

    user = models.ForeignKey(User, models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_identity")]
