"""Who changed what about people, tokens and projects: written down by the pages that do it."""

from __future__ import annotations

from django.http import HttpRequest

from vedette.accounts.models import AuditEntry, Organization, User

_MOST_CHARACTERS = 400


def note_change(request: HttpRequest, organization: Organization, what: str, who: str = "") -> None:
    """The signed-in person, or `who` is named, has done this in the organisation."""
    known = request.user if isinstance(request.user, User) else None
    AuditEntry.objects.create(
        organization=organization,
        who=who or (known.email if known else ""),
        address=str(request.META.get("REMOTE_ADDR", ""))[:64],
        what=what[:_MOST_CHARACTERS],
    )
