"""The roles of members; what each may do stands in `vedette.access.actions`."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """A member's role in an organisation."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


def may_manage(role: Role, other: Role) -> bool:
    """Whether who has a role invites, changes and removes who has the other one, or gives it."""
    return role is Role.OWNER or (role is Role.ADMIN and other is not Role.OWNER)
