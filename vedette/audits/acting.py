"""What people do with findings: accept one for a reason, and take that back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from vedette import clock
from vedette.accounts.models import User
from vedette.audits.models import AuditFinding, AuditStanding
from vedette.audits.recording import state_of

MOST_REASON: Final = 1000


class NoReason(Exception):
    """Whoever accepts a finding says why."""


@transaction.atomic
def accept(findings: Sequence[AuditFinding], reason: str, user: User | None) -> int:
    """Accept them; returns how many were open. Raises `NoReason`."""
    why = " ".join(reason.split())[:MOST_REASON]
    if not why:
        raise NoReason("Say why this may stay as it is.")
    changed = 0
    for one in _locked(findings):
        was = one.state
        one.accepted_at, one.accepted_by, one.accepted_reason = clock.now(), user, why
        one.state = state_of(one)
        one.save(update_fields=["accepted_at", "accepted_by", "accepted_reason", "state"])
        changed += was != one.state
    return changed


@transaction.atomic
def reopen(findings: Sequence[AuditFinding]) -> int:
    """Take back what a person has accepted; what the code accepts stays so. How many changed."""
    changed = 0
    for one in _locked(findings):
        was = one.state
        one.accepted_at, one.accepted_by, one.accepted_reason = None, None, ""
        one.state = state_of(one)
        one.save(update_fields=["accepted_at", "accepted_by", "accepted_reason", "state"])
        changed += was != one.state
    return changed


def _locked(findings: Sequence[AuditFinding]) -> list[AuditFinding]:
    """The rows anew, while no audit of their projects is taken."""
    projects = sorted({one.project_id for one in findings})
    for project in projects:
        AuditStanding.objects.select_for_update(of=("self",)).filter(project=project).first()
    return list(AuditFinding.objects.filter(pk__in=[one.pk for one in findings]).order_by("pk"))
