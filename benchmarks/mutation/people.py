"""Who sends: an owner, a member and a limited one, tokens, a stranger, and whoever has a DSN.

What they send may well sign them out, remove or deactivate them: `refresh` makes them anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.mutation.request import Request
from vedette.config import Config

NAMES = ("owner", "member", "limited", "token", "organization", "stranger")
_WEIGHTS = (6, 2, 1, 4, 1, 1)
_CSRF = "c" * 32


@dataclass
class People:
    """Cookies and tokens of everybody by name. Needs Django, in the folder of the product."""

    config: Config
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def refresh(self) -> None:
        """Make people, memberships, sessions and tokens where they are missing or spoilt."""
        from vedette.accounts.models import ApiToken, Membership, Organization, TwoFactor, User
        from vedette.accounts.roles import Role
        from vedette.accounts.scopes import Scope
        from vedette.projects.models import ProjectKey

        organization = Organization.objects.order_by("pk").first()
        assert organization is not None
        ProjectKey.objects.filter(is_active=False).update(is_active=True)
        for name in NAMES[:3]:
            user, _ = User.objects.get_or_create(email=f"{name}@example.com")
            User.objects.filter(pk=user.pk).update(is_active=True)
            TwoFactor.objects.filter(user=user).delete()
            Membership.objects.update_or_create(
                organization=organization,
                user=user,
                defaults={
                    "role": Role.OWNER if name == "owner" else Role.MEMBER,
                    "sees_all": name != "limited",
                },
            )
            self.cookies[name] = f"vedette_session={_session(user)}; vedette_csrf={_CSRF}"
        ApiToken.objects.filter(name="mutated").delete()
        owner = User.objects.get(email="owner@example.com")
        for name, user_ in (("token", owner), ("organization", None)):
            self.tokens[name] = ApiToken.create(
                organization, name="mutated", user=user_, scopes=list(Scope)
            )

    def numbers(self, project: str) -> dict[str, list[str]]:
        """What may stand in paths: members, tokens, keys of a project, a fresh link of a member."""
        from vedette.accounts.models import ApiToken, Membership, SignInLink, User
        from vedette.projects.models import ProjectKey

        member = User.objects.get(email="member@example.com")
        found = {
            "member_id": Membership.objects.filter(user__email__endswith="@example.com"),
            "token_id": ApiToken.objects.all(),
            "key_id": ProjectKey.objects.filter(project__slug=project),
        }
        numbers = {
            name: [str(pk) for pk in rows.values_list("pk", flat=True)[:50]]
            for name, rows in found.items()
        }
        return {**numbers, "token": [SignInLink.create(member)]}

    def sign(self, chance: Random, request: Request) -> None:
        """Send it as somebody; a form gets the token it needs."""
        request.who = chance.choices(NAMES, _WEIGHTS)[0]
        if request.who in self.cookies:
            request.header("Cookie", self.cookies[request.who])
            if request.method != "GET":
                request.header("X-CSRFToken", _CSRF)
        elif request.who in self.tokens:
            request.header("Authorization", f"Bearer {self.tokens[request.who]}")
        elif request.method != "GET":
            request.header("Cookie", f"vedette_csrf={_CSRF}")
            request.header("X-CSRFToken", _CSRF)


def use(folder: Path, port: int) -> Config:
    """Make Django usable here, on the product's own metadata."""
    from vedette import django_setup

    config = Config(data=folder, listen=f"127.0.0.1:{port}")
    django_setup.setup(config)
    return config


def _session(user: object) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from vedette.accounts.models import User
    from vedette.accounts.sessions import SessionStore

    assert isinstance(user, User)
    held = SessionStore()
    held[SESSION_KEY] = str(user.pk)
    held[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    held[HASH_SESSION_KEY] = user.get_session_auth_hash()
    held.create()
    return str(held.session_key)
