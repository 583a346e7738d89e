"""What a fresh installation needs: an organisation, a project, and a way in for its owner."""

from __future__ import annotations

from django.db import transaction

from vedette import invocation
from vedette.accounts.models import Organization, SignInLink, User
from vedette.config import Config
from vedette.projects.creation import create_organization, create_project
from vedette.projects.models import Project

_LINK_HOURS = 72


def prepare() -> None:
    """Make an organisation with a project if there is none. Doing it twice changes nothing."""
    with transaction.atomic():
        if not Organization.objects.exists():
            create_project(create_organization("My organization"), "My app")


def welcome(config: Config) -> str:
    """What the terminal shows at start: addresses, the DSN and how to send a first error."""
    base = config.base_url
    project = Project.objects.filter(is_demo=False).order_by("id").first()
    key = project.keys.filter(is_active=True).order_by("id").first() if project else None
    lines = ["", f"  Vedette is starting at {base}", ""]
    if not User.objects.exists():
        lines += ["  Sign in as the first owner (this link works once):", f"  {owner_link(config)}"]
    if project and key:
        dsn = key.dsn(base)
        lines += [
            "",
            f"  DSN of {project.name}:",
            f"  {dsn}",
            "",
            "  Python:      pip install sentry-sdk",
            f'               sentry_sdk.init(dsn="{dsn}")',
            "  JavaScript:  npm install @sentry/browser",
            f'               Sentry.init({{ dsn: "{dsn}" }})',
            f"  Or try it:   {invocation.line(config, 'send-test-event')}",
        ]
    return "\n".join([*lines, ""])


def owner_link(config: Config) -> str:
    """A fresh link for the first owner; older unused ones stop working."""
    SignInLink.objects.filter(user=None, used_at=None).delete()
    token = SignInLink.create(valid_hours=_LINK_HOURS)
    return f"{config.base_url}/sign-in/link/{token}/"
