"""What was changed in an organisation, by whom and from where, the newest first."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from vedette.accounts.models import AuditEntry, Organization
from vedette.web.access import Viewer
from vedette.web.paging import Listed, listed
from vedette.web.rendering import show

MOST_LATEST = 20
_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesContext:
    """What the page shows."""

    organization: Organization
    entries: Listed[AuditEntry]


def changes(request: HttpRequest, viewer: Viewer, organization_slug: str) -> HttpResponse:
    """The page, for those who manage members."""
    organization = viewer.organization(organization_slug)
    entries = listed(request, organization.audit.order_by("-pk"), most=_ROWS)
    context = ChangesContext(organization=organization, entries=entries)
    return show(request, "pages/members/changes.html", context)
