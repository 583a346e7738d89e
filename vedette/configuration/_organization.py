"""The organisation that a command is about."""

from __future__ import annotations

from vedette.accounts.models import Organization


def chosen(slug: str | None) -> Organization | None:
    """The one of this name, or the first."""
    rows = Organization.objects.order_by("id")
    return (rows.filter(slug=slug) if slug else rows).first()
