"""Who leaves an organisation works on none of its issues any more."""

from __future__ import annotations

from typing import Any

from vedette.accounts.models import Membership
from vedette.issues.models import Assignment


def take_back(instance: Membership, **_: Any) -> None:
    """A signal's receiver: the member's issues are nobody's, and may be assigned anew."""
    Assignment.objects.filter(
        user=instance.user_id, issue__project__organization=instance.organization_id
    ).delete()
