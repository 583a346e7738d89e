"""The roles of members; what each may do stands in `vedette.access.actions`."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """A member's role in an organisation."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
