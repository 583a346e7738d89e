"""Whether a person may see what a waiting message is about, at the moment when it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.access.loading import access_of
from vedette.accounts.models import Organization, User
from vedette.alerts.models import Alert


def may_read(user: User, organization: Organization, content: Mapping[str, Any]) -> bool:
    """Whether the person still works there, and sees the projects of a message's content.

    What counts are the projects of its `alerts`, and its `project` where they are gone.
    """
    access = access_of(user, organization=organization)
    open_to = {project.slug for project in access.projects}
    ids = [part.get("id") for part in content.get("alerts", ())]
    about = set(Alert.objects.filter(pk__in=ids).values_list("project__slug", flat=True))
    if not about and content.get("project"):
        about = {content["project"]}
    return bool(access.places) and about <= open_to
